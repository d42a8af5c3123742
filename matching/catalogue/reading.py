"""What, how many and how much, as a sentence says it: « une salle », « 80 personnes », « 5 000 € »."""

import re

from matching.catalogue.models import Kind

_NUMBER = r"(?<![\w.,-])(\d{1,3}(?:[ .\u00a0\u202f]\d{3})+|\d{1,7})"
_PEOPLE = re.compile(
    _NUMBER + r"[ \u00a0\u202f]?(?:personnes?|places?(?! de stationnement)|participant(?:e|·e)?s?|convives|spectateurs"
    r"|enfants|adultes|élèves|bénévoles|adhérents|membres|seniors|retraité(?:e|·e)?s)\b",
    re.IGNORECASE,
)
# « dix retraitées », « une vingtaine de personnes »: as people say it, where no figure is.
_IN_LETTERS = {
    "deux": 2, "trois": 3, "quatre": 4, "cinq": 5, "six": 6, "sept": 7, "huit": 8, "neuf": 9, "dix": 10, "onze": 11,
    "douze": 12, "treize": 13, "quatorze": 14, "quinze": 15, "seize": 16, "vingt": 20, "trente": 30, "quarante": 40,
    "cinquante": 50, "soixante": 60, "cent": 100, "dizaine": 10, "douzaine": 12, "quinzaine": 15, "vingtaine": 20,
    "trentaine": 30, "quarantaine": 40, "cinquantaine": 50, "soixantaine": 60, "centaine": 100,
}  # fmt: skip
_LETTERS = re.compile(rf"(?<![\w-])({'|'.join(_IN_LETTERS)})(?: de | d['’]| )", re.IGNORECASE)
_SQUARE_METRES = re.compile(_NUMBER + r"[ \u00a0\u202f]?(?:m²|m2\b|mètres carrés)", re.IGNORECASE)
_EUROS = re.compile(_NUMBER + r"(?:,(\d{2}))?[ \u00a0\u202f]?(k€|(?:€|euros?\b))", re.IGNORECASE)
# What somebody asks for is said with "un", after "nous cherchons" or at the very beginning: « notre salle » is theirs.
_ASKED = (
    r"(?:\A\W*|[.!?:]\s+"
    r"|\b(?:une?|des|quelques|plusieurs|deux|trois|d['’]une?|cherch\w*|recherch\w*|besoin de|trouver)\s+)"
)
_WHICH = r"(?:(?:grande?|petite?|vaste|nouvel|nouvelle|nouveau|ancien|ancienne|beau|belle|aide)s?\s+)?"
_NOUNS = {
    Kind.PLACE: r"salles?|local|locaux|lieux?|bureaux?|terrains?|parcelles?|hangars?|entrep[ôo]ts?|friches?|gymnases?",
    Kind.FUNDING: r"subventions?|financements?|financi[èe]res?|bourses?|(?<=\bdes )fonds",
    Kind.DATA: r"(?:jeux? de )?donn[ée]es|archives|statistiques",
}
_KINDS = {kind: re.compile(rf"{_ASKED}{_WHICH}(?:{nouns})(?![\w-])", re.IGNORECASE) for kind, nouns in _NOUNS.items()}
# Words that name the kind and nothing more: without them « nous cherchons un lieu libre » has no subject left.
_NOTHING_MORE = re.compile(
    r"(?<![\w-])(?:lieux?|espaces?|endroits?|locaux|local|salles?|bureaux?|ressources?|offres?"
    r"|subventions?|financements?|aides?|financi[èe]re?s?|bourses?|fonds|argent|euros?"
    r"|(?:jeux? de )?donn[ée]es|trouver|trouve|louer|obtenir|avoir|dispo(?:nibles?)?|libres?|gratuit(?:e|es|s|ement)?"
    r"|terrains?|parcelles?|friches?|grande?s?|petite?s?|collectifs?|assos?|associations?|personnes?|svp)(?![\w-])",
    re.IGNORECASE,
)
_ROOMS = re.compile(r"(?<![\w-])(?:salles?|local|locaux|bureaux?)(?![\w-])", re.IGNORECASE)
_LAND = re.compile(
    r"(?<![\w-])(?:parcelles?|terrains?|friches?|champs?|vergers?|prairies?|bois)(?![\w-])", re.IGNORECASE
)
# Beyond these a number is a slip of the keyboard.
_MOST_PEOPLE = 1_000_000
_MOST_CENTS = 100_000_000_000


def kinds_in(text: str) -> list[str]:
    """The kinds of resource that the text asks for by their own names, in the order of Kind. Empty: it tells none."""
    return [kind for kind in Kind.values if _KINDS[kind].search(text)]


def subject_in(text: str) -> str:
    """The text without what names kinds, counts people and tells amounts: for what, if it says it."""
    for facts in (_EUROS, _PEOPLE, _NOTHING_MORE):
        text = facts.sub(" ", text)
    return text


def asks_for_a_room(text: str) -> bool:
    """Whether the place must have a roof and hold people: neither land nor a garden will do."""
    return _ROOMS.search(text) is not None


def is_land(text: str) -> bool:
    """Whether the text asks for land, or the title of a place names it."""
    return _LAND.search(text) is not None


def people_in(text: str) -> int | None:
    """The largest number of people that the text speaks of: the room must hold them all. None: it tells none."""
    told = _LETTERS.sub(lambda word: f"{_IN_LETTERS[word[1].lower()]} ", text)
    counts = [_whole(found[1]) for found in _PEOPLE.finditer(told)]
    return max((count for count in counts if 0 < count <= _MOST_PEOPLE), default=None)


def square_metres_in(text: str) -> int | None:
    """The largest surface that the text speaks of, in square metres. None: it tells none."""
    surfaces = [_whole(found[1]) for found in _SQUARE_METRES.finditer(text)]
    return max((surface for surface in surfaces if 0 < surface <= _MOST_PEOPLE), default=None)


def cents_in(text: str) -> int | None:
    """The largest amount that the text speaks of, in cents. None: it tells none."""
    amounts = [_cents(found) for found in _EUROS.finditer(text)]
    return max((cents for cents in amounts if 0 < cents <= _MOST_CENTS), default=None)


def _whole(figures: str) -> int:
    return int(re.sub(r"\D", "", figures))


def _cents(found: re.Match[str]) -> int:
    thousands = 1_000 if found[3].lower() == "k€" else 1
    return (_whole(found[1]) * 100 + int(found[2] or 0)) * thousands
