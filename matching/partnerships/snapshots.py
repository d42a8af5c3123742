"""What an application hands in: the whole of it as it is now, in plain values that nothing changes afterwards."""

from typing import Any

from matching.organisations.models import Organisation
from matching.partnerships.models import Application


def snapshot(application: Application) -> dict[str, Any]:
    """The file that the authority reads from here on."""
    return {
        "title": application.title,
        "purpose": application.purpose,
        "brings": application.brings,
        "asked_cents": application.asked_cents,
        "starts": application.starts.isoformat() if application.starts else "",
        "ends": application.ends.isoformat() if application.ends else "",
        "applicant": _identity(application.applicant),
        "parties": [
            {**_identity(party.organisation), "role": party.role}
            for party in application.parties.select_related("organisation__territory")
        ],
    }


def _identity(organisation: Organisation) -> dict[str, str]:
    return {
        "name": organisation.name,
        "slug": organisation.slug,
        "legal_form": organisation.legal_form,
        "siret": organisation.siret,
        "rna": organisation.rna,
    }
