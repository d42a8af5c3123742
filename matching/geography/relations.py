"""How two territories lie to each other: contained, sharing ground, or side by side in something larger.

The geography is a graph, not a tree: an EPCI may cross départements and régions, and a commune of the Grand
Paris lies in its EPT and in the Métropole at once. Everything is therefore told from the communes, by two
sets:

within(place)    the places that hold all of it, itself included
touching(place)  the same, and every EPCI, département, région that shares some ground with it

so that  contains(a, b)  is  a in within(b),  and  overlaps(a, b)  is  b in touching(a) or a in touching(b).
"""

from collections.abc import Callable, Iterable, Sequence
from functools import partial
from typing import TypeVar

from matching.geography.places import COMMUNE, COUNTRY, DEPARTEMENT, EPCI, FRANCE, REGION, Place

RELATIONS = (
    "same",
    "within",
    "contains",
    "overlap",
    "same_commune",
    "same_ept",
    "same_epci",
    "same_departement",
    "same_region",
    "same_country",
)

# Sizes of the territory that two places have in common.
_ARRONDISSEMENT, _COMMUNE, _EPT, _EPCI, _DEPARTEMENT, _REGION, _COUNTRY = range(7)
_SIZES = {COMMUNE: _COMMUNE, EPCI: _EPCI, DEPARTEMENT: _DEPARTEMENT, REGION: _REGION, COUNTRY: _COUNTRY}
_SIDE_BY_SIDE = {
    _COMMUNE: "same_commune",
    _EPT: "same_ept",
    _EPCI: "same_epci",
    _DEPARTEMENT: "same_departement",
    _REGION: "same_region",
    _COUNTRY: "same_country",
}

SAME_GROUND = 0
FARTHEST = 2 * _COUNTRY + 1

Answer = TypeVar("Answer")


class Relations:
    """Relations between places. Each place must be one that the table knows (see Geography.resolve)."""

    def __init__(
        self,
        *,
        areas: dict[str, frozenset[Place]],
        communes: dict[Place, list[str]],
        cities: dict[str, str],
        ept: frozenset[str],
    ) -> None:
        """areas: commune -> the EPCI, départements… that it lies in; communes: the same, the other way round;
        cities: municipal arrondissement -> its city; ept: the codes of the EPT."""
        self._areas = areas
        self._communes = communes
        self._cities = cities
        self._ept = ept
        self._within: dict[Place, frozenset[Place]] = {FRANCE: frozenset({FRANCE})}
        self._touching: dict[Place, frozenset[Place]] = {FRANCE: frozenset({FRANCE})}

    def within(self, place: Place) -> frozenset[Place]:
        """The places that hold all of this one: itself, its EPCI, its département…, the country."""
        known = self._within.get(place)
        if known is None:
            known = self._within[place] = self._find_within(place)
        return known

    def touching(self, place: Place) -> frozenset[Place]:
        """Itself, all that it lies within, and the larger areas that it shares some ground with."""
        known = self._touching.get(place)
        if known is None:
            known = self._touching[place] = self._find_touching(place)
        return known

    def _find_within(self, place: Place) -> frozenset[Place]:
        if place.level == COMMUNE:
            city = self._cities.get(place.code)
            if city is None:
                return self._areas[place.code] | {place}
            return self._areas[city] | {place, Place(COMMUNE, city)}
        codes = self._communes[place]
        shared = frozenset.intersection(*{self._areas[code] for code in codes})
        # The département of Paris is one commune, and lies in it.
        return shared | {Place(COMMUNE, codes[0])} if len(codes) == 1 else shared

    def _find_touching(self, place: Place) -> frozenset[Place]:
        if place.level == COMMUNE:
            return self.within(place)
        return frozenset().union(*{self._areas[code] for code in self._communes[place]}, self.within(place))

    def contains(self, a: Place, b: Place) -> bool:
        """Whether a holds all of b; a place contains itself."""
        return a in self.within(b)

    def overlaps(self, a: Place, b: Place) -> bool:
        """Whether a and b share ground: one in the other, or each holding a part of the other."""
        return b in self.touching(a) or a in self.touching(b)

    def size(self, place: Place) -> int:
        """From 0, a municipal arrondissement, to 6, the country."""
        if place.level == COMMUNE and place.code in self._cities:
            return _ARRONDISSEMENT
        if place.level == EPCI and place.code in self._ept:
            return _EPT
        return _SIZES[place.level]

    def common(self, a: Place, b: Place) -> Place:
        """The smallest territory that holds both."""
        return min(self.within(a) & self.within(b), key=self.size)

    def relation(self, a: Place, b: Place) -> str:
        """One of RELATIONS, read from a to b.

        The same ground, a within b, a contains b, overlap (each holds a part of the other), or side by side
        in the same commune, EPT, EPCI, département, région or country: the smallest that holds both.
        """
        inside, around = b in self.within(a), a in self.within(b)
        if inside and around:
            return "same"
        if inside:
            return "within"
        if around:
            return "contains"
        if self.overlaps(a, b):
            return "overlap"
        return _SIDE_BY_SIDE[self.size(self.common(a, b))]

    def nearness(self, a: Place, b: Place) -> int:
        """How far apart, from SAME_GROUND (0) to FARTHEST (13): symmetric, smaller is nearer.

        Twice the size of the smallest territory that holds both, and one more where they share no ground.
        So from a commune: itself 0; its EPT 4, a commune in it 5; its EPCI 6, a commune in it 7; its
        département 8, elsewhere in it 9; its région 10, elsewhere in it 11; the country 12, elsewhere in it
        13. From a municipal arrondissement: its city 2, elsewhere in it 3.
        """
        if a == b or (a in self.within(b) and b in self.within(a)):
            return SAME_GROUND
        return 2 * self.size(self.common(a, b)) + (not self.overlaps(a, b))

    def all_overlaps(self, a: Place, places: Sequence[Place]) -> list[bool]:
        """overlaps(a, b) for each b, quickly for many and for repeated places."""
        return _for_each(partial(self.overlaps, a), places)

    def relations(self, a: Place, places: Sequence[Place]) -> list[str]:
        """relation(a, b) for each b, quickly for many and for repeated places."""
        return _for_each(partial(self.relation, a), places)

    def nearnesses(self, a: Place, places: Sequence[Place]) -> list[int]:
        """nearness(a, b) for each b, quickly for many and for repeated places."""
        return _for_each(partial(self.nearness, a), places)


def _for_each(answer: Callable[[Place], Answer], places: Iterable[Place]) -> list[Answer]:
    answers = {place: answer(place) for place in set(places)}
    return [answers[place] for place in places]
