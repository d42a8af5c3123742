"""Tables for a spreadsheet: semicolons and a mark of UTF-8, as French ones expect, and no cell that calculates."""

import csv
from collections.abc import Iterable, Sequence

from django.http import HttpResponse

# What begins so is a formula to a spreadsheet, whoever typed it.
_CALCULATES = ("=", "+", "-", "@", "\t", "\r", "\n")


def sheet(name: str, rows: Iterable[Sequence[object]]) -> HttpResponse:
    """The rows as a file of that name, to be downloaded."""
    response = HttpResponse("\ufeff", content_type="text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    csv.writer(response, delimiter=";").writerows([_harmless(cell) for cell in row] for row in rows)
    return response


def _harmless(cell: object) -> object:
    """Words that would calculate are told to be words; numbers stay numbers."""
    if isinstance(cell, str) and cell.lstrip(" \u00a0\ufeff").startswith(_CALCULATES):
        return f"'{cell}"
    return cell
