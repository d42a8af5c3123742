"""From JSON Lines to listings: every fault is named by file, line and field, nothing is guessed.

A fault reads `FILE:LINE: field: what is wrong, what is expected`. Reading goes on after a fault, so that one run names
them all; a file with a fault gives no listing at all.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field, fields
from datetime import date
from typing import Any, Generic, TypeVar

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
from matching.engine.listings import KINDS, RIGHTS, Listing, Need, Offer
from matching.geography import LEVELS, Geography, Place

SomeListing = TypeVar("SomeListing", Need, Offer)

_SLUG = re.compile(r"[^\s/]+(?:/[^\s/]+)?")


@dataclass
class Reading(Generic[SomeListing]):
    """What a file held: its listings, or its faults; warnings refuse nothing."""

    listings: list[SomeListing] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)


def read_needs(path: str, geography: Geography) -> Reading[Need]:
    """The needs of a JSON Lines file, gzipped where its name ends in .gz. Raises UnreadableFile."""
    return _read(path, Need, geography)


def read_offers(path: str, geography: Geography) -> Reading[Offer]:
    """The offers of a JSON Lines file, gzipped where its name ends in .gz. Raises UnreadableFile."""
    return _read(path, Offer, geography)


def _read(path: str, listing: type[SomeListing], geography: Geography) -> Reading[SomeListing]:
    reading: Reading[SomeListing] = Reading()
    first_lines: dict[str, int] = {}
    for number, line in lines(path):
        where = f"{path}:{number}"
        parser = _LineParser(where, listing, geography)
        facts = parser.parse(line)
        identity = facts.get("id")
        if isinstance(identity, str) and identity:
            if identity in first_lines:
                parser.fault(
                    "id",
                    f"{shown(identity)} already stands on line {first_lines[identity]}, "
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
            raw = json_object(line)
        except Fault as fault:
            self.fault("line", str(fault))
            return {}
        facts: dict[str, Any] = {}
        for name, value in raw.items():
            if name not in self._names:
                self.fault(
                    printable(name), f"no field of {_an(self.side)}, one of {', '.join(self._names)} is expected"
                )
                continue
            if value is None or value in ("", []):
                continue
            try:
                facts[name] = self._parsers[name](self, name, value)
            except Fault as fault:
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
        return identity_of(value)

    def _plain(self, name: str, value: Any) -> str:
        return text_of(value)

    def _choices(self, choices: tuple[str, ...]) -> Callable[[Any], tuple[str, ...]]:
        def parse(value: Any) -> tuple[str, ...]:
            texts = _texts(value)
            for text in texts:
                if text not in choices:
                    raise Fault(f"{shown(text)} is unknown, a list of {', '.join(choices)} is expected")
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
                raise Fault(f"{shown(slug)} is no theme, a list of slugs parent or parent/child is expected")
        return slugs

    def _forms(self, name: str, value: Any) -> tuple[str, ...]:
        forms = _texts(value)
        if "" in forms:
            raise Fault("holds an empty text, a list of legal forms is expected")
        return forms

    def _amount(self, name: str, value: Any) -> float:
        return number_of(value, "euros")

    def _people(self, name: str, value: Any) -> int:
        people = number_of(value, "a number of people")
        if not people.is_integer():
            raise Fault(f"{shown(value)} is no whole number, a whole number of people is expected")
        return int(people)

    def _day(self, name: str, value: Any) -> date:
        return day_of(value)

    def _place(self, name: str, value: Any) -> Place | None:
        expected = 'an object of exactly {"level", "code"} is expected'
        if not isinstance(value, dict):
            raise Fault(f"{shown(value)} is {type_of(value)}, {expected}")
        if set(value) != {"level", "code"}:
            raise Fault(f"holds {', '.join(map(printable, value)) or 'nothing'}, {expected}")
        level, code = value["level"], value["code"]
        if not isinstance(level, str) or level not in LEVELS:
            raise Fault(f"level {shown(level)} is unknown, one of {', '.join(LEVELS)} is expected")
        if not isinstance(code, str):
            raise Fault(f"code {shown(code)} is {type_of(code)}, a code between quotes is expected")
        if not self.geography.well_formed(level, code):
            raise Fault(f"code {shown(code)} has not the form of a code of level {level}, {_CODES[level]} is expected")
        place = self.geography.resolve(level, code)
        if place is None:
            self.warnings.append(
                f"{self.where}: {name}: no {level} of code {code} in the table of territories "
                f"({self.geography.millesime}), read as unknown"
            )
        return place

    _parsers: dict[str, Callable[[_LineParser, str, Any], Any]] = {
        "id": _identity,
        "title": _plain,
        "text": _plain,
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
        "legal_form": _plain,
        "legal_forms": _forms,
        "contribution": _plain,
        "expects": _plain,
        "status": _plain,
    }


_CODES = {
    "commune": "five characters such as 29019 or 2A004",
    "epci": "the nine figures of a SIREN",
    "departement": "a code such as 01, 2A or 974",
    "region": "a code such as 53",
    "country": "FR",
}


def _texts(value: Any) -> tuple[str, ...]:
    if not isinstance(value, list):
        raise Fault(f"{shown(value)} is {type_of(value)}, a list of texts is expected")
    for each in value:
        if not isinstance(each, str):
            raise Fault(f"holds {shown(each)}, {type_of(each)}, a list of texts is expected")
    return tuple(dict.fromkeys(value))


def _an(side: str) -> str:
    return "an offer" if side == "offer" else "a need"
