"""`manage.py import_organisations FILE`: authorities and collectives from a JSON Lines file."""

from typing import Any

from django.utils import timezone

from matching.exchange.importing import Settings
from matching.exchange.reading import json_rows, read_text
from matching.exchange.report import Report
from matching.exchange.services import import_organisations
from pcc.management.commands._listing_import import FileImport, source_of


class Command(FileImport):
    help = "Importe des organisations (JSON Lines). Chaque territoire a une seule collectivité."

    def bring_in(self, options: dict[str, Any]) -> Report:
        settings = Settings(
            source=options["source"] or source_of(options["file"]),
            today=timezone.localdate(),
            dry_run=options["dry_run"],
        )
        rows = json_rows(read_text(options["file"]))
        return import_organisations(rows=rows, settings=settings, progress=self.show_progress)
