"""`manage.py import_needs FILE`: needs from a CSV or JSON Lines file."""

from collections.abc import Iterable

from matching.exchange.importing import Progress, Settings
from matching.exchange.reading import Row
from matching.exchange.report import Report
from matching.exchange.services import import_needs
from pcc.management.commands._listing_import import ListingFileImport


class Command(ListingFileImport):
    help = "Importe des besoins. Chaque ligne est importée ou refusée avec sa raison ; se relance sans risque."
    listing = "needs"

    def import_rows(self, rows: Iterable[Row], settings: Settings, progress: Progress) -> Report:
        return import_needs(rows=rows, settings=settings, progress=progress)
