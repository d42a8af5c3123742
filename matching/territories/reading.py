"""The territory that a sentence speaks of, when nobody has chosen one."""

from collections import defaultdict
from typing import NamedTuple

from matching.geography.mentions import Mention, mentions
from matching.territories.models import Territory, TerritoryName

# « au Havre », « dans le Lot »; a smaller « Port » or « Montagne » is not meant by « au port ».
_WELL_KNOWN = 5_000
_LARGE = (Territory.Level.DEPARTEMENT, Territory.Level.REGION)


class Named(NamedTuple):
    """A territory that a text names, and where the name stands in it."""

    territory: Territory
    start: int
    end: int


def territory_in(text: str) -> Named | None:
    """The first territory that the text names after a preposition of place; of homonyms the most populated.

    « à Vienne » is the commune, « dans la Vienne » the département. One query, however long the text.
    """
    told = mentions(text)
    if not told:
        return None
    by_key = _called({key for mention in told for key in mention.keys})
    return next((meant for mention in told if (meant := _meant(mention, by_key))), None)


def _called(keys: set[str]) -> dict[str, list[Territory]]:
    """Today's territories, the whole country left out, by each of these names."""
    rows = TerritoryName.objects.filter(key__in=keys, territory__in=Territory.objects.current())
    rows = rows.exclude(territory__level=Territory.Level.COUNTRY).select_related("territory")
    found: defaultdict[str, list[Territory]] = defaultdict(list)
    for row in rows.order_by("key", "territory_id"):
        found[row.key].append(row.territory)
    return found


def _meant(mention: Mention, by_key: dict[str, list[Territory]]) -> Named | None:
    for key, end in zip(mention.keys, mention.ends, strict=True):
        candidates = by_key.get(key, [])
        if mention.doubtful and " " not in key:
            candidates = [each for each in candidates if _is_well_known(each)]
        if candidates:
            likeliest = min(candidates, key=lambda each: _likelihood(each, within=mention.within))
            return Named(likeliest, mention.start, end)
    return None


def _is_well_known(territory: Territory) -> bool:
    return territory.level in _LARGE or (territory.population or 0) >= _WELL_KNOWN


def _likelihood(territory: Territory, *, within: bool) -> tuple[bool, int, int, int]:
    """The likeliest sorts first."""
    expected = _LARGE if within else (Territory.Level.COMMUNE,)
    levels = list(Territory.Level.values)
    rank = levels.index(territory.level)
    return territory.level not in expected, -(territory.population or 0), rank, territory.pk
