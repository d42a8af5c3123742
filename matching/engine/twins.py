"""Listings that repeat one another: copies of a text, with the same facts, count once in a list.

Who copies an offer fifty times must not fill fifty places of a list. A match whose title and text are those of an
earlier one that its line keeps, to the letter, is left out of that line; the next one takes its place. So is one
that only adds a few words to it. Of texts that are only much alike (offers that open with the same paragraph) two
stay, and further ones are left out.
Nothing is lost: the copies are still there, and the next
of them stands in once the first is removed, refused or dismissed. "Earlier" is by score, then by id, so the best of the
copies is kept, the one of the lower id where they tie. Scores do not change, and since only earlier matches decide, a
shorter list still begins a longer one.

Where a fact differs (another place, other dates, another room) both stay: they may be two true offers. Neither does a
text of a few words make a copy: many town halls lend a "Salle des fêtes".
"""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Sequence
from dataclasses import fields

import numpy as np

from matching.engine.listings import Listing
from matching.engine.text import Bag

# Two texts are alike where they share this much of their stems (intersection over union), and have so many.
ALIKE = 0.85
# Of two that are alike, one that holds so much of the other is that text with a few words more.
_HELD = 0.97
FEWEST_STEMS = 8
_MOST_ALIKE = 2

# A sketch holds the smallest of each of so many hashes of the stems: two sketches agree on about as many of them as the
# texts share of their stems. It only spares the exact comparison, so it lets pass a little less.
_HASHES = 16
_LIKELY = 10
_OF_THE_TEXT = {"id", "title", "text"}
_NOTHING = np.uint32(0)
_WIDE = 64
_MOST_REMEMBERED = 200_000


def sketches(stems: Bag) -> np.ndarray:
    """uint32, listings x 16: the sketch of each listing, from its own stems alone; zeros where they are too few."""
    counts = stems.counts
    lengths = np.diff(counts.indptr)
    long_enough = np.flatnonzero(lengths >= FEWEST_STEMS)
    sketched = np.full((len(lengths), _HASHES), _NOTHING)
    if not len(long_enough):
        return sketched
    named = np.array([zlib.crc32(term.encode()) for term in stems.terms], np.uint64)
    chance = np.random.default_rng(0)
    factors = chance.integers(1, 2**63, _HASHES, np.uint64) | np.uint64(1)
    # Rows that are left out lie between those that are kept: their terms must not be counted with those before.
    kept = np.repeat(lengths >= FEWEST_STEMS, lengths)
    of_terms = counts.indices[kept]
    starts = np.concatenate([[0], np.cumsum(lengths[long_enough])[:-1]])
    for at, factor in enumerate(factors):
        hashed = ((named * factor) >> np.uint64(32)).astype(np.uint32)
        sketched[long_enough, at] = np.minimum.reduceat(hashed[of_terms], starts)
    return sketched


class Twins:
    """Which listings of one side repeat one another."""

    def __init__(self, stems: Bag, listings: Sequence[Listing]) -> None:
        """stems: the bag of these listings, in their order."""
        self.sketches = sketches(stems)
        self._stems = stems
        self._listings = listings
        self._alike: dict[tuple[int, int], bool] = {}

    def repeats(self, lists: np.ndarray) -> np.ndarray:
        """bool, lines x places: whether each match repeats one that its line keeps before it.

        lists: int, lines x places, rows of listings, best first; -1 fills up and repeats nothing.
        """
        if lists.shape[1] > _WIDE:
            return np.stack([self._repeats_in(line) for line in lists])
        repeated = np.zeros(lists.shape, bool)
        if lists.shape[1] < 2 or not len(self.sketches):
            return repeated
        held = self.sketches[lists]
        counts = (lists >= 0) & (held != _NOTHING).any(axis=-1)
        for place in range(1, lists.shape[1]):
            likely = self._likely(held[:, :place], held[:, place, None]) & counts[:, :place] & counts[:, place, None]
            for line in np.flatnonzero(likely.any(axis=1)):
                earlier = lists[line, :place][likely[line] & ~repeated[line, :place]]
                repeated[line, place] = self._adds_nothing(lists[line, place], earlier)
        return repeated

    def _repeats_in(self, line: np.ndarray) -> np.ndarray:
        """The same for one long line: each match is held only against those that are kept."""
        repeated = np.zeros(len(line), bool)
        kept: list[int] = []
        for place, row in enumerate(line.tolist()):
            if row < 0 or not self.sketches[row].any():
                continue
            likely = np.flatnonzero(self._likely(self.sketches[kept], self.sketches[row])) if kept else ()
            repeated[place] = self._adds_nothing(row, [kept[other] for other in likely])
            if not repeated[place]:
                kept.append(row)
        return repeated

    @staticmethod
    def _likely(sketched: np.ndarray, other: np.ndarray) -> np.ndarray:
        likely: np.ndarray = np.count_nonzero(sketched == other, axis=-1) >= _LIKELY
        return likely

    def _adds_nothing(self, row: int, kept: Iterable[int]) -> bool:
        """Whether a listing is the same as one of those, or the third of their like."""
        alike = [other for other in kept if self._are_alike(row, other)]
        return len(alike) >= _MOST_ALIKE or any(self._are_the_same(row, other) for other in alike)

    def _are_the_same(self, row: int, other: int) -> bool:
        """Whether two listings that are alike are one text, to the letter or with a few words more."""
        if self._texts(row) == self._texts(other):
            return True
        of_row, of_other = self._stems_of(row), self._stems_of(other)
        both = len(np.intersect1d(of_row, of_other, assume_unique=True))
        return both >= _HELD * min(len(of_row), len(of_other))

    def _texts(self, row: int) -> tuple[str, str]:
        return self._listings[row].title, self._listings[row].text

    def _names(self, row: int) -> frozenset[str]:
        return frozenset(self._stems.terms[column] for column in self._stems_of(row).tolist())

    def _are_alike(self, a: int, b: int) -> bool:
        pair = (int(min(a, b)), int(max(a, b)))
        if pair not in self._alike:
            if len(self._alike) >= _MOST_REMEMBERED:
                self._alike.clear()
            self._alike[pair] = self._compared(*pair)
        return self._alike[pair]

    def _compared(self, a: int, b: int) -> bool:
        of_a, of_b = self._stems_of(a), self._stems_of(b)
        both = len(np.intersect1d(of_a, of_b, assume_unique=True))
        return _share_enough(both, len(of_a), len(of_b)) and _facts(self._listings[a]) == _facts(self._listings[b])

    def _stems_of(self, row: int) -> np.ndarray:
        counts = self._stems.counts
        stems: np.ndarray = counts.indices[counts.indptr[row] : counts.indptr[row + 1]]
        return stems


def repeats_across(found: Sequence[tuple[Twins, int]]) -> np.ndarray:
    """bool, whether each of some matches, best first, repeats one before it that is kept: rows of several sides."""
    sketched = np.array([twins.sketches[row] for twins, row in found]).reshape(len(found), _HASHES)
    agreed = np.count_nonzero(sketched[:, None] == sketched[None], axis=-1)
    likely = np.tril((agreed >= _LIKELY) & (sketched != _NOTHING).any(axis=-1), -1)
    repeated = np.zeros(len(found), bool)
    for at in np.flatnonzero(likely.any(axis=1)).tolist():
        kept = [found[other] for other in np.flatnonzero(likely[at] & ~repeated).tolist()]
        alike = [other for other in kept if _alike_across(found[at], other)]
        same = any(_same_across(found[at], other) for other in alike)
        repeated[at] = same or len(alike) >= _MOST_ALIKE
    return repeated


def _alike_across(a: tuple[Twins, int], b: tuple[Twins, int]) -> bool:
    (twins, row), (others, other) = a, b
    if twins is others:
        return twins._are_alike(row, other)
    of_a, of_b = twins._names(row), others._names(other)
    enough = _share_enough(len(of_a & of_b), len(of_a), len(of_b))
    return enough and _facts(twins._listings[row]) == _facts(others._listings[other])


def _same_across(a: tuple[Twins, int], b: tuple[Twins, int]) -> bool:
    (twins, row), (others, other) = a, b
    if twins is others:
        return twins._are_the_same(row, other)
    of_a, of_b = twins._names(row), others._names(other)
    both = len(of_a & of_b)
    return twins._texts(row) == others._texts(other) or both >= _HELD * min(len(of_a), len(of_b))


def _share_enough(both: int, a: int, b: int) -> bool:
    return min(a, b) >= FEWEST_STEMS and both >= ALIKE * (a + b - both)


def _facts(listing: Listing) -> list[object]:
    """Everything but the text, in one order: what is a list is a set."""
    values = [getattr(listing, each.name) for each in fields(listing) if each.name not in _OF_THE_TEXT]
    return [frozenset(value) if type(value) is tuple else value for value in values]
