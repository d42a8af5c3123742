"""The questions that anybody may ask: a need in words, and the filters of the lists."""

from collections.abc import Iterator, Sequence
from typing import Any

from django import forms
from django.utils.functional import Promise, lazy
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from matching.catalogue.models import Kind, Theme
from matching.geography.places import COMMUNE
from matching.organisations.models import COLLECTIVE_FORMS, Side
from matching.screens.facts import people as people_in_words
from matching.screens.fields import CountField, EurosField, TidyCharField
from matching.screens.numbers import euros
from matching.screens.territory_field import TerritoryField, key_of

LONGEST_TEXT = 5_000
RADII = (5, 10, 20, 50)
_IN_FRONT = ("q", "territory", "radius")

_COLLECTIVE_FORMS = [(form.value, form.label) for form in COLLECTIVE_FORMS]
_within_words = lazy(lambda radius: gettext("À moins de %(count)s km") % {"count": radius}, str)


def within_words(radius: int) -> Promise:
    """ "À moins de 20 km" """
    return _within_words(radius)


_KINDS_SOUGHT = [
    (Kind.DATA, _("des données")),
    (Kind.PLACE, _("un lieu")),
    (Kind.FUNDING, _("un financement")),
]


class NeedSearchForm(forms.Form):
    """A need as a passer-by says it: their words, and what they know of where and how many."""

    text = TidyCharField(
        label=_("Votre besoin"),
        max_length=LONGEST_TEXT,
        widget=forms.Textarea(
            attrs={
                "rows": 3,
                "placeholder": _("Nous réparons des objets avec les habitants et cherchons une salle le samedi."),
            }
        ),
        error_messages={"required": _("Écrivez en quelques mots ce que votre collectif cherche.")},
    )
    territory = TerritoryField(label=_("Où ?"), required=False)
    people = CountField(label=_("Personnes"), required=False)
    kinds = forms.MultipleChoiceField(
        label=_("Vous cherchez"),
        choices=_KINDS_SOUGHT,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"invalid_choice": _("Choisissez parmi des données, un lieu, un financement.")},
    )

    # The sentence was understood amiss: its places and figures are to be left alone. Never shown, so that another
    # sentence is read anew.
    as_is = forms.BooleanField(required=False, widget=forms.HiddenInput)

    def asked(self) -> dict[str, Any]:
        """What a valid form asks, as the address of the same search says it."""
        values = self.cleaned_data
        territory = values["territory"]
        asked = {
            "text": values["text"],
            "territory": str(territory) if territory else "",
            "territory_place": key_of(territory) if territory else "",
            "people": values["people"],
            "kinds": values["kinds"],
            "as_is": "1" if values["as_is"] else "",
        }
        return {name: value for name, value in asked.items() if value}


class FilterForm(forms.Form):
    """What a list of listings is asked. What cannot be read filters nothing, and says so."""

    q = TidyCharField(
        label=_("Vos mots"), required=False, max_length=300, widget=forms.TextInput(attrs={"type": "search"})
    )
    territory = TerritoryField(label=_("Où ?"), required=False)
    radius = forms.TypedChoiceField(
        label=_("Distance"),
        required=False,
        coerce=int,
        empty_value=None,
        choices=[("", _("Sur ce territoire")), *((str(radius), within_words(radius)) for radius in RADII)],
    )
    kind = forms.ChoiceField(label=_("Nature"), required=False, choices=[("", _("Toutes")), *Kind.choices])
    theme = forms.ChoiceField()
    within = forms.ChoiceField(
        label=_("Échéance"),
        required=False,
        choices=[
            ("", _("Toutes")),
            ("30", _("Dans les 30 jours")),
            ("90", _("Dans les 3 mois")),
            ("none", _("Sans date limite")),
        ],
    )
    legal_form = forms.ChoiceField(required=False, choices=[("", _("Toutes")), *_COLLECTIVE_FORMS])
    people = CountField(required=False)
    amount = EurosField(required=False)
    accessible = forms.BooleanField(required=False)

    labels: dict[str, Promise] = {}

    def __init__(self, *args: Any, themes: Sequence[Theme], has_distances: bool, **kwargs: Any) -> None:
        """themes: all of them, in order. has_distances: points are loaded, so a distance means something."""
        super().__init__(*args, auto_id="filtre-%s", **kwargs)
        self.fields["theme"] = ThemeChoice(themes)
        for name, label in self.labels.items():
            self.fields[name].label = label
        if not has_distances:
            del self.fields["radius"]

    def clean(self) -> dict[str, Any]:
        values = super().clean() or self.cleaned_data
        territory = values.get("territory")
        if values.get("radius") and "territory" in values and (territory is None or territory.level != COMMUNE):
            self.add_error("radius", _("Une distance part d’une commune : écrivez laquelle dans « Où ? »."))
        return values

    @property
    def more(self) -> list[forms.BoundField]:
        """The fields behind « Plus de filtres »."""
        return [self[name] for name in self.fields if name not in _IN_FRONT]

    @property
    def has_more(self) -> bool:
        """Whether one of those is in force, or was refused."""
        return any(name not in _IN_FRONT for name in (*self.asks(), *self.errors))

    def asks(self) -> dict[str, Any]:
        """What a list is asked, by the names of the fields."""
        return {name: value for name, value in self.cleaned_data.items() if value not in (None, "", False)}

    def chosen(self) -> list[tuple[str, str]]:
        """The filters in force, each with the name of its field and its value in words."""
        return [(name, self.in_words(name, value)) for name, value in self.asks().items()]

    def in_words(self, name: str, value: Any) -> str:
        """What a filter asks, as people say it."""
        if name == "radius":
            return str(within_words(value))
        if name == "people":
            return people_in_words(value)
        if name == "amount":
            return euros(value)
        if name == "accessible":
            return str(self.fields[name].label)
        if name == "q":
            return gettext("« %(words)s »") % {"words": value}
        choices = dict(self.fields[name].choices) if isinstance(self.fields[name], forms.ChoiceField) else {}
        return str(choices.get(value, value))


class OfferFilterForm(FilterForm):
    """What a collective asks of the list of offers."""

    labels = {
        "legal_form": _("Ouvert à"),
        "people": _("Personnes à accueillir"),
        "amount": _("Montant cherché, en euros"),
        "accessible": _("Accessible en fauteuil"),
    }


class NeedFilterForm(FilterForm):
    """What an officer asks of the list of needs."""

    accessible = None
    labels = {
        "legal_form": _("Forme du collectif"),
        "people": _("Personnes que vous pouvez accueillir"),
        "amount": _("Montant que vous pouvez apporter, en euros"),
    }


class ThemeChoice(forms.ChoiceField):
    """A theme among those given, by its slug. Cleans to a Theme, or None."""

    def __init__(self, themes: Sequence[Theme]) -> None:
        self._themes = {theme.slug: theme for theme in themes}
        super().__init__(label=_("Thème"), required=False, choices=list(_by_parent(themes)))

    def clean(self, value: Any) -> Theme | None:
        return self._themes.get(super().clean(value))


class OrganisationFilterForm(forms.Form):
    """Filters of the list of organisations."""

    q = TidyCharField(label=_("Nom"), required=False, max_length=100)
    side = forms.ChoiceField(label=_("Qui"), required=False, choices=[("", _("Tous")), *Side.choices])
    territory = TerritoryField(label=_("Territoire"), required=False)


def _by_parent(rows: Sequence[Theme]) -> Iterator[tuple[str, Any]]:
    """Choices of a list in groups; a parent can be chosen too."""
    yield "", gettext("Tous")
    for parent in (theme for theme in rows if theme.parent_id is None):
        whole = gettext("%(theme)s, en général") % {"theme": parent.name}
        children = [(theme.slug, theme.name) for theme in rows if theme.parent_id == parent.pk]
        yield parent.name, [(parent.slug, whole), *children]
