"""What several workers and screens do at the same moment, on PostgreSQL."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from uuid import uuid4

import pytest
from django.core import mail
from django.db import connection, transaction
from django.db.models import QuerySet
from django.utils import timezone

from matching.catalogue.models import Need, Offer
from matching.notices.models import Notice
from matching.notices.services import note, send_due_notices
from matching.organisations.models import Membership, Organisation
from matching.organisations.services import create_collective
from matching.partnerships import solicitations
from matching.partnerships.attachments import storage
from matching.partnerships.files import CleanFile
from matching.partnerships.models import Attachment, Message, Reading
from matching.partnerships.reminders import QUIET_DAYS, remind_unanswered
from matching.partnerships.services import mark_read, propose_match, send_message
from matching.partnerships.solicitations import TooManySolicited
from matching.suggestions.models import State, Suggestion
from matching.suggestions.services import dismiss, match_listing, withdraw_listing
from tasks import queue
from tasks.models import Run
from tests.factories import make_need, make_offer, make_person
from tests.screens.conftest import suggest

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


ONLY_ROW_LOCKS = pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has one writer at a time")


def solicit(suggestion, author, key=None):
    """Write first, and say how it went."""
    try:
        key = key or uuid4()
        return send_message(suggestion=suggestion, side="offer", author=author, text="Bonjour", form_key=key).pk
    except TooManySolicited:
        return None


@pytest.fixture
def four_pairs(brest, territories):
    """A room of Brest, beside the needs of four collectives."""
    room, pairs = make_offer(brest), []
    for number in range(4):
        person = make_person(f"c{number}@exemple.fr", "C")
        place = {"legal_form": "informal", "territory": territories["commune", "29019"]}
        collective = create_collective(person=person, name=f"Collectif {number}", **place)
        pairs.append(suggest(room, make_need(collective)))
    return pairs


def test_first_words_sent_at_once_stay_within_the_week(four_pairs, bob, settings):
    settings.SOLICITATIONS_A_WEEK = 2
    sent = at_once(*[lambda pair=pair: solicit(pair, bob) for pair in four_pairs])
    assert sum(key is not None for key in sent) == Message.objects.filter(opens=True).count() == 2


@ONLY_ROW_LOCKS
def test_without_the_lock_the_week_would_overflow(four_pairs, bob, settings, monkeypatch):
    settings.SOLICITATIONS_A_WEEK = 2
    counted = solicitations.solicited_by
    monkeypatch.setattr(QuerySet, "select_for_update", lambda rows, **_: rows)

    def slowly(*arguments):
        found = counted(*arguments)
        time.sleep(HELD)
        return found

    monkeypatch.setattr(solicitations, "solicited_by", slowly)
    sent = at_once(*[lambda pair=pair: solicit(pair, bob) for pair in four_pairs])
    assert sum(key is not None for key in sent) > 2


def test_a_message_sent_eight_times_at_once_is_one_with_one_file(four_pairs, bob):
    key = uuid4()
    files = [CleanFile("plan.txt", "text/plain", b"plan")]
    sent = at_once(
        *[
            lambda: (
                send_message(
                    suggestion=four_pairs[0], side="offer", author=bob, text="Voici", form_key=key, files=files
                ).pk
            )
        ]
        * 8
    )
    assert len(set(sent)) == Message.objects.count() == Attachment.objects.count() == 1
    assert storage().listdir("")[1] == [Attachment.objects.get().stored_as]


def test_two_readers_and_one_twice_at_once_have_each_read_once(four_pairs, bob, charlie, brest):
    pair = four_pairs[0]
    author = pair.need.organisation.memberships.get().person
    send_message(suggestion=pair, side="need", author=author, text="Bonjour", form_key=uuid4())
    Membership.objects.create(person=charlie, organisation=brest, role="member", confirmed_at=timezone.now())

    def read(person):
        shown = list(Message.objects.between(pair))
        return mark_read(messages=shown, side="offer", person=person, answers=True)

    at_once(*[lambda person=person: read(person) for person in (bob, bob, charlie)])
    assert Reading.objects.count() == 2


def test_two_people_who_propose_the_same_pair_at_once_make_one(brest, bricoleuses, alice, bob):
    offer, need = make_offer(brest), make_need(bricoleuses)
    proposed = at_once(
        *[
            lambda proposer=proposer, person=person: propose_match(
                offer=offer, need=need, proposer=proposer, person=person
            )
            for proposer, person in [("need", alice), ("offer", bob)] * 3
        ]
    )
    assert len({suggestion.pk for suggestion, _ in proposed}) == Suggestion.objects.count() == 1
    assert sum(is_new for _, is_new in proposed) == 1


def test_eight_workers_remind_once(four_pairs, bob):
    solicit(four_pairs[0], bob)
    Message.objects.update(sent_at=timezone.now() - QUIET_DAYS)
    assert sum(at_once(*[remind_unanswered] * 8)) == 1
    assert Notice.objects.filter(kind=Notice.Kind.REMINDER).count() == 1


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
