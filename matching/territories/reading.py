"""The territory that a sentence speaks of, when nobody has chosen one."""

from collections import defaultdict
from collections.abc import Iterable
from typing import NamedTuple

from matching.geography.guesses import Guess, guesses
from matching.geography.mentions import Mention, mentions
from matching.territories.models import Territory, TerritoryName

# « au Havre », « dans le Lot »; a smaller « Port » or « Montagne » is not meant by « au port ».
_WELL_KNOWN = 5_000
_LARGE = (Territory.Level.DEPARTEMENT, Territory.Level.REGION)
# So many words in lower case are nothing but the name of a place, however small: « limogne en quercy ».
_WORDS_OF_NO_OTHER_SENSE = 3


class Named(NamedTuple):
    """A territory that a text names, and where the name stands in it."""

    territory: Territory
    start: int
    end: int


def territory_in(text: str) -> Named | None:
    """The first territory that the text names after a preposition of place; of homonyms the most populated.

    « à Vienne » is the commune, « dans la Vienne » the département. Without a capital, or at the end of a short
    question, only what is well known is believed. One query, however long the text.
    """
    told, guessed = mentions(text), guesses(text)
    keys = {key for mention in told for key in mention.keys} | {name.key for guess in guessed for name in guess.names}
    if not keys:
        return None
    by_key = _called(keys)
    found = [_meant(mention, by_key) for mention in told] + [_guessed(guess, by_key) for guess in guessed]
    return next(filter(None, found), None)


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
            candidates = [each for each in candidates if _is_known(each, _WELL_KNOWN)]
        if candidates:
            return Named(_likeliest(candidates, within=mention.within), mention.start, end)
    return None


def _guessed(guess: Guess, by_key: dict[str, list[Territory]]) -> Named | None:
    for name in guess.names:
        candidates = [each for each in by_key.get(name.key, []) if _is_believed(each, guess, name.key)]
        if candidates:
            return Named(_likeliest(candidates, within=guess.within), name.start, name.end)
    return None


def _is_believed(territory: Territory, guess: Guess, key: str) -> bool:
    if guess.within:
        return territory.level in _LARGE
    words = key.count(" ") + 1
    if words == 1 and territory.level == Territory.Level.EPCI:
        return False
    return words >= _WORDS_OF_NO_OTHER_SENSE or _is_known(territory, guess.trust)


def _is_known(territory: Territory, inhabitants: int) -> bool:
    return territory.level in _LARGE or (territory.population or 0) >= inhabitants


def _likeliest(candidates: Iterable[Territory], *, within: bool) -> Territory:
    return min(candidates, key=lambda each: _likelihood(each, within=within))


def _likelihood(territory: Territory, *, within: bool) -> tuple[bool, int, int, int]:
    """The likeliest sorts first."""
    expected = _LARGE if within else (Territory.Level.COMMUNE,)
    levels = list(Territory.Level.values)
    rank = levels.index(territory.level)
    return territory.level not in expected, -(territory.population or 0), rank, territory.pk
