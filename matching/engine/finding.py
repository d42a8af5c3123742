"""Listings found by the words that somebody types: accents, endings and slips of the keyboard do not matter.

The words are read as the matcher reads them (see analyser.py) and weighed by the same BM25; a word that no listing
holds is read as those it begins, or as the one it was meant to be. Two listings are never compared here, and no rule
applies: whoever asks holds what was found against rules of their own.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import NamedTuple

import numpy as np
from scipy import sparse

from matching.engine.analyser import Analyser, word_matches
from matching.engine.cleaning import clean

# BM25's constants, as in text.py; a title says what a text is about.
_K1, _B = 1.2, 0.75
_TITLE_WEIGHT = 2.0
# What is found covers so much of the weight of what was typed.
_COVERED = 0.5
# Nobody types more into a search box; what follows is not read.
_MOST_WORDS = 12
# A word that no listing holds: so many letters tell which words it may begin, and how far it may be from one.
_OPENING, _ONE_SLIP, _TWO_SLIPS = 4, 4, 8
_MOST_MEANT = 40
# What a word found by its beginning or in spite of a slip is worth.
_GUESSED = 0.8
# Words that share most pairs of letters with the one typed are looked at closely.
_LOOKED_AT = 200
# So many listings that came since make one block with the first again.
_MOST_RECENT = 500


class Text(NamedTuple):
    """What is read of a listing."""

    id: int
    title: str
    text: str


@dataclass(frozen=True)
class Found:
    """What was found, best first."""

    ids: np.ndarray
    """int64."""
    stems: frozenset[str] = frozenset()
    """Those by which something was found."""
    read_as: dict[str, str] = field(default_factory=dict)
    """The typed words that no listing holds, and the word that was read instead."""
    unknown: tuple[str, ...] = ()
    """The typed words that no listing holds, nor anything like them."""


class Finder:
    """Some listings, read once. Nothing is ever changed in place: whoever asks keeps what was there."""

    def __init__(self, blocks: Sequence[_Block]) -> None:
        self._blocks = blocks

    @classmethod
    def of(cls, texts: Sequence[Text]) -> Finder:
        """These, read now."""
        return cls([_Block(texts)])

    def changed(self, texts: Sequence[Text], *, gone: Iterable[int] = ()) -> Finder:
        """The same with these new or edited ones, and without those that are gone."""
        left = {*gone, *(text.id for text in texts)}
        first, *recent = self._blocks
        kept = [text for block in recent for text in block.texts if text.id not in left]
        first = first.without(left)
        together = [*kept, *texts]
        if len(together) > max(_MOST_RECENT, len(first) // 10):
            return Finder([_Block([*first.living(), *together])])
        return Finder([first, _Block(together)] if together else [first])

    def find(self, typed: str) -> Found:
        """The listings that hold most of what was typed. Nothing for a text of which no word counts."""
        asked = _asked(typed)
        if not asked:
            return Found(np.zeros(0, np.int64))
        listings = sum(len(block) for block in self._blocks)
        wanted: list[tuple[float, dict[str, float]]] = []
        read_as: dict[str, str] = {}
        unknown: list[str] = []
        for word in asked:
            meant = self._meant(word)
            if not meant:
                unknown.append(word.written)
                wanted.append((float(np.log1p(2 * listings + 1)), {}))
                continue
            if word.stem not in meant.stems:
                read_as[word.written] = meant.said
            held = sum(block.listings_with(stem) for block in self._blocks for stem in meant.stems)
            rarity = float(np.log1p((listings - min(held, listings) + 0.5) / (held + 0.5)))
            wanted.append((rarity, meant.stems))
        of_all = sum(rarity for rarity, _ in wanted)
        found = [block.scores(wanted, of_all) for block in self._blocks]
        ids, scores = (np.concatenate(each) for each in zip(*found, strict=True))
        order = np.lexsort((-ids, -scores))
        stems = frozenset(stem for _, stems in wanted for stem in stems)
        return Found(ids[order], stems, read_as, tuple(unknown))

    def _meant(self, word: _Asked) -> _Meant | None:
        """The stems that a typed word stands for, each with what it is worth."""
        if any(block.listings_with(word.stem) for block in self._blocks):
            return _Meant({word.stem: 1.0}, word.written)
        begun = {
            other: stem
            for block in self._blocks
            for other, stem in (block.beginning(word.folded) if len(word.folded) >= _OPENING else ())
        }
        if begun:
            shortest = min(begun, key=lambda other: (len(other), other))
            return _Meant(dict.fromkeys(begun.values(), _GUESSED), shortest)
        near = [each for block in self._blocks for each in block.near(word.folded)]
        if not near:
            return None
        least = min(slips for slips, _, _ in near)
        closest = sorted({(other, stem) for slips, other, stem in near if slips == least})
        return _Meant({stem: _GUESSED for _, stem in closest}, closest[0][0])


class _Asked(NamedTuple):
    written: str
    folded: str
    stem: str


class _Meant(NamedTuple):
    stems: dict[str, float]
    said: str


def _asked(typed: str) -> list[_Asked]:
    """Each word of a typed text that counts, once."""
    analyser = Analyser()
    asked: dict[str, _Asked] = {}
    for match in word_matches(typed):
        word = _Asked(match[0], analyser.folded(match[0]), analyser.stem(match[0]))
        if word.stem:
            asked.setdefault(word.stem, word)
        if len(asked) == _MOST_WORDS:
            break
    return list(asked.values())


class _Block:
    """Listings read at once: which stems each holds, and what they weigh there."""

    def __init__(self, texts: Sequence[Text]) -> None:
        self.texts = texts
        self.ids = np.array([text.id for text in texts], np.int64)
        self._gone: np.ndarray | None = None
        analyser = Analyser()
        columns: dict[str, int] = {}
        self._stem_of: dict[str, str] = {}
        entries: list[int] = []
        weights: list[float] = []
        starts = [0]
        for text in texts:
            read = analyser.terms(text.title, text.text)
            self._stem_of.update(zip(read.words, read.stems, strict=True))
            entries += [columns.setdefault(stem, len(columns)) for stem in read.stems]
            weights += [_TITLE_WEIGHT] * read.of_title + [1.0] * (len(read.stems) - read.of_title)
            starts.append(len(entries))
        counts = sparse.csr_array(
            (np.array(weights, np.float32), np.array(entries, np.int32), np.array(starts, np.int64)),
            shape=(len(texts), len(columns)),
        )
        counts.sum_duplicates()
        lengths = np.asarray(counts.sum(axis=1)).ravel()
        relative = lengths / max(1.0, float(lengths.mean())) if len(texts) else lengths
        softened = np.repeat(_K1 * (1 - _B + _B * relative), np.diff(counts.indptr)).astype(np.float32)
        counts.data = counts.data * (_K1 + 1) / (counts.data + softened)
        self._by_stem = sparse.csr_array(counts.T.tocsr())
        self._columns = columns

    def __len__(self) -> int:
        return len(self.ids)

    def living(self) -> list[Text]:
        """Those that are still there."""
        return [text for at, text in enumerate(self.texts) if self._gone is None or not self._gone[at]]

    def without(self, left: set[int]) -> _Block:
        """The same block, passing over these."""
        gone = np.isin(self.ids, np.fromiter(left, np.int64, len(left)))
        if self._gone is not None:
            gone |= self._gone
        block: _Block = object.__new__(_Block)
        block.__dict__.update(self.__dict__)
        block._gone = gone if gone.any() else None
        return block

    def listings_with(self, stem: str) -> int:
        """How many listings hold it."""
        column = self._columns.get(stem)
        return 0 if column is None else int(self._by_stem.indptr[column + 1] - self._by_stem.indptr[column])

    def scores(self, wanted: Sequence[tuple[float, dict[str, float]]], of_all: float) -> tuple[np.ndarray, np.ndarray]:
        """The ids and the scores of what holds most of what is wanted."""
        score = np.zeros(len(self.ids), np.float32)
        covered = np.zeros(len(self.ids), np.float32)
        for rarity, stems in wanted:
            best = np.zeros(len(self.ids), np.float32)
            for stem, worth in stems.items():
                if (column := self._columns.get(stem)) is not None:
                    held = slice(self._by_stem.indptr[column], self._by_stem.indptr[column + 1])
                    at = self._by_stem.indices[held]
                    best[at] = np.maximum(best[at], worth * self._by_stem.data[held])
            score += rarity * best
            covered += rarity * (best > 0)
        if self._gone is not None:
            covered[self._gone] = 0
        rows = np.flatnonzero(covered >= max(of_all * _COVERED, 1e-6))
        # Who holds all the words comes before who says one of them often.
        return self.ids[rows], score[rows] * covered[rows] / max(of_all, 1e-6)

    @cached_property
    def _words(self) -> list[str]:
        return sorted(self._stem_of)

    def beginning(self, opening: str) -> list[tuple[str, str]]:
        """The words that begin so, each with its stem; none where they are so many that it tells nothing."""
        first = int(np.searchsorted(self._as_array, opening))
        last = int(np.searchsorted(self._as_array, opening + "\uffff"))
        if last - first > _MOST_MEANT:
            return []
        return [(word, self._stem_of[word]) for word in self._words[first:last]]

    @cached_property
    def _as_array(self) -> np.ndarray:
        return np.array(self._words, dtype=str) if self._words else np.zeros(0, "U1")

    @cached_property
    def _letters(self) -> tuple[dict[str, int], sparse.csr_array]:
        """The pairs of neighbouring letters of every word: pairs x words."""
        pairs: dict[str, int] = {}
        rows = [[pairs.setdefault(pair, len(pairs)) for pair in _pairs(word)] for word in self._words]
        starts = np.cumsum([0, *map(len, rows)])
        entries = np.array([pair for row in rows for pair in row], np.int32)
        table = sparse.csr_array(
            (np.ones(len(entries), np.float32), entries, starts), shape=(len(self._words), len(pairs))
        )
        return pairs, sparse.csr_array(table.T.tocsr())

    def near(self, word: str) -> list[tuple[int, str, str]]:
        """The words that a slip or two part from this one: how many, the word, its stem."""
        most = 2 if len(word) >= _TWO_SLIPS else 1 if len(word) >= _ONE_SLIP else 0
        if not most or not self._stem_of:
            return []
        pairs, table = self._letters
        shared = np.zeros(len(self._words), np.float32)
        for pair in _pairs(word):
            if (row := pairs.get(pair)) is not None:
                held = slice(table.indptr[row], table.indptr[row + 1])
                shared[table.indices[held]] += table.data[held]
        candidates = np.argsort(-shared, kind="stable")[:_LOOKED_AT]
        near = []
        for at in candidates[shared[candidates] > 0].tolist():
            other = self._words[at]
            if (slips := distance(word, other, most)) <= most:
                near.append((slips, other, self._stem_of[other]))
        return near


def _pairs(word: str) -> set[str]:
    padded = f" {word} "
    return {padded[at : at + 2] for at in range(len(padded) - 1)}


def distance(a: str, b: str, most: int) -> int:
    """How many letters to add, drop, change or swap make one word of the other; more than `most` is most + 1."""
    if abs(len(a) - len(b)) > most:
        return most + 1
    before: list[int] = []
    row = list(range(len(b) + 1))
    for i, letter in enumerate(a, 1):
        before, above, row = row, before, [i]
        for j, other in enumerate(b, 1):
            steps = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (letter != other))
            if i > 1 and j > 1 and letter == b[j - 2] and a[i - 2] == other:
                steps = min(steps, above[j - 2] + 1)
            row.append(steps)
        if min(row) > most:
            return most + 1
    return row[-1]


def parted(text: str, stems: frozenset[str]) -> list[tuple[str, bool]]:
    """A text on one line, in pieces: each with whether it is a word of one of these stems."""
    analyser = Analyser()
    said = clean(text)
    pieces: list[tuple[str, bool]] = []
    position = 0
    for match in word_matches(said):
        if analyser.stem(match[0]) in stems:
            pieces += [(said[position : match.start()], False)] if match.start() > position else []
            pieces.append((match[0], True))
            position = match.end()
    return [*pieces, (said[position:], False)] if position < len(said) else pieces
