"""Tables for a spreadsheet: semicolons and a mark of UTF-8, as French ones expect, and no cell that calculates."""

import csv
from collections.abc import Iterable, Sequence

from django.http import HttpResponse

from matching.exchange.cells import harmless


def sheet(name: str, rows: Iterable[Sequence[object]]) -> HttpResponse:
    """The rows as a file of that name, to be downloaded."""
    response = HttpResponse("\ufeff", content_type="text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    csv.writer(response, delimiter=";").writerows([harmless(cell) for cell in row] for row in rows)
    return response
