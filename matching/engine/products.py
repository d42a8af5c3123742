"""Sums of products over the terms that two listings share, for whole grids of pairs or for lists of chosen pairs.

What stands in the rows is kept to multiples of small powers of two, so that sums come out exact: the same bits in
whatever order, direction, block or thread they are made, and in a grid as in a list.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from copy import copy
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import overload

import numpy as np
from scipy import sparse
from scipy.sparse._sparsetools import csr_matvec

EVERY = slice(None)
Rows = slice | np.ndarray

# Offers' weights are multiples of WEIGHT_STEP, needs' counts of COUNT_STEP; float32 holds sums of their products
# exactly below _EXACT.
WEIGHT_STEP, COUNT_STEP = 1 / 64, 1 / 4
_EXACT = 2**24 * WEIGHT_STEP * COUNT_STEP
# Lines whose chosen pairs are summed in one go.
_LINES_AT_ONCE = 128
# So many terms are kept each alone; packed ones are worked on so many at once.
_MOST_HELD = 200_000
_TERMS_AT_ONCE = 50_000
_ENTRIES_AT_ONCE = 1_000_000
_MOST_IN_32_BITS = 2**31 - 1
# What it costs to look a pair up among all listings that hold a term, beside an entry of a chosen row.
_COST_OF_POSTING = 4.0


class Packed(Sequence[str]):
    """Millions of terms in one string of bytes: they are seldom read, and each alone would take its sixty bytes."""

    def __init__(self, terms: Iterable[str]) -> None:
        encoded = [term.encode(errors="surrogatepass") for term in terms]
        self._ends = np.cumsum([len(each) for each in encoded], dtype=np.int64)
        self._bytes = np.frombuffer(b"".join(encoded), np.uint8)

    def moved(self, move: Callable[[np.ndarray], np.ndarray]) -> Packed:
        """The same terms in other arrays of the same numbers."""
        there = copy(self)
        there._ends, there._bytes = move(self._ends), move(self._bytes)
        there._hashes = tuple(map(move, self._hashes))
        return there

    def __len__(self) -> int:
        return len(self._ends)

    @overload
    def __getitem__(self, at: int) -> str: ...

    @overload
    def __getitem__(self, at: slice) -> list[str]: ...

    def __getitem__(self, at: int | slice) -> str | list[str]:
        if isinstance(at, slice):
            return [self[each] for each in range(*at.indices(len(self)))]
        at = range(len(self))[at]
        start = self._ends[at - 1] if at else 0
        return self._bytes[start : self._ends[at]].tobytes().decode(errors="surrogatepass")

    def __iter__(self) -> Iterator[str]:
        start, every = 0, self._bytes.tobytes()
        for end in self._ends.tolist():
            yield every[start:end].decode(errors="surrogatepass")
            start = end

    @cached_property
    def _hashes(self) -> tuple[np.ndarray, ...]:
        """The hash of each term, in growing order, and whose it is."""
        hashes = self._hashed()
        order = np.argsort(hashes, kind="stable").astype(np.int32)
        return hashes[order], order

    def _hashed(self) -> np.ndarray:
        """uint64, a hash of each term: its bytes times numbers that chance gave to their places."""
        hashes = np.zeros(len(self), np.uint64)
        for first in range(0, len(self), _TERMS_AT_ONCE):
            some = np.arange(first, min(first + _TERMS_AT_ONCE, len(self)))
            at, starts = self._bytes_of(some)
            place = np.arange(len(at)) - np.repeat(starts, np.diff(starts, append=len(at)))
            table = np.random.default_rng(0).integers(1, 2**64, place.max(initial=0) + 1, np.uint64)
            sums = np.concatenate([np.zeros(1, np.uint64), np.cumsum(self._bytes[at] * table[place], dtype=np.uint64)])
            hashes[some] = np.diff(sums[np.append(starts, len(at))])
        return hashes

    def _bytes_of(self, terms: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Where the bytes of some terms stand, one term after the other, and where each begins among them."""
        lengths = self._lengths(terms)
        starts = np.cumsum(lengths) - lengths
        return np.arange(lengths.sum()) + np.repeat(self._ends[terms] - lengths - starts, lengths), starts

    def _lengths(self, terms: np.ndarray) -> np.ndarray:
        before: np.ndarray = np.where(terms > 0, self._ends[terms - 1], 0)
        return self._ends[terms] - before

    def places(self, wanted: Sequence[str]) -> np.ndarray:
        """int64, where each wanted term stands; -1 where it does not."""
        found = np.full(len(wanted), -1, np.int64)
        if not (len(wanted) and len(self)):
            return found
        asked = wanted if isinstance(wanted, Packed) else Packed(wanted)
        asked_hashes = asked._hashed()
        hashes, order = self._hashes
        place = np.searchsorted(hashes, asked_hashes)
        # Terms of one hash stand side by side.
        left = np.arange(len(wanted))
        while len(left):
            alike = hashes[np.minimum(place[left], len(hashes) - 1)] == asked_hashes[left]
            left = left[alike & (place[left] < len(hashes))]
            same = self._same(order[place[left]], asked, left)
            found[left[same]] = order[place[left[same]]]
            left = left[~same]
            place[left] += 1
        return found

    def _same(self, terms: np.ndarray, other: Packed, others: np.ndarray) -> np.ndarray:
        """bool, whether each of some terms is one of the other's."""
        same = self._lengths(terms) == other._lengths(others)
        for block in np.array_split(np.flatnonzero(same), -(-len(same) // _TERMS_AT_ONCE) or 1):
            (mine, starts), (theirs, _) = self._bytes_of(terms[block]), other._bytes_of(others[block])
            unlike = np.concatenate([[0], np.cumsum(self._bytes[mine] != other._bytes[theirs])])
            same[block] = np.diff(unlike[np.append(starts, len(mine))]) == 0
        return same


def packed(terms: Sequence[str]) -> Sequence[str]:
    """The same terms, packed where they are many."""
    return Packed(terms) if len(terms) > _MOST_HELD and not isinstance(terms, Packed) else terms


class Positions:
    """Where each of some terms stands."""

    def __init__(self, terms: Sequence[str]) -> None:
        self._terms = terms
        self._held = {} if isinstance(terms, Packed) else {term: position for position, term in enumerate(terms)}

    def __len__(self) -> int:
        return len(self._terms)

    def of(self, wanted: Sequence[str]) -> np.ndarray:
        """int64, where each wanted term stands; -1 where it does not."""
        if wanted is self._terms:
            return np.arange(len(wanted))
        if isinstance(self._terms, Packed):
            return self._terms.places(wanted)
        return np.array([self._held.get(term, -1) for term in wanted], np.int64)


@dataclass(frozen=True, eq=False)
class Weighed:
    """How much each term weighs in each listing of one side."""

    terms: Sequence[str]
    """In alphabetical order, one for each column."""
    rows: sparse.csr_array
    """float32, listings x terms, made by float_rows()."""
    share: Callable[[np.ndarray], np.ndarray] | None = None
    """Where processes share what is large: what keeps an array for all of them."""

    @cached_property
    def positions(self) -> Positions:
        """The column of each term."""
        return Positions(self.terms)

    @cached_property
    def by_term(self) -> sparse.csr_array:
        """float32, terms x listings."""
        rows = transposed(self.rows)
        return moved(rows, self.share) if self.share else rows

    @cached_property
    def heaviest(self) -> np.ndarray:
        """float32, the largest weight of each term."""
        heaviest, rows = np.zeros(len(self.terms), np.float32), self.rows
        for first in range(0, rows.nnz, _ENTRIES_AT_ONCE):
            some = slice(first, first + _ENTRIES_AT_ONCE)
            # By numbers of the machine's own width: others would be turned into them one by one.
            np.maximum.at(heaviest, rows.indices[some].astype(np.intp), rows.data[some])
        return heaviest

    @cached_property
    def listings_with(self) -> np.ndarray:
        """int32, how many listings hold each term."""
        return np.bincount(self.rows.indices, minlength=len(self.terms)).astype(np.int32)

    @cached_property
    def pattern(self) -> Weighed:
        """1 for each term of each listing."""
        rows = self.rows
        ones = np.ones(rows.nnz, np.float32)
        return Weighed(self.terms, float_rows(ones, rows.indices, rows.indptr, rows.shape))

    def at(self, row: int) -> tuple[np.ndarray, np.ndarray]:
        """The columns and the weights of one listing."""
        entries = slice(self.rows.indptr[row], self.rows.indptr[row + 1])
        return self.rows.indices[entries], self.rows.data[entries]


@dataclass(frozen=True, eq=False)
class PairList:
    """Chosen pairs of lines and others, the lines in growing order."""

    lines: np.ndarray
    """int64, the row of the line of each pair."""
    others: np.ndarray
    """int64, the row of the other listing."""

    @cached_property
    def falling(self) -> np.ndarray:
        """int64, the pairs by line, those of each line from the last of the others to the first."""
        return np.lexsort((-self.others, self.lines))


def float_rows(data: np.ndarray, columns: np.ndarray, starts: np.ndarray, shape: tuple[int, ...]) -> sparse.csr_array:
    """float32, with numbers of 32 bits for the columns wherever they suffice: half the memory, and half of what is
    moved with every product."""
    width = np.int32 if max(len(data), *shape) <= _MOST_IN_32_BITS else np.int64
    parts = (data.astype(np.float32, copy=False), columns.astype(width, copy=False), starts.astype(width, copy=False))
    return sparse.csr_array(parts, shape=shape)


def narrow(rows: sparse.csr_array) -> sparse.csr_array:
    """The same by float_rows()."""
    return float_rows(rows.data, rows.indices, rows.indptr, rows.shape)


def moved(rows: sparse.csr_array, move: Callable[[np.ndarray], np.ndarray]) -> sparse.csr_array:
    """The same rows in other arrays of the same numbers."""
    return float_rows(move(rows.data), move(rows.indices), move(rows.indptr), rows.shape)


def transposed(rows: sparse.csr_array) -> sparse.csr_array:
    """Terms x listings for listings x terms."""
    return narrow(rows.T.tocsr())


class Shared:
    """What lines and others have in common in one family of terms."""

    def __init__(self, lines: Weighed, others: Weighed) -> None:
        self._lines, self._others = lines, others
        self._columns = others.positions.of(lines.terms)
        self.empty = not (self._columns >= 0).any()

    def asked(self, rows: Rows) -> sparse.csr_array:
        """float32, some lines x the terms of the others."""
        held = self._lines.rows
        every = rows == EVERY if isinstance(rows, slice) else len(rows) == held.shape[0] == 1
        chosen = held if every else held[rows]
        columns = self._columns[chosen.indices]
        known = columns >= 0
        starts = np.concatenate([[0], np.cumsum(known)])[chosen.indptr]
        return float_rows(chosen.data[known], columns[known], starts, (chosen.shape[0], len(self._others.terms)))

    def grid(self, rows: Rows, columns: Rows) -> np.ndarray:
        """float32, some lines x some others; exact but where texts are very long."""
        by_term = self._others.by_term
        if not (isinstance(columns, slice) and columns == EVERY):
            by_term = transposed(self._others.rows[columns])
        return (self.asked(rows) @ by_term).toarray()

    def list(self, pairs: PairList) -> np.ndarray:
        """float64, one exact sum for each pair."""
        found = np.zeros(len(pairs.lines))
        if self.empty:
            return found
        starts = np.flatnonzero(np.diff(pairs.lines, prepend=-1))
        lines, starts = pairs.lines[starts], np.append(starts, len(found))
        for first in range(0, len(lines), _LINES_AT_ONCE):
            block = lines[first : first + _LINES_AT_ONCE]
            bounds = starts[first : first + len(block) + 1]
            chosen = slice(bounds[0], bounds[-1])
            order = pairs.falling[chosen]
            found[order] = self._of_block(self.asked(block), bounds - bounds[0], pairs.others[order])
        return found

    def _of_block(self, asked: sparse.csr_array, bounds: np.ndarray, others: np.ndarray) -> np.ndarray:
        """The sums of the pairs of some lines: those of each stand between two bounds, their others fall."""
        if not asked.nnz:
            return np.zeros(len(others))
        held = self._others.rows
        starts, ends = held.indptr[others], held.indptr[others + 1]
        postings = int(self._others.listings_with[asked.indices].sum())
        exact = (asked @ self._others.heaviest).max() < _EXACT
        if postings * _COST_OF_POSTING < int((ends - starts).sum()):
            return self._looked_up(asked if exact else asked.astype(np.float64), bounds, others)
        if not exact:
            rows = held[others].astype(np.float64)
            dense = asked.astype(np.float64).toarray()
            return np.concatenate([rows[a:b] @ terms for terms, (a, b) in zip(dense, pairwise(bounds), strict=True)])
        return _summed(held, asked, bounds, others)

    def _looked_up(self, asked: sparse.csr_array, bounds: np.ndarray, others: np.ndarray) -> np.ndarray:
        """The same for rare terms: all products of these lines are fewer than the entries of the chosen rows."""
        products = asked @ self._others.by_term
        lines, width = np.arange(len(bounds) - 1), products.shape[1]
        keys = np.repeat(lines, np.diff(products.indptr)) * width + products.indices
        order = np.argsort(keys)
        keys, sums = np.append(keys[order], len(lines) * width), np.append(products.data[order], 0)
        wanted = np.repeat(lines, np.diff(bounds)) * width + others
        at = np.searchsorted(keys, wanted)
        return np.where(keys[at] == wanted, sums[at], 0).astype(np.float64)


def _summed(held: sparse.csr_array, asked: sparse.csr_array, bounds: np.ndarray, others: np.ndarray) -> np.ndarray:
    """The sums of Shared._of_block(): the rows are read where they lie, which a product of their copies would double.

    The routine behind every product of scipy reads rows from start to start. Here each row is followed by a row from
    its end to the start of the next, which holds nothing as long as the rows stand in falling order.
    """
    reads = np.stack([held.indptr[others], held.indptr[others + 1]], axis=1).ravel()
    sums = np.zeros(len(reads), held.data.dtype)
    terms = np.zeros(held.shape[1], held.data.dtype)
    starts = asked.indptr.tolist()
    for line, (first, last) in enumerate(pairwise((2 * bounds).tolist())):
        mine = slice(starts[line], starts[line + 1])
        if first == last or mine.start == mine.stop:
            continue
        terms[asked.indices[mine]] = asked.data[mine]
        height = last - first - 1
        csr_matvec(height, len(terms), reads[first:last], held.indices, held.data, terms, sums[first : last - 1])
        terms[asked.indices[mine]] = 0
    return sums[::2]


class Products:
    """The families of terms of lines and others, side by side: asked of grids and of lists alike."""

    def __init__(self, lines: dict[str, Weighed], others: dict[str, Weighed]) -> None:
        self._lines, self._others = lines, others
        self._shared: dict[tuple[str, bool], Shared] = {}

    def shared(self, family: str, *, pattern: bool = False) -> Shared:
        """One family; `pattern` counts the shared terms, whatever they weigh."""
        key = (family, pattern)
        if key not in self._shared:
            lines, others = self._lines[family], self._others[family]
            self._shared[key] = Shared(lines.pattern, others.pattern) if pattern else Shared(lines, others)
        return self._shared[key]
