"""How long an authority takes to answer applications: the median, told to everybody, once there are enough answers."""

from datetime import datetime, timedelta
from statistics import median
from typing import NamedTuple

from django.db.models import F, Min
from django.utils import timezone

from matching.organisations.models import Organisation
from matching.partnerships.models import Step
from matching.partnerships.models.applications import DECIDED

#: Below, one file would say too much of one group, and nothing of the authority.
LEAST_ANSWERS = 5
COUNTED = timedelta(days=730)


class AnswerTime(NamedTuple):
    """Half of the answers came within so many days."""

    days: int
    answers: int


def answer_time_of(authority: Organisation, *, now: datetime | None = None) -> AnswerTime | None:
    """From the first filing to the first decision, over two years; None below LEAST_ANSWERS answers. One query."""
    since = (now or timezone.now()) - COUNTED
    first = (
        Step.objects.filter(application__offer__organisation=authority, after__in=DECIDED)
        .order_by()
        .values("application")
        .annotate(decided=Min("at"), filed=F("application__filed_at"))
        .filter(decided__gte=since)
        .values_list("decided", "filed")
    )
    waits = [max((decided - filed).total_seconds(), 0) / 86_400 for decided, filed in first]
    if len(waits) < LEAST_ANSWERS:
        return None
    return AnswerTime(max(1, round(median(waits))), len(waits))
