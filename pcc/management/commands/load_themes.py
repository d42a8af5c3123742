"""`manage.py load_themes`: the controlled vocabulary of themes."""

from django.core.management.base import BaseCommand

from matching.catalogue.vocabulary import load_themes


class Command(BaseCommand):
    help = "Charge les thèmes. Se relance sans risque."

    def handle(self, *args: object, **options: object) -> None:
        self.stdout.write(f"{load_themes()} thèmes")
