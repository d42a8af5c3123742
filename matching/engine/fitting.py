"""Logistic regression drawn to a prior, no weight below 0, learned also from comparisons and from silences."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from scipy.special import expit, log_expit

from matching.engine import features
from matching.engine.heads import Head
from matching.engine.lessons import ACCEPTED, DECLINED, IGNORED, REASONS, Lessons

# What is believed before any answer: log-odds for a feature of 1, and how far from it the weights of a service may well
# lie. From what tells the truth in unlike planted worlds, drawn back to the rule: those worlds have no real texts.
PRIOR: Mapping[str, tuple[float, float]] = {
    features.RULE: (0.8, 0.7),
    features.TEXT: (0.7, 0.7),
    "phrases": (0.0, 0.3),
    "bridge": (0.0, 0.3),
    "neighbourhood": (0.6, 2.5),
    "themes": (0.9, 0.6),
    "kinds": (0.05, 0.2),
    "territory": (1.1, 0.9),
    "near": (0.3, 0.5),
    "perimeter": (0.15, 0.2),
    "need_perimeter": (0.15, 0.2),
    "amount": (0.05, 0.2),
    "amount_share": (0.35, 0.4),
    "capacity": (0.05, 0.2),
    "room": (0.2, 0.3),
    "dates": (0.05, 0.2),
    "dates_share": (0.4, 0.3),
    "rights": (0.05, 0.2),
    "legal_form": (0.05, 0.2),
    "contribution": (0.5, 0.8),
}
_OTHER = (0.0, 0.2)
# What the collective brings is for the authority to weigh; what else fits concerns the authority half as much.
_OF_AUTHORITY = {"contribution": (1.0, 1.0), "territory": (0.8, 0.7)}
_HALF_AS_STEEP = 0.5
BASE = {True: -4.0, False: -1.5}
_BASE_PRECISION = 0.05

# A reason weighs as half an answer: that the pair would have been better, had those features been as good as they get.
_REASON_WEIGHT, _AS_GOOD_AS_IT_GETS = 0.5, 0.9

# An offer that is hardly ever shown counts for more, within reason.
_MOST_FOR_RARE = 3.0
_ALWAYS_SHOWN = 0.5

# How often the place of rank r is looked at, before anything is known: r ** -_LOOKS, worth so many answers a rank.
_LOOKS, _LOOKS_WORTH = 0.7, 10.0
_SPOKEN, _SPOKEN_WORTH = 0.7, 10.0
_ROUNDS = 6
_LAST_RANK = 50


@dataclass(frozen=True)
class Answers:
    """What one side said: rows of Lessons.told, whether yes, and how much each tells."""

    rows: np.ndarray
    yes: np.ndarray
    """float64, 1 or 0."""
    weight: np.ndarray
    better: np.ndarray
    """float64, comparisons x features: what a pair lacked that was declined for it."""

    @property
    def both(self) -> bool:
        """Whether there is a yes and a no."""
        return bool((self.yes > 0).any() and (self.yes == 0).any())


def learn(lessons: Lessons, answers: Answers, *, by_need: bool, spread: float) -> Head:
    """The head that best tells the answers and stays near the prior: weights deviate from it by about the spread."""
    from scipy.optimize import minimize

    prior, deviation = believed(lessons.names, by_need=by_need)
    told, yes, weight, better = lessons.told[answers.rows], answers.yes, answers.weight, answers.better
    precision = (spread * deviation) ** -2

    def loss(at: np.ndarray) -> tuple[float, np.ndarray]:
        base, weights = at[0], at[1:]
        logits, margins = base + told @ weights, better @ weights
        missed = weight * (expit(logits) - yes)
        moved = weights - prior
        value = -(weight * (yes * log_expit(logits) + (1 - yes) * log_expit(-logits))).sum()
        value -= _REASON_WEIGHT * log_expit(margins).sum()
        value += 0.5 * (precision * moved * moved).sum() + 0.5 * _BASE_PRECISION * (base - BASE[by_need]) ** 2
        slopes = told.T @ missed - _REASON_WEIGHT * (better.T @ expit(-margins)) + precision * moved
        return value, np.r_[missed.sum() + _BASE_PRECISION * (base - BASE[by_need]), slopes]

    start = np.r_[BASE[by_need], prior]
    bounds = [(None, None)] + [(0, None)] * len(prior)
    found = minimize(loss, start, jac=True, method="L-BFGS-B", bounds=bounds, options={"maxiter": 400, "ftol": 1e-10})
    # Rounded, so that the last bits of the search do not matter.
    weights = {name: round(float(at), 6) for name, at in zip(lessons.names, found.x[1:], strict=True)}
    return Head(round(float(found.x[0]), 6), weights)


def believed(names: Sequence[str], *, by_need: bool) -> tuple[np.ndarray, np.ndarray]:
    """The prior of each weight, and its deviation."""
    told = np.array([PRIOR.get(name, _OTHER) for name in names])
    if not by_need:
        told[:, 0] *= _HALF_AS_STEEP
        for at, name in enumerate(names):
            told[at] = _OF_AUTHORITY.get(name, told[at])
    return told[:, 0], told[:, 1]


def calibrate_rule(lessons: Lessons, answers: Answers) -> Head:
    """The rule's score as a chance: only the base and the weight of the RULE are learned."""
    from scipy.optimize import minimize

    rule = features.faint(lessons.rule[answers.rows])
    yes, weight, prior = answers.yes, answers.weight, np.array([-3.0, 1.5])

    def loss(at: np.ndarray) -> tuple[float, np.ndarray]:
        logits = at[0] + at[1] * rule
        missed = weight * (expit(logits) - yes)
        value = -(weight * (yes * log_expit(logits) + (1 - yes) * log_expit(-logits))).sum()
        moved = at - prior
        value += 0.5 * _BASE_PRECISION * (moved * moved).sum()
        return value, np.array([missed.sum(), rule @ missed]) + _BASE_PRECISION * moved

    found = minimize(loss, prior, jac=True, method="L-BFGS-B", bounds=[(None, None), (0, None)])
    return Head(round(float(found.x[0]), 6), {features.RULE: round(float(found.x[1]), 6)})


def answers_of(lessons: Lessons, chosen: np.ndarray, silence: np.ndarray) -> Answers:
    """What is learned from some answers (places in lessons.pair); silence: how much of a no each silence is."""
    ignored = lessons.outcome[chosen] == IGNORED
    weight = np.where(ignored, silence[chosen], 1.0) * _rarity(lessons.propensity[chosen])
    kept = weight > 0
    chosen, weight = chosen[kept], weight[kept]
    return Answers(
        lessons.pair[chosen],
        (lessons.outcome[chosen] == ACCEPTED).astype(float),
        weight,
        _lacks(lessons, chosen),
    )


def _rarity(propensity: np.ndarray) -> np.ndarray:
    """From 1 for what is usually shown: the square root of the inverse chance, clipped."""
    known = np.where(np.isnan(propensity), 1.0, propensity)
    return np.clip(np.sqrt(_ALWAYS_SHOWN / np.minimum(known, _ALWAYS_SHOWN)), 1.0, _MOST_FOR_RARE)


def _lacks(lessons: Lessons, chosen: np.ndarray) -> np.ndarray:
    """One row for each answer that was declined for a reason: how far its features are from as good as they get."""
    told = [at for at in chosen.tolist() if lessons.outcome[at] == DECLINED and lessons.reason[at] in REASONS]
    if not told:
        return np.zeros((0, len(lessons.names)))
    best = np.quantile(lessons.told, _AS_GOOD_AS_IT_GETS, axis=0)
    rows = lessons.told[lessons.pair[told]]
    blamed = np.array([[name in REASONS[lessons.reason[at]] for name in lessons.names] for at in told])
    return np.where(blamed, np.maximum(best - rows, 0), 0.0)


def silences(lessons: Lessons, chosen: np.ndarray, *, by_need: bool, spread: float) -> np.ndarray:
    """float64, for each answer: how likely a silence was a no that nobody said, 0 where somebody spoke.

    A silence means that the place was not looked at, or that it was and nobody cared to say no. How often each rank is
    looked at, and how often a no is said, are found together with what is wanted, in a few rounds.
    """
    silence = np.zeros(len(lessons.pair))
    mine = chosen[(lessons.by_need[chosen] == by_need) & (lessons.rank[chosen] > 0)]
    quiet = mine[lessons.outcome[mine] == IGNORED]
    if not len(quiet):
        return silence
    rank = np.minimum(lessons.rank, _LAST_RANK)
    prior = np.arange(1, _LAST_RANK + 1) ** -_LOOKS
    looked, spoken = prior.copy(), _SPOKEN
    declined = int((lessons.outcome[mine] == DECLINED).sum())
    shown = np.bincount(rank[mine], minlength=_LAST_RANK + 1)[1:]
    said = np.bincount(rank[mine][lessons.outcome[mine] != IGNORED], minlength=_LAST_RANK + 1)[1:]
    every = chosen[lessons.by_need[chosen] == by_need]
    for _ in range(_ROUNDS):
        head = learn(lessons, answers_of(lessons, every, silence), by_need=by_need, spread=spread)
        refused = 1 - expit(head.base + lessons.told[lessons.pair[quiet]] @ _weights(head, lessons.names))
        seen = looked[rank[quiet] - 1]
        unsaid = seen * refused * (1 - spoken)
        silence[quiet] = unsaid / np.maximum(1 - seen + unsaid, 1e-9)
        seen_in_silence = np.bincount(rank[quiet], weights=silence[quiet], minlength=_LAST_RANK + 1)[1:]
        looked = (said + seen_in_silence + _LOOKS_WORTH * prior) / (shown + _LOOKS_WORTH)
        looked = np.clip(np.minimum.accumulate(looked), 1e-3, 0.999)
        spoken = (declined + _SPOKEN * _SPOKEN_WORTH) / (declined + silence.sum() + _SPOKEN_WORTH)
    return silence


def _weights(head: Head, names: Sequence[str]) -> np.ndarray:
    return np.array([head.weights.get(name, 0.0) for name in names])


def chance(head: Head, lessons: Lessons, rows: np.ndarray) -> np.ndarray:
    """float64, what a head says of some pairs."""
    return expit(head.base + lessons.told[rows] @ _weights(head, lessons.names))
