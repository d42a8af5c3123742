"""Verbs about notices: note who is to be told, send what is due, stop telling."""

import logging
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from itertools import groupby
from smtplib import SMTPException

from django.core import signing
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from matching.catalogue.models import Need, Offer
from matching.moderation.models import Step
from matching.notices import subjects
from matching.notices.hours import due_at, is_quiet, zones_of
from matching.notices.mails import mail_for
from matching.notices.models import OWED, Notice
from matching.organisations.models import Membership, Organisation, Role
from matching.partnerships.models import (
    Application,
    Assessor,
    Message,
    Partnership,
    Party,
    Remark,
    State,
    Transmission,
    Verb,
)
from matching.partnerships.models import Step as Move
from matching.partnerships.moves import MOVES, Side
from matching.people.models import Person
from matching.suggestions.models import Suggestion
from matching.suggestions.permissions import SIDES, organisation_of, other_side
from matching.suggestions.traces import note_mailed

logger = logging.getLogger(__name__)

# Between two mails to the same person, what happens is gathered.
QUIET = timedelta(minutes=5)
# A mail that was claimed and never confirmed may not have left: it is tried again, as the same mail.
LOST_AFTER = timedelta(minutes=10)
# After this long it would be no news.
GIVEN_UP_AFTER = timedelta(days=2)

_ACTIVE_ROLES = (Role.OWNER, Role.MEMBER)


def note(*, people: Iterable[Person], kind: str, subject: str) -> None:
    """Remember to tell these people. Telling twice before the mail leaves is telling once."""
    _note_all((person, kind, subject) for person in people)


def tell_of_suggestions(*, suggestion_ids: Sequence[int]) -> None:
    """Both sides of these new suggestions have something to read."""
    rows = Suggestion.objects.filter(pk__in=suggestion_ids).values_list(
        "offer_id", "offer__organisation_id", "need_id", "need__organisation_id"
    )
    listings = {(subjects.of_listing(Offer, offer), owner) for offer, owner, _, _ in rows}
    listings |= {(subjects.of_listing(Need, need), owner) for _, _, need, owner in rows}
    members = _members({owner for _, owner in listings})
    _note_all(
        (person, Notice.Kind.SUGGESTIONS, subject)
        for subject, owner in sorted(listings)
        for person in members.get(owner, ())
    )


def tell_of_message(*, message: Message) -> None:
    """The other side has a message to read."""
    reader = other_side(message.side)
    organisation = organisation_of(message.suggestion, reader)
    readers = _members({organisation.pk}).get(organisation.pk, [])
    note(people=readers, kind=Notice.Kind.MESSAGE, subject=subjects.of_thread(message.suggestion, reader))


def tell_of_proposal(*, suggestion: Suggestion) -> None:
    """Whoever did not propose it has something to read."""
    for side in SIDES:
        if suggestion.proposed_from != side:
            readers = _members({organisation_of(suggestion, side).pk}).get(organisation_of(suggestion, side).pk, [])
            note(people=readers, kind=Notice.Kind.PROPOSAL, subject=subjects.of_thread(suggestion, side))


def tell_of_transmission(*, transmission: Transmission) -> None:
    """The colleague, or the members of that desk."""
    if transmission.person_id:
        people = list(_listening().filter(pk=transmission.person_id))
    else:
        people = _members({transmission.desk_id}).get(transmission.desk_id, [])
    note(people=people, kind=Notice.Kind.TRANSMISSION, subject=subjects.of_transmission(transmission))


def tell_of_silence(*, message: Message) -> None:
    """The side that owes an answer is reminded."""
    reader = other_side(message.side)
    organisation = organisation_of(message.suggestion, reader)
    readers = _members({organisation.pk}).get(organisation.pk, [])
    note(people=readers, kind=Notice.Kind.REMINDER, subject=subjects.of_thread(message.suggestion, reader))


def tell_of_move(*, move: Move) -> None:
    """The side that did not make it: the authority, or the applicant and those who take part with it."""
    application = move.application
    if application.filed_at is None:
        return
    if MOVES[Verb(move.verb)].side == Side.APPLICANT:
        readers = {application.offer.organisation_id}
    else:
        agreed = application.parties.filter(consent=Party.Consent.GIVEN)
        readers = {application.applicant_id, *agreed.values_list("organisation_id", flat=True)}
    people = _each_once(_members(readers))
    note(people=people, kind=Notice.Kind.APPLICATION, subject=subjects.of_application(application))


def tell_of_remark(*, remark: Remark) -> None:
    """The other side of the application: its authority, or the applicant and those who take part with it."""
    application = remark.application
    authority = application.offer.organisation_id
    if remark.organisation_id == authority:
        agreed = application.parties.filter(consent=Party.Consent.GIVEN)
        readers = {application.applicant_id, *agreed.values_list("organisation_id", flat=True)}
    else:
        readers = {authority}
    people = _each_once(_members(readers))
    note(people=people, kind=Notice.Kind.APPLICATION, subject=subjects.of_remarks(application))


def tell_of_owed(*, application: Application) -> None:
    """Whoever owes the answer: the second officer, the one who follows it, or the side."""
    if application.correction:
        people = _each_once(_members({application.applicant_id}))
    else:
        authority = application.offer.organisation_id
        members = _members({authority}).get(authority, [])
        named = application.second_officer_id or application.officer_id
        people = [person for person in members if person.pk == named] or members
    note(people=people, kind=Notice.Kind.REMINDER, subject=subjects.of_silence(application))


def tell_of_naming(*, assessor: Assessor) -> None:
    """Whoever was named to assess."""
    note(people=[assessor.person], kind=Notice.Kind.APPLICATION, subject=subjects.of_assessor(assessor))


def tell_of_party(*, party: Party) -> None:
    """Who is asked to take part; once they have answered, who asked; and the authority when somebody leaves."""
    asked = party.consent == Party.Consent.ASKED
    readers = {party.organisation_id if asked else party.application.applicant_id}
    if party.consent == Party.Consent.LEFT and party.application.state != State.DRAFT:
        readers.add(party.application.offer.organisation_id)
    note(people=_each_once(_members(readers)), kind=Notice.Kind.PARTY, subject=subjects.of_party(party))


def tell_of_partnership(*, partnership: Partnership, what: str, by: Organisation | None = None) -> None:
    """Every side of the partnership but the one that did it, where one did."""
    sides = {partnership.authority_id, *partnership.parties.values_list("organisation_id", flat=True)}
    people = _each_once(_members(sides - {by.pk if by else None}))
    note(people=people, kind=Notice.Kind.PARTNERSHIP, subject=subjects.of_partnership(partnership, what))


def tell_of_request(*, membership: Membership) -> None:
    """Whoever may confirm is told: the owners, or the staff where there is none."""
    people = _owners_or_staff(membership.organisation)
    note(people=people, kind=Notice.Kind.MEMBERSHIP, subject=subjects.of_membership(membership))


def tell_of_decision(*, step: Step) -> None:
    """The organisations that the thing is of hear what was decided, and why; whatever mails they have chosen."""
    members = _members({organisation.pk for organisation in step.case.organisations.all()}, owed=True)
    note(people=_each_once(members), kind=Notice.Kind.MODERATION, subject=subjects.of_decision(step))


def tell_of_validity(*, listing: Offer | Need, kind: str) -> None:
    """Whoever may answer hears that a listing is asked about (VALIDITY), or was paused unanswered (PAUSED)."""
    people = _members({listing.organisation_id}).get(listing.organisation_id, [])
    note(people=people, kind=kind, subject=subjects.of_listing(type(listing), listing.pk))


def tell_of_guest(*, guest: Organisation) -> None:
    """Whoever may say that the named host carries this collective is told."""
    if guest.host:
        note(people=_owners_or_staff(guest.host), kind=Notice.Kind.GUEST, subject=subjects.of_guest(guest))


def tell_of_confirmation(*, membership: Membership) -> None:
    """The person may now act for the organisation."""
    people = _listening().filter(pk=membership.person_id)
    note(people=people, kind=Notice.Kind.CONFIRMED, subject=subjects.of_membership(membership))


def send_due_notices(*, now: datetime | None = None) -> int:
    """One mail per person for all that waits. Returns how many left; one that fails is tried again later.

    The rows are claimed before the mail leaves, and its identifier is made from them: a second worker sends
    nothing, and what is tried again after a crash is the same mail.
    """
    now = now or timezone.now()
    claimed = [mail for person in _people_to_tell(now) for mail in _mails_of(_claim(person, now))]
    return sum(_send(notices) for notices in [*_claim_again(now), *claimed] if notices)


def stop_token(person: Person) -> str:
    """What the one-click address holds: it names nobody, cannot be guessed and lasts."""
    return _signer().sign(person.uuid.hex)


def person_of(token: str) -> Person | None:
    """The person of a token, None if it is not one of ours."""
    try:
        return Person.objects.filter(uuid=_signer().unsign(token)).first()
    except signing.BadSignature:
        return None


@transaction.atomic
def stop(*, person: Person) -> None:
    """No more mails for this person; what waited is dropped. Safe to repeat."""
    Person.objects.filter(pk=person.pk).update(notify=Person.Notify.NEVER)
    Notice.objects.filter(person=person, claimed_at__isnull=True).exclude(kind__in=OWED).delete()


@transaction.atomic
def follow_preferences(*, person: Person) -> None:
    """The person has chosen another rhythm, or lives by another clock: what waits follows. Safe to repeat."""
    if person.notify == Person.Notify.NEVER:
        stop(person=person)
        return
    due = due_at(person, zones_of([person])[person.pk], timezone.now())
    Notice.objects.filter(person=person, claimed_at__isnull=True).exclude(kind__in=OWED).update(due_at=due)


def _note_all(facts: Iterable[tuple[Person, str, str]]) -> None:
    facts = list(facts)
    people = {person.pk: person for person, _, _ in facts}
    zones, now = zones_of(people.values()), timezone.now()
    due = {
        (key, owed): due_at(person, zones[key], now, rhythm=Person.Notify.AT_ONCE if owed else "")
        for key, person in people.items()
        for owed in {kind in OWED for _, kind, _ in facts}
    }
    Notice.objects.bulk_create(
        [
            Notice(person=person, kind=kind, subject=subject, due_at=due[person.pk, kind in OWED])
            for person, kind, subject in facts
        ],
        ignore_conflicts=True,
    )


def _listening():
    return Person.objects.filter(is_active=True).exclude(notify=Person.Notify.NEVER).order_by("pk")


def _owners_or_staff(organisation: Organisation) -> list[Person]:
    owners = _listening().filter(
        memberships__organisation=organisation,
        memberships__confirmed_at__isnull=False,
        memberships__role=Role.OWNER,
    )
    return list(owners) or list(_listening().filter(is_staff=True))


def _members(organisations: set[int], *, owed: bool = False) -> dict[int, list[Person]]:
    """By organisation, the people who answer for it and want to hear of it; or are owed to."""
    people = Person.objects.filter(is_active=True) if owed else _listening()
    memberships = (
        Membership.objects.confirmed()
        .filter(organisation__in=organisations, role__in=_ACTIVE_ROLES, person__in=people)
        .select_related("person")
        .order_by("person_id")
    )
    members: dict[int, list[Person]] = {}
    for membership in memberships:
        members.setdefault(membership.organisation_id, []).append(membership.person)
    return members


def _each_once(members: dict[int, list[Person]]) -> list[Person]:
    return list({person.pk: person for found in members.values() for person in found}.values())


def _people_to_tell(now: datetime) -> list[Person]:
    waiting = Notice.objects.filter(claimed_at__isnull=True, due_at__lte=now).values("person")
    mailed_just_now = Notice.objects.filter(sent_at__gt=now - QUIET).values("person")
    owed = Notice.objects.filter(claimed_at__isnull=True, due_at__lte=now, kind__in=OWED).values("person")
    told = Person.objects.filter(Q(pk__in=owed) | ~Q(notify=Person.Notify.NEVER), is_active=True, pk__in=waiting)
    return _awake(told.exclude(pk__in=mailed_just_now).order_by("pk"), now)


def _awake(people: Iterable[Person], now: datetime) -> list[Person]:
    """Those who may be written to now: what was late for the evening waits for the morning."""
    people = list(people)
    zones = zones_of(people)
    return [person for person in people if not is_quiet(person, zones[person.pk], now)]


def _claim(person: Person, now: datetime) -> list[Notice]:
    """The rows that this call, and no other, has claimed."""
    unclaimed = Notice.objects.filter(claimed_at__isnull=True)
    ids = list(unclaimed.filter(person=person, due_at__lte=now).values_list("pk", flat=True))
    mine = [key for key in ids if unclaimed.filter(pk=key).update(claimed_at=now)]
    return list(Notice.objects.filter(pk__in=mine).select_related("person").order_by("pk"))


def _claim_again(now: datetime) -> list[list[Notice]]:
    """The mails whose sending never was confirmed, each with the very rows that it had."""
    lost = Notice.objects.filter(
        sent_at__isnull=True, claimed_at__lte=now - LOST_AFTER, due_at__gt=now - GIVEN_UP_AFTER
    )
    in_order = list(lost.select_related("person").order_by("person_id", "claimed_at", "pk"))
    awake = {person.pk for person in _awake({row.person_id: row.person for row in in_order}.values(), now)}
    claims = groupby(
        (row for row in in_order if row.person_id in awake), key=lambda notice: (notice.person_id, notice.claimed_at)
    )
    mails = [mail for _, rows in claims for mail in _mails_of(list(rows))]
    return [notices for notices in mails if _reclaimed(notices, now)]


def _mails_of(notices: list[Notice]) -> list[list[Notice]]:
    """What is owed goes apart: it comes from no list that one could leave."""
    apart = ([row for row in notices if row.is_owed == owed] for owed in (True, False))
    return [rows for rows in apart if rows]


def _reclaimed(notices: list[Notice], now: datetime) -> bool:
    ids = [notice.pk for notice in notices]
    same = Notice.objects.filter(pk__in=ids, claimed_at=notices[0].claimed_at, sent_at__isnull=True)
    return same.update(claimed_at=now) == len(notices)


def _send(notices: list[Notice]) -> bool:
    rows = Notice.objects.filter(pk__in=[notice.pk for notice in notices])
    person = notices[0].person
    wanted = notices[0].is_owed or person.notify != Person.Notify.NEVER
    mail = mail_for(person, notices, stop_token(person)) if wanted else None
    if mail is None:
        # All of it has been seen in between.
        rows.delete()
        return False
    try:
        mail.send()
    except (OSError, SMTPException):
        logger.exception("A mail could not be sent; it will be tried again")
        return False
    rows.update(sent_at=timezone.now())
    note_mailed(lists=[(line.side, line.suggestions) for line in mail.shown])
    return True


def _signer() -> signing.Signer:
    return signing.Signer(salt="notices.stop", sep=".")
