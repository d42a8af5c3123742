"""How well the facts of a pair fit, each from 0 (unknown, or no fit) to 1; a better fact never lowers its fit."""

from __future__ import annotations

import numpy as np

from matching.engine.columns import Columns
from matching.engine.gates import amounts_apart, any_known, knows_amount, knows_dates
from matching.engine.listings import RIGHTS
from matching.engine.meetings import ELSEWHERE_FIT, Meetings

# What a fact that fits is worth at least, so that a known fit is never below an unknown fact.
_KNOWN = 0.5
_DAYS_HALFWAY = 30
_EUROS_HALFWAY = 10_000

_RIGHTS_HELD = np.array([bits.bit_count() for bits in range(2 ** len(RIGHTS))])

# Their share of what facts may add; together they make 1.
WEIGHTS = {
    "kinds": 0.02,
    "territory": 0.50,
    "perimeter": 0.11,
    "need_perimeter": 0.05,
    "amount": 0.04,
    "capacity": 0.05,
    "dates": 0.08,
    "rights": 0.03,
    "legal_form": 0.02,
    "contribution": 0.10,
}


def fits(needs: Columns, offers: Columns, meetings: Meetings) -> dict[str, np.ndarray]:
    """For the facts of WEIGHTS that some pair may know, but the contribution, the fit of each pair."""
    known = {}
    if needs.kinds.any() and offers.kinds.any():
        known["kinds"] = (needs.kinds & offers.kinds != 0).astype(float)
    if any_known(needs.territory) and any_known(offers.territory):
        known["territory"] = meetings.territory_fit(needs.territory, offers.territory)
    if any_known(needs.territory) and any_known(offers.perimeter):
        known["perimeter"] = _inside(needs.territory, offers.perimeter, meetings)
    if any_known(needs.perimeter) and any_known(offers.territory):
        known["need_perimeter"] = _inside(needs.perimeter, offers.territory, meetings)
    if knows_amount(needs).any() and knows_amount(offers).any():
        known["amount"] = _amount(needs, offers)
    if not (np.isnan(needs.capacity).all() or np.isnan(offers.capacity).all()):
        known["capacity"] = (needs.capacity <= offers.capacity).astype(float)
    if knows_dates(needs).any() and knows_dates(offers).any():
        known["dates"] = _dates(needs, offers)
    if needs.rights.any() and offers.rights.any():
        known["rights"] = _rights(needs, offers)
    if needs.forms.size and offers.forms.size:
        known["legal_form"] = (meetings.form_accepted(needs, offers) > 0).astype(float)
    return known


def some_fit(fits: dict[str, np.ndarray]) -> np.ndarray:
    """Whether some fact fits; to be in the same country is not enough."""
    return np.logical_or.reduce([fit > (ELSEWHERE_FIT if name == "territory" else 0) for name, fit in fits.items()])


def _inside(of_needs: np.ndarray, of_offers: np.ndarray, meetings: Meetings) -> np.ndarray:
    return np.where(meetings.apart(of_needs, of_offers), 0.0, meetings.nearness_fit(of_needs, of_offers))


def _amount(needs: Columns, offers: Columns) -> np.ndarray:
    """More, the more euros the largest grant that both sides can agree on has."""
    highest = np.minimum(needs.amount_max, offers.amount_max)
    share = np.nan_to_num(1 - _EUROS_HALFWAY / (highest + _EUROS_HALFWAY))
    known = knows_amount(needs) & knows_amount(offers) & ~amounts_apart(needs, offers)
    return np.where(known, _KNOWN + (1 - _KNOWN) * share, 0.0)


def _dates(needs: Columns, offers: Columns) -> np.ndarray:
    """More, the more days both periods share; an offer without end is endless.

    A need that does not say when it begins or ends shares nobody knows how many days: no more than a known fit.
    """
    days = overlap_days(needs, offers)
    bounded = ~(np.isnan(needs.starts) | np.isnan(needs.ends))
    share = np.where(bounded, 1 - _DAYS_HALFWAY / (days + _DAYS_HALFWAY), 0.0)
    known = knows_dates(needs) & knows_dates(offers) & (days > 0)
    return np.where(known, _KNOWN + (1 - _KNOWN) * share, 0.0)


def overlap_days(needs: Columns, offers: Columns) -> np.ndarray:
    """Days in both periods, first and last included; inf where nothing ends it, 0 where they do not meet."""
    first = np.fmax(needs.starts, offers.starts)
    last = np.fmin(needs.ends, offers.ends)
    days = np.where(np.isnan(first) | np.isnan(last), np.inf, last - first + 1)
    return np.maximum(days, 0.0)


def _rights(needs: Columns, offers: Columns) -> np.ndarray:
    """More, the more rights are granted, once all that are required are."""
    granted = (needs.rights & ~offers.rights == 0) & (needs.rights != 0)
    return np.where(granted, _KNOWN + (1 - _KNOWN) * _RIGHTS_HELD[offers.rights] / len(RIGHTS), 0.0)
