"""The official geography into the database: from the table to rows, without ever deleting a territory."""

import re
from collections.abc import Callable, Iterable, Iterator
from itertools import chain
from typing import NamedTuple, TypeVar

from django.db import connection, models, transaction

from matching import geography
from matching.geography import Geography, Place, normalise
from matching.geography.names import typographic
from matching.geography.places import (
    COMMUNE,
    DEPARTEMENT,
    EPCI,
    MERGED_COMMUNES,
    MUNICIPAL_ARRONDISSEMENT,
    OVERSEAS_COLLECTIVITY,
    REGION,
)
from matching.territories.models import Containment, Territory, TerritoryName

#: Called from time to time with the steps done and the steps to do.
Progress = Callable[[int, int], None]

#: The two ends of a containment, or a territory and a search key.
Pair = tuple[int, int | str]
Item = TypeVar("Item")

_FIELDS = ("level", "type", "code", "name", "context", "siren", "population", "vintage", "replaced_by_id")
_BATCH = 5_000
_INSERTS: dict[type[models.Model], str] = {
    Containment: "INSERT INTO territories_containment (contained_id, container_id) VALUES ",
    TerritoryName: 'INSERT INTO territories_territoryname (territory_id, "key") VALUES ',
}

_KINDS_OF_EPCI = {
    "cc": "communaute de communes",
    "ca": "communaute d agglomeration",
    "cu": "communaute urbaine",
}
_KIND_BEFORE_NAME = re.compile(r"^(cc|ca|cu|metropole|eurometropole)((?: du| des| de la| de l| de| d)?) (.+)$")
_ARTICLE = re.compile(r"^(?:le|la|les|l|aux|las|los) (.+)$")
_ARRONDISSEMENT = re.compile(r"^(.+ \d+)(er|e) arrondissement$")


class _Identity(NamedTuple):
    """What stays the same from year to year: an EPCI may change its type, a commune its status."""

    level: str
    code: str
    merged: bool


def is_loaded() -> bool:
    """Whether the database holds the whole geography that ships with this version."""
    geo = geography.load()
    return Territory.objects.filter(vintage=geo.millesime).count() == len(geo)


@transaction.atomic
def load_all(progress: Progress | None = None) -> int:
    """Every territory of the table. Safe to repeat: only what differs is written. Returns the number of rows.

    Rows that the table no longer knows keep their vintage, and point to what replaced them if that is known.
    """
    geo = geography.load()
    _write(geo, list(geo.territories()), progress)
    _retire_what_vanished(geo)
    _measure_tables()
    return Territory.objects.count()


@transaction.atomic
def load_some(places: Iterable[tuple[str, str]]) -> int:
    """The territories of these levels and codes, and all that contain them: a small world for tests.

    An old code brings its own row too, replaced. Raises ValueError for a code that the table does not know.
    """
    geo = geography.load()
    wanted: set[Place] = set()
    merged = {}
    for level, code in places:
        place = geo.resolve(level, code)
        if place is None:
            raise ValueError(f"unknown territory: {level} {code}")
        wanted |= geo.within(place)
        if level == COMMUNE and (row := geo.merged_commune(code)):
            merged[code] = row
    _write(geo, [*(geo.get(place) for place in sorted(wanted)), *merged.values()])
    return Territory.objects.count()


def _write(geo: Geography, rows: list[geography.Territory], progress: Progress | None = None) -> None:
    """The rows, what contains each, and the ways to find it."""
    current = [row for row in rows if not _is_merged(row)]
    merged = [row for row in rows if _is_merged(row)]
    _write_rows([_as_model(geo, row) for row in current])
    ids = _ids_of_current()
    _write_rows([_as_model(geo, row, replaced_by=ids[_today(geo, row)]) for row in merged])
    if progress:
        progress(1, 3)
    ids_of_merged = _ids_of_merged()
    containments: set[Pair] = {
        (ids_of_merged[row.place] if _is_merged(row) else ids[row.place], ids[container])
        for row in rows
        for container in _containers(geo, row)
    }
    _write_pairs(Containment, "contained_id", "container_id", containments)
    if progress:
        progress(2, 3)
    names: set[Pair] = {(ids[_today(geo, row)], key) for row in rows for key in _search_keys(geo, row)}
    _write_pairs(TerritoryName, "territory_id", "key", names)
    if progress:
        progress(3, 3)


def _is_merged(row: geography.Territory) -> bool:
    return row.type in MERGED_COMMUNES


def _today(geo: Geography, row: geography.Territory) -> Place:
    """The place of today that a row of the table stands for: for a merged commune, the one around it."""
    return Place(row.level, row.parent) if _is_merged(row) else row.place


def _containers(geo: Geography, row: geography.Territory) -> frozenset[Place]:
    """What contains it entirely, itself left out."""
    around = geo.within(_today(geo, row))
    return around if _is_merged(row) else around - {row.place}


def _as_model(geo: Geography, row: geography.Territory, replaced_by: int | None = None) -> Territory:
    return Territory(
        level=row.level,
        type=row.type,
        code=row.code,
        name=typographic(row.name),
        context=geo.precision(_today(geo, row)),
        siren=row.siren,
        population=row.population,
        vintage=geo.millesime,
        replaced_by_id=replaced_by,
    )


def _write_rows(wanted: list[Territory]) -> None:
    """Insert what is new and rewrite what differs, keeping the primary keys that others point to."""
    known = {_identity(row): row for row in Territory.objects.order_by()}
    new, changed = [], []
    for row in wanted:
        before = known.get(_identity(row))
        if before is None:
            new.append(row)
        elif any(getattr(row, field) != getattr(before, field) for field in _FIELDS):
            row.pk = before.pk
            changed.append(row)
    Territory.objects.bulk_create(new, batch_size=_BATCH)
    Territory.objects.bulk_create(
        changed, batch_size=_BATCH, update_conflicts=True, unique_fields=["id"], update_fields=list(_FIELDS)
    )


def _identity(row: Territory) -> _Identity:
    return _Identity(row.level, row.code, row.type in MERGED_COMMUNES)


def _ids_of_current() -> dict[Place, int]:
    rows = Territory.objects.exclude(type__in=MERGED_COMMUNES).values_list("level", "code", "pk")
    return {Place(level, code): pk for level, code, pk in rows}


def _ids_of_merged() -> dict[Place, int]:
    rows = Territory.objects.filter(type__in=MERGED_COMMUNES).values_list("level", "code", "pk")
    return {Place(level, code): pk for level, code, pk in rows}


def _write_pairs(model: type[models.Model], owner: str, other: str, wanted: set[Pair]) -> None:
    """Make the pairs of these owners exactly the wanted ones; the pairs of other owners stay."""
    rows = model._default_manager
    owners = {pair[0] for pair in wanted}
    known = {(first, second): pk for pk, first, second in rows.values_list("pk", owner, other) if first in owners}
    for batch in _batches([pk for pair, pk in known.items() if pair not in wanted], _BATCH):
        rows.filter(pk__in=batch).delete()
    _insert_pairs(_INSERTS[model], sorted(pair for pair in wanted if pair not in known))


def _insert_pairs(statement: str, pairs: list[Pair]) -> None:
    """A quarter of a million pairs at once: making a model of each takes four times as long."""
    with connection.cursor() as cursor:
        for batch in _batches(pairs, (connection.features.max_query_params or 10_000) // 2):
            cursor.execute(statement + ", ".join(["(%s, %s)"] * len(batch)), list(chain.from_iterable(batch)))


def _batches(items: list[Item], size: int) -> Iterator[list[Item]]:
    for start in range(0, len(items), size):
        yield items[start : start + size]


def _search_keys(geo: Geography, row: geography.Territory) -> set[str]:
    """What people may type to find it; a merged commune is found by its name as the one around it."""
    name = normalise(row.name)
    if _is_merged(row):
        return {name}
    if row.level == REGION and row.type == OVERSEAS_COLLECTIVITY:
        return set()  # the same land is found as a département
    keys = {name, normalise(geo.phrase(row.place)), *row.postcodes}
    if row.hinge > 1 and (parts := _ARTICLE.match(name)):
        keys.add(parts.group(1))
    if row.level == DEPARTEMENT:
        keys.add(normalise(row.code))
    if row.level == EPCI and (parts := _KIND_BEFORE_NAME.match(name)):
        kind, hinge, rest = parts.groups()
        keys |= {rest, f"{_KINDS_OF_EPCI.get(kind, kind)}{hinge} {rest}"}
    if row.type == MUNICIPAL_ARRONDISSEMENT and (parts := _ARRONDISSEMENT.match(name)):
        number, ordinal = parts.groups()
        keys |= {number, number + ordinal}
    return keys


def _retire_what_vanished(geo: Geography) -> None:
    """Point the rows that the table no longer knows to what their code means today, and put them in it."""
    ids = _ids_of_current()
    for row in Territory.objects.exclude(vintage=geo.millesime).filter(replaced_by=None).order_by("pk"):
        place = geo.resolve(row.level, row.code)
        if place is None or ids[place] == row.pk:
            continue
        row.replaced_by_id = ids[place]
        row.save(update_fields=["replaced_by"])
        Containment.objects.bulk_create(
            (Containment(contained=row, container_id=ids[container]) for container in geo.within(place)),
            ignore_conflicts=True,
        )


def _measure_tables() -> None:
    """After so many rows at once the database plans its queries badly until it counts them again."""
    with connection.cursor() as cursor:
        for table in ("territories_territory", "territories_containment", "territories_territoryname"):
            cursor.execute(f"ANALYZE {table}")
