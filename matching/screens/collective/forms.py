"""Say a need: what, why, how much, and what the collective brings."""

from typing import Any, ClassVar
from uuid import UUID

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from matching.catalogue.models import Kind, Need
from matching.catalogue.origins import Origin, origin_of
from matching.catalogue.services import NeedFacts
from matching.organisations.discretion import said_of_the_place
from matching.organisations.models import Organisation
from matching.screens.carried import CarriedNeed
from matching.screens.fields import CountField, EurosField, TidyCharField, text_area
from matching.screens.listing_form import RIGHTS_IN_FORMS, ListingForm, begun_with
from matching.screens.territory_field import TerritoryField, by_key

_KINDS = [
    (Kind.PLACE, gettext_lazy("Un lieu")),
    (Kind.FUNDING, gettext_lazy("Un financement ou un soutien")),
    (Kind.DATA, gettext_lazy("Des données, des archives, un logiciel")),
]
_KEPT = (
    "title",
    "text",
    "easy_read",
    "kinds",
    "territory",
    "perimeter",
    "why",
    "capacity",
    "surface_m2",
    "amount_min",
    "amount_max",
    "data_subject",
    "starts",
    "ends",
    "rights",
    "contribution",
    "origin",
)


class NeedForm(ListingForm):
    """One page. Quantities are grouped by kind; those of a kind that is not looked for may stay empty."""

    stored_as = "need"
    listing: Need | None
    to_publish: ClassVar[dict[str, Any]] = {
        "text": gettext_lazy("Décrivez votre besoin en deux phrases : le rapprochement se fait sur ces mots."),
        "territory": gettext_lazy("Dites où vous agissez, par exemple Brest ou 29200."),
        "contribution": gettext_lazy(
            "Dites ce que vous apportez : même du temps, un savoir-faire ou un repas partagé comptent."
        ),
    }

    kinds = forms.MultipleChoiceField(
        label=gettext_lazy("Que cherchez-vous ?"),
        help_text=gettext_lazy("Une ou plusieurs réponses. Rien si vous ne savez pas encore."),
        choices=_KINDS,
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    capacity = CountField(label=gettext_lazy("Personnes à accueillir"), required=False)
    surface_m2 = CountField(label=gettext_lazy("Surface en m²"), required=False)
    perimeter = TerritoryField(
        label=gettext_lazy("Où doit se trouver le lieu ?"),
        help_text=gettext_lazy("Laissez vide si l’endroit importe peu."),
        required=False,
    )
    amount_min = EurosField(label=gettext_lazy("Le moins qui aiderait, en euros"), required=False)
    amount_max = EurosField(label=gettext_lazy("Le plus qui servirait, en euros"), required=False)
    data_subject = TidyCharField(
        label=gettext_lazy("Données cherchées"),
        help_text=gettext_lazy("Par exemple : le cadastre de 1830, les arrêts de bus, un logiciel d’agenda."),
        required=False,
        max_length=300,
    )
    why = TidyCharField(
        label=gettext_lazy("Pourquoi ?"),
        help_text=gettext_lazy("Ce que cela changera, et pour qui."),
        required=False,
        max_length=5000,
        widget=text_area(3),
    )
    rights = forms.MultipleChoiceField(
        label=gettext_lazy("Droits dont vous avez besoin"),
        help_text=gettext_lazy("Ne cochez que l’indispensable : une offre qui ne l’accorde pas sera écartée."),
        choices=list(RIGHTS_IN_FORMS.items()),
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    contribution = TidyCharField(
        label=gettext_lazy("Ce que vous apportez"),
        help_text=gettext_lazy(
            "Par exemple : trois bénévoles le samedi, des ateliers ouverts au quartier, l’entretien du lieu, "
            "des données que vous avez recueillies."
        ),
        required=False,
        max_length=3000,
        widget=text_area(3),
    )

    origin = forms.UUIDField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, organisation: Organisation, **options: Any) -> None:
        listing: Need | None = options.get("listing")
        self.organisation = organisation
        home = organisation.exact_territory or organisation.territory
        initial = _initial_of(listing) if listing else {"territory": home}
        options["initial"] = initial | (options.get("initial") or {})
        super().__init__(*args, **options)
        self.fields["title"].label = gettext_lazy("Titre")
        self.fields["title"].help_text = gettext_lazy("Par exemple : une salle le mardi soir pour notre AMAP.")
        self.fields["text"].label = gettext_lazy("Votre besoin")
        self.fields["territory"].label = gettext_lazy("Où agissez-vous ?")

    def clean_origin(self) -> UUID | None:
        """The recipe that it adapts. Nobody types it: one that is gone is left out without a word."""
        key: UUID | None = self.cleaned_data["origin"]
        return key if origin_of(key) else None

    @property
    def recipe(self) -> Origin | None:
        """The recipe that it adapts, to be named beside the form."""
        key = self["origin"].value()
        try:
            return origin_of(UUID(str(key))) if key else None
        except ValueError:
            return None

    def clean(self) -> dict[str, Any]:
        values = super().clean()
        self._check_order(
            "amount_min", "amount_max", _("Le plus grand montant est sous le plus petit. Vérifiez les deux.")
        )
        if self.publishing:
            self._keep_the_place_hidden()
        return values

    def _keep_the_place_hidden(self) -> None:
        """What a discreet collective wants hidden, its texts do not tell either."""
        for name in ("title", "text", "easy_read", "why", "data_subject", "contribution"):
            if said := said_of_the_place(self.organisation, [self.cleaned_data.get(name) or ""]):
                sentence = _(
                    "Vous ne montrez pas où vous vous réunissez, et ce texte le dit : « %(said)s ». Retirez-le."
                )
                self.add_error(name, sentence % {"said": said})

    def told(self) -> NeedFacts:
        """What the form says, for the service."""
        values = self.cleaned_data
        return NeedFacts(
            themes=values["themes"] or (),
            flags=self.listing.flags if self.listing else [],
            kinds=values["kinds"] or (),
            rights=values["rights"] or (),
            **{name: values[name] for name in _KEPT if name not in ("kinds", "rights")},
        )


def _initial_of(need: Need) -> dict[str, Any]:
    initial = {name: getattr(need, name) for name in _KEPT}
    initial |= {"territory": need.typed_territory, "perimeter": need.typed_perimeter}
    return initial | {"themes": [theme.slug for theme in need.themes.all()]}


def initial_carried(carried: CarriedNeed) -> dict[str, Any]:
    """A new need begun with what was typed on the home page; its first sentence makes a title to correct."""
    if not carried:
        return {}
    text = carried.get("text", "")
    initial = {
        **begun_with(text),
        "kinds": carried.get("kinds", []),
        "capacity": carried.get("people") or None,
        "amount_max": carried.get("amount_max") or None,
        "origin": carried.get("origin") or None,
    }
    territory = by_key(carried.get("territory", ""))
    return initial | ({"territory": territory} if territory else {})
