"""Listings as columns of numbers, so that gates and scores are asked of many pairs at once.

A row of needs and a row of offers meet by broadcasting: take(rows) of one and take(columns) of the other, one of them
stood upright, give an answer for each pair.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass, fields
from datetime import date
from typing import TypeVar

import numpy as np

from matching.engine.ground import UNKNOWN, Ground
from matching.engine.listings import KINDS, PUBLISHED, RIGHTS, Listing, Need, Offer, themes_that_count, with_implied
from matching.geography import Geography, Place

Value = TypeVar("Value", bound=Hashable)
SomeColumns = TypeVar("SomeColumns", bound="Columns")

ALL_KINDS = 2 ** len(KINDS) - 1
KIND_BITS = {kind: 1 << position for position, kind in enumerate(KINDS)}


@dataclass(frozen=True)
class Columns:
    """One value for each listing. Numbers are float64 with NaN for unknown; days are proleptic ordinals."""

    row: np.ndarray
    """int32, which listing of its side it is."""
    kinds: np.ndarray
    """int8, a bit for each of KINDS; 0 is unknown."""
    territory: np.ndarray
    """int32, one of the places of the side; UNKNOWN."""
    perimeter: np.ndarray
    amount_min: np.ndarray
    amount_max: np.ndarray
    capacity: np.ndarray
    starts: np.ndarray
    ends: np.ndarray
    rights: np.ndarray
    """int8, a bit for each of RIGHTS with those that they imply; 0 is unknown."""
    published: np.ndarray
    themes: np.ndarray
    """int32, listings x the most themes of one: one of the themes of the side; UNKNOWN fills up."""
    forms: np.ndarray
    """int32, listings x the most legal forms of one: one of the forms of the side; UNKNOWN fills up. A need has one."""
    closes: np.ndarray
    """The last day to apply; needs have none."""

    def take(self: SomeColumns, rows: slice | np.ndarray) -> SomeColumns:
        """The columns of some listings."""
        return type(self)(**{each.name: getattr(self, each.name)[rows] for each in fields(self)})

    def upright(self: SomeColumns) -> SomeColumns:
        """With an axis for the other side: (n,) becomes (n, 1)."""
        return type(self)(**{each.name: getattr(self, each.name)[:, None] for each in fields(self)})


@dataclass(frozen=True)
class Side:
    """The listings of one side as columns, and what their numbers stand for."""

    columns: Columns
    ground: Ground
    """The places."""
    themes: Sequence[str]
    forms: Sequence[str]


def read(listings: Sequence[Need] | Sequence[Offer], geography: Geography) -> Side:
    """The columns of some listings; places that the geography does not know are unknown."""
    places: _Numbers[Place] = _Numbers()
    themes: _Numbers[str] = _Numbers()
    forms: _Numbers[str] = _Numbers()

    def place(asked: Place | None) -> int:
        known = asked and geography.resolve(*asked)
        return places[known] if known else UNKNOWN

    columns = Columns(
        row=np.arange(len(listings), dtype=np.int32),
        kinds=np.array([sum(KIND_BITS[kind] for kind in set(each.kinds)) for each in listings], np.int8),
        territory=np.array([place(each.territory) for each in listings], np.int32),
        perimeter=np.array([place(each.perimeter) for each in listings], np.int32),
        amount_min=_numbers([each.amount_min for each in listings]),
        amount_max=_numbers([each.amount_max for each in listings]),
        capacity=_numbers([each.capacity for each in listings]),
        starts=_days([each.starts for each in listings]),
        ends=_days([each.ends for each in listings]),
        rights=np.array([_bits(each.rights) for each in listings], np.int8),
        published=np.array([each.status in ("", PUBLISHED) for each in listings], bool),
        themes=_padded([[themes[theme] for theme in themes_that_count(each)] for each in listings]),
        forms=_padded([[forms[form] for form in sorted(_forms(each))] for each in listings]),
        closes=_days([each.closes if isinstance(each, Offer) else None for each in listings]),
    )
    return Side(columns, Ground(list(places), geography), list(themes), list(forms))


class _Numbers(dict[Value, int]):
    """Numbers values as they are met."""

    def __missing__(self, value: Value) -> int:
        self[value] = len(self)
        return self[value]


def _forms(listing: Listing) -> set[str]:
    if isinstance(listing, Offer):
        return set(listing.legal_forms)
    return {listing.legal_form} if isinstance(listing, Need) and listing.legal_form else set()


def _bits(rights: tuple[str, ...]) -> int:
    return sum(1 << RIGHTS.index(right) for right in with_implied(rights))


def _numbers(values: Sequence[float | None]) -> np.ndarray:
    return np.array([np.nan if value is None else value for value in values], float)


def _days(days: Sequence[date | None]) -> np.ndarray:
    return np.array([np.nan if day is None else day.toordinal() for day in days], float)


def _padded(rows: Sequence[Sequence[int]]) -> np.ndarray:
    padded = np.full((len(rows), max(map(len, rows), default=0)), UNKNOWN, np.int32)
    for row, numbers in zip(padded, rows, strict=True):
        row[: len(numbers)] = numbers
    return padded
