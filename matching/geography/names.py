"""Names of territories as people write, search and read them."""

import re
import unicodedata

_LIGATURES = str.maketrans({"œ": "oe", "æ": "ae", "ø": "o"})
_SUR = re.compile(r"\bs/\s*")
_NOT_A_WORD = re.compile(r"[\W_]+")
_SHORT_WORDS = {"st": "saint", "ste": "sainte", "sts": "saints", "stes": "saintes"}

_ARTICLES = {2: "Le ", 3: "La ", 4: "Les ", 5: "L'", 6: "Aux "}
_HINGES_BEFORE_ARTICLE = {2: "du ", 3: "de La ", 4: "des ", 5: "de L'", 6: "des "}
_HINGES = {1: "d'", 2: "du ", 3: "de la ", 4: "des ", 5: "de l'"}


def normalise(text: str) -> str:
    """The search key of a name: "St-Étienne" and "saint etienne" give the same one.

    Lower case, no accents, ligatures as two letters, St and Ste in full, a space for hyphens and apostrophes.
    """
    folded = unicodedata.normalize("NFKD", text).lower().translate(_LIGATURES)
    folded = "".join(character for character in folded if not unicodedata.combining(character))
    words = _NOT_A_WORD.sub(" ", _SUR.sub("sur ", folded)).split()
    return " ".join(_SHORT_WORDS.get(word, word) for word in words)


def typographic(name: str) -> str:
    """An official name as a screen shows it: typographic apostrophe, no capital in « arrondissement »."""
    return name.replace("'", "’").replace(" Arrondissement", " arrondissement")


def of(name: str, hinge: int) -> str:
    """ "Le Mans" with its hinge 2 is "du Mans", "Arles" with 1 is "d’Arles".

    The hinge is INSEE's TNCC, 0 to 8. Names of communes carry their article, names of départements do not.
    """
    article = _ARTICLES.get(hinge)
    if article and name.startswith(article):
        return typographic(_HINGES_BEFORE_ARTICLE[hinge] + name.removeprefix(article))
    return typographic(_HINGES.get(hinge, "de ") + name)
