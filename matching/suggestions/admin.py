"""Suggestions, what people made of them and what the matcher learned, for staff: read only, but for what serves."""

from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.html import format_html_join
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from matching.suggestions import ladder
from matching.suggestions.artefacts import refresh_artefact
from matching.suggestions.models import Artefact, Decision, Impression, ModelChange, Suggestion, TrainedModel
from matching.suggestions.wording import learned_reason


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
    list_display = (
        "need",
        "offer",
        "score",
        "need_state",
        "offer_state",
        "proposed_from",
        "computed_at",
        "withdrawn_at",
    )
    list_filter = ("proposed_from", "need_state", "offer_state", "need_because", "offer_because")
    list_select_related = ("need", "offer")
    search_fields = ("need__title", "offer__title")
    ordering = ("-computed_at", "-id")


@admin.register(Impression)
class ImpressionAdmin(ReadOnlyAdmin):
    list_display = ("need", "offer", "side", "rank", "propensity", "matcher_version", "at")
    list_filter = ("side", "day")
    list_select_related = ("need", "offer")
    ordering = ("-day", "-id")


@admin.register(Decision)
class DecisionAdmin(ReadOnlyAdmin):
    list_display = ("need", "offer", "side", "act", "reason", "rank", "propensity", "matcher_version", "at")
    list_filter = ("side", "act", "reason")
    list_select_related = ("need", "offer")
    ordering = ("-at", "-id")


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


@admin.register(TrainedModel)
class TrainedModelAdmin(ReadOnlyAdmin):
    """Every candidate, with the reasons of its promotion or refusal; staff may go back or choose another."""

    list_display = ("version", "rung", "decisions", "verdict", "why", "is_active", "created_at", "broken_because")
    list_filter = ("verdict", "rung", "is_active")
    readonly_fields = ("why",)
    actions = ("go_back", "use_this_one", "use_the_rule")

    @admin.display(description=gettext_lazy("raisons"))
    def why(self, model: TrainedModel) -> str:
        return format_html_join(" ", "{}", ((learned_reason(reason),) for reason in model.reasons))

    @admin.action(description=gettext_lazy("Revenir à ce qui servait avant"), permissions=["view"])
    def go_back(self, request: HttpRequest, queryset: QuerySet[TrainedModel]) -> None:
        self._change(request, lambda: ladder.go_back(by=request.user))

    @admin.action(description=gettext_lazy("Mettre en service le modèle choisi"), permissions=["view"])
    def use_this_one(self, request: HttpRequest, queryset: QuerySet[TrainedModel]) -> None:
        chosen = list(queryset[:2])
        if len(chosen) != 1:
            self.message_user(request, _("Choisissez un seul modèle."), messages.WARNING)
            return
        self._change(request, lambda: ladder.use(version=chosen[0].version, by=request.user))

    @admin.action(description=gettext_lazy("Mettre en service la règle écrite à la main"), permissions=["view"])
    def use_the_rule(self, request: HttpRequest, queryset: QuerySet[TrainedModel]) -> None:
        self._change(request, lambda: ladder.use(version=ladder.RULE, by=request.user))

    def _change(self, request: HttpRequest, change: Any) -> None:
        try:
            model = change()
        except ladder.NoSuchModel as refusal:
            self.message_user(request, str(refusal), messages.WARNING)
            return
        said = (
            _("Le modèle %(version)s est en service.") % {"version": model.version}
            if model
            else _("La règle écrite à la main est en service.")
        )
        self.message_user(request, said, messages.SUCCESS)


@admin.register(ModelChange)
class ModelChangeAdmin(ReadOnlyAdmin):
    list_display = ("at", "model", "why", "by")
    list_filter = ("why",)
    list_select_related = ("model", "by")
