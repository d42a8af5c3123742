"""The week of a place in words: one sentence, a table, the next openings."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import date, time, timedelta
from itertools import pairwise
from typing import NamedTuple

from django.utils.formats import date_format
from django.utils.timezone import localdate
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from matching.catalogue.models import Offer, Weekday
from matching.catalogue.past import week_of
from matching.catalogue.week import ALL_YEAR, MIDNIGHT, Hours, Season, Week, public_holidays
from matching.screens.facts import enumeration
from matching.screens.numbers import day, period
from matching.territories.zones import department_of, zone_of

_NBSP = "\u00a0"
_NEXT_SHOWN = 3
_LOOKED_AHEAD = timedelta(days=60)


class DayRow(NamedTuple):
    """A day of the table; without slots it is closed."""

    name: str
    slots: list[str]


class Opening(NamedTuple):
    """The next time that the place is open."""

    day: str
    hours: str


class ShownWeek(NamedTuple):
    """All that a page says of a week."""

    sentence: str
    days: list[DayRow]
    closures: list[str]
    next: list[Opening]


def shown_week(offer: Offer, today: date | None = None) -> ShownWeek | None:
    """The week of an offer; None where nobody told any. No query where `for_page()` has fetched it, except for the
    clock of an intercommunality."""
    week = week_of(offer)
    if not week:
        return None
    keeps_holidays = any(resource.closed_on_holidays for resource in offer.resources.all())
    return ShownWeek(
        sentence(week),
        list(_days(week)),
        [*_closures(week, today or localdate()), *([_("les jours fériés")] if keeps_holidays else [])],
        list(_next(offer, week, keeps_holidays, today or localdate())),
    )


def sentence(week: Week) -> str:
    """ "le mardi et le jeudi de 18 h à 22 h ; le samedi de 9 h à 12 h 30" """
    groups: defaultdict[tuple[time, time, Season], list[int]] = defaultdict(list)
    for hours in week.hours:
        groups[hours.opens, hours.closes, hours.season].append(hours.weekday)
    said = [
        _("%(days)s de %(opens)s à %(closes)s")
        % {"days": days_in_words(sorted(set(days))), "opens": clock(opens), "closes": clock(closes)}
        + (f" ({_season(season)})" if season != ALL_YEAR else "")
        for (opens, closes, season), days in sorted(groups.items(), key=lambda group: (min(group[1]), group[0][0]))
    ]
    return (f"{_NBSP}; " if get_language() != "en" else "; ").join(said)


def week_in_words(week: Week) -> str:
    """Its slots and its closures in one line; empty for an empty week."""
    closed = [_("fermé %(period)s") % {"period": period(each.starts, each.ends)} for each in week.closed]
    return "; ".join(filter(None, [sentence(week), *closed]))


def days_in_words(days: Sequence[int]) -> str:
    """ "du lundi au vendredi", "le mardi et le jeudi" """
    in_a_row = len(days) > 2 and all(later - earlier == 1 for earlier, later in pairwise(days))
    if in_a_row:
        return _("du %(first)s au %(last)s") % {"first": Weekday(days[0]).label, "last": Weekday(days[-1]).label}
    return enumeration([_("le %(weekday)s") % {"weekday": Weekday(number).label} for number in days])


def clock(at: time) -> str:
    """ "18 h", "18 h 30", "minuit" """
    if at == MIDNIGHT:
        return _("minuit")
    if get_language() == "en":
        return f"{at:%H:%M}"
    return f"{at.hour}{_NBSP}h" + (f"{_NBSP}{at:%M}" if at.minute else "")


def span(opens: time, closes: time) -> str:
    """ "18 h – 22 h" """
    return f"{clock(opens)}{_NBSP}– {clock(closes)}"


def _season(season: Season) -> str:
    return period(season.starts, season.ends)


def _days(week: Week) -> Iterator[DayRow]:
    for number in Weekday.values:
        held = sorted((hours for hours in week.hours if hours.weekday == number), key=_in_order)
        said = [
            span(hours.opens, hours.closes) + (f" ({_season(hours.season)})" if hours.season != ALL_YEAR else "")
            for hours in held
        ]
        yield DayRow(str(Weekday(number).label), said)


def _in_order(hours: Hours) -> tuple[date, time]:
    return hours.season.starts or date.min, hours.opens


def _closures(week: Week, today: date) -> Iterator[str]:
    for closed in week.closed:
        if closed.ends >= today:
            yield period(closed.starts, closed.ends) + (f" ({closed.reason})" if closed.reason else "")


def _next(offer: Offer, week: Week, keeps_holidays: bool, today: date) -> Iterator[Opening]:
    """The next openings within the dates of the offer, on its own clock."""
    first = max(today, offer.starts) if offer.starts else today
    last = min(first + _LOOKED_AHEAD, offer.ends) if offer.ends else first + _LOOKED_AHEAD
    department = department_of(offer.territory)
    years = range(first.year, last.year + 1) if keeps_holidays else ()
    holidays = [holiday for year in years for holiday in public_holidays(year, department)]
    zone = zone_of(offer.territory)
    openings = week.open_between(first, last, zone, holidays)
    for (begins, ends), _at in zip(openings, range(_NEXT_SHOWN), strict=False):
        begins, ends = begins.astimezone(zone), ends.astimezone(zone)
        name = date_format(begins, "l")
        yield Opening(f"{name} {day(begins.date())}", span(begins.time(), ends.time()))
