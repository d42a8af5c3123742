"""What happens by the clock. django-q counts in minutes: the heartbeat is the watchdog's."""

from dataclasses import dataclass
from datetime import datetime, time, timedelta

from django.db import transaction
from django.utils import timezone
from django_q.models import Schedule

_ENTRY = "tasks.jobs.tick"


@dataclass(frozen=True)
class Recurring:
    """One recurring job: every so many minutes, or each day at a time of the service's own zone."""

    job: str
    minutes: int | None = None
    at: time | None = None

    def first_run(self, now: datetime) -> datetime:
        if self.at is None:
            return now
        local = timezone.localtime(now)
        today = local.replace(hour=self.at.hour, minute=self.at.minute, second=0, microsecond=0)
        return today if today > local else today + timedelta(days=1)


TABLE = (
    Recurring("sweep", minutes=1),
    Recurring("send_notices", minutes=1),
    Recurring("remind", minutes=60),
    Recurring("record_left", at=time(2, 45)),
    Recurring("refresh_artefact", at=time(3, 15)),
    Recurring("weigh_scarcity", at=time(3, 45)),
    # Asks each hour whether enough people have answered, or whether a week has passed: most rounds end there.
    Recurring("learn", minutes=60),
    Recurring("prune", at=time(4, 15)),
    Recurring("ask_validity", at=time(8, 30)),
    Recurring("follow_partnerships", at=time(8, 45)),
)


@transaction.atomic
def install_schedules() -> list[str]:
    """Write the table into the queue's schedules; safe to repeat, what has left the table is removed."""
    for recurring in TABLE:
        facts = {
            "func": _ENTRY,
            "args": repr(recurring.job),
            "schedule_type": Schedule.MINUTES if recurring.minutes else Schedule.DAILY,
            "minutes": recurring.minutes,
            "repeats": -1,
        }
        Schedule.objects.update_or_create(
            name=recurring.job,
            defaults=facts,
            create_defaults={**facts, "next_run": recurring.first_run(timezone.now())},
        )
    names = [recurring.job for recurring in TABLE]
    Schedule.objects.filter(func=_ENTRY).exclude(name__in=names).delete()
    return names
