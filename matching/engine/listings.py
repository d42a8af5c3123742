"""What the engine reads: needs and offers, frozen, with nothing of a database in them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from matching.geography import Place

KINDS = ("data", "place", "funding")
RIGHTS = ("access", "withdrawal", "management", "exclusion", "alienation")
PUBLISHED = "published"
MOST_THEMES = 32

# exclusion => management => withdrawal => access for the same holder; alienation stands apart.
_IMPLIED = {
    "access": ("access",),
    "withdrawal": ("access", "withdrawal"),
    "management": ("access", "withdrawal", "management"),
    "exclusion": ("access", "withdrawal", "management", "exclusion"),
    "alienation": ("alienation",),
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Listing:
    """The facts that both sides share. None, an empty text or an empty tuple means unknown.

    Amounts are euros, capacity is a number of people, days are included at both ends.
    """

    id: str
    title: str = ""
    text: str = ""
    kinds: tuple[str, ...] = ()
    themes: tuple[str, ...] = ()
    territory: Place | None = None
    perimeter: Place | None = None
    amount_min: float | None = None
    amount_max: float | None = None
    capacity: int | None = None
    starts: date | None = None
    ends: date | None = None
    rights: tuple[str, ...] = ()
    status: str = PUBLISHED


@dataclass(frozen=True, kw_only=True, slots=True)
class Need(Listing):
    """What a collective looks for; `perimeter` says where a place must be."""

    legal_form: str = ""
    contribution: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Offer(Listing):
    """What an authority shares; `perimeter` says who may ask, `opens` and `closes` when to apply."""

    opens: date | None = None
    closes: date | None = None
    legal_forms: tuple[str, ...] = ()
    expects: str = ""


def themes_that_count(listing: Listing) -> list[str]:
    """The first themes as the author wrote them, in alphabetical order: who names every theme says nothing by it."""
    return sorted([*dict.fromkeys(listing.themes)][:MOST_THEMES])


def with_implied(rights: Iterable[str]) -> tuple[str, ...]:
    """The rights together with those that they imply, in the order of RIGHTS."""
    held = {implied for right in rights for implied in _IMPLIED[right]}
    return tuple(right for right in RIGHTS if right in held)
