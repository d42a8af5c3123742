"""A small world: homonyms, a merged commune, the Grand Paris, an EPCI across départements, overseas."""

import pytest

from matching.territories.models import Territory
from matching.territories.services import load_some

COMMUNES = (
    "29019 29075 29232 29155 85113 72181 16206 93066 93059 97411 11339 75056 75101 75118 69123 38544 2A004"
    " 69189 77404 40252 01033 97105 98735 62041 42218 76575"
)
PLACES = [
    *(("commune", code) for code in COMMUNES.split(" ")),
    *(("departement", code) for code in ("46", "86", "93", "91", "987")),
    ("region", "987"),
    ("epci", "200057867"),
    ("epci", "242900660"),
]


@pytest.fixture
def world(db):
    load_some(PLACES)


@pytest.fixture
def at(world):
    """The current row of a level and code."""
    return lambda level, code: Territory.objects.at(level, code).get()
