"""A mail leaves once: rows are claimed before, confirmed after, and tried again as the same mail."""

from datetime import timedelta
from smtplib import SMTPServerDisconnected

import pytest
from django.core.mail.backends.locmem import EmailBackend
from django.utils import timezone

from matching.notices import services
from matching.notices.models import Notice
from matching.notices.services import LOST_AFTER, QUIET, note, send_due_notices
from matching.organisations.services import ask_host, confirm_guest, create_collective, request_membership
from matching.suggestions.services import match_listing
from tests.factories import make_need, make_offer

pytestmark = pytest.mark.django_db


@pytest.fixture
def waiting(pair, alice):
    """One notice, for Alice."""
    Notice.objects.exclude(person=alice).delete()
    return Notice.objects.get()


@pytest.fixture
def broken_server(monkeypatch):
    def fail(self, messages):
        raise SMTPServerDisconnected("gone")

    with monkeypatch.context() as patched:
        patched.setattr(EmailBackend, "send_messages", fail)
        yield patched


def test_telling_twice_before_the_mail_leaves_is_telling_once(waiting, alice):
    note(people=[alice], kind=waiting.kind, subject=waiting.subject)
    assert Notice.objects.count() == 1
    send_due_notices()
    note(people=[alice], kind=waiting.kind, subject=waiting.subject)
    assert Notice.objects.count() == 2


def test_sending_twice_sends_once(waiting, mailoutbox):
    assert send_due_notices() == 1
    assert send_due_notices() == 0
    assert len(mailoutbox) == 1
    waiting.refresh_from_db()
    assert waiting.claimed_at and waiting.sent_at


def test_two_senders_at_once_send_once(waiting, alice, mailoutbox, monkeypatch):
    claim = services._claim

    def overtaken(person, now):
        monkeypatch.setattr(services, "_claim", claim)
        send_due_notices()
        return claim(person, now)

    monkeypatch.setattr(services, "_claim", overtaken)
    assert send_due_notices() == 0
    assert len(mailoutbox) == 1


def test_what_could_not_be_sent_is_tried_again_as_the_same_mail(waiting, mailoutbox, monkeypatch, broken_server):
    identifiers = []
    made = services.mail_for

    def noted(*arguments):
        mail = made(*arguments)
        identifiers.append(mail.extra_headers["Message-ID"])
        return mail

    monkeypatch.setattr(services, "mail_for", noted)
    assert send_due_notices() == 0
    assert send_due_notices() == 0
    broken_server.undo()
    monkeypatch.setattr(services, "mail_for", noted)
    assert send_due_notices(now=timezone.now() + LOST_AFTER) == 1
    assert len(mailoutbox) == 1
    assert len(identifiers) == 2 and len(set(identifiers)) == 1


def test_news_that_is_too_old_is_given_up(waiting, mailoutbox):
    long_ago = timezone.now() - services.GIVEN_UP_AFTER
    Notice.objects.update(due_at=long_ago, claimed_at=long_ago)
    assert send_due_notices() == 0


def test_after_a_mail_what_happens_next_is_gathered(waiting, alice, mailoutbox):
    send_due_notices()
    note(people=[alice], kind=waiting.kind, subject=waiting.subject)
    assert send_due_notices() == 0
    assert send_due_notices(now=timezone.now() + QUIET + timedelta(seconds=1)) == 1


def test_a_failure_for_one_person_stops_nobody_else(pair, alice, bob, mailoutbox, monkeypatch):
    send = EmailBackend.send_messages

    def refuse_alice(self, messages):
        if messages[0].to == [alice.email]:
            raise SMTPServerDisconnected("gone")
        return send(self, messages)

    monkeypatch.setattr(EmailBackend, "send_messages", refuse_alice)
    assert send_due_notices() == 1
    assert [mail.to for mail in mailoutbox] == [[bob.email]]


def test_who_wants_no_mail_gets_none(pair, alice, bob, mailoutbox):
    type(alice).objects.filter(pk=alice.pk).update(notify="never")
    send_due_notices()
    assert [mail.to for mail in mailoutbox] == [[bob.email]]


def test_what_waits_for_an_answer_comes_first_and_the_mail_is_short(brest, bricoleuses, bob, charlie, mail_to):
    Notice.objects.all().delete()
    for number in range(7):
        make_offer(brest, title=f"Salle de réparation {number}")
    match_listing(listing=make_need(bricoleuses))
    request_membership(person=charlie, organisation=brest, statement="Archives")
    send_due_notices()
    mail = mail_to(bob)
    body = mail.get_body(("plain",)).get_content()
    lines = [line for line in body.splitlines() if line.startswith("- ")]
    assert lines[0].startswith("- Charlie demande à agir pour")
    assert len(lines) == 7 and "2 autres annonces" in lines[-1]
    assert " ".join(mail["Subject"].split()).startswith("Charlie demande à agir pour")


def test_a_host_is_told_of_who_says_it_carries_them(alice, charlie, bricoleuses, mail_to):
    house = create_collective(person=charlie, name="La Maison commune", legal_form="association", territory=None)
    guest = ask_host(guest=bricoleuses, host=house, by=alice)
    send_due_notices()
    text = mail_to(charlie).get_body(("plain",)).get_content()
    assert "dit être porté par La Maison commune" in text
    assert f"/membres/{house.slug}/" in text
    Notice.objects.filter(kind=Notice.Kind.GUEST).update(claimed_at=None, sent_at=None)
    confirm_guest(guest=guest, by=charlie)
    assert send_due_notices() == 0
