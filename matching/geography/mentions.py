"""Where a sentence speaks of a place: « une salle à Saint-Malo », « dans le Lot », « près de Brest ».

Many names of places are ordinary words (Lot, Nord, Vienne, Orange): only what follows a preposition of place, with a
capital or between quotation marks, is taken for one.
"""

import re
from collections.abc import Iterator
from typing import NamedTuple

from matching.geography.names import normalise

# Enough for any real sentence; a text of nothing but names must not cost more.
_MOST_MENTIONS = 12
_MOST_WORDS = 8

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
_WORDS = re.compile(r"(?:(?<=\bSt)\.\s|(?<=\bSte)\.\s|[\w'’/-]|[ \u00a0](?=[\w]))+")
_CODE = re.compile(r"(?:\d{5}|\d[\dAB])(?![\w-])")
_GOES_ON = re.compile(rf"\s+(?:{_HINGE}\w|[A-ZÀ-Þ])")

# Names of small communes that a sentence nearly always means as the words that they are.
_ORDINARY = frozenset("mars toussaint ecole table ville rue parc port jardin salle marche place halles monde".split())


class Mention(NamedTuple):
    """A place that a sentence may mean.

    keys: search keys of what may be its name, the longest first; within: what follows « dans » or « en », a département
    or a région before a commune; doubtful: an article makes it a common word (« au Port », « dans le Coteau »), to be
    believed of a well-known place only.
    """

    keys: tuple[str, ...]
    within: bool = False
    doubtful: bool = False


def mentions(text: str) -> list[Mention]:
    """What the text may say of where, in its order; nothing is looked up here."""
    found: list[Mention] = []
    for line in text.splitlines():
        for start in _starts(line):
            if mention := _mention(start):
                found.append(mention)
            if len(found) == _MOST_MENTIONS:
                return found
    return found


def _starts(line: str) -> Iterator[re.Match[str]]:
    """Each preposition of place with all that follows it on the line."""
    position = 0
    while start := _PREPOSITION.search(line, position):
        yield start
        position = start.start("rest")


def _mention(start: re.Match[str]) -> Mention | None:
    rest, within = start["rest"], start["within"] is not None
    article = (start["article"] or "").strip()
    if quoted := _QUOTED.match(rest):
        return Mention((normalise(quoted[1]),), within)
    if code := _CODE.match(rest):
        # « dans le 93 », « à 29200 »; « à 80 personnes » is a number.
        told = len(code[0]) == 5 or (within and article)
        return Mention((code[0].lower(),), within) if told else None
    words = _WORDS.match(rest)
    if words is None or not rest[0].isupper():
        return None
    names = list(_beginnings(words[0], rest))
    # « à La Rochelle » is written as a name, « à la Montagne » may be any mountain.
    doubtful = article[:1].islower() or (start["at"] or "").lower() in ("au", "aux")
    if doubtful:
        names = [(key, goes_on) for key, goes_on in names if not goes_on]
    keys = [key for key, _ in names if doubtful or key not in _ORDINARY]
    if article and not doubtful:
        keys = [f"{normalise(article)} {key}" for key in keys] + keys
    return Mention(tuple(keys), within, doubtful) if keys else None


def _beginnings(words: str, rest: str) -> Iterator[tuple[str, bool]]:
    """The names that these words may begin with, the longest first, and whether the phrase goes on after each.

    « au Port de commerce » goes on after « Port »: it is no town of that name.
    """
    ends = [found.start() for found in re.finditer(r"[ \u00a0]", words)][: _MOST_WORDS - 1]
    for end in sorted({*ends, len(words)} if len(ends) < _MOST_WORDS - 1 else set(ends), reverse=True):
        if key := normalise(words[:end]):
            yield key, _GOES_ON.match(rest[end:]) is not None
