"""The official geography of France, read once and asked often."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from copy import copy
from functools import cache
from itertools import chain
from math import asin, cos, radians, sin, sqrt
from pathlib import Path

from matching.geography import names
from matching.geography.places import (
    COMMUNE,
    COUNTRY,
    DEPARTEMENT,
    EPCI,
    EPT,
    FRANCE,
    MERGED_COMMUNES,
    MUNICIPAL_ARRONDISSEMENT,
    OVERSEAS_COLLECTIVITY,
    REGION,
    Place,
    well_formed,
)
from matching.geography.relations import Relations
from matching.geography.table import TABLE, BrokenTable, Territory, parse_line, read_lines

Point = tuple[float, float]
"""A latitude and a longitude, in degrees."""

EARTH_RADIUS = 6371.0
_KILOMETRES_OF_A_DEGREE = EARTH_RADIUS * radians(1)
_LEVELS_IN_FRENCH = {COMMUNE: "commune", DEPARTEMENT: "département", REGION: "région"}


class Geography(Relations):
    """The table and the relations of its places. Build it with load(), once per process.

    Places come from resolve(); the other questions raise KeyError for a place that the table does not know.
    """

    def __init__(self, packed: bytes) -> None:
        """packed: the bytes of a table file. Raises BrokenTable."""
        source, lines = read_lines(packed)
        self.millesime = source.millesime
        self.version = source.version
        self._lines: dict[Place, str] = {}
        self._merged_lines: dict[str, str] = {}
        self._merged: dict[str, str] = {}
        self._larger: dict[Place, Territory] = {}
        self._points: Mapping[str, Point] = {}
        try:
            self._index(lines)
        except (ValueError, IndexError) as fault:
            raise BrokenTable(f"the table of territories has a broken line: {fault}") from fault

    def _index(self, lines: Sequence[str]) -> None:
        areas: dict[str, frozenset[Place]] = {}
        communes: defaultdict[Place, list[str]] = defaultdict(list)
        cities: dict[str, str] = {}
        ept: set[str] = set()
        former: dict[str, str] = {}
        known_areas: dict[tuple[str, ...], frozenset[Place]] = {}
        for line in lines:
            level, code, type_, rest = line.split("\t", 3)
            if level != COMMUNE:
                self._lines[Place(level, code)] = line
                if type_ == EPT:
                    ept.add(code)
                continue
            _, _, department, region, of_epci, of_ept, _, _, _, old_codes, parent = rest.split("\t")
            if type_ in MERGED_COMMUNES:
                self._merged_lines[code] = line
                self._merged[code] = parent
                continue
            self._lines[Place(COMMUNE, code)] = line
            if type_ == MUNICIPAL_ARRONDISSEMENT:
                cities[code] = parent
                continue
            for old in old_codes.split():
                former[old] = code
            key = (of_epci, of_ept, department, region)
            if key not in known_areas:
                known_areas[key] = _areas(*key)
            areas[code] = known_areas[key]
            for area in known_areas[key]:
                communes[area].append(code)
        # Where both say something, the commune that a déléguée or associée names today is the fresher one.
        self._merged = former | self._merged
        super().__init__(areas=areas, communes=dict(communes), cities=cities, ept=frozenset(ept))

    def with_points(self, points: Mapping[str, Point]) -> "Geography":
        """The same geography that knows where communes lie, by their codes; this one stays as it is."""
        located = copy(self)
        located._points = points
        return located

    def point(self, place: Place) -> Point | None:
        """Where a commune lies, an arrondissement with its city unless it has a point of its own.

        None for larger places, and where no point was given: everything then works by relation.
        """
        if place.level != COMMUNE or not self._points:
            return None
        return self._points.get(place.code) or self._points.get(self._cities.get(place.code, ""))

    def distance(self, a: Place, b: Place) -> float | None:
        """Kilometres from point to point as the crow flies; None where one of them is not known."""
        start, end = self.point(a), self.point(b)
        if start is None or end is None:
            return None
        (south, west), (north, east) = (map(radians, point) for point in (start, end))
        chord = sin((north - south) / 2) ** 2 + cos(south) * cos(north) * sin((east - west) / 2) ** 2
        return 2 * EARTH_RADIUS * asin(min(1.0, sqrt(chord)))

    @property
    def is_located(self) -> bool:
        """Whether it knows where any commune lies."""
        return bool(self._points)

    def near(self, place: Place, kilometres: float) -> list[Place]:
        """The communes that lie no farther from this one, itself included; none where its point is not known."""
        if (start := self.point(place)) is None:
            return []
        high = kilometres / _KILOMETRES_OF_A_DEGREE
        # Degrees of longitude grow shorter towards the poles.
        wide = high / max(cos(radians(min(90.0, abs(start[0]) + high))), 1e-6)
        around = (
            Place(COMMUNE, code)
            for code, (latitude, longitude) in self._points.items()
            if abs(latitude - start[0]) <= high and abs(longitude - start[1]) <= wide
        )
        return [place, *(each for each in around if each != place and self._is_near(place, each, kilometres))]

    def _is_near(self, place: Place, other: Place, kilometres: float) -> bool:
        distance = self.distance(place, other)
        return distance is not None and distance <= kilometres

    def resolve(self, level: str, code: str) -> Place | None:
        """The place of a level and code as the table of today has it; None when it knows none.

        The code of a commune that merged gives the commune that it merged into; a code that is both a commune
        déléguée and a current commune is the current one; municipal arrondissements stay themselves.
        """
        place = Place(level, code)
        if place in self._lines:
            return place
        if level == COMMUNE and code in self._merged:
            return Place(COMMUNE, self._merged[code])
        return None

    def well_formed(self, level: str, code: str) -> bool:
        """Whether the code has the form of its level, known or not."""
        return well_formed(level, code)

    def get(self, place: Place) -> Territory:
        """The line of the table for a resolved place."""
        if place.level == COMMUNE:
            return parse_line(self._lines[place])
        # A few larger territories are asked for all the time, for the names around a commune.
        if place not in self._larger:
            self._larger[place] = parse_line(self._lines[place])
        return self._larger[place]

    def merged_commune(self, code: str) -> Territory | None:
        """The line of the commune déléguée or associée of this code, if there is one."""
        line = self._merged_lines.get(code)
        return parse_line(line) if line else None

    def __len__(self) -> int:
        """How many lines the table has."""
        return len(self._lines) + len(self._merged_lines)

    def territories(self) -> Iterator[Territory]:
        """Every line of the table, communes déléguées and associées last."""
        return map(parse_line, chain(self._lines.values(), self._merged_lines.values()))

    def communes(self, place: Place) -> Sequence[str]:
        """Codes of the current communes in it; for an arrondissement, of its city."""
        if place.level == COMMUNE:
            return (self._cities.get(place.code, place.code),)
        return self._communes[place]

    def name(self, place: Place) -> str:
        """ "Brest", "L’Île-d’Yeu": the official name with screen typography."""
        return names.typographic(self.get(place).name)

    def of(self, place: Place) -> str:
        """ "de Brest", "du Mans", "d’Arles", "des Côtes-d’Armor", "de la CC du Pays Fouesnantais"."""
        territory = self.get(place)
        return names.of(territory.name, territory.hinge)

    def phrase(self, place: Place) -> str:
        """The name with what tells it from its homonyms: "Brest (Finistère)", "Vienne (département)"."""
        name, precision = self.name(place), self.precision(place)
        return f"{name} ({precision})" if precision else name

    def precision(self, place: Place) -> str:
        """What tells a place from its homonyms: "Finistère" for Brest, "département" for the Vienne.

        An EPCI is told by its départements, and by its régions where those are more than two.
        """
        territory = self.get(place)
        if territory.type in (COUNTRY, MUNICIPAL_ARRONDISSEMENT):
            return ""
        if territory.type == OVERSEAS_COLLECTIVITY:
            return "collectivité d’outre-mer"
        if place.level in (DEPARTEMENT, REGION):
            return _LEVELS_IN_FRENCH[place.level]
        around = self._names_around(place, DEPARTEMENT)
        if len(around) > 2:
            around = self._names_around(place, REGION)
        if around == [self.name(place)]:
            return _LEVELS_IN_FRENCH[COMMUNE]
        return ", ".join(around)

    def _names_around(self, place: Place, level: str) -> list[str]:
        return [self.name(area) for area in sorted(self.touching(place)) if area.level == level]


def _areas(epci: str, ept: str, department: str, region: str) -> frozenset[Place]:
    areas = {FRANCE, Place(DEPARTEMENT, department), Place(REGION, region)}
    areas.update(Place(EPCI, code) for code in (epci, ept) if code)
    return frozenset(areas)


@cache
def load(path: Path = TABLE) -> Geography:
    """The geography of the committed table, read once per process. Raises BrokenTable."""
    try:
        packed = path.read_bytes()
    except OSError as fault:
        raise BrokenTable(f"the table of territories cannot be read: {fault}") from fault
    return Geography(packed)
