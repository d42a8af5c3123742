"""`python -m matching.engine rank`: needs and offers in files, rankings out.

Exit codes: 0 done, 1 a file that cannot be read or written, 2 bad input or options. stderr says what and where.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import resource
import sys
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from io import TextIOWrapper
from pathlib import Path
from time import perf_counter
from typing import Any

from matching.engine.allocation_cli import add_allocate, add_fairness
from matching.engine.evaluate import add_evaluate
from matching.engine.faults import BadInput
from matching.engine.gates import GATES
from matching.engine.history import add_history
from matching.engine.json_lines import UnreadableFile
from matching.engine.learning_cli import add_train
from matching.engine.matcher import Matcher
from matching.engine.model import BrokenModel
from matching.engine.reading import read_needs, read_offers
from matching.engine.results import Match, NearMiss, Ranking
from matching.engine.simulation import add_simulate
from matching.engine.version import ENGINE_VERSION
from matching.engine.writing import UnwritableFile, check_writable, write_all
from matching.geography import BrokenTable, load

MOST_FAULTS = 20
FAILED, REFUSED = 1, 2
_WHOLE = re.compile(r"[0-9]{1,18}")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; returns its exit code."""
    if isinstance(sys.stderr, TextIOWrapper):
        sys.stderr.reconfigure(encoding="utf-8", errors="backslashreplace")
    parser = _parser()
    options = parser.parse_args(arguments)
    out, report = getattr(options, "out", None), getattr(options, "report", None)
    if out and report and os.path.realpath(report) == os.path.realpath(out):
        parser.error("argument --report: another file than that of --out is expected")
    try:
        options.run(options)
    except BadInput as bad:
        _say(bad.faults[:MOST_FAULTS])
        if len(bad.faults) > MOST_FAULTS:
            _say([f"({len(bad.faults) - MOST_FAULTS} more faults are not shown)"])
        return REFUSED
    except (UnreadableFile, UnwritableFile, BrokenModel, BrokenTable) as fault:
        _say([f"{fault}"])
        return FAILED
    return 0


def _say(lines: Iterable[str]) -> None:
    for line in lines:
        print(line, file=sys.stderr)


def _rank(options: argparse.Namespace) -> None:
    clock = _Clock()
    for name in filter(None, (options.out, options.report)):
        check_writable(name)
    geography = load()
    needs, offers = read_needs(options.needs, geography), read_offers(options.offers, geography)
    if needs.faults or offers.faults:
        raise BadInput([*needs.faults, *offers.faults])
    _say(f"warning: {warning}" for warning in (*needs.warnings, *offers.warnings))
    clock.lap("read")
    matcher = Matcher(today=options.today).fit(offers.listings, model=options.model)
    clock.lap("fit")
    rankings = matcher.rankings(
        needs.listings,
        reader="need" if options.direction == "needs" else "offer",
        top=options.top,
        near_misses=options.near_misses or 0,
    )
    lines = list(_lines(rankings, options.direction, with_near=options.near_misses is not None))
    clock.lap("rank")
    contents = {options.out: b"".join(lines)}
    if options.report:
        clock.lap("write")
        report = {
            "needs": len(needs.listings),
            "offers": len(offers.listings),
            "pairs_refused": {gate: matcher.refused_[gate] for gate in GATES},
            "seconds": clock.seconds,
            "peak_mb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, 1),
            "version": ENGINE_VERSION,
        }
        contents[options.report] = (json.dumps(report, indent=1) + "\n").encode()
    write_all(contents)


class _Clock:
    """Seconds of each step, in order."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}
        self._started = perf_counter()

    def lap(self, step: str) -> None:
        now = perf_counter()
        self.seconds[step] = round(now - self._started, 3)
        self._started = now


def _lines(rankings: Iterable[Ranking], direction: str, *, with_near: bool) -> Iterator[bytes]:
    line_name, other_name = ("need", "offer") if direction == "needs" else ("offer", "need")
    for ranking in rankings:
        line: dict[str, Any] = {
            line_name: ranking.id,
            "matches": [_match(match, other_name) for match in ranking.matches],
        }
        if with_near:
            line["near"] = [_near_miss(miss, other_name) for miss in ranking.near]
        yield json.dumps(line, ensure_ascii=False, allow_nan=False).encode(errors="replace") + b"\n"


def _match(match: Match, other_name: str) -> dict[str, Any]:
    return {
        other_name: match.id,
        "score": match.score,
        "parts": match.parts,
        "reasons": [str(reason) for reason in match.reasons],
        "against": None if match.against is None else str(match.against),
    }


def _near_miss(miss: NearMiss, other_name: str) -> dict[str, Any]:
    return {
        other_name: miss.id,
        "refused_by": [
            {"gate": refusal.gate, "sentence": str(refusal), "mend": str(refusal.mend)} for refusal in miss.refused_by
        ],
    }


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m matching.engine", allow_abbrev=False)
    commands = parser.add_subparsers(dest="command", required=True)
    rank = commands.add_parser(
        "rank", allow_abbrev=False, help="rank the offers for each need, or the needs for each offer"
    )
    rank.add_argument("--needs", required=True, metavar="FILE", help="JSON Lines, .gz or not")
    rank.add_argument("--offers", required=True, metavar="FILE", help="JSON Lines, .gz or not")
    rank.add_argument("--out", required=True, metavar="FILE", help="JSON Lines, .gz or not")
    rank.add_argument("--top", type=_from_one, default=10, metavar="N", help="matches of each line at most (10)")
    rank.add_argument("--direction", choices=("needs", "offers"), default="needs", help="one line for each of them")
    rank.add_argument(
        "--near-misses", type=_from_zero, metavar="K", help="also the best K refused, with what would mend it"
    )
    rank.add_argument("--today", type=_day, metavar="YYYY-MM-DD", help="hold application windows against this day")
    rank.add_argument(
        "--model", type=Path, metavar="FOLDER", help="statistics of a saved model instead of the offers' own"
    )
    rank.add_argument("--report", metavar="FILE", help="figures of the run, as JSON")
    rank.set_defaults(run=_rank)
    add_allocate(commands, _from_one, _day)
    add_fairness(commands, _from_one)
    add_train(commands)
    add_evaluate(commands)
    add_simulate(commands, main)
    add_history(commands)
    return parser


def _from_one(written: str) -> int:
    number = _from_zero(written)
    if number < 1:
        raise argparse.ArgumentTypeError(f"{written} is below 1, a whole number from 1 is expected")
    return number


def _from_zero(written: str) -> int:
    if not _WHOLE.fullmatch(written):
        raise argparse.ArgumentTypeError(f"{written!r} is no whole number from 0")
    return int(written)


def _day(written: str) -> date:
    try:
        if _DAY.fullmatch(written):
            return date.fromisoformat(written)
    except ValueError as fault:
        raise argparse.ArgumentTypeError(f"{written} is no day of the calendar") from fault
    raise argparse.ArgumentTypeError(f"{written!r} is another form of date, YYYY-MM-DD is expected")
