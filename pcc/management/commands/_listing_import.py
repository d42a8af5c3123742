"""What import_offers and import_needs share: options, file, mapping, report."""

import json
from argparse import ArgumentParser, ArgumentTypeError
from collections.abc import Iterable
from datetime import date
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from matching.exchange.files import cause
from matching.exchange.importing import Progress, Settings
from matching.exchange.mapping import BrokenMapping, FileMapping, load_mapping, shipped
from matching.exchange.organisations import Publisher
from matching.exchange.reading import Row, UnreadableFile, is_json_lines, json_rows, read_text
from matching.exchange.report import Report, Unusable
from matching.exchange.services import publisher_described, publisher_named

_SHOWN_REFUSALS = 50
_ENDINGS = (".gz", ".csv", ".jsonl", ".ndjson", ".json", ".tsv", ".txt")


class FileImport(BaseCommand):
    """Reads a file, brings its rows in, tells what became of them."""

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, help="fichier UTF-8, compressé ou non (.gz)")
        parser.add_argument("--dry-run", action="store_true", help="dit ce qui serait fait, n’écrit rien")
        parser.add_argument("--source", default="", help="nom de la provenance ; défaut : celui du fichier")
        parser.add_argument("--report", type=Path, help="fichier JSON où écrire le compte rendu complet")

    def handle(self, *args: object, **options: Any) -> None:
        report_path: Path | None = options["report"]
        try:
            report = self.bring_in(options)
        except (UnreadableFile, BrokenMapping, Unusable) as fault:
            raise CommandError(str(fault)) from fault
        self._show_refusals(options["file"].name, report)
        self.stdout.write("\n".join(report.totals()))
        if report_path:
            try:
                report_path.write_text(json.dumps(report.as_json(), ensure_ascii=False, indent=1), encoding="utf-8")
            except OSError as fault:
                raise CommandError(f"Le compte rendu ne s’écrit pas : {cause(fault)}.") from fault
        if report.refusals and report.read == len(report.refusals):
            raise CommandError(
                "Toutes les lignes sont refusées : il n’y a rien à importer."
                " Corrigez ce qui est dit ci-dessus, puis relancez."
            )

    def bring_in(self, options: dict[str, Any]) -> Report:
        """Read the file and bring its rows in."""
        raise NotImplementedError

    def show_progress(self, report: Report) -> None:
        self.stderr.write(f"{report.read} lignes lues, {len(report.refusals)} refusées")

    def _show_refusals(self, name: str, report: Report) -> None:
        for refusal in report.refusals[:_SHOWN_REFUSALS]:
            for fault in refusal.faults:
                self.stderr.write(f"{name}:{refusal.line} : {fault}")
        if len(report.refusals) > _SHOWN_REFUSALS:
            others = len(report.refusals) - _SHOWN_REFUSALS
            self.stderr.write(f"… et {others} autres lignes refusées ; --report FICHIER les donne toutes.")


class ListingFileImport(FileImport):
    """Of offers or needs, as CSV with a mapping or as JSON Lines."""

    listing: str

    def add_arguments(self, parser: ArgumentParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("--mapping", default="", help=f"pour un CSV : fichier TOML, ou {', '.join(shipped())}")
        parser.add_argument("--organisation", default="", help="qui publie les lignes qui ne nomment personne")
        parser.add_argument("--today", type=_day, help="jour où l’on compte les annonces terminées (AAAA-MM-JJ)")
        parser.add_argument("--draft", action="store_true", help="laisse les annonces en brouillon")

    def import_rows(self, rows: Iterable[Row], settings: Settings, progress: Progress) -> Report:
        """The service that brings the rows in."""
        raise NotImplementedError

    def bring_in(self, options: dict[str, Any]) -> Report:
        text = read_text(options["file"])
        mapping = self._mapping(text, options["mapping"])
        source = options["source"] or (mapping.source if mapping else source_of(options["file"]))
        settings = Settings(
            source=source,
            today=options["today"] or timezone.localdate(),
            default=_default_publisher(options["organisation"], mapping, source),
            publishes=not options["draft"],
            dry_run=options["dry_run"],
        )
        rows = mapping.rows(text) if mapping else json_rows(text)
        return self.import_rows(rows, settings, self.show_progress)

    def _mapping(self, text: str, name: str) -> FileMapping | None:
        if is_json_lines(text) or not text.strip():
            return None
        if not name:
            raise CommandError(
                "Ce fichier n’est pas en JSON Lines. Pour un CSV, donnez --mapping : un fichier TOML, ou"
                f" l’une de celles-ci : {', '.join(shipped())}."
            )
        mapping = load_mapping(name)
        if mapping.listing != self.listing:
            raise CommandError(f"Cette mise en correspondance est faite pour import_{mapping.listing}.")
        return mapping


def source_of(path: Path) -> str:
    """The name of a file without its endings: "besoins-2026" for besoins-2026.csv.gz."""
    name = path.name
    while (ending := Path(name).suffix) and ending.lower() in _ENDINGS:
        name = name.removesuffix(ending)
    return name[:40]


def _default_publisher(named: str, mapping: FileMapping | None, source: str) -> Publisher | None:
    if named:
        return publisher_named(id=named)
    if mapping and mapping.organisation:
        return publisher_described(record=mapping.organisation, source=source)
    return None


def _day(written: str) -> date:
    try:
        return date.fromisoformat(written)
    except ValueError:
        raise ArgumentTypeError(f"{written} n’est pas un jour. Écrivez-le ainsi : 2026-05-31") from None
