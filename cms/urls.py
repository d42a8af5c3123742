"""Addresses of ours that are no page: what parties do for their story, feeds and the calendar."""

from django.urls import path

from cms.feeds import agenda, stories_feed
from cms.story_reading import story_reading

urlpatterns = [
    path("partenariats/<uuid:uuid>/recit/", story_reading, name="story_reading"),
    path("flux/reussites.atom", stories_feed, name="stories_feed"),
    path("flux/rendez-vous.ics", agenda, name="agenda"),
]
