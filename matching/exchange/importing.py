"""What every import does with its rows, whatever they become."""

import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import islice
from typing import Any, TypeVar

from django.db import DatabaseError, transaction

from matching.exchange.fields import Check, checked, missing
from matching.exchange.organisations import Publisher
from matching.exchange.reading import Row
from matching.exchange.report import Fault, Report, Unusable, shown

#: Called after each batch with the report so far.
Progress = Callable[[Report], None]
Answer = TypeVar("Answer")

# Short enough that nobody waits for the lock of an embedded database.
_BATCH = 100


@dataclass(frozen=True, kw_only=True)
class Settings:
    """How one import is done.

    source: where the rows come from; together with the identifier of a row it tells rows apart.
    today: the day on which listings count as over, for the report only.
    default: who publishes a row that names nobody.
    """

    source: str
    today: date
    default: Publisher | None = None
    publishes: bool = True
    dry_run: bool = False


class RowImport:
    """One file on its way in: each row ends in the report, as imported, updated, unchanged or refused."""

    def __init__(self, settings: Settings, checks: Mapping[str, Check]) -> None:
        self.settings = settings
        self.checks = checks
        self.report = Report(dry_run=settings.dry_run)
        self._lines_of_ids: dict[str, int] = {}

    def prepare(self, batch: Sequence[Row]) -> None:
        """Read what the rows of a batch need, in a few queries."""

    def bring_in(self, row: Row, values: dict[str, Any]) -> list[Fault]:
        """Write a row whose values are checked and count it, or say what is wrong with it."""
        raise NotImplementedError

    def missing_facts(self, values: Mapping[str, Any]) -> list[Fault]:
        """What a row of this kind must say and does not."""
        raise NotImplementedError

    def run(self, rows: Iterable[Row], progress: Progress) -> Report:
        started = time.monotonic()
        for batch in _batches(rows):
            with transaction.atomic():
                self.prepare(batch)
                for row in batch:
                    self._take(row)
            self.report.seconds = time.monotonic() - started
            progress(self.report)
        return self.report

    def _take(self, row: Row) -> None:
        values, faults = checked(row.record, self.checks)
        if row.record:
            faults += [*self._faults_of_identity(values, row.line), *self.missing_facts(values)]
        faults = _in_words_of_file([*row.faults, *faults], row)
        if not faults:
            faults = _in_words_of_file(self.bring_in(row, values), row)
        if faults:
            self.report.refuse(row.line, str(values.get("id", "")), faults)

    def _faults_of_identity(self, values: Mapping[str, Any], line: int) -> list[Fault]:
        if "id" not in values:
            return [missing("id", "Donnez à chaque ligne un identifiant stable")]
        first = self._lines_of_ids.setdefault(values["id"], line)
        if first == line:
            return []
        problem = f"l’identifiant {shown(values['id'])} est déjà celui de la ligne {first}"
        return [Fault("id", "duplicate_id", problem, "Donnez à chaque ligne le sien")]


def tried(column: str, ask: Callable[[], Answer], faults: list[Fault]) -> Answer | None:
    """The answer; None, and a fault of that column added, where there is none."""
    try:
        return ask()
    except Unusable as fault:
        faults.append(fault.at(column))
    except DatabaseError as error:
        problem = f"la base de données refuse cette ligne ({shown(str(error))})"
        faults.append(Fault("ligne", "database", problem, "Corrigez-la, ou relancez si un autre import tournait"))
    return None


def _in_words_of_file(faults: Iterable[Fault], row: Row) -> list[Fault]:
    """One fault a column, under the name that the file gives it."""
    by_column: dict[str, Fault] = {}
    for fault in faults:
        column = row.columns.get(fault.column, fault.column)
        if fault.reason == "missing" and column in row.placeholders:
            fault = replace(fault, problem=f"{shown(row.placeholders[column])} ne dit rien")
        by_column.setdefault(column, replace(fault, column=column))
    return list(by_column.values())


def _batches(rows: Iterable[Row]) -> Iterator[list[Row]]:
    remaining = iter(rows)
    while batch := list(islice(remaining, _BATCH)):
        yield batch
