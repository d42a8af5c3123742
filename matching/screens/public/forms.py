"""The questions that anybody may ask: a need in words, and the filters of the lists."""

from collections.abc import Iterable, Iterator
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from matching.catalogue.models import Kind, Theme
from matching.organisations.models import Side
from matching.screens.fields import CountField, TidyCharField
from matching.screens.territory_field import TerritoryField, key_of

LONGEST_TEXT = 5_000

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
    """Filters of a list of listings. What cannot be read filters nothing, and says so."""

    kind = forms.ChoiceField(label=_("Nature"), required=False, choices=[("", _("Toutes")), *Kind.choices])
    theme = forms.ModelChoiceField(
        label=_("Thème"),
        required=False,
        queryset=Theme.objects.none(),
        to_field_name="slug",
        empty_label=_("Tous"),
    )
    territory = TerritoryField(label=_("Territoire"), required=False)
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

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        themes = Theme.objects.select_related("parent").order_by("position", "id")
        self.fields["theme"].queryset = themes
        self.fields["theme"].choices = list(_by_parent(themes))

    def chosen(self) -> list[tuple[str, str]]:
        """The filters in force, each with the name of its field and its value in words."""
        values = self.cleaned_data
        labels = {
            "kind": dict(self.fields["kind"].choices),
            "within": dict(self.fields["within"].choices),
        }
        return [(name, str(labels.get(name, {}).get(value, value))) for name, value in values.items() if value]


class OrganisationFilterForm(forms.Form):
    """Filters of the list of organisations."""

    q = TidyCharField(label=_("Nom"), required=False, max_length=100)
    side = forms.ChoiceField(label=_("Qui"), required=False, choices=[("", _("Tous")), *Side.choices])
    territory = TerritoryField(label=_("Territoire"), required=False)


def _by_parent(themes: Iterable[Theme]) -> Iterator[tuple[str, Any]]:
    """Choices of a list in groups; a parent can be chosen too."""
    rows = list(themes)
    yield "", gettext("Tous")
    for parent in (theme for theme in rows if theme.parent_id is None):
        whole = gettext("%(theme)s, en général") % {"theme": parent.name}
        children = [(theme.slug, theme.name) for theme in rows if theme.parent_id == parent.pk]
        yield parent.name, [(parent.slug, whole), *children]
