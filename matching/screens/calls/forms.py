"""What makes an offer a call: its window, its grid, who assesses; and what an assessor hands in."""

from collections.abc import Iterable
from datetime import date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from matching.partnerships.calls import LONGEST_COMMENT, CriterionFacts
from matching.partnerships.models import Call, Criterion
from matching.people.models import Person
from matching.screens.fields import DayField, TidyCharField, text_area

_ROWS = 6
_HEAVIEST = 10


class SecondField(forms.TimeField):
    """A time of the day, to the second."""

    widget = forms.TimeInput(format="%H:%M:%S", attrs={"type": "time", "step": "1"})
    default_error_messages = {
        "invalid": gettext_lazy("Écrivez une heure, par exemple 23:59:59."),
        "required": gettext_lazy("Écrivez une heure, par exemple 23:59:59."),
    }

    def __init__(self, **options: Any) -> None:
        super().__init__(input_formats=["%H:%M:%S", "%H:%M"], **options)


class WindowForm(forms.Form):
    """From when to when applications are filed, by the clock of the territory."""

    opens_on = DayField(label=gettext_lazy("Ouverture, le"))
    opens_time = SecondField(label=gettext_lazy("Ouverture, à"))
    closes_on = DayField(label=gettext_lazy("Clôture, le"))
    closes_time = SecondField(label=gettext_lazy("Clôture, à"))

    def __init__(self, *args: Any, zone: ZoneInfo, call: Call | None, **options: Any) -> None:
        self.zone = zone
        options["initial"] = _window_of(call, zone)
        super().__init__(*args, **options)

    def clean(self) -> dict[str, Any]:
        values: dict[str, Any] = super().clean()
        for end in ("opens", "closes"):
            on, at = values.get(f"{end}_on"), values.get(f"{end}_time")
            if on and at is not None:
                values[end] = self._instant(on, at, f"{end}_time")
        return values

    def _instant(self, on: date, at: time, name: str) -> datetime | None:
        instant = datetime.combine(on, at, tzinfo=self.zone)
        if instant.astimezone(ZoneInfo("UTC")).astimezone(self.zone).time() != at:
            self.add_error(name, _("Cette heure n’existe pas ce jour-là : les horloges avancent."))
            return None
        return instant


class CriteriaForm(forms.Form):
    """Six rows at most; an empty name leaves a row out."""

    def __init__(self, *args: Any, criteria: Iterable[Criterion], **options: Any) -> None:
        self.held = held = list(criteria)
        super().__init__(*args, **options)
        for at in range(_ROWS):
            known = held[at] if at < len(held) else None
            self.fields[f"name_{at}"] = TidyCharField(
                label=_("Critère %(number)s") % {"number": at + 1},
                required=False,
                max_length=120,
                initial=known.name if known else "",
            )
            self.fields[f"weight_{at}"] = forms.TypedChoiceField(
                label=_("Poids"),
                choices=[(number, number) for number in range(1, _HEAVIEST + 1)],
                coerce=int,
                empty_value=1,
                required=False,
                initial=known.weight if known else 1,
            )
            self.fields[f"low_{at}"] = forms.BooleanField(
                label=_("Moins il y en a, mieux c’est"), required=False, initial=bool(known and known.low_is_better)
            )

    def clean(self) -> dict[str, Any]:
        values: dict[str, Any] = super().clean()
        names = [name.casefold() for at in range(_ROWS) if (name := values.get(f"name_{at}"))]
        if not names and not self.errors:
            raise ValidationError(_("Écrivez au moins un critère."))
        if len(set(names)) < len(names):
            raise ValidationError(_("Deux critères portent le même nom. Changez l’un."))
        return values

    @property
    def rows(self) -> list[list[forms.BoundField]]:
        """The fields of each row."""
        return [[self[f"{part}_{at}"] for part in ("name", "weight", "low")] for at in range(_ROWS)]

    @property
    def told(self) -> list[CriterionFacts]:
        """The grid as it was written."""
        values = self.cleaned_data
        return [
            CriterionFacts(values[f"name_{at}"], values[f"weight_{at}"] or 1, values[f"low_{at}"])
            for at in range(_ROWS)
            if values[f"name_{at}"]
        ]


class AssessorsForm(forms.Form):
    """Who assesses, among the members of the authority."""

    people = forms.MultipleChoiceField(
        label=gettext_lazy("Qui évalue ?"),
        help_text=gettext_lazy("Chacun évalue seul, et lit les autres une fois sa propre évaluation rendue."),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"invalid_choice": gettext_lazy("Choisissez parmi les membres de votre collectivité.")},
    )

    def __init__(self, *args: Any, members: Iterable[Person], **options: Any) -> None:
        super().__init__(*args, **options)
        self.members = {str(one.uuid): one for one in members}
        self.fields["people"].choices = [(key, one.get_full_name()) for key, one in self.members.items()]

    @property
    def chosen(self) -> list[Person]:
        """Those who were ticked."""
        return [self.members[key] for key in self.cleaned_data["people"]]


class AssessmentForm(forms.Form):
    """A mark for each criterion, and a word."""

    comment = TidyCharField(
        label=gettext_lazy("Ce que vous en pensez"),
        help_text=gettext_lazy("Les autres évaluateurs et la collectivité le liront."),
        max_length=LONGEST_COMMENT,
        widget=text_area(4),
        error_messages={"required": gettext_lazy("Dites en quelques mots ce que vous en pensez.")},
    )

    def __init__(self, *args: Any, criteria: Iterable[Criterion], **options: Any) -> None:
        super().__init__(*args, **options)
        self.criteria = list(criteria)
        marks = {}
        for one in self.criteria:
            marks[f"mark_{one.pk}"] = forms.TypedChoiceField(
                label=one.name,
                help_text=_("De 0, peu, à 5, beaucoup. Ici, moins il y en a, mieux c’est.")
                if one.low_is_better
                else _("De 0, pas du tout, à 5, tout à fait."),
                choices=[(number, number) for number in range(Criterion.BEST + 1)],
                coerce=int,
                widget=forms.RadioSelect,
                error_messages={
                    "required": _("Donnez une note de 0 à 5."),
                    "invalid_choice": _("Donnez une note de 0 à 5."),
                },
            )
        self.fields = marks | self.fields

    @property
    def marks(self) -> dict[int, int]:
        """The marks by criterion."""
        return {one.pk: self.cleaned_data[f"mark_{one.pk}"] for one in self.criteria}


def _window_of(call: Call | None, zone: ZoneInfo) -> dict[str, Any]:
    if call is None:
        return {"opens_time": time(0), "closes_time": time(23, 59, 59)}
    opens, closes = call.opens_at.astimezone(zone), call.closes_at.astimezone(zone)
    return {
        "opens_on": opens.date(),
        "opens_time": opens.time(),
        "closes_on": closes.date(),
        "closes_time": closes.time(),
    }
