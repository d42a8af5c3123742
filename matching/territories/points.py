"""Where communes lie: points that somebody loaded, in rows, and the geography that knows them.

Without any the service works by relation: same commune, same EPCI, same département.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from threading import Lock
from typing import NamedTuple

from django.db import transaction
from django.db.models import Count, Sum

from matching import geography
from matching.geography import Geography, Place, Point
from matching.geography.places import COMMUNE, MERGED_COMMUNES
from matching.territories.models import Territory

_BATCH = 5_000
_LATITUDES, _LONGITUDES = (-90.0, 90.0), (-180.0, 180.0)


class Line(NamedTuple):
    """One line of a file of points, as it is written."""

    number: int
    code: str
    lon: str
    lat: str


@dataclass
class Loaded:
    """What became of the lines of a file."""

    written: int = 0
    """Communes whose point is new or has moved."""
    known: int = 0
    """Communes whose point was the same already."""
    merged: int = 0
    """Lines about a commune that has merged since, whose successor another line speaks for."""
    refused: list[tuple[int, str]] = field(default_factory=list)
    """Numbers of lines, and what is wrong with each."""


@transaction.atomic
def load_points(lines: Iterable[Line]) -> Loaded:
    """Write where these communes lie. Safe to repeat; communes that no line names keep what they had."""
    loaded = Loaded()
    of_today, of_yesterday = _read(lines, loaded)
    for code, point in of_yesterday.items():
        if code in of_today:
            loaded.merged += 1
        else:
            of_today[code] = point
    rows = Territory.objects.filter(level=COMMUNE).exclude(type__in=MERGED_COMMUNES)
    moved = []
    for row in rows.filter(code__in=of_today) if len(of_today) < _BATCH else rows:
        if (point := of_today.get(row.code)) is None:
            continue
        if (row.latitude, row.longitude) == point:
            loaded.known += 1
        else:
            row.latitude, row.longitude = point
            moved.append(row)
    Territory.objects.bulk_create(
        moved,
        batch_size=_BATCH,
        update_conflicts=True,
        unique_fields=["id"],
        update_fields=["latitude", "longitude"],
    )
    loaded.written = len(moved)
    return loaded


def _read(lines: Iterable[Line], loaded: Loaded) -> tuple[dict[str, Point], dict[str, Point]]:
    """Points by the code of today's commune: from lines that bear it, and from those that bear an older one."""
    table = geography.load()
    of_today: dict[str, Point] = {}
    of_yesterday: dict[str, Point] = {}
    seen: set[str] = set()
    for line in lines:
        place = table.resolve(COMMUNE, line.code)
        latitude, longitude = _degrees(line.lat, _LATITUDES), _degrees(line.lon, _LONGITUDES)
        if place is None:
            loaded.refused.append((line.number, f"code : « {line.code} » n’est le code d’aucune commune."))
        elif line.code in seen:
            loaded.refused.append((line.number, f"code : « {line.code} » a déjà une ligne plus haut."))
        elif latitude is None:
            loaded.refused.append((line.number, f"lat : « {line.lat} » n’est pas un nombre de -90 à 90."))
        elif longitude is None:
            loaded.refused.append((line.number, f"lon : « {line.lon} » n’est pas un nombre de -180 à 180."))
        else:
            seen.add(line.code)
            found = of_today if place.code == line.code else of_yesterday
            # Of several that merged into one, the first speaks for it.
            loaded.merged += place.code in found
            found.setdefault(place.code, (latitude, longitude))
    return of_today, of_yesterday


def _degrees(written: str, limits: tuple[float, float]) -> float | None:
    try:
        degrees = float(written)
    except ValueError:
        return None
    # What is no number is between no limits.
    return degrees if limits[0] <= degrees <= limits[1] else None


def places_near(located: Geography, origin: Territory, kilometres: float) -> list[Place]:
    """The communes that lie no farther from this one, and every area that holds one of them; none without a point."""
    place = located.resolve(origin.level, origin.code)
    communes = located.near(place, kilometres) if place else []
    return [*communes, *{area for commune in communes for area in located.touching(commune)} - {*communes}]


def kilometres_between(located: Geography, a: Territory, b: Territory) -> float | None:
    """How far apart as the crow flies, from the middle of one commune to that of the other; None where unknown."""
    here, there = (located.resolve(each.level, each.code) for each in (a, b))
    return located.distance(here, there) if here and there else None


def point_of(located: Geography, territory: Territory) -> Point | None:
    """The middle of this commune; None for larger territories and where no point was loaded."""
    place = located.resolve(territory.level, territory.code)
    return located.point(place) if place else None


_lock = Lock()
_located: tuple[object, Geography] | None = None


def located_geography() -> Geography:
    """The official geography with the points that the database holds: the same object while they stay the same."""
    global _located
    mark = tuple(Territory.objects.aggregate(Count("latitude"), Sum("latitude"), Sum("longitude")).values())
    if not mark[0]:
        return geography.load()
    with _lock:
        if _located is None or _located[0] != mark:
            rows = Territory.objects.filter(latitude__isnull=False, longitude__isnull=False, replaced_by=None)
            points = {code: (lat, lon) for code, lat, lon in rows.values_list("code", "latitude", "longitude")}
            _located = mark, geography.load().with_points(points)
        return _located[1]
