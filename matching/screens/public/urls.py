"""What anybody may read, without an account."""

from django.urls import path

from matching.screens.public import calendar, calls, check, views

app_name = "public"

urlpatterns = [
    path("trouver/", views.find, name="find"),
    path("trouver/publier/", views.carry, name="carry"),
    path("offres/", views.offers, name="offers"),
    path("offres/<uuid:uuid>/verifier/", check.check, name="check"),
    path("offres/<uuid:uuid>/<slug:slug>/", views.offer, name="offer"),
    path("offres/<uuid:uuid>/<slug:slug>/calendrier/", calendar.calendar, name="calendar"),
    path("appels/<uuid:uuid>/laureats/", calls.chosen, name="winners"),
    path("besoins/", views.needs, name="needs"),
    path("besoins/<uuid:uuid>/<slug:slug>/", views.need, name="need"),
    path("formulaire-papier/", views.paper, name="paper"),
    path("organisations/", views.organisations, name="organisations"),
    path("organisations/<slug:slug>/", views.organisation, name="organisation"),
    path("contours.json", views.outlines, name="outlines"),
    path("territoires/", views.territories, name="territories"),
    path("comment-ca-marche/", views.method, name="method"),
]
