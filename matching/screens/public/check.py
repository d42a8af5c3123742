"""« Est-ce pour nous ? »: a group answers in a minute and reads where it stands, before it writes anything.

Nothing is kept of a stranger. What a signed-in collective answers is its own, and saves it answering again.
"""

from dataclasses import replace
from typing import Any
from uuid import UUID

from django import forms
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.timezone import localdate
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from matching.catalogue.eligibility import (
    Answers,
    Readiness,
    Rule,
    answers_of,
    check_eligibility,
    remember_answers,
    rules_of,
)
from matching.catalogue.models import Audience, Offer, RuleKind
from matching.geography import Place
from matching.organisations.models import COLLECTIVE_FORMS, LegalForm, Membership, Role
from matching.screens.acting import acting_membership
from matching.screens.eligibility import themes_in_words, verdict_in_words
from matching.screens.fields import DayField, EurosField, YesNoField
from matching.screens.territory_field import TerritoryField, by_key
from matching.territories.models import Territory

#: A theme that the offer does not ask for.
OTHER = "other"
_READY = [
    (Readiness.YES, gettext_lazy("Oui")),
    (Readiness.LATER, gettext_lazy("Pas encore, mais nous le ferons")),
    (Readiness.NO, gettext_lazy("Non")),
]
_CARRIERS = [(form.value, form.label) for form in COLLECTIVE_FORMS if form != LegalForm.INFORMAL]


def _radio(label: Any, choices: Any) -> forms.ChoiceField:
    return forms.ChoiceField(label=label, choices=choices, widget=forms.RadioSelect, required=False)


class CheckForm(forms.Form):
    """One question for each condition that the offer poses; every answer may be left out."""

    legal_form = forms.ChoiceField(
        label=gettext_lazy("Quelle forme a votre collectif ?"),
        choices=[("", gettext_lazy("Choisissez")), *((form.value, form.label) for form in COLLECTIVE_FORMS)],
        required=False,
    )
    carrier_form = forms.ChoiceField(
        label=gettext_lazy("S’il est informel : quelle structure vous porte ?"),
        choices=[("", gettext_lazy("Aucune pour l’instant")), *_CARRIERS],
        required=False,
    )
    territory = TerritoryField(
        label=gettext_lazy("Où agissez-vous ?"),
        help_text=gettext_lazy("Une commune, ou un code postal."),
        required=False,
    )
    audiences = forms.MultipleChoiceField(
        label=gettext_lazy("À qui s’adresse votre projet ?"),
        choices=Audience.choices,
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    themes = forms.MultipleChoiceField(
        label=gettext_lazy("Sur quel thème ?"), widget=forms.CheckboxSelectMultiple, required=False
    )
    budget = EurosField(label=gettext_lazy("Quel budget a votre projet, en euros ?"), required=False)
    founded = DayField(label=gettext_lazy("Depuis quand votre collectif existe-t-il ?"), required=False)
    insured = _radio(gettext_lazy("Avez-vous une assurance de responsabilité civile ?"), _READY)
    committed = _radio(gettext_lazy("Avez-vous souscrit le contrat d’engagement républicain ?"), _READY)
    sells = YesNoField(label=gettext_lazy("Vendez-vous des biens ou des services ?"))
    received = EurosField(
        label=gettext_lazy("Aides « de minimis » reçues depuis trois ans, en euros"),
        help_text=gettext_lazy("Si vous vendez quelque chose. La lettre d’attribution d’une aide dit si elle en est."),
        required=False,
    )

    def __init__(self, *args: Any, rules: list[Rule], answers: Answers, **options: Any) -> None:
        super().__init__(*args, **options)
        self._answers = answers
        asked = {rule.kind: rule for rule in rules}
        if theme := asked.get(RuleKind.THEME):
            named = [(slug, themes_in_words([slug])) for slug in theme.among]
            self.fields["themes"].choices = [*named, (OTHER, gettext_lazy("Un autre thème"))]
        for kind, names in _QUESTIONS.items():
            for name in names if kind not in asked else ():
                del self.fields[name]
        self.initial = _initial(answers) | self.initial

    @property
    def answers(self) -> Answers:
        """What a valid form says; what the offer does not ask stays as it was known."""
        values: dict[str, Any] = self.cleaned_data
        territory: Territory | None = values.get("territory")
        said = {
            _NAMES.get(name, name): tuple(values[name]) if isinstance(values[name], list) else values[name]
            for name in self.fields
            if name != "territory"
        }
        if "territory" in self.fields:
            said["place"] = Place(territory.level, territory.code) if territory else None
            said["place_name"] = territory.name if territory else ""
        return replace(self._answers, **said)


_QUESTIONS: dict[str, tuple[str, ...]] = {
    RuleKind.LEGAL_FORM: ("legal_form", "carrier_form"),
    RuleKind.PERIMETER: ("territory",),
    RuleKind.AUDIENCE: ("audiences",),
    RuleKind.THEME: ("themes",),
    RuleKind.BUDGET: ("budget",),
    RuleKind.AGE: ("founded",),
    RuleKind.INSURANCE: ("insured",),
    RuleKind.COMMITMENT: ("committed",),
    RuleKind.DE_MINIMIS: ("sells", "received"),
}
_NAMES = {"budget": "budget_cents", "received": "received_cents"}


def _initial(answers: Answers) -> dict[str, Any]:
    names = ("legal_form", "carrier_form", "founded", "insured", "committed", "sells")
    place = answers.place
    return {name: getattr(answers, name) for name in names} | {
        "territory": by_key(f"{place.level}-{place.code}") if place else None,
        "audiences": list(answers.audiences),
        "themes": list(answers.themes),
        "budget": answers.budget_cents,
        "received": answers.received_cents,
    }


@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def check(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Anybody checks whether a published offer is for them; owners and members of a collective keep their answers."""
    offers = Offer.objects.published().for_cards().select_related("perimeter").prefetch_related("eligibility_rules")
    offer = get_object_or_404(offers, uuid=uuid)
    member = _collective(request)
    rules = rules_of(offer)
    known = answers_of(member.organisation, offer) if member else Answers()
    form = CheckForm(request.POST if request.method == "POST" else None, rules=rules, answers=known)
    answered = form.is_bound and form.is_valid()
    if answered:
        known = form.answers
        if member and member.role in (Role.OWNER, Role.MEMBER):
            remember_answers(organisation=member.organisation, offer=offer, person=request.user, answers=known)
    shows = answered or (member is not None and not form.is_bound)
    verdict = check_eligibility(rules, known, today=localdate(), closes=offer.closes)
    context = {
        "offer": offer,
        "form": form,
        "asks": bool(rules),
        "collective": member.organisation if member else None,
        "keeps": member is not None and member.role in (Role.OWNER, Role.MEMBER),
        "verdict": verdict_in_words(verdict) if shows or not rules else None,
        "answered": answered,
    }
    return render(request, "public/check.html", context)


def _collective(request: HttpRequest) -> Membership | None:
    """The collective for which the person acts, if they act for one."""
    member = acting_membership(request)
    return member if member and not member.organisation.is_authority else None
