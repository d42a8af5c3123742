"""Who owes an answer is reminded once, after some quiet days, and never of what is settled."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.utils import timezone

from matching.notices.models import Notice
from matching.notices.services import send_due_notices
from matching.partnerships.models import Message
from matching.partnerships.reminders import FORGOTTEN_AFTER, QUIET_DAYS, remind_unanswered
from matching.partnerships.services import send_message
from matching.suggestions.services import dismiss
from tests.factories import make_need, make_offer
from tests.screens.conftest import suggest

pytestmark = pytest.mark.django_db


@pytest.fixture
def pair(brest, bricoleuses):
    return suggest(make_offer(brest), make_need(bricoleuses))


def write(pair, author, side, *, ago=QUIET_DAYS):
    message = send_message(suggestion=pair, side=side, author=author, text="Bonjour", form_key=uuid4())
    Message.objects.filter(pk=message.pk).update(sent_at=timezone.now() - ago)
    return message


def test_after_quiet_days_the_other_side_is_reminded_once(pair, alice, bob, mailoutbox):
    Notice.objects.all().delete()
    write(pair, alice, "need")
    assert send_due_notices() == 1
    mailoutbox.clear()
    assert remind_unanswered() == 1
    assert remind_unanswered() == 0
    assert send_due_notices(now=timezone.now() + timedelta(minutes=6)) == 1
    assert mailoutbox[0].to == [bob.email] and "attend votre réponse" in mailoutbox[0].body


def test_writing_again_reminds_nobody_a_second_time(pair, alice, bob):
    write(pair, alice, "need", ago=timedelta(days=12))
    assert remind_unanswered() == 1
    write(pair, alice, "need", ago=timedelta(days=6))
    assert remind_unanswered() == 0
    write(pair, bob, "offer", ago=timedelta(days=5, hours=12))
    Message.objects.filter(side="offer").update(sent_at=timezone.now() - timedelta(days=5))
    assert remind_unanswered() == 1, "the answer waits for an answer of its own"


@pytest.mark.parametrize("ago", [QUIET_DAYS - timedelta(minutes=1), FORGOTTEN_AFTER + timedelta(minutes=1)])
def test_nobody_is_reminded_too_soon_or_of_old_stories(pair, alice, ago):
    write(pair, alice, "need", ago=ago)
    assert remind_unanswered() == 0


def test_what_is_answered_or_set_aside_reminds_nobody(pair, alice, bob, mailoutbox):
    write(pair, alice, "need")
    write(pair, bob, "offer", ago=timedelta(0))
    assert remind_unanswered() == 0
    Message.objects.all().delete()
    write(pair, alice, "need")
    assert remind_unanswered() == 1
    Notice.objects.exclude(kind=Notice.Kind.REMINDER).delete()
    dismiss(suggestion=pair, side="offer", person=bob, reason="dates")
    assert send_due_notices() == 0, "answered before the mail left"
