"""What the places, themes and legal forms of the needs are to those of the offers, worked out once for all pairs."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from matching.engine.columns import UNKNOWN, Columns, Side
from matching.geography import FARTHEST, SAME_GROUND, Geography, Place

# The fit of two places at the two ends of the country.
ELSEWHERE_FIT = 1 - FARTHEST / (FARTHEST + 1)
SAME_THEME, PARENT_OR_CHILD = 1.0, 0.6
# What the best match of one theme leaves to be wished for by the next: a second shared theme adds less than the first.
_ONE_THEME = 0.6


class Meetings:
    """Tables of needs' values by offers' values; UNKNOWN is the last row and the last column of each."""

    def __init__(self, needs: Side, offers: Side, geography: Geography) -> None:
        self._nearness = _nearness(needs.places, offers.places, geography)
        self._nearness_fit = np.append(1 - np.arange(FARTHEST + 1) / (FARTHEST + 1), 0.0)
        self._theme_logs = _theme_logs(needs.themes, offers)
        self._forms_accepted = _forms_accepted(needs.forms, offers)

    def apart(self, of_needs: np.ndarray, of_offers: np.ndarray) -> np.ndarray:
        """Whether two places are known and share no ground."""
        nearness = self._nearness[of_needs, of_offers]
        return (nearness > 0) & (nearness % 2 == 1)

    def nearness_fit(self, of_needs: np.ndarray, of_offers: np.ndarray) -> np.ndarray:
        """From 1 for the same ground down to ELSEWHERE_FIT; 0 where one is unknown."""
        return self._nearness_fit[self._nearness[of_needs, of_offers]]

    def theme_fit(self, needs: Columns, offers: Columns) -> np.ndarray:
        """From 0, no theme in common, towards 1; each shared theme adds, none takes away."""
        left = np.zeros(np.broadcast_shapes(needs.row.shape, offers.row.shape))
        for theme in np.moveaxis(needs.themes, -1, 0):
            left += self._theme_logs[theme, offers.row]
        return -np.expm1(left)

    def form_accepted(self, needs: Columns, offers: Columns) -> np.ndarray:
        """1 where the offer accepts the need's legal form, 0 where one of them is unknown, -1 where it does not."""
        if not needs.forms.shape[-1]:
            return np.zeros(np.broadcast_shapes(needs.row.shape, offers.row.shape), np.int8)
        return self._forms_accepted[needs.forms[..., 0], offers.row]


def _nearness(needs: Sequence[Place], offers: Sequence[Place], geography: Geography) -> np.ndarray:
    """int8, needs' places x offers' places: Geography.nearness(), even where they share ground, UNKNOWN at the end.

    Worked out from what holds and touches each place, not pair by pair: thousands may meet thousands.
    """
    table = np.full((len(needs) + 1, len(offers) + 1), UNKNOWN, np.int8)
    holding_needs, holding_offers = _holders(needs, geography), _holders(offers, geography)
    both = sorted(holding_needs.keys() & holding_offers.keys(), key=geography.size, reverse=True)
    for holder in both:
        table[np.ix_(holding_needs[holder], holding_offers[holder])] = 2 * geography.size(holder) + 1
    for a, b in _touching(needs, offers, geography) | {(a, b) for b, a in _touching(offers, needs, geography)}:
        same = needs[a] in geography.within(offers[b]) and offers[b] in geography.within(needs[a])
        table[a, b] = SAME_GROUND if same else table[a, b] - 1
    return table


def _holders(places: Sequence[Place], geography: Geography) -> dict[Place, list[int]]:
    """For each territory, which of the places it holds."""
    held: dict[Place, list[int]] = {}
    for at, place in enumerate(places):
        for holder in geography.within(place):
            held.setdefault(holder, []).append(at)
    return held


def _touching(places: Sequence[Place], others: Sequence[Place], geography: Geography) -> set[tuple[int, int]]:
    """Pairs of a place and one of the others that it touches."""
    known = {other: at for at, other in enumerate(others)}
    return {
        (at, known[touched])
        for at, place in enumerate(places)
        for touched in geography.touching(place)
        if touched in known
    }


def _theme_logs(themes: Sequence[str], offers: Side) -> np.ndarray:
    """Needs' themes x offers: log of what the best match among the offer's themes leaves to be wished for."""
    holding: dict[str, list[int]] = {}
    holding_child: dict[str, list[int]] = {}
    for row, column in np.argwhere(offers.columns.themes != UNKNOWN):
        theme = offers.themes[offers.columns.themes[row, column]]
        holding.setdefault(theme, []).append(row)
        if "/" in theme:
            holding_child.setdefault(_parent(theme), []).append(row)
    best = np.zeros((len(themes) + 1, len(offers.columns.row)))
    for fits, theme in zip(best, themes, strict=False):
        fits[holding_child.get(theme, [])] = PARENT_OR_CHILD
        fits[holding.get(_parent(theme), [])] = PARENT_OR_CHILD
        fits[holding.get(theme, [])] = SAME_THEME
    return np.log1p(-_ONE_THEME * best)


def _parent(theme: str) -> str:
    """The parent of a child, a parent itself."""
    return theme.partition("/")[0]


def theme_fit(a: str, b: str) -> float:
    """1 for the same theme, less for a parent and its child, 0 for others."""
    if a == b:
        return SAME_THEME
    return PARENT_OR_CHILD if a == _parent(b) or b == _parent(a) else 0.0


def _forms_accepted(forms: Sequence[str], offers: Side) -> np.ndarray:
    """int8, needs' forms x offers: 1 accepted, 0 unknown, -1 not accepted."""
    accepted = np.zeros((len(forms) + 1, len(offers.columns.row)), np.int8)
    names = np.array([*offers.forms, None], object)
    asks = (offers.columns.forms != UNKNOWN).any(axis=-1)
    for row, form in zip(accepted, forms, strict=False):
        held = (names[offers.columns.forms] == form).any(axis=-1)
        row[:] = np.where(asks, np.where(held, 1, -1), 0)
    return accepted
