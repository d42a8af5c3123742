"""Rows of several tables in one query: however many sorts of things may wait, a desk asks once."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from django.db.models import CharField, QuerySet, Value, Window
from django.db.models.functions import JSONObject, RowNumber

# Of each sort: what comes after them waits its turn.
AT_MOST = 30

Row = dict[str, Any]


@dataclass(frozen=True)
class Sort:
    """Rows of one table: which, in what order, and what is told of each (as JSONObject names it)."""

    name: str
    rows: QuerySet[Any]
    order: Sequence[Any]
    facts: Mapping[str, Any]


def gathered(sorts: Sequence[Sort]) -> dict[str, list[Row]]:
    """By name of sort, what its first rows tell, in its order. Days and moments come as texts: see day_of, time_of."""
    found: dict[str, list[Row]] = {sort.name: [] for sort in sorts}
    if not sorts:
        return found
    first, *others = map(_asked, sorts)
    placed: dict[str, list[tuple[int, Row]]] = {name: [] for name in found}
    for name, place, row in first.union(*others, all=True):
        placed[name].append((place, row))
    return {name: [row for _place, row in sorted(rows, key=lambda each: each[0])] for name, rows in placed.items()}


def day_of(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def time_of(text: str) -> datetime:
    """A moment as either database writes it."""
    moment = datetime.fromisoformat(text)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _asked(sort: Sort) -> Any:
    # A slice may stand in no UNION, but inside a condition it may.
    first = sort.rows.order_by(*sort.order).values("pk")[:AT_MOST]
    return (
        sort.rows.order_by()
        .filter(pk__in=first)
        .values_list(
            Value(sort.name, output_field=CharField()),
            Window(RowNumber(), order_by=list(sort.order)),
            JSONObject(**sort.facts),
        )
    )
