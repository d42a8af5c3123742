"""Addresses of a person: the way in, the organisations they act for, their preferences."""

from django.urls import path

from matching.screens.member import discretion, figures, hosting, numbers, switches, views

urlpatterns = [
    path("bureau/", views.desk, name="desk"),
    path("bureau/<slug:slug>/", views.desk_of, name="desk_of"),
    path("bureau/<slug:slug>/plusieurs/", views.several, name="desk_several"),
    path("bureau/<slug:slug>/suggestions/", switches.suggestion_settings, name="suggestion_settings"),
    path("bureau/<slug:slug>/discretion/", discretion.discretion, name="discretion"),
    path("bureau/<slug:slug>/chiffres/", figures.show, name="desk_figures"),
    path("bureau/<slug:slug>/chiffres.csv", figures.table, name="desk_figures_table"),
    path("moi/commencer/", views.choose, name="member_start"),
    path("moi/collectif/", views.new_collective, name="collective_new"),
    path("moi/collectivite/", views.find_authority, name="authority_find"),
    path("moi/collectivite/<slug:level>/<slug:code>/", views.join_authority, name="authority_join"),
    path("moi/rejoindre/", views.find_organisation, name="organisation_find"),
    path("moi/rejoindre/<slug:slug>/", views.join_organisation, name="organisation_join"),
    path("moi/retirer/<slug:slug>/", views.withdraw, name="request_withdraw"),
    path("moi/changer/", views.switch, name="switch_organisation"),
    path("moi/preferences/", views.preferences, name="preferences"),
    path("moi/demandes/", views.requests, name="membership_requests"),
    path("membres/<slug:slug>/", views.members, name="members"),
    path("membres/<slug:slug>/<int:pk>/", views.decide, name="member_decide"),
    path("membres/<slug:slug>/numeros/", numbers.numbers, name="organisation_numbers"),
    path("membres/<slug:slug>/porteur/", hosting.name_host, name="host_name"),
    path("membres/<slug:slug>/portes/<uuid:uuid>/", hosting.answer, name="guest_answer"),
]
