"""Lines of JSON, read strictly: what is no object of the expected form is named, never guessed."""

from __future__ import annotations

import gzip
import json
import math
import re
import zlib
from collections.abc import Iterator
from datetime import date
from itertools import count
from typing import Any

_BOM = b"\xef\xbb\xbf"
_BLANKS = b" \t\r\n"
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_LONE_SURROGATE = re.compile(r"[\ud800-\udfff]")
_SHOWN = 60
_LONGEST_NUMBER = 300


class UnreadableFile(Exception):
    """A file that is missing, cannot be opened or is badly compressed: the message names it."""


class Fault(Exception):
    """What is wrong with one field, and what is expected."""


def lines(path: str) -> Iterator[tuple[int, bytes]]:
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


def json_object(line: bytes) -> dict[str, Any]:
    """The object that a line holds. Raises Fault."""
    expected = "one JSON object a line is expected"
    try:
        text = line.decode()
    except UnicodeDecodeError as fault:
        raise Fault(f"not UTF-8 at byte {fault.start + 1}, {expected}, in UTF-8") from None
    try:
        raw = json.loads(
            text, parse_int=_whole_number, parse_constant=_refuse_constant, object_pairs_hook=_without_doubles
        )
    except (ValueError, RecursionError) as fault:
        raise Fault(f"not JSON ({fault}), {expected}") from None
    if not isinstance(raw, dict):
        raise Fault(f"{shown(raw)} is {type_of(raw)}, {expected}")
    return raw


def _refuse_constant(constant: str) -> None:
    raise ValueError(f"{constant} is no JSON number")


def _without_doubles(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    known: dict[str, Any] = {}
    for name, value in pairs:
        if name in known:
            raise Fault(f"{printable(name)} stands twice, each field once is expected")
        known[name] = value
    return known


def text_of(value: Any) -> str:
    """A text. Raises Fault."""
    if not isinstance(value, str):
        raise Fault(f"{shown(value)} is {type_of(value)}, a text is expected")
    return value


def identity_of(value: Any) -> str:
    """A text without lone surrogates. Raises Fault."""
    if _LONE_SURROGATE.search(text_of(value)):
        raise Fault(f"{shown(value)} holds a lone surrogate, whole Unicode characters are expected")
    return value


def day_of(value: Any) -> date:
    """A day of the calendar written YYYY-MM-DD. Raises Fault."""
    expected = "a day written YYYY-MM-DD is expected"
    if not isinstance(value, str):
        raise Fault(f"{shown(value)} is {type_of(value)}, {expected}")
    if not _DAY.fullmatch(value):
        raise Fault(f"{shown(value)} is another form of date, {expected}")
    try:
        return date.fromisoformat(value)
    except ValueError:
        raise Fault(f"{shown(value)} is no day of the calendar, {expected}") from None


def number_of(value: Any, unit: str) -> float:
    """A finite number from 0. Raises Fault."""
    expected = f"{unit} as a number from 0 is expected"
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise Fault(f"{shown(value)} is {type_of(value)}, {expected}")
    try:
        number = float(value)
    except OverflowError:
        number = math.inf
    if not math.isfinite(number):
        raise Fault(f"is not finite, {expected}")
    if number < 0:
        raise Fault(f"{shown(value)} is below 0, {expected}")
    return number


def type_of(value: Any) -> str:
    """What a value is, in words."""
    if value is None:
        return "nothing"
    if isinstance(value, bool):
        return "a truth value"
    if isinstance(value, int | float):
        return "a number"
    return "a text" if isinstance(value, str) else "a list" if isinstance(value, list) else "an object"


def _whole_number(digits: str) -> int | float:
    """The number; past what a float holds, infinity, which its field refuses by name."""
    return int(digits) if len(digits) <= _LONGEST_NUMBER else float(digits)


def shown(value: Any) -> str:
    """The value as JSON writes it, letters as they are, short, on one line and free of lone surrogates."""
    written = json.dumps(value, ensure_ascii=False)
    shown = "".join(
        letter if letter.isprintable() else letter.encode("ascii", "backslashreplace").decode() for letter in written
    )
    return shown if len(shown) <= _SHOWN else shown[:_SHOWN] + "…"


def printable(name: str) -> str:
    """A name as it is where that is plain, else as JSON."""
    return name if name.isidentifier() and name.isascii() else shown(name)
