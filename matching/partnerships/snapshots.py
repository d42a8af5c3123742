"""What an application hands in: the whole of it as it is now, in plain values that nothing changes afterwards."""

from collections.abc import Iterable
from typing import Any

from django.utils.timezone import localdate

from matching.catalogue.eligibility import answers_of, check_eligibility, rules_of
from matching.catalogue.models import Kind, RuleKind
from matching.organisations.models import Organisation
from matching.partnerships.group_files import documents_of, group_file_of
from matching.partnerships.models import Application, DocumentKind, GroupDocument, Party

_SAID = ("purpose", "representative", "members", "volunteers", "employees", "networks", "approvals")


def snapshot(application: Application) -> dict[str, Any]:
    """The file that the authority reads from here on: the project, and what each one who takes part says of itself."""
    documents = handed_in(application)
    return {
        "title": application.title,
        "purpose": application.purpose,
        "brings": application.brings,
        "asked_cents": application.asked_cents,
        "starts": application.starts.isoformat() if application.starts else "",
        "ends": application.ends.isoformat() if application.ends else "",
        "budget": dict(application.budget),
        "applicant": _identity(application.applicant) | {"file": _own_file(application.applicant, documents)},
        "parties": [_party(party, documents) for party in _parties(application)],
        "conditions": _conditions(application),
    }


def handed_in(application: Application) -> list[GroupDocument]:
    """The documents of everybody who takes part; bank details only where money is asked for."""
    agreed = [party.organisation for party in _parties(application) if party.consent == Party.Consent.GIVEN]
    documents = documents_of(application.applicant, *agreed)
    if Kind.FUNDING not in application.offer.kinds:
        documents = documents.exclude(kind=DocumentKind.BANK)
    return list(documents)


def _conditions(application: Application) -> list[dict[str, Any]]:
    """Each condition of the offer, and its light by what the collective says of itself; its answers stay its own."""
    offer, applicant = application.offer, application.applicant
    rules = rules_of(offer)
    if not rules:
        return []
    verdict = check_eligibility(rules, answers_of(applicant, offer), today=localdate(), closes=offer.closes)
    return [
        {"rule": rule.as_plain(), "light": str(finding.light)}
        for rule, finding in zip(rules, verdict.findings, strict=True)
        # Where it is, a discreet collective tells nobody.
        if not (rule.kind == RuleKind.PERIMETER and applicant.withholds_ground)
    ]


def _parties(application: Application) -> Iterable[Party]:
    return application.parties.select_related("organisation").order_by("pk")


def _party(party: Party, documents: list[GroupDocument]) -> dict[str, Any]:
    said = {**_identity(party.organisation), "role": party.role}
    if party.consent == Party.Consent.GIVEN:
        said["file"] = _own_file(party.organisation, documents)
    return said


def _own_file(organisation: Organisation, documents: list[GroupDocument]) -> dict[str, Any]:
    """What an organisation's own file says, without what it leaves empty."""
    own = group_file_of(organisation)
    said = {name: getattr(own, name) for name in _SAID if getattr(own, name) not in ("", None)}
    if own.budget:
        said |= {"budget": dict(own.budget), "budget_year": own.budget_year}
    theirs = [one for one in documents if one.organisation_id == organisation.pk]
    if theirs:
        said["documents"] = [
            {"uuid": str(one.uuid), "name": one.name, "kind": one.kind, "size": one.size} for one in theirs
        ]
    return said


def _identity(organisation: Organisation) -> dict[str, Any]:
    return {
        "name": organisation.name,
        "slug": organisation.slug,
        "legal_form": organisation.legal_form,
        "siret": organisation.siret,
        "rna": organisation.rna,
    }
