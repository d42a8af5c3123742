"""Quiet days, one reminder, then a second officer; and how long an authority takes, once there is enough to tell."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.urls import reverse
from django.utils import timezone

from matching.notices.models import Notice
from matching.notices.services import send_due_notices
from matching.organisations.models import Membership, Role
from matching.partnerships import applications, remarks, silence
from matching.partnerships.answer_times import LEAST_ANSWERS, answer_time_of
from matching.partnerships.applications import ApplicationFacts
from matching.partnerships.models import Application, Step
from matching.partnerships.silence import ANSWER_WITHIN, QUIET_DAYS, SECOND_AFTER, remind_silent
from tests.factories import make_offer, make_person
from tests.screens.conftest import signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def offer(brest):
    return make_offer(brest)


def filed(offer, applicant, person):
    facts = ApplicationFacts(title="Ateliers", purpose="Réparer")
    draft = applications.begin(offer=offer, applicant=applicant, person=person, facts=facts, form_key=uuid4())
    return applications.file(application=draft, person=person, filed={})


@pytest.fixture
def waiting(offer, bricoleuses, alice):
    return filed(offer, bricoleuses, alice)


@pytest.fixture
def colleague(brest):
    person = make_person("zoe@exemple.fr", "Zoé")
    Membership.objects.create(person=person, organisation=brest, role=Role.MEMBER, confirmed_at=timezone.now())
    return person


def told():
    """Who was told what since the last time."""
    rows = [(notice.person.name, notice.subject.split(":")[0]) for notice in Notice.objects.filter(kind="reminder")]
    Notice.objects.all().delete()
    return sorted(rows)


def later(*spans):
    return timezone.now() + sum(spans, timedelta(minutes=1))


def test_an_answer_is_expected_by_a_day_which_a_correction_moves(waiting, alice, bob):
    today = timezone.localdate()
    assert waiting.due_on == today + ANSWER_WITHIN
    asked = applications.ask_correction(application=waiting, person=bob, kind="incomplete", reason="Les statuts.")
    assert asked.due_on is None
    corrected = applications.correct(application=waiting, person=alice, filed={})
    assert corrected.due_on == today + ANSWER_WITHIN
    taken = applications.take_up(application=waiting, person=bob)
    assert taken.due_on == today + ANSWER_WITHIN
    assert applications.decline(application=waiting, person=bob, reason="Non.").due_on is None


def test_quiet_days_then_one_reminder_then_a_second_officer_once(waiting, colleague, bob):
    applications.take_up(application=waiting, person=bob)
    assert remind_silent(now=timezone.now() + QUIET_DAYS - timedelta(hours=1)) == 0 and told() == []
    assert (remind_silent(now=later(QUIET_DAYS)), remind_silent(now=later(QUIET_DAYS))) == (1, 0)
    assert told() == [("Bob", "silence")]
    assert remind_silent(now=later(QUIET_DAYS, SECOND_AFTER)) == 1
    assert told() == [("Zoé", "silence")]
    assert remind_silent(now=later(QUIET_DAYS, SECOND_AFTER, timedelta(days=300))) == 0
    waiting.refresh_from_db()
    assert (waiting.second_officer, waiting.state) == (colleague, "examination")


def test_nobody_follows_it_everybody_is_reminded_then_an_owner(waiting, colleague):
    remind_silent(now=later(QUIET_DAYS))
    assert told() == [("Bob", "silence"), ("Zoé", "silence")]
    remind_silent(now=later(QUIET_DAYS, SECOND_AFTER))
    assert told() == [("Bob", "silence")]


def test_an_officer_alone_is_asked_once_and_nobody_else(waiting, bob):
    applications.take_up(application=waiting, person=bob)
    remind_silent(now=later(QUIET_DAYS))
    assert told() == [("Bob", "silence")]
    assert remind_silent(now=later(QUIET_DAYS, SECOND_AFTER)) == 0 and told() == []


def test_a_sign_begins_the_wait_anew_and_a_note_is_no_sign(waiting, brest, bob):
    remind_silent(now=later(QUIET_DAYS))
    facts = {"application": waiting, "organisation": brest, "person": bob, "text": "Nous lisons."}
    remarks.say(**facts, form_key=uuid4(), is_internal=True)
    waiting.refresh_from_db()
    assert waiting.reminded_at is not None
    remarks.say(**facts, form_key=uuid4())
    waiting.refresh_from_db()
    assert waiting.reminded_at is None


def test_what_is_decided_or_withdrawn_reminds_nobody(waiting, alice, bob):
    applications.withdraw(application=waiting, person=alice)
    assert remind_silent(now=later(QUIET_DAYS, timedelta(days=90))) == 0


def test_a_correction_that_is_awaited_reminds_the_collective_and_asks_no_second_officer(waiting, alice, bob, colleague):
    applications.ask_correction(application=waiting, person=bob, kind="incomplete", reason="Les statuts.")
    remind_silent(now=later(QUIET_DAYS))
    assert told() == [("Alice", "silence")]
    assert remind_silent(now=later(QUIET_DAYS, SECOND_AFTER)) == 0


def test_the_mail_says_it_and_nothing_once_it_is_answered(waiting, bob, mailoutbox):
    Notice.objects.all().delete()
    remind_silent(now=later(QUIET_DAYS))
    send_due_notices()
    assert "attend votre réponse à sa candidature" in mailoutbox[0].body
    Application.objects.update(reminded_at=None)
    remind_silent(now=later(QUIET_DAYS))
    applications.take_up(application=waiting, person=bob)
    Notice.objects.exclude(kind="reminder").delete()
    send_due_notices(now=later(timedelta(hours=1)))
    assert len(mailoutbox) == 1


def test_a_late_one_shows_as_late_on_the_desk_and_in_its_list(waiting, offer, bob):
    Application.objects.update(due_on=timezone.localdate() - timedelta(days=1))
    browser = signed_in(bob)
    assert "1 en retard" in browser.get(reverse("desk_of", args=[offer.organisation.slug])).text
    assert "en retard" in browser.get(reverse("offer_applications", args=[offer.organisation.slug, offer.uuid])).text
    assert "réponse attendue depuis" in browser.get(reverse("application", args=[waiting.uuid])).text


def test_how_long_an_authority_takes_is_told_from_enough_answers_on(offer, bricoleuses, alice, bob, client):
    page = reverse("public:organisation", args=[offer.organisation.slug])
    for number in range(LEAST_ANSWERS):
        assert answer_time_of(offer.organisation) is None
        assert "reçoivent leur réponse" not in client.get(page).text
        decided = filed(offer, bricoleuses, alice)
        applications.take_up(application=decided, person=bob)
        applications.decline(application=decided, person=bob, reason="Non.")
        Application.objects.filter(pk=decided.pk).update(filed_at=timezone.now() - timedelta(days=10 * (number + 1)))
    # Taking a decision back and deciding again is no second answer.
    applications.reexamine(application=decided, person=bob, reason="Revoir.")
    applications.close(application=decided, person=bob, reason="Non.")
    assert answer_time_of(offer.organisation) == (30, LEAST_ANSWERS)
    assert "en 30 jours ou moins" in client.get(page).text
    Step.objects.update(at=timezone.now() - timedelta(days=800))
    assert answer_time_of(offer.organisation) is None


def test_two_workers_remind_once(waiting):
    row = Application.objects.select_related("offer").get()
    Application.objects.update(reminded_at=timezone.now())
    assert not silence._remind(row, timezone.now())
