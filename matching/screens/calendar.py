"""A week of a place as a page shows it: which week is asked for, its days in words, the weeks before and after."""

import re
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any, NamedTuple

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from matching.catalogue.models import Offer
from matching.partnerships.calendar import CalendarDay, Hour, days_of
from matching.partnerships.models import Booking
from matching.screens.numbers import day as day_in_words
from matching.screens.numbers import period
from matching.screens.week import span
from matching.territories.zones import zone_of

_WEEK = timedelta(days=7)
#: How far the arrows lead: hours are asked for four months ahead at most.
_WEEKS_AHEAD = 18
_WEEKS_BACK = 53
_ASKED = re.compile(r"(\d{4})-W(\d{2})")


class ShownHour(NamedTuple):
    """One opening in words; over: it is behind us."""

    said: str
    held: tuple[Booking, ...]
    asked: tuple[Booking, ...]
    over: bool


class ShownDay(NamedTuple):
    """One line of the table; note: why it is closed, or what is particular."""

    name: str
    hours: list[ShownHour]
    note: str


def calendar_context(offer: Offer, asked: str, *, with_past: bool) -> dict[str, Any]:
    """What the table of a week shows; an unreadable or far week is the present one."""
    now = timezone.now().astimezone(zone_of(offer.territory))
    this_week = monday_of(now.date())
    monday = _asked_week(asked, this_week, _WEEKS_BACK if with_past else 0)
    first = this_week - _WEEK * (_WEEKS_BACK if with_past else 0)
    return {
        "caption": _("Semaine %(period)s") % {"period": period(monday, monday + timedelta(days=6))},
        "days": [_shown(day, now) for day in days_of(offer, monday)],
        "before": week_name(monday - _WEEK) if monday > first else "",
        "after": week_name(monday + _WEEK) if monday < this_week + _WEEK * _WEEKS_AHEAD else "",
        "is_this_week": monday == this_week,
        "zone": _elsewhere(offer, now),
    }


def week_name(day: date) -> str:
    """The week of a day as addresses name it: 2026-W44."""
    year, number, _weekday = day.isocalendar()
    return f"{year}-W{number:02}"


def monday_of(day: date) -> date:
    """The first day of its week."""
    return day - timedelta(days=day.weekday())


def day_name(day: date) -> str:
    """ "samedi 24 octobre 2026" """
    return f"{date_format(day, 'l')} {day_in_words(day)}"


def _asked_week(asked: str, this_week: date, back: int) -> date:
    found = _ASKED.fullmatch(asked)
    try:
        monday = date.fromisocalendar(int(found[1]), int(found[2]), 1) if found else this_week
    except ValueError:
        return this_week
    return monday if this_week - _WEEK * back <= monday <= this_week + _WEEK * _WEEKS_AHEAD else this_week


def _shown(day: CalendarDay, now: Any) -> ShownDay:
    hours = [_hour(hour, hour.ends <= now) for hour in day.hours]
    return ShownDay(day_name(day.on), hours, " · ".join(_notes(day)))


def _hour(hour: Hour, over: bool) -> ShownHour:
    return ShownHour(span(hour.starts.time(), hour.ends.time()), hour.held, hour.asked, over)


def _notes(day: CalendarDay) -> Iterator[str]:
    if day.closed:
        yield _("fermé : %(reason)s") % {"reason": day.closed.reason} if day.closed.reason else _("fermé")
    elif day.is_holiday:
        yield _("fermé : jour férié")
    elif not day.hours:
        yield _("fermé")
    if day.clocks_change:
        yield _("changement d’heure cette nuit-là")


def _elsewhere(offer: Offer, now: Any) -> str:
    """The place’s clock, told where it is not that of Paris."""
    if now.utcoffset() == timezone.localtime(now).utcoffset():
        return ""
    return _("Heures de %(place)s.") % {"place": offer.territory}
