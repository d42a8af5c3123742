"""`manage.py load_coordinates FILE`: where communes lie, so that near is told in kilometres."""

import csv
import gzip
import time
from argparse import ArgumentParser
from collections.abc import Iterator
from pathlib import Path
from typing import TextIO

from django.core.management.base import BaseCommand, CommandError

from matching.catalogue.editions import new_edition
from matching.suggestions.artefacts import refresh_artefact
from matching.suggestions.services import doubt_every_match
from matching.territories.points import Line, load_points

_COLUMNS = ("code", "lon", "lat")
_MOST_REFUSALS_SHOWN = 20


class Command(BaseCommand):
    help = "Charge les coordonnées des communes (CSV code,lon,lat, .gz ou non). Se relance sans risque."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, metavar="FICHIER")

    def handle(self, *args: object, **options: object) -> None:
        path = Path(str(options["file"]))
        started = time.monotonic()
        try:
            with _opened(path) as file:
                loaded = load_points(_lines(file))
        except (OSError, EOFError, UnicodeDecodeError, csv.Error) as fault:
            raise CommandError(f"{path} : illisible ({fault}). Rien n’a été écrit.") from fault
        for number, wrong in loaded.refused[:_MOST_REFUSALS_SHOWN]:
            self.stderr.write(f"{path}:{number}: {wrong}")
        if more := len(loaded.refused[_MOST_REFUSALS_SHOWN:]):
            self.stderr.write(f"… et {more} autres lignes refusées.")
        self.stdout.write(
            f"{loaded.written} communes situées, {loaded.known} l’étaient déjà au même point,"
            f" {loaded.merged} lignes de communes fusionnées depuis, {len(loaded.refused)} lignes refusées,"
            f" en {time.monotonic() - started:.1f} s."
        )
        if loaded.written:
            new_edition()
            # A new state is taken up by every process of every host, with the new points; then all is matched again.
            refresh_artefact()
            self.stdout.write(f"{doubt_every_match()} annonces seront rapprochées de nouveau.")


def _opened(path: Path) -> TextIO:
    return gzip.open(path, "rt", encoding="utf-8-sig") if path.suffix == ".gz" else path.open(encoding="utf-8-sig")


def _lines(file: TextIO) -> Iterator[Line]:
    rows = csv.DictReader(file)
    if missing := [name for name in _COLUMNS if name not in (rows.fieldnames or ())]:
        raise csv.Error(f"colonnes attendues : {', '.join(_COLUMNS)} ; il manque {', '.join(missing)}")
    for row in rows:
        code, lon, lat = ((row[name] or "").strip() for name in _COLUMNS)
        yield Line(rows.line_num, code, lon, lat)
