"""How many and how much, as a sentence says it: « 80 personnes », « 5 000 € »."""

import re

_NUMBER = r"(?<![\w.,-])(\d{1,3}(?:[ .\u00a0\u202f]\d{3})+|\d{1,7})"
_PEOPLE = re.compile(
    _NUMBER + r"[ \u00a0\u202f]?(?:personnes?|places?(?! de stationnement)|participant(?:e|·e)?s?|convives|spectateurs"
    r"|enfants|adultes|élèves|bénévoles|adhérents)\b",
    re.IGNORECASE,
)
_EUROS = re.compile(_NUMBER + r"(?:,(\d{2}))?[ \u00a0\u202f]?(k€|(?:€|euros?\b))", re.IGNORECASE)
# Beyond these a number is a slip of the keyboard.
_MOST_PEOPLE = 1_000_000
_MOST_CENTS = 100_000_000_000


def people_in(text: str) -> int | None:
    """The largest number of people that the text speaks of: the room must hold them all. None: it tells none."""
    counts = [_whole(found[1]) for found in _PEOPLE.finditer(text)]
    return max((count for count in counts if 0 < count <= _MOST_PEOPLE), default=None)


def cents_in(text: str) -> int | None:
    """The largest amount that the text speaks of, in cents. None: it tells none."""
    amounts = [_cents(found) for found in _EUROS.finditer(text)]
    return max((cents for cents in amounts if 0 < cents <= _MOST_CENTS), default=None)


def _whole(figures: str) -> int:
    return int(re.sub(r"\D", "", figures))


def _cents(found: re.Match[str]) -> int:
    thousands = 1_000 if found[3].lower() == "k€" else 1
    return (_whole(found[1]) * 100 + int(found[2] or 0)) * thousands
