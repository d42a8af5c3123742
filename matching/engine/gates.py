"""Yes-or-no conditions, asked before any score. An unknown fact never refuses, on either side."""

from __future__ import annotations

from datetime import date

import numpy as np

from matching.engine.columns import ALL_KINDS, KIND_BITS, Columns
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
FINAL_GATES = ("status", "closes")


def refusals(needs: Columns, offers: Columns, meetings: Meetings, today: date | None) -> dict[str, np.ndarray]:
    """For each of GATES, in order, whether it refuses each pair. Upright needs and lying offers give a grid."""
    refused = {
        "kinds": (needs.kinds & offers.kinds == 0) & (needs.kinds != 0) & (offers.kinds != 0),
        "perimeter": meetings.apart(needs.territory, offers.perimeter),
        **_refusals_by_kind(needs, offers, meetings),
        "dates": (needs.starts > offers.ends) | (offers.starts > needs.ends),
        "rights": (needs.rights & ~offers.rights != 0) & (offers.rights != 0),
        "legal_form": meetings.form_accepted(needs, offers) < 0,
        "status": ~(needs.published & offers.published),
        "closes": offers.closes < (np.nan if today is None else today.toordinal()),
    }
    shape = np.broadcast_shapes(needs.row.shape, offers.row.shape)
    return {gate: np.broadcast_to(refused[gate], shape) for gate in GATES}


def _refusals_by_kind(needs: Columns, offers: Columns, meetings: Meetings) -> dict[str, np.ndarray]:
    """Gates that speak of one kind refuse the pair only where they leave it no shared kind."""
    shared = shared_kinds(needs, offers)
    doubts = {
        "need_perimeter": (shared & KIND_BITS["place"] != 0) & meetings.apart(needs.perimeter, offers.territory),
        "amount": (shared & KIND_BITS["funding"] != 0) & amounts_apart(needs, offers),
        "capacity": (shared & KIND_BITS["place"] != 0) & (needs.capacity > offers.capacity),
    }
    left = shared & ~np.where(doubts["need_perimeter"] | doubts["capacity"], KIND_BITS["place"], 0)
    left = left & ~np.where(doubts["amount"], KIND_BITS["funding"], 0)
    return {gate: doubt & (left == 0) for gate, doubt in doubts.items()}


def shared_kinds(needs: Columns, offers: Columns) -> np.ndarray:
    """The kinds that a pair may be about, as bits: those of both; where one side says none, those of the other."""
    of_needs = np.where(needs.kinds == 0, ALL_KINDS, needs.kinds)
    return of_needs & np.where(offers.kinds == 0, ALL_KINDS, offers.kinds)


def amounts_apart(needs: Columns, offers: Columns) -> np.ndarray:
    """Whether the closed ranges of two amounts do not meet; an unknown end is open."""
    return (needs.amount_min > offers.amount_max) | (offers.amount_min > needs.amount_max)
