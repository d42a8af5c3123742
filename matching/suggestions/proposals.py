"""What the matcher proposes for one listing: its own best, and those of whose best it is one."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from datetime import date
from random import Random
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

from matching.catalogue.models import Kind, Need, Offer
from matching.suggestions import bridge, index, shelves
from matching.suggestions.models import Suggestion

if TYPE_CHECKING:
    from matching import engine
    from matching.engine.heads import Heads

# What one listing is shown of, at most.
TOP = 10
# How far below its own best a listing may still be one of another's best.
REACH = 10
# A bad match never fills a list: besides its own least score, a match reaches this share of the best one.
LEAST_SHARE = 0.4
# The chance that the last place of a list goes to one of the next, drawn: what is never shown is never learned.
EXPLORED = 0.1
# Below this many matches, what was nearly one is told too.
FEW = 3
NEAR = 5


class Floor(NamedTuple):
    """The least score that is worth somebody's time."""

    on_words: float
    """Where words alone speak."""
    on_theme: float
    """Where both sides chose a common theme."""
    asked_for: float | None = None
    """For what is of the kind and on the ground that somebody named, if less is enough there."""


# Read off the demo's pairs, sorted by score and judged by hand: below, most are not what was asked for. Somebody who
# types a few words sees at once what they bring, and changes them: "salle" must find rooms, and « un local à Quimper »
# any place of Quimper that has to do with it. Of published pairs, a place on the ground that the need names may say
# less: of those between .23 and .26 more than half were right, of data and funding hardly one.
OF_LISTINGS = Floor(on_words=0.30, on_theme=0.26, asked_for=0.23)
OF_TYPED_TEXTS = Floor(on_words=0.14, on_theme=0.10, asked_for=0.07)


@dataclass(frozen=True)
class Proposal:
    """One pair, explained to each side in the words that its own listing uses."""

    offer_id: int
    need_id: int
    for_need: engine.Match
    for_offer: engine.Match
    propensity: float = 1.0
    """How likely the pair was to be proposed."""


@dataclass(frozen=True)
class Proposals:
    """What one match of one listing found; near misses, in JSON, only where matches are few."""

    pairs: list[Proposal] = field(default_factory=list)
    near: list[dict[str, Any]] = field(default_factory=list)
    version: str = ""


def proposals_for(listing: Offer | Need, today: date) -> Proposals:
    """Match one listing against the live ones of the other side. One that is not live itself gets nothing."""
    return _for_offer(listing, today) if isinstance(listing, Offer) else _for_need(listing, today)


class Rank(Protocol):
    """Ranks the other side for one listing: all of it, or only some listings by primary key."""

    def __call__(self, *, top: int, near_misses: int = 0, among: Collection[int] | None = None) -> engine.Ranking: ...


def _for_need(need: Need, today: date) -> Proposals:
    at_hand = index.current(today)
    mine = shelves.NEEDS.listings(today).get(need.pk)
    if mine is None:
        return Proposals()

    def rank(*, top: int, near_misses: int = 0, among: Collection[int] | None = None) -> engine.Ranking:
        offers = None if among is None else [at_hand.offers[key] for key in among if key in at_hand.offers]
        return at_hand.matcher.rank([mine], offers=offers, top=top, near_misses=near_misses)[0]

    def asked(key: int) -> bool:
        return place_asked_for(mine, at_hand.offers[key])

    found, near = _best_of_either(rank, need, at_hand, asked, side="need", other="offer")
    # The same pairs, told to the other side.
    told = at_hand.matcher.rank_offers([mine], offers=[at_hand.offers[key] for key in found], top=1)
    pairs = [Proposal(key, need.pk, found[key].match, match, found[key].chance) for key, match in _only_matches(told)]
    return Proposals(pairs, bridge.near_in_json(near if len(pairs) < FEW else ()), at_hand.version)


def _for_offer(offer: Offer, today: date) -> Proposals:
    at_hand = index.current(today)
    mine = at_hand.offers.get(offer.pk)
    if mine is None:
        return Proposals()
    needs, all_needs = index.needs(at_hand)

    def rank(*, top: int, near_misses: int = 0, among: Collection[int] | None = None) -> engine.Ranking:
        asked = all_needs if among is None else [needs[key] for key in among if key in needs]
        return at_hand.matcher.rank_offers(asked, offers=[mine], top=top, near_misses=near_misses)[0]

    def asked(key: int) -> bool:
        return place_asked_for(needs[key], mine)

    found, near = _best_of_either(rank, offer, at_hand, asked, side="offer", other="need")
    told = at_hand.matcher.rank([needs[key] for key in found], offers=[mine], top=1)
    pairs = [Proposal(offer.pk, key, match, found[key].match, found[key].chance) for key, match in _only_matches(told)]
    return Proposals(pairs, bridge.near_in_json(near if len(pairs) < FEW else ()), at_hand.version)


def place_asked_for(need: engine.Need, offer: engine.Offer) -> bool:
    """Whether the need looks for a place, and the offer is one on the ground that it names."""
    return Kind.PLACE in need.kinds and Kind.PLACE in offer.kinds and bridge.is_asked_for(need, offer)


def worth_showing(
    matches: Sequence[engine.Match], floor: Floor, heads: Heads | None, *, asked_for: Collection[str] = ()
) -> list[engine.Match]:
    """Those of a ranking, best first, that say enough to be put before somebody's eyes. heads: what scored them.

    asked_for: the ids of those that are of the kind, and on the ground, that somebody named.
    """
    return [
        match
        for match in matches
        if _says_enough(match, matches[0].score, floor, heads, asked_for=match.id in asked_for)
    ]


def _says_enough(
    match: engine.Match, best: float, floor: Floor, heads: Heads | None, *, asked_for: bool = False
) -> bool:
    least = floor.on_theme if match.parts["themes"] > 0 else floor.on_words
    if asked_for and floor.asked_for is not None:
        least = min(least, floor.asked_for)
    # The least is the rule's: learned heads tell what it is worth on their own scale.
    return match.score >= max(heads.floor(least) if heads else least, LEAST_SHARE * best)


def _only_matches(rankings: Sequence[engine.Ranking]) -> list[tuple[int, engine.Match]]:
    """The one match of each ranking, with the primary key of the listing that it is told to."""
    return [(int(ranking.id), ranking.matches[0]) for ranking in rankings if ranking.matches]


class Found(NamedTuple):
    """A pair to propose, and how likely it was to be."""

    match: engine.Match
    chance: float


def _best_of_either(
    rank: Rank, listing: Offer | Need, at_hand: index.Index, asked: Callable[[int], bool], *, side: str, other: str
) -> tuple[dict[int, Found], tuple[engine.NearMiss, ...]]:
    """By primary key, what this listing is shown, then what is shown it; and its near misses.

    asked: whether the pair with the other listing of this key is of a place that somebody asked for.
    What somebody dismissed leaves its place to the next, and never comes back. What already stands is weighed
    too, however far down: a pair goes only when neither side is shown it.
    """
    ours = Suggestion.objects.filter(**{side: listing})
    dismissed = set(ours.dismissed().values_list(f"{other}_id", flat=True))
    standing = dict(ours.by_matcher().standing().not_dismissed().values_list(f"{other}_id", "propensity"))
    first = rank(top=TOP + REACH + len(dismissed), near_misses=NEAR)
    ranked = {int(match.id): match for match in first.matches}
    if further := standing.keys() - ranked.keys():
        ranked |= {int(match.id): match for match in rank(top=len(further), among=further).matches}
    open_ones = {key: match for key, match in ranked.items() if key not in dismissed}
    asked_for = {match.id for key, match in open_ones.items() if asked(key)}
    shown = worth_showing([*open_ones.values()], OF_LISTINGS, at_hand.heads, asked_for=asked_for)
    worth = [int(match.id) for match in shown[: TOP + REACH]]
    sure = worth[: TOP - 1]
    rest = {key: match for key, match in open_ones.items() if key not in sure}
    shown_anyway = _shown_to_others(rest, listing, at_hand.heads, asked_for, side=side, other=other)
    beyond = [key for key in worth[TOP:] if key not in shown_anyway]
    drawn = _last_place(worth[TOP - 1 : TOP], beyond, seed=f"{side} {listing.pk} {listing.version} {at_hand.version}")
    # What the other side is shown anyway was drawn by nobody, unless it stands since a draw of that side.
    certain = dict.fromkeys(sure, 1.0) | {key: standing.get(key, 1.0) for key in shown_anyway}
    chances = drawn | certain
    return {key: Found(match, chances[key]) for key, match in open_ones.items() if key in chances}, first.near


def _last_place(last: Sequence[int], beyond: Sequence[int], *, seed: str) -> dict[int, float]:
    """Who takes the last place of a list, and how likely that was: now and then one of the next. Repeatable."""
    if not (last and beyond):
        return dict.fromkeys(last, 1.0)
    # Meant to be repeated, not to be secret.
    chance = Random(seed)  # noqa: S311
    if chance.random() >= EXPLORED:
        return dict.fromkeys(last, 1 - EXPLORED)
    return {chance.choice(beyond): EXPLORED / len(beyond)}


def _shown_to_others(
    matches: dict[int, engine.Match],
    listing: Offer | Need,
    heads: Heads | None,
    asked_for: Collection[str],
    *,
    side: str,
    other: str,
) -> dict[int, engine.Match]:
    """Those of the matches that stand among the best of the other listing."""
    theirs = Suggestion.objects.filter(**{f"{other}_id__in": matches.keys()}).exclude(**{side: listing})
    held: dict[int, list[float]] = {key: [] for key in matches}
    for key, score in theirs.standing().not_dismissed().values_list(f"{other}_id", "score"):
        held[key].append(score)
    return {
        key: match
        for key, match in matches.items()
        if sum(score > match.score for score in held[key]) < TOP
        and _says_enough(
            match, max(held[key], default=match.score), OF_LISTINGS, heads, asked_for=match.id in asked_for
        )
    }
