"""The calendar of a place, day by day on its own clock: when it opens, which hours are held, which are asked for."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from django.db.models import BooleanField, Exists, OuterRef, Q, QuerySet, Value
from django.db.models.functions import TruncDate

from matching.catalogue.models import Closure, Offer
from matching.catalogue.openings import openings
from matching.catalogue.past import week_of
from matching.catalogue.week import Closed, public_holidays
from matching.partnerships.models import Application, Booking, State
from matching.partnerships.scarcity import Occurrence, meet
from matching.territories.zones import department_of, zone_of

_DAY = timedelta(days=1)
#: Asked for, and waiting for the authority.
_WAITING = Q(application__state__in=[State.FILED, State.EXAMINATION])


class Hour(NamedTuple):
    """One opening on the clock of the place, with who holds a part of it and who asks for one."""

    starts: datetime
    ends: datetime
    held: tuple[Booking, ...] = ()
    asked: tuple[Booking, ...] = ()


@dataclass(frozen=True, kw_only=True)
class CalendarDay:
    """A day there. closed: why no slot holds, where that was told."""

    on: date
    hours: tuple[Hour, ...]
    closed: Closed | None = None
    is_holiday: bool = False
    clocks_change: bool = False


def days_of(offer: Offer, first: date, count: int = 7) -> list[CalendarDay]:
    """So many days of a place, in a fixed number of queries."""
    zone = zone_of(offer.territory)
    days = [first + _DAY * number for number in range(count)]
    begins, ends = _midnight(first, zone), _midnight(first + _DAY * count, zone)
    booked = list(
        Booking.objects.filter(_WAITING | Q(is_held=True), offer=offer, starts__lt=ends, ends__gt=begins)
        .select_related("application__applicant")
        .order_by("starts", "id")
    )
    hours = [_hour(starts, closes, booked, zone) for starts, closes in openings(offer, begins, ends)]
    hours += _outside(hours, booked, zone)
    closed = week_of(offer).closed
    holidays = _holidays(offer, {day.year for day in days})
    return [
        CalendarDay(
            on=day,
            hours=tuple(sorted(hour for hour in hours if hour.starts.date() == day)),
            closed=next((one for one in closed if one.starts <= day <= one.ends), None),
            is_holiday=day in holidays,
            clocks_change=_midnight(day, zone).utcoffset() != _midnight(day + _DAY, zone).utcoffset(),
        )
        for day in days
    ]


def asked_hours(application: Application) -> QuerySet[Booking]:
    """The hours that an application asks for, each with what speaks against it: `is_taken` by others, `is_wanted` by
    others who wait too, `is_closed` since. One query, two for a place of an intercommunality."""
    offer = application.offer
    others = Booking.objects.filter(offer=offer, starts__lt=OuterRef("ends"), ends__gt=OuterRef("starts"))
    others = others.exclude(application=application)
    asked = application.bookings.annotate(
        is_taken=Exists(others.filter(is_held=True)), is_wanted=Exists(others.filter(_WAITING, is_held=False))
    )
    if not offer.territory:
        return asked.annotate(is_closed=Value(False, output_field=BooleanField()))
    closures = Closure.objects.filter(offer=offer, starts__lte=OuterRef("on"), ends__gte=OuterRef("on"))
    return asked.alias(on=TruncDate("starts", tzinfo=zone_of(offer.territory))).annotate(is_closed=Exists(closures))


def local(hour: Occurrence | Booking, zone: ZoneInfo) -> Occurrence:
    """The same hours on the clock of the place."""
    return Occurrence(hour.starts.astimezone(zone), hour.ends.astimezone(zone))


def _hour(starts: datetime, ends: datetime, booked: Iterable[Booking], zone: ZoneInfo) -> Hour:
    there = [one for one in booked if meet(starts, ends, Occurrence(one.starts, one.ends))]
    return Hour(
        starts.astimezone(zone),
        ends.astimezone(zone),
        tuple(one for one in there if one.is_held),
        tuple(one for one in there if not one.is_held),
    )


def _outside(hours: list[Hour], booked: list[Booking], zone: ZoneInfo) -> list[Hour]:
    """What is held though the place no longer opens then: it must not be forgotten."""
    shown = {one.pk for hour in hours for one in hour.held}
    lost = [one for one in booked if one.is_held and one.pk not in shown]
    return [Hour(*local(one, zone), held=(one,)) for one in lost]


def _holidays(offer: Offer, years: Iterable[int]) -> set[date]:
    if not any(resource.closed_on_holidays for resource in offer.resources.all()):
        return set()
    department = department_of(offer.territory)
    return {day for year in years for day in public_holidays(year, department)}


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time(0), tzinfo=zone)
