"""Addresses of an authority's desk."""

from django.urls import path

from matching.screens.officer import views

urlpatterns = [
    path("bureau/<slug:slug>/partager/", views.choose_kind, name="offer_choose"),
    path("bureau/<slug:slug>/partager/<slug:kind>/", views.new, name="offer_new"),
    path("bureau/<slug:slug>/offres/<uuid:uuid>/", views.show, name="offer_desk"),
    path("bureau/<slug:slug>/offres/<uuid:uuid>/modifier/", views.edit, name="offer_edit"),
    path("bureau/<slug:slug>/offres/<uuid:uuid>/etat/", views.status, name="offer_status"),
    path("bureau/<slug:slug>/offres/<uuid:uuid>/photos/", views.photos, name="offer_photos"),
    path("bureau/<slug:slug>/offres/<uuid:uuid>/photos/<int:key>/", views.photo, name="offer_photo"),
    path("bureau/<slug:slug>/offres/<uuid:uuid>/copier/", views.copy, name="offer_copy"),
    path("bureau/<slug:slug>/offres/<uuid:uuid>/historique/<int:record>/", views.version, name="offer_version"),
    path("bureau/<slug:slug>/offres/<uuid:uuid>/historique/", views.history, name="offer_history"),
    path("bureau/<slug:slug>/offres/<uuid:uuid>/rapprochements/", views.suggestions, name="offer_suggestions"),
]
