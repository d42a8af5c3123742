"""Verbs about what an offer can still give. Each is one conditional update: two at once never take the same euro."""

from dataclasses import dataclass

from django.db import transaction
from django.db.models import F, Q

from matching.catalogue.models import Envelope, Offer


@dataclass(frozen=True, kw_only=True)
class Room:
    """What is left of an offer; None where it has no limit."""

    total_cents: int | None = None
    spent_cents: int = 0
    places: int | None = None
    taken: int = 0

    @property
    def left_cents(self) -> int | None:
        return None if self.total_cents is None else self.total_cents - self.spent_cents

    @property
    def left_places(self) -> int | None:
        return None if self.places is None else self.places - self.taken

    @property
    def is_limited(self) -> bool:
        return self.total_cents is not None or self.places is not None


class NotEnough(Exception):
    """More was asked than is left; `room` says what is."""

    def __init__(self, room: Room) -> None:
        super().__init__(f"left: {room.left_cents} cents, {room.left_places} places")
        self.room = room


class AlreadyGiven(Exception):
    """A limit would lie under what is given already; `room` says how much that is."""

    def __init__(self, room: Room) -> None:
        super().__init__(f"given: {room.spent_cents} cents, {room.taken} places")
        self.room = room


def room_left(offer: Offer) -> Room:
    """What this offer can still give, as it stands now."""
    row = Envelope.objects.filter(offer=offer).first()
    return Room() if row is None else _room(row)


def room_read(offer: Offer) -> Room:
    """The same, as it was read with the offer (`select_related("envelope")`): no query."""
    row = getattr(offer, "envelope", None)
    return Room() if row is None else _room(row)


@transaction.atomic
def set_limits(*, offer: Offer, total_cents: int | None, places: int | None) -> Envelope:
    """Say how much there is, and for how many; None: no limit. Raises AlreadyGiven."""
    row = _locked(offer)
    if (total_cents is not None and total_cents < row.spent_cents) or (places is not None and places < row.taken):
        raise AlreadyGiven(_room(row))
    row.total_cents, row.places = total_cents, places
    row.save(update_fields=["total_cents", "places"])
    return row


@transaction.atomic
def take(*, offer: Offer, cents: int, places: int) -> None:
    """Spend, if it fits: the update itself asks, so that nobody comes between. Raises NotEnough."""
    Envelope.objects.get_or_create(offer=offer)
    fits = Q(total_cents__isnull=True) | Q(total_cents__gte=F("spent_cents") + cents)
    has_place = Q(places__isnull=True) | Q(places__gte=F("taken") + places)
    taken = Envelope.objects.filter(fits, has_place, offer=offer)
    if not taken.update(spent_cents=F("spent_cents") + cents, taken=F("taken") + places):
        raise NotEnough(room_left(offer))


@transaction.atomic
def give_back(*, offer: Offer, cents: int, places: int) -> None:
    """What was taken is free again."""
    Envelope.objects.filter(offer=offer).update(spent_cents=F("spent_cents") - cents, taken=F("taken") - places)


def hold_balance(offer: Offer) -> None:
    """Nobody else takes anything of this offer before the commit."""
    _locked(offer)


def _locked(offer: Offer) -> Envelope:
    Envelope.objects.get_or_create(offer=offer)
    return Envelope.objects.select_for_update().get(offer=offer)


def _room(row: Envelope) -> Room:
    return Room(total_cents=row.total_cents, spent_cents=row.spent_cents, places=row.places, taken=row.taken)
