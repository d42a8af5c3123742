"""One thing that waits on a desk; and who above may add some."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from matching.screens.gathering import Row, Sort

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


# What each sort that somebody above has added is asked for, and what its rows say.
_sources: "list[tuple[Callable[[Desk], Sort], Callable[[list[Row]], Iterable[Errand]]]]" = []


def register(sort: "Callable[[Desk], Sort]", said: "Callable[[list[Row]], Iterable[Errand]]") -> None:
    """Whoever stands above adds what waits because of them: a sort of rows, gathered with the others, and its words."""
    if (sort, said) not in _sources:
        _sources.append((sort, said))


def registered(desk: "Desk") -> "list[tuple[Sort, Callable[[list[Row]], Iterable[Errand]]]]":
    """The sorts that they add to this desk, each with what makes errands of its rows."""
    return [(sort(desk), said) for sort, said in _sources]
