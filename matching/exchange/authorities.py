"""From the name of an authority to its place: « Conseil départemental du Morbihan » is département 56.

Only names that say what they are, and that one territory alone bears, are understood.
"""

import re
from collections.abc import Iterator
from functools import cache

from matching.geography import Geography, Place, normalise

_PRECISION = re.compile(r"\s*\([^()]*\)\s*$")
_LEADING_HINGES = re.compile(r"^(?:(?:de|du|des|d|la|le|les|l)\s+)+")
_DEPARTEMENT = re.compile(r"^(?:conseil departemental|departement)\s+(.+)$")
_REGION = re.compile(r"^(?:conseil regional|region)\s+(.+)$")
_COMMUNE = re.compile(r"^(?:commune|ville|mairie)\s+(.+)$")
_EPCI_WORDS = {"CC": "communaute de communes", "CA": "communaute d agglomeration", "CU": "communaute urbaine"}


def place_of_authority(name: str, geography: Geography) -> Place | None:
    """The place governed by the authority of this name, or None where the name does not tell it surely."""
    key = normalise(_PRECISION.sub("", name))
    for pattern, level in ((_DEPARTEMENT, "departement"), (_REGION, "region"), (_COMMUNE, "commune")):
        if found := pattern.match(key):
            return _places(geography, level).get(_core(found[1]))
    return _places(geography, "epci").get(key)


@cache
def _places(geography: Geography, level: str) -> dict[str, Place]:
    """The places of a level by each of their names; a name that two places bear is nobody's."""
    by_name: dict[str, Place | None] = {}
    for territory in geography.territories():
        if territory.level != level or territory.type.startswith(("commune-d", "commune-as", "arrondissement")):
            continue
        for name in set(_names(territory.level, territory.type, territory.name)):
            by_name[name] = None if name in by_name else territory.place
    return {name: place for name, place in by_name.items() if place is not None}


def _names(level: str, type_: str, name: str) -> Iterator[str]:
    key = normalise(name)
    if level != "epci":
        yield _core(key)
        return
    yield key
    if type_ in _EPCI_WORDS:
        own = key.removeprefix(f"{type_.lower()} ")
        yield own
        for hinge in ("", "de ", "du ", "des ", "d ", "de la ", "de l "):
            yield f"{_EPCI_WORDS[type_]} {hinge}{_LEADING_HINGES.sub('', own)}"
    elif "metropole" in key:
        # « Métropole de Brest » for « Brest Métropole », « Métropole du Grand Nancy » as it stands.
        town = _core(key.replace("metropole", "").strip())
        for hinge in ("", "de ", "du ", "d "):
            yield f"metropole {hinge}{town}"
        yield f"{town} metropole"


def _core(key: str) -> str:
    return _LEADING_HINGES.sub("", key.strip())
