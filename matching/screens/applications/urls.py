"""Addresses of applications."""

from django.urls import path

from matching.screens.applications import applying, group_file, lists, page, several, taking_part, talking

urlpatterns = [
    path("candidater/<uuid:uuid>/", applying.apply, name="apply"),
    path("candidatures/", lists.applications, name="applications"),
    path("candidatures/deposer/", several.file_chosen, name="applications_file"),
    path("candidatures/<uuid:uuid>/ailleurs/", several.choose, name="application_elsewhere"),
    path("candidatures/<uuid:uuid>/", page.application, name="application"),
    path("candidatures/<uuid:uuid>/modifier/", applying.edit, name="application_edit"),
    path("candidatures/<uuid:uuid>/etape/", page.move, name="application_move"),
    path("candidatures/<uuid:uuid>/decision/", page.decide, name="application_decide"),
    path("candidatures/<uuid:uuid>/correction/", page.ask, name="application_ask"),
    path("candidatures/<uuid:uuid>/pieces/<uuid:key>/", page.document, name="application_document"),
    path("candidatures/<uuid:uuid>/messages/", talking.write, name="application_say"),
    path("candidatures/<uuid:uuid>/notes/", talking.note, name="application_note"),
    path("candidatures/<uuid:uuid>/messages/<uuid:key>/", talking.joined, name="application_file"),
    path("candidatures/<uuid:uuid>/avec/", taking_part.invite, name="party_invite"),
    path("candidatures/<uuid:uuid>/avec/<uuid:party>/retirer/", taking_part.remove, name="party_remove"),
    path("candidatures/<uuid:uuid>/avec/<uuid:party>/reponse/", taking_part.answer, name="party_answer"),
    path("bureau/<slug:slug>/dossier/", group_file.group_file, name="group_file"),
    path("bureau/<slug:slug>/dossier/modifier/", group_file.edit, name="group_file_edit"),
    path("bureau/<slug:slug>/dossier/pieces/", group_file.add, name="group_document_add"),
    path("bureau/<slug:slug>/dossier/pieces/<uuid:uuid>/", group_file.document, name="group_document"),
    path("bureau/<slug:slug>/dossier/pieces/<uuid:uuid>/retirer/", group_file.remove, name="group_document_remove"),
    path("bureau/<slug:slug>/offres/<uuid:uuid>/candidatures/", lists.offer_applications, name="offer_applications"),
]
