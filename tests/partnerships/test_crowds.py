"""What is scarce, taken by several in the same moment; `manage.py bench --scarcity` does it a hundred times over."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from itertools import pairwise
from uuid import uuid4

import pytest
from django.db import connections
from django.utils import timezone

from matching.catalogue.envelopes import room_left, set_limits
from matching.catalogue.services import ResourceFacts
from matching.partnerships import applications
from matching.partnerships.models import Application, Booking, Spending, State
from matching.partnerships.moves import ImpossibleMove
from tests.factories import make_offer

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif("connections['default'].vendor == 'sqlite'", reason="SQLite has one writer at a time"),
]
CROWD = 8


def examined(offer, applicant):
    return Application.objects.create(
        form_key=uuid4(),
        offer=offer,
        applicant=applicant,
        title="Projet",
        state=State.EXAMINATION,
        filed_at=timezone.now(),
    )


def accepted_at_once(asking, officer, cents=0):
    """How many were accepted; whatever is no refusal comes out."""
    gate = threading.Barrier(len(asking))

    def accept(application):
        gate.wait()
        try:
            applications.accept(application=application, person=officer, reason="Oui.", granted_cents=cents)
        except ImpossibleMove:
            return False
        finally:
            connections.close_all()
        return True

    with ThreadPoolExecutor(len(asking)) as crowd:
        return sum(crowd.map(accept, asking))


def test_eight_officers_at_once_give_what_there_is_and_no_more(brest, bricoleuses, bob):
    fund = make_offer(brest, resource=ResourceFacts(kind="funding", subkind="grant"), title="Fonds")
    set_limits(offer=fund, total_cents=100_000, places=None)
    assert accepted_at_once([examined(fund, bricoleuses) for _each in range(CROWD)], bob, 30_000) == 3
    assert room_left(fund).left_cents == 10_000
    assert sum(Spending.objects.values_list("cents", flat=True)) == 90_000


def test_hours_that_overlap_go_to_one(brest, bricoleuses, bob):
    hall = make_offer(brest)
    asking = [examined(hall, bricoleuses) for _each in range(CROWD)]
    first = timezone.now() + timedelta(days=1)
    for number, application in enumerate(asking):
        starts = first + timedelta(minutes=20 * number)
        application.bookings.create(offer=hall, starts=starts, ends=starts + timedelta(hours=1))
    given = accepted_at_once(asking, bob)
    held = list(Booking.objects.filter(is_held=True).order_by("starts"))
    assert len(held) == given and given in (2, 3)
    assert all(earlier.ends <= later.starts for earlier, later in pairwise(held))
