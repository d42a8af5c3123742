"""Verbs about organisations: create a collective, find the authority of a territory, join, confirm."""

from collections.abc import Iterable
from uuid import UUID, uuid4

from django.db import IntegrityError, transaction
from django.utils import timezone

from matching import events
from matching.geography import Place, load
from matching.organisations.discretion import told_territory
from matching.organisations.models import Discretion, LegalForm, Membership, Organisation, Role, Side
from matching.organisations.permissions import (
    confirmed_role,
    may_answer_for_host,
    may_confirm,
    may_manage,
    may_speak_for,
)
from matching.people.models import Person
from matching.territories.models import Territory


class NotAllowed(Exception):
    """The person may not do this. Screens answer 403 or 404; tasks never meet it."""


_FORM_OF_LEVEL = {
    Territory.Level.COMMUNE: LegalForm.COMMUNE,
    Territory.Level.EPCI: LegalForm.EPCI,
    Territory.Level.DEPARTEMENT: LegalForm.DEPARTEMENT,
    Territory.Level.REGION: LegalForm.REGION,
}


def authority_form(territory: Territory) -> LegalForm | None:
    """The form of the authority that governs this territory; None where it has none of its own."""
    if territory.type == "arrondissement-municipal":
        return None
    if territory.type == "collectivite-outre-mer":
        return LegalForm.OVERSEAS
    return _FORM_OF_LEVEL.get(Territory.Level(territory.level))


def authority_name(territory: Territory) -> str:
    """How the authority is called: « Commune d’Arles », « Département du Lot », « Région Bretagne »."""
    place = Place(territory.level, territory.code)
    match authority_form(territory):
        case LegalForm.COMMUNE:
            return f"Commune {load().of(place)}"
        case LegalForm.DEPARTEMENT:
            return f"Département {load().of(place)}"
        case LegalForm.REGION:
            return f"Région {territory.name}"
    return territory.name


@transaction.atomic
def authority_of(*, territory: Territory) -> Organisation:
    """The authority of this territory: the existing one, else made from the official table, never a double.

    A territory that a merger replaced gives the authority of what replaced it. Raises ValueError for a
    territory without an authority of its own (the country, a municipal district).
    """
    territory = territory.replaced_by or territory
    form = authority_form(territory)
    if form is None:
        raise ValueError("This territory has no authority of its own")
    found = Organisation.objects.authorities().filter(territory=territory, legal_form=form).first()
    if found:
        return found
    name = authority_name(territory)
    try:
        with transaction.atomic():
            return Organisation.objects.create(
                side=Side.AUTHORITY,
                legal_form=form,
                name=name,
                slug=Organisation.free_slug(f"{name} {territory.code}"),
                territory=territory,
                siren=territory.siren,
                source="table officielle",
            )
    except IntegrityError:
        # Two people asked at the same moment: the other one's row is the authority.
        return Organisation.objects.authorities().get(territory=territory, legal_form=form)


@transaction.atomic
def create_collective(
    *,
    person: Person,
    name: str,
    legal_form: str,
    territory: Territory | None,
    description: str = "",
    posture: str = "",
    siret: str = "",
    rna: str = "",
    host: Organisation | None = None,
    form_key: UUID | None = None,
) -> Organisation:
    """Create a collective of any form, informal ones without any number; its creator owns it at once.

    The host that it names is asked, and counts once it has said yes.

    `form_key`: drawn by the form and kept as the collective's uuid, so that a double click creates it once.
    """
    if form_key and (made := Organisation.objects.acted_for_by(person).filter(uuid=form_key).first()):
        return made
    now = timezone.now()
    # A key that somebody else's organisation bears already is no key of this form.
    taken = form_key and Organisation.objects.filter(uuid=form_key).exists()
    organisation = Organisation.objects.create(
        uuid=uuid4() if taken or not form_key else form_key,
        side=Side.COLLECTIVE,
        legal_form=legal_form,
        name=name,
        slug=Organisation.free_slug(name),
        territory=territory,
        description=description,
        posture=posture,
        siret=siret,
        siren=siret[:9],
        rna=rna,
        verified_at=now,
    )
    Membership.objects.create(
        person=person, organisation=organisation, role=Role.OWNER, confirmed_at=now, confirmed_by=person
    )
    if host:
        ask_host(guest=organisation, host=host, by=person)
    return organisation


@transaction.atomic
def ask_host(*, guest: Organisation, host: Organisation, by: Person) -> Organisation:
    """Name who carries this collective. Its owners are asked; somebody who owns both has answered already.

    Naming the same one again changes nothing. Raises NotAllowed, ValueError for itself or an authority as guest.
    """
    if not may_manage(by, guest):
        raise NotAllowed
    if guest.is_authority or guest.pk == host.pk:
        raise ValueError("Only a collective is carried, and by another")
    guest = Organisation.objects.select_for_update(of=("self",)).get(pk=guest.pk)
    if guest.host_id == host.pk:
        return guest
    was_carried = guest.carrier is not None
    guest.host, guest.host_confirmed_at = host, None
    owns_both = confirmed_role(by, host) == Role.OWNER
    if owns_both:
        guest.host_confirmed_at = timezone.now()
    guest.save()
    if was_carried or owns_both:
        events.carrier_changed.send(sender=Organisation, organisation=guest)
    if not owns_both:
        events.host_asked.send(sender=Organisation, organisation=guest)
    return guest


@transaction.atomic
def confirm_guest(*, guest: Organisation, by: Person) -> Organisation:
    """The named host says that it carries this collective. Confirming twice changes nothing. Raises NotAllowed."""
    guest = Organisation.objects.select_for_update(of=("self",)).get(pk=guest.pk)
    if not may_answer_for_host(by, guest):
        raise NotAllowed
    if guest.host_confirmed_at is None:
        guest.host_confirmed_at = timezone.now()
        guest.save()
        events.carrier_changed.send(sender=Organisation, organisation=guest)
    return guest


@transaction.atomic
def part_from_host(*, guest: Organisation, by: Person) -> Organisation:
    """The host declines or carries no more, or the collective takes its word back. Raises NotAllowed."""
    guest = Organisation.objects.select_for_update(of=("self",)).get(pk=guest.pk)
    if not (may_answer_for_host(by, guest) or may_manage(by, guest)):
        raise NotAllowed
    was_carried = guest.carrier is not None
    guest.host = guest.host_confirmed_at = None
    guest.save()
    if was_carried:
        events.carrier_changed.send(sender=Organisation, organisation=guest)
    return guest


@transaction.atomic
def request_membership(*, person: Person, organisation: Organisation, statement: str = "") -> Membership:
    """Ask to act for an organisation. Asking twice changes nothing. The first of an authority asks to own it."""
    role = Role.MEMBER if organisation.memberships.confirmed().exists() else Role.OWNER
    membership, created = Membership.objects.get_or_create(
        person=person, organisation=organisation, defaults={"role": role, "statement": statement}
    )
    if created:
        events.membership_requested.send(sender=Membership, membership=membership)
    return membership


@transaction.atomic
def confirm_membership(*, membership: Membership, by: Person, role: str | None = None) -> Membership:
    """Confirm a request; the organisation counts as verified from then on. Raises NotAllowed."""
    if not may_confirm(by, membership):
        raise NotAllowed
    if membership.is_confirmed:
        return membership
    membership.role = role or membership.role
    membership.confirmed_at = timezone.now()
    membership.confirmed_by = by
    membership.save()
    Organisation.objects.filter(pk=membership.organisation_id, verified_at__isnull=True).update(
        verified_at=membership.confirmed_at
    )
    events.membership_confirmed.send(sender=Membership, membership=membership)
    return membership


@transaction.atomic
def refuse_membership(*, membership: Membership, by: Person) -> None:
    """Refuse a request that nobody confirmed. Raises NotAllowed."""
    if not may_confirm(by, membership) or membership.is_confirmed:
        raise NotAllowed
    membership.delete()


@transaction.atomic
def withdraw_request(*, membership: Membership, by: Person) -> None:
    """Take back one's own request before anybody confirmed it. Raises NotAllowed."""
    if membership.person_id != by.pk or membership.is_confirmed:
        raise NotAllowed
    membership.delete()


@transaction.atomic
def want_suggestions(*, organisation: Organisation, by: Person, wanted: bool) -> Organisation:
    """Let the matcher propose what this organisation publishes, or no more. Asking twice changes nothing.

    Its history keeps who changed it and when. Raises NotAllowed if the person does not speak for it.
    """
    if not may_speak_for(by, organisation):
        raise NotAllowed
    organisation = Organisation.objects.select_for_update().get(pk=organisation.pk)
    if organisation.wants_suggestions != wanted:
        organisation.wants_suggestions = wanted
        organisation.save(update_fields=["wants_suggestions", "updated_at"])
        events.suggestions_switched.send(sender=Organisation, organisation=organisation)
    return organisation


@transaction.atomic
def set_discretion(*, organisation: Organisation, by: Person, discretion: str, meeting_place: str) -> Organisation:
    """Say where a collective meets, and how much of it everybody reads. Its history keeps who changed it.

    Raises NotAllowed if the person does not speak for it, ValueError for an authority, which hides nothing.
    """
    if not may_speak_for(by, organisation):
        raise NotAllowed
    if organisation.is_authority:
        raise ValueError("An authority is where it is")
    organisation = Organisation.objects.select_for_update(of=("self",)).get(pk=organisation.pk)
    exact = organisation.exact_territory or organisation.territory
    organisation.discretion, organisation.meeting_place = Discretion(discretion), meeting_place
    organisation.territory = told_territory(organisation, exact)
    organisation.exact_territory = exact if organisation.territory != exact else None
    organisation.save()
    events.discretion_changed.send(sender=Organisation, organisation=organisation)
    return organisation


@transaction.atomic
def set_numbers(*, organisation: Organisation, by: Person, siret: str, rna: str = "") -> Organisation:
    """Its official numbers, checked by whoever calls. An authority's SIRET is one of its own SIREN.

    Raises NotAllowed, and WrongNumber for a SIRET of somebody else or the number of an informal group.
    """
    if not may_manage(by, organisation):
        raise NotAllowed
    if organisation.is_informal and (siret or rna):
        raise WrongNumber
    if siret and organisation.siren and not siret.startswith(organisation.siren):
        raise WrongNumber
    organisation.siret, organisation.rna = siret, rna
    organisation.save()
    return organisation


class WrongNumber(ValueError):
    """The number is not this organisation's."""


@transaction.atomic
def hand_over(*, organisation: Organisation, to: Person, instead_of: Iterable[Membership]) -> Membership:
    """This person owns the organisation from now on; those memberships end. Whoever calls it has checked the right."""
    membership, _made = Membership.objects.get_or_create(person=to, organisation=organisation)
    membership.role, membership.confirmed_at, membership.confirmed_by = Role.OWNER, timezone.now(), to
    membership.save()
    for other in instead_of:
        other.delete()
    events.membership_confirmed.send(sender=Membership, membership=membership)
    return membership


@transaction.atomic
def hide(*, organisation: Organisation, hidden: bool) -> None:
    """Moderation hides its page, or shows it again. Asking twice changes nothing; its history keeps each change."""
    organisation = Organisation.objects.select_for_update().get(pk=organisation.pk)
    if (organisation.hidden_at is not None) != hidden:
        organisation.hidden_at = timezone.now() if hidden else None
        organisation._history_user = None
        organisation.save(update_fields=["hidden_at", "updated_at"])


class LastOwner(Exception):
    """An organisation with members keeps at least one owner."""


@transaction.atomic
def change_role(*, membership: Membership, by: Person, role: str) -> Membership:
    """Give a confirmed member another role. Raises NotAllowed, LastOwner."""
    _check_change(membership, by, leaves_owners=role != Role.OWNER)
    membership.role = role
    membership.save()
    return membership


@transaction.atomic
def end_membership(*, membership: Membership, by: Person) -> None:
    """Take a confirmed member out: owners anyone, everybody oneself. Raises NotAllowed, LastOwner."""
    _check_change(membership, by, leaves_owners=True, oneself=True)
    membership.delete()


def _check_change(membership: Membership, by: Person, *, leaves_owners: bool, oneself: bool = False) -> None:
    allowed = may_manage(by, membership.organisation) or (oneself and membership.person_id == by.pk)
    if not allowed or not membership.is_confirmed:
        raise NotAllowed
    # Locked, so that two owners who leave at the same moment do not both go.
    owners = membership.organisation.memberships.confirmed().filter(role=Role.OWNER).select_for_update()
    if leaves_owners and {owner.pk for owner in owners} == {membership.pk}:
        raise LastOwner
