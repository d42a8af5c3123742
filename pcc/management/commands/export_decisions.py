"""`manage.py export_decisions FILE`: people's answers, for `python -m matching.engine train`."""

from argparse import ArgumentParser
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from matching.exchange.files import cause
from matching.suggestions.exports import export_decisions


class Command(BaseCommand):
    help = "Écrit les réponses aux rapprochements, sans le nom de personne, et à côté les besoins et les offres."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, help="par exemple reponses.jsonl")

    def handle(self, *args: object, **options: object) -> None:
        try:
            exported = export_decisions(Path(str(options["file"])))
        except OSError as fault:
            raise CommandError(f"{fault.filename} ne s’écrit pas : {cause(fault)}.") from fault
        self.stdout.write(f"{exported.count} réponses : {exported.decisions}")
        self.stdout.write(f"Besoins : {exported.needs}\nOffres : {exported.offers}")
