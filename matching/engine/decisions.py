"""What people decided about pairs that they were shown: one line each, read as strictly as listings."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Literal

from matching.engine.json_lines import (
    Fault,
    day_of,
    identity_of,
    json_object,
    lines,
    number_of,
    printable,
    shown,
    text_of,
    type_of,
)

Outcome = Literal["accepted", "declined", "ignored"]
Side = Literal["need", "offer"]

OUTCOMES: tuple[Outcome, ...] = ("accepted", "declined", "ignored")
SIDES: tuple[Side, ...] = ("need", "offer")


@dataclass(frozen=True, kw_only=True, slots=True)
class Decision:
    """What one side did with one pair; nothing tells who it was."""

    need: str
    """The id of the need."""
    offer: str
    """The id of the offer."""
    outcome: Outcome
    side: Side
    """Who decided: the collective ("need") or the authority ("offer")."""
    rank: int | None = None
    """Where the pair stood in the list that was shown, from 1; None where there was no list."""
    reason: str | None = None
    """Why it was declined; one of learning.REASONS speaks of some features, another word of none."""
    at: date | datetime
    propensity: float | None = None
    """The chance that the pair had of being shown, above 0 to 1."""

    @property
    def day(self) -> date:
        """The day of the decision."""
        return self.at.date() if isinstance(self.at, datetime) else self.at


@dataclass
class DecisionReading:
    """What a file of decisions held: them, or its faults."""

    decisions: list[Decision] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)


def read_decisions(
    path: str, *, needs: Iterable[str] | None = None, offers: Iterable[str] | None = None
) -> DecisionReading:
    """The decisions of a JSON Lines file, gzipped where its name ends in .gz. Raises UnreadableFile.

    needs, offers: the ids that a line may name; None for any.
    """
    reading = DecisionReading()
    asked = {"need": needs, "offer": offers}
    known = {name: frozenset(ids) for name, ids in asked.items() if ids is not None}
    for number, line in lines(path):
        told, faults = _parsed(line, known)
        reading.faults += [f"{path}:{number}: {fault}" for fault in faults]
        if not faults:
            reading.decisions.append(Decision(**told))
    if reading.faults:
        reading.decisions.clear()
    return reading


def _parsed(line: bytes, known: dict[str, frozenset[str]]) -> tuple[dict[str, Any], list[str]]:
    """What a line tells by field, and what is wrong with it."""
    try:
        raw = json_object(line)
    except Fault as fault:
        return {}, [f"line: {fault}"]
    told: dict[str, Any] = {}
    faults = []
    for name, value in raw.items():
        if name not in _PARSERS:
            faults.append(f"{printable(name)}: no field of a decision, one of {', '.join(_PARSERS)} is expected")
        elif value not in (None, "", []):
            try:
                told[name] = _PARSERS[name](value)
                if name in known and told[name] not in known[name]:
                    raise Fault(f"{shown(value)} is no {name} of its file, the id of one of them is expected")
            except Fault as fault:
                faults.append(f"{name}: {fault}")
    faults += [f"{name}: missing, {what} is expected" for name, what in _NEEDED.items() if raw.get(name) in _MISSING]
    return told, faults


_MISSING: tuple[Any, ...] = (None, "", [])
_NEEDED = {
    "need": "the id of a need",
    "offer": "the id of an offer",
    "outcome": f"one of {', '.join(OUTCOMES)}",
    "side": f"one of {', '.join(SIDES)}",
    "at": "a day written YYYY-MM-DD",
}


def _one_of(choices: tuple[str, ...]) -> Callable[[Any], str]:
    def parse(value: Any) -> str:
        if text_of(value) not in choices:
            raise Fault(f"{shown(value)} is unknown, one of {', '.join(choices)} is expected")
        return value

    return parse


def _rank(value: Any) -> int:
    rank = number_of(value, "a rank")
    if not rank.is_integer() or rank < 1:
        raise Fault(f"{shown(value)} is no rank, a whole number from 1 is expected")
    return int(rank)


def _propensity(value: Any) -> float:
    propensity = number_of(value, "a chance")
    if not 0 < propensity <= 1:
        raise Fault(f"{shown(value)} is no chance of being shown, a number above 0 and at most 1 is expected")
    return propensity


def _at(value: Any) -> date | datetime:
    if not isinstance(value, str) or len(value) <= len("2026-01-31"):
        return day_of(value)
    day = day_of(value[:10])
    try:
        if value[10] == "T" and value.endswith("Z"):
            return datetime.fromisoformat(value)
    except ValueError:
        pass
    expected = "a day written YYYY-MM-DD, or YYYY-MM-DDTHH:MM:SSZ, is expected"
    raise Fault(f"{shown(value)} is {type_of(value)} that begins with {day.isoformat()}, {expected}")


_PARSERS: dict[str, Callable[[Any], Any]] = {
    "need": identity_of,
    "offer": identity_of,
    "outcome": _one_of(OUTCOMES),
    "side": _one_of(SIDES),
    "rank": _rank,
    "reason": text_of,
    "at": _at,
    "propensity": _propensity,
}
