"""The score of a pair: the sum of named parts, on one absolute scale, the same in both directions.

The subject comes first. Texts give most of the score; what themes and facts add is in proportion to the texts, so they
order offers about the subject and cannot lift one about something else above them. Where the texts say nothing, themes
and facts leave a small score of their own. Every part grows with its fact, so a better fact never lowers a score.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np

from matching.engine import columns, facts, gates, text
from matching.engine.analyser import Analyser
from matching.engine.listings import Need, Offer
from matching.engine.meetings import Meetings
from matching.geography import Geography

PARTS = (*text.MEASURES, "themes", *facts.WEIGHTS)

# What themes and facts add at most, alone and with texts that agree entirely. They grow with the square of the texts:
# among offers about the subject they count, a stray common word lends them next to nothing.
_THEMES_ALONE, _THEMES_WITH_TEXT = 0.008, 0.25
_FACTS_ALONE, _FACTS_WITH_TEXT = 0.004, 0.50

Rows = slice | np.ndarray
EVERY = slice(None)


class Offers:
    """Offers read once, to be met by any needs."""

    def __init__(
        self, listings: Sequence[Offer], bags: dict[str, text.Bag], statistics: text.Statistics, geography: Geography
    ) -> None:
        self.listings = listings
        self.texts = text.OfferTexts(bags, statistics)
        self.side = columns.read(listings, geography)
        self.expects = _stems_of([offer.expects for offer in listings])
        self.silent = _silent(bags, self.side)


class Needs:
    """Needs read for some offers."""

    def __init__(
        self, listings: Sequence[Need], bags: dict[str, text.Bag], offers: Offers, geography: Geography
    ) -> None:
        self.listings = listings
        self.texts = text.NeedTexts(bags, offers.texts)
        self.side = columns.read(listings, geography)
        self.contributions = text.in_columns(
            _stems_of([need.contribution for need in listings]), offers.expects.positions
        )
        self.silent = _silent(bags, self.side)


def _stems_of(texts: Sequence[str]) -> text.Bag:
    analyser = Analyser()
    return text.bag_of_sets([analyser.terms("", each).stems for each in texts])


def _silent(bags: dict[str, text.Bag], side: columns.Side) -> np.ndarray:
    """Which listings have neither words nor themes."""
    return (np.diff(bags[text.STEMS].counts.indptr) == 0) & (side.columns.themes == columns.UNKNOWN).all(axis=-1)


@dataclass(frozen=True)
class Grid:
    """Some needs x some offers."""

    parts: dict[str, np.ndarray]
    """Those of PARTS that some pair may have, float64."""
    score: np.ndarray
    """Their sum."""
    speaks: np.ndarray
    """Whether words, themes or, for a listing that has neither, facts speak for the pair."""
    refused: dict[str, np.ndarray]
    """For the gates that may refuse some pair, in the order of GATES, whether they do."""

    def mirrored(self) -> Grid:
        """The offers x the needs."""
        return Grid(
            parts={name: part.T for name, part in self.parts.items()},
            score=self.score.T,
            speaks=self.speaks.T,
            refused={gate: refused.T for gate, refused in self.refused.items()},
        )


class Comparison:
    """Needs against offers, in both directions."""

    def __init__(
        self,
        needs: Needs,
        offers: Offers,
        geography: Geography,
        today: date | None,
        likeness: text.MeasureTexts = text.likeness,
    ) -> None:
        self.needs, self.offers, self.today = needs, offers, today
        self._likeness = likeness
        self._meetings = Meetings(needs.side, offers.side, geography)

    def grid(self, rows: Rows = EVERY, cols: Rows = EVERY) -> Grid:
        """Scores and refusals of some needs (rows) with some offers (cols)."""
        needs, offers = self.needs.side.columns.take(rows).upright(), self.offers.side.columns.take(cols)
        words = self._likeness(self.needs.texts, self.offers.texts, rows, cols)
        fits = facts.fits(needs, offers, self._meetings)
        agreement = words.whole**2
        of_facts = _FACTS_ALONE + _FACTS_WITH_TEXT * agreement
        parts = dict(words.measures)
        speaks = words.speaks
        if needs.themes.size and offers.themes.size:
            themes = self._meetings.theme_fit(needs, offers)
            parts["themes"] = themes * (_THEMES_ALONE + _THEMES_WITH_TEXT * agreement)
            speaks = speaks | (themes > 0)
        silent = self.needs.silent[rows][:, None] | self.offers.silent[cols]
        if fits and silent.any():
            speaks = speaks | (silent & facts.some_fit(fits))
        fits |= self._contribution(rows, cols)
        parts |= {name: fit * of_facts * facts.WEIGHTS[name] for name, fit in fits.items()}
        score = words.whole.copy()
        for name in ("themes", *facts.WEIGHTS):
            if name in parts:
                score += parts[name]
        return Grid(parts, score, speaks, gates.refusals(needs, offers, self._meetings, self.today))

    def _contribution(self, rows: Rows, cols: Rows) -> dict[str, np.ndarray]:
        """From 0 towards 1, the more words what one side brings has in common with what the other hopes for."""
        if not self.needs.contributions.nnz:
            return {}
        shared = (self.needs.contributions[rows] @ self.offers.expects.counts[cols].T).toarray()
        return {"contribution": 1 - 0.5**shared}
