"""The door: Matcher().fit(offers).rank(needs), and its mirror."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path
from typing import TypeVar

import numpy as np

from matching.engine import text
from matching.engine.analyser import Analyser
from matching.engine.explain import Explainer, Reader
from matching.engine.gates import FINAL_GATES, GATES
from matching.engine.listings import Listing, Need, Offer
from matching.engine.model import load_statistics, save_statistics
from matching.engine.results import Match, NearMiss, Ranking
from matching.engine.scoring import EVERY, PARTS, Comparison, Grid, Needs, Offers
from matching.geography import Geography, load

# Pairs weighed in one go: some thirty arrays of so many numbers.
_PAIRS_AT_ONCE = 800_000

Self = TypeVar("Self", bound="Matcher")


class Matcher:
    """Ranks offers for needs and needs for offers.

    A score is of the pair: the same in both directions, whatever other needs are asked, on one absolute scale. What is
    learned comes from the offers alone; fitting again forgets the offers before.
    """

    def __init__(self, *, today: date | None = None, geography: Geography | None = None) -> None:
        """today: the day that application windows are held against; None looks at no window."""
        self.today = today
        self.geography = geography

    def fit(self: Self, offers: Sequence[Offer], model: Path | None = None) -> Self:
        """Index these offers, with the statistics learned from them or those of a saved model. Raises BrokenModel."""
        self.geography_ = self.geography or load()
        bags = _bags(offers)
        self.statistics_ = text.learn(bags) if model is None else load_statistics(model)
        self.offers_ = Offers(offers, bags, self.statistics_, self.geography_)
        return self

    def save(self, folder: Path) -> None:
        """Write the statistics into a folder, made where it is missing. Raises OSError."""
        save_statistics(self.statistics_, folder)

    def rank(
        self, needs: Sequence[Need], offers: Sequence[Offer] | None = None, *, top: int = 10, near_misses: int = 0
    ) -> list[Ranking]:
        """For each need, in order, the offers (those fitted where none are given) that fit, best first.

        At most `top` of them, and at most `near_misses` near misses.
        """
        against = self.offers_ if offers is None else self._read(offers)
        return self._rankings(self._compare(needs, against), "need", top, near_misses)

    def rank_offers(
        self, needs: Sequence[Need], offers: Sequence[Offer] | None = None, *, top: int = 10, near_misses: int = 0
    ) -> list[Ranking]:
        """The mirror: for each offer (those fitted where none are given) the needs that fit."""
        against = self.offers_ if offers is None else self._read(offers)
        return self._rankings(self._compare(needs, against), "offer", top, near_misses)

    def explain(self, need: Need, offer: Offer, *, reader: Reader) -> Match | None:
        """The score of one pair with its parts and reasons, as rank() gives it; None where it would not be listed."""
        (ranking,) = self._rankings(self._compare([need], self._read([offer])), reader, 1, 0)
        return ranking.matches[0] if ranking.matches else None

    def _read(self, offers: Sequence[Offer]) -> Offers:
        bags = _bags(offers)
        return Offers(offers, bags, self.statistics_, self.geography_)

    def _compare(self, needs: Sequence[Need], offers: Offers) -> Comparison:
        read = Needs(needs, _bags(needs), offers, self.geography_)
        return Comparison(read, offers, self.geography_, self.today)

    def _rankings(self, comparison: Comparison, reader: Reader, top: int, near_misses: int) -> list[Ranking]:
        needs, offers = comparison.needs.listings, comparison.offers.listings
        lines, others = (needs, offers) if reader == "need" else (offers, needs)
        explainer = Explainer(comparison, self.geography_, reader)
        order = _order_of_ids(others)
        self.refused_ = dict.fromkeys(GATES, 0)
        rankings = []
        for rows in _slices(len(lines), len(others)):
            grid = comparison.grid(rows, EVERY) if reader == "need" else comparison.grid(EVERY, rows).mirrored()
            passed = self._passed(grid)
            almost = grid.speaks & ~passed
            for gate in FINAL_GATES & grid.refused.keys():
                almost &= ~grid.refused[gate]
            for at, line in enumerate(lines[rows]):
                found = _Found(grid, at, rows.start + at, others, explainer, reader)
                best = _best(grid.score[at], grid.speaks[at] & passed[at], order, top)
                nearest = _best(grid.score[at], almost[at], order, near_misses)
                rankings.append(Ranking(line.id, tuple(map(found.match, best)), tuple(map(found.near_miss, nearest))))
        return rankings

    def _passed(self, grid: Grid) -> np.ndarray:
        """Which pairs no gate refuses; counts each refused pair for the first gate in their order."""
        passed = np.ones(grid.score.shape, bool)
        for gate, refused in grid.refused.items():
            self.refused_[gate] += int(np.count_nonzero(refused & passed))
            passed &= ~refused
        return passed


class _Found:
    """What was found for one line of a grid."""

    def __init__(
        self, grid: Grid, at: int, line: int, others: Sequence[Listing], explainer: Explainer, reader: Reader
    ) -> None:
        self._grid, self._at, self._line = grid, at, line
        self._others, self._explainer, self._reader = others, explainer, reader

    def match(self, other: int) -> Match:
        parts = dict.fromkeys(PARTS, 0.0)
        parts |= {name: float(part[self._at, other]) for name, part in self._grid.parts.items()}
        return Match(
            id=self._others[other].id,
            score=float(self._grid.score[self._at, other]),
            parts=parts,
            reasons=self._explainer.reasons(*self._pair(other), parts),
            against=self._explainer.against(*self._pair(other)),
        )

    def near_miss(self, other: int) -> NearMiss:
        gates = [gate for gate, refused in self._grid.refused.items() if refused[self._at, other]]
        return NearMiss(
            id=self._others[other].id,
            score=float(self._grid.score[self._at, other]),
            refused_by=tuple(self._explainer.refusal(gate, *self._pair(other)) for gate in gates),
        )

    def _pair(self, other: int) -> tuple[int, int]:
        """The row of the need and that of the offer."""
        return (self._line, other) if self._reader == "need" else (other, self._line)


def _bags(listings: Sequence[Listing]) -> dict[str, text.Bag]:
    analyser = Analyser()
    return text.bags([analyser.terms(each.title, each.text) for each in listings])


def _slices(lines: int, others: int) -> Iterator[slice]:
    """Consecutive slices of the lines, each of at most _PAIRS_AT_ONCE pairs."""
    step = max(1, _PAIRS_AT_ONCE // max(1, others))
    return (slice(start, min(start + step, lines)) for start in range(0, lines, step))


def _order_of_ids(listings: Sequence[Listing]) -> np.ndarray:
    """The place of each listing in the order of ids."""
    order = np.empty(len(listings), np.int64)
    order[sorted(range(len(listings)), key=lambda at: listings[at].id)] = np.arange(len(listings))
    return order


def _best(score: np.ndarray, listed: np.ndarray, order: np.ndarray, most: int) -> list[int]:
    """Where the best of the listed stand, best first, ties in the order of ids."""
    if not most:
        return []
    found = np.flatnonzero(listed)
    if len(found) > most:
        worst = -np.partition(-score[found], most - 1)[most - 1]
        found = found[score[found] >= worst]
    return found[np.lexsort((order[found], -score[found]))][:most].tolist()
