"""The words and themes of one side as they pick candidates: whole numbers, common terms apart from rare ones."""

from __future__ import annotations

from functools import cached_property

import numpy as np
from scipy import sparse

from matching.engine import text
from matching.engine.columns import UNKNOWN, Side
from matching.engine.commons import Commons
from matching.engine.meetings import PARENT_OR_CHILD, SAME_THEME
from matching.engine.products import Weighed, float_rows, narrow

# The families of terms that pick, and by how much of what they bring: a pair without a common stem may name a common
# subject. Stems also stand for the words and fragments that are left to the second weighing.
_FAMILIES = {text.STEMS: 1.0, text.PAIRS: 1.0, text.CONCEPTS: 0.5}
# What a need asks is a share of 1 in whole numbers of this many: with the offers' weights, sums stay below 2**24.
_WHOLE = 2**15
_THEMES_SHARE = 0.03
# Terms that more than this share of the listings hold are multiplied densely; at most so many of them.
_COMMON, _MOST_COMMON = 0.02, 384
# The dimensions of the latent space that explain most are enough to find who may be near.
_COARSE = 32


class Postings:
    """One side's words and themes as they pick candidates."""

    def __init__(self, texts: text.NeedTexts | text.OfferTexts, side: Side, commons: Commons | None = None) -> None:
        """commons: where processes share what is large; None shares nothing."""
        families = _asked(texts, side) if isinstance(texts, text.NeedTexts) else _answered(texts, side)
        self.pairs = families.pop(text.PAIRS)
        """Terms by the million, each of a few listings: they stay by themselves."""
        self.words = _side_by_side(families)
        self.coarse = np.ascontiguousarray(texts.latent[:, :_COARSE].astype(np.float32))
        """float32, listings x the first dimensions of the latent space: whole numbers."""
        if commons:
            self.words, self.coarse = commons.weighed(self.words), commons.array(self.coarse)
            if self.pairs is not texts.families[text.PAIRS]:
                self.pairs = commons.weighed(self.pairs)
        self._commons = commons
        held = self.words.listings_with
        often = np.flatnonzero(held > _COMMON * len(side.columns.row))
        self.common = np.sort(often[np.argsort(-held[often], kind="stable")][:_MOST_COMMON])

    @cached_property
    def dense(self) -> np.ndarray:
        """float32, listings x common terms."""
        dense = np.ascontiguousarray(self.words.rows[:, self.common].toarray())
        return self._commons.array(dense) if self._commons else dense

    def without_common(self, rows: sparse.csr_array) -> sparse.csr_array:
        """Rows of these terms, the common ones left out."""
        rare = np.ones(len(self.words.terms), bool)
        rare[self.common] = False
        kept = rare[rows.indices]
        starts = np.concatenate([[0], np.cumsum(kept)])[rows.indptr]
        return float_rows(rows.data[kept], rows.indices[kept], starts, rows.shape)


def _asked(texts: text.NeedTexts, side: Side) -> dict[str, Weighed]:
    """What needs ask, in whole numbers: each need's terms with the share of its score that they bring."""
    families = {}
    for name, part in _FAMILIES.items():
        rows = texts.families[name].rows
        share = np.repeat(texts.shares[name] * part, np.diff(rows.indptr))
        data = np.maximum(np.rint(rows.data * share * _WHOLE), 1).astype(np.float32)
        families[name] = Weighed(texts.families[name].terms, float_rows(data, rows.indices, rows.indptr, rows.shape))
    fits = {"same": SAME_THEME, "parent": PARENT_OR_CHILD, "child": PARENT_OR_CHILD}
    entries = []
    for slug in side.themes:
        parent, _, child = slug.partition("/")
        entries.append(
            {slug: fits["same"], parent: fits["parent"]} if child else {slug: 1.0, f"{slug}/": fits["child"]}
        )
    families["themes"] = _themes(side, entries, _THEMES_SHARE * _WHOLE)
    return families


def _answered(texts: text.OfferTexts, side: Side) -> dict[str, Weighed]:
    families = {name: texts.families[name] for name in _FAMILIES}
    entries = []
    for slug in side.themes:
        parent, _, child = slug.partition("/")
        entries.append({slug: 1.0, f"{parent}/": 1.0} if child else {slug: 1.0})
    return families | {"themes": _themes(side, entries, 1.0)}


def _themes(side: Side, entries: list[dict[str, float]], scale: float) -> Weighed:
    """The themes of each listing as terms: each theme of the side stands for some entries."""
    terms = sorted({term for entry in entries for term in entry})
    at = {term: place for place, term in enumerate(terms)}
    starts = np.cumsum([0, *(len(entry) for entry in entries)])
    data = np.rint([value * scale for entry in entries for value in entry.values()]).astype(np.float32)
    of_themes = [at[term] for entry in entries for term in entry]
    table = sparse.csr_array((data, np.array(of_themes, np.int32), starts), shape=(len(entries), len(terms)))
    held = side.columns.themes
    rows, places = np.nonzero(held != UNKNOWN)
    of_listings = sparse.csr_array(
        (np.ones(len(rows), np.float32), (rows, held[rows, places])), shape=(len(held), len(entries))
    )
    return Weighed(tuple(terms), narrow(sparse.csr_array(of_listings @ table)))


def _side_by_side(families: dict[str, Weighed]) -> Weighed:
    filled = {name: family for name, family in sorted(families.items()) if family.terms}
    if not filled:
        return next(iter(families.values()))
    terms = tuple(f"{name} {term}" for name, family in filled.items() for term in family.terms)
    if len(filled) == 1:
        return Weighed(terms, next(iter(filled.values())).rows)
    return Weighed(terms, narrow(sparse.hstack([family.rows for family in filled.values()], format="csr")))
