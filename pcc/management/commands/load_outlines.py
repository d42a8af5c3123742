"""`manage.py load_outlines FILE`: the outlines that maps draw."""

import json
from argparse import ArgumentParser
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from matching.catalogue.editions import new_edition
from matching.territories.models import Territory
from matching.territories.outlines import load_outlines

_MOST_REFUSALS_SHOWN = 20


class Command(BaseCommand):
    help = "Charge les contours de territoires (GeoJSON, properties.code). Se relance sans risque."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, metavar="FICHIER")
        parser.add_argument("--level", choices=Territory.Level.values, default="departement", help="niveau des codes")

    def handle(self, *args: object, **options: object) -> None:
        path = Path(str(options["file"]))
        try:
            held = json.loads(path.read_text(encoding="utf-8-sig"))
        except (OSError, UnicodeDecodeError, ValueError, RecursionError) as fault:
            raise CommandError(f"{path} : illisible ({fault}). Rien n’a été écrit.") from fault
        features = held.get("features") if isinstance(held, dict) else None
        if not isinstance(features, list):
            raise CommandError(f"{path} : une FeatureCollection GeoJSON est attendue. Rien n’a été écrit.")
        drawn = load_outlines(features, level=str(options["level"]))
        for at, wrong in drawn.refused[:_MOST_REFUSALS_SHOWN]:
            self.stderr.write(f"{path}, objet {at} : {wrong}" if at else f"{path} : {wrong}")
        self.stdout.write(
            f"{drawn.written} contours écrits, {drawn.known} déjà les mêmes, {len(drawn.refused)} refusés."
        )
        if drawn.written:
            new_edition()
