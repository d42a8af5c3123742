"""Verbs about traces: note what was shown, record what was answered or left without an answer."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Exists, Max, Min, OuterRef, Q
from django.utils import timezone

from matching.suggestions.models import Act, Decision, Impression, Outcome, State, Suggestion

# Shown for so long without an answer, a pair counts as ignored.
IGNORED_AFTER = timedelta(days=21)
# Past this, what was shown teaches nothing more: the answers stay.
IMPRESSIONS_KEPT = timedelta(days=400)
# How many pairs of each side one round writes down; the next one comes a day later.
_AT_ONCE = 5000

_OUTCOMES = {
    Act.INTERESTED: Outcome.ACCEPTED,
    Act.REINSTATED: Outcome.ACCEPTED,
    Act.DISMISSED: Outcome.DECLINED,
    Act.LEFT: Outcome.IGNORED,
    Act.APPLIED: Outcome.ACCEPTED,
    Act.AGREED: Outcome.ACCEPTED,
    Act.REFUSED: Outcome.DECLINED,
}


def note_shown(*, suggestions: Sequence[Suggestion], side: str, first_rank: int = 1) -> None:
    """Somebody of this side has these before their eyes, in this order. One row a pair and day, in one query."""
    _note(_impressions(suggestions, side, first_rank, timezone.now()))


def note_mailed(*, lists: Iterable[tuple[str, Sequence[Suggestion]]]) -> None:
    """A mail has named these, list by list, each to its side. One row a pair, side and day, in one query."""
    now = timezone.now()
    _note([row for side, suggestions in lists for row in _impressions(suggestions, side, 1, now)])


def record_decision(*, suggestion: Suggestion, side: str, act: str, reason: str = "") -> Decision:
    """Add the answer of this side, with the place where it last saw the pair."""
    seen = (
        Impression.objects.filter(need=suggestion.need_id, offer=suggestion.offer_id, side=side)
        .order_by("-day")
        .first()
    )
    return Decision.objects.create(
        need_id=suggestion.need_id,
        offer_id=suggestion.offer_id,
        side=side,
        act=act,
        outcome=_OUTCOMES[Act(act)],
        reason=reason,
        rank=seen.rank if seen else None,
        propensity=None if suggestion.is_proposed else (seen or suggestion).propensity,
        is_proposed=suggestion.is_proposed,
        matcher_version=(seen or suggestion).matcher_version,
        at=timezone.now(),
    )


@transaction.atomic
def record_left_without_answer(*, now: datetime | None = None) -> int:
    """Add one row for each pair and side shown long ago and never answered. Safe to repeat. Returns how many."""
    now = now or timezone.now()
    left = [*_left_by("need", now), *_left_by("offer", now)]
    Decision.objects.bulk_create(left, ignore_conflicts=True)
    return len(left)


def forget_old_impressions(*, now: datetime | None = None) -> int:
    """Drop what was shown long ago. Returns how many rows."""
    long_ago = timezone.localdate(now) - IMPRESSIONS_KEPT
    return Impression.objects.filter(day__lt=long_ago).delete()[0]


def _impressions(suggestions: Sequence[Suggestion], side: str, first_rank: int, now: datetime) -> list[Impression]:
    return [
        Impression(
            need_id=suggestion.need_id,
            offer_id=suggestion.offer_id,
            side=side,
            day=timezone.localdate(now),
            at=now,
            rank=rank,
            matcher_version=suggestion.matcher_version,
            propensity=suggestion.propensity,
        )
        for rank, suggestion in enumerate(suggestions, first_rank)
        # What a person proposed was shown whatever the matcher thought of it.
        if not suggestion.is_proposed
    ]


def _note(shown: Sequence[Impression]) -> None:
    if shown:
        Impression.objects.bulk_create(shown, ignore_conflicts=True)


def _left_by(side: str, now: datetime) -> list[Decision]:
    """What this side has left without an answer and nobody has written down yet, each as it was last shown."""
    same = {"need": OuterRef("need"), "offer": OuterRef("offer")}
    answered = Decision.objects.filter(**same, side=side)
    # What the other side set aside left this one's lists: nobody waited for an answer any more.
    settled = Suggestion.objects.filter(**same).filter(
        Q(**{f"{side}_state": State.INTERESTED}) | Q(need_state=State.DISMISSED) | Q(offer_state=State.DISMISSED)
    )
    pairs = (
        Impression.objects.filter(~Exists(answered), ~Exists(settled), side=side)
        .values_list("need_id", "offer_id")
        .annotate(first=Min("at"), last=Max("day"))
        .filter(first__lte=now - IGNORED_AFTER)
        .order_by("need_id", "offer_id")[:_AT_ONCE]
    )
    last = {(need, offer): day for need, offer, _first, day in pairs}
    rows = Impression.objects.filter(side=side, need__in={need for need, _offer in last}, day__in=set(last.values()))
    return [
        Decision(
            need_id=row.need_id,
            offer_id=row.offer_id,
            side=side,
            act=Act.LEFT,
            outcome=Outcome.IGNORED,
            rank=row.rank,
            propensity=row.propensity,
            matcher_version=row.matcher_version,
            at=now,
        )
        for row in rows.order_by("id")
        if last.get((row.need_id, row.offer_id)) == row.day
    ]
