"""How near the places of one side lie to any place, worked out from what holds and touches them, not pair by pair."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cached_property

import numpy as np

from matching.geography import FARTHEST, SAME_GROUND, Geography, Place

UNKNOWN = -1


class Ground:
    """The places of one side. Thousands may be asked for thousands."""

    def __init__(self, places: Sequence[Place], geography: Geography) -> None:
        self.places = places
        self._geography = geography

    @cached_property
    def _position(self) -> dict[Place, int]:
        return {place: at for at, place in enumerate(self.places)}

    @cached_property
    def _held(self) -> dict[Place, np.ndarray]:
        """For each territory, which of the places it holds."""
        return _gathered(
            (holder, at) for at, place in enumerate(self.places) for holder in self._geography.within(place)
        )

    @cached_property
    def _touched(self) -> dict[Place, np.ndarray]:
        """For each territory, which of the places touch it."""
        touching = self._geography.touching
        return _gathered((touched, at) for at, place in enumerate(self.places) for touched in touching(place))

    @cached_property
    def groups(self) -> np.ndarray:
        """int32, a number for each of the places, alike within a département; UNKNOWN at the end."""
        groups: dict[Place, int] = {}
        found = [groups.setdefault(self._group(place), len(groups)) for place in self.places]
        return np.array([*found, UNKNOWN], np.int32)

    @cached_property
    def points(self) -> np.ndarray | None:
        """float64, a point on the unit sphere for each of the places and NaN at the end; NaN where it is not known.

        None where no place has one.
        """
        told = [self._geography.point(place) for place in self.places]
        if not any(told):
            return None
        unknown = (np.nan, np.nan)
        latitudes, longitudes = np.radians(np.array([*(point or unknown for point in told), unknown])).T
        flat = np.cos(latitudes)
        return np.stack([flat * np.cos(longitudes), flat * np.sin(longitudes), np.sin(latitudes)])

    def _group(self, place: Place) -> Place:
        within = self._geography.within(place)
        return next((holder for holder in sorted(within) if holder.level == "departement"), place)

    def nearness(self, place: Place) -> np.ndarray:
        """int8, one for each of the places: Geography.nearness(), even where they share ground; UNKNOWN at the end."""
        geography = self._geography
        found = np.full(len(self.places) + 1, FARTHEST, np.int8)
        found[-1] = UNKNOWN
        holders = geography.within(place)
        for holder in sorted(holders & self._held.keys(), key=geography.size, reverse=True):
            found[self._held[holder]] = 2 * geography.size(holder) + 1
        sharing = {self._position[touched] for touched in geography.touching(place) & self._position.keys()}
        sharing.update(self._touched.get(place, np.zeros(0, int)).tolist())
        for at in sharing:
            same = place in geography.within(self.places[at]) and self.places[at] in holders
            found[at] = SAME_GROUND if same else found[at] - 1
        return found


def _gathered(pairs: Iterable[tuple[Place, int]]) -> dict[Place, np.ndarray]:
    lists: dict[Place, list[int]] = {}
    for key, at in pairs:
        lists.setdefault(key, []).append(at)
    return {key: np.array(found) for key, found in lists.items()}
