"""Addresses of calls for projects."""

from django.urls import path

from matching.screens.calls import assessing, officer

urlpatterns = [
    path("bureau/<slug:slug>/offres/<uuid:uuid>/appel/", officer.call, name="offer_call"),
    path("bureau/<slug:slug>/offres/<uuid:uuid>/appel/comparer/", officer.compare, name="call_compare"),
    path("appels/<uuid:uuid>/evaluer/", assessing.to_assess, name="call_assess"),
    path("candidatures/<uuid:uuid>/evaluation/", assessing.assess, name="application_assess"),
]
