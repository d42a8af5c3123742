"""`history`: what an authority took up before, as a profile of that authority.

A project that was taken up speaks for its authority: a new one is compared with each of those before, and the nearest
few speak for theirs. Measured forward in time: each edition is foretold from the editions before it,
beside the authority's name alone, the theme alone and who takes up most.
"""

from __future__ import annotations

import argparse
import csv
import json
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from matching.engine import measures
from matching.engine.faults import BadInput
from matching.engine.json_lines import UnreadableFile
from matching.engine.listings import Need, Offer
from matching.engine.matcher import Matcher
from matching.engine.writing import check_writable, write_all

NEAREST = 20
"""So many of the nearest earlier projects speak, each for its authority."""
_FEWEST_BEFORE = 100
# What an authority is worth of which nothing speaks, and how much who takes up a theme counts beside the nearest.
_UNSAID = 0.02


@dataclass(frozen=True)
class Taken:
    """A project that an authority took up."""

    title: str
    theme: str
    by: str
    when: str
    """Texts that sort by time."""


@dataclass
class Profiles:
    """What authorities took up, ready to say who might take up more."""

    nearest: int = NEAREST
    taken_: Sequence[Taken] = field(default_factory=tuple, init=False)

    def fit(self, taken: Sequence[Taken]) -> Profiles:
        """Learn from what was taken up; fitting again forgets."""
        self.taken_ = taken
        self.names_ = tuple(sorted({each.by for each in taken}))
        self._of = np.array([self.names_.index(each.by) for each in taken])
        offers = [Offer(id=str(at), title=each.title) for at, each in enumerate(taken)]
        self._matcher = Matcher().fit(offers)
        counts: dict[str, Counter[str]] = defaultdict(Counter)
        for each in taken:
            counts[each.theme][each.by] += 1
        self._by_theme = counts
        self._ever = Counter(each.by for each in taken)
        return self

    def likely(self, projects: Sequence[Taken]) -> np.ndarray:
        """float64, projects x names_: the share of its theme that each authority took up, all themes where new."""
        shares = np.zeros((len(projects), len(self.names_)))
        ever = np.array([self._ever[name] for name in self.names_], float)
        for row, project in zip(shares, projects, strict=True):
            own = np.array([self._by_theme[project.theme][name] for name in self.names_], float)
            row[:] = own + ever / ever.sum()
        return shares / shares.sum(axis=1, keepdims=True)

    def near(self, projects: Sequence[Taken]) -> np.ndarray:
        """float64, projects x names_: what the nearest of each authority's earlier projects are worth."""
        needs = [Need(id=str(at), title=each.title) for at, each in enumerate(projects)]
        scores = self._matcher.compare(needs).grid().score.astype(float)
        order = np.argsort(-scores, axis=1, kind="stable")[:, : self.nearest]
        worth = np.zeros((len(projects), len(self.names_)))
        for row, best, score in zip(worth, order, scores, strict=True):
            for at in best:
                row[self._of[at]] += score[at] ** 2
        return worth / np.maximum(worth.sum(axis=1, keepdims=True), 1e-12)

    def both(self, projects: Sequence[Taken]) -> np.ndarray:
        """float64, projects x names_: the nearest and the theme together."""
        return (self.near(projects) + _UNSAID) * self.likely(projects)


def forward(taken: Sequence[Taken]) -> Iterator[tuple[str, dict[str, np.ndarray]]]:
    """For each edition with enough before it: by which way, the place that the right authority got (from 1)."""
    for when in sorted({each.when for each in taken}):
        before = [each for each in taken if each.when < when]
        now = [each for each in taken if each.when == when]
        if len(before) >= _FEWEST_BEFORE:
            yield when, _places(Profiles().fit(before), now)


def _places(profiles: Profiles, now: Sequence[Taken]) -> dict[str, np.ndarray]:
    names = profiles.names_
    often = np.array([profiles._ever[name] for name in names], float)
    by_name = Matcher().fit([Offer(id=name, title=name) for name in names])
    named = by_name.compare([Need(id=str(at), title=each.title) for at, each in enumerate(now)]).grid().score
    ways = {
        "most": np.tile(often, (len(now), 1)),
        "name": named,
        "theme": profiles.likely(now),
        "profile": profiles.near(now),
        "profile and theme": profiles.both(now),
    }
    return {way: _place_of(scores, names, now) for way, scores in ways.items()}


def _place_of(scores: np.ndarray, names: Sequence[str], now: Sequence[Taken]) -> np.ndarray:
    """The mean place among equals; inf for an authority that never took up anything before."""
    places = np.full(len(now), np.inf)
    for at, (row, project) in enumerate(zip(scores, now, strict=True)):
        if project.by in names:
            own = row[names.index(project.by)]
            places[at] = (row > own).sum() + ((row == own).sum() + 1) / 2
    return places


def add_history(commands: Any) -> None:
    """Adds `history` to the command line."""
    history = commands.add_parser(
        "history", allow_abbrev=False, help="how well what authorities took up foretells what they take up next"
    )
    history.add_argument("--file", required=True, metavar="FILE", help="CSV with a line for each project taken up")
    history.add_argument("--title", default="titre_projet_gagnant", metavar="COLUMN")
    history.add_argument("--theme", default="thematique", metavar="COLUMN")
    history.add_argument("--by", default="direction_pilote_projet", metavar="COLUMN", help="who took it up")
    history.add_argument("--when", default="edition", metavar="COLUMN", help="sorts by time")
    history.add_argument("--report", metavar="FILE", help="the table, as JSON")
    history.set_defaults(run=_history)


def _history(options: argparse.Namespace) -> None:
    if options.report:
        check_writable(options.report)
    columns = {name: getattr(options, name) for name in ("title", "theme", "by", "when")}
    taken = read_taken(options.file, columns)
    editions = list(forward(taken))
    if not editions:
        raise BadInput([f"{options.file}: no edition has {_FEWEST_BEFORE} projects before it"])
    table = _table(editions)
    for way, figures in table.items():
        print(f"{way:18}  " + "  ".join(f"{name} {value}" for name, value in figures.items()))
    if options.report:
        write_all({options.report: (json.dumps(table, indent=1, ensure_ascii=False) + "\n").encode()})


def read_taken(path: str, columns: Mapping[str, str]) -> list[Taken]:
    """The projects of a CSV file; lines without title or authority are left out. Raises UnreadableFile, BadInput."""
    try:
        with open(path, encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file)
            missing = [name for name in columns.values() if name not in (reader.fieldnames or ())]
            if missing:
                raise BadInput([f"{path}:1: {name}: no such column" for name in missing])
            rows = [{name: _plain(row[column]) for name, column in columns.items()} for row in reader]
    except (OSError, UnicodeDecodeError, csv.Error) as fault:
        raise UnreadableFile(f"{path}: cannot be read ({fault})") from fault
    return [Taken(**row) for row in rows if row["title"] and row["by"] and row["when"]]


def _plain(written: str | None) -> str:
    return unicodedata.normalize("NFKC", written or "").strip()


def _table(editions: Sequence[tuple[str, dict[str, np.ndarray]]]) -> dict[str, dict[str, Any]]:
    places = {way: np.concatenate([found[way] for _, found in editions]) for way in editions[0][1]}
    theme = 1 / places["theme"]
    table = {}
    for way, place in places.items():
        gain, low, high, _ = measures.paired_bootstrap(1 / place - theme)
        table[way] = {
            "projects": len(place),
            "first": round(float((place <= 1).mean()), 3),
            "in_three": round(float((place <= 3).mean()), 3),
            "mrr": round(float((1 / place).mean()), 3),
            "mrr_above_theme": f"{gain:+.3f} [{low:+.3f}, {high:+.3f}]",
        }
    return table
