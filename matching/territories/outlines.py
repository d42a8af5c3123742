"""The outlines that maps draw, as somebody loaded them. Without any, a map shows its points alone."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction

from matching.geography.places import DEPARTEMENT
from matching.territories.models import Outline, Territory

_DEPTHS = {"Polygon": 2, "MultiPolygon": 3}
_FEWEST_CORNERS = 4


@dataclass
class Drawn:
    """What became of the features of a file."""

    written: int = 0
    """Territories whose outline is new or another one."""
    known: int = 0
    """Territories whose outline was the same already."""
    refused: list[tuple[int, str]] = field(default_factory=list)
    """Places of features in the file, and what is wrong with each."""


@transaction.atomic
def load_outlines(features: Iterable[Any], *, level: str = DEPARTEMENT) -> Drawn:
    """Write the outlines of these GeoJSON features, each with its official code. Safe to repeat."""
    drawn = Drawn()
    geometries: dict[str, Any] = {}
    for at, feature in enumerate(features, 1):
        fault = _fault(feature)
        if fault is None:
            geometries[str(feature["properties"]["code"])] = _bare(feature["geometry"])
        else:
            drawn.refused.append((at, fault))
    rows = {row.code: row for row in Territory.objects.current().filter(level=level, code__in=geometries)}
    drawn.refused += [(0, f"code : « {code} » n’est d’aucun territoire.") for code in geometries.keys() - rows.keys()]
    before = {outline.territory_id: outline.geometry for outline in Outline.objects.filter(territory__in=rows.values())}
    for code, row in rows.items():
        if before.get(row.pk) == geometries[code]:
            drawn.known += 1
            continue
        Outline.objects.update_or_create(territory=row, defaults={"geometry": geometries[code]})
        drawn.written += 1
    return drawn


def drawn_outlines() -> Iterator[dict[str, Any]]:
    """Every outline as a GeoJSON feature."""
    for outline in Outline.objects.select_related("territory").order_by("territory__code"):
        name = {"name": outline.territory.name}
        yield {"type": "Feature", "properties": name, "geometry": outline.geometry}


def _fault(feature: Any) -> str | None:
    """What is wrong with a feature, in words; None where nothing is."""
    if not isinstance(feature, Mapping) or not isinstance(properties := feature.get("properties"), Mapping):
        return "un objet avec « properties » et « geometry » est attendu."
    if not str(properties.get("code") or "").strip():
        return "properties.code : le code officiel manque."
    geometry = feature.get("geometry")
    depth = _DEPTHS.get(str(geometry.get("type"))) if isinstance(geometry, Mapping) else None
    if depth is None:
        return "geometry : un Polygon ou un MultiPolygon est attendu."
    if not _is_shape(geometry.get("coordinates"), depth):
        return "geometry.coordinates : des anneaux de points (longitude, latitude) sont attendus."
    return None


def _is_shape(held: Any, depth: int) -> bool:
    if not isinstance(held, list) or not held:
        return False
    if depth > 1:
        return all(_is_shape(each, depth - 1) for each in held)
    return len(held) >= _FEWEST_CORNERS and all(_is_corner(each) for each in held)


def _is_corner(held: Any) -> bool:
    if not isinstance(held, list) or len(held) < 2 or not all(isinstance(each, int | float) for each in held):
        return False
    # What is no number is between no limits.
    return -180 <= held[0] <= 180 and -90 <= held[1] <= 90


def _bare(geometry: Mapping[str, Any]) -> dict[str, Any]:
    return {"type": geometry["type"], "coordinates": geometry["coordinates"]}
