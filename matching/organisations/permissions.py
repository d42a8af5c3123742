"""Who may do what for an organisation."""

from matching.organisations.models import Membership, Organisation, Role
from matching.people.models import Person


def membership_of(person: Person, organisation: Organisation) -> Membership | None:
    """The membership of this person, confirmed or not."""
    if not person.is_authenticated:
        return None
    return Membership.objects.filter(person=person, organisation=organisation).first()


def confirmed_role(person: Person, organisation: Organisation) -> str | None:
    """The role that somebody with the right has confirmed, or None."""
    membership = membership_of(person, organisation)
    return membership.role if membership and membership.is_confirmed else None


def may_write_for(person: Person, organisation: Organisation) -> bool:
    """May this person prepare listings: a member, even one still waiting (what they publish then waits too)."""
    membership = membership_of(person, organisation)
    return membership is not None and membership.role in (Role.OWNER, Role.MEMBER)


def may_speak_for(person: Person, organisation: Organisation) -> bool:
    """May this person publish, answer and decide: a confirmed owner or member."""
    return confirmed_role(person, organisation) in (Role.OWNER, Role.MEMBER)


def mediates_for(person: Person) -> list[Organisation]:
    """The organisations for which this person may write needs of groups that agree."""
    if not person.is_authenticated:
        return []
    speaking = Membership.objects.confirmed().filter(person=person, role__in=(Role.OWNER, Role.MEMBER))
    return list(Organisation.objects.filter(mediates=True, memberships__in=speaking).order_by("name", "pk"))


def may_mediate(person: Person, helper: Organisation | None) -> bool:
    """May this person write needs of groups in the name of that organisation; None: of the team of the service."""
    return person.is_staff if helper is None else helper.mediates and may_speak_for(person, helper)


def may_read_desk(person: Person, organisation: Organisation) -> bool:
    """May this person see the organisation's desk: any confirmed role."""
    return confirmed_role(person, organisation) is not None


def may_see(person: Person, organisation: Organisation) -> bool:
    """Everybody reads its page; one that moderation hides, its members and the staff."""
    return organisation.hidden_at is None or person.is_staff or may_read_desk(person, organisation)


def may_manage(person: Person, organisation: Organisation) -> bool:
    """May this person change the organisation's page and roles: staff or a confirmed owner."""
    return person.is_staff or confirmed_role(person, organisation) == Role.OWNER


def may_answer_for_host(person: Person, guest: Organisation) -> bool:
    """May this person say that the named host carries that guest, or not: staff or a confirmed owner of the host."""
    return guest.host is not None and may_manage(person, guest.host)


def may_confirm(person: Person, membership: Membership) -> bool:
    """May this person confirm that request: staff or a confirmed owner, never oneself unless staff."""
    if person.is_staff:
        return True
    return membership.person_id != person.pk and confirmed_role(person, membership.organisation) == Role.OWNER
