"""Share a resource: one form per kind, two minutes."""

from dataclasses import replace
from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, override

from matching.catalogue.models import LICENCES, Kind, Offer
from matching.catalogue.models.resources import SUBKINDS, FundingUse
from matching.catalogue.past import resource_facts, week_of
from matching.catalogue.services import OfferFacts, ResourceFacts
from matching.catalogue.week import Week
from matching.organisations.models import COLLECTIVE_FORMS, Organisation
from matching.screens.fields import (
    CountField,
    DayField,
    EurosField,
    TidyCharField,
    WebAddressField,
    YesNoField,
    text_area,
)
from matching.screens.listing_form import ListingForm
from matching.screens.officer.eligibility import EligibilityPart
from matching.screens.officer.rights import RightsPart
from matching.screens.territory_field import TerritoryField
from matching.screens.week import sentence
from matching.screens.week_field import WeekField


def _subkinds(kind: str) -> forms.ChoiceField:
    choices = [("", gettext_lazy("Choisissez")), *((item.value, item.label) for item in SUBKINDS[kind])]
    return forms.ChoiceField(label=gettext_lazy("Nature"), choices=choices, required=False)


class OfferForm(EligibilityPart, RightsPart, ListingForm):
    """What every offer says. Subclasses add the facts of their kind, named in `facts`."""

    kind: ClassVar[str]
    listing: Offer | None
    facts: ClassVar[tuple[str, ...]]
    rows: ClassVar[tuple[tuple[str, ...], ...]]
    to_publish: ClassVar[dict[str, Any]] = {
        "text": gettext_lazy("Décrivez la ressource en deux phrases : le rapprochement se fait sur ces mots."),
        "territory": gettext_lazy("Dites où se trouve la ressource, par exemple Brest ou 29200."),
    }

    perimeter = TerritoryField(
        label=gettext_lazy("Qui peut demander ?"),
        help_text=gettext_lazy("Les collectifs de ce territoire. Laissez vide pour les accueillir tous."),
        required=False,
    )
    legal_forms = forms.MultipleChoiceField(
        label=gettext_lazy("Formes de collectifs acceptées"),
        choices=[(form.value, form.label) for form in COLLECTIVE_FORMS],
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    provides = TidyCharField(
        label=gettext_lazy("Ce que vous apportez avec la ressource"),
        help_text=gettext_lazy("Du temps d’agent, du matériel, de l’argent, une assurance, des clés…"),
        required=False,
        max_length=3000,
        widget=text_area(3),
    )
    without_means = forms.BooleanField(
        label=gettext_lazy("Aucun moyen n’accompagne cette offre"),
        help_text=gettext_lazy("L’offre portera la mention « sans moyens associés »."),
        required=False,
    )
    expects = TidyCharField(
        label=gettext_lazy("Ce que vous espérez en retour"),
        help_text=gettext_lazy("Par exemple : deux ateliers ouverts à tous, une exposition, des données partagées."),
        required=False,
        max_length=3000,
        widget=text_area(3),
    )
    opens = DayField(label=gettext_lazy("Demandes à partir du"), required=False)
    closes = DayField(label=gettext_lazy("Demandes jusqu’au"), required=False)

    def __init__(self, *args: Any, organisation: Organisation, **options: Any) -> None:
        listing: Offer | None = options.get("listing")
        initial = _initial_of(listing, self.facts) if listing else _initial_for(organisation)
        options["initial"] = initial | (options.get("initial") or {})
        super().__init__(*args, **options)
        self.fields["title"].label = gettext_lazy("Titre")
        self.fields["text"].label = gettext_lazy("Description")
        self.fields["territory"].label = gettext_lazy("Où se trouve la ressource ?")

    def clean_legal_forms(self) -> list[str]:
        """Every form accepted is kept as an empty list."""
        accepted = self.cleaned_data["legal_forms"]
        if not accepted:
            raise ValidationError(_("Cochez au moins une forme de collectif."))
        return [] if len(accepted) == len(COLLECTIVE_FORMS) else accepted

    def clean(self) -> dict[str, Any]:
        values = super().clean()
        self._check_order("opens", "closes", _("La clôture vient avant l’ouverture. Vérifiez les deux dates."))
        self.check_rights()
        says_nothing = not (values.get("provides") or values.get("without_means"))
        if self.publishing and says_nothing and "provides" not in self.errors:
            self.add_error(
                "provides",
                _("Dites ce que vous apportez, ou cochez « Aucun moyen n’accompagne cette offre »."),
            )
        return values

    @property
    def fact_rows(self) -> list[list[forms.BoundField]]:
        """The facts of the kind as they stand on the page: short ones side by side."""
        return [[self[name] for name in row] for row in self.rows]

    def told(self) -> OfferFacts:
        """What the form says, for the service. Resources of other kinds that the offer holds are kept."""
        values = self.cleaned_data
        own = ResourceFacts(kind=self.kind, **{name: values[name] for name in self.facts})
        return OfferFacts(
            title=values["title"],
            text=values["text"],
            easy_read=values["easy_read"],
            resources=[own, *_other_resources(self.listing, self.kind)],
            themes=values["themes"] or (),
            territory=values["territory"],
            perimeter=values["perimeter"],
            legal_forms=values["legal_forms"] or (),
            provides=values["provides"],
            has_means=not values["without_means"],
            expects=values["expects"],
            starts=values["starts"],
            ends=values["ends"],
            opens=values["opens"],
            closes=values["closes"],
            rights=self.bundle,
            eligibility=self.told_eligibility,
            flags=self.listing.flags if self.listing else [],
        )


class DataOfferForm(OfferForm):
    """Data, archives, digitised content, free software."""

    kind = stored_as = Kind.DATA
    facts = ("subkind", "licence", "formats", "url", "rights_cleared")
    rows = (("subkind", "licence"), ("formats",), ("url",), ("rights_cleared",))

    subkind = _subkinds(Kind.DATA)
    licence = forms.ChoiceField(
        label=gettext_lazy("Licence"),
        choices=[("", gettext_lazy("Pas encore choisie")), *LICENCES],
        help_text=gettext_lazy("Pour des informations publiques : Licence Ouverte ou ODbL."),
        required=False,
    )
    formats = TidyCharField(
        label=gettext_lazy("Formats"),
        help_text=gettext_lazy("Par exemple : CSV, images TIFF, cartes papier."),
        required=False,
        max_length=200,
    )
    url = WebAddressField(
        label=gettext_lazy("Adresse de la ressource"),
        help_text=gettext_lazy("Si elle est déjà en ligne."),
        required=False,
        max_length=500,
    )
    rights_cleared = YesNoField(
        label=gettext_lazy("Ayants droit vérifiés ?"),
        help_text=gettext_lazy("Auteurs, photographes, personnes reconnaissables : leur accord est-il acquis ?"),
    )


class PlaceOfferForm(OfferForm):
    """A place that a collective may use."""

    kind = stored_as = Kind.PLACE
    has_domain = True
    facts = (
        "subkind",
        "capacity",
        "surface_m2",
        "address",
        "equipment",
        "opening",
        "closed_on_holidays",
        "accessible",
        "price",
        "rental_value",
    )
    rows = (
        ("subkind", "accessible"),
        ("capacity", "surface_m2"),
        ("address",),
        ("opening",),
        ("week",),
        ("closed_on_holidays",),
        ("equipment",),
        ("price", "rental_value"),
    )

    subkind = _subkinds(Kind.PLACE)
    capacity = CountField(label=gettext_lazy("Personnes au plus"), required=False)
    surface_m2 = CountField(label=gettext_lazy("Surface en m²"), required=False)
    address = TidyCharField(label=gettext_lazy("Adresse"), required=False, max_length=300)
    equipment = TidyCharField(
        label=gettext_lazy("Équipements"),
        help_text=gettext_lazy("Tables, cuisine, wifi, vidéoprojecteur…"),
        required=False,
        max_length=2000,
        widget=text_area(2),
    )
    opening = TidyCharField(
        label=gettext_lazy("Horaires"),
        help_text=gettext_lazy("Par exemple : le mardi de 18 h à 22 h, le samedi."),
        required=False,
        max_length=300,
    )
    week = WeekField(
        label=gettext_lazy("Semaine type"),
        help_text=gettext_lazy(
            "Chaque créneau revient toutes les semaines, ou pendant sa saison. Laissez vide si rien n’est régulier."
        ),
        required=False,
    )
    closed_on_holidays = forms.BooleanField(label=gettext_lazy("Fermé les jours fériés"), required=False)
    accessible = YesNoField(label=gettext_lazy("Accessible en fauteuil ?"))
    price = EurosField(
        label=gettext_lazy("Prix de la demi-journée"),
        help_text=gettext_lazy("En euros. 0 si c’est gratuit."),
        required=False,
        most=20_000_000,
    )
    rental_value = EurosField(
        label=gettext_lazy("Valeur locative de la demi-journée"),
        help_text=gettext_lazy("En euros. Elle dit ce que vaut la gratuité."),
        required=False,
        most=20_000_000,
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        self._told_before = week_of(options["listing"]) if options.get("listing") else Week()
        options["initial"] = {"week": self._told_before} | (options.get("initial") or {})
        super().__init__(*args, **options)

    def told(self) -> OfferFacts:
        """With the week; where nobody wrote the hours in words, they are those of the week."""
        facts, week = super().told(), self.cleaned_data["week"]
        own, *others = facts.resources
        if week and own.opening in ("", self._hours(self._told_before)):
            own = replace(own, opening=self._hours(week))
        return replace(facts, week=week, resources=[own, *others])

    def _hours(self, week: Week) -> str:
        """The week in French, as what is published here is; as much of it as fits."""
        with override("fr"):
            return Truncator(sentence(week)).chars(self.fields["opening"].max_length)


class FundingOfferForm(OfferForm):
    """Money, or support in kind: engineering, training, equipment."""

    kind = stored_as = Kind.FUNDING
    facts = ("subkind", "amount_min", "amount_max", "funding_use", "rate", "is_call")
    rows = (("subkind", "funding_use"), ("amount_min", "amount_max"), ("rate",), ("is_call",))

    subkind = _subkinds(Kind.FUNDING)
    amount_min = EurosField(label=gettext_lazy("Plus petit montant en euros"), required=False)
    amount_max = EurosField(label=gettext_lazy("Plus grand montant en euros"), required=False)
    funding_use = forms.ChoiceField(
        label=gettext_lazy("Pour quelles dépenses ?"),
        choices=[("", gettext_lazy("Non précisé")), *FundingUse.choices],
        required=False,
    )
    rate = CountField(
        label=gettext_lazy("Part financée au plus, en %"),
        help_text=gettext_lazy("Par exemple 80 : le collectif trouve le reste ailleurs."),
        required=False,
        most=100,
    )
    is_call = forms.BooleanField(label=gettext_lazy("C’est un appel à projets"), required=False)

    def clean(self) -> dict[str, Any]:
        values = super().clean()
        self._check_order(
            "amount_min", "amount_max", _("Le plus grand montant est sous le plus petit. Vérifiez les deux.")
        )
        return values


FORMS: dict[str, type[OfferForm]] = {form.kind: form for form in (PlaceOfferForm, DataOfferForm, FundingOfferForm)}


def form_of(offer: Offer) -> type[OfferForm]:
    """The form that changes this offer: that of its first resource."""
    return FORMS[offer.kinds[0] if offer.kinds else Kind.PLACE]


def _initial_for(organisation: Organisation) -> dict[str, Any]:
    return {
        "territory": organisation.territory,
        "perimeter": organisation.territory,
        "legal_forms": [form.value for form in COLLECTIVE_FORMS],
    }


def _initial_of(offer: Offer, facts: tuple[str, ...]) -> dict[str, Any]:
    kept = (
        "title",
        "text",
        "easy_read",
        "territory",
        "perimeter",
        "provides",
        "expects",
        "starts",
        "ends",
        "opens",
        "closes",
    )
    initial = {name: getattr(offer, name) for name in kept}
    initial |= {
        "themes": [theme.slug for theme in offer.themes.all()],
        "legal_forms": offer.legal_forms or [form.value for form in COLLECTIVE_FORMS],
        "without_means": not offer.has_means,
    }
    first = next((resource for resource in offer.resources.all() if resource.kind == offer.kinds[0]), None)
    return initial | {name: getattr(first, name) for name in facts if first}


def _other_resources(offer: Offer | None, kind: str) -> list[ResourceFacts]:
    """The resources that the form does not show: all but the first of its kind."""
    if offer is None:
        return []
    resources = list(offer.resources.all())
    shown = next((resource for resource in resources if resource.kind == kind), None)
    return [resource_facts(resource) for resource in resources if resource is not shown]
