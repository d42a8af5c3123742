"""What a browser sends of a form, kept and given back as it was typed."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext as _

from matching.catalogue.week import Week
from matching.screens.fields import DayField, ThemesField
from matching.screens.listing_form import ListingForm
from matching.screens.numbers import day
from matching.screens.territory_field import TerritoryField, Typed, key_of
from matching.screens.week import week_in_words
from matching.screens.week_field import WeekField
from matching.territories.models import Territory

# What steers the exchange and says nothing of the listing.
_OF_THE_EXCHANGE = {"csrfmiddlewaretoken", "action", "take", "form_key", "turn"}

Values = dict[str, list[str]]


def typed_values(data: QueryDict) -> Values:
    """Everything that was typed, by the names of the browser."""
    return {name: texts for name, texts in data.lists() if name not in _OF_THE_EXCHANGE}


def as_data(values: Mapping[str, Sequence[str]], form_key: object, turn: int) -> MultiValueDict:
    """Typed values, as a form takes them."""
    return MultiValueDict({**values, "form_key": [str(form_key)], "turn": [str(turn)]})


def as_sent(form: ListingForm, name: str, value: Any) -> Values:
    """A value of this field as a browser would send it, by the names that it would use."""
    field = form.fields[name]
    if isinstance(field, TerritoryField):
        return {name: [str(value or "")], f"{name}_place": [key_of(value) if value else ""]}
    if isinstance(field, WeekField):
        return field.as_sent(name, value)
    if isinstance(field, ThemesField):
        return {f"{name}_{place}": [slug] for place, slug in enumerate(field.widget.decompress(value))}
    if isinstance(field, forms.BooleanField):
        return {name: ["on"] if value else []}
    if isinstance(value, list | tuple):
        return {name: [str(item) for item in value]}
    if isinstance(value, date):
        return {name: [value.isoformat()]}
    prepared = field.prepare_value(value)
    return {name: ["" if prepared is None else str(prepared)]}


def in_words(form: ListingForm, name: str, value: Any) -> str:
    """A value of this field for people, whether it was typed or comes from the listing."""
    field = form.fields[name]
    if isinstance(field, forms.BooleanField):
        return _("oui") if value else _("non")
    if isinstance(field, DayField) and isinstance(value, date):
        return day(value)
    if isinstance(value, Week):
        return week_in_words(value)
    if isinstance(value, Typed):
        return value.text
    if isinstance(value, Territory) or value is None or value == "":
        return str(value or "")
    prepared = field.prepare_value(value)
    labels = _labels(field)
    items = prepared if isinstance(prepared, list | tuple) else [prepared]
    return ", ".join(labels.get(str(item), str(item)) for item in items if item != "")


def _labels(field: forms.Field) -> dict[str, str]:
    """What the choices of a field are called."""
    choices = field.fields[0].choices if isinstance(field, ThemesField) else getattr(field, "choices", ())
    labels = {}
    for value, label in choices:
        labels |= {str(key): str(name) for key, name in (label if isinstance(label, list) else [(value, label)])}
    return labels
