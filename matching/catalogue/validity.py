"""« Toujours valable ? »: what has no end is asked about every six months, and paused where nobody answers.

State is the truth: `asked_at` of the listing is the question. Whoever changes, publishes or vouches for the listing
answers it. Each step is a conditional update of one row, so that two rounds at once, or one that comes late, ask once
and pause once; nobody is paused without having been asked a month before.
"""

from collections.abc import Iterator
from datetime import date, datetime, timedelta

from django.core import signing
from django.db import transaction
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from matching import events
from matching.catalogue.models import Need, Offer
from matching.catalogue.permissions import may_change
from matching.catalogue.services import pause
from matching.organisations.models import Membership, Role
from matching.people.models import Person

EVERY = timedelta(days=182)
GRACE = timedelta(days=30)
UNANSWERED = "unanswered"
# How many one round asks about, or pauses; the next one comes a day later.
_MOST = 500
_NAMES = {"offer": Offer, "need": Need}


def ask_what_is_due(*, now: datetime | None = None) -> int:
    """Ask the organisations whether what they published long ago still holds. Returns how many questions."""
    now = now or timezone.now()
    return sum(_ask(listing, now) for model in (Offer, Need) for listing in _due(model, now))


def pause_unanswered(*, now: datetime | None = None) -> int:
    """Pause what nobody has answered for in time. Returns how many."""
    now = now or timezone.now()
    late = {"status": "published", "asked_at__lte": now - GRACE}
    listings = [
        row for model in (Offer, Need) for row in model.objects.filter(**late).order_by("asked_at", "id")[:_MOST]
    ]
    return sum(_pause(listing, now) for listing in listings)


@transaction.atomic
def vouch(*, listing: Offer | Need) -> None:
    """It still holds: no question for six months. Safe to repeat; nothing for what is not published."""
    rows = type(listing).objects.filter(pk=listing.pk, status="published")
    rows.update(vouched_at=timezone.now(), asked_at=None)
    listing.refresh_from_db()


def answer_by(listing: Offer | Need) -> date | None:
    """Until which day the question waits for its answer; None where none stands."""
    return timezone.localdate(listing.asked_at + GRACE) if listing.asked_at and listing.is_published else None


def was_paused_unanswered(listing: Offer | Need) -> bool:
    """Whether it is paused because nobody answered."""
    return listing.status == "paused" and listing.asked_at is not None


def answer_token(listing: Offer | Need, person: Person) -> str:
    """What the address in the mail holds: this person's answer to this question, and to no later one."""
    asked = int(listing.asked_at.timestamp()) if listing.asked_at else 0
    return _signer().sign(f"{listing._meta.model_name}-{listing.uuid.hex}-{person.uuid.hex}-{asked}")


def question_of(token: str) -> tuple[Offer | Need, bool] | None:
    """The listing of a token, and whether its question still stands.

    None for a token that is not ours, and for somebody who may no longer speak for the organisation.
    """
    try:
        kind, listing_key, person_key, asked = _signer().unsign(token).split("-")
    except (signing.BadSignature, ValueError):
        return None
    listing = _NAMES[kind].objects.select_related("organisation").filter(uuid=listing_key).first()
    person = Person.objects.filter(uuid=person_key, is_active=True).first()
    if listing is None or person is None or not may_change(person, listing):
        return None
    stands = listing.is_published and listing.asked_at is not None and int(listing.asked_at.timestamp()) == int(asked)
    return listing, stands


def _due(model: type[Offer] | type[Need], now: datetime) -> Iterator[Offer | Need]:
    """Published long ago, without an end, unchanged since, of an organisation where somebody can answer."""
    long_ago = now - EVERY
    can_answer = Membership.objects.confirmed().filter(
        organisation=OuterRef("organisation"), role__in=(Role.OWNER, Role.MEMBER)
    )
    rows = model.objects.published().filter(
        Exists(can_answer),
        Q(vouched_at=None) | Q(vouched_at__lte=long_ago),
        asked_at=None,
        ends=None,
        updated_at__lte=long_ago,
    )
    rows = rows.filter(closes=None) if model is Offer else rows
    yield from rows.order_by("updated_at", "id")[:_MOST]


@transaction.atomic
def _ask(listing: Offer | Need, now: datetime) -> bool:
    asked = type(listing).objects.filter(
        pk=listing.pk, status="published", asked_at=None, updated_at=listing.updated_at
    )
    if not asked.update(asked_at=now):
        return False
    listing.asked_at = now
    events.validity_asked.send(sender=type(listing), listing=listing)
    return True


@transaction.atomic
def _pause(listing: Offer | Need, now: datetime) -> bool:
    model = type(listing)
    late = model.objects.select_for_update().filter(pk=listing.pk, status="published", asked_at__lte=now - GRACE)
    row = late.first()
    if row is None:
        return False
    asked_at = row.asked_at
    row._change_reason = UNANSWERED
    pause(listing=row)
    # pause() answers the question; here it stays, and tells why the listing is paused.
    model.objects.filter(pk=row.pk).update(asked_at=asked_at)
    row.asked_at = asked_at
    events.paused_unanswered.send(sender=model, listing=row)
    return True


def _signer() -> signing.Signer:
    return signing.Signer(salt="catalogue.validity", sep=".")
