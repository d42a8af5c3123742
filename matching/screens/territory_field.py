"""A territory that people type: suggestions while typing, a choice among homonyms without JavaScript."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from matching import geography
from matching.catalogue.texts import tidy
from matching.territories.models import Territory

SHOWN = 8
LONGEST = 140


class Typed(NamedTuple):
    """What was typed, and the key ("commune-29019") of the territory that was picked, or an empty text."""

    text: str
    key: str = ""


def key_of(territory: Territory) -> str:
    """The key by which a form names a territory."""
    return f"{territory.level}-{territory.code}"


def by_key(key: str) -> Territory | None:
    """The territory that a key names today."""
    level, _dash, code = key.partition("-")
    return Territory.objects.at(level, code).first()


def suggestions(text: str) -> list[Territory]:
    """The territories that a beginning may mean, the likeliest first."""
    return list(Territory.objects.search(tidy(text)[:LONGEST])[:SHOWN])


class TerritoryInput(forms.Widget):
    """A text box, the key of what was picked in it, and the choice among homonyms after a refusal."""

    template_name = "widgets/territory.html"
    candidates: list[Territory]

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(attrs)
        self.candidates = []

    def value_from_datadict(self, data: Mapping[str, Any], files: Any, name: str) -> Typed:
        return Typed(data.get(name) or "", data.get(f"{name}_place") or "")

    def value_omitted_from_data(self, data: Mapping[str, Any], files: Any, name: str) -> bool:
        return name not in data

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context = super().get_context(name, None, attrs)
        typed = Typed(str(value), key_of(value)) if isinstance(value, Territory) else value or ""
        if not isinstance(typed, Typed):
            typed = Typed(str(typed))
        context["widget"].update(
            value=typed.text,
            key=typed.key,
            candidates=[(key_of(territory), territory) for territory in self.candidates],
        )
        return context


class TerritoryField(forms.Field):
    """Cleans to a Territory, or None when nothing was typed. Initial value: a Territory."""

    widget = TerritoryInput
    default_error_messages = {
        "required": gettext_lazy("Indiquez un territoire, par exemple Brest ou 29200."),
    }

    def clean(self, value: Typed) -> Territory | None:
        text = tidy(value.text)
        if not text:
            if self.required:
                raise ValidationError(self.error_messages["required"], code="required")
            return None
        if len(text) > LONGEST:
            raise ValidationError(_("Ce nom de territoire est trop long. Écrivez seulement la commune."))
        found = Territory.objects.search(text)
        picked = by_key(value.key) if value.key else None
        if picked and (str(picked) == text or found.filter(pk=picked.pk).exists()):
            return picked
        return self._only_one(text, list(Territory.objects.named(text)[:SHOWN]) or list(found[:SHOWN]))

    def has_changed(self, initial: Territory | None, data: Typed) -> bool:
        return data.text != (str(initial) if initial else "")

    def _only_one(self, text: str, candidates: list[Territory]) -> Territory:
        if not candidates:
            raise ValidationError(
                _(
                    "Nous ne connaissons pas « %(text)s ». Écrivez le nom d’une commune, d’une "
                    "intercommunalité, d’un département ou d’une région, ou un code postal."
                )
                % {"text": text},
                code="unknown",
            )
        if _same_ground(candidates):
            return candidates[0]
        self.widget.candidates = candidates
        raise ValidationError(_("Plusieurs territoires peuvent convenir. Choisissez le vôtre."), code="ambiguous")


def _same_ground(territories: list[Territory]) -> bool:
    """Paris the commune and Paris the département: no need to ask."""
    known = geography.load()
    places = [known.resolve(territory.level, territory.code) for territory in territories]
    first = places[0]
    return first is not None and all(
        place is not None and known.contains(first, place) and known.contains(place, first) for place in places
    )
