"""Yes-or-no conditions, asked before any score. An unknown fact never refuses, on either side."""

from __future__ import annotations

from datetime import date

import numpy as np

from matching.engine.columns import ALL_KINDS, KIND_BITS, UNKNOWN, Columns
from matching.engine.meetings import Meetings

GATES = (
    "kinds",
    "perimeter",
    "need_perimeter",
    "amount",
    "capacity",
    "dates",
    "rights",
    "legal_form",
    "status",
    "closes",
)
# A listing that nobody sees any more, or that nobody can apply to, is no near miss.
FINAL_GATES = {"status", "closes"}


def refusals(needs: Columns, offers: Columns, meetings: Meetings, today: date | None) -> dict[str, np.ndarray]:
    """For the GATES that may refuse somebody, in their order, whether they refuse each pair.

    Gates are left out where one side knows nothing of what they ask. Upright needs and lying offers give a grid.
    """
    refused = {}
    if needs.kinds.any() and offers.kinds.any():
        refused["kinds"] = (needs.kinds & offers.kinds == 0) & (needs.kinds != 0) & (offers.kinds != 0)
    if any_known(needs.territory) and any_known(offers.perimeter):
        refused["perimeter"] = meetings.apart(needs.territory, offers.perimeter)
    refused |= _refusals_by_kind(needs, offers, meetings)
    if knows_dates(needs).any() and knows_dates(offers).any():
        refused["dates"] = (needs.starts > offers.ends) | (offers.starts > needs.ends)
    if needs.rights.any() and offers.rights.any():
        refused["rights"] = (needs.rights & ~offers.rights != 0) & (offers.rights != 0)
    if needs.forms.size and offers.forms.size:
        refused["legal_form"] = meetings.form_accepted(needs, offers) < 0
    if not (needs.published.all() and offers.published.all()):
        refused["status"] = ~(needs.published & offers.published)
    if today is not None and not np.isnan(offers.closes).all():
        refused["closes"] = np.broadcast_to(
            offers.closes < today.toordinal(), np.broadcast_shapes(needs.row.shape, offers.row.shape)
        )
    return refused


def _refusals_by_kind(needs: Columns, offers: Columns, meetings: Meetings) -> dict[str, np.ndarray]:
    """Gates that speak of one kind refuse the pair only where they leave it no shared kind."""
    doubts = {}
    shared = shared_kinds(needs, offers)
    if any_known(needs.perimeter) and any_known(offers.territory):
        apart = meetings.apart(needs.perimeter, offers.territory)
        doubts["need_perimeter"] = (shared & KIND_BITS["place"] != 0) & apart
    if knows_amount(needs).any() and knows_amount(offers).any():
        doubts["amount"] = (shared & KIND_BITS["funding"] != 0) & amounts_apart(needs, offers)
    if not (np.isnan(needs.capacity).all() or np.isnan(offers.capacity).all()):
        doubts["capacity"] = (shared & KIND_BITS["place"] != 0) & (needs.capacity > offers.capacity)
    left = shared
    for gate, doubt in doubts.items():
        left = left & ~np.where(doubt, KIND_BITS["funding" if gate == "amount" else "place"], 0)
    return {gate: doubt & (left == 0) for gate, doubt in doubts.items()}


def shared_kinds(needs: Columns, offers: Columns) -> np.ndarray:
    """The kinds that a pair may be about, as bits: those of both; where one side says none, those of the other."""
    of_needs = np.where(needs.kinds == 0, ALL_KINDS, needs.kinds)
    return of_needs & np.where(offers.kinds == 0, ALL_KINDS, offers.kinds)


def amounts_apart(needs: Columns, offers: Columns) -> np.ndarray:
    """Whether the closed ranges of two amounts do not meet; an unknown end is open."""
    return (needs.amount_min > offers.amount_max) | (offers.amount_min > needs.amount_max)


def knows_amount(side: Columns) -> np.ndarray:
    """Whether each listing tells an end of its amount."""
    return ~(np.isnan(side.amount_min) & np.isnan(side.amount_max))


def knows_dates(side: Columns) -> np.ndarray:
    """Whether each listing tells an end of its period."""
    return ~(np.isnan(side.starts) & np.isnan(side.ends))


def any_known(places: np.ndarray) -> bool:
    """Whether some listing tells its place."""
    return bool((places != UNKNOWN).any())
