"""Where a sentence typed in a hurry may speak of a place: « une salle à brest », « cuisine partagée roubaix ».

Without a capital nearly any word could be a name: a guess is to be believed of well-known places only, as its trust
says, and to be shown back. What is first of all a word (« à la montagne », « en avion ») is never guessed.
"""

import re
from collections.abc import Iterator
from enum import IntEnum
from typing import NamedTuple

from matching.geography.mentions import MOST_MENTIONS, MOST_WORDS, ORDINARY, WORDS, beginnings, starts
from matching.geography.names import normalise

_WORDS_FIRST = ORDINARY | frozenset(
    """
    aigle albert angles anse arcs aube avion belleville blanc carnet cendre change cher clefs combes condom contes
    corne coteau cours couronne coutures creche crest croix desert diamant drain drap estuaire eu falaise fleche
    fontaine foret forges fosses fougere francois fronton garde gene geste gorges gray grenade herbiers hopital
    jumelles landes ligne lilas lire lisses loges lorrain lot lure madeleine mare marin marquise mele mene mer
    montagne monts moule moulins nord oraison orange oriente passage perche persan pertuis pierres plaisir
    possession presles provins publier riche rives robert salles savanes sens serein somme sorbiers source sud
    tampon temple tours tresses trinite tronche tulle union verriere vif vitre
    """.split()
)
# These are towns after « à », and those départements after « dans le ».
_TOWNS_AFTER_AT = frozenset("grenade lure moulins orange sens tours tulle vitre".split())
_DEPARTEMENTS_AFTER_IN = frozenset("cher landes lot".split())
# Waters lend their names to other places, and to the banks that one speaks of.
_WATERS = frozenset("creuse loire manche marne seine vienne".split())
_AT_THE_END = _WORDS_FIRST | _WATERS | {"macon"}

_ON = re.compile(r"(?<![\w'’-])(?P<before>[\w'’-]+\s+)?sur\s+(?P<rest>\S.*)", re.IGNORECASE)
_END = re.compile(r"[^\n.!?;:,()/+&\"«»]+(?=[\s.!?]*\Z)")
# A name at the end of a sentence does not reach back over these.
_NO_NAME = frozenset(
    """
    a à au aux avec ce ces cette cherche cherchons dans des du et leur leurs mes mon nos notre nous on ou où par
    pour qui sans ses son ta ton un une vos votre
    """.split()
)
# After these it is the name of a street, of a school, of somebody: « porte de Vanves », « rue Lyon ».
_OF_SOMETHING = re.compile(
    r"(?:\b(?:d[eu]s?|l[ea]s?|et|entre|que|ni|vers|rues?|avenue|boulevard|bd|places?|portes?|quais?|square|pont|gare|métro"
    r"|station|parc|stade|lycée|collège|école|maternelle|primaire|chemin|impasse|passage|villa|cité|allée|cours|faubourg"
    r"|canal|marché|couvert|église|hôpital|buttes?|buisson|bas|haut|grand|neuve|vieux)\s+|['’])\Z",
    re.IGNORECASE,
)
# « Buttes Chaumont », « Vincent Auriol »: the end of a longer name; a sentence may begin with one capital.
_OF_A_NAME = re.compile(r"\S\s+[A-ZÀ-Þ][\w'’-]*\s+\Z")
_ARTICLE = re.compile(r"\A(?:l[ea]s?|l) ")
_POSTCODE = re.compile(r"\d{5}\Z")
_LONGEST_QUESTION = 15
_LONGEST_END = 200


class Trust(IntEnum):
    """How many inhabitants a place must have, at least, for a guess to be believed."""

    AFTER_PREPOSITION = 5_000
    AT_THE_END = 10_000
    AFTER_ARTICLE = 20_000


class Name(NamedTuple):
    """The search key of what may be a name, and where it begins and ends in the text."""

    key: str
    start: int
    end: int


class Guess(NamedTuple):
    """A place that a sentence may mean: its names, the longest first."""

    names: tuple[Name, ...]
    trust: Trust
    within: bool = False
    """After « dans » or « en »: a département or a région."""


def guesses(text: str) -> list[Guess]:
    """What the text may say of where, the likeliest first; nothing is looked up here."""
    return [guess for guess in (*_after_prepositions(text), _at_the_end(text), _on(text)) if guess and guess.names]


def _after_prepositions(text: str) -> list[Guess]:
    found: list[Guess] = []
    for line, before in _lines(text):
        for start in starts(line):
            guess = _after(start, before)
            if guess.names:
                found.append(guess)
            if len(found) == MOST_MENTIONS:
                return found
    return found


def _after(start: re.Match[str], before: int) -> Guess:
    within, article = start["within"] is not None, normalise(start["article"] or "")
    if within:
        ordinary = _WORDS_FIRST - _DEPARTEMENTS_AFTER_IN if article else _WORDS_FIRST
        return Guess(_names(start["rest"], before + start.start("rest"), ordinary), Trust.AFTER_PREPOSITION, True)
    # « au havre » is Le Havre, « au plaisir » is nothing.
    article = {"au": "le", "aux": "les"}.get(normalise(start["at"]), article)
    ordinary = _WORDS_FIRST if article else _WORDS_FIRST - _TOWNS_AFTER_AT
    names = _names(start["rest"], before + start.start("rest"), ordinary)
    if not article:
        return Guess(names, Trust.AFTER_PREPOSITION)
    return Guess(tuple(name._replace(key=f"{article} {name.key}") for name in names), Trust.AFTER_ARTICLE)


def _names(rest: str, at: int, ordinary: frozenset[str]) -> tuple[Name, ...]:
    """The names in lower case that these words may begin with; « dans le lot de livres » goes on, and names nothing."""
    words = WORDS.match(rest)
    if words is None or not rest[0].islower():
        return ()
    return tuple(
        Name(name.key, at, at + name.end)
        for name in beginnings(words[0], rest)
        if name.key not in ordinary and (" " in name.key or not name.goes_on)
    )


def _at_the_end(text: str) -> Guess | None:
    """The last words of a short question."""
    end = _END.search(text, max(0, len(text) - _LONGEST_END))
    if end is None or len(text.split()) > _LONGEST_QUESTION:
        return None
    names: list[Name] = []
    words = list(re.finditer(r"\S+", end[0]))[-MOST_WORDS:]
    for word in reversed(words):
        key = normalise(end[0][word.start() :])
        if word[0].lower() in _NO_NAME or not key:
            break
        if _may_end(end[0], word.start(), key):
            names.insert(0, Name(key, end.start() + word.start(), end.start() + words[-1].end()))
    return Guess(tuple(names), Trust.AT_THE_END)


def _may_end(phrase: str, at: int, key: str) -> bool:
    """Whether what stands there, to the end of the phrase, may be the name of a place rather than a part of another."""
    if _ARTICLE.sub("", key) in _AT_THE_END or not (
        _POSTCODE.match(key) or (phrase[at].isalpha() and key[0].isalpha())
    ):
        return False
    before = phrase[:at]
    return not (_OF_SOMETHING.search(before) or (phrase[at].isupper() and _OF_A_NAME.search(before)))


def _on(text: str) -> Guess | None:
    """« sur lyon » is said of large towns; « Boulogne sur Mer » is one name."""
    for line, before in _lines(text):
        for found in _ON.finditer(line):
            words = WORDS.match(found["rest"])
            if words is None or (found["before"] or "")[:1].isupper():
                continue
            at = before + found.start("rest")
            names = [each for each in beginnings(words[0], found["rest"]) if each.key not in _WORDS_FIRST | _WATERS]
            return Guess(tuple(Name(each.key, at, at + each.end) for each in names), Trust.AFTER_ARTICLE)
    return None


def _lines(text: str) -> Iterator[tuple[str, int]]:
    """Each line, and how many characters come before it."""
    before = 0
    for line in text.splitlines(keepends=True):
        yield line, before
        before += len(line)
