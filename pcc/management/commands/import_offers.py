"""`manage.py import_offers FILE`: offers from a CSV or JSON Lines file."""

from collections.abc import Iterable

from matching.exchange.importing import Progress, Settings
from matching.exchange.reading import Row
from matching.exchange.report import Report
from matching.exchange.services import import_offers
from pcc.management.commands._listing_import import ListingFileImport


class Command(ListingFileImport):
    help = "Importe des offres. Chaque ligne est importée ou refusée avec sa raison ; se relance sans risque."
    listing = "offers"

    def import_rows(self, rows: Iterable[Row], settings: Settings, progress: Progress) -> Report:
        return import_offers(rows=rows, settings=settings, progress=progress)
