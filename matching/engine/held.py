"""Listings of one side that are held ready to be ranked: a few may change without the others being read again.

They lie in blocks: the large one that was read first, and recent ones. A listing that was edited or left is passed over
where it lies; what is new is read into a recent block, by the statistics that are there. Nothing is ever changed in
place, so whoever ranks keeps what was there when the ranking began.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from copy import copy
from typing import Generic, TypeVar

import numpy as np

from matching.engine.listings import Listing
from matching.engine.scoring import Shelf

L = TypeVar("L", bound=Listing)
S = TypeVar("S", bound=Shelf)

# A recent block is read again with what is new while it is so small; beyond so many blocks the recent become one.
_SMALL_BLOCK, _MOST_BLOCKS = 200, 6


class Held(Generic[L, S]):
    """Some listings of one side, read for one set of statistics."""

    def __init__(self, read: Callable[[Sequence[L]], S], blocks: Sequence[S]) -> None:
        self._read: Callable[[Sequence[L]], S] = read
        self.blocks = blocks

    @classmethod
    def of(cls, read: Callable[[Sequence[L]], S], listings: Sequence[L]) -> Held[L, S]:
        """All of them in one block."""
        return cls(read, [read(listings)])

    def __len__(self) -> int:
        return sum(_count(block) for block in self.blocks)

    def changed(self, listings: Sequence[L]) -> Held[L, S]:
        """These listings instead: those that are the very same objects as before stay as they were read."""
        wanted = {id(listing) for listing in listings}
        first, *recent = [_only(block, wanted) for block in self.blocks]
        held = {id(listing) for block in (first, *recent) for listing in _living(block)}
        new: list[L] = [listing for listing in listings if id(listing) not in held]
        if _count(first) < len(listings) / 2:
            return Held.of(self._read, listings)
        recent = [block for block in recent if _count(block)]
        if new and recent and _count(recent[-1]) + len(new) <= _SMALL_BLOCK:
            new = [*_living(recent.pop()), *new]
        if new and len(recent) + 1 >= _MOST_BLOCKS:
            new = [*(listing for block in recent for listing in _living(block)), *new]
            recent = []
        if new:
            recent.append(self._read(new))
        return Held(self._read, [first, *recent])


def _living(block: Shelf) -> list:
    gone = block.gone
    return [listing for at, listing in enumerate(block.listings) if gone is None or not gone[at]]


def _count(block: Shelf) -> int:
    return len(block) - (0 if block.gone is None else int(np.count_nonzero(block.gone)))


def _only(block: S, wanted: set[int]) -> S:
    """The same block, passing over those that are not wanted."""
    gone = np.fromiter((id(listing) not in wanted for listing in block.listings), bool, len(block))
    if block.gone is not None:
        gone |= block.gone
    left = copy(block)
    left.gone = gone if gone.any() else None
    return left
