"""What the matcher proposes for one listing: its own best, and those of whose best it is one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Any

from matching.catalogue.models import Need, Offer
from matching.suggestions import bridge, index, shelves
from matching.suggestions.models import Suggestion

if TYPE_CHECKING:
    from matching import engine

# What one listing is shown of, at most.
TOP = 10
# How far below its own best a listing may still be one of another's best.
REACH = 10
# Below this many matches, what was nearly one is told too.
FEW = 3
NEAR = 5


@dataclass(frozen=True)
class Proposal:
    """One pair, explained to each side in the words that its own listing uses."""

    offer_id: int
    need_id: int
    for_need: engine.Match
    for_offer: engine.Match


@dataclass(frozen=True)
class Proposals:
    """What one match of one listing found; near misses, in JSON, only where matches are few."""

    pairs: list[Proposal] = field(default_factory=list)
    near: list[dict[str, Any]] = field(default_factory=list)
    version: str = ""


def proposals_for(listing: Offer | Need, today: date) -> Proposals:
    """Match one listing against the live ones of the other side. One that is not live itself gets nothing."""
    return _for_offer(listing, today) if isinstance(listing, Offer) else _for_need(listing, today)


def _for_need(need: Need, today: date) -> Proposals:
    at_hand = index.current(today)
    mine = shelves.NEEDS.listings(today).get(need.pk)
    if mine is None:
        return Proposals()

    def rank(top: int, near_misses: int) -> engine.Ranking:
        return at_hand.matcher.rank([mine], top=top, near_misses=near_misses)[0]

    found = _best_of_either(rank, need, side="need", other="offer")
    offers = [at_hand.offers[offer_id] for offer_id in found]
    # The same pairs, told to the other side.
    told = _only_matches(at_hand.matcher.rank_offers([mine], offers=offers, top=1))
    pairs = [Proposal(key, need.pk, found[key], told[key]) for key in found if key in told]
    return Proposals(pairs, _near(rank, pairs), at_hand.version)


def _for_offer(offer: Offer, today: date) -> Proposals:
    at_hand = index.current(today)
    mine = at_hand.offers.get(offer.pk)
    if mine is None:
        return Proposals()
    needs = shelves.NEEDS.listings(today)
    every_need = list(needs.values())

    def rank(top: int, near_misses: int) -> engine.Ranking:
        return at_hand.matcher.rank_offers(every_need, offers=[mine], top=top, near_misses=near_misses)[0]

    found = _best_of_either(rank, offer, side="offer", other="need")
    told = _only_matches(at_hand.matcher.rank([needs[need_id] for need_id in found], offers=[mine], top=1))
    pairs = [Proposal(offer.pk, key, told[key], found[key]) for key in found if key in told]
    return Proposals(pairs, _near(rank, pairs), at_hand.version)


def _only_matches(rankings: Sequence[engine.Ranking]) -> dict[int, engine.Match]:
    """The one match of each ranking, by the primary key of the listing that it is told to."""
    return {int(ranking.id): ranking.matches[0] for ranking in rankings if ranking.matches}


def _best_of_either(
    rank: Callable[[int, int], engine.Ranking], listing: Offer | Need, *, side: str, other: str
) -> dict[int, engine.Match]:
    """Best first, by primary key. What somebody dismissed leaves its place to the next, and never comes back."""
    ours = Suggestion.objects.filter(**{side: listing})
    dismissed = set(ours.dismissed().values_list(f"{other}_id", flat=True))
    found = {int(match.id): match for match in rank(TOP + REACH + len(dismissed), 0).matches}
    open_ones = [key for key in found if key not in dismissed]
    beyond = open_ones[TOP:]
    theirs = Suggestion.objects.filter(**{f"{other}_id__in": beyond}).exclude(**{side: listing})
    scores = theirs.standing().not_dismissed().values_list(f"{other}_id", "score")
    # For each listing of the other side, how many suggestions it already holds that are better than ours.
    better = Counter(key for key, score in scores if score > found[key].score)
    kept = [*open_ones[:TOP], *(key for key in beyond if better[key] < TOP)]
    return {key: found[key] for key in kept}


def _near(rank: Callable[[int, int], engine.Ranking], pairs: Sequence[Proposal]) -> list[dict[str, Any]]:
    return bridge.near_in_json(rank(1, NEAR).near) if len(pairs) < FEW else []
