"""Funding offers as « dispositifs d'aide »: table schema etalab/dispositif-aide 0.2.0.

The identifier is the offer's, which the file of grants names too (dispositifAide).
"""

import csv
import io
import json
from collections.abc import Iterable

from django.utils.translation import gettext_lazy as _

from matching.catalogue.models import Offer, Subkind
from matching.exchange.cells import harmless
from matching.organisations.models import LegalForm
from matching.territories.models import Territory

COLUMNS = (
    "id",
    "titre",
    "promesse",
    "description",
    "eligibilite",
    "types_aides",
    "porteurs",
    "programmes_parents",
    "url_source",
    "cibles",
    "eligibilite_geographique",
    "eligibilite_geographique_exclusions",
    "date_ouverture",
    "date_cloture",
    "date_mise_a_jour",
)
_PREFIXES = {
    Territory.Level.COMMUNE: "COM",
    Territory.Level.EPCI: "EPCI",
    Territory.Level.DEPARTEMENT: "DEP",
    Territory.Level.REGION: "REG",
}
_FRANCE = "PAYS-99100"
_COMPANIES = (LegalForm.COOPERATIVE, LegalForm.SOCIAL_COMPANY, LegalForm.MUTUAL)
_LONGEST_DESCRIPTION = 5000


def schemes_file(offers: Iterable[Offer], address: str) -> bytes:
    """The file: UTF-8 without a mark, commas. address: of the site, "https://…"."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(COLUMNS)
    for offer in offers:
        writer.writerow([harmless(cell) for cell in _row(offer, address)])
    return out.getvalue().encode()


def _row(offer: Offer, address: str) -> list[str]:
    said = offer.text.strip() or offer.title
    bearer = {"nom": offer.organisation.name, "siren": offer.organisation.siren, "roles": ["financeur", "instructeur"]}
    return [
        str(offer.uuid),
        offer.title,
        offer.easy_read[:180],
        said[:_LONGEST_DESCRIPTION],
        _who(offer),
        "|".join(dict.fromkeys(_type(resource.subkind) for resource in offer.resources.all())) or "financement",
        json.dumps([bearer], ensure_ascii=False),
        "",
        f"{address}/offres/{offer.uuid}/{offer.slug}/",
        "professionnels|associations" if _takes_companies(offer) else "associations",
        _area(offer.perimeter),
        "",
        f"{offer.opens:%Y-%m-%d}T00:00:00Z" if offer.opens else "",
        f"{offer.closes:%Y-%m-%d}T23:59:59Z" if offer.closes else "",
        f"{offer.updated_at:%Y-%m-%dT%H:%M:%SZ}",
    ]


def _who(offer: Offer) -> str:
    names = [str(LegalForm(form).label) for form in offer.legal_forms if form in LegalForm.values]
    return ", ".join(names) or str(_("Toute forme, collectifs informels compris"))


def _type(subkind: str) -> str:
    return {Subkind.TRAINING.value: "formation", Subkind.ENGINEERING.value: "accompagnement"}.get(
        subkind, "financement"
    )


def _takes_companies(offer: Offer) -> bool:
    return not offer.legal_forms or any(form in _COMPANIES for form in offer.legal_forms)


def _area(territory: Territory | None) -> str:
    """The pattern of the schema takes figures alone: for Corsica, the région says where."""
    if territory is None or territory.level == Territory.Level.COUNTRY:
        return _FRANCE
    if not territory.code.isdigit():
        return "REG-94"
    return f"{_PREFIXES[Territory.Level(territory.level)]}-{territory.code}"
