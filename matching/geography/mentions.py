"""Where a sentence speaks of a place: « une salle à Saint-Malo », « dans le Lot », « près de Brest ».

Many names of places are ordinary words (Lot, Nord, Vienne, Orange): only what follows a preposition of place, with a
capital or between quotation marks, is taken for one; guesses.py reads what is typed in a hurry. Where the place is
known already, its name with a capital is enough: see names_as_written().
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from matching.geography.names import normalise

# Enough for any real sentence; a text of nothing but names must not cost more.
MOST_MENTIONS = 12
MOST_WORDS = 8

_HINGE = r"(?:d(?:e|es|u)\s+|d['’]\s*)"
_AT = rf"à|a|au|aux|(?:tout\s+)?(?:près|pres|proche|autour|alentours|environs|ville|commune|mairie)\s+{_HINGE}"
_IN = rf"en|dans|(?:département|departement|région|region)\s+{_HINGE}"
_PREPOSITION = re.compile(
    rf"(?<![\w'’-])(?:(?P<at>{_AT})|(?P<within>{_IN}))"
    r"(?:(?<=['’\s])|\s+)"
    r"(?P<article>(?:le|la|les|l['’])(?:(?<=['’])|\s+))?"
    r"(?P<rest>\S.*)",
    re.IGNORECASE,
)
_QUOTED = re.compile(r"[«“\"]\s*([^«»“”\"\n]{1,80}?)\s*[»”\"]")
# What a name is made of; "St." keeps its point, and a point before a space ends the name.
WORDS = re.compile(r"(?:(?<=\bSt)\.\s|(?<=\bSte)\.\s|[\w'’/-]|[ \u00a0](?=[\w]))+")
_CODE = re.compile(r"(?:\d{5}|\d[\dAB])(?![\w-])")
_GOES_ON = re.compile(rf"\s+(?:{_HINGE}\w|[A-ZÀ-Þ])")

# Names of small communes that a sentence nearly always means as the words that they are.
ORDINARY = frozenset("mars toussaint ecole table ville rue parc port jardin salle marche place halles monde".split())


class Mention(NamedTuple):
    """A place that a sentence may mean.

    keys: search keys of what may be its name, the longest first; within: what follows « dans » or « en », a département
    or a région before a commune; doubtful: an article makes it a common word (« au Port », « dans le Coteau »), to be
    believed of a well-known place only.
    """

    keys: tuple[str, ...]
    within: bool = False
    doubtful: bool = False
    start: int = 0
    """Where the name begins in the text."""
    ends: tuple[int, ...] = ()
    """Where it ends, for each of the keys."""


def mentions(text: str) -> list[Mention]:
    """What the text may say of where, in its order; nothing is looked up here."""
    found: list[Mention] = []
    before = 0
    for line in text.splitlines(keepends=True):
        for start in starts(line):
            if mention := _mention(start, before):
                found.append(mention)
            if len(found) == MOST_MENTIONS:
                return found
        before += len(line)
    return found


def names_as_written(names: Iterable[str]) -> re.Pattern[str] | None:
    """Finds these official names as people write them, the longest first: "Saint-Étienne" is « St Etienne » too.

    Accents and hyphens may lack. None where every name is an ordinary word.
    """
    patterns = {_as_written(name) for name in names if normalise(name) not in ORDINARY}
    if not patterns:
        return None
    return re.compile(rf"(?<![\w’'-])(?:{'|'.join(sorted(patterns, key=len, reverse=True))})(?![\w])", re.IGNORECASE)


def without(text: str, names: re.Pattern[str]) -> str:
    """The text with nothing where it writes one of these names with a capital."""
    return names.sub(lambda found: " " if found[0][0].isupper() else found[0], text)


def _as_written(name: str) -> str:
    return r"[ \u00a0'’-]+".join(_word_as_written(word) for word in re.split(r"[\s'’/-]+", name) if word)


def _word_as_written(word: str) -> str:
    saint = re.fullmatch(r"Saint(es?|s)?", word)
    if saint:
        return rf"(?:{word}|St{saint[1] or ''}\.?)"
    return "".join(map(_letter_as_written, word))


def _letter_as_written(letter: str) -> str:
    if letter in "œŒ":
        return "(?:œ|oe)"
    bare = unicodedata.normalize("NFD", letter)[0]
    return re.escape(letter) if bare == letter else f"[{letter}{bare}]"


def starts(line: str) -> Iterator[re.Match[str]]:
    """Each preposition of place with all that follows it on the line."""
    position = 0
    while start := _PREPOSITION.search(line, position):
        yield start
        position = start.start("rest")


def _mention(start: re.Match[str], before: int) -> Mention | None:
    """before: how many characters of the text come before its line."""
    rest, within = start["rest"], start["within"] is not None
    article = (start["article"] or "").strip()
    begins = before + start.start("rest")
    if quoted := _QUOTED.match(rest):
        return Mention((normalise(quoted[1]),), within, start=begins, ends=(begins + quoted.end(),))
    if code := _CODE.match(rest):
        # « dans le 93 », « à 29200 »; « à 80 personnes » is a number.
        told = len(code[0]) == 5 or (within and article)
        return Mention((code[0].lower(),), within, start=begins, ends=(begins + code.end(),)) if told else None
    words = WORDS.match(rest)
    if words is None or not rest[0].isupper():
        return None
    names = list(beginnings(words[0], rest))
    # « à La Rochelle » is written as a name, « à la Montagne » may be any mountain.
    doubtful = article[:1].islower() or (start["at"] or "").lower() in ("au", "aux")
    if doubtful:
        names = [name for name in names if not name.goes_on]
    names = [name for name in names if doubtful or name.key not in ORDINARY]
    keys, ends = [name.key for name in names], [begins + name.end for name in names]
    if article and not doubtful:
        keys, ends = [f"{normalise(article)} {key}" for key in keys] + keys, ends + ends
    return Mention(tuple(keys), within, doubtful, begins, tuple(ends)) if keys else None


class Name(NamedTuple):
    """What may be a name: its key, where it ends, and whether the phrase goes on after it."""

    key: str
    end: int
    goes_on: bool


def beginnings(words: str, rest: str) -> Iterator[Name]:
    """The names that these words may begin with, the longest first.

    « au Port de commerce » goes on after « Port »: it is no town of that name.
    """
    ends = [found.start() for found in re.finditer(r"[ \u00a0]", words)][: MOST_WORDS - 1]
    for end in sorted({*ends, len(words)} if len(ends) < MOST_WORDS - 1 else set(ends), reverse=True):
        if key := normalise(words[:end]):
            yield Name(key, end, _GOES_ON.match(rest[end:]) is not None)
