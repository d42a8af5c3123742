"""Planted worlds: made-up needs and offers whose hidden answers are known, to measure what learning is worth.

Each world draws what matters in it: here the place, there the theme, the amount or the words. Two sides must say yes,
each with a chance of its own. The truth holds terms that no field tells (tastes, an offer's renown), and what the
fields tell is noisy: themes are forgotten or wrong, places coarse, amounts rough, words chosen from several. Ten offers
a need are shown, one in ten drawn at random, and people look at the first ones more than at the last.

A world's files are those of the command line, so that what is measured is the whole path from files to lists.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from functools import cached_property
from typing import Any

import numpy as np

from matching.engine import columns
from matching.engine.decisions import SIDES, Decision, Outcome
from matching.engine.listings import Need, Offer
from matching.engine.matcher import Matcher
from matching.engine.meetings import Meetings
from matching.geography import Geography, Place, load
from matching.geography.places import FRANCE

SHOWN = 10
EXPLORED = 0.1
LOOKS = 0.7
"""A place of rank r is looked at with the chance r ** -LOOKS."""
TELLS_WHY = 0.3
TODAY = date(2026, 1, 5)

_SYLLABLES = [a + b for a in "b c d f g l m n p r s t v ch tr pl".split() for b in "a e i o u an on in ou eu".split()]
_NEEDS_AT_ONCE = 100
_PARENTS, _CHILDREN, _TASTES = 8, 5, 3
_FORMS = ("association", "cooperative", "informal")


@dataclass(frozen=True)
class Nature:
    """What matters in a world: how much each term of the truth weighs for the collective and for the authority."""

    name: str
    wanted: dict[str, float]
    granted: dict[str, float]
    base: tuple[float, float] = (-1.5, 0.0)
    hidden: float = 0.2
    """Deviation of the terms that no field tells."""
    chatter: float = 0.4
    """Share of words that say nothing of the subject."""
    forgotten: float = 0.08
    """Share of facts that their author left out."""
    all_or_nothing: float = 0.0
    """From 0, terms add up, to 1, the worst of them decides."""


_SOBER = {"subject": 2.4, "place": 0.8, "amount": 0.6, "dates": 0.5, "seats": 0.3}
_GIVING = {"subject": 0.6, "place": 0.6, "contribution": 0.7}
NATURES = (
    Nature("balanced", _SOBER, _GIVING),
    Nature("place", {**_SOBER, "place": 1.8, "subject": 2.0}, {**_GIVING, "place": 1.2}),
    Nature("theme", {**_SOBER, "theme": 1.2, "subject": 1.4}, {**_GIVING, "theme": 0.6}, chatter=0.6),
    Nature("amount", {**_SOBER, "amount": 1.5, "seats": 0.8}, {**_GIVING, "amount": 0.6}),
    Nature("giving", _SOBER, {**_GIVING, "contribution": 1.6}, base=(-1.2, -0.8)),
    Nature("words", {**_SOBER, "subject": 3.2, "place": 0.4}, {**_GIVING, "place": 0.2}, chatter=0.3),
    Nature("strict", {**_SOBER, "place": 1.2, "dates": 0.9}, _GIVING, all_or_nothing=0.4),
    # Where texts alone, the rule, and what learning can reach lie about as in the reference's own simulation.
    Nature(
        "plain",
        {"subject": 2.2, "place": 0.9, "theme": 0.4, "amount": 0.5, "dates": 0.4, "seats": 0.3},
        {"subject": 0.6, "place": 0.5, "contribution": 0.5},
        base=(-2.0, -0.3),
        hidden=0.12,
        chatter=0.35,
        forgotten=0.05,
    ),
)
"""The kinds of worlds; a world of seed s is of the kind s modulo their number."""


@dataclass(frozen=True)
class World:
    """Needs and offers as their authors wrote them, and the hidden chances of each pair."""

    nature: Nature
    seed: int
    needs: tuple[Need, ...]
    offers: tuple[Offer, ...]
    wanted: np.ndarray = field(repr=False)
    """float64, needs x offers: the chance that the collective would take it."""
    granted: np.ndarray = field(repr=False)
    """The chance that the authority would then grant it."""
    blames: tuple[np.ndarray, tuple[str, ...]] = field(repr=False)
    """Needs x offers: which of some reasons a collective gives when it declines."""

    @cached_property
    def agreed(self) -> np.ndarray:
        """float64, needs x offers: the chance that both say yes."""
        return self.wanted * self.granted

    def reason(self, pair: tuple[int, int]) -> str:
        """Why a collective declines a pair."""
        which, reasons = self.blames
        return reasons[which[pair]]


@dataclass
class _Side:
    """What the listings of one side hold in truth."""

    mixes: np.ndarray
    """Listings x topics, unit vectors."""
    main: np.ndarray
    places: list[Place]
    euros: np.ndarray
    seats: np.ndarray
    first: np.ndarray
    days: np.ndarray
    gives: np.ndarray
    """What is brought or hoped for, one of some sorts."""
    tastes: np.ndarray


def plant(seed: int, *, needs: int = 3000, offers: int = 1200, nature: Nature | None = None) -> World:
    """The world of a seed; the same seed gives the same world."""
    chance = np.random.default_rng([seed, 4])
    nature = nature or NATURES[seed % len(NATURES)]
    geography = load()
    country = _Country(chance, geography)
    of_needs, of_offers = _side(chance, needs, country, offering=False), _side(chance, offers, country, offering=True)
    terms = _terms(of_needs, of_offers, geography)
    wanted, granted = _chances(chance, nature, terms, of_needs, of_offers)
    words = _Words(chance)
    return World(
        nature,
        seed,
        tuple(_written_need(chance, at, of_needs, nature, words, country) for at in range(needs)),
        tuple(_written_offer(chance, at, of_offers, nature, words, country) for at in range(offers)),
        wanted,
        granted,
        _blamed(nature, terms),
    )


class _Country:
    """A handful of départements, where everything happens."""

    def __init__(self, chance: np.random.Generator, geography: Geography) -> None:
        codes = sorted(each.code for each in geography.territories() if each.level == "departement")
        self.geography = geography
        self.communes = [
            [Place("commune", code) for code in geography.communes(Place("departement", str(code)))]
            for code in chance.choice(codes, 6, replace=False)
        ]

    def commune(self, chance: np.random.Generator) -> Place:
        """Some communes attract more than others."""
        communes = self.communes[chance.integers(len(self.communes))]
        return communes[int(len(communes) * chance.random() ** 3)]

    def around(self, place: Place, level: str) -> Place:
        """The territory of a level that holds a place; the place itself where there is none."""
        holders = [holder for holder in self.geography.within(place) if holder.level == level]
        return min(holders, key=lambda holder: holder.code) if holders else place


def _side(chance: np.random.Generator, count: int, country: _Country, *, offering: bool) -> _Side:
    topics = _PARENTS * _CHILDREN
    main = chance.integers(topics, size=count)
    mixes = np.zeros((count, topics))
    mixes[np.arange(count), main] = 1.0
    mixes[np.arange(count), chance.integers(topics, size=count)] += chance.uniform(0, 0.8, count)
    parents = mixes.reshape(count, _PARENTS, _CHILDREN).sum(axis=2)
    mixes = np.hstack([mixes, 0.7 * parents])
    return _Side(
        mixes / np.linalg.norm(mixes, axis=1, keepdims=True),
        main,
        [country.commune(chance) for _ in range(count)],
        np.exp(chance.normal(np.log(9_000 if offering else 6_000), 0.8, count)),
        np.exp(chance.normal(np.log(80 if offering else 30), 0.7, count)),
        chance.integers(0, 240, count),
        chance.integers(60, 500, count) if offering else chance.integers(10, 150, count),
        chance.integers(6, size=count),
        chance.normal(size=(count, _TASTES)) / _TASTES**0.5,
    )


def _chances(
    chance: np.random.Generator, nature: Nature, terms: dict[str, np.ndarray], needs: _Side, offers: _Side
) -> tuple[np.ndarray, np.ndarray]:
    """Needs x offers: the chances that the collective and that the authority say yes."""
    renown = chance.normal(size=len(offers.main))
    favour = chance.normal(size=len(offers.main))
    tastes = (
        needs.tastes @ offers.tastes.T * 3**0.5,
        needs.tastes @ chance.normal(size=(_TASTES, _TASTES)) @ offers.tastes.T,
    )
    sides = []
    for weights, base, unseen, own in zip(
        (nature.wanted, nature.granted), nature.base, tastes, (renown, favour), strict=True
    ):
        weighed = np.array([weight * terms[name] for name, weight in weights.items()])
        # The worst term decides as much as all of them together would.
        worst = weighed.min(axis=0) * len(weighed)
        told = (1 - nature.all_or_nothing) * weighed.sum(axis=0) + nature.all_or_nothing * worst
        logits = base + told + nature.hidden * (0.8 * unseen + 0.6 * own)
        sides.append(1 / (1 + np.exp(-logits)))
    return sides[0], sides[1]


_BLAMES = {"subject": "off_subject", "place": "place", "amount": "quantity", "seats": "quantity", "dates": "dates"}


def _blamed(nature: Nature, terms: dict[str, np.ndarray]) -> tuple[np.ndarray, tuple[str, ...]]:
    """Needs x offers: which of some reasons names the term that took most from what the collective hopes for."""
    named = [name for name in _BLAMES if name in nature.wanted]
    lacks = np.array([nature.wanted[name] * (1 - terms[name]) for name in named])
    return lacks.argmax(axis=0).astype(np.int8), tuple(_BLAMES[name] for name in named)


def _terms(needs: _Side, offers: _Side, geography: Geography) -> dict[str, np.ndarray]:
    """Needs x offers: each term of the truth, from about -1, bad, to about 1, good."""
    near = _nearness_fit(needs.places, offers.places, geography)
    euros = np.clip(np.log(offers.euros[None, :] / needs.euros[:, None]), -2, 0)
    seats = np.clip(np.log(offers.seats[None, :] / needs.seats[:, None]), -1, 1)
    last = np.minimum((needs.first + needs.days)[:, None], (offers.first + offers.days)[None, :])
    shared = np.maximum(last - np.maximum(needs.first[:, None], offers.first[None, :]), 0) / needs.days[:, None]
    return {
        "subject": 2 * needs.mixes @ offers.mixes.T - 1,
        "theme": np.where(
            needs.main[:, None] == offers.main[None, :],
            1.0,
            np.where(needs.main[:, None] // _CHILDREN == offers.main[None, :] // _CHILDREN, 0.2, -0.6),
        ),
        "place": 2 * near - 1,
        "amount": 1 + euros,
        "seats": seats,
        "dates": 2 * shared - 1,
        "contribution": np.where(needs.gives[:, None] == offers.gives[None, :], 1.0, -0.3),
    }


def _nearness_fit(places: Sequence[Place], others: Sequence[Place], geography: Geography) -> np.ndarray:
    """Places x others: 1 for the same ground, less the farther apart."""
    needs = columns.read([Need(id=str(at), territory=place) for at, place in enumerate(places)], geography)
    offers = columns.read([Offer(id=str(at), territory=place) for at, place in enumerate(others)], geography)
    meetings = Meetings(needs, offers, by_need=True)
    return meetings.nearness_fit(needs.columns.territory[:, None], offers.columns.territory)


class _Words:
    """Made-up words: of topics, of their parents, of what is given, and of everyday."""

    def __init__(self, chance: np.random.Generator) -> None:
        words = _made_up(chance, 4_000)
        topics = _PARENTS * _CHILDREN
        self.of_topics = [words[at * 12 : (at + 1) * 12] for at in range(topics)]
        self.of_parents = [words[1_000 + at * 20 : 1_000 + (at + 1) * 20] for at in range(_PARENTS)]
        self.of_gifts = [words[1_400 + at * 8 : 1_400 + (at + 1) * 8] for at in range(6)]
        self.everyday = words[1_500:]
        self._often = np.cumsum(1 / np.arange(2, len(self.everyday) + 2))

    def about(self, chance: np.random.Generator, mix: np.ndarray, count: int, chatter: float) -> str:
        """So many words about a mix of topics."""
        held = np.flatnonzero(mix[: _PARENTS * _CHILDREN])
        topics = held[np.searchsorted(np.cumsum(mix[held]), chance.random(count) * mix[held].sum())]
        kinds, which = chance.random(count), chance.random(count)
        common = np.searchsorted(self._often, which * self._often[-1])
        return " ".join(
            self.everyday[often]
            if kind < chatter
            else _one_of(self.of_parents[topic // _CHILDREN], share)
            if kind < chatter + 0.3 * (1 - chatter)
            else _one_of(self.of_topics[topic], share)
            for kind, topic, often, share in zip(kinds, topics.tolist(), common.tolist(), which.tolist(), strict=True)
        )

    def gift(self, chance: np.random.Generator, sort: int) -> str:
        """Some words of one sort of gift."""
        return " ".join(chance.choice(self.of_gifts[sort], 3, replace=False))


def _one_of(words: Sequence[str], share: float) -> str:
    return words[int(share * len(words))]


def _made_up(chance: np.random.Generator, count: int) -> list[str]:
    words: dict[str, None] = {}
    while len(words) < count:
        words["".join(chance.choice(_SYLLABLES, chance.integers(2, 5)))] = None
    return list(words)


def _facts(
    chance: np.random.Generator, at: int, side: _Side, nature: Nature, words: _Words, country: _Country
) -> dict[str, Any]:
    """What both sides tell of a listing, each fact left out now and then."""
    told = {
        "kinds": ("funding", "place"),
        "themes": (_theme(chance, int(side.main[at])),),
        "territory": _coarse(chance, side.places[at], country),
        "starts": TODAY + timedelta(days=int(side.first[at])),
        "ends": TODAY + timedelta(days=int(side.first[at] + side.days[at])),
    }
    left_out = chance.random(len(told)) < nature.forgotten
    kept = {name: value for (name, value), out in zip(told.items(), left_out, strict=True) if not out}
    if left_out[3] or left_out[4]:
        kept.pop("starts", None)
        kept.pop("ends", None)
    mix = side.mixes[at]
    return {
        "title": words.about(chance, mix, 5, nature.chatter * 0.6),
        "text": words.about(chance, mix, int(chance.integers(20, 60)), nature.chatter),
        **kept,
    }


def _theme(chance: np.random.Generator, topic: int) -> str:
    """The slug of a topic; now and then only its parent, or another."""
    kind = chance.random()
    topic = int(chance.integers(_PARENTS * _CHILDREN)) if kind < 0.05 else topic
    parent = f"theme-{topic // _CHILDREN}"
    return parent if kind > 0.9 else f"{parent}/sujet-{topic % _CHILDREN}"


def _coarse(chance: np.random.Generator, place: Place, country: _Country) -> Place:
    """The place, or something around it."""
    kind = chance.random()
    return place if kind < 0.8 else country.around(place, "epci" if kind < 0.95 else "departement")


def _roughly(chance: np.random.Generator, number: float) -> float:
    return float(np.exp(np.log(number) + chance.normal(0, 0.15)))


def _written_need(
    chance: np.random.Generator, at: int, side: _Side, nature: Nature, words: _Words, country: _Country
) -> Need:
    more: dict[str, Any] = {}
    if chance.random() > nature.forgotten:
        more["amount_max"] = round(_roughly(chance, side.euros[at]), -2)
    if chance.random() > nature.forgotten:
        more["capacity"] = max(1, int(_roughly(chance, side.seats[at]) / 2))
    if chance.random() > nature.forgotten:
        more["contribution"] = words.gift(chance, int(side.gives[at]))
    if chance.random() > nature.forgotten:
        more["legal_form"] = _FORMS[int(chance.integers(len(_FORMS)))]
    return Need(id=f"b{at:05}", **_facts(chance, at, side, nature, words, country), **more)


def _written_offer(
    chance: np.random.Generator, at: int, side: _Side, nature: Nature, words: _Words, country: _Country
) -> Offer:
    more: dict[str, Any] = {}
    if chance.random() > nature.forgotten:
        more["amount_max"] = round(_roughly(chance, side.euros[at]), -2)
    if chance.random() > nature.forgotten:
        more["capacity"] = max(1, int(_roughly(chance, side.seats[at])))
    if chance.random() > nature.forgotten:
        more["expects"] = words.gift(chance, int(side.gives[at]))
    if chance.random() < 0.5:
        level = ("epci", "departement", "region", "country")[int(chance.integers(4))]
        more["perimeter"] = FRANCE if level == "country" else country.around(side.places[at], level)
    if chance.random() < 0.2:
        more["legal_forms"] = _FORMS[: int(chance.integers(2, 4))]
    return Offer(id=f"o{at:05}", **_facts(chance, at, side, nature, words, country), **more)


def logged(world: World, labels: int, *, among: Sequence[int] | None = None, seed: int = 0) -> list[Decision]:
    """What people did with the lists that the rule showed them, until so many pairs were decided by a collective.

    Needs (those `among`, by their place) come one after the other, five a day; each is shown the rule's ten best
    offers, but for one place in ten, drawn from all that no gate refuses. A place is looked at with a chance that falls
    with its rank. What the collective accepts, the authority decides next.
    """
    chance = np.random.default_rng([world.seed, seed, 5])
    order = chance.permutation(len(world.needs) if among is None else np.asarray(among))
    rule = Rule(world)
    decisions: list[Decision] = []
    decided = 0
    for start in range(0, len(order), _NEEDS_AT_ONCE):
        block = order[start : start + _NEEDS_AT_ONCE]
        for place, (need, scores) in enumerate(zip(block, rule.scores(block), strict=True)):
            day = TODAY + timedelta(days=(start + place) // 5)
            for rank, (offer, propensity) in enumerate(_drawn(chance, scores), start=1):
                made = _decided(chance, world, (int(need), offer), rank, propensity, day)
                decisions += made
                decided += made[0].outcome != "ignored"
                if decided == labels:
                    return decisions
    return decisions


class Rule:
    """The hand-made rule over all offers of a world."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._matcher = Matcher().fit(world.offers)

    def scores(self, rows: Sequence[int] | np.ndarray) -> np.ndarray:
        """float64, needs x offers: the score of each pair, NaN where it is not listed."""
        grid = self._matcher.compare([self._world.needs[at] for at in rows]).grid()
        listed = grid.speaks.copy()
        for refuses in grid.refused.values():
            listed &= ~refuses
        return np.where(listed, grid.score, np.nan)


def _drawn(chance: np.random.Generator, scores: np.ndarray) -> list[tuple[int, float]]:
    """Ten offers, best first but for some drawn at random, each with the chance that it had to be shown."""
    possible = np.flatnonzero(~np.isnan(scores))
    best = possible[np.argsort(-scores[possible], kind="stable")]
    by_chance = SHOWN * EXPLORED / max(1, len(best))
    shown: dict[int, float] = {}
    queue = iter(best.tolist())
    for _ in range(min(SHOWN, len(best))):
        if chance.random() < EXPLORED:
            offer = int(chance.choice(best))
            if offer not in shown:
                shown[offer] = (1 - EXPLORED) if offer in best[:SHOWN] else by_chance
                continue
        offer = next(each for each in queue if each not in shown)
        shown[offer] = 1 - EXPLORED + by_chance
    return list(shown.items())


def _decided(
    chance: np.random.Generator, world: World, pair: tuple[int, int], rank: int, propensity: float, day: date
) -> list[Decision]:
    """What the collective did with a pair, and then the authority."""
    looks, wants, grants, tells = chance.random(4)
    of_need = Decision(
        need=world.needs[pair[0]].id,
        offer=world.offers[pair[1]].id,
        outcome="ignored",
        side="need",
        rank=rank,
        at=day,
        propensity=round(propensity, 6),
    )
    if looks >= rank**-LOOKS:
        return [of_need]
    if wants >= world.wanted[pair]:
        reason = world.reason(pair) if tells < TELLS_WHY else None
        return [replace(of_need, outcome="declined", reason=reason)]
    granted: Outcome = "accepted" if grants < world.granted[pair] else "declined"
    of_offer = replace(of_need, side="offer", outcome=granted, rank=None, propensity=None)
    return [replace(of_need, outcome="accepted"), of_offer]


def shuffled(decisions: Sequence[Decision], seed: int = 0) -> list[Decision]:
    """The same answers of each side, given to other pairs: they teach nothing."""
    chance = np.random.default_rng([seed, 6])
    mixed = list(decisions)
    for side in SIDES:
        places = [at for at, each in enumerate(decisions) if each.side == side]
        for at, other in zip(places, chance.permutation(places), strict=True):
            mixed[at] = replace(decisions[at], outcome=decisions[other].outcome, reason=decisions[other].reason)
    return mixed
