"""From all pairs to the best of each line: block by block, on the cores that there are, always with the same answer."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial

import numpy as np
from threadpoolctl import threadpool_limits

from matching.engine.gates import FINAL_GATES
from matching.engine.listings import Listing
from matching.engine.scoring import EVERY, Comparison, Grid

# Pairs weighed in one go: some thirty arrays of so many numbers.
_PAIRS_AT_ONCE = 400_000
_MOST_THREADS = 4


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
    refused: Counter[str]


def select(comparison: Comparison, *, by_need: bool, top: int, near_misses: int) -> Iterator[Selection]:
    """The best offers of each need, or the best needs of each offer, block by block in the order of the lines."""
    needs, offers = comparison.needs.listings, comparison.offers.listings
    lines, others = (needs, offers) if by_need else (offers, needs)
    pick = partial(_pick, comparison, by_need, _order_of_ids(others), top, near_misses)
    blocks = list(_blocks(len(lines), len(others)))
    if len(blocks) < 2:
        yield from map(pick, blocks)
        return
    # The products let other threads run; those of the linear algebra would only stand in their way.
    with threadpool_limits(1), ThreadPoolExecutor(threads()) as pool:
        yield from pool.map(pick, blocks)


def threads() -> int:
    """How many threads serve this process: the cores that it may use, within reason."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return min(cores, _MOST_THREADS)


def _blocks(lines: int, others: int) -> Iterator[slice]:
    """Consecutive slices of the lines."""
    step = max(1, _PAIRS_AT_ONCE // max(1, others))
    return (slice(start, min(start + step, lines)) for start in range(0, lines, step))


def _pick(
    comparison: Comparison, by_need: bool, order: np.ndarray, top: int, near_misses: int, rows: slice
) -> Selection:
    grid = comparison.grid(rows, EVERY) if by_need else comparison.grid(EVERY, rows).mirrored()
    passed, refused = _passed(grid)
    almost = grid.speaks & ~passed
    for gate in FINAL_GATES & grid.refused.keys():
        almost &= ~grid.refused[gate]
    listed = grid.speaks & passed
    lines = range(rows.stop - rows.start)
    return Selection(
        [_picked(grid, at, _best(grid.score[at], listed[at], order, top)) for at in lines],
        [_picked(grid, at, _best(grid.score[at], almost[at], order, near_misses)) for at in lines],
        refused,
    )


def _passed(grid: Grid) -> tuple[np.ndarray, Counter[str]]:
    """Which pairs no gate refuses; and how many each gate refuses that those before it let pass."""
    passed = np.ones(grid.score.shape, bool)
    refused: Counter[str] = Counter()
    for gate, refuses in grid.refused.items():
        refused[gate] = int(np.count_nonzero(refuses & passed))
        passed &= ~refuses
    return passed, refused


def _picked(grid: Grid, at: int, others: Sequence[int]) -> list[Picked]:
    return [
        Picked(
            other,
            float(grid.score[at, other]),
            {name: float(part[at, other]) for name, part in grid.parts.items()},
            tuple(gate for gate, refuses in grid.refused.items() if refuses[at, other]),
        )
        for other in others
    ]


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
