"""What twelve months of suggestions came to for an organisation, and which needs around it nothing answers."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from statistics import median
from typing import Any

from django.db.models import Count, Exists, F, OuterRef, Q
from django.db.models.functions import Coalesce, TruncMonth
from django.utils.timezone import get_current_timezone

from matching.catalogue import criteria
from matching.catalogue.models import Need, Theme
from matching.organisations.models import Organisation
from matching.suggestions.models import Act, Decision, State, Suggestion
from matching.territories.models import Territory

MONTHS = 12
# Below these, a median would be one person's habit, and a count would point at somebody.
ENOUGH_ANSWERS = 5
ENOUGH_GROUPS = 5
_ROWS = 12


@dataclass(frozen=True)
class Month:
    """What was proposed in one month, by its first day."""

    first_day: date
    found: int = 0
    by_people: int = 0
    shared: int = 0
    """Those in which both sides said that they are interested, at whatever time."""


@dataclass(frozen=True)
class Answers:
    """How this side answered those who came to it first."""

    delays: tuple[timedelta, ...]
    waiting: int
    interested: int
    dismissed: int
    reasons: tuple[tuple[str, int], ...]
    """Codes of why, the most frequent first."""

    @property
    def median(self) -> timedelta | None:
        """None where there are too few answers to speak of a middle one."""
        return median(self.delays) if len(self.delays) >= ENOUGH_ANSWERS else None


@dataclass(frozen=True)
class Unmet:
    """Needs of one theme, or of one territory, that nothing answers. needs: None where too few groups ask."""

    what: Theme | Territory | None
    needs: int | None


@dataclass(frozen=True)
class Figures:
    """Everything that the page of an organisation tells."""

    months: tuple[Month, ...]
    answers: Answers
    themes: tuple[Unmet, ...]
    territories: tuple[Unmet, ...]

    @property
    def found(self) -> int:
        return sum(month.found for month in self.months)

    @property
    def by_people(self) -> int:
        return sum(month.by_people for month in self.months)

    @property
    def shared(self) -> int:
        return sum(month.shared for month in self.months)


def figures_of(organisation: Organisation, today: date) -> Figures:
    """Its figures up to today, in six queries at most."""
    first = _months_before(today, MONTHS - 1)
    unmet = _unmet(organisation, today)
    return Figures(
        months=_months(organisation, first),
        answers=_answers(organisation, _midnight(first)),
        themes=_by(unmet, Theme, Coalesce("themes__parent", "themes")),
        territories=_by(unmet, Territory, F("territory")),
    )


def _months_before(today: date, count: int) -> date:
    years, month = divmod(today.year * 12 + today.month - 1 - count, 12)
    return date(years, month + 1, 1)


def _midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=get_current_timezone())


def _months(organisation: Organisation, first: date) -> tuple[Month, ...]:
    both = Q(need_state=State.INTERESTED, offer_state=State.INTERESTED)
    counted = (
        Suggestion.objects.of(organisation)
        .filter(created_at__gte=_midnight(first))
        .annotate(month=TruncMonth("created_at"))
        .values_list("month")
        .annotate(
            found=Count("id"),
            by_people=Count("id", filter=Q(proposed_at__isnull=False)),
            shared=Count("id", filter=both),
        )
        .order_by("month")
    )
    known = {month.date(): counts for month, *counts in counted}
    last = _months_before(first, -(MONTHS - 1))
    days = (_months_before(last, MONTHS - 1 - step) for step in range(MONTHS))
    return tuple(Month(day, *known.get(day, ())) for day in days)


#: What a side says no with.
_AGAINST = (Act.DISMISSED, Act.REFUSED)


def _answers(organisation: Organisation, since: datetime) -> Answers:
    """Writing to the other side marks interest, so what both sides decided tells who spoke first."""
    side = "offer" if organisation.is_authority else "need"
    acts = (
        Decision.objects.filter(**{f"{side}__organisation": organisation})
        .exclude(act=Act.LEFT)
        .in_order()
        .values_list("offer_id", "need_id", "side", "act", "reason", "at")
    )
    asked: dict[tuple[int, int], datetime] = {}
    last: dict[tuple[int, int], tuple[str, str, datetime]] = {}
    delays = []
    for offer, need, whose, act, reason, at in acts:
        pair = (offer, need)
        if whose != side:
            if act not in _AGAINST and pair not in last:
                asked.setdefault(pair, at)
            continue
        if pair in asked and pair not in last and asked[pair] >= since:
            delays.append(at - asked[pair])
        last[pair] = (act, reason, at)
    recent = [(act, reason) for act, reason, at in last.values() if at >= since]
    reasons = Counter(reason for act, reason in recent if act == Act.DISMISSED)
    return Answers(
        delays=tuple(delays),
        waiting=sum(pair not in last and at >= since for pair, at in asked.items()),
        interested=sum(act not in _AGAINST for act, _reason in recent),
        dismissed=reasons.total(),
        reasons=tuple(sorted(reasons.items(), key=lambda counted: (-counted[1], counted[0]))),
    )


def _unmet(organisation: Organisation, today: date) -> Any:
    """Needs around it that the matcher has read as they stand, and to which nothing is proposed."""
    if organisation.territory is None:
        return Need.objects.none()
    proposed = Suggestion.objects.standing().not_dismissed().filter(need=OuterRef("pk"))
    return (
        Need.objects.live(today)
        .suggestible()
        .filter(criteria.around(organisation.territory), ~Exists(proposed), matched_version=F("version"))
    )


def _by(unmet: Any, model: type[Theme] | type[Territory], key: Any) -> tuple[Unmet, ...]:
    """Counted by theme or territory. No total goes with it: a subtraction would tell what is held back."""
    counted = list(
        unmet.annotate(key=key)
        .values_list("key")
        .annotate(needs=Count("pk", distinct=True), groups=Count("organisation", distinct=True))
        .order_by("-needs", "key")[:_ROWS]
    )
    named = model._default_manager.in_bulk([key for key, _needs, _groups in counted if key is not None])
    rows = [Unmet(named.get(key), needs if groups >= ENOUGH_GROUPS else None) for key, needs, groups in counted]
    # Those held back come last, by name: their order would tell their counts.
    return tuple(sorted(rows, key=lambda row: (row.needs is None, -(row.needs or 0), str(row.what or ""))))
