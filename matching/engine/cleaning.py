"""From a text as it arrived to the words of its author: no markup, no NUL, nothing invisible; never a crash."""

from __future__ import annotations

import html
import re
import unicodedata
from itertools import chain

# Tags inside a word leave it whole ("<b>jar</b>din"); any other tag parts two words.
_INLINE_TAG = re.compile(r"</?(?:a|abbr|b|em|font|i|mark|s|small|span|strong|sub|sup|u)(?:\s[^<>]*)?>", re.IGNORECASE)
_TAG = re.compile(r"<[a-zA-Z/!][^<>]*>")
_UNREAD = re.compile(r"<(?:(?P<element>script|style)\b[^<>]*>|!--)", re.IGNORECASE)
_END_OF_UNREAD = {
    "script": re.compile(r"</script\s*>", re.IGNORECASE),
    "style": re.compile(r"</style\s*>", re.IGNORECASE),
    "": re.compile("-->"),
}
# html.unescape() turns the figures into an int, which Python refuses beyond some 4,300 of them.
_ABSURD_REFERENCE = re.compile(r"&#[0-9]{8,};?")
_SPACES = re.compile(r"\s+")

_WHERE_FORMAT_CHARACTERS_LIVE = chain(
    range(0x3000), range(0xFE00, 0x10000), range(0x110BD, 0x110CE), range(0x13430, 0x13440),
    range(0x1BCA0, 0x1BCA4), range(0x1D173, 0x1D17B), range(0xE0000, 0xE0080),
)  # fmt: skip
_NUL_FILLERS_AND_VARIATIONS = (
    0,
    0x034F,
    0x115F,
    0x1160,
    0x3164,
    0xFFA0,
    *range(0xFE00, 0xFE10),
    *range(0xE0100, 0xE01F0),
)

# Format characters (soft hyphen, zero width, direction marks), lone surrogates, variation selectors and NUL vanish;
# other control characters part words as spaces do.
_CHANGES: dict[int, str | None] = dict.fromkeys((*range(1, 32), *range(127, 160)), " ")
_CHANGES |= dict.fromkeys(code for code in _WHERE_FORMAT_CHARACTERS_LIVE if unicodedata.category(chr(code)) == "Cf")
_CHANGES |= dict.fromkeys(chain(_NUL_FILLERS_AND_VARIATIONS, range(0xD800, 0xE000)))


def clean(text: str) -> str:
    """The text in NFC, on one line, without HTML remains, NUL, lone surrogates or invisible characters."""
    text = _without_tags(text)
    if "&" in text:
        # Twice: exports often escape what was escaped already.
        text = _without_tags(_unescaped(_without_tags(_unescaped(text))))
    return _SPACES.sub(" ", unicodedata.normalize("NFC", text.translate(_CHANGES))).strip()


def _unescaped(text: str) -> str:
    return html.unescape(_ABSURD_REFERENCE.sub(" ", text))


def _without_tags(text: str) -> str:
    if "<" not in text:
        return text
    return _TAG.sub(" ", _INLINE_TAG.sub("", _without_unread(text)))


def _without_unread(text: str) -> str:
    """Without comments, scripts and style sheets; one that never ends is left to the tags."""
    kept, position = [], 0
    while opening := _UNREAD.search(text, position):
        ending = _END_OF_UNREAD[(opening["element"] or "").lower()].search(text, opening.end())
        if ending is None:
            break
        kept.append(text[position : opening.start()])
        position = ending.end()
    return " ".join([*kept, text[position:]])
