"""What the places, themes and legal forms of some lines are to those of the others, worked out once for all pairs."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from matching.engine.columns import UNKNOWN, Columns, Side
from matching.geography import FARTHEST
from matching.geography.geography import EARTH_RADIUS

# The fit of two places at the two ends of the country.
ELSEWHERE_FIT = 1 - FARTHEST / (FARTHEST + 1)
SAME_THEME, PARENT_OR_CHILD = 1.0, 0.6
# What the best match of one theme leaves to be wished for by the next: a second shared theme adds less than the first.
_ONE_THEME = 0.6

# So far apart, two communes fit half as well as in one place.
_KILOMETRES_HALFWAY = 15

_NEARNESS_FIT = np.append(1 - np.arange(FARTHEST + 1) / (FARTHEST + 1), 0.0)


class Meetings:
    """Tables of the lines' values by the others' values; UNKNOWN is the last row and the last column of each."""

    def __init__(self, needs: Side, offers: Side, *, by_need: bool, rows: np.ndarray | None = None) -> None:
        """rows: the lines that will be asked for; all of them where None."""
        self._by_need = by_need
        lines, others = (needs, offers) if by_need else (offers, needs)
        self._row_of_place, self._nearness = _nearness(lines, others, rows)
        self._points_of_needs, self._points_of_offers = needs.ground.points, offers.ground.points
        self._theme_logs = _theme_logs(needs.themes, offers.themes)
        known = {form: at for at, form in enumerate(offers.forms)}
        self._form_at_offers = np.array([known.get(form, _NO_FORM) for form in needs.forms] + [_NO_FORM], np.int32)

    def _nearness_of(self, of_needs: np.ndarray, of_offers: np.ndarray) -> np.ndarray:
        of_lines, of_others = (of_needs, of_offers) if self._by_need else (of_offers, of_needs)
        return self._nearness[self._row_of_place[of_lines], of_others]

    def apart(self, of_needs: np.ndarray, of_offers: np.ndarray) -> np.ndarray:
        """Whether two places are known and share no ground."""
        nearness = self._nearness_of(of_needs, of_offers)
        return (nearness > 0) & (nearness % 2 == 1)

    def nearness_fit(self, of_needs: np.ndarray, of_offers: np.ndarray) -> np.ndarray:
        """From 1 for the same ground down to ELSEWHERE_FIT; 0 where one is unknown."""
        return _NEARNESS_FIT[self._nearness_of(of_needs, of_offers)]

    def territory_fit(self, of_needs: np.ndarray, of_offers: np.ndarray) -> np.ndarray:
        """nearness_fit(); more where the points of both are known and lie nearer than what holds both tells."""
        by_relation = self.nearness_fit(of_needs, of_offers)
        if self._points_of_needs is None or self._points_of_offers is None:
            return by_relation
        apart = np.zeros(by_relation.shape)
        for mine, theirs in zip(self._points_of_needs, self._points_of_offers, strict=True):
            apart += (mine[of_needs] - theirs[of_offers]) ** 2
        # As long as places of one country: through the earth is as far as along it.
        kilometres = EARTH_RADIUS * np.sqrt(apart)
        return np.fmax(by_relation, _KILOMETRES_HALFWAY / (kilometres + _KILOMETRES_HALFWAY))

    def theme_fit(self, needs: Columns, offers: Columns) -> np.ndarray:
        """From 0, no theme in common, towards 1; each shared theme adds, none takes away."""
        left = np.zeros(np.broadcast_shapes(needs.row.shape, offers.row.shape))
        for asked in np.moveaxis(needs.themes, -1, 0):
            best = np.zeros(left.shape)
            for held in np.moveaxis(offers.themes, -1, 0):
                np.minimum(best, self._theme_logs[asked, held], out=best)
            left += best
        return -np.expm1(left)

    def form_accepted(self, needs: Columns, offers: Columns) -> np.ndarray:
        """1 where the offer accepts the need's legal form, 0 where one of them is unknown, -1 where it does not."""
        shape = np.broadcast_shapes(needs.row.shape, offers.row.shape)
        if not (needs.forms.shape[-1] and offers.forms.shape[-1]):
            return np.zeros(shape, np.int8)
        asked = self._form_at_offers[needs.forms[..., 0]]
        held = np.zeros(shape, bool)
        for accepted in np.moveaxis(offers.forms, -1, 0):
            held |= asked == accepted
        known = (needs.forms[..., 0] != UNKNOWN) & (offers.forms != UNKNOWN).any(axis=-1)
        return np.where(known, np.where(held, np.int8(1), np.int8(-1)), np.int8(0))


# Neither a form of the offers nor UNKNOWN.
_NO_FORM = -2


def _nearness(lines: Side, others: Side, rows: np.ndarray | None) -> tuple[np.ndarray, np.ndarray]:
    """The row of each place of the lines, and int8 rows x places of the others: Geography.nearness()."""
    places = lines.ground.places
    if rows is None:
        wanted = np.arange(len(places))
    else:
        chosen = lines.columns
        wanted = np.unique(np.concatenate([chosen.territory[rows], chosen.perimeter[rows]]))
        wanted = wanted[wanted != UNKNOWN]
    row_of_place = np.full(len(places) + 1, len(wanted), np.int32)
    row_of_place[wanted] = np.arange(len(wanted))
    unknown = np.full((1, len(others.ground.places) + 1), UNKNOWN, np.int8)
    return row_of_place, np.vstack([*(others.ground.nearness(places[at]) for at in wanted.tolist()), unknown])


def _theme_logs(themes: Sequence[str], others: Sequence[str]) -> np.ndarray:
    """Needs' themes x offers' themes: log of what the second leaves to be wished for by the first."""
    known = {theme: at for at, theme in enumerate(others)}
    children: dict[str, list[int]] = {}
    for theme, at in known.items():
        if "/" in theme:
            children.setdefault(_parent(theme), []).append(at)
    best = np.zeros((len(themes) + 1, len(others) + 1))
    for fits, theme in zip(best, themes, strict=False):
        fits[children.get(theme, [])] = PARENT_OR_CHILD
        if (parent := known.get(_parent(theme))) is not None:
            fits[parent] = PARENT_OR_CHILD
        if (same := known.get(theme)) is not None:
            fits[same] = SAME_THEME
    return np.log1p(-_ONE_THEME * best)


def _parent(theme: str) -> str:
    """The parent of a child, a parent itself."""
    return theme.partition("/")[0]


def theme_fit(a: str, b: str) -> float:
    """1 for the same theme, less for a parent and its child, 0 for others."""
    if a == b:
        return SAME_THEME
    return PARENT_OR_CHILD if a == _parent(b) or b == _parent(a) else 0.0
