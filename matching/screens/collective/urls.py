"""Addresses of a collective's desk."""

from django.urls import path

from matching.screens.collective import views

urlpatterns = [
    path("publier-un-besoin/", views.start, name="publish_need"),
    path("bureau/<slug:slug>/besoins/nouveau/", views.new, name="need_new"),
    path("bureau/<slug:slug>/besoins/<uuid:uuid>/", views.show, name="need_desk"),
    path("bureau/<slug:slug>/besoins/<uuid:uuid>/modifier/", views.edit, name="need_edit"),
    path("bureau/<slug:slug>/besoins/<uuid:uuid>/etat/", views.status, name="need_status"),
    path("bureau/<slug:slug>/besoins/<uuid:uuid>/copier/", views.copy, name="need_copy"),
    path("bureau/<slug:slug>/besoins/<uuid:uuid>/historique/<int:record>/", views.version, name="need_version"),
    path("bureau/<slug:slug>/besoins/<uuid:uuid>/historique/", views.history, name="need_history"),
    path(
        "bureau/<slug:slug>/besoins/<uuid:uuid>/rapprochements/",
        views.suggestions,
        name="need_suggestions",
    ),
]
