"""A mapping file says, column by column, how a CSV file becomes the exchange format: data in TOML, no code.

    listing = "offers"              # or "needs"
    source = "aides-2023"           # where rows come from; their identifiers are unique within it
    delimiter = ";"                 # optional: found out otherwise
    empty = ["NON REGISTRÉ"]        # cells that mean "unknown"
    ignored = ["Récurrence"]        # every other column must be used below, or the file is refused

    [constants]                     # the same for every row
    kinds = ["funding"]

    [organisation]                  # optional: one organisation, made if need be, publishes every row
    id = "budget-participatif"

    [[field]]
    to = "closes"                   # a field of the exchange format, or "funder": the publisher's name
    from = "Date Clôture"
    transforms = ["french_day", { name = "lookup", table = { … } }]
    otherwise = …                   # optional: the value where the cell gives none
    flag = "perimeter_assumed"      # optional, with `otherwise`: how such a row is flagged

Several [[field]] blocks may fill the same text (a line each) or the same list (one after the other).
"""

import inspect
import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

from matching.exchange import fields
from matching.exchange.reading import Cells, Row, UnreadableFile, read_table
from matching.exchange.report import FLAGS, Fault, Unusable, shown
from matching.exchange.transforms import TRANSFORMS

SHIPPED = Path(__file__).with_name("mappings")
FUNDER = "funder"
_KEYS = {"listing", "source", "delimiter", "empty", "ignored", "constants", "organisation", "field"}
_FIELD_KEYS = {"to", "from", "transforms", "otherwise", "flag"}
_FIELDS = {"offers": {*fields.OFFER, FUNDER}, "needs": set(fields.NEED)}


class BrokenMapping(Exception):
    """The mapping file does not say what a mapping must say; the message says where."""


@dataclass(frozen=True)
class FieldRule:
    """How one column gives one field."""

    to: str
    column: str
    steps: Sequence[partial[Any]] = ()
    otherwise: Any = None
    flag: str = ""

    def value(self, cell: str) -> Any:
        """The value of the field for a cell; None: unknown. Raises Unusable."""
        value: Any = cell
        for step in self.steps:
            if value is None or value == "":
                return None
            value = step(value)
        return value


@dataclass(frozen=True)
class FileMapping:
    """A whole mapping file."""

    listing: str
    source: str
    rules: Sequence[FieldRule]
    delimiter: str = ""
    empty: frozenset[str] = frozenset()
    ignored: frozenset[str] = frozenset()
    constants: Mapping[str, Any] = field(default_factory=dict)
    organisation: Mapping[str, Any] | None = None

    def rows(self, text: str) -> Iterator[Row]:
        """The rows of a CSV text. Raises UnreadableFile for a column that nobody provided for."""
        needed = list(dict.fromkeys(rule.column for rule in self.rules))
        table = read_table(text, needed, self.delimiter)
        surprising = [column for column in table.columns if column not in needed and column not in self.ignored]
        if surprising:
            raise UnreadableFile(
                f"La mise en correspondance ne prévoit pas : {', '.join(map(shown, surprising))}."
                " Donnez-leur un champ, ou ajoutez-les à « ignored »."
            )
        return map(self._row, table.lines)

    def _row(self, cells: Cells) -> Row:
        if cells.faults:
            return Row(cells.line, faults=cells.faults)
        record: dict[str, Any] = dict(self.constants)
        faults: list[Fault] = []
        flags: list[str] = []
        for rule in self.rules:
            try:
                value = rule.value(self._cell(cells.values[rule.column]))
            except Unusable as fault:
                faults.append(fault.at(rule.column))
                continue
            if value is None or value == "":
                value = rule.otherwise
                flags += [rule.flag] if rule.flag else []
            _put(record, rule.to, value)
        columns = {rule.to: rule.column for rule in self.rules}
        placeholders = {column: cell for column, cell in cells.values.items() if cell.strip() in self.empty}
        return Row(cells.line, record, faults, flags, columns, placeholders)

    def _cell(self, cell: str) -> str:
        stripped = cell.strip()
        return "" if stripped in self.empty else stripped


def _put(record: dict[str, Any], name: str, value: Any) -> None:
    if value is None or value == "":
        record.setdefault(name, None)
    elif isinstance(record.get(name), str) and isinstance(value, str):
        record[name] = f"{record[name]}\n{value}"
    elif isinstance(record.get(name), list) and isinstance(value, list):
        record[name] = [*record[name], *value]
    else:
        record[name] = value


def shipped() -> list[str]:
    """The names of the mappings that come with the service."""
    return sorted(path.stem for path in SHIPPED.glob("*.toml"))


def load_mapping(name_or_path: str) -> FileMapping:
    """The mapping of that name, or in that file. Raises BrokenMapping."""
    path = SHIPPED / f"{name_or_path}.toml" if name_or_path in shipped() else Path(name_or_path)
    try:
        return _parsed(tomllib.loads(path.read_text(encoding="utf-8")))
    except (OSError, UnicodeDecodeError) as fault:
        raise BrokenMapping(
            f"La mise en correspondance {shown(name_or_path)} ne s’ouvre pas."
            f" Donnez un fichier, ou l’une de celles-ci : {', '.join(shipped())}."
        ) from fault
    except tomllib.TOMLDecodeError as fault:
        # Its message is in English; where it stumbled is all that one needs.
        where = re.search(r"line (\d+)", str(fault))
        why = f"ce n’est pas du TOML, ligne {where[1]}" if where else "ce n’est pas du TOML, à la fin"
        raise BrokenMapping(f"La mise en correspondance {shown(name_or_path)} est mal écrite : {why}.") from fault
    except Unusable as fault:
        raise BrokenMapping(f"La mise en correspondance {shown(name_or_path)} est mal écrite : {fault}.") from fault


def _parsed(written: dict[str, Any]) -> FileMapping:
    _only(written, _KEYS, "le fichier")
    listing = fields.one_of(list(_FIELDS))(written.get("listing"))
    rules = [_rule(each, _FIELDS[listing]) for each in written.get("field", [])]
    if not rules:
        raise Unusable("missing", "aucun [[field]]", "Ajoutez-en un par colonne utile")
    return FileMapping(
        listing=listing,
        source=fields.text(40)(written.get("source")),
        rules=rules,
        delimiter=written.get("delimiter", ""),
        empty=frozenset(written.get("empty", [])),
        ignored=frozenset(written.get("ignored", [])),
        constants=written.get("constants", {}),
        organisation=written.get("organisation"),
    )


def _rule(written: dict[str, Any], known: set[str]) -> FieldRule:
    _only(written, _FIELD_KEYS, "un [[field]]")
    flag = written.get("flag", "")
    if flag:
        fields.one_of(list(FLAGS))(flag)
    return FieldRule(
        to=fields.one_of(sorted(known))(written.get("to")),
        column=fields.text(200)(written.get("from")),
        steps=[_step(each) for each in written.get("transforms", [])],
        otherwise=written.get("otherwise"),
        flag=flag,
    )


def _step(written: str | dict[str, Any]) -> partial[Any]:
    options = {"name": written} if isinstance(written, str) else dict(written)
    name = fields.one_of(list(TRANSFORMS))(options.pop("name", None))
    function = TRANSFORMS[name]
    try:
        inspect.signature(function).bind("", **options)
    except TypeError as fault:
        raise Unusable("unknown_field", f"options de {name} ({fault})", "Voyez les transformations") from None
    return partial(function, **options)


def _only(written: Mapping[str, Any], known: set[str], where: str) -> None:
    for key in written:
        if key not in known:
            raise Unusable("unknown_field", f"{shown(key)} dans {where}", f"Clés permises : {', '.join(sorted(known))}")
