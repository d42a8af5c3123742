"""Addresses of applications."""

from django.urls import path

from matching.screens.applications import applying, lists, page

urlpatterns = [
    path("candidater/<uuid:uuid>/", applying.apply, name="apply"),
    path("candidatures/", lists.applications, name="applications"),
    path("candidatures/<uuid:uuid>/", page.application, name="application"),
    path("candidatures/<uuid:uuid>/modifier/", applying.edit, name="application_edit"),
    path("candidatures/<uuid:uuid>/etape/", page.move, name="application_move"),
    path("candidatures/<uuid:uuid>/decision/", page.decide, name="application_decide"),
    path("candidatures/<uuid:uuid>/correction/", page.ask, name="application_ask"),
    path("bureau/<slug:slug>/offres/<uuid:uuid>/candidatures/", lists.offer_applications, name="offer_applications"),
]
