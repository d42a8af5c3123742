"""The official table as a file: one territory a line, tab separated, compressed."""

import gzip
import io
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from matching.geography.places import EPT, Place

TABLE = Path(__file__).with_name("territories.tsv.gz")

COLUMNS = (
    "level",
    "code",
    "type",
    "name",
    "hinge",
    "department",
    "region",
    "epci",
    "ept",
    "siren",
    "population",
    "postcodes",
    "old_codes",
    "parent",
)


class BrokenTable(ValueError):
    """The table cannot be read: missing, badly compressed, or of another shape."""


@dataclass(frozen=True, slots=True)
class Territory:
    """One line of the official table; "" and () and None stand for what the table does not say.

    A current commune and the commune déléguée at its centre share a code: in a level, (code, type) is the
    key. department, region, epci, ept: codes of what it lies in. An EPCI may cross départements and régions;
    it has those where most of its people live, so relations are asked of the Geography, never read here.
    parent: of an arrondissement, its city; of a commune déléguée or associée, what it merged into.
    old_codes: codes of the communes that merged into this one, and its own former ones.
    population: inhabitants (population municipale). hinge: INSEE's TNCC, for "de", "du", "d’"…
    """

    level: str
    type: str
    code: str
    name: str
    department: str = ""
    region: str = ""
    epci: str = ""
    ept: str = ""
    siren: str = ""
    population: int | None = None
    postcodes: tuple[str, ...] = ()
    old_codes: tuple[str, ...] = ()
    parent: str = ""
    hinge: int = 0

    @property
    def place(self) -> Place:
        return Place(self.level, self.code)

    @property
    def is_ept(self) -> bool:
        return self.type == EPT


@dataclass(frozen=True, slots=True)
class Source:
    """Where a table comes from: the version of the package and the year of the geography."""

    version: str
    millesime: str


def parse_line(line: str) -> Territory:
    (
        level,
        code,
        type_,
        name,
        hinge,
        department,
        region,
        epci,
        ept,
        siren,
        population,
        postcodes,
        old_codes,
        parent,
    ) = line.split("\t")
    return Territory(
        level=level,
        type=type_,
        code=code,
        name=name,
        department=department,
        region=region,
        epci=epci,
        ept=ept,
        siren=siren,
        population=int(population) if population else None,
        postcodes=tuple(postcodes.split()),
        old_codes=tuple(old_codes.split()),
        parent=parent,
        hinge=int(hinge),
    )


def format_line(territory: Territory) -> str:
    fields = []
    for column in COLUMNS:
        value = getattr(territory, column)
        if value is None:
            value = ""
        fields.append(" ".join(value) if isinstance(value, tuple) else str(value))
    return "\t".join(fields)


def write(territories: Iterable[Territory], source: Source) -> bytes:
    """The bytes of a table file: the same territories give the same bytes, whenever they are written."""
    lines = [f"millesime\t{source.millesime}\tversion\t{source.version}", "\t".join(COLUMNS)]
    lines.extend(format_line(territory) for territory in territories)
    packed = io.BytesIO()
    with gzip.GzipFile(filename="", fileobj=packed, mode="wb", compresslevel=9, mtime=0) as stream:
        stream.write("\n".join(lines).encode())
    return packed.getvalue()


def read_lines(packed: bytes) -> tuple[Source, list[str]]:
    """The source of a table and its lines, not yet taken apart. Raises BrokenTable."""
    try:
        first, header, *lines = gzip.decompress(packed).decode().split("\n")
        _, millesime, _, version = first.split("\t")
    except (OSError, EOFError, ValueError) as fault:
        raise BrokenTable(f"the table of territories cannot be read: {fault}") from fault
    if tuple(header.split("\t")) != COLUMNS:
        raise BrokenTable("the table of territories has other columns than expected; derive it again")
    return Source(version=version, millesime=millesime), lines


def read(packed: bytes) -> tuple[Source, Iterator[Territory]]:
    source, lines = read_lines(packed)
    return source, map(parse_line, lines)
