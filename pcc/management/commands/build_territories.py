"""manage.py build_territories: the table of territories from the npm package it is made of."""

import gzip
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from matching.geography.derive import BrokenPackage, derive
from matching.geography.table import TABLE


class Command(BaseCommand):
    help = "Derive the table of territories from the package @etalab/decoupage-administratif."
    requires_system_checks: tuple[str, ...] = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("package", type=Path, help="what `npm pack` makes (.tgz), or its unpacked folder")
        parser.add_argument("--check", action="store_true", help="only say whether the table is up to date")

    def handle(self, *, package: Path, check: bool, **options: Any) -> None:
        try:
            packed = derive(package)
        except BrokenPackage as fault:
            raise CommandError(str(fault)) from fault
        if not check:
            TABLE.write_bytes(packed)
            self.stdout.write(f"{TABLE.name}: written, {len(packed)} bytes.")
        elif self._same_content(packed):
            self.stdout.write(f"{TABLE.name}: is what this package gives.")
        else:
            raise CommandError(f"{TABLE.name} is not what this package gives: run it without --check.")

    @staticmethod
    def _same_content(packed: bytes) -> bool:
        """Compressors differ from machine to machine, so what they hold is compared."""
        return TABLE.is_file() and gzip.decompress(TABLE.read_bytes()) == gzip.decompress(packed)
