"""Verbs about assisted entry: write a need for a group that agrees, draw its code, hand it over.

The mediator founds the group's collective and owns it, so notices reach somebody; whoever brings the code of one of its
needs takes its place.
"""

from datetime import date, timedelta
from secrets import choice
from uuid import UUID

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.crypto import constant_time_compare, salted_hmac

from matching.catalogue.models import AssistedEntry, Need
from matching.catalogue.models.assisted import TRIES
from matching.catalogue.services import NeedFacts, publish, write_need
from matching.organisations.models import LegalForm, Membership, Organisation
from matching.organisations.permissions import may_mediate
from matching.organisations.services import NotAllowed, create_collective, hand_over
from matching.people.models import Person

# Long enough for a group that meets once a month; a lost paper is worthless afterwards.
LIFE = timedelta(days=180)
# Without the signs that look alike on paper.
_SIGNS = "ABCDEFGHJKMNPQRSTUVWXYZ23456789"
_REFERENCE, _SECRET = 4, 8


@transaction.atomic
def enter_for_group(
    *,
    mediator: Person,
    helper: Organisation | None,
    group: str,
    contact_name: str,
    agreed_how: str,
    agreed_on: date,
    facts: NeedFacts,
    form_key: UUID,
) -> tuple[Need, str]:
    """Publish a need for a group that agreed; the code to write on its paper, empty where this form was sent before.

    The group is the one that the mediator has entered under this name and nobody has taken over, else a new one.
    Raises NotAllowed if the person does not mediate for that organisation (None: as staff).
    """
    if not may_mediate(mediator, helper):
        raise NotAllowed
    if sent := AssistedEntry.objects.filter(mediator=mediator, need__uuid=form_key).select_related("need").first():
        return sent.need, ""
    known = Organisation.objects.acted_for_by(mediator).filter(
        Q(territory=facts.territory) | Q(exact_territory=facts.territory),
        needs__assisted__mediator=mediator,
        needs__assisted__claimed_at=None,
    )
    organisation = known.filter(name__iexact=group).order_by("pk").first() or create_collective(
        person=mediator, name=group, legal_form=LegalForm.INFORMAL, territory=facts.territory
    )
    need = write_need(organisation=organisation, facts=facts, person=mediator, form_key=form_key)
    entry = AssistedEntry(
        need=need,
        helper=helper,
        mediator=mediator,
        contact_name=contact_name,
        agreed_how=agreed_how,
        agreed_on=agreed_on,
        reference=_free_reference(),
    )
    code = _draw(entry)
    entry.save()
    # Of a group that moderation hides, it waits as a draft.
    return need if organisation.hidden_at else publish(listing=need, person=mediator), code


@transaction.atomic
def draw_code(*, entry: AssistedEntry, by: Person) -> str:
    """A new code; the one before it opens nothing any more. Raises NotAllowed."""
    entry = AssistedEntry.objects.select_for_update().get(pk=entry.pk)
    if entry.mediator_id != by.pk or entry.is_claimed:
        raise NotAllowed
    code = _draw(entry)
    entry.save()
    return code


@transaction.atomic
def claim(*, code: str, person: Person) -> Organisation | None:
    """Whoever brings the code of a need becomes the owner of its group, in the mediator's place; its codes are spent.

    None where the code opens nothing: unknown, spent, too old, or tried too often. A wrong one counts.
    """
    plain = "".join(sign for sign in code.upper() if sign.isalnum())
    reference, secret = plain[:_REFERENCE], plain[_REFERENCE:]
    entry = AssistedEntry.objects.select_for_update().filter(reference=reference, claimed_at=None).first()
    if entry is None or not entry.tries_left or entry.expires_at <= timezone.now():
        return None
    if not constant_time_compare(entry.digest, _digest(reference, secret)):
        entry.tries_left -= 1
        entry.save(update_fields=["tries_left"])
        return None
    organisation = entry.need.organisation
    entries = AssistedEntry.objects.filter(need__organisation=organisation, claimed_at=None)
    mediators = {mediator for mediator in entries.values_list("mediator", flat=True) if mediator != person.pk}
    entries.update(claimed_at=timezone.now(), claimed_by=person)
    hand_over(
        organisation=organisation,
        to=person,
        instead_of=Membership.objects.filter(organisation=organisation, person__in=mediators),
    )
    return organisation


def _draw(entry: AssistedEntry) -> str:
    secret = _signs(_SECRET)
    entry.digest = _digest(entry.reference, secret)
    entry.expires_at, entry.tries_left = timezone.now() + LIFE, TRIES
    return f"{entry.reference}-{secret[:4]}-{secret[4:]}"


def _digest(reference: str, secret: str) -> str:
    return salted_hmac("matching.catalogue.assisted", f"{reference}-{secret}", algorithm="sha256").hexdigest()


def _free_reference() -> str:
    while AssistedEntry.objects.filter(reference=(drawn := _signs(_REFERENCE))).exists():
        pass
    return drawn


def _signs(count: int) -> str:
    return "".join(choice(_SIGNS) for _ in range(count))
