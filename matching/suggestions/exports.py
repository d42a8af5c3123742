"""People's answers as files that the engine's command line reads: decisions, and the listings that they speak of."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import fields
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from matching.geography import Place
from matching.suggestions import ladder

if TYPE_CHECKING:
    from matching import engine
    from matching.engine import decisions


class Exported(NamedTuple):
    """The files written, and how many answers they hold."""

    decisions: Path
    needs: Path
    offers: Path
    count: int


def export_decisions(path: Path) -> Exported:
    """Write each side's last answers into `path`, and beside it the needs and the offers. Nobody is named.

    "answers.jsonl" gets "answers.needs.jsonl" and "answers.offers.jsonl" beside it. Raises OSError.
    """
    needs, offers, answers = ladder.lessons()
    beside = {side: path.with_name(f"{path.stem}.{side}.jsonl") for side in ("needs", "offers")}
    _write(beside["needs"], map(listing_line, needs))
    _write(beside["offers"], map(listing_line, offers))
    _write(path, map(decision_line, answers))
    return Exported(path, beside["needs"], beside["offers"], len(answers))


def decision_line(decision: decisions.Decision) -> dict[str, Any]:
    """An answer as the engine's command line reads it."""
    return _plain({field.name: getattr(decision, field.name) for field in fields(decision)})


def listing_line(listing: engine.Need | engine.Offer) -> dict[str, Any]:
    """A listing as the engine's command line reads it, unknown facts left out. One that has left the lists since
    counts as it did when somebody answered: its status is not told."""
    told = {field.name: getattr(listing, field.name) for field in fields(listing) if field.name != "status"}
    return _plain(told)


def _plain(facts: dict[str, Any]) -> dict[str, Any]:
    return {name: _value(value) for name, value in facts.items() if value not in (None, "", ())}


def _value(value: Any) -> Any:
    if isinstance(value, Place):
        return {"level": value.level, "code": value.code}
    if isinstance(value, datetime):
        return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    if isinstance(value, date):
        return value.isoformat()
    return list(value) if isinstance(value, tuple) else value


def _write(path: Path, lines: Iterable[dict[str, Any]]) -> None:
    """Write beside, then rename: a file that bears its name is whole."""
    unfinished = path.with_name(f"{path.name}.partial")
    with unfinished.open("w", encoding="utf-8", newline="\n") as file:
        file.writelines(_json(lines))
    unfinished.replace(path)


def _json(lines: Iterable[dict[str, Any]]) -> Iterator[str]:
    return (f"{json.dumps(line, ensure_ascii=False, allow_nan=False)}\n" for line in lines)
