"""Verbs that bring listings and organisations in: each row is imported, or refused and told why.

Rows are told apart by source and identifier: the same file twice changes nothing the second time. One
transaction a batch: whatever stops an import in the middle leaves whole rows.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from matching.catalogue.models import Need, Offer
from matching.catalogue.services import write_need, write_offer
from matching.exchange import fields
from matching.exchange.facts import (
    faults_of_need,
    faults_of_offer,
    need_facts,
    offer_facts,
    same_need,
    same_offer,
)
from matching.exchange.importing import Progress, Settings
from matching.exchange.listing_import import FUNDER, ListingImport, Trade
from matching.exchange.organisation_import import OrganisationImport
from matching.exchange.organisations import Places, Publisher, existing, find_organisation, made
from matching.exchange.reading import Row
from matching.exchange.report import Report, Unusable, shown
from matching.organisations.models import Side


def silent(report: Report) -> None:
    """Progress told to nobody."""


def import_offers(*, rows: Iterable[Row], settings: Settings, progress: Progress = silent) -> Report:
    """Bring offers in, published unless told otherwise; the bodies that they name are made where missing."""
    return ListingImport(_OFFERS, settings).run(rows, progress)


def import_needs(*, rows: Iterable[Row], settings: Settings, progress: Progress = silent) -> Report:
    """Bring needs in, published unless told otherwise; an unknown contribution is flagged."""
    return ListingImport(_NEEDS, settings).run(rows, progress)


def import_organisations(*, rows: Iterable[Row], settings: Settings, progress: Progress = silent) -> Report:
    """Bring organisations in; an authority is the one of its territory, under the name of the file."""
    return OrganisationImport(settings).run(rows, progress)


def publisher_described(*, record: Mapping[str, object], source: str) -> Publisher:
    """The organisation of a description, made when a row first needs it. Raises Unusable."""
    values, faults = fields.checked(record, fields.ORGANISATION)
    faults += [
        fields.missing(name, "Complétez la description")
        for name in ("id", "side", "name", "legal_form")
        if name not in values
    ]
    if faults:
        raise Unusable(faults[0].reason, f"organisation : {faults[0]}", "Corrigez la mise en correspondance")
    return made(values, source=source, places=Places())


def publisher_named(*, id: str) -> Publisher:
    """The organisation of this slug, UUID or imported identifier. Raises Unusable."""
    organisation = find_organisation(id)
    if organisation is None:
        raise Unusable("unknown_organisation", f"aucune organisation {shown(id)}", "Donnez son nom court (slug)")
    return existing(organisation)


def _write_offer(offer: Offer | None, **told: Any) -> Offer:
    return write_offer(offer=offer, **told)


def _write_need(need: Need | None, **told: Any) -> Need:
    return write_need(need=need, **told)


_OFFERS = Trade(
    side=Side.AUTHORITY,
    checks={**fields.OFFER, FUNDER: fields.text(160)},
    missing_facts=faults_of_offer,
    facts=offer_facts,
    same=same_offer,
    write=_write_offer,
    stored=lambda: Offer.objects.select_related("organisation", "territory", "perimeter", "bundle").prefetch_related(
        "themes", "resources", "eligibility_rules"
    ),
)
_NEEDS = Trade(
    side=Side.COLLECTIVE,
    checks=fields.NEED,
    missing_facts=faults_of_need,
    facts=need_facts,
    same=same_need,
    write=_write_need,
    stored=lambda: Need.objects.select_related("organisation", "territory", "perimeter").prefetch_related("themes"),
)
