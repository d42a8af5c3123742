"""From the npm package @etalab/decoupage-administratif to the table of territories."""

import json
import re
import tarfile
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path, PurePosixPath
from typing import Any

from matching.geography.places import (
    COMMUNE,
    COUNTRY,
    CURRENT_COMMUNE,
    DEPARTEMENT,
    EPCI,
    EPT,
    LEVELS,
    OVERSEAS_COLLECTIVITY,
    REGION,
)
from matching.geography.table import Source, Territory, write

_FILES = ("communes", "departements", "regions", "epci", "ept")
_VOWELS = "AEIOUÂÀÉÈÊËÎÏÔÖÙÛÜ"
# The package gives these lands, which have no mayor, the hinge of a plain name or none.
_HINGES_PUT_RIGHT = {
    "Terres australes et antarctiques françaises": 4,
    "Îles Saint-Paul et Nouvelle-Amsterdam": 4,
    "Îles Éparses de l'océan Indien": 4,
    "Archipel des Kerguelen": 5,
    "Archipel des Crozet": 5,
    "Île de Clipperton": 5,
}
# Names of EPCI come without a hinge: the first word tells it ("de la CC…", "de l’Eurométropole…").
_FEMININE = re.compile(r"(?:CC|CA|CU|Métropole|Communauté)\b")

Row = dict[str, Any]


class BrokenPackage(ValueError):
    """What was given is not the package: says which file or field is missing."""


class Package:
    """The files of the package, from its folder or from the archive that `npm pack` makes."""

    def __init__(self, path: Path) -> None:
        if path.is_dir():
            texts = {name: (path / name).read_bytes() for name in self._names() if (path / name).is_file()}
        else:
            texts = self._from_archive(path)
        if missing := [name for name in self._names() if name not in texts]:
            raise BrokenPackage(f"{path}: not the package, {missing[0]} is missing")
        self._texts = texts

    @staticmethod
    def _names() -> list[str]:
        return ["package.json", "README.md", *(f"data/{name}.json" for name in _FILES)]

    @classmethod
    def _from_archive(cls, path: Path) -> dict[str, bytes]:
        texts = {}
        try:
            with tarfile.open(path) as archive:
                for member in archive:
                    name = str(PurePosixPath(member.name).relative_to("package"))
                    content = archive.extractfile(member) if name in cls._names() else None
                    if content is not None:
                        texts[name] = content.read()
        except (OSError, tarfile.TarError, ValueError) as fault:
            raise BrokenPackage(f"{path}: neither the folder of the package nor its archive") from fault
        return texts

    def rows(self, name: str) -> list[Row]:
        rows: list[Row] = json.loads(self._texts[f"data/{name}.json"])
        return rows

    @property
    def source(self) -> Source:
        """The README holds the only statement of which version is which year."""
        version = json.loads(self._texts["package.json"])["version"]
        years = re.findall(r"^\|\s*([0-9]{4})\s*\|\s*([0-9.]+)\s*\|", self._texts["README.md"].decode(), re.M)
        for year, of_version in years:
            if of_version == version:
                return Source(version=version, millesime=year)
        raise BrokenPackage(f"README.md does not say the year of version {version}")


def derive(path: Path) -> bytes:
    """The bytes of the table for the package at this path. Raises BrokenPackage."""
    package = Package(path)
    try:
        return write(territories(package), package.source)
    except (KeyError, json.JSONDecodeError) as fault:
        raise BrokenPackage(f"{path}: the package has another shape than expected: {fault!r}") from fault


def territories(package: Package) -> list[Territory]:
    """Every territory of the package and the country, by level, code and type."""
    communes, epci, ept = package.rows("communes"), package.rows("epci"), package.rows("ept")
    current = [row for row in communes if row["type"] == CURRENT_COMMUNE]
    epci_of, ept_of = _members(epci), _members(ept)
    found = [
        *_communes(communes, epci_of, ept_of),
        *_groups(epci, {}, current),
        *_groups(ept, epci_of, current),
        *_divisions(DEPARTEMENT, package.rows("departements"), current),
        *_divisions(REGION, package.rows("regions"), current),
        _country(current),
    ]
    return sorted(found, key=lambda found: (LEVELS.index(found.level), found.code, found.type))


def _members(groups: Iterable[Row]) -> dict[str, str]:
    return {member["code"]: group["code"] for group in groups for member in group["membres"]}


def _communes(rows: Iterable[Row], epci_of: dict[str, str], ept_of: dict[str, str]) -> Iterator[Territory]:
    for row in rows:
        parent = row.get("chefLieu") or row.get("commune") or ""
        commune = parent or row["code"]
        yield Territory(
            level=COMMUNE,
            type=row["type"],
            code=row["code"],
            name=row["nom"],
            department=row["departement"],
            region=row["region"],
            epci=epci_of.get(commune, ""),
            ept=ept_of.get(commune, ""),
            siren=row.get("siren", ""),
            population=row.get("population"),
            postcodes=tuple(row.get("codesPostaux", ())),
            old_codes=tuple(row.get("anciensCodes", ())),
            parent=parent,
            hinge=_hinge(row),
        )


def _groups(groups: Iterable[Row], epci_of: dict[str, str], current: Iterable[Row]) -> Iterator[Territory]:
    division_of = {row["code"]: (row["departement"], row["region"]) for row in current}
    for group in groups:
        people: Counter[tuple[str, str]] = Counter()
        for member in group["membres"]:
            people[division_of[member["code"]]] += member["populationMunicipale"]
        department, region = max(people, key=lambda division: (people[division], division))
        is_ept = group["type"] == EPT
        yield Territory(
            level=EPCI,
            type=group["type"],
            code=group["code"],
            name=group["nom"],
            department=department,
            region=region,
            epci=epci_of[group["membres"][0]["code"]] if is_ept else "",
            siren=group["code"],
            population=group["populationMunicipale"],
            hinge=_hinge_of_group(group["nom"]),
        )


def _divisions(level: str, rows: Iterable[Row], current: Iterable[Row]) -> Iterator[Territory]:
    people: defaultdict[str, int] = defaultdict(int)
    for commune in current:
        people[commune[level]] += commune.get("population", 0)
    for row in rows:
        yield Territory(
            level=level,
            type=OVERSEAS_COLLECTIVITY if row["zone"] == "com" else level,
            code=row["code"],
            name=row["nom"],
            region=row["region"] if level == DEPARTEMENT else "",
            population=people[row["code"]],
            hinge=_hinge(row),
        )


def _country(current: Iterable[Row]) -> Territory:
    return Territory(
        level=COUNTRY,
        type=COUNTRY,
        code="FR",
        name="France",
        population=sum(commune.get("population", 0) for commune in current),
    )


def _hinge(row: Row) -> int:
    """The package gives none for the communes of the overseas collectivities: their names tell it."""
    name = row["nom"]
    if name in _HINGES_PUT_RIGHT:
        return _HINGES_PUT_RIGHT[name]
    if "typeLiaison" in row:
        return int(row["typeLiaison"])
    for hinge, article in ((2, "Le "), (3, "La "), (4, "Les "), (5, "L'")):
        if name.startswith(article):
            return hinge
    return 1 if name[0] in _VOWELS else 0


def _hinge_of_group(name: str) -> int:
    if _FEMININE.match(name):
        return 3
    if name.startswith("Eurométropole"):
        return 5
    return 1 if name[0] in _VOWELS else 0
