"""Addresses of assisted entry, and of the group that takes over what was written for it."""

from django.urls import path

from matching.screens.assisted import views

urlpatterns = [
    path("aide/", views.entries, name="assisted"),
    path("aide/saisir/", views.enter, name="assisted_new"),
    path("aide/<uuid:uuid>/code/", views.new_code, name="assisted_code"),
    path("reprendre/", views.take_over, name="claim"),
]
