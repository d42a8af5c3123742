"""« Toujours valable ? »: the mail, the page that its address opens, and the desk."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from matching.catalogue.models import Offer
from matching.catalogue.validity import EVERY, GRACE, ask_what_is_due, pause_unanswered
from matching.notices.services import QUIET, send_due_notices
from tests.factories import make_offer
from tests.screens.conftest import signed_in

NOW = timezone.now()


@pytest.fixture
def asked(room):
    Offer.objects.filter(pk=room.pk).update(updated_at=NOW - EVERY - timedelta(days=1))
    ask_what_is_due(now=NOW)
    room.refresh_from_db()
    return room


def mailed_address(mailoutbox):
    send_due_notices(now=timezone.now() + QUIET + timedelta(minutes=1))
    mail = mailoutbox[-1]
    return next(word for word in mail.body.split() if "/toujours-valable/" in word).partition("//")[2].partition("/")[2]


def test_the_mail_asks_and_its_button_answers_without_signing_in(asked, client, bob, mailoutbox):
    address = "/" + mailed_address(mailoutbox)
    assert asked.title in mailoutbox[-1].body
    page = client.get(address).content.decode()
    assert "Oui, toujours valable" in page
    asked.refresh_from_db()
    assert asked.asked_at, "reading the page answers nothing: mail programs fetch it ahead of their reader"
    client.head(address)
    answered = client.post(address).content.decode()
    assert "Merci" in answered
    asked.refresh_from_db()
    assert (asked.asked_at, asked.is_published) == (None, True)
    assert "déjà sa réponse" in client.post(address).content.decode()


def test_what_was_answered_before_the_mail_left_is_not_asked(asked, officers, brest, mailoutbox):
    address = reverse("offer_status", args=[brest.slug, asked.uuid])
    signed_in(officers["owner"]).post(address, {"action": "vouch"})
    send_due_notices(now=timezone.now() + QUIET + timedelta(minutes=1))
    assert all("/toujours-valable/" not in mail.body for mail in mailoutbox)


def test_of_many_questions_the_mail_names_the_first(brest, bob, mailoutbox):
    for number in range(9):
        make_offer(brest, person=bob, title=f"Salle {number}")
    Offer.objects.update(updated_at=NOW - 2 * EVERY)
    ask_what_is_due(now=NOW)
    mailed_address(mailoutbox)
    assert mailoutbox[-1].body.count("/toujours-valable/") == 5
    assert "4 autres annonces attendent votre réponse" in mailoutbox[-1].body


def test_the_desk_asks_too(asked, officers, brest):
    client = signed_in(officers["owner"])
    assert "est-elle toujours valable" in client.get(reverse("desk_of", args=[brest.slug])).content.decode()
    page = client.get(reverse("offer_desk", args=[brest.slug, asked.uuid])).content.decode()
    assert 'value="vouch"' in page
    client.post(reverse("offer_status", args=[brest.slug, asked.uuid]), {"action": "vouch"})
    assert "toujours valable ?" not in client.get(reverse("desk_of", args=[brest.slug])).content.decode()


def test_a_reader_sees_the_question_without_its_button(asked, officers, brest):
    page = signed_in(officers["reader"]).get(reverse("offer_desk", args=[brest.slug, asked.uuid])).content.decode()
    assert "Toujours valable" in page
    assert 'value="vouch"' not in page


def test_paused_without_an_answer_it_is_told_and_published_in_one_click(asked, officers, brest, mailoutbox):
    pause_unanswered(now=NOW + GRACE)
    send_due_notices(now=timezone.now() + QUIET + timedelta(minutes=1))
    assert "Faute de réponse" in mailoutbox[-1].body
    assert "/toujours-valable/" not in mailoutbox[-1].body
    client = signed_in(officers["owner"])
    assert "faute de réponse" in client.get(reverse("desk_of", args=[brest.slug])).content.decode()
    page = client.get(reverse("offer_desk", args=[brest.slug, asked.uuid])).content.decode()
    assert "En pause, faute de réponse" in page
    client.post(reverse("offer_status", args=[brest.slug, asked.uuid]), {"action": "publish"})
    asked.refresh_from_db()
    assert asked.is_published
    assert "faute de réponse" not in client.get(reverse("desk_of", args=[brest.slug])).content.decode()
