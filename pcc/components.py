"""The living page of components: each one in each of its states, from the templates that every page uses."""

import re
from collections.abc import Iterable
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from django import forms
from django.contrib.messages import constants
from django.contrib.messages.storage.base import Message
from django.contrib.staticfiles import finders
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe
from wagtail.rich_text import RichText

from cms.figures import Figure
from matching.catalogue.eligibility import Answers, Readiness, Rule, check_eligibility
from matching.catalogue.models import Extent, Kind, Need, Offer, Resource, RightsBundle, RuleKind, Status
from matching.catalogue.models.rights import Revocable
from matching.organisations.models import LegalForm, Organisation, Side
from matching.partnerships.models import Application, Correction, Partnership, State
from matching.screens import charts
from matching.screens.compared_rights import side_by_side
from matching.screens.eligibility import SaidVerdict, verdict_in_words
from matching.screens.fields import CountField, DayField, EurosField, YesNoField
from matching.suggestions.models import DismissReason
from matching.territories.models import Territory

_LONG = "Hexakosioihexekontahexaphobie-intercommunautaire-transfrontalière des Établissements publics de coopération"
_DAY = date(2026, 3, 1)
_WORDS = {"code": "words", "params": {"words": ["salle", "réparation"]}}
_TERRITORY = {"code": "territory.same", "params": {"place": "Brest (Finistère)"}}
_RICH = RichText("<p>Sans parole. Deux mains ôtent trois vis.</p>")
_REFUSAL = {
    "code": "refused.capacity",
    "params": {"capacity": "20", "asked": "40"},
    "mend": {"code": "mend.capacity.need", "params": {"capacity": "20"}},
}


class SampleForm(forms.Form):
    """One field of each sort."""

    name = forms.CharField(label="Nom", help_text="Celui que tout le monde lira.")
    text = forms.CharField(label="Description", widget=forms.Textarea(attrs={"rows": 3}), required=False)
    count = CountField(label="Personnes", required=False)
    price = EurosField(label="Prix", required=False)
    day = DayField(label="Jusqu’au", required=False)
    form_of = forms.ChoiceField(label="Forme", choices=LegalForm.choices, required=False)
    why = forms.ChoiceField(label="Pourquoi ?", choices=DismissReason.choices, widget=forms.RadioSelect)
    kinds = forms.MultipleChoiceField(
        label="Ce que vous cherchez", choices=Kind.choices, widget=forms.CheckboxSelectMultiple, required=False
    )
    accessible = YesNoField(label="Accessible en fauteuil")
    agrees = forms.BooleanField(label="J’accepte d’être contacté", required=False)
    file = forms.FileField(label="Fichier", required=False)


class _Sample:
    """A suggestion as a card shows it."""

    reasons = (_WORDS, _TERRITORY)
    parts = {"words": 0.4, "territory": 0.2}
    against = _REFUSAL
    version = "1.7/20261120T031500-ab12cd"
    is_proposed = False
    warnings = ()

    @property
    def computed_at(self) -> datetime:
        return now()


class _Proposed(_Sample):
    """One that a person proposed, though a condition refused it."""

    reasons = ()
    against = None
    is_proposed = True
    proposed_by = "Alice, Les Bricoleuses du port"
    warnings = (_REFUSAL,)

    @property
    def suggestion(self) -> dict[str, Any]:
        return {"proposed_at": now(), "proposal_note": "Vous vous êtes rencontrés au forum des associations."}


@require_safe
def page(request: HttpRequest) -> HttpResponse:
    """Staff: what the pages are made of. Others: 404."""
    if not request.user.is_staff:
        raise Http404
    typed = {"count": "beaucoup", "price": "12 sous", "day": "31/02/2026", "why": "ailleurs"}
    wrong = SampleForm({f"faux-{name}": value for name, value in typed.items()}, prefix="faux")
    place = _offer(Kind.PLACE, "Salle de 60 places, le soir", capacity=60, surface_m2=110, price=0)
    need = _need("Une salle pour réparer des objets", wants_place=True, capacity=40, rights=["exclusion"])
    context = {
        "blank": SampleForm(prefix="vide"),
        "wrong": wrong,
        "notes": [Message(level, words) for level, words in _notes()],
        "place": place,
        "compared": side_by_side(need, place),
        "data": _offer(Kind.DATA, "Quarante ans de photographies du port", licence="etalab-2.0", formats="CSV"),
        "funding": _offer(Kind.FUNDING, _LONG, has_means=False, amount_min=50_000, amount_max=500_000_000, rate=80),
        "need": need,
        "wide_need": _need(_LONG, wants_data=True, wants_place=True, wants_funding=True),
        "plain_need": _need("De l’aide pour commencer"),
        "sample": _Sample(),
        "proposed": _Proposed(),
        "refusals": [_REFUSAL],
        "reasons": [_WORDS, _TERRITORY],
        "listings": [Need(status=status) for status in Status],
        "applications": [
            Application(correction=Correction.INCOMPLETE),
            *(Application(state=state) for state in State),
        ],
        "verdicts": _verdicts(),
        "kinds": list(Kind),
        "page_obj": Paginator(range(90), 20).page(2),
        "long": _LONG,
        "lying": charts.lying(
            "couche",
            title=_("Barres couchées"),
            sentence=_("Trois lignes : une longue, une courte, une vide."),
            counted=_("Ligne"),
            unit=_("Valeur"),
            rows=[(_LONG, 1234), ("Court", 12), ("Rien", 0)],
        ),
        "standing": charts.standing(
            "debout",
            title=_("Barres debout"),
            sentence=_("Douze mois, de zéro à onze."),
            counted=_("Mois"),
            unit=_("Valeur"),
            rows=[(f"Mois {month}", str(month), month - 1) for month in range(1, 13)],
        ),
        "icons": _icons(),
        "blocks": _blocks(),
    }
    return render(request, "components.html", context)


def _verdicts() -> list[SaidVerdict]:
    """A check in each of its colours, and one that bars."""
    age, insurance = Rule(kind=RuleKind.AGE, months=12), Rule(kind=RuleKind.INSURANCE)
    young, grown = date(2026, 1, 1), date(2020, 1, 1)
    checks = [
        ([age, insurance], Answers(founded=grown, insured=Readiness.YES)),
        ([age, insurance], Answers(founded=grown)),
        ([age, insurance], Answers(founded=young, insured=Readiness.LATER)),
        ([replace(age, is_firm=True), insurance], Answers(founded=young, insured=Readiness.NO)),
    ]
    return [verdict_in_words(check_eligibility(rules, answers, today=_DAY)) for rules, answers in checks]


def _notes() -> Iterable[tuple[int, str]]:
    yield constants.SUCCESS, "« Salle Watt » est publié."
    yield constants.INFO, "Elle paraîtra dès que votre rattachement sera confirmé."
    yield constants.WARNING, "Avant de publier, complétez les points marqués."
    yield constants.ERROR, "Rien n’a été enregistré."


def _blocks() -> Iterable[tuple[str, dict[str, Any]]]:
    """The blocks of pages that show no picture, each with what an editor would have written."""
    row = {"kind": "place", "text": "Une salle de plain-pied", "quantity": "un samedi sur deux", "people": 30}
    sheet = {"url": "#c-blocks", "title": _LONG, "file_extension": "pdf", "file_size": 120_000}
    moment = {"text": "Une cafetière en panne partait à la déchetterie.", "image": None}
    yield "quote", {"value": {"text": _LONG, "who": "Une voisine", "consent": "written"}}
    yield "figures", {"value": {"rows": [{"label": "Objets réparés", "value": "1 240"}]}}
    yield (
        "partnership_figures",
        {"figures": [Figure("Heures données", "120 heures")], "partnership": Partnership(title="Ateliers du samedi")},
    )
    yield "before_after", {"value": {"before": moment, "after": moment}}
    yield "steps", {"value": {"items": ["Trouver la salle", "Former trois bénévoles"]}}
    yield "ingredients", {"value": {"rows": [row]}}
    yield "difficulty", {"value": {"text": "La clé s’est perdue deux fois."}}
    yield "map", {"rows": [{"territory": _territory(), "text": "Un atelier le samedi"}]}
    yield (
        "video",
        {
            "value": {"title": "Ouvrir une cafetière", "url": "#c-blocks", "duration": "4 min", "transcript": _RICH},
            "provider": "tube.exemple.fr",
        },
    )
    yield "documents", {"value": {"rows": [{"document": sheet, "text": "Une page à poser sur la table."}]}}
    yield "call_to_action", {"value": {"kind": "publish", "text": "Et chez vous ?"}}
    yield "reference", {"value": {"authors": "Elinor Ostrom", "title": "Gouvernance des biens communs"}}


def _icons() -> list[str]:
    """The names of the sprite, in its order."""
    path = finders.find("pcc/icons.svg")
    if not path:
        return []
    with open(path, encoding="utf-8") as sprite:
        return re.findall(r'<symbol id="([\w-]+)"', sprite.read())


def _organisation(side: Side, legal_form: LegalForm, name: str) -> Organisation:
    return Organisation(pk=0, side=side, legal_form=legal_form, name=name, slug="exemple")


def _territory() -> Territory:
    return Territory(pk=0, name="Landerneau", context="Finistère", level="commune", code="29103")


def _offer(kind: Kind, title: str, *, has_means: bool = True, **facts: Any) -> Offer:
    """An offer that no database knows: what a card reads of others is beside it, as if fetched."""
    offer = Offer(
        pk=0,
        organisation=_organisation(Side.AUTHORITY, LegalForm.COMMUNE, "Ville de Brest"),
        territory=_territory(),
        title=title,
        text="Une salle claire avec cuisine.",
        closes=_DAY,
        has_means=has_means,
        status=Status.PUBLISHED,
    )
    offer._prefetched_objects_cache = {
        "eligibility_rules": [],
        "resources": [Resource(offer=offer, kind=kind, **facts)],
        "photos": [],
    }
    # The offer knows its bundle from then on.
    RightsBundle(
        offer=offer,
        collective_access=Extent.GRANTED,
        collective_withdrawal=Extent.GRANTED,
        collective_management=Extent.CONDITIONS,
        management_condition="Avec une personne référente formée à la sécurité.",
        together_access=Extent.GRANTED,
        together_withdrawal=Extent.GRANTED,
        together_management=Extent.GRANTED,
        together_exclusion=Extent.CONDITIONS,
        duration_months=36,
        revocable=Revocable.NOTICE,
        notice_days=90,
    )
    return offer


def _need(title: str, **facts: Any) -> Need:
    return Need(
        pk=0,
        organisation=_organisation(Side.COLLECTIVE, LegalForm.INFORMAL, "Les Bricoleuses du port"),
        territory=_territory(),
        title=title,
        contribution="Des ateliers ouverts à tous, le samedi.",
        status=Status.PUBLISHED,
        **facts,
    )
