"""From an offer's page to a decision: what the collective and the officer meet, on both desks."""

import pytest
from django.urls import reverse

from matching.notices.models import Notice
from matching.notices.services import send_due_notices
from matching.partnerships.models import Application, Partnership, Step
from tests.screens.conftest import signed_in

pytestmark = pytest.mark.django_db

KEY = "6f0f5f0e-2ad5-4a68-9a6b-0a4c5b8f4b11"


@pytest.fixture
def applied(room, repair, alice):
    """A draft of Alice's, begun from the page of the offer."""
    answer = signed_in(alice).post(
        reverse("apply", args=[room.uuid]),
        {"form_key": KEY, "title": "Ateliers du samedi", "purpose": "Réparer", "need": repair.uuid},
    )
    application = Application.objects.get()
    assert answer.url == reverse("application", args=[application.uuid])
    return application


def move(person, application, verb, **facts):
    address = reverse("application_move", args=[application.uuid])
    return signed_in(person).post(address, {"verb": verb, **facts}, follow=True)


@pytest.fixture
def examined(applied, alice, bob):
    move(alice, applied, "file")
    move(bob, applied, "take_up")
    applied.refresh_from_db()
    return applied


def decide(person, application, verdict, reason="Le projet ouvre la salle le samedi.", **facts):
    address = reverse("application_decide", args=[application.uuid])
    return signed_in(person).post(address, {"verdict": verdict, "reason": reason, **facts}, follow=True)


def test_an_offer_s_page_and_a_conversation_lead_there(room, pair, alice, client):
    address = reverse("apply", args=[room.uuid])
    assert address in client.get(reverse("public:offer", args=[room.uuid, room.slug])).text
    thread = signed_in(alice).get(reverse("thread", args=[pair.uuid])).text
    assert f"{address}?besoin={pair.need.uuid}" in thread


def test_what_a_need_says_is_not_typed_again(room, repair, alice):
    page = signed_in(alice).get(f"{reverse('apply', args=[room.uuid])}?besoin={repair.uuid}").text
    assert repair.title in page and repair.contribution in page


def test_the_officer_finds_it_decides_and_the_collective_reads_why(applied, room, alice, bob):
    assert "à déposer" in signed_in(alice).get(reverse("desk_of", args=[applied.applicant.slug])).text
    assert "La collectivité est prévenue" in move(alice, applied, "file").text
    desk = signed_in(bob).get(reverse("desk_of", args=[room.organisation.slug])).text
    assert "1 candidature à décider" in desk
    received = reverse("offer_applications", args=[room.organisation.slug, room.uuid])
    assert received in desk and "Ateliers du samedi" in signed_in(bob).get(received).text
    assert "Décider et prévenir" in move(bob, applied, "take_up").text
    assert "avec votre motif" in decide(bob, applied, "accept").text
    read = signed_in(alice).get(reverse("application", args=[applied.uuid])).text
    assert "Retenue" in read and "Le projet ouvre la salle le samedi." in read
    assert Partnership.objects.get().application == applied


def test_each_side_hears_of_the_other_s_moves(applied, alice, bob, mailoutbox):
    Notice.objects.all().delete()
    move(alice, applied, "file")
    send_due_notices()
    assert [(mail.to, "a déposé une candidature" in mail.body) for mail in mailoutbox] == [([bob.email], True)]
    move(bob, applied, "take_up")
    decide(bob, applied, "decline", "La salle est prise.")
    send_due_notices()
    assert mailoutbox[1].to == [alice.email]
    assert "ne retient pas votre candidature" in mailoutbox[1].body
    assert "commence à étudier" not in mailoutbox[1].body


def test_a_correction_is_asked_and_handed_in(examined, alice, bob):
    facts = {"ask-kind": "incomplete", "ask-reason": "Il manque l’assurance."}
    signed_in(bob).post(reverse("application_ask", args=[examined.uuid]), facts)
    desk = signed_in(alice).get(reverse("desk_of", args=[examined.applicant.slug])).text
    assert "vous demande une correction" in desk
    signed_in(alice).post(
        reverse("application_edit", args=[examined.uuid]),
        {"form_key": KEY, "title": "Ateliers", "purpose": "Réparer, assurés"},
    )
    move(alice, examined, "correct")
    assert "Réparer, assurés" in signed_in(bob).get(reverse("application", args=[examined.uuid])).text


def test_what_is_still_theirs_is_read_as_they_changed_it(applied, alice, bob):
    move(alice, applied, "file")
    facts = {"form_key": KEY, "title": "Ateliers", "purpose": "Réparer et transmettre"}
    signed_in(alice).post(reverse("application_edit", args=[applied.uuid]), facts)
    assert "Réparer et transmettre" in signed_in(bob).get(reverse("application", args=[applied.uuid])).text


def test_a_decision_without_a_reason_keeps_what_was_typed(examined, bob):
    page = decide(bob, examined, "decline", "   ")
    assert "Dites pourquoi" in page.text
    assert page.context["decision_form"]["verdict"].value() == "decline"
    examined.refresh_from_db()
    assert examined.state == "examination"


def test_the_second_of_two_officers_is_told_and_keeps_their_words(examined, officers, bob):
    decide(bob, examined, "accept")
    page = decide(officers["member"], examined, "decline", "Trop tard pour nous.").text
    assert "déjà retenue" in page and bob.name in page and "Trop tard pour nous." in page
    assert Step.objects.filter(verb__in=["accept", "decline"]).count() == 1


def test_a_double_click_decides_once_and_says_nothing_bad(examined, bob):
    decide(bob, examined, "accept")
    assert "déjà" not in decide(bob, examined, "accept").text
    assert Step.objects.filter(verb="accept").count() == 1


def test_a_double_click_begins_one_draft(applied, room, alice):
    signed_in(alice).post(reverse("apply", args=[room.uuid]), {"form_key": KEY, "title": "Ateliers", "purpose": "R"})
    assert Application.objects.count() == 1
