"""The readable week of a place: recurring slots, the days on which they do not hold, and the hours that come of it.

Plain values, without the database. Hours are those of the clock on the wall: 18:00 stays 18:00 across a change of
clocks. An hour that comes twice is meant the first time.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

MIDNIGHT = time(0)
_DAY = timedelta(days=1)


class Season(NamedTuple):
    """From a day to a day, both included; an open end has none."""

    starts: date | None = None
    ends: date | None = None

    def holds(self, day: date) -> bool:
        return (self.starts is None or self.starts <= day) and (self.ends is None or day <= self.ends)

    def meets(self, other: "Season") -> bool:
        """Whether some day lies in both."""
        before = self.ends is not None and other.starts is not None and self.ends < other.starts
        after = other.ends is not None and self.starts is not None and other.ends < self.starts
        return not (before or after)


ALL_YEAR = Season()


class Hours(NamedTuple):
    """One slot: a day of the week (0 is Monday), from, to (00:00 is midnight) and its season."""

    weekday: int
    opens: time
    closes: time
    season: Season = ALL_YEAR


class Closed(NamedTuple):
    """Days without any slot, both included."""

    starts: date
    ends: date
    reason: str = ""


@dataclass(frozen=True, kw_only=True)
class Week:
    """When a place is open. An empty one says nothing: nobody has told."""

    hours: tuple[Hours, ...] = ()
    closed: tuple[Closed, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.hours)

    def overlap(self) -> tuple[Hours, Hours] | None:
        """Two slots that hold the same hour of the same day; None where there are none."""
        by_day: defaultdict[int, list[Hours]] = defaultdict(list)
        for hours in sorted(self.hours, key=lambda each: (each.weekday, each.opens)):
            by_day[hours.weekday].append(hours)
        for day in by_day.values():
            for at, hours in enumerate(day):
                for later in day[at + 1 :]:
                    if later.opens < _runs_to(hours) and hours.season.meets(later.season):
                        return hours, later
        return None

    def open_between(
        self, first: date, last: date, zone: ZoneInfo, holidays: Sequence[date] = ()
    ) -> Iterator[tuple[datetime, datetime]]:
        """Each opening from one day to another, both included, in order, as instants in UTC: they compare rightly
        even in the night when the clocks change. One that falls whole into the hour left out does not happen."""
        shut = set(holidays)
        for day in (first + timedelta(days=number) for number in range((last - first).days + 1)):
            if day in shut or any(closed.starts <= day <= closed.ends for closed in self.closed):
                continue
            held = [hours for hours in self.hours if hours.weekday == day.weekday() and hours.season.holds(day)]
            for hours in sorted(held, key=lambda each: each.opens):
                ends_on = day + _DAY if hours.closes == MIDNIGHT else day
                begins = datetime.combine(day, hours.opens, tzinfo=zone).astimezone(UTC)
                ends = datetime.combine(ends_on, hours.closes, tzinfo=zone).astimezone(UTC)
                if begins < ends:
                    yield begins, ends

    def as_plain(self) -> dict[str, Any]:
        """As the history of a listing keeps it; from_plain() reads it."""
        return {
            "slots": [
                [hours.weekday, f"{hours.opens:%H:%M}", f"{hours.closes:%H:%M}", *map(_iso, hours.season)]
                for hours in self.hours
            ],
            "closures": [[_iso(closed.starts), _iso(closed.ends), closed.reason] for closed in self.closed],
        }

    @classmethod
    def from_plain(cls, plain: Mapping[str, Any]) -> "Week":
        """The week that as_plain() told."""
        return cls(
            hours=tuple(
                Hours(day, time.fromisoformat(opens), time.fromisoformat(closes), Season(_day(starts), _day(ends)))
                for day, opens, closes, starts, ends in plain.get("slots", [])
            ),
            closed=tuple(
                Closed(date.fromisoformat(starts), date.fromisoformat(ends), reason)
                for starts, ends, reason in plain.get("closures", [])
            ),
        )


@cache
def public_holidays(year: int, department: str = "") -> tuple[date, ...]:
    """The public holidays of that year, with those that only this département keeps."""
    easter = _easter(year)
    days = [date(year, month, day) for month, day in _FIXED + _OF_DEPARTMENTS.get(department, ())]
    days += [easter + timedelta(days=after) for after in (1, 39, 50)]
    if department in _ALSACE_MOSELLE:
        days += [easter - timedelta(days=2), date(year, 12, 26)]
    return tuple(sorted(days))


_FIXED = ((1, 1), (5, 1), (5, 8), (7, 14), (8, 15), (11, 1), (11, 11), (12, 25))
# The abolition of slavery, each on its own day.
_OF_DEPARTMENTS = {"971": ((5, 27),), "972": ((5, 22),), "973": ((6, 10),), "974": ((12, 20),), "976": ((4, 27),)}
_ALSACE_MOSELLE = ("57", "67", "68")


def _easter(year: int) -> date:
    """Easter Sunday of the Gregorian calendar (Meeus, Jones and Butcher)."""
    century, in_century = divmod(year, 100)
    leaps, rest = divmod(century, 4)
    moon = (century - (century + 8) // 25 + 1) // 3
    epact = (19 * (year % 19) + century - leaps - moon + 15) % 30
    weekday = (32 + 2 * rest + 2 * (in_century // 4) - epact - in_century % 4) % 7
    late = (year % 19 + 11 * epact + 22 * weekday) // 451
    month, day = divmod(epact + weekday - 7 * late + 114, 31)
    return date(year, month, day + 1)


def _runs_to(hours: Hours) -> time:
    return time.max if hours.closes == MIDNIGHT else hours.closes


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None
