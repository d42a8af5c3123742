"""Small charts drawn on the server: bars whose widths are shares of the page, texts whose size the reader chooses.

Each has a title, a sentence that says the same, and its table: nobody has to read the drawing.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.text import Truncator

_LINE = 52
_LONGEST_LABEL = 38
_WIDEST = 82
_TALLEST = 110
_BASE = 136
# How far apart the columns that say their name are: a telephone has no room for all.
_NAMED_EVERY = 3


@dataclass(frozen=True)
class Bar:
    """One thing that is counted, and where it is drawn."""

    label: str
    value: int
    short: str = ""
    x: str = ""
    y: int = 0
    width: str = ""
    height: int = 0
    middle: str = ""
    is_named: bool = True


@dataclass(frozen=True)
class Chart:
    """What components/chart.html draws."""

    name: str
    """Unique on its page: ids are made of it."""
    title: str
    sentence: str
    counted: str
    """What the rows of the table are."""
    unit: str
    """What the numbers of the table are."""
    bars: Sequence[Bar]
    height: int
    stands: bool = False
    """Columns beside one another, and not bars below one another."""


def lying(name: str, *, title: str, sentence: str, counted: str, unit: str, rows: Sequence[tuple[str, int]]) -> Chart:
    """A bar a line, its words above it."""
    most = max((value for _label, value in rows), default=0) or 1
    bars = [
        Bar(
            label,
            value,
            short=Truncator(label).chars(_LONGEST_LABEL),
            y=line * _LINE,
            width=f"{value / most * _WIDEST:.2f}%",
        )
        for line, (label, value) in enumerate(rows)
    ]
    return Chart(name, title, sentence, counted, unit, bars, height=len(bars) * _LINE)


def standing(
    name: str, *, title: str, sentence: str, counted: str, unit: str, rows: Sequence[tuple[str, str, int]]
) -> Chart:
    """A column a month: its name in full, its short name, how many."""
    most = max((value for _label, _short, value in rows), default=0) or 1
    slot = 100 / max(len(rows), 1)
    bars = []
    for place, (label, short, value) in enumerate(rows):
        height = round(value / most * _TALLEST)
        bars.append(
            Bar(
                label,
                value,
                short=short,
                x=f"{(place + 0.15) * slot:.2f}%",
                y=_BASE - height,
                width=f"{slot * 0.7:.2f}%",
                height=height,
                middle=f"{(place + 0.5) * slot:.2f}%",
                is_named=(len(rows) - 1 - place) % _NAMED_EVERY == 0,
            )
        )
    return Chart(name, title, sentence, counted, unit, bars, height=_BASE + 24, stands=True)
