"""Which of many listings are worth weighing for each line: found by the words, the neighbourhood and the gates alone.

Against a large collection most pairs have nothing in common, or are refused. For each line the gates cut the others
down to those that it may have; among these the candidates are the best by what their words and themes cover, and the
nearest in the latent space. Nothing else is weighed.

The candidates of a line depend on no other line: all sums are of whole numbers, exact in any order, and ties are in the
order of ids.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, fields, replace

import numpy as np

from matching.engine import gates, text
from matching.engine.columns import ALL_KINDS, UNKNOWN, Columns
from matching.engine.meetings import Meetings
from matching.engine.products import PairList, Shared, float_rows, transposed
from matching.engine.scoring import Comparison, Shelf

# So many candidates of each line by their words and by their neighbourhood serve lists of up to SERVED; longer lists
# have further tiers, each so many times as large as all before.
BY_WORDS, NEARBY, SERVED, TIER = 100, 30, 50, 4
# Listings that have neither words nor themes may fit by their facts: so many of them, by their ids.
_SILENT = 50
_SILENT_CELLS, _LEAST = 400_000, 1e-12

_FEW_LINES, _FEWEST_LINES_FOR_DENSE = 4, 16
_CELLS_AT_ONCE = 6_000_000
_MOST_LINES, _FEWEST_LINES = 256, 64
_LANES = (32, 16, 8, 4, 2)

Run = Callable[..., Iterator]


@dataclass(frozen=True)
class Found:
    """Candidates of all lines."""

    starts: np.ndarray
    """int64, where those of each line start, and the end."""
    others: np.ndarray
    """int32."""
    tiers: np.ndarray
    """int8, the first tier that holds each."""

    def of(self, lines: slice) -> tuple[PairList, np.ndarray]:
        """The pairs of some lines, and their tiers."""
        chosen = slice(self.starts[lines.start], self.starts[lines.stop])
        counts = np.diff(self.starts[lines.start : lines.stop + 1])
        rows = np.repeat(np.arange(lines.start, lines.stop), counts)
        return PairList(rows, self.others[chosen].astype(np.int64)), self.tiers[chosen]


def tiers_for(most: int) -> int:
    """How many tiers serve lists of so many."""
    tiers = 1
    while SERVED * TIER ** (tiers - 1) < most:
        tiers += 1
    return tiers


class Candidates:
    """Finds the candidates of the lines of a comparison."""

    def __init__(self, comparison: Comparison, *, by_words: int | None = None, nearby: int | None = None) -> None:
        """by_words, nearby: other numbers than BY_WORDS and NEARBY in the first tier."""
        self._comparison = comparison
        self._by_words = BY_WORDS if by_words is None else by_words
        self._by_nearness = NEARBY if nearby is None else nearby
        lines, others = comparison.lines, comparison.others
        self._lines, self._others = lines, others
        self._asking, self._asked = lines.postings, others.postings
        self._shared = Shared(self._asking.words, self._asked.words)
        self._pairs = Shared(self._asking.pairs, self._asked.pairs)
        self._alive = np.flatnonzero(self._living(others))
        self._lively = self._living(lines)
        self._nearby = max(comparison.offers.texts.nearby * text.LATENT_SCALE**2, 1.0)

    def _living(self, shelf: Shelf) -> np.ndarray:
        """Which listings are published and not closed."""
        living, today = shelf.side.columns.published.copy(), self._comparison.today
        if today is not None:
            living &= ~np.asarray(shelf.side.columns.closes < today.toordinal())
        if shelf.gone is not None:
            living &= ~shelf.gone
        return living

    def find(self, run: Run, *, top: int, near_misses: int) -> Found:
        """The candidates of every line: those that the gates let pass and, for near misses, those that they refuse."""
        asked = [(top, False)] * (top > 0) + [(near_misses, True)] * (near_misses > 0)
        found: list[PairsFound] = []
        for find, blocks in (
            (self._of_block, self._blocks(whole=near_misses > 0)),
            (self._of_silent, self._silent_blocks()),
        ):
            found += run(find, [(block, most, refused) for block in blocks for most, refused in asked])
        return _assembled(len(self._lines), found)

    def _blocks(self, *, whole: bool) -> Iterator[np.ndarray]:
        """Lines that the gates let have about the same others."""
        columns = self._lines.side.columns
        lines = np.flatnonzero(self._lively & ~self._lines.silent)
        most = min(_MOST_LINES, max(1, _CELLS_AT_ONCE // max(1, len(self._alive))))
        gate = columns.territory if self._comparison.by_need else columns.perimeter
        group = self._lines.side.ground.groups[gate]
        if whole or len(lines) <= most:
            yield from (lines[at : at + most] for at in range(0, len(lines), most))
            return
        order = np.lexsort((gate[lines], group[lines], columns.kinds[lines]))
        lines = lines[order]
        key = columns.kinds[lines].astype(np.int64) * (group.max(initial=0) + 2) + group[lines]
        start = 0
        borders = np.append(np.flatnonzero(np.diff(key)) + 1, len(lines)).tolist()
        for border in borders:
            while border - start >= _MOST_LINES:
                yield lines[start : start + _MOST_LINES]
                start += _MOST_LINES
            if border - start >= _FEWEST_LINES:
                yield lines[start:border]
                start = border
        if start < len(lines):
            yield lines[start:]

    def _silent_blocks(self) -> Iterator[np.ndarray]:
        lines = np.flatnonzero(self._lively & self._lines.silent)
        step = max(1, _SILENT_CELLS // max(1, len(self._alive)))
        return (lines[at : at + step] for at in range(0, len(lines), step))

    def _of_silent(self, work: tuple[np.ndarray, int, bool]) -> PairsFound:
        """Lines that have neither words nor themes: the best by their facts alone."""
        lines, most, refused = work
        grid = self._comparison.grid(lines, self._alive)
        closed = np.zeros(grid.score.shape, bool)
        for refuses in grid.refused.values():
            closed |= refuses
        scores = np.where(grid.speaks & (closed == refused), np.maximum(grid.score, _LEAST), -1)
        rank = self._others.order[self._alive]
        rows, columns, tiers = _highest(scores, _LEAST, self._by_words + self._by_nearness, tiers_for(most), rank)
        return PairsFound(lines[rows], self._alive[columns], tiers)

    def _of_block(self, work: tuple[np.ndarray, int, bool]) -> PairsFound:
        lines, most, refused = work
        meetings = self._comparison.meetings(lines)
        others = self._alive if refused else self._alive[self._open_to_some(lines, meetings)]
        step = max(1, _CELLS_AT_ONCE // max(1, len(others)))
        parts = [
            self._of_lines(lines[at : at + step], others, meetings, most, refused=refused)
            for at in range(0, len(lines), step)
        ]
        return PairsFound.joined(parts)

    def _open_to_some(self, lines: np.ndarray, meetings: Meetings) -> np.ndarray:
        """bool, one for each of the living: whether kinds and perimeter may let it pass for some of the lines."""
        held, offered = self._lines.side.columns, self._others.side.columns
        kinds = held.kinds[lines]
        wanted = ALL_KINDS if (kinds == 0).any() else np.bitwise_or.reduce(kinds)
        theirs = offered.kinds[self._alive]
        some: np.ndarray = (theirs & wanted != 0) | (theirs == 0)
        mine, place = (
            (held.territory, offered.perimeter) if self._comparison.by_need else (held.perimeter, offered.territory)
        )
        places = np.unique(mine[lines])
        if len(places) and places[0] == UNKNOWN:
            return some
        grounds = np.append(np.arange(len(self._others.side.ground.places)), UNKNOWN)
        pairs = (places[:, None], grounds) if self._comparison.by_need else (grounds, places[:, None])
        open_to = np.logical_not(np.all(meetings.apart(*pairs), axis=0))
        passed: np.ndarray = some & open_to[place[self._alive]]
        return passed

    def _of_lines(
        self, lines: np.ndarray, others: np.ndarray, meetings: Meetings, most: int, *, refused: bool
    ) -> PairsFound:
        if not len(others):
            return PairsFound.none()
        closed, at = self._closed(lines, others, meetings, refused=refused)
        tiers = tiers_for(most)
        rank = self._others.order[others]
        found = []
        for find, least, base in (
            (self._covered, 1.0, self._by_words),
            (self._near, self._nearby, self._by_nearness),
        ):
            scores = find(lines, others) if base else None
            if scores is None:
                continue
            if closed is not None:
                scores[closed[at] if len(closed) > 1 else np.broadcast_to(closed, scores.shape)] = -1
            found.append(_highest(scores, least, base, tiers, rank))
        silent = np.flatnonzero(self._others.silent[others])
        if len(silent) and not refused:
            silent = silent[np.argsort(rank[silent])][:_SILENT]
            rows = np.repeat(np.arange(len(lines)), len(silent))
            found.append((rows, np.tile(silent, len(lines)), np.zeros(len(rows), np.int8)))
        rows, columns, tier = (np.concatenate(each) for each in zip(*found, strict=True))
        return PairsFound(lines[rows], others[columns], tier)

    def _closed(
        self, lines: np.ndarray, others: np.ndarray, meetings: Meetings, *, refused: bool
    ) -> tuple[np.ndarray | None, np.ndarray]:
        """bool, alike lines x others: the pairs that are no candidates; and which of the alike each line is."""
        alike, at = _alike(self._lines.side.columns.take(lines))
        of_lines, of_others = alike.upright(), self._others.side.columns.take(others)
        needs, offers = (of_lines, of_others) if self._comparison.by_need else (of_others, of_lines)
        refusals = gates.refusals(needs, offers, meetings, None)
        shape = (len(alike.row), len(others))
        closed = np.zeros(shape, bool)
        for refuses in refusals.values():
            closed |= refuses
        if refused:
            closed = ~closed
        return (closed if closed.any() else None), at

    def _covered(self, lines: np.ndarray, others: np.ndarray) -> np.ndarray:
        """float32, lines x others: whole numbers, how much of the need its words and themes cover."""
        scores = self._of_words(lines, others)
        pairs = self._pairs.asked(lines) @ self._asked.pairs.by_term
        if len(others) < len(self._others):
            place = np.full(len(self._others), -1, np.int32)
            place[others] = np.arange(len(others))
            at = place[pairs.indices]
            held = at >= 0
            starts = np.concatenate([[0], np.cumsum(held)])[pairs.indptr]
            pairs = float_rows(pairs.data[held], at[held], starts, scores.shape)
        return scores + pairs

    def _of_words(self, lines: np.ndarray, others: np.ndarray) -> np.ndarray:
        asked, held = self._shared.asked(lines), self._asked
        every = len(others) == len(self._others)
        if len(lines) <= _FEW_LINES and not every:
            # To turn the rows of some others takes longer than to meet them all.
            met: np.ndarray = (asked @ held.words.by_term).toarray()[:, others]
            return met
        by_term = held.words.by_term if every else transposed(held.words.rows[others])
        if len(lines) < _FEWEST_LINES_FOR_DENSE or not len(held.common):
            return (asked @ by_term).toarray()
        scores = asked[:, held.common].toarray() @ (held.dense if every else held.dense[others]).T
        return scores + held.without_common(asked) @ by_term

    def _near(self, lines: np.ndarray, others: np.ndarray) -> np.ndarray | None:
        """float32, lines x others: whole numbers, the products of what their latent vectors tell first."""
        if not self._asked.coarse.shape[1]:
            return None
        held = self._asked.coarse if len(others) == len(self._others) else self._asked.coarse[others]
        asking = self._asking.coarse[lines]
        if len(lines) == 1:
            # Read once from end to end: a product of matrices takes longer.
            return (held @ asking[0])[None, :]
        return asking @ held.T


@dataclass(frozen=True)
class PairsFound:
    """Candidates of some lines, in no order; some may stand twice."""

    lines: np.ndarray
    others: np.ndarray
    tiers: np.ndarray

    @classmethod
    def none(cls) -> PairsFound:
        """No candidate."""
        return cls(np.zeros(0, np.int64), np.zeros(0, np.int64), np.zeros(0, np.int8))

    @classmethod
    def joined(cls, parts: list[PairsFound]) -> PairsFound:
        """Those of all parts, each pair once with its first tier, by line and other."""
        if not parts:
            return cls.none()
        lines, others, tiers = (np.concatenate([getattr(part, each.name) for part in parts]) for each in fields(cls))
        key = (lines.astype(np.int64) << 36) | (others.astype(np.int64) << 4) | tiers
        key.sort()
        pair = key >> 4
        first = np.flatnonzero(np.diff(pair, prepend=-1))
        pair = pair[first]
        return cls(pair >> 32, (pair & (2**32 - 1)).astype(np.int32), (key[first] & 15).astype(np.int8))


def _assembled(lines: int, found: list[PairsFound]) -> Found:
    counts = np.zeros(lines, np.int64)
    for part in found:
        counts += np.bincount(part.lines, minlength=lines) if len(part.lines) else 0
    starts = np.concatenate([[0], np.cumsum(counts)])
    filled = starts[:-1].copy()
    others, tiers = np.zeros(starts[-1], np.int32), np.zeros(starts[-1], np.int8)
    for part in found:
        if not len(part.lines):
            continue
        # A part holds its lines in growing order.
        first = np.flatnonzero(np.diff(part.lines, prepend=-1))
        length = np.diff(np.append(first, len(part.lines)))
        own = part.lines[first]
        at = np.repeat(filled[own] - first, length) + np.arange(len(part.lines))
        others[at], tiers[at] = part.others, part.tiers
        filled[own] += length
    return Found(starts, others, tiers)


def _alike(columns: Columns) -> tuple[Columns, np.ndarray]:
    """One line for all that the gates treat alike, and which of them each line is."""
    values = [
        getattr(columns, each.name).reshape(len(columns.row), -1).astype(float)
        for each in fields(columns)
        if each.name not in ("row", "themes", "closes", "published")
    ]
    table = np.nan_to_num(np.concatenate(values, axis=1), nan=-9.0, posinf=1e300)
    _, first, at = np.unique(table, axis=0, return_index=True, return_inverse=True)
    taken = columns.take(first)
    return replace(taken, published=np.ones(len(first), bool)), at.reshape(-1)


def _highest(
    scores: np.ndarray, least: float, base: int, tiers: int, rank: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Rows, columns and tiers of the highest scores of each row, ties in the order of ids."""
    most = base * TIER ** (tiers - 1)
    height, width = scores.shape
    bound = np.full(height, least, scores.dtype)
    lanes = next((lanes for lanes in _LANES if width // lanes >= 4 * most), 1)
    if width > most:
        # Each lane's maximum is one of the scores: so many of them stand above the bound, and so do all the highest.
        whole = width // lanes * lanes
        tops = scores[:, :whole].reshape(height, lanes, -1).max(axis=1) if lanes > 1 else scores
        np.maximum(bound, np.partition(tops, tops.shape[1] - most, axis=1)[:, tops.shape[1] - most], out=bound)
    at = np.flatnonzero(scores >= bound[:, None])
    rows, columns = np.divmod(at, width)
    order = np.lexsort((rank[columns], -scores.reshape(-1)[at], rows))
    rows, columns = rows[order], columns[order]
    starts = np.flatnonzero(np.diff(rows, prepend=-1))
    place = np.arange(len(rows)) - np.repeat(starts, np.diff(np.append(starts, len(rows))))
    kept = place < most
    limits = np.array([base * TIER**tier for tier in range(tiers)])
    return rows[kept], columns[kept], np.searchsorted(limits, place[kept], side="right").astype(np.int8)
