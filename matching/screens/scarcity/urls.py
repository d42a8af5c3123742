"""Addresses of what is scarce."""

from django.urls import path

from matching.screens.scarcity import hours, officer

urlpatterns = [
    path("bureau/<slug:slug>/offres/<uuid:uuid>/enveloppe/", officer.envelope, name="offer_envelope"),
    path("bureau/<slug:slug>/offres/<uuid:uuid>/calendrier/", officer.calendar, name="offer_calendar"),
    path("candidatures/<uuid:uuid>/creneaux/", hours.hours, name="application_hours"),
]
