"""Verbs about a collective's own file: written once, handed in with each application."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from matching.catalogue.texts import tidy
from matching.organisations.models import LegalForm, Organisation
from matching.organisations.permissions import may_speak_for
from matching.organisations.services import NotAllowed
from matching.partnerships.attachments import keep, laid_down
from matching.partnerships.budgets import balanced
from matching.partnerships.files import CleanFile
from matching.partnerships.models import DocumentKind, GroupDocument, GroupFile
from matching.people.models import Person

MOST_DOCUMENTS = 20
#: Of the others a new one takes the place of the former.
_SEVERAL = (DocumentKind.OTHER,)
#: What authorities usually ask of a group that has a legal form.
_USUAL = (DocumentKind.STATUTES, DocumentKind.LEADERS, DocumentKind.ACCOUNTS, DocumentKind.BANK, DocumentKind.INSURANCE)


class TooManyDocuments(ValueError):
    """The file holds as many documents as it may."""


@dataclass(frozen=True, kw_only=True)
class GroupFacts:
    """What a group says of itself. The budget in cents by account."""

    purpose: str = ""
    representative: str = ""
    members: int | None = None
    volunteers: int | None = None
    employees: int | None = None
    networks: str = ""
    approvals: str = ""
    budget_year: int | None = None
    budget: Mapping[str, int | None] = field(default_factory=dict)


def group_file_of(organisation: Organisation) -> GroupFile:
    """Its file, or an empty one that nobody has written yet."""
    return GroupFile.objects.filter(organisation=organisation).first() or GroupFile(organisation=organisation)


def documents_of(*organisations: Organisation) -> QuerySet[GroupDocument]:
    """What their files hold now."""
    return GroupDocument.objects.filter(organisation__in=organisations, removed_at__isnull=True)


def usually_asked(organisation: Organisation) -> tuple[DocumentKind, ...]:
    """The documents that an authority usually asks of such a group; of an informal one its insurance at most."""
    return (DocumentKind.INSURANCE,) if organisation.legal_form == LegalForm.INFORMAL else _USUAL


@transaction.atomic
def write_group_file(*, organisation: Organisation, person: Person, facts: GroupFacts) -> GroupFile:
    """Write the file of a collective. Raises NotAllowed, Unbalanced."""
    _check_writes(person, organisation)
    said = {name: tidy(value) if isinstance(value, str) else value for name, value in asdict(facts).items()}
    said["budget"] = balanced(facts.budget)
    written, _is_new = GroupFile.objects.update_or_create(
        organisation=organisation, defaults={**said, "updated_by": person}
    )
    return written


def add_document(*, organisation: Organisation, person: Person, kind: str, file: CleanFile) -> GroupDocument:
    """Put a document into the file; but for « autre », it takes the place of the one of its kind.

    Raises NotAllowed, TooManyDocuments.
    """
    _check_writes(person, organisation)
    kind = DocumentKind(kind)
    with laid_down([file]) as names, transaction.atomic():
        # One at a time: what is counted below stays true.
        Organisation.objects.select_for_update(of=("self",)).get(pk=organisation.pk)
        present = list(documents_of(organisation))
        replaced = [one for one in present if one.kind == kind and kind not in _SEVERAL]
        if len(present) - len(replaced) >= MOST_DOCUMENTS:
            raise TooManyDocuments
        for one in replaced:
            _remove(one)
        return keep(GroupDocument, [file], names, organisation=organisation, kind=kind, added_by=person)[0]


@transaction.atomic
def remove_document(*, document: GroupDocument, person: Person) -> None:
    """Take a document out of the file; where it was handed in, its readers keep it. Raises NotAllowed."""
    _check_writes(person, document.organisation)
    _remove(document)


def _remove(document: GroupDocument) -> None:
    if document.applications.exists():
        document.removed_at = document.removed_at or timezone.now()
        document.save(update_fields=["removed_at"])
    else:
        document.delete()


def _check_writes(person: Person, organisation: Organisation) -> None:
    if organisation.is_authority or not may_speak_for(person, organisation):
        raise NotAllowed
