"""From a file to rows: CSV or JSON Lines, UTF-8, gzipped or not.

What spoils one line is a fault of that line, and reading goes on; what spoils the file raises UnreadableFile.
"""

import csv
import gzip
import json
import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from matching.exchange.files import cause
from matching.exchange.report import Fault, Unusable, shown

# A quote that nobody closes would swallow the rest of the file; no honest row is longer.
_LINES_PER_ROW = 500
_DELIMITERS = (",", ";", "\t", "|")
_BOM_16 = (b"\xff\xfe", b"\xfe\xff")
# Excel's new and old files; PDF, PNG, JPEG, GIF, programs and libraries.
_WORKBOOKS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")
_BINARIES = (b"%PDF-", b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"\x7fELF", b"MZ\x90", b"SQLite format 3")
# Bytes that Windows-1252 leaves undefined.
_NOT_1252 = frozenset(b"\x81\x8d\x8f\x90\x9d")


class UnreadableFile(Exception):
    """The file as a whole cannot be read; the message says why and what would mend it."""


@dataclass(frozen=True)
class Row:
    """One line of a file: the fields of the exchange format, or what is wrong with it.

    columns: the column that a field came from, where the file calls it otherwise.
    placeholders: what the file writes there to say that it does not know.
    """

    line: int
    record: Mapping[str, object] = field(default_factory=dict)
    faults: Sequence[Fault] = ()
    flags: Sequence[str] = ()
    columns: Mapping[str, str] = field(default_factory=dict)
    placeholders: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Cells:
    """One line of a CSV file by column, or what is wrong with it."""

    line: int
    values: Mapping[str, str] = field(default_factory=dict)
    faults: Sequence[Fault] = ()


@dataclass(frozen=True)
class Table:
    """A CSV file: its delimiter, its columns, its lines."""

    delimiter: str
    columns: Sequence[str]
    lines: Iterator[Cells]


def read_text(path: Path) -> str:
    """The text of a file, gzipped where its name ends in .gz. Raises UnreadableFile."""
    try:
        content = path.read_bytes()
        if path.suffix == ".gz":
            content = gzip.decompress(content)
    except (EOFError, zlib.error, gzip.BadGzipFile) as fault:
        raise UnreadableFile(f"{path.name} est mal compressé. Compressez-le de nouveau.") from fault
    except (OSError, ValueError) as fault:
        # A ValueError: a NUL in the name.
        why = cause(fault) if isinstance(fault, OSError) else "ce nom contient un caractère invisible"
        raise UnreadableFile(f"{path.name or path} ne s’ouvre pas : {why}.") from fault
    return _decoded(content, path.name)


def _decoded(content: bytes, name: str) -> str:
    if content.startswith(_WORKBOOKS):
        raise UnreadableFile(f"{name} est un classeur ou une archive. Enregistrez-le en « CSV UTF-8 ».")
    if content.startswith(_BOM_16):
        raise UnreadableFile(f"{name} est en UTF-16. Enregistrez-le en UTF-8.")
    if content.startswith(_BINARIES) or content.count(b"\0") > len(content) // 20:
        raise UnreadableFile(f"{name} n’est pas un texte. Donnez un CSV ou des lignes JSON, en UTF-8.")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as fault:
        line = content.count(b"\n", 0, fault.start) + 1
        guess = "" if _NOT_1252 & set(content) else " Il semble en Windows-1252 (Excel l’écrit ainsi)."
        raise UnreadableFile(
            f"{name} n’est pas en UTF-8 (ligne {line}, octet {fault.start + 1}).{guess}"
            " Enregistrez-le en « CSV UTF-8 » et recommencez."
        ) from None


def is_json_lines(text: str) -> bool:
    """Does the first line that is not blank open a JSON object?"""
    return text.lstrip().startswith("{")


def json_rows(text: str) -> Iterator[Row]:
    """The rows of a JSON Lines text; blank lines are passed over, and counted in line numbers."""
    for number, line in enumerate(text.split("\n"), start=1):
        if not line.strip():
            continue
        try:
            yield Row(number, record=_json_object(line))
        except Unusable as fault:
            yield Row(number, faults=[fault.at("ligne")])


def _json_object(line: str) -> dict[str, object]:
    mend = "Écrivez un objet JSON par ligne, entre accolades"
    try:
        value = json.loads(line, parse_constant=_refuse_constant, object_pairs_hook=_without_doubles)
    except json.JSONDecodeError as fault:
        raise Unusable("unreadable", f"ce n’est pas du JSON, vers le caractère {fault.pos + 1}", mend) from None
    except RecursionError:
        raise Unusable("unreadable", "trop d’objets les uns dans les autres", mend) from None
    except _NotJson as fault:
        raise Unusable("unreadable", f"ce n’est pas du JSON ({fault})", mend) from None
    except ValueError:
        raise Unusable("unreadable", "ce n’est pas du JSON (un nombre a trop de chiffres)", mend) from None
    if not isinstance(value, dict):
        raise Unusable("unreadable", f"{shown(value)} n’est pas un objet JSON", mend)
    return value


class _NotJson(ValueError):
    """What Python's reader would let pass; the message is in French."""


def _refuse_constant(constant: str) -> None:
    raise _NotJson(f"{constant} n’est pas un nombre")


def _without_doubles(pairs: list[tuple[str, object]]) -> dict[str, object]:
    record: dict[str, object] = {}
    for name, value in pairs:
        if name in record:
            raise _NotJson(f"le champ {shown(name)} est écrit deux fois")
        record[name] = value
    return record


def read_table(text: str, columns: Sequence[str], delimiter: str = "") -> Table:
    """The CSV text as a table holding at least these columns.

    delimiter: the one to use; without it, the one that shows most of the columns. Raises UnreadableFile.
    """
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    start = next((number for number, line in enumerate(lines) if line.strip()), 0)
    end = _end_of_row(lines, start)
    header = "\n".join(lines[start : end + 1])
    delimiter = delimiter or max(_DELIMITERS, key=lambda each: len(set(columns) & set(_names(header, each))))
    found = _names(header, delimiter)
    _check_header(found, columns, delimiter)
    return Table(delimiter, found, _cells(lines, end + 1, found, delimiter))


def _check_header(found: Sequence[str], columns: Sequence[str], delimiter: str) -> None:
    missing = [column for column in columns if column not in found]
    if missing:
        raise UnreadableFile(
            f"Colonnes absentes de l’en-tête : {', '.join(map(shown, missing))}."
            f" Colonnes lues, séparées par {shown(delimiter)} : {', '.join(map(shown, found))}."
        )
    doubled = [column for column in columns if found.count(column) > 1]
    if doubled:
        raise UnreadableFile(f"Colonnes écrites deux fois dans l’en-tête : {', '.join(map(shown, doubled))}.")


def _names(header: str, delimiter: str) -> list[str]:
    try:
        return [" ".join(cell.split()) for cell in _parsed(header, delimiter)]
    except csv.Error:
        return []


def _parsed(row: str, delimiter: str) -> list[str]:
    # One row is parsed at a time, from a text whose length nobody has promised.
    csv.field_size_limit(max(csv.field_size_limit(), len(row) + 1))
    return next(csv.reader([row], delimiter=delimiter, strict=True), [])


def _end_of_row(lines: Sequence[str], start: int) -> int:
    """The line where the row that begins here ends: lines belong together while a quote stands open."""
    quotes = 0
    for end in range(start, min(start + _LINES_PER_ROW, len(lines))):
        quotes += lines[end].count('"')
        if quotes % 2 == 0:
            return end
    return start


def _cells(lines: Sequence[str], start: int, columns: Sequence[str], delimiter: str) -> Iterator[Cells]:
    while start < len(lines):
        if not lines[start].strip():
            start += 1
            continue
        end = _end_of_row(lines, start)
        cells = _row_cells("\n".join(lines[start : end + 1]), columns, delimiter, start + 1)
        if cells.faults and end > start:
            # The quote that opened this row may be the error: only its first line is refused.
            cells, end = Cells(start + 1, faults=[_BAD_QUOTES]), start
        yield cells
        start = end + 1


def _row_cells(row: str, columns: Sequence[str], delimiter: str, number: int) -> Cells:
    try:
        cells = _parsed(row, delimiter)
    except csv.Error:
        return Cells(number, faults=[_BAD_QUOTES])
    if len(cells) != len(columns):
        return Cells(number, faults=[_other_number_of_cells(len(cells), len(columns), delimiter)])
    return Cells(number, dict(zip(columns, cells, strict=True)))


_BAD_QUOTES = Fault(
    "ligne",
    "unreadable",
    "un guillemet droit n’est pas fermé ou est mal placé",
    'Entourez la case de guillemets et doublez ceux qu’elle contient : "la salle ""Watt"""',
)


def _other_number_of_cells(found: int, expected: int, delimiter: str) -> Fault:
    return Fault(
        "ligne",
        "cells",
        f"{found} cases, l’en-tête en a {expected}",
        f"Une case qui contient {shown(delimiter)} s’écrit entre guillemets",
    )
