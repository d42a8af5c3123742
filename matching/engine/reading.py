"""From JSON Lines to listings: every fault is named by file, line and field, nothing is guessed.

A fault reads `FILE:LINE: field: what is wrong, what is expected`. Reading goes on after a fault, so that one run names
them all; a file with a fault gives no listing at all.
"""

from __future__ import annotations

import gzip
import json
import math
import re
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, fields
from datetime import date
from itertools import count
from typing import Any, Generic, TypeVar

from matching.engine.listings import KINDS, RIGHTS, Listing, Need, Offer
from matching.geography import LEVELS, Geography, Place

SomeListing = TypeVar("SomeListing", Need, Offer)

_BOM = b"\xef\xbb\xbf"
_BLANKS = b" \t\r\n"
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_SLUG = re.compile(r"[^\s/]+(?:/[^\s/]+)?")
_LONE_SURROGATE = re.compile(r"[\ud800-\udfff]")
_SHOWN = 60
_LONGEST_NUMBER = 300


class UnreadableFile(Exception):
    """A file that is missing, cannot be opened or is badly compressed: the message names it."""


@dataclass
class Reading(Generic[SomeListing]):
    """What a file held: its listings, or its faults; warnings refuse nothing."""

    listings: list[SomeListing] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)


class _Fault(Exception):
    """What is wrong with one field, and what is expected."""


def read_needs(path: str, geography: Geography) -> Reading[Need]:
    """The needs of a JSON Lines file, gzipped where its name ends in .gz. Raises UnreadableFile."""
    return _read(path, Need, geography)


def read_offers(path: str, geography: Geography) -> Reading[Offer]:
    """The offers of a JSON Lines file, gzipped where its name ends in .gz. Raises UnreadableFile."""
    return _read(path, Offer, geography)


def _read(path: str, listing: type[SomeListing], geography: Geography) -> Reading[SomeListing]:
    reading: Reading[SomeListing] = Reading()
    first_lines: dict[str, int] = {}
    for number, line in _lines(path):
        where = f"{path}:{number}"
        parser = _LineParser(where, listing, geography)
        facts = parser.parse(line)
        identity = facts.get("id")
        if isinstance(identity, str) and identity:
            if identity in first_lines:
                parser.fault(
                    "id",
                    f"{_shown(identity)} already stands on line {first_lines[identity]}, "
                    "an id that is unique in its file is expected",
                )
            first_lines.setdefault(identity, number)
        reading.faults += parser.faults
        reading.warnings += parser.warnings
        if not parser.faults:
            reading.listings.append(listing(**facts))
    if reading.faults:
        reading.listings.clear()
    return reading


def _lines(path: str) -> Iterator[tuple[int, bytes]]:
    """The lines that are not blank, with their numbers in the file."""
    try:
        with gzip.open(path, "rb") if path.endswith(".gz") else open(path, "rb") as file:
            for number, line in zip(count(1), file, strict=False):
                line = line.removeprefix(_BOM) if number == 1 else line
                if line.strip(_BLANKS):
                    yield number, line
    except (EOFError, zlib.error, gzip.BadGzipFile) as fault:
        raise UnreadableFile(f"{path}: badly compressed ({fault})") from fault
    except (OSError, ValueError) as fault:
        raise UnreadableFile(f"{path}: cannot be read ({_reason(fault)})") from fault


def _reason(fault: Exception) -> str:
    return getattr(fault, "strerror", None) or str(fault)


class _LineParser:
    """One line of a file: collects its facts and everything that is wrong with them."""

    def __init__(self, where: str, listing: type[Listing], geography: Geography) -> None:
        self.where = where
        self.side = "need" if listing is Need else "offer"
        self.geography = geography
        self.faults: list[str] = []
        self.warnings: list[str] = []
        self._names = [each.name for each in fields(listing)]

    def fault(self, name: str, message: str) -> None:
        self.faults.append(f"{self.where}: {name}: {message}")

    def parse(self, line: bytes) -> dict[str, Any]:
        """The facts of the line by field name; unknown ones are left out."""
        try:
            raw = _json_object(line)
        except _Fault as fault:
            self.fault("line", str(fault))
            return {}
        facts: dict[str, Any] = {}
        for name, value in raw.items():
            if name not in self._names:
                self.fault(
                    _printable(name), f"no field of {_an(self.side)}, one of {', '.join(self._names)} is expected"
                )
                continue
            if value is None or value in ("", []):
                continue
            try:
                facts[name] = self._parsers[name](self, name, value)
            except _Fault as fault:
                self.fault(name, str(fault))
        if raw.get("id") in (None, "", []):
            self.fault("id", "missing, a text that is not empty is expected")
        self._check_order(facts, "amount_min", "amount_max", "{low} is above amount_max {high}")
        self._check_order(facts, "starts", "ends", "{low} is after ends {high}")
        self._check_order(facts, "opens", "closes", "{low} is after closes {high}")
        return {name: value for name, value in facts.items() if value is not None}

    def _check_order(self, facts: dict[str, Any], low: str, high: str, message: str) -> None:
        first, last = facts.get(low), facts.get(high)
        if first is not None and last is not None and first > last:
            self.fault(low, message.format(low=first, high=last) + f", {low} at most {high} is expected")

    def _identity(self, name: str, value: Any) -> str:
        if _LONE_SURROGATE.search(_text(value)):
            raise _Fault(f"{_shown(value)} holds a lone surrogate, whole Unicode characters are expected")
        return value

    def _text(self, name: str, value: Any) -> str:
        return _text(value)

    def _choices(self, choices: tuple[str, ...]) -> Callable[[Any], tuple[str, ...]]:
        def parse(value: Any) -> tuple[str, ...]:
            texts = _texts(value)
            for text in texts:
                if text not in choices:
                    raise _Fault(f"{_shown(text)} is unknown, a list of {', '.join(choices)} is expected")
            return texts

        return parse

    def _kinds(self, name: str, value: Any) -> tuple[str, ...]:
        return self._choices(KINDS)(value)

    def _rights(self, name: str, value: Any) -> tuple[str, ...]:
        return self._choices(RIGHTS)(value)

    def _themes(self, name: str, value: Any) -> tuple[str, ...]:
        slugs = _texts(value)
        for slug in slugs:
            if not _SLUG.fullmatch(slug):
                raise _Fault(f"{_shown(slug)} is no theme, a list of slugs parent or parent/child is expected")
        return slugs

    def _forms(self, name: str, value: Any) -> tuple[str, ...]:
        forms = _texts(value)
        if "" in forms:
            raise _Fault("holds an empty text, a list of legal forms is expected")
        return forms

    def _amount(self, name: str, value: Any) -> float:
        return _number(value, "euros")

    def _people(self, name: str, value: Any) -> int:
        people = _number(value, "a number of people")
        if not people.is_integer():
            raise _Fault(f"{_shown(value)} is no whole number, a whole number of people is expected")
        return int(people)

    def _day(self, name: str, value: Any) -> date:
        expected = "a day written YYYY-MM-DD is expected"
        if not isinstance(value, str):
            raise _Fault(f"{_shown(value)} is {_type(value)}, {expected}")
        if not _DAY.fullmatch(value):
            raise _Fault(f"{_shown(value)} is another form of date, {expected}")
        try:
            return date.fromisoformat(value)
        except ValueError:
            raise _Fault(f"{_shown(value)} is no day of the calendar, {expected}") from None

    def _place(self, name: str, value: Any) -> Place | None:
        expected = 'an object of exactly {"level", "code"} is expected'
        if not isinstance(value, dict):
            raise _Fault(f"{_shown(value)} is {_type(value)}, {expected}")
        if set(value) != {"level", "code"}:
            raise _Fault(f"holds {', '.join(map(_printable, value)) or 'nothing'}, {expected}")
        level, code = value["level"], value["code"]
        if not isinstance(level, str) or level not in LEVELS:
            raise _Fault(f"level {_shown(level)} is unknown, one of {', '.join(LEVELS)} is expected")
        if not isinstance(code, str):
            raise _Fault(f"code {_shown(code)} is {_type(code)}, a code between quotes is expected")
        if not self.geography.well_formed(level, code):
            raise _Fault(
                f"code {_shown(code)} has not the form of a code of level {level}, {_CODES[level]} is expected"
            )
        place = self.geography.resolve(level, code)
        if place is None:
            self.warnings.append(
                f"{self.where}: {name}: no {level} of code {code} in the table of territories "
                f"({self.geography.millesime}), read as unknown"
            )
        return place

    _parsers: dict[str, Callable[[_LineParser, str, Any], Any]] = {
        "id": _identity,
        "title": _text,
        "text": _text,
        "kinds": _kinds,
        "themes": _themes,
        "territory": _place,
        "perimeter": _place,
        "amount_min": _amount,
        "amount_max": _amount,
        "capacity": _people,
        "starts": _day,
        "ends": _day,
        "opens": _day,
        "closes": _day,
        "rights": _rights,
        "legal_form": _text,
        "legal_forms": _forms,
        "contribution": _text,
        "expects": _text,
        "status": _text,
    }


_CODES = {
    "commune": "five characters such as 29019 or 2A004",
    "epci": "the nine figures of a SIREN",
    "departement": "a code such as 01, 2A or 974",
    "region": "a code such as 53",
    "country": "FR",
}


def _json_object(line: bytes) -> dict[str, Any]:
    expected = "one JSON object a line is expected"
    try:
        text = line.decode()
    except UnicodeDecodeError as fault:
        raise _Fault(f"not UTF-8 at byte {fault.start + 1}, {expected}, in UTF-8") from None
    try:
        raw = json.loads(
            text, parse_int=_whole_number, parse_constant=_refuse_constant, object_pairs_hook=_without_doubles
        )
    except (ValueError, RecursionError) as fault:
        raise _Fault(f"not JSON ({fault}), {expected}") from None
    if not isinstance(raw, dict):
        raise _Fault(f"{_shown(raw)} is {_type(raw)}, {expected}")
    return raw


def _refuse_constant(constant: str) -> None:
    raise ValueError(f"{constant} is no JSON number")


def _without_doubles(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    known: dict[str, Any] = {}
    for name, value in pairs:
        if name in known:
            raise _Fault(f"{_printable(name)} stands twice, each field once is expected")
        known[name] = value
    return known


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise _Fault(f"{_shown(value)} is {_type(value)}, a text is expected")
    return value


def _texts(value: Any) -> tuple[str, ...]:
    if not isinstance(value, list):
        raise _Fault(f"{_shown(value)} is {_type(value)}, a list of texts is expected")
    for each in value:
        if not isinstance(each, str):
            raise _Fault(f"holds {_shown(each)}, {_type(each)}, a list of texts is expected")
    return tuple(dict.fromkeys(value))


def _number(value: Any, unit: str) -> float:
    expected = f"{unit} as a number from 0 is expected"
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise _Fault(f"{_shown(value)} is {_type(value)}, {expected}")
    try:
        number = float(value)
    except OverflowError:
        number = math.inf
    if not math.isfinite(number):
        raise _Fault(f"is not finite, {expected}")
    if number < 0:
        raise _Fault(f"{_shown(value)} is below 0, {expected}")
    return number


def _type(value: Any) -> str:
    if value is None:
        return "nothing"
    if isinstance(value, bool):
        return "a truth value"
    if isinstance(value, int | float):
        return "a number"
    return "a text" if isinstance(value, str) else "a list" if isinstance(value, list) else "an object"


def _an(side: str) -> str:
    return "an offer" if side == "offer" else "a need"


def _whole_number(digits: str) -> int | float:
    """The number; past what a float holds, infinity, which its field refuses by name."""
    return int(digits) if len(digits) <= _LONGEST_NUMBER else float(digits)


def _shown(value: Any) -> str:
    """The value as JSON writes it, letters as they are, short, on one line and free of lone surrogates."""
    written = json.dumps(value, ensure_ascii=False)
    shown = "".join(
        letter if letter.isprintable() else letter.encode("ascii", "backslashreplace").decode() for letter in written
    )
    return shown if len(shown) <= _SHOWN else shown[:_SHOWN] + "…"


def _printable(name: str) -> str:
    return name if name.isidentifier() and name.isascii() else _shown(name)
