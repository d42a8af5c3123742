"""Dull matchers behind the same door, to know what the matcher is worth: same gates, facts and reasons, other texts."""

from __future__ import annotations

import numpy as np

from matching.engine import text
from matching.engine.matcher import Matcher


def _shared_stems(
    needs: text.NeedTexts, offers: text.OfferTexts, rows: slice | np.ndarray, columns: slice | np.ndarray
) -> text.Likeness:
    """How many stems both hold, rare and common ones alike, brought to below 1."""
    questions = needs.questions[text.STEMS][rows].astype(bool).astype(float)
    shared = (questions @ offers.by_term(text.STEMS, columns).astype(bool).astype(float)).toarray()
    alike = shared / (1 + shared)
    return text.Likeness({"words": alike}, alike, shared > 0)


def _by_name(
    needs: text.NeedTexts, offers: text.OfferTexts, rows: slice | np.ndarray, columns: slice | np.ndarray
) -> text.Likeness:
    """All pairs with a stem in common, none better than another: they stay in the order of their ids."""
    alike = _shared_stems(needs, offers, rows, columns).speaks.astype(float)
    return text.Likeness({"words": alike / 2}, alike / 2, alike > 0)


class SharedStemsMatcher(Matcher):
    """Counts shared stems, as a search with AND softened to OR would."""

    measure_texts = staticmethod(_shared_stems)


class AlphabeticalMatcher(Matcher):
    """Knows who may fit, not who fits best."""

    measure_texts = staticmethod(_by_name)
