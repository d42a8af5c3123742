"""What is known of a pair, as numbers that are learned from: each from 0, never lower for a better fact.

Names of persons or collectives, how often an offer was shown or taken, and who decided are no features. A fact that is
not known is worth 0, as little as a fact can be, and the facts count less the less the subject speaks.
"""

from __future__ import annotations

import hashlib
import json
from functools import cache

import numpy as np

from matching.engine import columns, facts, text
from matching.engine.columns import Columns
from matching.engine.scoring import Raw, Rule
from matching.geography import load

VERSION = 1

RULE, TEXT = "rule", "text"
"""What the hand-made rule and the texts say as a whole; their parts share what they add."""

# Texts and the rule's score count by their logarithm, from here on: twice as much in common is not twice as likely.
_FAINT = 0.05
# How much the facts count where the subject says nothing, and what subject makes them count half of the rest.
_WITHOUT_SUBJECT, _HALF_SUBJECT, _SUBJECT_OF_THEMES = 0.1, 0.05, 0.1
# From the département on; nearer places stand out.
_NEIGHBOURS = 0.4
_SMALLEST_SHARE = np.exp(-2)
_MOST_ROOM = np.exp(2)

PARTS = {
    **{measure: measure for measure in text.MEASURES},
    "themes": "themes",
    **{fact: fact for fact in facts.WEIGHTS},
    "near": "territory",
    "amount_share": "amount",
    "room": "capacity",
    "dates_share": "dates",
}
"""For each feature but RULE and TEXT the part of the score that it belongs to."""
FEATURES = (RULE, TEXT, *PARTS)


def of(raw: Raw, rule: np.ndarray | None = None) -> dict[str, np.ndarray]:
    """The FEATURES that some pair may have, in their order, float64, of one shape; rule: its scores where known."""
    whole = np.maximum(raw.whole, 0)
    found = {RULE: faint(Rule().weigh(raw)[1] if rule is None else rule), TEXT: faint(whole)}
    found |= {name: faint(measure) for name, measure in raw.measures.items()}
    subject = whole.astype(float)
    if raw.themes is not None:
        found["themes"] = raw.themes
        subject = subject + _SUBJECT_OF_THEMES * raw.themes
    heard = _WITHOUT_SUBJECT + (1 - _WITHOUT_SUBJECT) * subject / (subject + _HALF_SUBJECT)
    told = dict(raw.fits)
    if "territory" in told:
        told["near"] = np.maximum(told["territory"] - _NEIGHBOURS, 0) / (1 - _NEIGHBOURS)
    if "amount" in told:
        told["amount_share"] = np.where(told["amount"] > 0, _amount_share(raw.needs, raw.offers), 0)
    if "capacity" in told:
        told["room"] = np.where(told["capacity"] > 0, _room(raw.needs, raw.offers), 0)
    if "dates" in told:
        told["dates_share"] = np.where(told["dates"] > 0, _dates_share(raw.needs, raw.offers), 0)
    found |= {name: value * heard for name, value in told.items()}
    return {name: found[name] for name in FEATURES if name in found}


def faint(measure: np.ndarray | float) -> np.ndarray:
    """The logarithm by which a score of the rule or of the texts counts."""
    return np.log1p(np.maximum(measure, 0) / _FAINT)


def _amount_share(needs: Columns, offers: Columns) -> np.ndarray:
    """From 0 to 1: the logarithm of the share of what the need can use that the offer may give; 1 for all of it."""
    with np.errstate(divide="ignore", invalid="ignore"):
        share = offers.amount_max / np.maximum(needs.amount_max, 1)
    return np.nan_to_num(1 + np.log(np.clip(share, _SMALLEST_SHARE, 1)) / 2)


def _room(needs: Columns, offers: Columns) -> np.ndarray:
    """From 0, just enough seats, to 1, many times as many."""
    return np.nan_to_num(np.log(np.clip((offers.capacity + 1) / (needs.capacity + 1), 1, _MOST_ROOM)) / 2)


def _dates_share(needs: Columns, offers: Columns) -> np.ndarray:
    """From 0 to 1: the share of the need's days in which the offer can be used; 0 where nobody knows how many."""
    return np.nan_to_num(np.minimum(facts.overlap_days(needs, offers) / (needs.ends - needs.starts + 1), 1))


@cache
def fingerprint() -> str:
    """Changes with whatever a weight was learned for: the features, and what the rule makes of some pairs."""
    probe = np.linspace(0, 1, 6)
    measures = {measure: probe / len(text.MEASURES) for measure in text.MEASURES}
    fits = dict.fromkeys(facts.WEIGHTS, probe[::-1])
    unknown = columns.read([], load()).columns
    parts, _ = Rule().weigh(Raw(measures, probe, probe[::-1], fits, unknown, unknown))
    made = {name: [round(float(value), 9) for value in part] for name, part in sorted(parts.items())}
    return hashlib.sha256(json.dumps((VERSION, FEATURES, made)).encode()).hexdigest()
