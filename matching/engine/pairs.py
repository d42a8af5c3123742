"""Needs and offers side by side, as a grid of all pairs or as a list of chosen ones: the same questions to both."""

from __future__ import annotations

from functools import cached_property
from typing import Protocol

import numpy as np

from matching.engine import text
from matching.engine.columns import Columns, Side
from matching.engine.products import PairList, Products, Rows, Shared


class Dialogue:
    """The texts of lines and of the others that they are compared with."""

    def __init__(self, needs: text.NeedTexts, offers: text.OfferTexts, *, by_need: bool) -> None:
        self.needs, self.offers, self.by_need = needs, offers, by_need
        self.lines: text.Texts = needs if by_need else offers
        self.others: text.Texts = offers if by_need else needs
        self.products = Products(self.lines.families, self.others.families)

    @cached_property
    def kin(self) -> Shared:
        """The words of the others that are kin to those of the lines."""
        return Shared(text.kin_of(self.lines, self.others.words), self.others.families[text.WORDS])

    @cached_property
    def openings(self) -> Shared:
        """The openings of words that lines and others have in common: without any, no word is kin to another."""
        return Shared(self.lines.openings, self.others.openings)


class Pairs(Protocol):
    """Some pairs. Arrays have the shape of the pairs, or one that broadcasts to it."""

    needs: text.NeedTexts
    offers: text.OfferTexts

    def product(self, family: str) -> np.ndarray:
        """The sum over shared terms of how often the need says it times what it weighs in the offer."""

    def shared(self, family: str) -> np.ndarray:
        """How many terms both have in common."""

    def nearby(self) -> np.ndarray:
        """float32, the whole product of both latent vectors."""

    def kin(self, where: np.ndarray) -> np.ndarray:
        """bool, whether a word of one is kin to a word of the other; False where nobody asks."""

    def of_needs(self, values: np.ndarray) -> np.ndarray:
        """For values of all needs, those of the pairs' needs."""

    def of_offers(self, values: np.ndarray) -> np.ndarray:
        """For values of all offers, those of the pairs' offers."""

    def columns_of(self, needs: Side, offers: Side) -> tuple[Columns, Columns]:
        """The facts of the pairs' needs and offers."""


class Grid:
    """Some lines (upright) with some of the others."""

    def __init__(self, dialogue: Dialogue, rows: Rows, columns: Rows) -> None:
        self.needs, self.offers = dialogue.needs, dialogue.offers
        self._dialogue, self._rows, self._columns = dialogue, rows, columns

    def product(self, family: str) -> np.ndarray:
        """float32; where texts are very long, all but exact."""
        return self._dialogue.products.shared(family).grid(self._rows, self._columns)

    def shared(self, family: str) -> np.ndarray:
        """float32, lines x others."""
        return self._dialogue.products.shared(family, pattern=True).grid(self._rows, self._columns)

    def nearby(self) -> np.ndarray:
        """float32, lines x others."""
        lines, others = self._dialogue.lines.latent[self._rows], self._dialogue.others.latent[self._columns]
        return lines.astype(np.float32) @ others.astype(np.float32).T

    def kin(self, where: np.ndarray) -> np.ndarray:
        """bool, lines x others."""
        if self._dialogue.kin.empty:
            return np.zeros(where.shape, bool)
        return (self._dialogue.kin.grid(self._rows, self._columns) > 0) & where

    def of_needs(self, values: np.ndarray) -> np.ndarray:
        """Upright where the lines are needs."""
        return values[self._rows][:, None] if self._dialogue.by_need else values[self._columns]

    def of_offers(self, values: np.ndarray) -> np.ndarray:
        """Upright where the lines are offers."""
        return values[self._columns] if self._dialogue.by_need else values[self._rows][:, None]

    def columns_of(self, needs: Side, offers: Side) -> tuple[Columns, Columns]:
        """Those of the lines stand upright."""
        if self._dialogue.by_need:
            return needs.columns.take(self._rows).upright(), offers.columns.take(self._columns)
        return needs.columns.take(self._columns), offers.columns.take(self._rows).upright()


class Chosen:
    """A list of pairs."""

    def __init__(self, dialogue: Dialogue, pairs: PairList) -> None:
        self.needs, self.offers = dialogue.needs, dialogue.offers
        self._dialogue, self._pairs = dialogue, pairs
        self._of_needs, self._of_offers = (
            (pairs.lines, pairs.others) if dialogue.by_need else (pairs.others, pairs.lines)
        )

    def product(self, family: str) -> np.ndarray:
        """float64, one exact sum for each pair."""
        return self._dialogue.products.shared(family).list(self._pairs)

    def shared(self, family: str) -> np.ndarray:
        """float64, one for each pair."""
        return self._dialogue.products.shared(family, pattern=True).list(self._pairs)

    def nearby(self) -> np.ndarray:
        """float32, one for each pair."""
        lines, others = self._dialogue.lines.latent, self._dialogue.others.latent
        found = np.zeros(len(self._pairs.lines), np.float32)
        ends = np.flatnonzero(np.diff(self._pairs.lines, append=-1)) + 1
        start = 0
        for end in ends.tolist():
            chosen = others[self._pairs.others[start:end]].astype(np.float32)
            found[start:end] = chosen @ lines[self._pairs.lines[start]].astype(np.float32)
            start = end
        return found

    def kin(self, where: np.ndarray) -> np.ndarray:
        """bool, one for each pair."""
        found = np.zeros(len(where), bool)
        asked = np.flatnonzero(where)
        opening = self._dialogue.openings.list(PairList(self._pairs.lines[asked], self._pairs.others[asked]))
        for at in asked[opening > 0]:
            found[at] = text.have_kin(self.needs, self._of_needs[at], self.offers, self._of_offers[at])
        return found

    def of_needs(self, values: np.ndarray) -> np.ndarray:
        """One for each pair."""
        return values[self._of_needs]

    def of_offers(self, values: np.ndarray) -> np.ndarray:
        """One for each pair."""
        return values[self._of_offers]

    def columns_of(self, needs: Side, offers: Side) -> tuple[Columns, Columns]:
        """One for each pair."""
        return needs.columns.take(self._of_needs), offers.columns.take(self._of_offers)
