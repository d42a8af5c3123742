"""What is scarce under a crowd: envelopes and hours taken by many at once, each beside a control without the lock.

Real threads with a connection each, through the verb that officers use, in a database of its own. Over: more was given
than there was. Under: somebody was refused what was still there. Errors: anything but a given or a refused one.
"""

import threading
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import timedelta
from itertools import pairwise
from unittest.mock import patch
from uuid import uuid4

from django.db import connection, connections
from django.db.models import Sum
from django.utils import timezone

from matching.catalogue.envelopes import NotEnough, room_left, set_limits
from matching.catalogue.models import Envelope, Offer
from matching.organisations.models import Organisation, Side
from matching.partnerships import applications, scarcity
from matching.partnerships.models import Application, Booking, Spending, State
from matching.partnerships.moves import ImpossibleMove
from matching.partnerships.scarcity import Occurrence, meet
from matching.people.models import Person
from pcc.management.commands import _bench_world as world

Say = Callable[[str, str], None]

AT_ONCE = 8
# An envelope of a thousand euros and awards of three hundred: three fit.
TOTAL, AWARD = 100_000, 30_000
# Between reading and writing, as long as a busy server takes.
_PAUSE = 0.002


def measure(envelopes: int, bookings: int, say: Say) -> None:
    """All four figures: envelopes and hours, with the lock and without."""
    with world.scratch_database():
        officer, authority, collective = _people()
        for name, guard in (("", _as_it_is), ("témoin sans verrou : ", _unguarded)):
            with guard():
                _envelopes(
                    envelopes, officer, authority, collective, lambda what, said, name=name: say(name + what, said)
                )
                _hours(bookings, officer, authority, collective, lambda what, said, name=name: say(name + what, said))


def _envelopes(count: int, officer: Person, authority: Organisation, collective: Organisation, say: Say) -> None:
    offers = Offer.objects.bulk_create(
        Offer(organisation=authority, title="Fonds", territory=authority.territory) for _each in range(count)
    )
    for offer in offers:
        set_limits(offer=offer, total_cents=TOTAL, places=None)
    crowds = [_examined([offer] * AT_ONCE, collective) for offer in offers]
    began = time.perf_counter()
    told = Counter(answer for crowd in crowds for answer in _at_once(crowd, officer, AWARD))
    seconds = time.perf_counter() - began
    given = dict(
        Spending.objects.filter(partnership__offer__in=offers)
        .order_by()
        .values_list("partnership__offer")
        .annotate(cents=Sum("cents"))
    )
    over = sum(given.get(offer.pk, 0) > TOTAL for offer in offers)
    under = sum(given.get(offer.pk, 0) + AWARD <= TOTAL for offer in offers)
    say(f"{count} enveloppes x {AT_ONCE} accords à la fois", _said(over, under, told, seconds))


def _hours(count: int, officer: Person, authority: Organisation, collective: Organisation, say: Say) -> None:
    """So many applications for two hours each of one place, every one of which overlaps its neighbours."""
    place = Offer.objects.create(organisation=authority, title="Salle", territory=authority.territory)
    asking = _examined([place] * count, collective)
    first = timezone.now() + timedelta(days=1)
    starts = [first + timedelta(minutes=7 * number) for number in range(count)]
    Booking.objects.bulk_create(
        Booking(offer=place, application=one, starts=start, ends=start + timedelta(hours=2))
        for one, start in zip(asking, starts, strict=True)
    )
    # Neighbours in time ask in the same moment.
    began = time.perf_counter()
    crowds = [asking[at : at + AT_ONCE] for at in range(0, count, AT_ONCE)]
    told = Counter(answer for crowd in crowds for answer in _at_once(crowd, officer, 0))
    seconds = time.perf_counter() - began
    held = list(Booking.objects.filter(offer=place, is_held=True).order_by("starts"))
    over = sum(later.starts < earlier.ends for earlier, later in pairwise(held))
    taken = [Occurrence(one.starts, one.ends) for one in held]
    refused = Booking.objects.filter(offer=place, is_held=False)
    under = sum(not any(meet(one.starts, one.ends, other) for other in taken) for one in refused)
    say(f"{count} créneaux qui se chevauchent", _said(over, under, told, seconds))


def _at_once(asking: list[Application], officer: Person, cents: int) -> Iterable[str]:
    """What became of each, all accepted in the same moment."""
    gate = threading.Barrier(len(asking))

    def accept(application: Application) -> str:
        gate.wait()
        try:
            applications.accept(application=application, person=officer, reason="Oui.", granted_cents=cents)
        except ImpossibleMove:
            return "refused"
        except Exception as error:
            return type(error).__name__
        finally:
            connection.close()
        return "given"

    with ThreadPoolExecutor(len(asking)) as crowd:
        return list(crowd.map(accept, asking))


def _examined(offers: list[Offer], collective: Organisation) -> list[Application]:
    now = timezone.now()
    return Application.objects.bulk_create(
        Application(
            form_key=uuid4(), offer=offer, applicant=collective, title="Projet", state=State.EXAMINATION, filed_at=now
        )
        for offer in offers
    )


def _people() -> tuple[Person, Organisation, Organisation]:
    authority = Organisation.objects.create(name="Mesure", slug="mesure", side=Side.AUTHORITY)
    collective = Organisation.objects.create(name="Groupe", slug="groupe", side=Side.COLLECTIVE)
    return world.officer_of(authority), authority, collective


@contextmanager
def _as_it_is() -> Iterator[None]:
    yield


@contextmanager
def _unguarded() -> Iterator[None]:
    """Read, check, write, as one writes it first: what the guards are there for. On SQLite transactions that begin
    by reading too, which its one writer then refuses."""
    held = connections["default"].settings_dict["OPTIONS"]
    mode = held.pop("transaction_mode", None)
    connection.close()
    with (
        patch.object(scarcity, "take", _take_unguarded),
        patch.object(scarcity, "hold_balance", lambda offer: time.sleep(_PAUSE)),
    ):
        yield
    if mode:
        held["transaction_mode"] = mode
    connection.close()


def _take_unguarded(*, offer: Offer, cents: int, places: int) -> None:
    row = Envelope.objects.filter(offer=offer, total_cents__isnull=False).first()
    if row is None:
        return
    time.sleep(_PAUSE)
    if row.spent_cents + cents > row.total_cents:
        raise NotEnough(room_left(offer))
    Envelope.objects.filter(pk=row.pk).update(spent_cents=row.spent_cents + cents, taken=row.taken + places)


def _said(over: int, under: int, told: Counter[str], seconds: float) -> str:
    errors = {name: number for name, number in told.items() if name not in ("given", "refused")}
    named = f" ({', '.join(f'{number} {name}' for name, number in sorted(errors.items()))})" if errors else ""
    return (
        f"{over} au-delà, {under} en deçà, {sum(errors.values())} erreurs{named} ; "
        f"{told['given']} accordés, {told['refused']} refusés, {seconds:.0f} s"
    )
