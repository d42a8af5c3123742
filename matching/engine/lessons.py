"""Decisions as rows to learn from: the features of their pairs, who said what, and how much each answer tells."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property

import numpy as np

from matching.engine import features
from matching.engine.decisions import Decision
from matching.engine.listings import Need, Offer
from matching.engine.matcher import Matcher
from matching.engine.products import PairList
from matching.engine.scoring import Raw, Rule
from matching.geography import Geography, Place

REASONS = {
    "place": ("territory", "near", "perimeter", "need_perimeter"),
    "dates": ("dates", "dates_share"),
    "quantity": ("amount", "amount_share", "capacity", "room"),
    "amount": ("amount", "amount_share"),
    "capacity": ("capacity", "room"),
    "rights": ("rights", "legal_form"),
    "off_subject": (features.TEXT, "themes"),
    "off subject": (features.TEXT, "themes"),
}
"""The features that a reason for declining speaks of; other reasons speak of none."""
ELSEWHERE = "solved"
"""A reason that tells nothing of the pair: it was solved elsewhere."""

URBAN, RURAL, OVERSEAS, UNTOLD = TERRITORIES = ("urban", "rural", "overseas", "untold")
# Below so many inhabitants a commune is rural; an EPCI of fewer than so many is, too.
_TOWN, _LARGE_EPCI = 2_000, 50_000
_OVERSEAS = ("97", "98")


@dataclass(frozen=True)
class Lessons:
    """The pairs that somebody decided about, and the answers, oldest first."""

    names: tuple[str, ...]
    """The features, one for each column of told."""
    told: np.ndarray
    """float64, pairs x features."""
    rule: np.ndarray
    """float64, the rule's score of each pair."""
    need: np.ndarray
    """int64, the need of each pair, numbered in the order of their first answer."""
    territory: np.ndarray
    """For each need one of TERRITORIES."""
    started: np.ndarray
    """For each need the day of its first answer, as a proleptic ordinal."""
    pair: np.ndarray
    """int64, the pair of each answer."""
    by_need: np.ndarray
    """bool, whether the collective answered; else the authority."""
    outcome: np.ndarray
    """int8 of each answer: ACCEPTED, DECLINED, IGNORED."""
    rank: np.ndarray
    """int64 of each answer, 0 where there was no list."""
    propensity: np.ndarray
    """float64 of each answer, NaN where it is not known."""
    reason: tuple[str, ...]
    """Of each answer, "" where there is none."""
    left_out: int
    """Answers about listings that are not there, refused pairs, or solved elsewhere."""

    @cached_property
    def decided(self) -> np.ndarray:
        """bool, which answers say yes or no."""
        return self.outcome != IGNORED

    @cached_property
    def agreed(self) -> np.ndarray:
        """float64, for each pair: 1 where everybody who was asked said yes, 0 where somebody said no, else NaN."""
        said = np.full(len(self.rule), np.nan)
        said[self.pair[self.outcome == ACCEPTED]] = 1.0
        said[self.pair[self.outcome == DECLINED]] = 0.0
        return said

    @cached_property
    def gain(self) -> np.ndarray:
        """float64, for each pair: 1 for agreed, 1/2 for wanted in vain, 0 for no, NaN for unsaid."""
        wanted = np.zeros(len(self.rule), bool)
        wanted[self.pair[self.by_need & (self.outcome == ACCEPTED)]] = True
        return np.where(wanted & (self.agreed == 0), 0.5, self.agreed)


ACCEPTED, DECLINED, IGNORED = 1, 0, -1
_CODES = {"accepted": ACCEPTED, "declined": DECLINED, "ignored": IGNORED}


class Telling:
    """Heads that leave the features as they are."""

    def weigh(self, raw: Raw) -> tuple[dict[str, np.ndarray], np.ndarray]:
        score = Rule().weigh(raw)[1]
        told = features.of(raw, score)
        return {name: np.broadcast_to(value, score.shape) for name, value in told.items()}, score


def read(
    needs: Sequence[Need], offers: Sequence[Offer], decisions: Sequence[Decision], geography: Geography
) -> Lessons:
    """What the decisions teach. The last word of each side about a pair counts; a silence, where nothing was said."""
    at_need = {need.id: at for at, need in enumerate(needs)}
    at_offer = {offer.id: at for at, offer in enumerate(offers)}
    known = [each for each in decisions if each.need in at_need and each.offer in at_offer]
    last = _last_words([each for each in known if each.reason != ELSEWHERE])
    asked = sorted({at_need[each.need] for each in last})
    matcher = Matcher(geography=geography, heads=Telling()).fit(offers)
    comparison = matcher.compare([needs[at] for at in asked])
    row_of = {at: row for row, at in enumerate(asked)}
    pairs = sorted({(row_of[at_need[each.need]], at_offer[each.offer]) for each in last})
    lines, others = np.array(pairs, np.int64).reshape(-1, 2).T
    weighed = comparison.list(PairList(lines, others)) if pairs else None
    passed = np.ones(len(pairs), bool)
    for refuses in weighed.refused.values() if weighed else ():
        passed &= ~np.broadcast_to(refuses, passed.shape)
    number = {pair: at for at, pair in enumerate(pair for pair, fits in zip(pairs, passed, strict=True) if fits)}
    kept = [each for each in last if (row_of[at_need[each.need]], at_offer[each.offer]) in number]
    order = {need: at for at, need in enumerate(dict.fromkeys(each.need for each in kept))}
    firsts: dict[str, int] = {}
    for each in kept:
        firsts.setdefault(each.need, each.day.toordinal())
    zeros = np.zeros(len(pairs))
    told = (
        np.stack([weighed.parts.get(name, zeros)[passed] for name in features.FEATURES], axis=-1) if weighed else None
    )
    return Lessons(
        features.FEATURES,
        np.zeros((0, len(features.FEATURES))) if told is None else told,
        zeros if weighed is None else weighed.score[passed],
        np.array([order[needs[asked[row]].id] for row, _ in number], np.int64),
        np.array([territory_class(needs[at_need[need]].territory, geography) for need in order], object),
        np.array([firsts[need] for need in order], np.int64),
        np.array([number[row_of[at_need[each.need]], at_offer[each.offer]] for each in kept], np.int64),
        np.array([each.side == "need" for each in kept], bool),
        np.array([_CODES[each.outcome] for each in kept], np.int8),
        np.array([each.rank or 0 for each in kept], np.int64),
        np.array([np.nan if each.propensity is None else each.propensity for each in kept], float),
        tuple(each.reason or "" for each in kept),
        len(decisions) - len(kept),
    )


def _last_words(decisions: Sequence[Decision]) -> list[Decision]:
    """One answer a side and pair, in the order of time; a silence gives way to a word."""
    said: dict[tuple[str, str, str], Decision] = {}
    for each in sorted(decisions, key=_when):
        key = (each.need, each.offer, each.side)
        if each.outcome != "ignored" or key not in said:
            said.pop(key, None)
            said[key] = each
    return list(said.values())


def _when(decision: Decision) -> tuple[date, str, str, str, str]:
    """In the order of time, then of what is decided: the order of the lines does not matter."""
    time = decision.at.strftime("%H:%M:%S.%f") if isinstance(decision.at, datetime) else ""
    return decision.day, time, decision.need, decision.offer, decision.side + decision.outcome


def territory_class(place: Place | None, geography: Geography) -> str:
    """One of TERRITORIES, by the département, then by its inhabitants; what is wider than an EPCI is untold."""
    known = place and geography.resolve(*place)
    if not known:
        return UNTOLD
    if any(holder.level == "departement" and holder.code.startswith(_OVERSEAS) for holder in geography.within(known)):
        return OVERSEAS
    if known.level not in ("commune", "epci"):
        return UNTOLD
    inhabitants = geography.get(known).population
    if inhabitants is None:
        return UNTOLD
    return URBAN if inhabitants >= (_TOWN if known.level == "commune" else _LARGE_EPCI) else RURAL
