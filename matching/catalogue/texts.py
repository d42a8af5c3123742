"""What is stored of a text that a person typed: NFC, no control characters, the rest untouched."""

import unicodedata
from collections.abc import Iterable, Iterator

_KEPT_CONTROLS = "\n\t"
# Marks on one letter, as the stream-safe form of Unicode has it. No language needs ten; the time to bring a
# longer pile in order grows with its square: minutes for a text made of nothing else.
_MOST_MARKS = 30


def tidy(text: str) -> str:
    """Return the text in NFC with one form of line end, without NUL, control characters or lone surrogates."""
    unified = text.replace("\r\n", "\n").replace("\r", "\n")
    kept = (
        character
        for character in unified
        if character in _KEPT_CONTROLS or unicodedata.category(character) not in ("Cc", "Cs")
    )
    return unicodedata.normalize("NFC", "".join(_without_piles(kept))).strip()


def _without_piles(characters: Iterable[str]) -> Iterator[str]:
    """The same without the marks beyond _MOST_MARKS on one letter."""
    marks = 0
    for character in characters:
        marks = marks + 1 if unicodedata.combining(character) else 0
        if marks <= _MOST_MARKS:
            yield character
