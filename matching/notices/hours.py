"""When a mail may leave: at its reader’s rhythm, by the clock where they live, never in their quiet hours."""

from collections.abc import Iterable
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings

from matching.organisations.models import Membership
from matching.people.models import Person
from matching.territories.zones import zone_of

_SUNDAY = 6
_MONDAY = 0


def zones_of(people: Iterable[Person]) -> dict[int, ZoneInfo]:
    """By primary key, where each person's clock stands: where they said, else where their first organisation is."""
    people = list(people)
    zones = {person.pk: person.time_zone for person in people}
    silent = [key for key, zone in zones.items() if not zone]
    if silent:
        memberships = Membership.objects.confirmed().filter(person__in=silent).order_by("-confirmed_at", "-pk")
        for membership in memberships.select_related("organisation__territory"):
            zones[membership.person_id] = zone_of(membership.organisation.territory).key
    return {key: ZoneInfo(zone or settings.TIME_ZONE) for key, zone in zones.items()}


def is_quiet(person: Person, zone: ZoneInfo, now: datetime) -> bool:
    """Whether nothing leaves for this person now."""
    if settings.QUIET_HOURS is None or person.any_hour:
        return False
    begins, ends = settings.QUIET_HOURS
    local = now.astimezone(zone)
    return local.weekday() == _SUNDAY or local.hour >= begins or local.hour < ends


def due_at(person: Person, zone: ZoneInfo, now: datetime, *, rhythm: str = "") -> datetime:
    """When the mail that tells of what happens now leaves, at the earliest. rhythm: their own, unless given."""
    rhythm = rhythm or person.notify
    if rhythm == Person.Notify.AT_ONCE and not is_quiet(person, zone, now):
        return now
    opens = settings.QUIET_HOURS[1] if settings.QUIET_HOURS else 8
    day = now.astimezone(zone).date()
    while True:
        morning = datetime.combine(day, time(opens), zone)
        on_the_day = rhythm != Person.Notify.WEEKLY or day.weekday() == _MONDAY
        if morning > now and on_the_day and not is_quiet(person, zone, morning):
            return morning
        day += timedelta(days=1)
