"""What short lists do to those who are on them: figures of a made-up market, never a test.

Needs and offers lie in a space of a few dimensions, offers are more or less liked by all, and chance has a part that no
score carries: who accepts whom is drawn. Needs come one after the other, ask down their list, and are served by the
first that accepts them and has a place left.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from matching.engine.allocation import Pair, prices
from matching.engine.exposure import FLOOR, KEPT, SHARE, share_that_keeps, short_lists

NEEDS, OFFERS, CANDIDATES, LIST = 2000, 300, 30, 5
_MOST_PLACES = 6
_DIMENSIONS = 12
_LIKED, _NOTICED, _SELDOM = 0.5, 0.3, -2.5
_DRAWS = 5
# What an offer's own list adds to the pairs: an offer that is in no need's best thirty may still speak for some.
_OWN = 6


@dataclass(frozen=True)
class Market:
    """Who could accept whom."""

    chances: np.ndarray
    """float64, needs x offers: the score, which is the chance that both sides accept."""
    places: np.ndarray
    """int64, one for each offer."""

    @property
    def capacities(self) -> dict[str, float]:
        """The places of each offer by id."""
        return {_id(offer): float(places) for offer, places in enumerate(self.places)}

    def pairs(self) -> list[Pair]:
        """The best candidates of each need and of each offer."""
        best = np.zeros(self.chances.shape, bool)
        np.put_along_axis(best, np.argsort(-self.chances, axis=1, kind="stable")[:, :CANDIDATES], True, axis=1)
        np.put_along_axis(best, np.argsort(-self.chances, axis=0, kind="stable")[:_OWN], True, axis=0)
        return [Pair(_id(need), _id(offer), float(self.chances[need, offer])) for need, offer in np.argwhere(best)]


def _id(number: int) -> str:
    return f"{number:05}"


def made_up_market(seed: int, needs: int = NEEDS, offers: int = OFFERS) -> Market:
    """Same seed: same market."""
    chance = np.random.default_rng(seed)
    wanted = chance.normal(size=(needs, _DIMENSIONS)) / np.sqrt(_DIMENSIONS)
    given = chance.normal(size=(offers, _DIMENSIONS))
    liked = _LIKED * chance.normal(size=offers)
    noise = _NOTICED * chance.normal(size=(needs, offers))
    chances = 1 / (1 + np.exp(-(wanted @ given.T + liked + noise + _SELDOM)))
    return Market(chances, chance.integers(1, _MOST_PLACES + 1, offers))


def table(seed: int = 0, needs: int = NEEDS, offers: int = OFFERS) -> dict[str, dict[str, float]]:
    """For each way to cut lists: the share of the score kept, of offers never shown, Gini of exposure, needs served."""
    market = made_up_market(seed, needs, offers)
    pairs = market.pairs()
    priced = prices(pairs, market.capacities)
    fitting = share_that_keeps(pairs, priced, LIST)
    ways = {
        "by score": (0.0, 0),
        f"less {SHARE} of the price": (SHARE, 0),
        f"less {SHARE} of the price, shown {FLOOR} times": (SHARE, FLOOR),
        f"{KEPT:.0%} of the score: less {fitting} of the price, shown {FLOOR} times": (fitting, FLOOR),
        "the whole price": (1.0, 0),
    }
    rows: dict[str, dict[str, float]] = {}
    for name, (share, floor) in ways.items():
        lists = short_lists(pairs, priced, LIST, share=share, floor=floor)
        rows[name] = _figures(market, lists, seed)
    by_score = rows["by score"]
    for row in rows.values():
        row["score_kept"] = row["score"] / by_score["score"] if row is not by_score else 1.0
        row["more_served"] = row["served"] / by_score["served"] - 1 if row is not by_score else 0.0
    return rows


def _figures(market: Market, lists: Mapping[str, Sequence[Pair]], seed: int) -> dict[str, float]:
    shown = np.zeros(len(market.places), int)
    for found in lists.values():
        for pair in found:
            shown[int(pair.offer)] += 1
    return {
        "score": float(sum(pair.score for found in lists.values() for pair in found)),
        "never_shown": float(np.mean(shown == 0)),
        "gini": gini(shown),
        "served": float(np.mean([_served(market, lists, seed + draw) for draw in range(_DRAWS)])),
    }


def gini(counts: np.ndarray) -> float:
    """0 where all have the same, towards 1 where one has all."""
    ordered = np.sort(counts).astype(float)
    size, total = len(ordered), ordered.sum()
    if not total:
        return 0.0
    return float(2 * (np.arange(1, size + 1) * ordered).sum() / (size * total) - (size + 1) / size)


def _served(market: Market, lists: Mapping[str, Sequence[Pair]], seed: int) -> int:
    """How many needs find an offer that accepts them; every way to cut lists meets the same luck."""
    chance = np.random.default_rng(seed)
    luck = chance.random(market.chances.shape)
    left = market.places.copy()
    served = 0
    for need in chance.permutation(len(luck)):
        for pair in lists.get(_id(need), ()):
            offer = int(pair.offer)
            if left[offer] and luck[need, offer] < pair.score:
                left[offer] -= 1
                served += 1
                break
    return served
