"""What is scarce is given once: an envelope, a number of beneficiaries, the hours of a place."""

from datetime import UTC, date, datetime, time, timedelta
from uuid import uuid4

import pytest
import time_machine

from matching.catalogue.envelopes import AlreadyGiven, room_left, set_limits
from matching.catalogue.services import ResourceFacts, write_week
from matching.catalogue.week import Closed, Hours, Week
from matching.organisations.services import NotAllowed
from matching.partnerships import applications
from matching.partnerships.applications import ApplicationFacts
from matching.partnerships.models import Booking
from matching.partnerships.moves import ImpossibleMove
from matching.partnerships.scarcity import NotFree, ask_hours, free_hours
from tests.factories import make_offer

pytestmark = pytest.mark.django_db
# A Monday; the clocks go back in the night of 25 October 2026.
NOW = datetime(2026, 10, 12, 8, tzinfo=UTC)


def examined(offer, alice, bob, starts=()):
    application = applications.begin(
        offer=offer,
        applicant=alice.memberships.get().organisation,
        person=alice,
        facts=ApplicationFacts(title="Ateliers"),
        form_key=uuid4(),
    )
    if starts:
        ask_hours(application=application, person=alice, starts=starts)
    applications.file(application=application, person=alice, filed={})
    return applications.take_up(application=application, person=bob)


@pytest.fixture
def fund(brest):
    return make_offer(brest, resource=ResourceFacts(kind="funding", subkind="grant"), title="Fonds des initiatives")


@pytest.fixture
def hall(brest):
    with time_machine.travel(NOW, tick=False):
        offer = make_offer(brest)
        write_week(offer=offer, week=Week(hours=(Hours(5, time(18), time(20)),)))
        yield offer


def accept(application, bob, cents=0):
    return applications.accept(application=application, person=bob, reason="Oui.", granted_cents=cents)


def test_an_envelope_gives_what_it_holds_and_says_what_is_left(fund, bricoleuses, alice, bob):
    set_limits(offer=fund, total_cents=100_000, places=None)
    accept(examined(fund, alice, bob), bob, 70_050)
    second = examined(fund, alice, bob)
    with pytest.raises(ImpossibleMove, match=r"299[.,]50"):
        accept(second, bob, 30_000)
    second.refresh_from_db()
    assert second.state == "examination"
    accept(second, bob, 29_950)
    assert room_left(fund).left_cents == 0


def test_what_is_taken_back_is_free_again_once(fund, bricoleuses, alice, bob):
    set_limits(offer=fund, total_cents=100_000, places=1)
    application = examined(fund, alice, bob)
    accept(application, bob, 100_000)
    applications.reexamine(application=application, person=bob, reason="Le budget a changé.")
    assert (room_left(fund).left_cents, room_left(fund).left_places) == (100_000, 1)
    accept(application, bob, 60_000)
    applications.withdraw(application=application, person=alice)
    assert (room_left(fund).left_cents, room_left(fund).left_places) == (100_000, 1)


def test_as_many_beneficiaries_as_the_offer_is_for(fund, bricoleuses, alice, bob):
    set_limits(offer=fund, total_cents=None, places=1)
    accept(examined(fund, alice, bob), bob)
    with pytest.raises(ImpossibleMove, match="1 bénéficiaire"):
        accept(examined(fund, alice, bob), bob)


def test_what_was_given_before_there_was_a_limit_counts(fund, bricoleuses, alice, bob):
    accept(examined(fund, alice, bob), bob, 50_000)
    with pytest.raises(AlreadyGiven):
        set_limits(offer=fund, total_cents=49_999, places=None)
    set_limits(offer=fund, total_cents=50_000, places=None)
    assert room_left(fund).left_cents == 0


def test_hours_are_asked_for_held_and_freed(hall, bricoleuses, alice, bob):
    first, second, *_rest = free_hours(hall)
    winner = examined(hall, alice, bob, [first.starts, second.starts])
    loser = examined(hall, alice, bob, [second.starts])
    accept(winner, bob)
    assert not {first, second} & set(free_hours(hall))
    with pytest.raises(ImpossibleMove, match="1 créneau demandé sur 1"):
        accept(loser, bob)
    applications.reexamine(application=winner, person=bob, reason="Travaux.")
    accept(loser, bob)
    assert Booking.objects.get(is_held=True).application == loser


def test_six_in_the_evening_stays_six_when_the_clocks_change(hall):
    before, after = (free_hours(hall)[number].starts for number in (1, 2))
    assert [before, after] == [datetime(2026, 10, 24, 16, tzinfo=UTC), datetime(2026, 10, 31, 17, tzinfo=UTC)]


def test_the_hour_left_out_and_the_hour_that_comes_twice(hall):
    write_week(offer=hall, week=Week(hours=(Hours(6, time(2), time(3)), Hours(6, time(1), time(4)))))
    until = timedelta(days=170)
    found = {one.starts.date(): one.ends - one.starts for one in free_hours(hall, until=until)}
    lengths = [
        sorted(one.ends - one.starts for one in free_hours(hall, until=until) if one.starts.date() in days)
        for days in (
            {date(2026, 10, 24), date(2026, 10, 25)},
            {date(2027, 3, 27), date(2027, 3, 28)},
        )
    ]
    hour = timedelta(hours=1)
    assert found
    # In autumn two o'clock comes twice and is meant the first time; in spring from two to three there is nothing.
    assert lengths == [[2 * hour, 4 * hour], [2 * hour]]


@pytest.mark.parametrize("shift", [timedelta(hours=1), timedelta(days=-7), timedelta(days=365)])
def test_only_openings_of_the_place_are_asked_for(hall, bricoleuses, alice, shift):
    application = applications.begin(
        offer=hall, applicant=bricoleuses, person=alice, facts=ApplicationFacts(title="A"), form_key=uuid4()
    )
    with pytest.raises(NotFree):
        ask_hours(application=application, person=alice, starts=[free_hours(hall)[0].starts + shift])


def test_a_closed_day_is_no_opening(hall):
    closed = free_hours(hall)[0].starts.date()
    write_week(offer=hall, week=Week(hours=(Hours(5, time(18), time(20)),), closed=(Closed(closed, closed),)))
    assert free_hours(hall)[0].starts.date() == closed + timedelta(days=7)


def test_strangers_ask_for_nothing(hall, bricoleuses, alice, charlie):
    application = applications.begin(
        offer=hall, applicant=bricoleuses, person=alice, facts=ApplicationFacts(title="A"), form_key=uuid4()
    )
    with pytest.raises(NotAllowed):
        ask_hours(application=application, person=charlie, starts=[])
