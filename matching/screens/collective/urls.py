"""Addresses of a collective's desk."""

from django.urls import path

from matching.screens.collective import views

urlpatterns = [
    path("publier-un-besoin/", views.start, name="publish_need"),
    path("collectif/<slug:slug>/", views.desk, name="desk_collective"),
    path("collectif/<slug:slug>/besoins/nouveau/", views.new, name="need_new"),
    path("collectif/<slug:slug>/besoins/<uuid:uuid>/", views.show, name="need_desk"),
    path("collectif/<slug:slug>/besoins/<uuid:uuid>/modifier/", views.edit, name="need_edit"),
    path("collectif/<slug:slug>/besoins/<uuid:uuid>/etat/", views.status, name="need_status"),
    path("collectif/<slug:slug>/besoins/<uuid:uuid>/historique/", views.history, name="need_history"),
    path("collectif/<slug:slug>/besoins/<uuid:uuid>/rapprochements/", views.suggestions, name="need_suggestions"),
]
