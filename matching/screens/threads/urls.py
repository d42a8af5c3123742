"""Addresses of conversations and of the answer to a suggestion."""

from django.urls import path

from matching.screens.threads import views

urlpatterns = [
    path("conversations/", views.threads, name="threads"),
    path("conversations/<uuid:uuid>/", views.thread, name="thread"),
    path("conversations/<uuid:uuid>/pieces/<uuid:key>/", views.attachment, name="attachment"),
    path("rapprochements/<uuid:uuid>/interesse/", views.interested, name="suggestion_interested"),
    path("rapprochements/<uuid:uuid>/ecarter/", views.dismiss_suggestion, name="suggestion_dismiss"),
]
