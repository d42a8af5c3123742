"""Verbs about what is passed on: to a colleague, or to the desk of another authority."""

from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils import timezone

from matching import events
from matching.catalogue.models import Need, Offer
from matching.catalogue.texts import tidy
from matching.organisations.models import Membership, Organisation
from matching.organisations.permissions import may_read_desk, may_speak_for
from matching.organisations.services import NotAllowed
from matching.partnerships.models import Transmission
from matching.partnerships.solicitations import check_may_solicit
from matching.people.models import Person
from matching.suggestions.models import Suggestion
from matching.suggestions.permissions import side_of

LONGEST_NOTE = 500


class NobodyThere(Exception):
    """That authority has nobody here who could read it."""


def colleagues_of(*, member: Membership) -> list[Person]:
    """Who else acts for the organisation, whatever their role."""
    others = Membership.objects.confirmed().filter(organisation=member.organisation, person__is_active=True)
    rows = others.exclude(person=member.person_id).select_related("person").order_by("person__name", "pk")
    return [row.person for row in rows]


def pass_on(
    *,
    thing: Offer | Need | Suggestion,
    organisation: Organisation,
    author: Person,
    form_key: UUID,
    to_colleague: Person | None = None,
    to_desk: Organisation | None = None,
    note: str = "",
) -> Transmission:
    """Lay something on the desk of a colleague, or of another authority. The same form_key writes one row.

    Raises NotAllowed for whoever does not speak for the organisation, or a thing that is not theirs to show;
    NobodyThere, and TooManySolicited.
    """
    _check(thing, organisation, author, to_colleague, to_desk)
    kind = {Offer: "offer", Need: "need", Suggestion: "suggestion"}[type(thing)]
    try:
        with transaction.atomic():
            if to_desk:
                check_may_solicit(by=organisation, readers=[to_desk])
            transmission = Transmission.objects.create(
                form_key=form_key,
                author=author,
                organisation=organisation,
                desk=to_desk or organisation,
                person=to_colleague,
                note=tidy(note)[:LONGEST_NOTE],
                **{kind: thing},
            )
            events.transmitted.send(sender=Transmission, transmission=transmission)
            return transmission
    except IntegrityError:
        # A double click: the other request wrote it a moment ago.
        return Transmission.objects.get(form_key=form_key, organisation=organisation)


def mark_seen(*, transmission: Transmission, person: Person) -> None:
    """The colleague has opened it, or somebody who answers for that desk."""
    if transmission.person_id == person.pk or (
        transmission.person_id is None and may_speak_for(person, transmission.desk)
    ):
        Transmission.objects.unseen().filter(pk=transmission.pk).update(seen_at=timezone.now())


def _check(
    thing: Offer | Need | Suggestion,
    organisation: Organisation,
    author: Person,
    to_colleague: Person | None,
    to_desk: Organisation | None,
) -> None:
    if not may_speak_for(author, organisation) or (to_colleague is None) == (to_desk is None):
        raise NotAllowed
    if isinstance(thing, Suggestion):
        if (
            to_desk
            or organisation not in (thing.need.organisation, thing.offer.organisation)
            or not side_of(author, thing)
        ):
            raise NotAllowed
    elif not thing.is_published and (to_desk or thing.organisation != organisation):
        raise NotAllowed
    if to_colleague and (to_colleague == author or not may_read_desk(to_colleague, organisation)):
        raise NotAllowed
    if to_desk:
        if to_desk == organisation or not to_desk.is_authority:
            raise NotAllowed
        if not Membership.objects.confirmed().filter(organisation=to_desk, person__is_active=True).exists():
            raise NobodyThere
