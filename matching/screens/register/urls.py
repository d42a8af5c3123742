"""Addresses of the register: for anybody, and on the desk of an authority."""

from django.urls import path

from matching.screens.register import desk, public

urlpatterns = [
    path("registre/", public.register, name="register"),
    path("registre/subventions.csv", public.grants, name="register_grants"),
    path("registre/dispositifs.csv", public.schemes, name="register_schemes"),
    path("registre/<uuid:uuid>/", public.entry, name="register_entry"),
    path("bureau/<slug:slug>/registre/", desk.grants, name="desk_register"),
    path("bureau/<slug:slug>/registre/<uuid:uuid>/", desk.notice, name="desk_register_notice"),
]
