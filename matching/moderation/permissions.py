"""Who reports, who decides, who may ask for another look."""

from matching.moderation.models import Case
from matching.organisations.models import Membership, Organisation, Role
from matching.people.models import Person


def may_moderate(person: Person) -> bool:
    """The staff of the service."""
    return bool(person.is_authenticated and person.is_active and person.is_staff)


def may_ask_again(person: Person, case: Case, organisation: Organisation) -> bool:
    """A confirmed owner or member of an organisation that the thing is of."""
    speaks = Membership.objects.confirmed().filter(
        person=person, organisation=organisation, role__in=(Role.OWNER, Role.MEMBER)
    )
    return speaks.exists() and case.organisations.filter(pk=organisation.pk).exists()
