"""Verbs about what is scarce: each night, which offers more needs fit than they have places for, and who goes unseen.

What is found orders short lists and nothing else. It lies in rows, so that every host reads the same; without any row
lists are in the order of scores.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import Count, F, Q
from django.utils import timezone

from matching.catalogue.models import Kind, Need, Offer
from matching.suggestions.bridge import id_of
from matching.suggestions.models import Impression, Scarcity, Side, Suggestion

if TYPE_CHECKING:
    from matching.engine.exposure import Pair

# What people read of a list before they tire: those who are hardly ever seen get a place among so many.
SHORT_LIST = 5
# The linear programme of so many pairs takes half a minute on one core; of more, the best ones are weighed.
_MOST_PAIRS = 300_000
_AT_ONCE = 500


def weigh_scarcity(*, today: date | None = None) -> int:
    """Price what is scarce among the pairs that stand, and lift what nobody sees. Safe to repeat.

    Returns how many offers are scarce.
    """
    from matching.engine import exposure

    today = today or timezone.localdate()
    pairs = _pairs(today)
    prices = exposure.prices(pairs, _places(today))
    _write_prices(prices, exposure.SHARE, timezone.now())
    _write_lifts(Side.NEED, _lifts(pairs, prices, Side.NEED))
    # An officer's list is all of one offer: what it costs orders nothing there.
    _write_lifts(Side.OFFER, _lifts([_mirrored(pair) for pair in pairs], {}, Side.OFFER))
    return len(prices)


def _pairs(today: date) -> list[Pair]:
    """What is proposed today, nobody having set it aside, by primary keys."""
    from matching.engine.exposure import Pair

    rows = Suggestion.objects.by_matcher().standing().not_dismissed()
    rows = rows.filter(
        need__in=Need.objects.live(today).suggestible(), offer__in=Offer.objects.live(today).suggestible()
    )
    found = rows.order_by("-score", "id").values_list("need_id", "offer_id", "score")[:_MOST_PAIRS]
    return [Pair(id_of(need), id_of(offer), score) for need, offer, score in found]


def _places(today: date) -> dict[str, float]:
    """How many needs each offer of places serves at a time: one for each of its places. What is no place has no end."""
    counted = Offer.objects.live(today).annotate(
        resources_held=Count("resources"), places=Count("resources", filter=Q(resources__kind=Kind.PLACE))
    )
    only_places = counted.filter(places__gt=0, places=F("resources_held"))
    return {id_of(pk): float(places) for pk, places in only_places.order_by().values_list("pk", "places")}


def _lifts(pairs: Iterable[Pair], prices: Mapping[str, float], side: str) -> dict[tuple[int, int], float]:
    """By need and offer, what brings the hardly ever seen into the short lists of that side."""
    from matching.engine import exposure

    pairs = list(pairs)
    other = "offer" if side == Side.NEED else "need"
    shown = Impression.objects.filter(side=side).order_by().values_list(f"{other}_id").annotate(Count("id"))
    before = {id_of(pk): count for pk, count in shown}
    lists = exposure.short_lists(pairs, prices, SHORT_LIST, shown_before=before)
    lifted = exposure.lifts(pairs, prices, lists)
    keys = {(int(reader), int(read)): lift for (reader, read), lift in lifted.items()}
    return keys if side == Side.NEED else {(need, offer): lift for (offer, need), lift in keys.items()}


def _mirrored(pair: Pair) -> Pair:
    from matching.engine.exposure import Pair

    return Pair(pair.offer, pair.need, pair.score)


@transaction.atomic
def _write_prices(prices: Mapping[str, float], share: float, now: datetime) -> None:
    """These and no others."""
    Scarcity.objects.all().delete()
    there = set(Offer.objects.filter(pk__in=prices).values_list("pk", flat=True))
    rows = [
        Scarcity(offer_id=int(offer), price=price, taken_off=share * price, computed_at=now)
        for offer, price in prices.items()
        if int(offer) in there
    ]
    Scarcity.objects.bulk_create(rows, batch_size=_AT_ONCE)


def _write_lifts(side: str, lifts: Mapping[tuple[int, int], float]) -> None:
    """These and no others. Few rows at a time, so that a match never waits long."""
    name = f"{side}_lift"
    lifted = Suggestion.objects.filter(**{f"{name}__gt": 0}).values_list("need_id", "offer_id")
    pairs = sorted(lifts.keys() | set(lifted))
    for first in range(0, len(pairs), _AT_ONCE):
        _write_some_lifts(name, pairs[first : first + _AT_ONCE], lifts)


@transaction.atomic
def _write_some_lifts(name: str, pairs: list[tuple[int, int]], lifts: Mapping[tuple[int, int], float]) -> None:
    needs, offers = {need for need, _offer in pairs}, {offer for _need, offer in pairs}
    # Locked in the order in which a match writes them: neither waits for the other.
    locked = Suggestion.objects.filter(need__in=needs, offer__in=offers).order_by("need_id", "offer_id")
    wanted = set(pairs)
    rows = [row for row in locked.select_for_update().only("need_id", "offer_id", name) if _key(row) in wanted]
    for row in rows:
        setattr(row, name, lifts.get(_key(row), 0.0))
    Suggestion.objects.bulk_update(rows, [name], batch_size=_AT_ONCE)


def _key(row: Suggestion) -> tuple[int, int]:
    return (row.need_id, row.offer_id)
