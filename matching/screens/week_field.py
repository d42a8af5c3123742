"""The week of a place in its form: rows of days and hours, and closures. What is refused comes back as typed."""

import re
from collections.abc import Mapping, Sequence
from datetime import date, time
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from matching.catalogue.models import Weekday
from matching.catalogue.texts import tidy
from matching.catalogue.week import MIDNIGHT, Closed, Hours, Season, Week
from matching.screens.fields import DayField
from matching.screens.week import clock

_ROWS, _SHOWN, _CLOSURES = 8, 2, 6
_CLOCK = re.compile(r"(\d{1,2})\s*(?:[h:]\s*(\d{2})?)?")
_NAMES = ("opens", "closes", "starts", "ends")
_CLOSED_NAMES = ("starts", "ends", "reason")
_LONGEST_REASON = 100

Row = dict[str, Any]


class WeekWidget(forms.Widget):
    """Eight rows of slots, six of closures; the empty ones wait in a disclosure.

    Its value is {"slots": [row, ...], "closures": [row, ...]} of what was typed, or None where it was not shown.
    """

    template_name = "widgets/week.html"
    use_fieldset = True

    def value_from_datadict(self, data: Any, files: Any, name: str) -> dict[str, list[Row]] | None:
        if f"{name}-shown" not in data:
            return None
        days = data.getlist if hasattr(data, "getlist") else lambda key: data.get(key, [])
        slots = [
            {"days": days(f"{name}-{at}-days"), **{part: data.get(f"{name}-{at}-{part}", "") for part in _NAMES}}
            for at in range(_ROWS)
        ]
        closures = [{part: data.get(f"{name}-c{at}-{part}", "") for part in _CLOSED_NAMES} for at in range(_CLOSURES)]
        return {"slots": slots, "closures": closures}

    def value_omitted_from_data(self, data: Any, files: Any, name: str) -> bool:
        return f"{name}-shown" not in data

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        value = value or {"slots": [], "closures": []}
        slots = [self._slot(name, at, row) for at, row in enumerate(_filled(value["slots"], _ROWS))]
        closures = [self._closure(name, at, row) for at, row in enumerate(_filled(value["closures"], _CLOSURES))]
        shown = max(_SHOWN, 1 + max((at for at, row in enumerate(slots) if row["is_filled"]), default=-1))
        told = max((at + 1 for at, row in enumerate(closures) if row["is_filled"]), default=0)
        context["widget"] |= {
            "slots": slots[:shown],
            "more_slots": slots[shown:],
            "closures": closures,
            "has_slots": any(row["is_filled"] for row in slots),
            "has_closures": told > 0,
        }
        return context

    def _slot(self, name: str, at: int, row: Mapping[str, Any]) -> dict[str, Any]:
        chosen = {str(number) for number in row.get("days", [])}
        days = [
            {"value": number, "label": label, "id": f"id_{name}-{at}-{number}", "checked": str(number) in chosen}
            for number, label in Weekday.choices
        ]
        parts = {part: _input(f"{name}-{at}-{part}", row.get(part, "")) for part in _NAMES}
        return {"number": at + 1, "name": f"{name}-{at}", "days": days, "is_filled": _is_filled(row), **parts}

    def _closure(self, name: str, at: int, row: Mapping[str, Any]) -> dict[str, Any]:
        parts = {part: _input(f"{name}-c{at}-{part}", row.get(part, "")) for part in _CLOSED_NAMES}
        return {"number": at + 1, "is_filled": _is_filled(row), **parts}


class WeekField(forms.Field):
    """Cleans to a Week, or to None where the form did not show it: it then stays as it is."""

    widget = WeekWidget

    def prepare_value(self, value: Any) -> Any:
        return _rows_of(value) if isinstance(value, Week) else value

    def has_changed(self, initial: Any, data: Any) -> bool:
        try:
            week = self.clean(data)
        except ValidationError:
            return True
        return week is not None and week != (initial or Week())

    def as_sent(self, name: str, week: Week | None) -> dict[str, list[str]]:
        """A week as a browser would send it, by the names that it would use."""
        rows = _rows_of(week or Week())
        sent: dict[str, list[str]] = {f"{name}-shown": ["1"]}
        for at, row in enumerate(_filled(rows["slots"], _ROWS)):
            sent[f"{name}-{at}-days"] = [str(number) for number in row.get("days", [])]
            sent |= {f"{name}-{at}-{part}": [row.get(part, "")] for part in _NAMES}
        for at, row in enumerate(_filled(rows["closures"], _CLOSURES)):
            sent |= {f"{name}-c{at}-{part}": [row.get(part, "")] for part in _CLOSED_NAMES}
        return sent

    def clean(self, value: dict[str, list[Row]] | None) -> Week | None:
        if value is None:
            return None
        faults: list[str] = []
        hours = [each for at, row in enumerate(value["slots"], 1) for each in _hours(at, row, faults)]
        closed = [each for at, row in enumerate(value["closures"], 1) for each in _closed(at, row, faults)]
        week = Week(hours=tuple(dict.fromkeys(hours)), closed=tuple(dict.fromkeys(closed)))
        if not faults and (clash := week.overlap()):
            first, second = clash
            faults.append(
                _("Le %(day)s, deux créneaux se chevauchent : celui de %(first)s et celui de %(second)s. Changez l’un.")
                % {"day": Weekday(first.weekday).label, "first": clock(first.opens), "second": clock(second.opens)}
            )
        if faults:
            raise ValidationError(faults)
        return week


def _hours(at: int, row: Row, faults: list[str]) -> list[Hours]:
    """The slots of one row, one a day; what is wrong goes to the faults."""
    if not _is_filled(row):
        return []
    days = sorted({int(number) for number in row["days"] if str(number) in "0123456" and len(str(number)) == 1})
    opens, closes = _time(row["opens"]), _time(row["closes"])
    season = Season(_day(at, row["starts"], faults), _day(at, row["ends"], faults))
    told = {"number": at}
    if not days:
        faults.append(_("Créneau %(number)s : cochez au moins un jour.") % told)
    if opens is None or closes is None:
        faults.append(_("Créneau %(number)s : écrivez les deux heures, par exemple 18:00 et 22:30.") % told)
    elif closes != MIDNIGHT and closes <= opens:
        faults.append(
            _("Créneau %(number)s : la fin vient avant le début. Une soirée qui passe minuit s’écrit en deux créneaux.")
            % told
        )
    if season.starts and season.ends and season.ends < season.starts:
        faults.append(_("Créneau %(number)s : la période finit avant de commencer. Vérifiez les deux dates.") % told)
    if opens is None or closes is None:
        return []
    return [Hours(number, opens, closes, season) for number in days]


def _closed(at: int, row: Row, faults: list[str]) -> list[Closed]:
    if not _is_filled(row):
        return []
    before = len(faults)
    starts, ends = _day(at, row["starts"], faults), _day(at, row["ends"], faults)
    reason = tidy(row["reason"])
    if starts is None and ends is None and len(faults) == before:
        faults.append(_("Fermeture %(number)s : dites de quel jour à quel jour.") % {"number": at})
    if len(reason) > _LONGEST_REASON:
        faults.append(_("Fermeture %(number)s : le motif est trop long, cent signes suffisent.") % {"number": at})
    if len(faults) > before:
        return []
    first, last = starts or ends, ends or starts
    if last < first:  # type: ignore[operator]
        faults.append(
            _("Fermeture %(number)s : la fin vient avant le début. Vérifiez les deux dates.") % {"number": at}
        )
        return []
    return [Closed(first, last, reason)]  # type: ignore[arg-type]


def _time(typed: str) -> time | None:
    """ "18", "18h", "18 h 30", "18:30"; "24:00" and "minuit" are midnight. None for anything else."""
    text = tidy(typed).lower().replace("\u00a0", " ").replace("\u202f", " ")
    if text in ("minuit", "midnight"):
        return MIDNIGHT
    found = _CLOCK.fullmatch(text)
    if not found:
        return None
    hour, minute = int(found[1]), int(found[2] or 0)
    if (hour, minute) == (24, 0):
        return MIDNIGHT
    return time(hour, minute) if hour < 24 and minute < 60 else None


def _day(at: int, typed: str, faults: list[str]) -> date | None:
    try:
        return DayField(required=False).clean(typed)
    except ValidationError as error:
        faults += [f"{at}. {sentence}" for sentence in error.messages]
        return None


def _is_filled(row: Mapping[str, Any]) -> bool:
    return any(value not in ("", [], None) for value in row.values())


def _filled(rows: Sequence[Mapping[str, Any]], count: int) -> list[Mapping[str, Any]]:
    return [*rows, *({} for _each in range(count - len(rows)))]


def _input(name: str, value: str) -> dict[str, str]:
    """What was typed, and the kind of box that would not drop it."""
    part = name.rpartition("-")[2]
    kind = {"opens": "time", "closes": "time", "starts": "date", "ends": "date"}.get(part, "text")
    keeps = {"time": r"(?:[01]\d|2[0-3]):[0-5]\d|", "date": r"\d{4}-\d{2}-\d{2}|"}
    fits = kind == "text" or re.fullmatch(keeps[kind], value)
    return {"name": name, "id": f"id_{name}", "type": kind if fits else "text", "value": value}


def _rows_of(week: Week) -> dict[str, list[Row]]:
    """A stored week as rows: days of the same hours share one."""
    groups: dict[tuple[time, time, Season], list[int]] = {}
    for hours in sorted(week.hours, key=lambda each: (each.weekday, each.opens)):
        groups.setdefault((hours.opens, hours.closes, hours.season), []).append(hours.weekday)
    slots = [
        {
            "days": days,
            "opens": f"{opens:%H:%M}",
            "closes": f"{closes:%H:%M}",
            "starts": season.starts.isoformat() if season.starts else "",
            "ends": season.ends.isoformat() if season.ends else "",
        }
        for (opens, closes, season), days in groups.items()
    ]
    closures = [
        {"starts": each.starts.isoformat(), "ends": each.ends.isoformat(), "reason": each.reason}
        for each in week.closed
    ]
    return {"slots": slots, "closures": closures}
