"""Organisations on their way in: authorities by the official table, collectives as they are, hosts last."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from django.db import transaction
from django.utils import timezone

from matching.exchange.edits import organisation_edited_by_people
from matching.exchange.fields import ORGANISATION, missing
from matching.exchange.importing import Progress, RowImport, Settings, tried
from matching.exchange.organisations import Places, find_organisation, made, own_organisation
from matching.exchange.reading import Row
from matching.exchange.report import Fault, Report
from matching.organisations.models import Organisation

_WRITTEN = ("name", "description", "siren", "rna", "posture")


class OrganisationImport(RowImport):
    """Makes the missing ones and keeps the others as the file says, unless people changed them here."""

    def __init__(self, settings: Settings) -> None:
        super().__init__(settings, ORGANISATION)
        self._places = Places()
        self._hosts: dict[str, str] = {}

    def run(self, rows: Iterable[Row], progress: Progress) -> Report:
        report = super().run(rows, progress)
        if not self.settings.dry_run:
            self._write_hosts()
        return report

    def missing_facts(self, values: Mapping[str, Any]) -> list[Fault]:
        needed = {"side": "authority ou collective", "name": "son nom", "legal_form": "sa forme"}
        return [missing(name, f"Donnez {what}") for name, what in needed.items() if name not in values]

    def bring_in(self, row: Row, values: dict[str, Any]) -> list[Fault]:
        faults: list[Fault] = []
        publisher = tried("ligne", lambda: made(values, source=self.settings.source, places=self._places), faults)
        if publisher is None:
            return faults
        found = publisher.found
        changed = found is not None and self._differs(found, values)
        if not self.settings.dry_run:
            tried("ligne", lambda: self._write(publisher.make, values), faults)
        if faults:
            return faults
        self.report.imported += found is None
        self.report.updated += changed
        self.report.unchanged += found is not None and not changed
        self.report.flags.update(["known_elsewhere"] if found and not self._may_name(found) else [])
        if values.get("host"):
            self._hosts[values["id"]] = values["host"]
        return []

    def _told(self, organisation: Organisation, values: Mapping[str, Any]) -> dict[str, str]:
        """What the file may change: the page unless people did, the identifier unless it has another."""
        edited = organisation_edited_by_people(organisation)
        told = {} if edited else {name: values[name] for name in _WRITTEN if name in values}
        if self._may_name(organisation):
            told |= {"source": self.settings.source, "external_id": values["id"]}
        return told

    def _may_name(self, organisation: Organisation) -> bool:
        return not organisation.external_id or organisation.source == self.settings.source

    def _differs(self, organisation: Organisation, values: Mapping[str, Any]) -> bool:
        told = self._told(organisation, values)
        return any(getattr(organisation, name) != value for name, value in told.items())

    @transaction.atomic
    def _write(self, make: Callable[[], Organisation], values: Mapping[str, Any]) -> None:
        organisation = make()
        if not self._differs(organisation, values):
            return
        for name, value in self._told(organisation, values).items():
            setattr(organisation, name, value)
        organisation.save()

    @transaction.atomic
    def _write_hosts(self) -> None:
        for guest_id, host_id in self._hosts.items():
            guest = own_organisation(guest_id, self.settings.source)
            host = find_organisation(host_id, self.settings.source)
            if host is None:
                self.report.flags.update(["host_unknown"])
            elif guest and guest.host_id != host.pk and not organisation_edited_by_people(guest):
                # Whoever imports answers for what the file says.
                guest.host, guest.host_confirmed_at = host, timezone.now()
                guest.save()
