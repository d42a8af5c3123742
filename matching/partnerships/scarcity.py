"""Verbs about what a partnership takes of its offer: money, a place, hours. Nothing is ever given beyond what there is.

The order of the locks is the same everywhere: the application, its partnership, the offer's balance.
"""

from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from typing import NamedTuple

from django.db import transaction
from django.utils import timezone
from django.utils.formats import date_format, number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from matching.catalogue.envelopes import NotEnough, Room, give_back, hold_balance, take
from matching.catalogue.models import Offer
from matching.catalogue.openings import openings
from matching.catalogue.week import Hours, Season
from matching.organisations.services import NotAllowed
from matching.partnerships.models import Application, Booking, Partnership, Spending
from matching.partnerships.moves import ImpossibleMove
from matching.partnerships.permissions import may_change
from matching.people.models import Person
from matching.territories.zones import zone_of

# How far ahead hours may be asked for, and how many at once.
AHEAD = timedelta(days=120)
MOST_BOOKINGS = 60


class Occurrence(NamedTuple):
    """Hours of a place on one day, as instants."""

    starts: datetime
    ends: datetime


class NotFree(ValueError):
    """Some of these hours are no opening of the place, or somebody else has them."""


class TooManyHours(ValueError):
    """More than MOST_BOOKINGS at once."""


def spend(partnership: Partnership) -> None:
    """Take what was granted, and one place, of the offer's envelope. Raises ImpossibleMove: says how much is left."""
    release(partnership)
    try:
        take(offer=partnership.offer, cents=partnership.granted_cents, places=1)
    except NotEnough as error:
        raise ImpossibleMove(_lacking(error.room, partnership.granted_cents)) from None
    Spending.objects.create(partnership=partnership, cents=partnership.granted_cents, places=1)


def release(partnership: Partnership) -> None:
    """Give back what the partnership holds of its offer's envelope, once."""
    for held in Spending.objects.select_for_update().filter(partnership=partnership):
        give_back(offer=partnership.offer, cents=held.cents, places=held.places)
        held.delete()


@transaction.atomic
def ask_hours(*, application: Application, person: Person, starts: Iterable[datetime]) -> list[Booking]:
    """Ask for these openings, and no others any more. Nothing is held before the authority accepts.

    Raises NotAllowed, ImpossibleMove, NotFree, TooManyHours.
    """
    application = Application.objects.select_for_update(of=("self",)).select_related("offer").get(pk=application.pk)
    if not may_change(person, application):
        raise NotAllowed
    if not application.is_open_to_applicant:
        raise ImpossibleMove(_("Vos créneaux ne changent plus : demandez à la collectivité de vous rendre le dossier."))
    free = {each.starts: each for each in free_hours(application.offer)}
    wanted = sorted({start.astimezone(UTC) for start in starts})
    if len(wanted) > MOST_BOOKINGS:
        raise TooManyHours
    if any(start not in free for start in wanted):
        raise NotFree
    # Asked for only: nothing is held of what is still its authors’.
    application.bookings.all().delete()
    return Booking.objects.bulk_create(
        Booking(offer=application.offer, application=application, starts=start, ends=free[start].ends)
        for start in wanted
    )


def hold_hours(application: Application) -> None:
    """Hold the hours that an application asks for, all or none. Raises ImpossibleMove, which says which are taken."""
    asked = list(application.bookings.filter(is_held=False).select_related("offer__territory"))
    if not asked:
        return
    hold_balance(application.offer)
    # From here on nobody else looks at this place until the commit.
    held = Booking.objects.filter(
        offer=application.offer, is_held=True, starts__lt=max(one.ends for one in asked), ends__gt=asked[0].starts
    )
    others = [Occurrence(one.starts, one.ends) for one in held.exclude(application=application)]
    if taken := [one for one in asked if any(meet(one.starts, one.ends, other) for other in others)]:
        raise ImpossibleMove(_taken(taken, len(asked)))
    application.bookings.update(is_held=True)


def free_application_hours(application: Application) -> None:
    """What was held is free again; it stays asked for."""
    application.bookings.filter(is_held=True).update(is_held=False)


def free_hours(offer: Offer, *, now: datetime | None = None, until: timedelta = AHEAD) -> list[Occurrence]:
    """The coming openings of a place that nobody holds, in order."""
    now = now or timezone.now()
    held = held_hours(offer, now, now + until)
    return [
        Occurrence(starts, ends)
        for starts, ends in openings(offer, now, now + until)
        if not any(meet(starts, ends, other) for other in held)
    ]


def weekly_hours(offer: Offer, slot: Hours, first: date | None, last: date | None) -> list[Occurrence]:
    """The free hours of one slot of the week, between two days of the place's own calendar."""
    zone = zone_of(offer.territory)
    season = Season(first, last)
    return [
        hour
        for hour in free_hours(offer)
        if season.holds(hour.starts.astimezone(zone).date())
        and hour.starts.astimezone(zone).weekday() == slot.weekday
        and hour.starts.astimezone(zone).time() == slot.opens
        and hour.ends.astimezone(zone).time() == slot.closes
    ]


def held_hours(offer: Offer, first: datetime, last: datetime) -> list[Occurrence]:
    """What is held of a place between two instants, without a name."""
    rows = Booking.objects.filter(offer=offer, is_held=True, starts__lt=last, ends__gt=first).order_by("starts")
    return [Occurrence(starts, ends) for starts, ends in rows.values_list("starts", "ends")]


def meet(starts: datetime, ends: datetime, other: Occurrence) -> bool:
    """Whether hours share a moment with others; what ends when the next begins shares none."""
    return starts < other.ends and other.starts < ends


def _lacking(room: Room, cents: int) -> str:
    if room.left_places is not None and room.left_places < 1:
        return ngettext(
            "L’offre est prévue pour %(count)s bénéficiaire, déjà retenu. Augmentez ce nombre sur l’offre, ou revenez "
            "sur une autre décision.",
            "L’offre est prévue pour %(count)s bénéficiaires, tous déjà retenus. Augmentez ce nombre sur l’offre, ou "
            "revenez sur une autre décision.",
            room.places or 0,
        ) % {"count": room.places}
    return _(
        "Il reste %(left)s € dans l’enveloppe ; vous accordez %(asked)s €. Accordez moins, ou augmentez l’enveloppe."
    ) % {"left": _euros(room.left_cents or 0), "asked": _euros(cents)}


def _taken(taken: list[Booking], asked: int) -> str:
    zone = zone_of(taken[0].offer.territory)
    days = ", ".join(date_format(one.starts.astimezone(zone), "j F Y, H:i") for one in taken[:3])
    return ngettext(
        "%(count)s créneau demandé sur %(asked)s n’est plus libre : %(days)s. Rendez le dossier modifiable pour que le "
        "collectif en choisisse un autre.",
        "%(count)s créneaux demandés sur %(asked)s ne sont plus libres : %(days)s… Rendez le dossier modifiable pour "
        "que le collectif en choisisse d’autres.",
        len(taken),
    ) % {"count": len(taken), "asked": asked, "days": days}


def _euros(cents: int) -> str:
    return number_format(cents // 100 if cents % 100 == 0 else f"{cents // 100}.{cents % 100:02d}", force_grouping=True)
