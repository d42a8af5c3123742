"""Addresses of conversations and of the answer to a suggestion."""

from django.urls import path

from matching.screens.threads import passing, proposing, views

urlpatterns = [
    path("conversations/", views.threads, name="threads"),
    path("conversations/<uuid:uuid>/", views.thread, name="thread"),
    path("conversations/<uuid:uuid>/pieces/<uuid:key>/", views.attachment, name="attachment"),
    path("rapprochements/proposer/<str:kind>/<uuid:uuid>/", proposing.propose, name="suggestion_propose"),
    path("transmettre/<str:kind>/<uuid:uuid>/", passing.pass_it_on, name="pass_on"),
    path("transmissions/<uuid:uuid>/", passing.transmission, name="transmission"),
    path("rapprochements/<uuid:uuid>/interesse/", views.interested, name="suggestion_interested"),
    path("rapprochements/<uuid:uuid>/ecarter/", views.dismiss_suggestion, name="suggestion_dismiss"),
]
