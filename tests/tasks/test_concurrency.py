"""What several workers and screens do at the same moment, on PostgreSQL."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.core import mail
from django.db import connection, transaction

from matching.catalogue.models import Need, Offer
from matching.notices.models import Notice
from matching.notices.services import note, send_due_notices
from matching.organisations.models import Membership, Organisation
from matching.suggestions.models import State, Suggestion
from matching.suggestions.services import dismiss, match_listing, withdraw_listing
from tasks import queue
from tasks.models import Run
from tests.factories import make_need, make_offer, make_person

pytestmark = pytest.mark.django_db(transaction=True)

HELD = 0.5


def at_once(*calls):
    """Run the calls in as many threads, started together, and return what they returned."""
    gate = threading.Barrier(len(calls))

    def run(call):
        gate.wait()
        try:
            return call()
        finally:
            connection.close()

    with ThreadPoolExecutor(len(calls)) as threads:
        return list(threads.map(run, calls))


def test_one_worker_in_ten_starts_a_run():
    run = queue.enqueue("match_need", 7)
    claims = at_once(*[lambda: queue.claim(run.pk)] * 10)
    assert sum(claim is not None for claim in claims) == 1
    run.refresh_from_db()
    assert run.starts == 1


def test_ten_edits_at_once_ask_for_one_match():
    at_once(*[lambda: queue.enqueue("match_need", 7)] * 10)
    assert Run.objects.count() == 1


def test_a_worker_waits_for_the_edit_that_asked_for_it_already():
    run = queue.enqueue("match_need", 7)
    asked = threading.Event()

    def edit():
        with transaction.atomic():
            assert queue.enqueue("match_need", 7) == run
            asked.set()
            time.sleep(HELD)
        return time.monotonic()

    def work():
        asked.wait()
        queue.claim(run.pk)
        return time.monotonic()

    edited, started = at_once(edit, work)
    assert started >= edited - 0.05


def test_an_edit_while_a_worker_starts_asks_for_another_match():
    run = queue.enqueue("match_need", 7)
    claimed = threading.Event()

    def work():
        with transaction.atomic():
            queue.claim(run.pk)
            claimed.set()
            time.sleep(HELD)

    def edit():
        claimed.wait()
        return queue.enqueue("match_need", 7)

    _, other = at_once(work, edit)
    assert other != run


def test_eight_senders_send_each_mail_once():
    people = [make_person(f"membre{number}@exemple.fr", "Membre", is_staff=True) for number in range(5)]
    organisation = Organisation.objects.create(side="collective", legal_form="informal", name="A", slug="a")
    membership = Membership.objects.create(person=people[0], organisation=organisation)
    note(people=people, kind=Notice.Kind.MEMBERSHIP, subject=f"membership:{membership.pk}")
    assert sum(at_once(*[send_due_notices] * 8)) == len(people)
    assert sorted(each.to[0] for each in mail.outbox) == sorted(person.email for person in people)


def test_matching_both_sides_at_once_makes_one_row_a_pair(brest, bricoleuses):
    offers = [make_offer(brest, title=f"Salle de réparation {number}") for number in range(3)]
    needs = [make_need(bricoleuses, title=f"Réparer {number}") for number in range(3)]
    at_once(*[lambda listing=listing: match_listing(listing=listing) for listing in [*offers, *needs]])
    assert Suggestion.objects.count() == 9
    assert not Need.objects.stale().exists() and not Offer.objects.stale().exists()


def test_an_answer_given_while_the_matcher_withdraws_is_kept(brest, bricoleuses, alice):
    offer = make_offer(brest)
    (pair,) = match_listing(listing=make_need(bricoleuses))
    answered = threading.Event()

    def answer():
        with transaction.atomic():
            dismiss(suggestion=pair, side="need", person=alice, reason="dates")
            answered.set()
            time.sleep(HELD)

    def withdraw():
        answered.wait()
        return withdraw_listing(listing=offer)

    _, withdrawn = at_once(answer, withdraw)
    assert withdrawn == 0
    assert Suggestion.objects.get().need_state == State.DISMISSED
