"""manage.py load_territories: the official geography into the database."""

import time
from typing import Any

from django.core.management.base import BaseCommand

from matching import geography
from matching.catalogue.editions import new_edition
from matching.territories.services import load_all


class Command(BaseCommand):
    help = "Load every territory of the official geography. Safe to repeat; no territory is ever deleted."

    def handle(self, **options: Any) -> None:
        started = time.monotonic()
        count = load_all(progress=self._show)
        new_edition()
        millesime, seconds = geography.load().millesime, time.monotonic() - started
        self.stdout.write(f"{count} territories, official geography of {millesime}, in {seconds:.1f} s.")

    def _show(self, done: int, total: int) -> None:
        self.stderr.write(f"territories: {done} of {total} steps")
