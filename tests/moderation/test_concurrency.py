"""What several do at the same moment about what is reported, on a server that lets them."""

import threading
from uuid import uuid4

import pytest
from django.db import connections

from matching.moderation.models import Case, Report, Step
from matching.moderation.services import ChangedMeanwhile, ask_again, decide, report, state_seen
from matching.moderation.things import kind_named
from tests.factories import make_offer

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif("connections['default'].vendor == 'sqlite'", reason="SQLite has one writer at a time"),
]


def all_at_once(*acts):
    """Each in its own thread, from one start; what each returned or raised."""
    start, told = threading.Barrier(len(acts)), []

    def go(act):
        start.wait()
        try:
            told.append(act())
        except ChangedMeanwhile as error:
            told.append(error)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=go, args=[act]) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return told


def told_of(room, form_key=None):
    return report(kind=kind_named("offer"), thing=room, reason="other", text="Fermée.", form_key=form_key or uuid4())


@pytest.fixture
def room(brest, bob):
    return make_offer(brest, person=bob)


@pytest.fixture
def case(room):
    return told_of(room).case


def test_strangers_who_report_at_once_open_one_case_and_a_double_click_says_it_once(room):
    key = uuid4()
    told = all_at_once(*[lambda: told_of(room)] * 2, *[lambda: told_of(room, key)] * 2)
    assert len(told) == 4
    assert Case.objects.count() == 1 and Report.objects.count() == 3


def test_two_moderators_at_once_decide_once(case, room, staff):
    seen = state_seen(case=case)

    def act(verdict):
        return lambda: decide(case=case, verdict=verdict, reason="Vu.", by=staff, form_key=uuid4(), seen=seen)

    told = all_at_once(act("hidden"), act("nothing"), act("hidden"))
    assert sum(isinstance(each, Step) for each in told) == 1
    assert sum(isinstance(each, ChangedMeanwhile) for each in told) == 2
    room.refresh_from_db()
    case.refresh_from_db()
    assert (case.state == "hidden") == (not room.is_published)


def test_a_double_click_of_the_moderator_decides_once(case, staff):
    key, seen = uuid4(), state_seen(case=case)

    def act():
        return decide(case=case, verdict="hidden", reason="Vu.", by=staff, form_key=key, seen=seen)

    assert len(set(all_at_once(act, act, act))) == 1
    assert Step.objects.count() == 1


def test_two_colleagues_who_ask_again_at_once_ask_once(case, room, staff, bob):
    decide(case=case, verdict="hidden", reason="Vu.", by=staff, form_key=uuid4(), seen=state_seen(case=case))

    def act():
        return ask_again(case=case, text="Corrigé.", form_key=uuid4(), by=bob, organisation=room.organisation)

    all_at_once(act, act, act)
    assert case.steps.filter(kind=Step.Kind.REVIEW).count() == 1
