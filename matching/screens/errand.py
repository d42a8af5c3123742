"""One thing that waits on a desk; and who above may add some."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from matching.screens.access import Desk


@dataclass(frozen=True)
class Errand:
    """One thing to do: its icon, its words, the one action and where, and how it presses ("warn", "info" or "")."""

    icon: str
    title: str
    note: str
    action: str
    url: str
    mark: str = ""
    tone: str = ""


_sources: "list[Callable[[Desk], Iterable[Errand]]]" = []


def register(source: "Callable[[Desk], Iterable[Errand]]") -> None:
    """Whoever stands above adds what waits because of them, in one query."""
    if source not in _sources:
        _sources.append(source)


def registered(desk: "Desk") -> "list[Errand]":
    """What they have to say of this desk."""
    return [errand for source in _sources for errand in source(desk)]
