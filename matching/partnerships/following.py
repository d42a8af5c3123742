"""Verbs about the life of a partnership: tick, give, review, conciliate, hand a place back, tell, end."""

from datetime import date, datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from matching.catalogue.models import Kind
from matching.catalogue.texts import tidy
from matching.organisations.models import Organisation
from matching.partnerships.conventions import Unfit
from matching.partnerships.course import check_course, check_stands
from matching.partnerships.journal import locked, locked_for, record
from matching.partnerships.models import (
    Commitment,
    Contribution,
    InventoryRow,
    Lead,
    Measure,
    Partnership,
    PartnershipStep,
    PowerAssessment,
    What,
)
from matching.partnerships.moves import ImpossibleMove
from matching.people.models import Person

#: So long before the end somebody asks whether to go on.
RENEWAL_NOTICE = timedelta(days=60)
LONGEST_TEXT = 3000
_DISPUTE = (What.DISPUTE_OPENED, What.DISPUTE_STEP, What.DISPUTE_CLOSED)

State = Partnership.State


@transaction.atomic
def tick(*, partnership: Partnership, organisation: Organisation, person: Person, key: UUID, kept: bool) -> Commitment:
    """One side says that a commitment is kept, or takes its word back. Saying it twice changes nothing.

    Raises NotAllowed, ImpossibleMove, Commitment.DoesNotExist.
    """
    partnership = locked_for(partnership, organisation, person)
    check_stands(partnership, State.ACTIVE)
    commitment = partnership.commitments.get(key=key, is_dropped=False)
    name = "authority_ticked_at" if organisation.pk == partnership.authority_id else "collective_ticked_at"
    if (getattr(commitment, name) is not None) != kept:
        setattr(commitment, name, timezone.now() if kept else None)
        commitment.save(update_fields=[name])
        if kept:
            record(partnership, What.TICKED, by=person, organisation=organisation, text=commitment.text)
    return commitment


@transaction.atomic
def give(
    *,
    partnership: Partnership,
    organisation: Organisation,
    person: Person,
    measure: str,
    quantity: int | None,
    text: str,
    given_on: date,
    form_key: UUID,
    commitment: UUID | None = None,
) -> Contribution:
    """Note what was really given; the same form_key notes it once. Euros in cents.

    Raises NotAllowed, ImpossibleMove, Unfit.
    """
    partnership = locked_for(partnership, organisation, person)
    if noted := partnership.contributions.filter(form_key=form_key).first():
        return noted
    check_stands(partnership, State.ACTIVE, State.ENDED, State.BROKEN)
    if given_on > localdate():
        raise Unfit(_("Ce jour est à venir : notez ce qui a déjà été donné."), "given_on")
    if quantity is None and measure not in (Measure.OTHER, Measure.STEP):
        raise Unfit(_("Dites combien, par exemple 12."), "quantity")
    kept = partnership.commitments.filter(key=commitment).first() if commitment else None
    noted = Contribution.objects.create(
        partnership=partnership,
        form_key=form_key,
        commitment=kept,
        organisation=organisation,
        measure=Measure(measure),
        quantity=quantity,
        text=tidy(text),
        given_on=given_on,
        by=person,
    )
    record(partnership, What.GIVEN, by=person, organisation=organisation, text=noted.text)
    return noted


@transaction.atomic
def review(
    *, partnership: Partnership, organisation: Organisation, person: Person, text: str, next_on: date | None
) -> PartnershipStep:
    """Write down what was said at a review, and when the next one is. Raises NotAllowed, ImpossibleMove, Unfit."""
    partnership = locked_for(partnership, organisation, person)
    check_stands(partnership, State.ACTIVE)
    if next_on and next_on <= localdate():
        raise Unfit(_("Le prochain point est à venir : choisissez un jour plus tard."), "next_on")
    partnership.review_on = next_on
    partnership.save()
    return record(partnership, What.REVIEWED, by=person, organisation=organisation, text=_fit(text))


@transaction.atomic
def conciliate(
    *, partnership: Partnership, organisation: Organisation, person: Person, text: str, closes: bool
) -> PartnershipStep:
    """The next step of a conciliation: the first asks for it, the last says how it ended; each is dated.

    Raises NotAllowed, ImpossibleMove, Unfit.
    """
    partnership = locked_for(partnership, organisation, person)
    check_stands(partnership, State.ACTIVE)
    is_open = in_dispute(partnership)
    if closes and not is_open:
        raise ImpossibleMove(_("Aucune conciliation n’est ouverte."))
    what = What.DISPUTE_CLOSED if closes else What.DISPUTE_STEP if is_open else What.DISPUTE_OPENED
    return record(partnership, what, by=person, organisation=organisation, text=_fit(text))


def in_dispute(partnership: Partnership) -> bool:
    """Whether a conciliation has been asked for and has not ended."""
    last = partnership.steps.filter(what__in=_DISPUTE).order_by("-at", "-id").first()
    return last is not None and last.what != What.DISPUTE_CLOSED


@transaction.atomic
def inspect(
    *,
    partnership: Partnership,
    organisation: Organisation,
    person: Person,
    moment: str,
    part: str,
    condition: str,
    note: str,
    seen_on: date,
    form_key: UUID,
) -> InventoryRow:
    """One line of the état des lieux of a place; the same form_key writes one.

    Raises NotAllowed, ImpossibleMove, Unfit.
    """
    partnership = locked_for(partnership, organisation, person)
    if written := partnership.inventory.filter(form_key=form_key).first():
        return written
    check_stands(partnership, State.ACTIVE, State.ENDED, State.BROKEN)
    if Kind.PLACE not in partnership.offer.kinds:
        raise ImpossibleMove(_("Ce partenariat ne porte pas sur un lieu : il n’y a pas d’état des lieux."))
    if seen_on > localdate():
        raise Unfit(_("Ce jour est à venir : un état des lieux dit ce que vous avez vu."), "seen_on")
    row = InventoryRow.objects.create(
        partnership=partnership,
        form_key=form_key,
        moment=InventoryRow.Moment(moment),
        part=tidy(part),
        condition=InventoryRow.Condition(condition),
        note=tidy(note),
        seen_on=seen_on,
        organisation=organisation,
        by=person,
    )
    record(partnership, What.INVENTORY, by=person, organisation=organisation, text=row.part)
    return row


@transaction.atomic
def assess(
    *, partnership: Partnership, organisation: Organisation, person: Person, is_shared: bool, **scale: int
) -> PowerAssessment:
    """An organisation says what it can do by now; its former answers are replaced. Tells nobody.

    Raises NotAllowed, ImpossibleMove.
    """
    partnership = locked_for(partnership, organisation, person)
    check_stands(partnership, State.ACTIVE, State.ENDED, State.BROKEN)
    assessment, _new = PowerAssessment.objects.update_or_create(
        partnership=partnership, organisation=organisation, defaults={"is_shared": is_shared, "by": person, **scale}
    )
    return assessment


@transaction.atomic
def offer_story(*, partnership: Partnership, organisation: Organisation, person: Person, text: str) -> Lead:
    """Tell the editors that there is something to tell. Raises NotAllowed, ImpossibleMove, Unfit."""
    partnership = locked_for(partnership, organisation, person)
    check_stands(partnership, State.ACTIVE, State.ENDED)
    told = {"text": _fit(text), "organisation": organisation, "by": person}
    lead, is_new = Lead.objects.update_or_create(partnership=partnership, defaults=told)
    if is_new:
        record(partnership, What.STORY, by=person, organisation=organisation)
    return lead


@transaction.atomic
def end(*, partnership: Partnership, organisation: Organisation, person: Person, reason: str) -> Partnership:
    """End it: at its term it is over; before, it is broken off. Either way the reason is told.

    Raises NotAllowed, ImpossibleMove, Unfit.
    """
    partnership = locked_for(partnership, organisation, person)
    is_over = partnership.ends is not None and partnership.ends <= localdate()
    target = State.ENDED if is_over else State.BROKEN
    check_course(partnership, target)
    partnership.ending = _fit(reason)
    partnership.state, partnership.ended_on = target, localdate()
    partnership.save()
    what = What.ENDED if is_over else What.BROKEN
    record(partnership, what, by=person, organisation=organisation, text=partnership.ending)
    return partnership


def remind_of_dates(*, now: datetime | None = None) -> int:
    """Tell both sides of a review that is due and of an end that is near, once each. Returns how many were told."""
    today = localdate(now)
    active = Partnership.objects.filter(state=State.ACTIVE)
    told = 0
    for partnership in active.filter(review_on__lte=today):
        told += _remind(partnership, What.REVIEW_DUE, str(partnership.review_on))
    for partnership in active.filter(ends__gte=today, ends__lte=today + RENEWAL_NOTICE):
        told += _remind(partnership, What.RENEWAL_DUE, str(partnership.ends))
    return told


@transaction.atomic
def _remind(partnership: Partnership, what: What, day: str) -> int:
    partnership = locked(partnership)
    if partnership.state != State.ACTIVE or partnership.steps.filter(what=what, text=day).exists():
        return 0
    record(partnership, what, text=day)
    return 1


def _fit(text: str) -> str:
    text = tidy(text)
    if not text or len(text) > LONGEST_TEXT:
        raise Unfit(_("Écrivez quelques mots, %(most)s signes au plus.") % {"most": LONGEST_TEXT})
    return text
