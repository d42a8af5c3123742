"""From decisions to heads: learned, judged on later needs, and kept only where they are better than what serves.

The ladder: the hand-made rule below FEWEST decisions; then a logistic regression drawn to the rule; with many
decisions the same with hardly a prior ("plain"). Boosted trees are tried beside it past ENOUGH_FOR_TREES, reported, and
never shipped: their parts do not add up.

Judged forward in time and by whole needs: each block of needs is foretold by what the blocks before it taught.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from threadpoolctl import threadpool_limits

from matching.engine import agreement, features, fitting, lessons, measures
from matching.engine.decisions import Decision
from matching.engine.heads import SIDES, Heads
from matching.engine.learning_sentences import LEARNING_SENTENCES
from matching.engine.lessons import ACCEPTED, DECLINED, IGNORED, Lessons
from matching.engine.listings import Need, Offer
from matching.geography import Geography, load

FEWEST, FEWEST_OF_EACH = 30, 3
ENOUGH_FOR_PLAIN = 1_500
ENOUGH_FOR_TREES = 2_000

DRAWN, PLAIN, RULE = "drawn", "plain", "rule"

# How far weights may go from their prior, in its deviations, from so many decisions on; with many, hardly a prior is
# tried as well.
_SPREADS = ((0, 0.5), (150, 0.7), (500, 1.0))
_PLAIN_SPREAD = 4.0
_SPREAD_FOR_SILENCES = 0.6
_BLOCKS = 5
_FEWEST_NEEDS = 5
# Decisions, and the share of draws in which what came later must be better foretold. Instead of the rule little is
# asked for at first: the prior holds the weights, which order better than the rule in all planted worlds, and a few
# needs tell next to nothing of that; answers that contradict it stay below the first share all the same. What was
# learned before gives way to what is surely better.
_CERTAINTY_OVER_RULE = ((60, 0.05), (400, 0.2), (5_000, 0.5))
_CERTAINTY = ((250, 0.4), (1_000, 0.8), (5_000, 0.95))
# Better in more of the draws than the first: surely the better order. In fewer than the second: surely the worse.
_SURELY_BETTER, _SURELY_WORSE = 0.975, 0.025
_MOST_ERROR, _MOST_LOSS, _BRIER_SLACK, _LIKELY_WORSE = 0.05, 0.02, 1.02, 0.2
# Of fewer pairs, an error that is not above that of what serves is no reason to refuse.
_ENOUGH_FOR_CALIBRATION = 500
_FEWEST_OF_TERRITORY, _SURELY_LOSES = 30, 0.025
# Of fewer needs, draws tell too surely which order is the worse.
_FEWEST_FOR_ORDER = 20


@dataclass(frozen=True)
class Reason:
    """Why heads were kept or refused: a code of LEARNING_SENTENCES and what fills it in."""

    code: str
    params: dict[str, Any] = field(default_factory=dict)

    def __str__(self) -> str:
        return LEARNING_SENTENCES[self.code] % self.params


@dataclass(frozen=True)
class Report:
    """What a training found; JSON-safe by as_json()."""

    rung: str
    """"rule", "drawn" or "plain": the step of the ladder of what was learned."""
    promoted: bool
    reasons: tuple[Reason, ...]
    counts: Mapping[str, int]
    metrics: Mapping[str, Any]

    @property
    def decisions(self) -> int:
        """How many answers say yes or no."""
        return self.counts["accepted"] + self.counts["declined"]

    def as_json(self) -> dict[str, Any]:
        """The report as plain JSON values."""
        return {
            "rung": self.rung,
            "decisions": self.decisions,
            "promoted": self.promoted,
            "reasons": [
                {"code": reason.code, "params": reason.params, "sentence": str(reason)} for reason in self.reasons
            ],
            "counts": dict(self.counts),
            "metrics": dict(self.metrics),
        }


@dataclass(frozen=True)
class Trained:
    """What came out of a training."""

    heads: Heads | None
    """What should serve from now on; None: what serves already, the rule or the champion."""
    candidate: Heads | None
    """What was learned, promoted or not; None below FEWEST decisions."""
    report: Report


def train(
    needs: Sequence[Need],
    offers: Sequence[Offer],
    decisions: Sequence[Decision],
    *,
    champion: Heads | None = None,
    today: date | None = None,
    geography: Geography | None = None,
) -> Trained:
    """Learn heads from decisions and judge them against what serves (None: the rule).

    The order of the decisions changes nothing, and the same decisions give the same heads. today is not looked at:
    application windows teach nothing.
    """
    # One thread: the order of sums, hence the last bits, would follow the number of threads.
    with threadpool_limits(1):
        return _train(lessons.read(needs, offers, decisions, geography or load()), champion)


def _train(taught: Lessons, champion: Heads | None) -> Trained:
    counts = _counts(taught)
    short = _too_few(counts)
    if short:
        return Trained(None, None, Report(RULE, False, (short,), counts, {}))
    school = School(taught)
    rung, forecasts = school.best_rung()
    asked = school.fresh_for(champion)
    if champion is not None and school.needs_that_tell(forecasts.foretold & asked) < _FEWEST_NEEDS:
        # What serves has seen all that was said; it is judged on what it learned from, to its advantage.
        asked = school.fresh_for(None)
    later = forecasts.foretold & asked
    candidate = school.heads(school.every, plain=rung == PLAIN)
    verdict = _Verdict(school, forecasts, asked, later, champion)
    reasons = verdict.refusals(counts)
    promoted = not reasons
    report = Report(
        rung,
        promoted,
        tuple(reasons or [verdict.praise()]),
        counts,
        verdict.metrics(candidate) | _trees(school, verdict),
    )
    candidate = replace(candidate, rung=report.rung, about=_about(report, school))
    return Trained(candidate if promoted else None, candidate, report)


def _trees(school: School, verdict: _Verdict) -> dict[str, Any]:
    """How boosted trees would have done on the same later needs: told, never shipped."""
    if school.taught.decided.sum() < ENOUGH_FOR_TREES:
        return {}
    # Here, because it takes long to import and serves large collections of decisions only.
    from sklearn.ensemble import HistGradientBoostingClassifier

    foretold = np.full(len(school.taught.rule), np.nan)
    for block in range(1, int(school.block.max()) + 1):
        before, now = school.known & (school.block < block), school.block == block
        if len(np.unique(school.taught.agreed[before])) == 2:
            trees = HistGradientBoostingClassifier(
                max_iter=100,
                learning_rate=0.06,
                max_leaf_nodes=8,
                min_samples_leaf=20,
                l2_regularization=1.0,
                monotonic_cst=[1] * len(school.taught.names),
                early_stopping=False,
                random_state=0,
            )
            trees.fit(school.taught.told[before], school.taught.agreed[before])
            foretold[now] = trees.predict_proba(school.taught.told[now])[:, 1]
    return {"trees": verdict.beside(foretold)}


def _about(report: Report, school: School) -> dict[str, Any]:
    return {**report.as_json(), "until": date.fromordinal(school.last_day).isoformat()}


def _counts(taught: Lessons) -> dict[str, int]:
    return {
        "accepted": int((taught.outcome == ACCEPTED).sum()),
        "declined": int((taught.outcome == DECLINED).sum()),
        "ignored": int((taught.outcome == IGNORED).sum()),
        "left_out": taught.left_out,
        "needs": len(taught.started),
        "pairs": len(taught.rule),
        "by_need": int((taught.by_need & taught.decided).sum()),
        "by_offer": int((~taught.by_need & taught.decided).sum()),
    }


def _too_few(counts: Mapping[str, int]) -> Reason | None:
    """Why nothing can be learned; silences stand for a no where nobody ever says one."""
    accepted, declined = counts["accepted"], counts["declined"]
    refusals = declined or counts["ignored"]
    if accepted + refusals >= FEWEST and min(accepted, refusals) >= FEWEST_OF_EACH:
        return None
    return Reason(
        "rule.few",
        {
            "decisions": accepted + declined,
            "accepted": accepted,
            "declined": declined,
            "needed": FEWEST,
            "each": FEWEST_OF_EACH,
        },
    )


@dataclass(frozen=True)
class _Forecasts:
    """What was foretold of pairs by what came before them; NaN where nothing did."""

    candidate: np.ndarray
    rule: np.ndarray
    """The rule as a calibrated chance."""

    @property
    def foretold(self) -> np.ndarray:
        return ~np.isnan(self.candidate)


class School:
    """Lessons, and the ways to learn from some of them."""

    def __init__(self, taught: Lessons) -> None:
        self.taught = taught
        self.every = np.arange(len(taught.pair))
        self.sides = self._sides()
        order = np.argsort(taught.started, kind="stable")
        self._block_of_need = np.empty(len(order), np.int64)
        for block, part in enumerate(np.array_split(order, min(_BLOCKS, max(1, len(order))))):
            self._block_of_need[part] = block
        self.block = self._block_of_need[taught.need]
        """The block of each pair."""
        self.last_day = int(taught.started.max())
        self._silence = np.zeros(len(taught.pair))
        for by_need in (True, False):
            self._silence += fitting.silences(taught, self.every, by_need=by_need, spread=_SPREAD_FOR_SILENCES)

    def _sides(self) -> tuple[bool, ...]:
        """Whose answers make a head: the collectives' and the authorities' where both say yes and no; else all."""
        taught = self.taught
        for by_need in (True, False):
            said = taught.outcome[taught.by_need == by_need]
            if (said == ACCEPTED).sum() < FEWEST_OF_EACH or (said == DECLINED).sum() < FEWEST_OF_EACH:
                return (True,)
        return (True, False)

    @property
    def two_heads(self) -> bool:
        return len(self.sides) == 2

    @property
    def known(self) -> np.ndarray:
        """bool, the pairs of which it is known whether they came to agree."""
        taught = self.taught
        known = ~np.isnan(taught.agreed)
        if self.two_heads:
            # Wanted, and the authority has not answered yet.
            answered = np.zeros(len(known), bool)
            answered[taught.pair[~taught.by_need & taught.decided]] = True
            known &= answered | (taught.agreed == 0)
        return known

    def answers(self, chosen: np.ndarray, *, by_need: bool) -> fitting.Answers:
        """What one head learns from; a single head learns what became of each pair."""
        taught = self.taught
        if not self.two_heads:
            return self._of_pairs(chosen)
        return fitting.answers_of(taught, chosen[taught.by_need[chosen] == by_need], self._silence)

    def _of_pairs(self, chosen: np.ndarray) -> fitting.Answers:
        """One answer a pair: a no of either side, else a yes, else silence."""
        taught = self.taught
        rank = {DECLINED: 0, ACCEPTED: 1, IGNORED: 2}
        strongest: dict[int, int] = {}
        for at in sorted(chosen.tolist(), key=lambda at: (rank[int(taught.outcome[at])], at)):
            strongest.setdefault(int(taught.pair[at]), at)
        kept = np.array(sorted(strongest.values()), np.int64)
        return fitting.answers_of(taught, kept, self._silence)

    def heads(self, chosen: np.ndarray, *, plain: bool = False) -> Heads:
        """What some answers teach; plain: with hardly a prior."""
        taught = self.taught
        spread = _PLAIN_SPREAD if plain else _spread(int(taught.decided[chosen].sum()))
        learned = [
            fitting.learn(taught, self.answers(chosen, by_need=by_need), by_need=by_need, spread=spread)
            for by_need in self.sides
        ]
        heads = Heads(learned[0], learned[1] if self.two_heads else None)
        return replace(heads, of_rule=_line(features.faint(taught.rule), self.chance(heads)))

    def rule(self, chosen: np.ndarray) -> Heads:
        """The rule, calibrated by some answers."""
        learned = [fitting.calibrate_rule(self.taught, self.answers(chosen, by_need=by_need)) for by_need in self.sides]
        return Heads(learned[0], learned[1] if self.two_heads else None)

    def chance(self, heads: Heads) -> np.ndarray:
        """float64, for each pair the chance that both say yes."""
        rows = np.arange(len(self.taught.rule))
        of_sides = [fitting.chance(head, self.taught, rows) for head in (heads.wanted, heads.granted) if head]
        return np.prod(of_sides, axis=0)

    def best_rung(self) -> tuple[str, _Forecasts]:
        """DRAWN, or with many decisions PLAIN where that foretells later blocks better; and its forecasts."""
        rule = self._forecast(self.rule)
        drawn = _Forecasts(self._forecast(self.heads), rule)
        if self.taught.decided.sum() < ENOUGH_FOR_PLAIN:
            return DRAWN, drawn
        plain = _Forecasts(self._forecast(partial(self.heads, plain=True)), rule)
        if self._surprise(plain.candidate) < self._surprise(drawn.candidate):
            return PLAIN, plain
        return DRAWN, drawn

    def _forecast(self, learn: Callable[[np.ndarray], Heads]) -> np.ndarray:
        """For each pair of each block but the first, what the blocks before it teach."""
        chances = np.full(len(self.taught.rule), np.nan)
        of_answer = self.block[self.taught.pair]
        for block in range(1, int(self.block.max()) + 1):
            now = self.block == block
            chances[now] = self.chance(learn(self.every[of_answer < block]))[now]
        return chances

    def _surprise(self, chances: np.ndarray) -> float:
        """The mean log loss of what was foretold."""
        judged = self.known & ~np.isnan(chances)
        return float(self.surprises(chances)[judged].mean()) if judged.any() else 0.0

    def surprises(self, chances: np.ndarray) -> np.ndarray:
        """float64, for each pair the log loss of what was foretold."""
        said, came = np.clip(chances, 1e-6, 1 - 1e-6), self.taught.agreed
        return -(came * np.log(said) + (1 - came) * np.log1p(-said))

    def fresh_for(self, champion: Heads | None) -> np.ndarray:
        """bool, the pairs of needs that what serves has not learned from."""
        until = champion and champion.about.get("until")
        if not until:
            return np.ones(len(self.taught.rule), bool)
        return self.taught.started[self.taught.need] > date.fromisoformat(str(until)).toordinal()

    def needs_that_tell(self, pairs: np.ndarray) -> int:
        """How many needs have among these pairs better and worse ones."""
        return len(self.orders({"any": self.taught.rule}, pairs)[0])

    def orders(self, scores: Mapping[str, np.ndarray], pairs: np.ndarray) -> tuple[np.ndarray, dict[str, np.ndarray]]:
        """The needs whose pairs are not all alike, and the nDCG of their pairs in the order of each score."""
        gain = self.taught.gain
        told = np.flatnonzero(pairs & ~np.isnan(gain))
        told = told[np.argsort(self.taught.need[told], kind="stable")]
        parts = np.split(told, np.flatnonzero(np.diff(self.taught.need[told])) + 1)
        parts = [part for part in parts if len(part) > 1 and np.ptp(gain[part]) > 0]
        needs = np.array([self.taught.need[part[0]] for part in parts], np.int64)
        return needs, {
            name: np.array([measures.ndcg(gain[part], score[part]) for part in parts]) for name, score in scores.items()
        }


def _line(x: np.ndarray, chances: np.ndarray) -> tuple[float, float]:
    """The line of the log-odds of chances over x."""
    chances = np.clip(chances, 1e-9, 1 - 1e-9)
    if np.ptp(x) < 1e-9:
        return round(float(np.log(chances / (1 - chances)).mean()), 6), 0.0
    slope, at = np.polyfit(x, np.log(chances / (1 - chances)), 1)
    return round(float(at), 6), round(max(0.0, float(slope)), 6)


class _Verdict:
    """What later needs say of a candidate beside what serves."""

    def __init__(
        self, school: School, forecasts: _Forecasts, asked: np.ndarray, later: np.ndarray, champion: Heads | None
    ) -> None:
        """asked: the pairs whose answers must be no chance; later: those among them that were foretold."""
        self._school, self._forecasts, self._later = school, forecasts, later
        taught = school.taught
        self._over_rule = champion is None
        self._champion = forecasts.rule if champion is None else school.chance(champion)
        order = taught.rule if champion is None else self._champion
        scores = {"candidate": forecasts.candidate, "champion": order, "rule": taught.rule}
        self._needs, self._ndcg = school.orders(scores, later)
        self._gain = measures.paired_bootstrap(self._ndcg["candidate"] - self._ndcg["champion"])
        self._judged = later & school.known
        self._came = taught.agreed[self._judged]
        self._foretold = measures.paired_bootstrap(self._foretold_by_need())
        answers = school.every[asked[taught.pair]]
        self._answers = int(taught.decided[answers].sum())
        self._by_chance = agreement.by_chance(taught, answers)

    def _foretold_by_need(self) -> np.ndarray:
        """float64, for each need how much less surprising the candidate was than what serves, over its pairs."""
        school = self._school
        return self._by_need(school.surprises(self._champion) - school.surprises(self._forecasts.candidate))

    def _by_need(self, of_pairs: np.ndarray) -> np.ndarray:
        """float64, the sum over the judged pairs of each need that has some."""
        taught = self._school.taught
        needs = taught.need[self._judged]
        totals = np.bincount(needs, weights=of_pairs[self._judged], minlength=len(taught.started))
        return totals[np.unique(needs)]

    def refusals(self, counts: Mapping[str, int]) -> list[Reason]:
        """Why the candidate must not serve."""
        judged = len(np.unique(self._school.taught.need[self._judged]))
        if judged < _FEWEST_NEEDS:
            return [Reason("rule.no_later", {"needs": judged, "needed": _FEWEST_NEEDS})]
        found = []
        if self._by_chance > agreement.allowed(self._answers):
            params = {
                "answers": self._answers,
                "share": round(100 * self._by_chance, 1),
                "allowed": round(100 * agreement.allowed(self._answers), 1),
            }
            found.append(Reason("refused.chance", params))
        better, sure = self._gain[3], self._foretold[3]
        needed = _certainty(counts["accepted"] + counts["declined"], self._over_rule)
        if better < _SURELY_BETTER and sure < needed:
            params = {"needs": judged, "share": round(100 * sure), "needed": round(100 * needed)}
            found.append(Reason("refused.not_better", params))
        if better < _SURELY_WORSE and len(self._needs) >= _FEWEST_FOR_ORDER:
            found.append(Reason("refused.order", {"share": round(100 * better, 1)}))
        said, served = (measures.brier(self._of(chances), self._came) for chances in self._both)
        if said > _BRIER_SLACK * served and self._brier_share() < min(needed, _LIKELY_WORSE):
            found.append(Reason("refused.brier", {"candidate": round(said, 4), "champion": round(served, 4)}))
        error, of_champion = (measures.calibration_error(self._of(chances), self._came) for chances in self._both)
        allowed = max(_MOST_ERROR, measures.error_by_chance(self._of(self._forecasts.candidate)))
        many = len(self._came) >= _ENOUGH_FOR_CALIBRATION
        if error > allowed and (many or error > of_champion):
            found.append(Reason("refused.calibration", {"ece": round(error, 3), "allowed": round(allowed, 3)}))
        return found + [
            Reason(f"refused.territory.{territory}", {"loss": round(-told["gain"], 3)})
            for territory, told in self._by_territory().items()
            if told["loses"] and territory != lessons.UNTOLD
        ]

    @property
    def _both(self) -> tuple[np.ndarray, np.ndarray]:
        return self._forecasts.candidate, self._champion

    def _of(self, chances: np.ndarray) -> np.ndarray:
        return chances[self._judged]

    def _brier_share(self) -> float:
        """The share of draws in which the candidate's chances are the better ones."""
        came = self._school.taught.agreed
        less = (self._champion - came) ** 2 - (self._forecasts.candidate - came) ** 2
        return measures.paired_bootstrap(self._by_need(less))[3]

    def _by_territory(self) -> dict[str, dict[str, Any]]:
        found = {}
        territory = self._school.taught.territory[self._needs]
        for name in lessons.TERRITORIES:
            there = territory == name
            if there.any():
                gain = self._ndcg["candidate"][there] - self._ndcg["champion"][there]
                mean, _, _, share = measures.paired_bootstrap(gain)
                many = int(there.sum()) >= _FEWEST_OF_TERRITORY
                found[name] = {
                    "champion": round(float(self._ndcg["champion"][there].mean()), 4),
                    "candidate": round(float(self._ndcg["candidate"][there].mean()), 4),
                    "gain": round(mean, 4),
                    "needs": int(there.sum()),
                    "loses": many and mean < -_MOST_LOSS and share < _SURELY_LOSES,
                }
        return found

    def praise(self) -> Reason:
        """Why the candidate may serve."""
        return Reason(
            "promoted.better",
            {
                "needs": len(self._needs),
                "gain": f"{self._gain[0]:+.3f}",
                "share": round(100 * self._gain[3]),
                "foretold": round(100 * self._foretold[3]),
            },
        )

    def beside(self, chances: np.ndarray) -> dict[str, Any]:
        """What a challenger that is not to be shipped would have done; its gain is over the candidate."""
        _, orders = self._school.orders({"it": chances, "candidate": self._forecasts.candidate}, self._later)
        return {
            "ndcg": _mean(orders["it"]),
            "brier": _rounded(measures.brier(self._of(chances), self._came)),
            "ece": _rounded(measures.calibration_error(self._of(chances), self._came)),
            "gain": _interval(measures.paired_bootstrap(orders["it"] - orders["candidate"])),
            "shipped": False,
        }

    def metrics(self, candidate: Heads) -> dict[str, Any]:
        """All that was measured."""
        names = ("candidate", "champion")
        return {
            **{
                name: {
                    "ndcg": _mean(self._ndcg[name]),
                    "brier": _rounded(measures.brier(self._of(chances), self._came)),
                    "ece": _rounded(measures.calibration_error(self._of(chances), self._came)),
                }
                for name, chances in zip(names, self._both, strict=True)
            },
            "rule": {"ndcg": _mean(self._ndcg["rule"])},
            "gain": {**_interval(self._gain), "needs": len(self._needs)},
            "foretold": {**_interval(self._foretold), "needs": len(np.unique(self._school.taught.need[self._judged]))},
            "by_chance": _rounded(self._by_chance),
            "pairs_judged": int(self._judged.sum()),
            "ece_by_chance": _rounded(measures.error_by_chance(self._of(self._forecasts.candidate))),
            "by_territory": self._by_territory(),
            "reliability": [
                {"said": _rounded(said), "came": _rounded(came), "pairs": count}
                for said, came, count in measures.reliability(self._of(self._forecasts.candidate), self._came)
            ],
            "two_heads": candidate.granted is not None,
            "weights": {
                name: None if head is None else {"base": head.base, **head.weights}
                for name, head in zip(SIDES, (candidate.wanted, candidate.granted), strict=True)
            },
        }


def _spread(decisions: int) -> float:
    return [spread for fewest, spread in _SPREADS if decisions >= fewest][-1]


def _certainty(decisions: int, over_rule: bool) -> float:
    """The share of draws in which the candidate must be better than the rule, or than what was learned before."""
    sizes, shares = zip(*(_CERTAINTY_OVER_RULE if over_rule else _CERTAINTY), strict=True)
    return float(np.interp(np.log(max(1, decisions)), np.log(sizes), shares))


def _interval(bootstrapped: tuple[float, float, float, float]) -> dict[str, float | None]:
    return dict(zip(("mean", "low", "high", "share"), map(_rounded, bootstrapped), strict=True))


def _mean(values: np.ndarray) -> float | None:
    return _rounded(float(values.mean())) if len(values) else None


def _rounded(value: float) -> float | None:
    """Four digits are told; what cannot be told is None."""
    return round(value, 4) if np.isfinite(value) else None


def save(trained: Trained, folder: Path) -> None:
    """Write what should serve, or why the rule should, into a folder that exists. Raises UnwritableFile."""
    from matching.engine.heads import FILE, packed
    from matching.engine.writing import write_all

    write_all({str(folder / FILE): packed(trained.heads, trained.report.as_json())})
