"""Two versions of a text, word by word: what stayed, what left, what came."""

import re
from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher
from typing import NamedTuple

_WORD = re.compile(r"\s*\S+")
# Words left and right of a change that are shown with it.
_AROUND = 8
# Beyond so many words that differ, comparing them word by word would take seconds and help nobody.
_MOST_WORDS = 1_200


class Piece(NamedTuple):
    """Some words: "same", "gone" or "new"; or "cut", for words that stayed and are not shown."""

    kind: str
    text: str = ""


def differences(before: str, after: str) -> list[Piece]:
    """What turns one text into the other, with a few words around each change."""
    old, new = _WORD.findall(before), _WORD.findall(after)
    start = _alike(old, new)
    end = _alike(old[start:][::-1], new[start:][::-1])
    old_middle, new_middle = old[start : len(old) - end], new[start : len(new) - end]
    pieces = [
        Piece("same", "".join(old[:start])),
        *_compared(old_middle, new_middle),
        Piece("same", "".join(old[len(old) - end :])),
    ]
    shown = [piece for piece in pieces if piece.text]
    return [
        part
        for at, piece in enumerate(shown)
        for part in _shortened(piece, is_first=at == 0, is_last=at == len(shown) - 1)
    ]


def _alike(old: Sequence[str], new: Sequence[str]) -> int:
    """How many words they have in common from the start."""
    return next(
        (at for at, (one, other) in enumerate(zip(old, new, strict=False)) if one != other), min(len(old), len(new))
    )


def _compared(old: Sequence[str], new: Sequence[str]) -> Iterator[Piece]:
    if max(len(old), len(new)) > _MOST_WORDS:
        yield Piece("gone", "".join(old))
        yield Piece("new", "".join(new))
        return
    for operation, old_from, old_to, new_from, new_to in SequenceMatcher(None, old, new).get_opcodes():
        if operation == "equal":
            yield Piece("same", "".join(old[old_from:old_to]))
        else:
            yield Piece("gone", "".join(old[old_from:old_to]))
            yield Piece("new", "".join(new[new_from:new_to]))


def _shortened(piece: Piece, *, is_first: bool, is_last: bool) -> Iterator[Piece]:
    """What stayed, without the words that lie far from any change."""
    words = _WORD.findall(piece.text) if piece.kind == "same" else []
    if len(words) <= 2 * _AROUND:
        yield piece
        return
    if not is_first:
        yield Piece("same", "".join(words[:_AROUND]))
    yield Piece("cut")
    if not is_last:
        yield Piece("same", "".join(words[-_AROUND:]))
