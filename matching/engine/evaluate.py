"""`evaluate`: the matcher beside dull ones, on collections whose good answers are known.

A collection comes from three files (needs, offers, and judgements that grade pairs), or is made of real ones: the title
of an aid must find its description, the title of a citizen project those of its theme or of the department that
carried it. Differences to BM25 over stems come with 95 % intervals, by paired bootstrap over the needs.
"""

from __future__ import annotations

import argparse
import csv
import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from matching.engine.baselines import ANCHOR, RANKERS
from matching.engine.faults import BadInput
from matching.engine.json_lines import Fault, UnreadableFile, json_object, lines, number_of, shown, text_of
from matching.engine.listings import Listing, Need, Offer
from matching.engine.matcher import Matcher
from matching.engine.measures import DEPTH, paired_bootstrap
from matching.engine.reading import read_needs, read_offers
from matching.engine.selection import select
from matching.engine.writing import check_writable, write_all
from matching.geography import load

MATCHER = "matcher"
LISTED = 100
_FIELDS = ("need", "offer", "grade")
_EMPTY_TITLES = ("", "NON REGISTRÉ", "NON REGISTRE")


@dataclass(frozen=True)
class Collection:
    """Needs, offers, and what is known of their pairs."""

    name: str
    needs: Sequence[Need]
    offers: Sequence[Offer]
    grades: Mapping[int, Mapping[int, float]]
    """For each judged need its offers that fit, with a grade above 0; no offer at all where nothing fits."""


@dataclass(frozen=True)
class Answers:
    """What one ranker lists for the judged needs, best first."""

    offers: list[list[int]]
    best: np.ndarray
    """float64, the score of the first of each list; 0 for an empty list."""


@dataclass(frozen=True)
class Figures:
    """How good the answers of one ranker are."""

    ranker: str
    ndcg: np.ndarray
    """nDCG@10 of each need that something fits."""
    recall: float
    """The share of fitting offers among the first hundred."""
    reciprocal_rank: float
    """The mean of one over the place of the first fitting offer; 0 beyond ten."""
    share_in_first_ten: float
    """The share of fitting offers among the first ten."""
    auc: float | None
    """How well the best score tells needs that something fits from those that nothing fits; None without the latter."""
    difference: tuple[float, float, float] = field(default=(0.0, 0.0, 0.0))
    """nDCG@10 less that of the anchor: the mean, and the ends of its interval."""

    def as_json(self) -> dict[str, Any]:
        """Plain numbers."""
        return {
            "ranker": self.ranker,
            "ndcg_10": _mean(self.ndcg),
            "difference": list(self.difference),
            "recall_100": self.recall,
            "mrr_10": self.reciprocal_rank,
            "share_in_first_ten": self.share_in_first_ten,
            "auc": self.auc,
        }


def add_evaluate(commands: Any) -> None:
    """Adds `evaluate` to the command line."""
    evaluate = commands.add_parser(
        "evaluate", allow_abbrev=False, help="the matcher beside dull ones, on pairs whose good answers are known"
    )
    evaluate.add_argument("--needs", metavar="FILE", help="JSON Lines, .gz or not")
    evaluate.add_argument("--offers", metavar="FILE", help="JSON Lines, .gz or not")
    evaluate.add_argument("--judgements", metavar="FILE", help="JSON Lines of need, offer, grade (0: does not fit)")
    evaluate.add_argument("--all-judged", action="store_true", help="nothing fits a need without judgements")
    evaluate.add_argument("--aids", metavar="CSV", help="real aids: each title must find its description")
    evaluate.add_argument("--projects", metavar="CSV", help="citizen projects: each must find those of its theme")
    evaluate.add_argument("--report", metavar="FILE", help="the figures, as JSON")
    evaluate.set_defaults(run=_run)


def _run(options: argparse.Namespace) -> None:
    files = (options.needs, options.offers, options.judgements)
    if any(files) and not all(files):
        raise BadInput(["--needs, --offers and --judgements go together"])
    if not any((*files, options.aids, options.projects)):
        raise BadInput(["nothing to evaluate: give --needs, --offers and --judgements, or --aids, or --projects"])
    if options.report:
        check_writable(options.report)
    report = {}
    for collection in _collections(options):
        figures = evaluate(collection)
        report[collection.name] = [each.as_json() for each in figures]
        sys.stdout.write(table(collection, figures) + "\n")
        sys.stdout.flush()
    if options.report:
        write_all({options.report: (json.dumps(report, indent=1) + "\n").encode()})


def _collections(options: argparse.Namespace) -> Iterator[Collection]:
    if options.judgements:
        yield judged(options.needs, options.offers, options.judgements, all_judged=options.all_judged)
    if options.aids:
        yield from of_aids(options.aids)
    if options.projects:
        yield from of_projects(options.projects)


# Collections


def judged(needs_file: str, offers_file: str, judgements: str, *, all_judged: bool) -> Collection:
    """The collection of three files. Raises BadInput and UnreadableFile."""
    geography = load()
    needs, offers = read_needs(needs_file, geography), read_offers(offers_file, geography)
    at_need = {need.id: at for at, need in enumerate(needs.listings)}
    at_offer = {offer.id: at for at, offer in enumerate(offers.listings)}
    faults = [*needs.faults, *offers.faults]
    grades: dict[int, dict[int, float]] = {at: {} for at in range(len(at_need))} if all_judged else {}
    for number, line in lines(judgements) if not faults else ():
        try:
            need, offer, grade = _judgement(line, at_need, at_offer)
        except Fault as fault:
            faults.append(f"{judgements}:{number}: {fault}")
            continue
        fitting = grades.setdefault(need, {})
        if grade > 0:
            fitting[offer] = grade
    if faults:
        raise BadInput(faults)
    return Collection("judgements", needs.listings, offers.listings, grades)


def _judgement(line: bytes, needs: Mapping[str, int], offers: Mapping[str, int]) -> tuple[int, int, float]:
    told = json_object(line)
    for name in _FIELDS:
        if name not in told:
            raise Fault(f"{name}: missing, the fields {', '.join(_FIELDS)} are expected")
    for name, known in (("need", needs), ("offer", offers)):
        if text_of(told[name]) not in known:
            raise Fault(f"{name}: {shown(told[name])} is the id of no {name}")
    return needs[told["need"]], offers[told["offer"]], number_of(told["grade"], "a grade")


def of_aids(path: str) -> Iterator[Collection]:
    """Titles of aids as needs, their descriptions, whole and cut to sixty words, as offers."""
    told = {
        row["Nom"].strip(): row["Descriptif"] for row in _rows(path, "Nom", "Descriptif") if row["Descriptif"].strip()
    }
    needs = [Need(id=str(at), title=title) for at, title in enumerate(told)]
    grades = {at: {at: 1.0} for at in range(len(needs))}
    for name, most in (("aids: title to description", None), ("aids: title to sixty words", 60)):
        texts = [" ".join(text.split()[:most]) for text in told.values()]
        yield Collection(name, needs, [Offer(id=str(at), text=text) for at, text in enumerate(texts)], grades)


def of_projects(path: str) -> Iterator[Collection]:
    """Titles of citizen projects, every other one a need, the rest as offers: alike by theme, or by department."""
    title, theme, department = "titre_projet_gagnant", "thematique", "direction_pilote_projet"
    rows = {row[title].strip(): row for row in _rows(path, title, theme, department)}
    rows = {told: row for told, row in rows.items() if told not in _EMPTY_TITLES}
    projects = list(rows.values())
    asking, answering = projects[::2], projects[1::2]
    needs = [Need(id=str(at), title=row[title]) for at, row in enumerate(asking)]
    offers = [Offer(id=str(at), title=row[title]) for at, row in enumerate(answering)]
    for name, kind in (("projects: theme", theme), ("projects: department", department)):
        alike = {
            at: {other: 1.0 for other, offer in enumerate(answering) if offer[kind] == row[kind]}
            for at, row in enumerate(asking)
            if row[kind]
        }
        yield Collection(name, needs, offers, alike)


def _rows(path: str, *columns: str) -> list[dict[str, str]]:
    try:
        with open(path, encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file)
            if missing := [column for column in columns if column not in (reader.fieldnames or ())]:
                raise BadInput([f"{path}:1: no column {', '.join(missing)}"])
            return [{column: row[column] or "" for column in columns} for row in reader]
    except UnicodeDecodeError as fault:
        raise UnreadableFile(f"{path}: not UTF-8 ({fault.reason})") from fault
    except (OSError, csv.Error) as fault:
        raise UnreadableFile(f"{path}: cannot be read ({getattr(fault, 'strerror', None) or fault})") from fault


# Figures


def evaluate(collection: Collection) -> list[Figures]:
    """The figures of the dull rankers, then of the matcher."""
    asked = sorted(collection.grades)
    needs = [collection.needs[at] for at in asked]
    grades = [collection.grades[at] for at in asked]
    order = _order_of_ids(collection.offers)
    answers = {name: _ranked(ranker(needs, collection.offers), order) for name, ranker in RANKERS.items()}
    answers[MATCHER] = _matched(needs, collection.offers)
    anchor = np.array(
        [_ndcg(listed, fits) for listed, fits in zip(answers[ANCHOR].offers, grades, strict=True) if fits]
    )
    return [_figures(name, each, grades, anchor) for name, each in answers.items()]


def _order_of_ids(listings: Sequence[Listing]) -> np.ndarray:
    return np.argsort(np.argsort(np.array([each.id for each in listings], dtype=object), kind="stable"))


def _ranked(scores: np.ndarray, order: np.ndarray) -> Answers:
    """The best hundred above 0 of each row, ties in the order of ids."""
    listed = []
    for row in scores:
        found = np.flatnonzero(row > 0)
        listed.append(found[np.lexsort((order[found], -row[found]))][:LISTED].tolist())
    return Answers(listed, scores.max(axis=1, initial=0.0))


def _matched(needs: Sequence[Need], offers: Sequence[Offer]) -> Answers:
    comparison = Matcher().fit(offers).compare(needs)
    matches = [line for selection in select(comparison, top=LISTED, near_misses=0) for line in selection.matches]
    best = [line[0].score if line else 0.0 for line in matches]
    return Answers([[picked.other for picked in line] for line in matches], np.array(best))


def _figures(ranker: str, answers: Answers, grades: Sequence[Mapping[int, float]], anchor: np.ndarray) -> Figures:
    told = [(listed, fits) for listed, fits in zip(answers.offers, grades, strict=True) if fits]
    ndcg = np.array([_ndcg(listed, fits) for listed, fits in told])
    low_high = paired_bootstrap(ndcg - anchor)
    return Figures(
        ranker,
        ndcg,
        recall=_mean([_share(listed, fits) for listed, fits in told]),
        reciprocal_rank=_mean([_reciprocal_rank(listed[:DEPTH], fits) for listed, fits in told]),
        share_in_first_ten=_mean([_share(listed[:DEPTH], fits) for listed, fits in told]),
        auc=auc(answers.best, np.array([bool(fits) for fits in grades])),
        difference=low_high[:3],
    )


def _mean(values: Sequence[float] | np.ndarray) -> float:
    return float(np.mean(values)) if len(values) else float("nan")


def _ndcg(listed: Sequence[int], fits: Mapping[int, float]) -> float:
    ideal = sorted(fits.values(), reverse=True)[:DEPTH]
    return _discounted([fits.get(offer, 0.0) for offer in listed[:DEPTH]]) / _discounted(ideal)


def _discounted(gains: Sequence[float]) -> float:
    return float(np.sum(np.array(gains) / np.log2(np.arange(2, len(gains) + 2))))


def _share(listed: Sequence[int], fits: Mapping[int, float]) -> float:
    return len({*listed} & fits.keys()) / len(fits)


def _reciprocal_rank(listed: Sequence[int], fits: Mapping[int, float]) -> float:
    return next((1 / place for place, offer in enumerate(listed, 1) if offer in fits), 0.0)


def auc(scores: np.ndarray, fits: np.ndarray) -> float | None:
    """The chance that one of the former has a higher score than one of the latter; None where one kind is missing."""
    some, none = scores[fits], scores[~fits]
    if not len(some) or not len(none):
        return None
    higher = (some[:, None] > none).mean() + (some[:, None] == none).mean() / 2
    return float(higher)


# The table


def table(collection: Collection, figures: Sequence[Figures]) -> str:
    """The figures in Markdown."""
    fitting = sum(bool(fits) for fits in collection.grades.values())
    nothing = len(collection.grades) - fitting
    title = f"## {collection.name}: {fitting} needs that something fits"
    title += f", {nothing} that nothing fits" if nothing else ""
    heads = ["ranker", "nDCG@10", f"less {ANCHOR}, 95 %", "Recall@100", "MRR@10", "share in first ten"]
    heads += ["AUC of the best score"] if nothing else []
    told = [heads, ["---"] * len(heads), *(_line(each, with_auc=bool(nothing)) for each in figures)]
    return "\n".join(
        [f"{title}, {len(collection.offers)} offers", "", *(f"| {' | '.join(line)} |" for line in told), ""]
    )


def _line(figures: Figures, *, with_auc: bool) -> list[str]:
    mean, low, high = figures.difference
    line = [figures.ranker, f"{_mean(figures.ndcg):.3f}", f"{mean:+.3f} [{low:+.3f}, {high:+.3f}]"]
    line += [f"{value:.3f}" for value in (figures.recall, figures.reciprocal_rank, figures.share_in_first_ten)]
    return line + ([f"{figures.auc:.3f}" if figures.auc is not None else "-"] if with_auc else [])
