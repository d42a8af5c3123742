"""manage.py import_recipes PATH: recipes from a folder or a zip of Markdown files."""

from argparse import ArgumentParser
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from cms.recipe_import import NotAFolder, import_recipes

_OUTCOMES = {
    "created": "créée",
    "updated": "mise à jour",
    "unchanged": "inchangée",
    "edited_here": "modifiée ici depuis : laissée telle quelle",
    "refused": "refusée",
}


class Command(BaseCommand):
    help = "Imports free recipes from a folder or a zip of Markdown files; --dry-run writes nothing; safe to repeat."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("path", type=Path)
        parser.add_argument("--dry-run", action="store_true")

    def handle(self, *args: object, **options: object) -> None:
        try:
            report = import_recipes(Path(str(options["path"])), dry_run=bool(options["dry_run"]))
        except NotAFolder as error:
            raise CommandError(str(error)) from None
        for line in report.lines:
            self.stdout.write(f"{line.name} : {_OUTCOMES[line.outcome]}")
            for fault in line.faults:
                self.stdout.write(f"    {fault.where} : {fault.sentence} {fault.mend}")
        counts = ", ".join(f"{report.count(key)} {word.split(' ')[0]}" for key, word in _OUTCOMES.items())
        self.stdout.write(_("En tout : %(counts)s.") % {"counts": counts})
        if not report.is_clean:
            raise CommandError(_("Des fichiers ont été refusés : corrigez-les et recommencez, sans rien craindre."))
