"""From all pairs to the best of each line: block by block, on the cores that there are, always with the same answer.

Pairs are chosen first, then weighed one by one: what is listed, in which order and with which score is told by that
second weighing alone, which does not depend on how the pair was chosen. Against a small collection the choice is made
by weighing the whole grid; against a large one by the candidates of each line (see candidates.py).
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from functools import cache, partial
from itertools import repeat

import numpy as np
from threadpoolctl import ThreadpoolController

from matching.engine.candidates import SERVED, TIER, Candidates, Found
from matching.engine.gates import FINAL_GATES
from matching.engine.products import EVERY, PairList
from matching.engine.scoring import Comparison, Weighing

# Against so many others all pairs are weighed.
WEIGHED_IN_FULL = 5_000
# Pairs of a grid weighed in one go: some thirty arrays of so many numbers.
_PAIRS_AT_ONCE = 400_000
# Lines whose candidates are weighed in one go.
_LINES_AT_ONCE = 128
_MOST_THREADS = 4
# How many more than the best are weighed at first, in case some repeat one another.
_SPARE = 3
# Refused pairs are counted up to so many pairs.
_MOST_COUNTED = 10_000_000

Run = Callable[..., Iterator]
# Scores of a grid are within rounding of those of a list: whoever is so near to the last of the best is weighed again.
_NEARLY = 1e-4


@dataclass(frozen=True)
class Picked:
    """One pair that was picked for a line."""

    other: int
    """Where the other listing stands on its side."""
    score: float
    parts: dict[str, float]
    """Those that are not surely 0."""
    gates: tuple[str, ...]
    """Those that refuse the pair, in their order."""


@dataclass(frozen=True)
class Selection:
    """The best of each line of a block, best first, and how many pairs each gate was the first to refuse."""

    matches: list[list[Picked]]
    near: list[list[Picked]]
    refused: Counter[str] | None
    """None where counting would cost time."""


def select(comparison: Comparison, *, top: int, near_misses: int) -> Iterator[Selection]:
    """The best of the others for each line, block by block in the order of the lines."""
    lines, others = len(comparison.lines), len(comparison.others)
    if lines * others <= _PAIRS_AT_ONCE:
        with _one_thread():
            selections = list(_selections(comparison, top, near_misses, map))
        yield from selections
        return
    # The products let other threads run; those of the linear algebra would only stand in their way.
    with _one_thread(), ThreadPoolExecutor(threads()) as pool:
        yield from _selections(comparison, top, near_misses, pool.map)


def select_in_full(comparison: Comparison, *, top: int) -> Iterator[Selection]:
    """What select() gives where all pairs are weighed, however many they are: to know what the candidates miss."""
    with _one_thread():
        yield from _weighed_in_full(comparison, top, 0, map)


def _one_thread() -> AbstractContextManager:
    """Inside it, the linear algebra keeps to one thread."""
    return _thread_pools().limit(limits=1, user_api="blas")


@cache
def _thread_pools() -> ThreadpoolController:
    return ThreadpoolController()


def _selections(comparison: Comparison, top: int, near_misses: int, run: Run) -> Iterator[Selection]:
    lines, others = len(comparison.lines), len(comparison.others)
    if others <= WEIGHED_IN_FULL:
        yield from _weighed_in_full(comparison, top, near_misses, run)
        return
    found = Candidates(comparison).find(run, top=top, near_misses=near_misses)
    refused = _refused(comparison, run)
    for selection in run(partial(_pick_found, comparison, found, top, near_misses), _blocks(lines, _LINES_AT_ONCE)):
        yield replace(selection, refused=refused)
        refused = refused and Counter()


def _weighed_in_full(comparison: Comparison, top: int, near_misses: int, run: Run) -> Iterator[Selection]:
    blocks = _blocks(len(comparison.lines), _PAIRS_AT_ONCE // max(1, len(comparison.others)))
    yield from run(partial(_pick, comparison, top, near_misses), blocks)


def _refused(comparison: Comparison, run: Run) -> Counter[str] | None:
    """How many pairs each gate was the first to refuse; None where counting would cost time."""
    lines, others = len(comparison.lines), len(comparison.others)
    if lines * others > _MOST_COUNTED:
        return None

    def count(rows: slice) -> Counter[str]:
        shape = (rows.stop - rows.start, others)
        return _first_refusals(comparison.refusals(rows), shape)[1]

    return sum(run(count, _blocks(lines, _PAIRS_AT_ONCE // others)), Counter())


def threads() -> int:
    """How many threads serve this process: the cores that it may use, within reason."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return min(cores, _MOST_THREADS)


def _blocks(lines: int, step: int) -> Iterator[slice]:
    """Consecutive slices of the lines."""
    step = max(1, step)
    return (slice(start, min(start + step, lines)) for start in range(0, lines, step))


def _pick(comparison: Comparison, top: int, near_misses: int, rows: slice) -> Selection:
    """The best of some lines, all pairs of which are weighed."""
    grid = comparison.grid(rows, EVERY)
    passed, refused = _passed(grid)
    listed, almost = grid.speaks & passed, _almost(grid, passed)
    best, near = Lists(rows), Lists(rows)
    for lists, fit, most in ((best, listed, top), (near, almost, near_misses)):
        # Where listings repeat one another, the best are looked for among more.
        wanted, enough = np.flatnonzero(fit.any(axis=1)) if most else np.zeros(0, np.int64), most + _SPARE
        while len(wanted):
            chosen = [_worth(grid.score[at], fit[at], enough) for at in wanted]
            counts = np.array([len(others) for others in chosen])
            pairs = PairList(np.repeat(rows.start + wanted, counts), np.concatenate(chosen))
            taken = lists.fill(comparison, pairs, comparison.list(pairs), np.ones(len(pairs.lines), bool), most)
            short = (taken[wanted] < most) & (counts < np.count_nonzero(fit[wanted], axis=1))
            wanted, enough = wanted[short], 4 * enough
    return Selection(best.picked, near.picked, refused)


def _pick_found(comparison: Comparison, found: Found, top: int, near_misses: int, rows: slice) -> Selection:
    """The best of some lines among their candidates."""
    pairs, tiers = found.of(rows)
    weighed = comparison.list(pairs)
    passed = _passed(weighed)[0]
    best, near = Lists(rows), Lists(rows)
    best.fill(comparison, pairs, weighed, weighed.speaks & passed, top, tiers)
    near.fill(comparison, pairs, weighed, _almost(weighed, passed), near_misses, tiers)
    return Selection(best.picked, near.picked, None)


def _passed(weighing: Weighing) -> tuple[np.ndarray, Counter[str]]:
    """Which pairs no gate refuses; and how many each gate refuses that those before it let pass."""
    return _first_refusals(weighing.refused, weighing.score.shape)


def _first_refusals(refusals: dict[str, np.ndarray], shape: tuple[int, ...]) -> tuple[np.ndarray, Counter[str]]:
    passed = np.ones(shape, bool)
    refused: Counter[str] = Counter()
    for gate, refuses in refusals.items():
        refused[gate] = int(np.count_nonzero(refuses & passed))
        passed &= ~refuses
    return passed, refused


def _almost(weighing: Weighing, passed: np.ndarray) -> np.ndarray:
    """Which pairs are near misses."""
    almost = weighing.speaks & ~passed
    for gate in FINAL_GATES & weighing.refused.keys():
        almost &= ~weighing.refused[gate]
    return almost


def _worth(score: np.ndarray, listed: np.ndarray, most: int) -> np.ndarray:
    """Where those stand that may be among the best of the listed."""
    found = np.flatnonzero(listed) if most else np.zeros(0, np.int64)
    if len(found) > most:
        worst = np.partition(score[found], len(found) - most)[len(found) - most]
        found = found[score[found] >= worst - _NEARLY]
    return found


class Lists:
    """The best of each of some lines, as they are found."""

    def __init__(self, lines: slice) -> None:
        self._first = lines.start
        self.picked: list[list[Picked]] = [[] for _ in range(lines.start, lines.stop)]

    def fill(
        self,
        comparison: Comparison,
        pairs: PairList,
        weighed: Weighing,
        listed: np.ndarray,
        most: int,
        tiers: np.ndarray | None = None,
    ) -> np.ndarray:
        """Write the lines of these pairs anew: the best of the listed pairs, ties in the order of ids, none that
        repeats one before it. Returns how many each line has."""
        found = _listed(comparison, pairs, weighed.score, listed, most, tiers)
        gates = {name: np.broadcast_to(refuses, listed.shape)[found] for name, refuses in weighed.refused.items()}
        refusing: list[tuple[str, ...]] = [()] * len(found)
        for at in np.flatnonzero(np.any([*gates.values()], axis=0)).tolist() if gates else ():
            refusing[at] = tuple(name for name, refuses in gates.items() if refuses[at])
        parts = zip(*(part[found].tolist() for part in weighed.parts.values()), strict=True)
        picked = [
            Picked(other, score, dict(zip(weighed.parts, values, strict=True)), names)
            for other, score, values, names in zip(
                pairs.others[found].tolist(),
                weighed.score[found].tolist(),
                parts if weighed.parts else repeat(()),
                refusing,
                strict=False,
            )
        ]
        lines = pairs.lines[found] - self._first
        bounds = np.searchsorted(lines, np.arange(len(self.picked) + 1)).tolist()
        for line in np.unique(lines).tolist():
            self.picked[line] = picked[bounds[line] : bounds[line + 1]]
        return np.array([len(each) for each in self.picked])


def _places(lines: np.ndarray) -> np.ndarray:
    """The place of each pair within its line; lines stand together."""
    starts = np.flatnonzero(np.diff(lines, prepend=-1))
    return np.arange(len(lines)) - np.repeat(starts, np.diff(np.append(starts, len(lines))))


def _listed(
    comparison: Comparison,
    pairs: PairList,
    scores: np.ndarray,
    listed: np.ndarray,
    most: int,
    tiers: np.ndarray | None,
) -> np.ndarray:
    """The best so many of the listed pairs of each line, best first, ties in the order of ids, repeats left out."""
    every = np.flatnonzero(listed) if most else np.zeros(0, np.int64)
    if tiers is not None and tiers[every].any():
        return _in_tiers(comparison, pairs, _sorted(comparison, pairs, scores, every), most, tiers)
    held, enough = np.bincount(pairs.lines[every], minlength=1), most + _SPARE
    while True:
        found = _sorted(comparison, pairs, scores, _highest(pairs.lines, scores, every, enough))
        kept = found[_first(comparison, pairs, found, most)]
        short = np.bincount(pairs.lines[kept], minlength=len(held)) < most
        if not (short & (held > enough)).any():
            return kept
        # Some list is full of repeats: look further.
        enough *= 4


def _highest(lines: np.ndarray, scores: np.ndarray, found: np.ndarray, most: int) -> np.ndarray:
    """Those of the pairs that score no less than the last of the best so many of their line."""
    places = _places(lines[found])
    if places.max(initial=-1) < most:
        return found
    rows = np.cumsum(places == 0) - 1
    table = np.full((rows[-1] + 1, places.max() + 1), -np.inf)
    table[rows, places] = scores[found]
    least = np.partition(table, -most, axis=1)[:, -most]
    return found[scores[found] >= least[rows]]


def _sorted(comparison: Comparison, pairs: PairList, scores: np.ndarray, found: np.ndarray) -> np.ndarray:
    """The pairs by line, best first, ties in the order of ids."""
    return found[np.lexsort((comparison.others.order[pairs.others[found]], -scores[found], pairs.lines[found]))]


def _new(comparison: Comparison, pairs: PairList, found: np.ndarray) -> np.ndarray:
    """bool, which of the sorted pairs do not repeat one before them in their line."""
    if not len(found):
        return np.ones(0, bool)
    places = _places(pairs.lines[found])
    rows = np.cumsum(places == 0) - 1
    lists = np.full((rows[-1] + 1, places.max() + 1), -1, np.int64)
    lists[rows, places] = pairs.others[found]
    new: np.ndarray = ~comparison.others.twins.repeats(lists)[rows, places]
    return new


def _first(comparison: Comparison, pairs: PairList, found: np.ndarray, most: int) -> np.ndarray:
    """bool, which of the sorted pairs are the first so many of their line, repeats left out."""
    kept = np.zeros(len(found), bool)
    enough = most + _SPARE
    while True:
        places = _places(pairs.lines[found])
        near = np.flatnonzero(places < enough)
        kept[near] = _new(comparison, pairs, found[near])
        lines = pairs.lines[found]
        held = np.bincount(lines, kept) if len(lines) else np.zeros(0)
        if (held[lines[places >= enough]] >= most).all():
            break
        # Some list is full of repeats: look further.
        enough *= 4
    at = np.flatnonzero(kept)
    kept[at[_places(pairs.lines[found[at]]) >= most]] = False
    return kept


def _in_tiers(comparison: Comparison, pairs: PairList, found: np.ndarray, most: int, tiers: np.ndarray) -> np.ndarray:
    """The first so many of each line of sorted pairs, repeats left out, as lists of every length have them.

    What only a longer list finds never stands among what a shorter one holds: it is left out where it would.
    """
    lines, tier_of, place = pairs.lines[found], tiers[found], np.arange(len(found))
    listed = np.zeros(0, np.int64)
    last = np.full(lines.max() + 1, -1)
    for tier in range(int(tier_of.max()) + 1):
        further = place[(tier_of <= tier) & (place > last[lines])]
        listed = np.sort(np.concatenate([listed, further]))
        listed = listed[_first(comparison, pairs, found[listed], SERVED * TIER**tier)]
        # A list that is not full ends there, however many are asked for.
        full = np.bincount(lines[listed], minlength=len(last)) == SERVED * TIER**tier
        last = np.full(len(last), len(found))
        ends = listed[np.flatnonzero(np.diff(lines[listed], append=-1))]
        last[lines[ends][full[lines[ends]]]] = ends[full[lines[ends]]]
    return found[listed[_places(lines[listed]) < most]]
