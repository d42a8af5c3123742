"""The score of a pair: the sum of named parts, on one absolute scale, the same in both directions.

The subject comes first. Texts give most of the score; what themes and facts add is in proportion to the texts, so they
order offers about the subject and cannot lift one about something else above them. Where the texts say nothing, themes
and facts leave a small score of their own. Every part grows with its fact, so a better fact never lowers a score.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Protocol

import numpy as np

from matching.engine import columns, facts, gates, text
from matching.engine.analyser import Analyser
from matching.engine.commons import Commons
from matching.engine.listings import Listing, Need, Offer
from matching.engine.meetings import Meetings
from matching.engine.pairs import Chosen, Dialogue, Grid, Pairs
from matching.engine.postings import Postings
from matching.engine.products import EVERY, PairList, Products, Rows, Weighed, narrow
from matching.engine.twins import Twins
from matching.geography import Geography

PARTS = (*text.MEASURES, "themes", *facts.WEIGHTS)

# What themes and facts add at most, alone and with texts that agree entirely. They grow with the texts: among offers
# about the subject they count, a stray common word lends them next to nothing. Tuned in unlike planted worlds, to the
# most that leaves the subject first.
_THEMES_ALONE, _THEMES_WITH_TEXT = 0.008, 0.30
_FACTS_ALONE, _FACTS_WITH_TEXT = 0.004, 0.60

# Beyond so many, what the places of the lines are to those of the others is worked out block by block.
_MOST_MEETINGS = 20_000_000


class Shelf:
    """Listings of one side read once, to be met by any others."""

    def __init__(
        self,
        listings: Sequence[Listing],
        texts: text.NeedTexts | text.OfferTexts,
        side: columns.Side,
        hopes: Sequence[str],
    ) -> None:
        """hopes: what each need contributes, or what each offer expects."""
        self.listings = listings
        self.gone: np.ndarray | None = None
        """bool, one for each of the listings: those that are passed over as if they were not there."""
        self.texts = texts
        self.side = side
        self.hopes = _stems_of(hopes)
        self._commons: Commons | None = None
        stems = texts.families[text.STEMS].rows
        self.silent = (np.diff(stems.indptr) == 0) & (side.columns.themes == columns.UNKNOWN).all(axis=-1)
        """Which listings have neither words nor themes."""

    def __len__(self) -> int:
        return len(self.listings)

    def share(self, commons: Commons) -> None:
        """Map what is large instead of holding it."""
        self._commons = commons
        families = self.texts.families
        families.update({name: commons.weighed(family) for name, family in families.items()})
        self.texts.latent = commons.array(self.texts.latent)
        self.texts.openings = commons.weighed(self.texts.openings)
        self._made_ready()

    def _made_ready(self) -> None:
        """Make now what the first comparison would: what making it frees is then given back with the rest."""
        for family in self.texts.families.values():
            _ = family.heaviest, family.listings_with
        _ = self.postings.words.by_term, self.postings.pairs.by_term, self.twins, self.order

    @cached_property
    def postings(self) -> Postings:
        """What picks candidates among these listings, and for them."""
        return Postings(self.texts, self.side, self._commons)

    @cached_property
    def twins(self) -> Twins:
        """Which listings repeat one another."""
        stems = self.texts.families[text.STEMS]
        return Twins(text.Bag(stems.terms, stems.rows), self.listings)

    @cached_property
    def order(self) -> np.ndarray:
        """int64, the place of each listing in the order of ids."""
        order = np.empty(len(self.listings), np.int64)
        order[sorted(range(len(order)), key=lambda at: self.listings[at].id)] = np.arange(len(order))
        return order


class Offers(Shelf):
    """Offers read once, to be met by any needs."""

    listings: Sequence[Offer]
    texts: text.OfferTexts

    def __init__(
        self, listings: Sequence[Offer], bags: dict[str, text.Bag], statistics: text.Statistics, geography: Geography
    ) -> None:
        texts = text.OfferTexts(bags, statistics)
        super().__init__(listings, texts, columns.read(listings, geography), [offer.expects for offer in listings])


class Needs(Shelf):
    """Needs read once, to be met by any offers."""

    listings: Sequence[Need]
    texts: text.NeedTexts

    def __init__(
        self, listings: Sequence[Need], bags: dict[str, text.Bag], statistics: text.Statistics, geography: Geography
    ) -> None:
        texts = text.NeedTexts(bags, statistics)
        super().__init__(listings, texts, columns.read(listings, geography), [need.contribution for need in listings])


def _stems_of(texts: Sequence[str]) -> Weighed:
    analyser = Analyser()
    bag = text.bag_of_sets([analyser.terms("", each).stems if each else () for each in texts])
    return Weighed(bag.terms, narrow(bag.counts))


@dataclass(frozen=True)
class Raw:
    """What is known of some pairs before it is weighed; arrays of one shape."""

    measures: dict[str, np.ndarray]
    """For each of text.MEASURES its part of the whole."""
    whole: np.ndarray
    """How alike the texts are, from 0 to about 1."""
    themes: np.ndarray | None
    """How well the themes fit, from 0 to 1; None where one side has none at all."""
    fits: dict[str, np.ndarray]
    """For the facts of facts.WEIGHTS that some pair may know, how well they fit, from 0 to 1."""
    needs: columns.Columns
    """The facts of the pairs' needs, and those of their offers: they meet by broadcasting."""
    offers: columns.Columns


class Heads(Protocol):
    """What weighs raw values otherwise than the rule: each pair alone, the parts summing to the score."""

    def weigh(self, raw: Raw) -> tuple[dict[str, np.ndarray], np.ndarray]:
        """The parts, by names of PARTS, and the score."""


class Rule:
    """The weights that were set by hand."""

    def weigh(self, raw: Raw) -> tuple[dict[str, np.ndarray], np.ndarray]:
        """The parts, by names of PARTS, and their sum."""
        agreement = raw.whole
        parts = dict(raw.measures)
        if raw.themes is not None:
            parts["themes"] = raw.themes * (_THEMES_ALONE + _THEMES_WITH_TEXT * agreement)
        of_facts = _FACTS_ALONE + _FACTS_WITH_TEXT * agreement
        parts |= {name: fit * of_facts * facts.WEIGHTS[name] for name, fit in raw.fits.items()}
        score = raw.whole.copy()
        for name in ("themes", *facts.WEIGHTS):
            if name in parts:
                score += parts[name]
        return parts, score


@dataclass(frozen=True)
class Weighing:
    """Some pairs, weighed; arrays of one shape."""

    parts: dict[str, np.ndarray]
    """Those of PARTS that some pair may have, float64."""
    score: np.ndarray
    """Their sum."""
    speaks: np.ndarray
    """Whether words, themes or, for a listing that has neither, facts speak for the pair."""
    refused: dict[str, np.ndarray]
    """For the gates that may refuse some pair, in the order of GATES, whether they do."""


class Comparison:
    """Lines against others: needs against offers, or offers against needs. A pair weighs the same both ways."""

    def __init__(
        self,
        needs: Needs,
        offers: Offers,
        today: date | None,
        *,
        by_need: bool,
        likeness: text.MeasureTexts = text.likeness,
        heads: Heads | None = None,
    ) -> None:
        self.needs, self.offers, self.today, self.by_need = needs, offers, today, by_need
        self.lines: Shelf = needs if by_need else offers
        self.others: Shelf = offers if by_need else needs
        self.dialogue = Dialogue(needs.texts, offers.texts, by_need=by_need)
        self._hopes = Products({_HOPES: self.lines.hopes}, {_HOPES: self.others.hopes}).shared(_HOPES)
        self._likeness = likeness
        self._heads = heads or Rule()
        places = len(self.lines.side.ground.places) * len(self.others.side.ground.places)
        self._meetings = None if places > _MOST_MEETINGS else self._meetings_of(None)

    def _meetings_of(self, rows: np.ndarray | None) -> Meetings:
        return Meetings(self.needs.side, self.offers.side, by_need=self.by_need, rows=rows)

    def meetings(self, rows: Rows) -> Meetings:
        """What places, themes and forms of these lines are to those of the others."""
        if self._meetings is not None:
            return self._meetings
        return self._meetings_of(np.arange(len(self.lines))[rows] if isinstance(rows, slice) else rows)

    def refusals(self, rows: Rows) -> dict[str, np.ndarray]:
        """Which of some lines' pairs with all others the gates refuse, in the order of GATES."""
        needs, offers = Grid(self.dialogue, rows, EVERY).columns_of(self.needs.side, self.offers.side)
        return gates.refusals(needs, offers, self.meetings(rows), self.today)

    def grid(self, rows: Rows = EVERY, others: Rows = EVERY) -> Weighing:
        """Lines x others, within rounding: enough to choose the pairs that are worth a list."""
        silent = self.lines.silent[rows][:, None] | self.others.silent[others]
        hopes = None if self._hopes.empty else self._hopes.grid(rows, others)
        weighing = self._weighing(Grid(self.dialogue, rows, others), silent, hopes, self.meetings(rows))
        if self.others.gone is not None:
            weighing.speaks[:, self.others.gone[others]] = False
        return weighing

    def list(self, pairs: PairList, meetings: Meetings | None = None) -> Weighing:
        """One of each for each pair: the same bits whatever the other pairs, and in both directions."""
        silent = self.lines.silent[pairs.lines] | self.others.silent[pairs.others]
        hopes = None if self._hopes.empty else self._hopes.list(pairs)
        return self._weighing(
            Chosen(self.dialogue, pairs), silent, hopes, meetings or self.meetings(np.unique(pairs.lines))
        )

    def _weighing(self, pairs: Pairs, silent: np.ndarray, hopes: np.ndarray | None, meetings: Meetings) -> Weighing:
        needs, offers = pairs.columns_of(self.needs.side, self.offers.side)
        words = self._likeness(pairs)
        fits = facts.fits(needs, offers, meetings)
        speaks, themes = words.speaks, None
        if needs.themes.size and offers.themes.size:
            themes = meetings.theme_fit(needs, offers)
            speaks = speaks | (themes > 0)
        if fits and silent.any():
            speaks = speaks | (silent & facts.some_fit(fits))
        if hopes is not None:
            # From 0 towards 1, the more words what one side brings has in common with what the other hopes for.
            fits["contribution"] = 1 - 0.5 ** hopes.astype(float)
        parts, score = self._heads.weigh(Raw(words.measures, words.whole, themes, fits, needs, offers))
        return Weighing(parts, score, speaks, gates.refusals(needs, offers, meetings, self.today))


_HOPES = "hopes"
