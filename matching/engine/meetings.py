"""What the places, themes and legal forms of the needs are to those of the offers, worked out once for all pairs."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from matching.engine.columns import UNKNOWN, Columns, Side
from matching.geography import FARTHEST, Geography, Place

SAME_THEME, PARENT_OR_CHILD = 1.0, 0.6
# What the best match of one theme leaves to be wished for by the next: a second shared theme adds less than the first.
_ONE_THEME = 0.6


class Meetings:
    """Tables of needs' values by offers' values; UNKNOWN is the last row and the last column of each."""

    def __init__(self, needs: Side, offers: Side, geography: Geography) -> None:
        self._nearness = _nearness(needs.places, offers.places, geography)
        self._nearness_fit = np.append((FARTHEST + 1 - np.arange(FARTHEST + 1)) / (FARTHEST + 1), 0.0)
        self._theme_logs = _theme_logs(needs.themes, offers)
        self._forms_accepted = _forms_accepted(needs.forms, offers)

    def apart(self, of_needs: np.ndarray, of_offers: np.ndarray) -> np.ndarray:
        """Whether two places are known and share no ground."""
        nearness = self._nearness[of_needs, of_offers]
        return (nearness > 0) & (nearness % 2 == 1)

    def nearness_fit(self, of_needs: np.ndarray, of_offers: np.ndarray) -> np.ndarray:
        """From 1 for the same ground down to just above 0 at the other end of the country; 0 where unknown."""
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
    """int8, needs' places x offers' places: Geography.nearness(), even where they share ground, UNKNOWN at the end."""
    table = np.full((len(needs) + 1, len(offers) + 1), UNKNOWN, np.int8)
    for row, place in zip(table, needs, strict=False):
        row[:-1] = geography.nearnesses(place, offers)
    return table


def _theme_logs(themes: Sequence[str], offers: Side) -> np.ndarray:
    """Needs' themes x offers: log of what the best match among the offer's themes leaves to be wished for."""
    fits = np.zeros((len(themes) + 1, len(offers.themes) + 1))
    for row, theme in zip(fits, themes, strict=False):
        row[:-1] = [theme_fit(theme, other) for other in offers.themes]
    of_offers = offers.columns.themes
    best = fits[:, of_offers].max(axis=-1) if of_offers.shape[1] else np.zeros((len(fits), len(of_offers)))
    return np.log1p(-_ONE_THEME * best)


def theme_fit(a: str, b: str) -> float:
    """1 for the same theme, less for a parent and its child, 0 for others."""
    if a == b:
        return SAME_THEME
    return PARENT_OR_CHILD if a.startswith(f"{b}/") or b.startswith(f"{a}/") else 0.0


def _forms_accepted(forms: Sequence[str], offers: Side) -> np.ndarray:
    """int8, needs' forms x offers: 1 accepted, 0 unknown, -1 not accepted."""
    accepted = np.zeros((len(forms) + 1, len(offers.columns.row)), np.int8)
    names = np.array([*offers.forms, None], object)
    asks = (offers.columns.forms != UNKNOWN).any(axis=-1)
    for row, form in zip(accepted, forms, strict=False):
        held = (names[offers.columns.forms] == form).any(axis=-1)
        row[:] = np.where(asks, np.where(held, 1, -1), 0)
    return accepted
