"""Addresses of ours that are no page: what parties do for their story."""

from django.urls import path

from cms.story_reading import story_reading

urlpatterns = [path("partenariats/<uuid:uuid>/recit/", story_reading, name="story_reading")]
