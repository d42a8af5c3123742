"""`simulate`: what learning is worth in planted worlds, measured along the whole path of the command line.

Each world is written as files, trained and ranked by `train` and `rank`, and held against its hidden answers on needs
that nobody was shown: nDCG@10, where 1 knows the truth, beside duller ways on the same decisions.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np

from matching.engine import heads, lessons, measures, worlds
from matching.engine.decisions import Decision
from matching.engine.learning import RULE, School
from matching.engine.listings import Listing
from matching.engine.matcher import Matcher
from matching.engine.scoring import Raw
from matching.engine.writing import write_all
from matching.geography import Place, load

Run = Callable[[Sequence[str]], int]

_JUDGED = 400
_TARGETS = {0: 0.80, 50: 0.87, 200: 0.87, 1_000: 0.91}


def add_simulate(commands: Any, run: Run) -> None:
    """Adds `simulate` to the command line; run is the command line itself."""
    simulate = commands.add_parser(
        "simulate", allow_abbrev=False, help="learn in planted worlds and compare with their hidden answers"
    )
    simulate.add_argument("--seeds", type=int, nargs="+", default=[1, 2, 3, 4, 5, 6, 7, 8], metavar="SEED")
    simulate.add_argument("--needs", type=int, default=3_000, metavar="N", help="of them 400 at most are judged (3000)")
    simulate.add_argument("--offers", type=int, default=1_200, metavar="N", help="(1200)")
    simulate.add_argument("--labels", type=int, nargs="+", default=[50, 200, 1_000], metavar="N")
    simulate.add_argument("--dull", action="store_true", help="also plain logistic regression and boosted trees")
    simulate.add_argument(
        "--shuffled", action="store_true", help="give the answers to other pairs: what they teach must not be promoted"
    )
    simulate.add_argument("--keep", type=Path, metavar="FOLDER", help="keep the worlds' files here")
    simulate.add_argument("--report", metavar="FILE", help="all figures, as JSON")
    simulate.set_defaults(run=lambda options: _simulate(options, run))


def _simulate(options: argparse.Namespace, run: Run) -> None:
    found = []
    for seed in options.seeds:
        with TemporaryDirectory() as temporary:
            folder = (options.keep or Path(temporary)) / f"world-{seed}"
            folder.mkdir(parents=True, exist_ok=True)
            world = worlds.plant(seed, needs=options.needs, offers=options.offers)
            for line in _Trial(world, folder, run).lines(options.labels, dull=options.dull, shuffled=options.shuffled):
                print(_written(line), flush=True)
                found.append(line)
    print(_summary(found))
    if options.report:
        write_all({options.report: (json.dumps(found, indent=1) + "\n").encode()})


def _written(line: Mapping[str, Any]) -> str:
    return "  ".join(f"{name} {value}" for name, value in line.items() if value is not None)


def _summary(found: Sequence[Mapping[str, Any]]) -> str:
    """The means over worlds, beside the aims."""
    rows = []
    for labels in sorted({line["labels"] for line in found}):
        of_labels = [line for line in found if line["labels"] == labels]
        means = {
            name: round(float(np.mean([line[name] for line in of_labels])), 4)
            for name in of_labels[0]
            if isinstance(of_labels[0][name], float) and all(line.get(name) is not None for line in of_labels)
        }
        lowest = min(line["ndcg"] - line["rule"] for line in of_labels)
        promoted = sum(line.get("rung", RULE) != RULE for line in of_labels)
        rows.append(
            f"mean of {len(of_labels)} worlds, {labels} labels (aim {_TARGETS.get(labels, '-')}): {_written(means)}"
            f"  lowest above the rule {lowest:+.4f}  promoted {promoted}"
        )
    return "\n".join(rows)


class _Trial:
    """One world in files, and its hidden answers for needs that are never shown."""

    def __init__(self, world: worlds.World, folder: Path, run: Run) -> None:
        self._world, self._folder, self._run = world, folder, run
        count = len(world.needs)
        self._judged = np.arange(count - min(_JUDGED, count // 3), count)
        self._geography = load()
        write_all(
            {
                self._file("needs"): _json_lines(map(_listing, world.needs)),
                self._file("judged"): _json_lines(_listing(world.needs[at]) for at in self._judged),
                self._file("offers"): _json_lines(map(_listing, world.offers)),
            }
        )
        self._grid = self._weighed(_Whole())
        self._truth = np.where(self._grid.passed, world.agreed[self._judged], 0.0)

    def _file(self, name: str) -> str:
        return str(self._folder / f"{name}.jsonl")

    def _weighed(self, by: Any) -> _Weighed:
        matcher = Matcher(geography=self._geography, heads=by).fit(self._world.offers)
        grid = matcher.compare([self._world.needs[at] for at in self._judged]).grid()
        passed = np.ones(grid.score.shape, bool)
        for refuses in grid.refused.values():
            passed &= ~refuses
        return _Weighed(grid.score, passed, passed & grid.speaks)

    def lines(self, labels: Sequence[int], *, dull: bool, shuffled: bool) -> Iterator[dict[str, Any]]:
        """The figures of each number of labels, none at first."""
        text, rule = self._quality(self._grid.score), self._ranked(None)
        known = {"seed": self._world.seed, "world": self._world.nature.name}
        yield {**known, "labels": 0, "text": text, "rule": rule, "ndcg": rule}
        for count in labels:
            decisions = worlds.logged(self._world, count, among=range(len(self._world.needs) - len(self._judged)))
            if shuffled:
                decisions = worlds.shuffled(decisions, self._world.seed)
            write_all({self._file(f"decisions-{count}"): _json_lines(map(_decision, decisions))})
            model = self._folder / f"model-{count}"
            report = self._folder / f"report-{count}.json"
            self._must("train", "--needs", self._file("needs"), "--offers", self._file("offers"), "--decisions",
                       self._file(f"decisions-{count}"), "--model", str(model), "--report", str(report))  # fmt: skip
            told = json.loads(report.read_text(encoding="utf-8"))
            learned = heads.load_if_any(model)
            yield {
                **known,
                "labels": count,
                "text": text,
                "rule": rule,
                "ndcg": self._ranked(model),
                "rung": told["rung"] if told["promoted"] else RULE,
                **self._calibration(learned),
                **(self._dull(decisions) if dull else {}),
            }

    def _must(self, *arguments: str) -> None:
        if self._run(arguments):
            raise RuntimeError(f"{arguments[0]} failed")

    def _ranked(self, model: Path | None) -> float:
        """The nDCG@10 of what `rank` lists."""
        out = self._file("out")
        chosen = ("--model", str(model)) if model else ()
        self._must("rank", "--needs", self._file("judged"), "--offers", self._file("offers"), "--out", out, *chosen)
        at = {offer.id: place for place, offer in enumerate(self._world.offers)}
        listed = [json.loads(line)["matches"] for line in Path(out).read_text(encoding="utf-8").splitlines()]
        found = [
            _gained(truth, [at[match["offer"]] for match in matches])
            for truth, matches in zip(self._truth, listed, strict=True)
        ]
        return round(float(np.nanmean(found)), 4)

    def _quality(self, scores: np.ndarray) -> float:
        best = np.argsort(-np.where(self._grid.listed, scores, -np.inf), axis=1, kind="stable")[:, : measures.DEPTH]
        found = [
            _gained(truth, [place for place in order if fits[place]])
            for truth, order, fits in zip(self._truth, best.tolist(), self._grid.listed, strict=True)
        ]
        return round(float(np.nanmean(found)), 4)

    def _calibration(self, learned: heads.Heads | None) -> dict[str, float | None]:
        """How far the chances of all listed pairs are from the hidden ones."""
        chances = self._weighed(learned or heads.calibrated_rule()).score[self._grid.listed]
        truth = self._truth[self._grid.listed]
        return {
            "ece": round(measures.calibration_error(chances, truth, measures.BINS), 4),
            # Of answers, not of chances: what would happen.
            "brier": round(float(np.mean(truth * (1 - chances) ** 2 + (1 - truth) * chances**2)), 4),
        }

    def _dull(self, decisions: Sequence[Decision]) -> dict[str, float]:
        """What plain logistic regression and boosted trees make of the same answers and features."""
        from sklearn.ensemble import HistGradientBoostingClassifier
        from sklearn.linear_model import LogisticRegression

        taught = lessons.read(self._world.needs, self._world.offers, decisions, self._geography)
        known = School(taught).known
        told = self._told(taught.names)
        figures = {}
        for name, model in {
            "plain_lr": LogisticRegression(max_iter=1_000),
            "trees": HistGradientBoostingClassifier(random_state=0, early_stopping=False),
        }.items():
            model.fit(taught.told[known], taught.agreed[known])
            chances = model.predict_proba(told.reshape(-1, told.shape[-1]))[:, 1].reshape(told.shape[:-1])
            figures[name] = self._quality(chances)
        return figures

    def _told(self, names: Sequence[str]) -> np.ndarray:
        matcher = Matcher(geography=self._geography, heads=lessons.Telling()).fit(self._world.offers)
        grid = matcher.compare([self._world.needs[at] for at in self._judged]).grid()
        zeros = np.zeros(grid.score.shape)
        return np.stack([np.broadcast_to(grid.parts.get(name, zeros), zeros.shape) for name in names], axis=-1)


class _Weighed:
    """Judged needs x offers."""

    def __init__(self, score: np.ndarray, passed: np.ndarray, listed: np.ndarray) -> None:
        self.score, self.passed, self.listed = score, passed, listed


class _Whole:
    """Weighs by the texts alone."""

    def weigh(self, raw: Raw) -> tuple[dict[str, np.ndarray], np.ndarray]:
        """No parts: it only chooses."""
        return {}, raw.whole


def _gained(truth: np.ndarray, order: Sequence[int]) -> float:
    """The nDCG@10 of an order of offers; NaN where nothing can be gained."""
    discounts = 1 / np.log2(np.arange(2, measures.DEPTH + 2))
    ideal = np.sort(truth)[::-1][: measures.DEPTH]
    best = float((ideal * discounts[: len(ideal)]).sum())
    return float((truth[list(order)] * discounts[: len(order)]).sum()) / best if best else float("nan")


def _json_lines(rows: Iterable[Mapping[str, Any]]) -> bytes:
    return "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows).encode()


def _listing(listing: Listing) -> dict[str, Any]:
    return {name: _plain(value) for name, value in asdict(listing).items() if value not in (None, "", ())}


def _decision(decision: Decision) -> dict[str, Any]:
    return {name: _plain(value) for name, value in asdict(decision).items()}


def _plain(value: Any) -> Any:
    if isinstance(value, Place):
        return {"level": value.level, "code": value.code}
    if isinstance(value, date):
        return value.isoformat()
    return value
