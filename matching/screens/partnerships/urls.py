"""Addresses of a partnership and of its convention."""

from django.urls import path

from matching.screens.partnerships import convention, views

urlpatterns = [
    path("partenariats/", views.partnerships, name="partnerships"),
    path("partenariats/<uuid:uuid>/", views.partnership, name="partnership"),
    path("partenariats/<uuid:uuid>/faire/<slug:deed>/", views.do, name="partnership_do"),
    path("partenariats/<uuid:uuid>/engagements/<uuid:key>/", views.tick_commitment, name="commitment_tick"),
    path("partenariats/<uuid:uuid>/exemplaires/<uuid:key>/", views.signed_copy, name="signed_copy"),
    path("partenariats/<uuid:uuid>/convention/ecrire/", convention.write, name="convention_write"),
    path("partenariats/<uuid:uuid>/convention/comparer/", convention.compare, name="convention_compare"),
    path("partenariats/<uuid:uuid>/convention/<int:number>/", convention.convention, name="convention"),
    path(
        "partenariats/<uuid:uuid>/convention/<int:number>/valider/", views.validate_version, name="convention_validate"
    ),
    path(
        "partenariats/<uuid:uuid>/convention/<int:number>/remarquer/",
        convention.comment_clause,
        name="convention_comment",
    ),
    path(
        "partenariats/<uuid:uuid>/convention/<int:number>/fichier/<slug:ending>/",
        convention.convention_file,
        name="convention_file",
    ),
]
