"""Addresses of what is reported: by anybody, for the moderation, for the organisations concerned."""

from django.urls import path

from matching.screens.moderation import concerned, queue, reporting

urlpatterns = [
    path("signaler/merci/", reporting.sent, name="report_sent"),
    path("signaler/message/<uuid:uuid>/", reporting.report_message, name="report_message"),
    path("signaler/<slug:word>/<uuid:uuid>/", reporting.report, name="report"),
    path("signalements/<str:token>/", reporting.follow, name="report_follow"),
    path("moderation/", queue.cases, name="moderation"),
    path("moderation/<uuid:uuid>/", queue.case, name="moderation_case"),
    path("moderation/<uuid:uuid>/annuler/", queue.undo_last, name="moderation_undo"),
    path("bureau/<slug:slug>/moderation/<uuid:uuid>/", concerned.case, name="case"),
]
