"""Who could get what when there is not enough for all: a proposal that people decide on, never a decision.

Each need gets at most one offer, no offer gives more than it has, and the sum of the scores is as large as can be. A
linear programme tells how large it could be if needs could be cut (the bound) and what one more unit of each offer
would add to it (its price). For places its answer is whole by itself; for envelopes, where a grant takes more or less,
it is made whole: what the programme gives first, then what fits by score, then each envelope in turn chooses anew whom
it serves while that helps, and a small market is searched through by branch and bound.

Nothing here depends on the order of the pairs, on time or on the number of threads.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from math import ceil, floor, fsum, inf

import numpy as np
from scipy import sparse

# Capacities are counted in whole hundredths (cents of a euro), so that no sum of grants exceeds by a rounding error.
_HUNDREDTHS = 100
_NEARLY = 1e-6
# The programme begins with so many pairs of each need and each offer; its bound is known to this share.
_FIRST_ASKED = 5
_GAP_OF_THE_BOUND = 5e-4
# A gap that is not worth a search, and how far the search goes: nodes, not seconds, so that it always ends alike.
_SMALL_GAP = 0.002
_MOST_SEARCHED, _MOST_NODES = 1500, 50
_MOST_ROUNDS, _SMALL_GAIN = 8, 2e-4
_MOST_UNITS = 1000
_NONE = -1
# Hundredths; what takes or holds more counts as so many.
_ENDLESS = 10**15


@dataclass(frozen=True)
class Pair:
    """A need that an offer could serve."""

    need: str
    offer: str
    score: float
    takes: float = 1.0
    """What the need would take of the offer: one slot, or an amount. 0 takes nothing away from others."""


@dataclass(frozen=True)
class Allocation:
    """What could be given to whom."""

    chosen: list[Pair]
    """In the order of needs' ids; each need and its offer once."""
    value: float
    """The sum of their scores."""
    bound: float
    """No allocation can be worth more."""
    prices: dict[str, float] = field(default_factory=dict)
    """For each offer with a price above 0, what one more unit of it would add to the bound."""

    @property
    def gap(self) -> float:
        """The share of the bound that was not reached."""
        return max(0.0, 1 - self.value / self.bound) if self.bound > 0 else 0.0


def allocate(pairs: Iterable[Pair], capacities: Mapping[str, float]) -> Allocation:
    """The allocation of the highest value that was found.

    capacities: units of each offer (slots, euros), at least 0; an offer that is missing has no end. A pair whose score
    is 0 or less, or that takes more than its offer has, is never chosen. Of a pair that stands twice the better counts.
    """
    market = _Market(pairs, capacities)
    if not market.pairs:
        return Allocation([], 0.0, 0.0)
    relaxed = _relax(market)
    chosen = _made_whole(market, relaxed.shares, relaxed.bound)
    bound = relaxed.bound
    if market.value(chosen) < bound * (1 - _SMALL_GAP):
        chosen = max(chosen, _search(market, relaxed, chosen), key=market.value)
    picked = [market.pairs[at] for at in sorted(chosen)]
    value = fsum(pair.score for pair in picked)
    return Allocation(picked, value, max(value, bound * market.best), relaxed.prices)


def prices(pairs: Iterable[Pair], capacities: Mapping[str, float]) -> dict[str, float]:
    """For each scarce offer, what one more unit of it (a slot, a euro) would add to the sum of scores; others are 0."""
    market = _Market(pairs, capacities)
    return _relax(market).prices if market.pairs else {}


class _Market:
    """Pairs that may be chosen, in the order of their ids, in arrays of numbers."""

    def __init__(self, pairs: Iterable[Pair], capacities: Mapping[str, float]) -> None:
        best: dict[tuple[str, str], Pair] = {}
        for pair in pairs:
            key = (pair.need, pair.offer)
            if pair.score > 0 and _fits(pair, capacities) and (key not in best or _rank(pair) < _rank(best[key])):
                best[key] = pair
        self.pairs = [best[key] for key in sorted(best)]
        self.needs, self.need_of = _numbered([pair.need for pair in self.pairs])
        self.offers, self.offer_of = _numbered([pair.offer for pair in self.pairs])
        self.best = max((pair.score for pair in self.pairs), default=1.0)
        # In shares of the best, so that what is nearly nothing is so on any scale.
        self.scores = np.array([pair.score / self.best for pair in self.pairs])
        self.takes = np.array([_up(pair.takes) for pair in self.pairs], np.int64)
        # What has no end, or enough for all who ask, never stands in the way.
        asked = np.bincount(self.offer_of, self.takes.astype(float), len(self.offers))
        held = [_down(capacities.get(offer, inf)) for offer in self.offers]
        self.capacity = np.array([min(float(asked), has) for asked, has in zip(asked, held, strict=True)])
        self.scarce = np.flatnonzero(self.capacity < asked)
        self.uneven = len(np.unique(self.takes)) > 1
        self.of_need = _grouped(self.need_of, len(self.needs))
        self.of_offer = _grouped(self.offer_of, len(self.offers))
        for offer in self.scarce:
            # What no sum of whole grants can reach serves nobody: without it the bound is nearer to what can be done.
            step = max(1, int(np.gcd.reduce(self.takes[self.of_offer[offer]])))
            self.capacity[offer] -= self.capacity[offer] % step

    def value(self, chosen: Iterable[int]) -> float:
        return fsum(self.scores[at] for at in chosen)


def _fits(pair: Pair, capacities: Mapping[str, float]) -> bool:
    capacity = capacities.get(pair.offer, inf)
    return pair.takes <= capacity and _up(pair.takes) <= _down(capacity)


def _rank(pair: Pair) -> tuple[float, float]:
    """Of two lines about one pair, the higher score, then the smaller take."""
    return (-pair.score, pair.takes)


def _up(units: float) -> int:
    return min(ceil(min(units, _ENDLESS) * _HUNDREDTHS - _NEARLY), _ENDLESS)


def _down(units: float) -> float:
    return units if units == inf else float(min(floor(min(units, _ENDLESS) * _HUNDREDTHS + _NEARLY), _ENDLESS))


def _numbered(names: Sequence[str]) -> tuple[list[str], np.ndarray]:
    known = sorted(set(names))
    positions = {name: at for at, name in enumerate(known)}
    return known, np.array([positions[name] for name in names], np.int64)


def _grouped(group_of: np.ndarray, groups: int) -> list[np.ndarray]:
    """For each group, where its members stand, in order."""
    order = np.argsort(group_of, kind="stable")
    return np.split(order, np.cumsum(np.bincount(group_of, minlength=groups))[:-1])


@dataclass(frozen=True)
class _Relaxed:
    """The answer of the linear programme."""

    shares: np.ndarray
    """How much of each pair is chosen, from 0 to 1."""
    bound: float
    prices: dict[str, float]
    spare: np.ndarray
    """For each pair, how much the bound would fall at least if it were chosen."""
    rows: sparse.csc_array
    most: np.ndarray


def _relax(market: _Market) -> _Relaxed:
    """Solve it for the likeliest pairs, then again with those that the prices call for, until none would add much."""
    # Here, because it takes longer to import than a small collection takes to rank.
    from scipy.optimize import linprog

    rows, most = _constraints(market)
    asked = _likeliest(market)
    while True:
        columns = np.flatnonzero(asked)
        solved = linprog(-market.scores[columns], A_ub=rows[:, columns], b_ub=most, bounds=(0, None), method="highs-ds")
        if solved.x is None:
            raise ArithmeticError(f"the linear programme was not solved: {solved.message}")
        duals = np.maximum(-solved.ineqlin.marginals, 0.0)
        # By duality, from the prices alone: never below the optimum, however inexactly they are known.
        spare = rows.T @ duals - market.scores
        bound = fsum(duals * most) + fsum(-spare[spare < 0])
        called_for = (spare < -_NEARLY) & ~asked
        if not called_for.any() or (market.uneven and bound + solved.fun <= _GAP_OF_THE_BOUND * bound):
            break
        asked |= called_for
    shares = np.zeros(len(market.pairs))
    shares[columns] = np.clip(solved.x, 0, 1)
    return _Relaxed(shares, bound, _prices(market, duals), np.maximum(spare, 0.0), rows, most)


def _likeliest(market: _Market) -> np.ndarray:
    """The few best pairs of each need and of each offer."""
    asked = np.zeros(len(market.pairs), bool)
    for group in (*market.of_need, *market.of_offer):
        asked[group[np.argsort(-market.scores[group], kind="stable")[:_FIRST_ASKED]]] = True
    return asked


def _prices(market: _Market, duals: np.ndarray) -> dict[str, float]:
    """By unit; in the programme, offers are counted in shares of what they have."""
    of_all = duals[len(market.needs) :]
    return {
        market.offers[offer]: float(price * market.best * _HUNDREDTHS / max(market.capacity[offer], 1))
        for offer, price in zip(market.scarce, of_all, strict=True)
        if price > _NEARLY
    }


def _constraints(market: _Market) -> tuple[sparse.csc_array, np.ndarray]:
    """One row for each need (at most one offer), one for each scarce offer (at most all of it, in shares of it)."""
    row_of_offer = np.full(len(market.offers), -1)
    row_of_offer[market.scarce] = len(market.needs) + np.arange(len(market.scarce))
    bound = np.flatnonzero(row_of_offer[market.offer_of] >= 0)
    share = market.takes[bound] / np.maximum(market.capacity[market.offer_of[bound]], 1)
    every = np.arange(len(market.pairs))
    data = np.concatenate([np.ones(len(every)), share])
    row = np.concatenate([market.need_of, row_of_offer[market.offer_of[bound]]])
    column = np.concatenate([every, bound])
    height = len(market.needs) + len(market.scarce)
    return sparse.csc_array((data, (row, column)), shape=(height, len(every))), np.ones(height)


def _made_whole(market: _Market, shares: np.ndarray, bound: float) -> list[int]:
    plan = _Plan(market)
    likely = np.flatnonzero(shares > _NEARLY)
    for at in likely[np.lexsort((likely, -market.scores[likely], -shares[likely]))]:
        plan.choose_if_free(at)
    plan.fill()
    if market.value(plan.chosen) < bound * (1 - _NEARLY):
        plan.improve()
    return plan.chosen


def _search(market: _Market, relaxed: _Relaxed, chosen: Sequence[int]) -> list[int]:
    """A better allocation by branch and bound, where few enough pairs could be part of one; perhaps none.

    A pair that would lower the bound below what is already reached cannot be part of a better one.
    """
    from scipy.optimize import Bounds, LinearConstraint, milp

    reach = relaxed.bound - market.value(chosen)
    kept = np.flatnonzero(relaxed.spare <= reach + _NEARLY)
    if len(kept) > _MOST_SEARCHED:
        return []
    solved = milp(
        -market.scores[kept],
        integrality=np.ones(len(kept)),
        bounds=Bounds(0, 1),
        constraints=LinearConstraint(relaxed.rows[:, kept], -np.inf, relaxed.most),
        options={"node_limit": _MOST_NODES, "mip_rel_gap": _SMALL_GAP},
    )
    shares = np.zeros(len(market.pairs))
    shares[kept] = 0.0 if solved.x is None else solved.x
    return _made_whole(market, shares, relaxed.bound)


class _Plan:
    """An allocation in the making; it never exceeds what an offer has."""

    def __init__(self, market: _Market) -> None:
        self._market = market
        self._pair_of = np.full(len(market.needs), _NONE)
        self._left = market.capacity.copy()
        self._by_score = np.lexsort((np.arange(len(market.pairs)), -market.scores))
        self._best_first = [group[np.argsort(-market.scores[group], kind="stable")] for group in market.of_need]

    @property
    def chosen(self) -> list[int]:
        """The pairs, in order."""
        chosen: list[int] = np.sort(self._pair_of[self._pair_of != _NONE]).tolist()
        return chosen

    def choose_if_free(self, at: int) -> None:
        """Choose a pair whose need has nothing yet, where enough is left."""
        if self._pair_of[self._market.need_of[at]] == _NONE and self._has_room(at):
            self._choose(at)

    def fill(self) -> None:
        """Choose what can still be chosen, best first."""
        for at in self._by_score:
            self.choose_if_free(at)

    def improve(self) -> None:
        """Let each scarce offer in turn choose anew whom it serves, while that adds to the value."""
        for _ in range(_MOST_ROUNDS):
            before = self._market.value(self.chosen)
            for offer in self._market.scarce:
                self._settle(offer)
            self.fill()
            if self._market.value(self.chosen) <= before * (1 + _SMALL_GAIN):
                return

    def _settle(self, offer: np.int64) -> None:
        """The best that this offer can do while the others stay: those who leave it go where there is room."""
        market = self._market
        pairs = market.of_offer[offer]
        needs = market.need_of[pairs]
        now = self._pair_of[needs]
        here = now == pairs
        worth_now = np.where(now == _NONE, 0.0, market.scores[now])
        worth_now[here] = [self._worth_elsewhere(at) for at in pairs[here]]
        gains = market.scores[pairs] - worth_now
        wanted = np.flatnonzero(gains > 0)
        served = np.zeros(len(pairs), bool)
        served[wanted[_knapsack(gains[wanted], market.takes[pairs[wanted]], market.capacity[offer])]] = True
        if gains[served].sum() <= gains[here].sum() + _NEARLY:
            return
        for at in (*pairs[here & ~served], *now[served & ~here & (now != _NONE)]):
            self._leave(at)
        for at in pairs[served & ~here]:
            self._choose(at)
        for at in pairs[here & ~served]:
            for other in self._best_first[market.need_of[at]]:
                self.choose_if_free(other)

    def _worth_elsewhere(self, at: int) -> float:
        """The best score that its need would find with another offer that has room."""
        for other in self._best_first[self._market.need_of[at]]:
            if other != at and self._has_room(other):
                return float(self._market.scores[other])
        return 0.0

    def _has_room(self, at: int) -> bool:
        return bool(self._market.takes[at] <= self._left[self._market.offer_of[at]])

    def _choose(self, at: int) -> None:
        self._pair_of[self._market.need_of[at]] = at
        self._left[self._market.offer_of[at]] -= self._market.takes[at]

    def _leave(self, at: int) -> None:
        self._pair_of[self._market.need_of[at]] = _NONE
        self._left[self._market.offer_of[at]] += self._market.takes[at]


def _knapsack(gains: np.ndarray, takes: np.ndarray, capacity: float) -> np.ndarray:
    """Which of the items, together within the capacity, gain the most; units are rounded against the items."""
    unit = max(float(np.gcd.reduce(takes)) if len(takes) else 1.0, capacity / _MOST_UNITS)
    width = int(capacity / unit)
    weights = np.ceil(takes / unit - _NEARLY).astype(int)
    best = np.zeros(width + 1)
    taken = np.zeros((len(gains), width + 1), bool)
    for item, (gain, weight) in enumerate(zip(gains, weights, strict=True)):
        with_it = best[: width + 1 - weight] + gain
        better = with_it > best[weight:]
        taken[item, weight:] = better
        best[weight:][better] = with_it[better]
    chosen, room = [], width
    for item in range(len(gains) - 1, -1, -1):
        if taken[item, room]:
            chosen.append(item)
            room -= weights[item]
    return np.array(chosen[::-1], np.int64)
