"""`train`, `simulate` and `history` of the command line."""

from __future__ import annotations

import argparse
import json
import os
import secrets
import shutil
import sys
from pathlib import Path
from typing import Any

from matching.engine import learning
from matching.engine.decisions import read_decisions
from matching.engine.faults import BadInput
from matching.engine.heads import FILE, packed
from matching.engine.matcher import Matcher
from matching.engine.model import MANIFEST, vouch_for
from matching.engine.reading import read_needs, read_offers
from matching.engine.version import ENGINE_VERSION
from matching.engine.writing import UnwritableFile, check_writable, write_all
from matching.geography import load


def add_train(commands: Any) -> None:
    """Adds `train` to the command line."""
    train = commands.add_parser(
        "train", allow_abbrev=False, help="learn from decisions what collectives want and authorities grant"
    )
    train.add_argument("--needs", required=True, metavar="FILE", help="JSON Lines, .gz or not")
    train.add_argument("--offers", required=True, metavar="FILE", help="JSON Lines, .gz or not")
    train.add_argument("--decisions", required=True, metavar="FILE", help="JSON Lines, .gz or not")
    train.add_argument("--model", required=True, type=Path, metavar="FOLDER", help="where the model is written, whole")
    train.add_argument("--report", metavar="FILE", help="what was found, as JSON")
    train.set_defaults(run=_train)


def _train(options: argparse.Namespace) -> None:
    if options.report:
        check_writable(options.report)
    _check_place(options.model)
    geography = load()
    needs, offers = read_needs(options.needs, geography), read_offers(options.offers, geography)
    known = not (needs.faults or offers.faults)
    decisions = read_decisions(
        options.decisions,
        needs=[each.id for each in needs.listings] if known else None,
        offers=[each.id for each in offers.listings] if known else None,
    )
    if faults := [*needs.faults, *offers.faults, *decisions.faults]:
        raise BadInput(faults)
    for warning in (*needs.warnings, *offers.warnings):
        print(f"warning: {warning}", file=sys.stderr)
    trained = learning.train(needs.listings, offers.listings, decisions.decisions, geography=geography)
    report = {
        "needs": len(needs.listings),
        "offers": len(offers.listings),
        **trained.report.as_json(),
        "version": ENGINE_VERSION,
    }
    with _unfinished(options.model) as folder:
        Matcher(geography=geography).fit(offers.listings).save(folder)
        _add_heads(folder, packed(trained.heads, trained.report.as_json()))
        if options.report:
            content = json.dumps(report, indent=1, ensure_ascii=False, allow_nan=False) + "\n"
            write_all({options.report: content.encode()})
    for reason in trained.report.reasons:
        print(reason)


def _add_heads(folder: Path, content: bytes) -> None:
    """Put the heads into a saved model, whose manifest vouches for them too."""
    (folder / FILE).write_bytes(content)
    vouch_for(folder, FILE, content)


def _check_place(place: Path) -> None:
    """Raises UnwritableFile where no model can be put: a file, a folder of other things, no folder above."""
    if place.exists() and (not place.is_dir() or (any(place.iterdir()) and not (place / MANIFEST).exists())):
        raise UnwritableFile(f"{place}: holds something else than a model, a new folder or that of a model is expected")
    if not place.parent.is_dir():
        raise UnwritableFile(f"{place}: cannot be written (there is no folder {place.parent})")


class _unfinished:
    """A folder beside the place of a model, that takes its place when all went well; else the place stays as it was."""

    def __init__(self, place: Path) -> None:
        self._place = Path(os.path.realpath(place))
        mark = secrets.token_hex(6)
        self._new, self._old = (self._place.with_name(f".{self._place.name}.{mark}.{end}") for end in ("part", "old"))

    def __enter__(self) -> Path:
        try:
            self._new.mkdir()
        except OSError as fault:
            raise UnwritableFile(f"{self._place}: cannot be written ({fault.strerror})") from fault
        return self._new

    def __exit__(self, kind: Any, fault: BaseException | None, trace: Any) -> None:
        try:
            if fault is None:
                self._take_place()
        except OSError as stopped:
            raise UnwritableFile(f"{self._place}: cannot be written ({stopped.strerror})") from stopped
        finally:
            shutil.rmtree(self._new, ignore_errors=True)
        if isinstance(fault, OSError):
            raise UnwritableFile(f"{self._place}: cannot be written ({fault.strerror})") from fault

    def _take_place(self) -> None:
        earlier = self._place.exists()
        if earlier:
            self._place.rename(self._old)
        try:
            self._new.rename(self._place)
        except OSError:
            if earlier:
                self._old.rename(self._place)
            raise
        shutil.rmtree(self._old, ignore_errors=True)
