"""From a text to its terms: the one place that decides what a word is.

A model keeps the fingerprint of the analyser that made it, and is refused by another one.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from dataclasses import dataclass
from functools import cache
from itertools import chain

import Stemmer

from matching.engine.cleaning import clean
from matching.engine.stop_words import WORDS as STOP_WORDS

VERSION = 3

# Elisions fall away by themselves: the apostrophe parts words, and "l", "d", "qu" are stop words.
_WORD = re.compile(r"[^\W_]+")
_END_OF_TITLE = ("",)
_LEFT_IN_PLURAL = re.compile(r"..[aiou]s$|.[eo]ux$")
_LONGEST_WORD = 40
_CACHED_WORDS = 200_000
_LIGATURES = str.maketrans({"œ": "oe", "æ": "ae", "ß": "ss", "ø": "o", "ł": "l"})
_SAMPLE = "Les bibliothèques municipales prêtent-elles l'œuvre aux élèves décrocheurs ? Réparations, jardinage, 2026."


@dataclass(frozen=True, slots=True)
class Terms:
    """The terms of one listing, in order: a stem and a folded word for each; the first ones are the title's.

    A word that comes again counts again only where something new is said before it and after it, so that saying words,
    or the whole text, once more adds nothing.
    """

    stems: list[str]
    words: list[str]
    of_title: int
    linked: float = 1.0
    """The share of the words, as they were written up to the last new one, that only link others: about half in a text,
    next to none in a list of keywords. 1 where nothing was written."""


@dataclass(frozen=True, slots=True)
class _Word:
    stem: str
    folded: str


class Analyser:
    """Splits, stems and folds; remembers the words that it has met. Not shared between threads."""

    def __init__(self) -> None:
        self._stemmer = Stemmer.Stemmer("french", 0)
        self._stop_words = _folded_too(STOP_WORDS)
        self._known: dict[str, _Word | None] = {}

    def terms(self, title: str, text: str) -> Terms:
        """The terms of a title and a text as they arrived, cleaned here."""
        stems: list[str] = []
        words: list[str] = []
        counted_at: dict[str, int] = {}
        of_title = told = links = others = 0
        linked = 1.0
        in_title = True
        for written in chain(written_words(title), _END_OF_TITLE, written_words(text)):
            if written == "":
                of_title = len(stems)
                in_title = False
                continue
            word = self._word(written)
            links += word is None
            others += word is not None
            if word is None or counted_at.get(word.stem) == len(counted_at):
                continue
            is_new = word.stem not in counted_at
            if in_title and not is_new:
                continue
            counted_at[word.stem] = len(counted_at) + is_new
            stems.append(word.stem)
            words.append(word.folded)
            if is_new:
                told = len(stems)
                linked = links / (links + others)
        return Terms(stems[:told], words[:told], min(of_title, told), linked)

    def stem(self, written: str) -> str:
        """The stem of one written word; empty for a stop word."""
        word = self._word(written)
        return word.stem if word else ""

    def folded(self, written: str) -> str:
        """One written word in lower case without accents; empty for a stop word."""
        word = self._word(written)
        return word.folded if word else ""

    def _word(self, written: str) -> _Word | None:
        try:
            return self._known[written]
        except KeyError:
            if len(self._known) >= _CACHED_WORDS:
                self._known.clear()
            word = self._known[written] = self._read(written)
            return word

    def _read(self, written: str) -> _Word | None:
        lower = written[:_LONGEST_WORD].lower().translate(_LIGATURES)
        if lower in self._stop_words or (len(lower) == 1 and not lower.isdigit()):
            return None
        stem = _singular(fold(self._stemmer.stemWord(lower)))
        return _Word(stem, fold(lower)) if stem else None


def written_words(text: str) -> list[str]:
    """The words of a text as it arrived, cleaned, accents and capitals kept, stop words included."""
    return [word[0] for word in word_matches(text)]


def word_matches(text: str) -> list[re.Match[str]]:
    """The same words, and where each stands in the cleaned text."""
    return list(_WORD.finditer(clean(text)))


def _singular(stem: str) -> str:
    """Snowball leaves "vélos", "amis" and "lieux" in the plural."""
    return stem[:-1] if _LEFT_IN_PLURAL.search(stem) else stem


def fold(word: str) -> str:
    """Without accents: "élève" gives "eleve"."""
    if word.isascii():
        return word
    return "".join(char for char in unicodedata.normalize("NFD", word) if not unicodedata.combining(char))


@cache
def _folded_too(words: frozenset[str]) -> frozenset[str]:
    return words | {fold(word) for word in words}


@cache
def fingerprint() -> str:
    """What tells this analyser from another: its version, its stop words and what its stemmer does."""
    terms = Analyser().terms("", _SAMPLE)
    told = repr((VERSION, sorted(STOP_WORDS), Stemmer.version(), terms.stems, terms.words))
    return hashlib.sha256(told.encode()).hexdigest()
