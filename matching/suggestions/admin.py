"""Suggestions and the matcher's saved states, for staff: read only; a spoiled state can be made anew."""

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from matching.suggestions.artefacts import refresh_artefact
from matching.suggestions.models import Artefact, Suggestion


class ReadOnlyAdmin(admin.ModelAdmin):
    """Rows that only the service writes."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False


@admin.register(Suggestion)
class SuggestionAdmin(ReadOnlyAdmin):
    list_display = ("need", "offer", "score", "need_state", "offer_state", "computed_at", "withdrawn_at")
    list_filter = ("need_state", "offer_state", "dismissed_because")
    list_select_related = ("need", "offer")
    search_fields = ("need__title", "offer__title")
    ordering = ("-computed_at", "-id")


@admin.register(Artefact)
class ArtefactAdmin(ReadOnlyAdmin):
    list_display = ("version", "engine_version", "offers", "created_at", "broken_at", "broken_because")
    actions = ("make_anew",)

    @admin.action(description=gettext_lazy("Refaire l’état du rapprochement"), permissions=["view"])
    def make_anew(self, request: HttpRequest, queryset: QuerySet[Artefact]) -> None:
        artefact = refresh_artefact()
        if artefact:
            said = _("Un nouvel état est en service : %(version)s.") % {"version": artefact.version}
            self.message_user(request, said, messages.SUCCESS)
        else:
            said = _("Aucune offre n’est publiée : il n’y a rien à apprendre.")
            self.message_user(request, said, messages.WARNING)
