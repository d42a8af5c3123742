"""Messages and notes on the page of an application."""

from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from matching.notices.models import Notice
from matching.notices.services import send_due_notices
from matching.partnerships import applications
from matching.partnerships.applications import ApplicationFacts
from matching.partnerships.models import Application, Remark
from matching.partnerships.remarks import say
from tests.screens.conftest import signed_in

pytestmark = pytest.mark.django_db

KEY = "6f0f5f0e-2ad5-4a68-9a6b-0a4c5b8f4b13"


def send(person, name, *args, **facts):
    return signed_in(person).post(reverse(name, args=args), facts, follow=True)


@pytest.fixture
def filed(room, bricoleuses, alice):
    send(alice, "apply", room.uuid, form_key=KEY, title="Ateliers", purpose="Réparer")
    application = Application.objects.get()
    send(alice, "application_move", application.uuid, verb="file")
    Notice.objects.all().delete()
    return application


def read(person, application):
    return signed_in(person).get(reverse("application", args=[application.uuid])).text


def test_a_question_is_asked_read_told_by_mail_and_answered(filed, alice, bob, mailoutbox):
    file = SimpleUploadedFile("plan.txt", b"plan")
    facts = {"say-form_key": KEY, "say-text": "Combien serez-vous ?", "say-files": file}
    assert "message est parti" in send(bob, "application_say", filed.uuid, **facts).text
    page = read(alice, filed)
    assert "Combien serez-vous ?" in page and "plan.txt" in page
    waits = "vous a écrit dans un dossier"
    assert waits in signed_in(alice).get(reverse("desk_of", args=[filed.applicant.slug])).text
    send_due_notices()
    assert [mail.to for mail in mailoutbox] == [[alice.email]]
    assert "vous a écrit dans le dossier" in mailoutbox[0].body and "Combien" not in mailoutbox[0].body
    stored = Remark.objects.get().files.get()
    assert signed_in(alice).get(reverse("application_file", args=[filed.uuid, stored.uuid])).getvalue() == b"plan"


def test_what_the_collective_writes_waits_on_the_desk_until_it_is_answered(filed, alice, bob):
    desk = reverse("desk_of", args=[filed.offer.organisation.slug])
    send(alice, "application_say", filed.uuid, **{"say-form_key": KEY, "say-text": "Quand saurons-nous ?"})
    assert "vous a écrit dans un dossier" in signed_in(bob).get(desk).text
    key = "6f0f5f0e-2ad5-4a68-9a6b-0a4c5b8f4b14"
    send(bob, "application_note", filed.uuid, **{"note-form_key": key, "note-text": "À répondre"})
    assert "vous a écrit dans un dossier" in signed_in(bob).get(desk).text
    send(bob, "application_say", filed.uuid, **{"say-form_key": uuid4(), "say-text": "Lundi."})
    assert "vous a écrit dans un dossier" not in signed_in(bob).get(desk).text


def test_a_desk_full_of_files_asks_no_more_queries(
    filed, brest, bricoleuses, alice, bob, django_assert_max_num_queries, django_assert_num_queries
):
    def write(number):
        facts = ApplicationFacts(title=f"Ateliers {number}", purpose="Réparer")
        made = {"offer": filed.offer, "applicant": bricoleuses, "person": alice, "facts": facts, "form_key": uuid4()}
        another = applications.file(application=applications.begin(**made), person=alice, filed={})
        say(application=another, organisation=bricoleuses, person=alice, text="Bonjour", form_key=uuid4())

    browser, desk = signed_in(bob), reverse("desk_of", args=[brest.slug])
    write(0)
    browser.get(desk)
    with django_assert_max_num_queries(40) as few:
        browser.get(desk)
    for number in range(1, 12):
        write(number)
    with django_assert_num_queries(len(few)):
        browser.get(desk)
    with django_assert_max_num_queries(12):
        browser.get(reverse("offer_applications", args=[brest.slug, filed.offer.uuid]))


def test_a_note_is_read_by_colleagues_alone(filed, officers, alice, bob, mailoutbox):
    file = SimpleUploadedFile("avis.txt", b"avis")
    facts = {"note-form_key": KEY, "note-text": "Trop cher pour nous.", "note-files": file}
    assert "noté" in send(bob, "application_note", filed.uuid, **facts).text
    assert "Trop cher pour nous." in read(officers["reader"], filed)
    page = read(alice, filed)
    assert "Trop cher" not in page and "Notes internes" not in page and "avis.txt" not in page
    stored = Remark.objects.get().files.get()
    taken = reverse("application_file", args=[filed.uuid, stored.uuid])
    assert signed_in(alice).get(taken).status_code == 404 and signed_in(bob).get(taken).getvalue() == b"avis"
    assert signed_in(alice).post(reverse("application_note", args=[filed.uuid]), facts).status_code == 404
    assert signed_in(officers["reader"]).post(reverse("application_note", args=[filed.uuid]), facts).status_code == 403
    send_due_notices()
    assert mailoutbox == []


def test_an_empty_message_says_so_and_a_file_that_may_not_go_keeps_the_words(filed, bob):
    assert "Écrivez quelques mots" in send(bob, "application_say", filed.uuid, **{"say-form_key": KEY}).text
    facts = {"say-form_key": KEY, "say-text": "Voici", "say-files": SimpleUploadedFile("x.exe", b"MZ\x00\x01")}
    page = send(bob, "application_say", filed.uuid, **facts).text
    assert "pas d’un type accepté" in page and "Voici" in page and not Remark.objects.exists()


def test_words_typed_through_an_ended_session_wait(filed, bob):
    browser, address = Client(), reverse("application_say", args=[filed.uuid])
    assert browser.post(address, {"say-text": "Mots à garder", "say-form_key": KEY}).status_code == 302
    browser.force_login(bob)
    assert "Mots à garder" in browser.get(address).text


def test_nobody_talks_in_a_draft(room, bricoleuses, alice):
    send(alice, "apply", room.uuid, form_key=KEY, title="Ateliers", purpose="Réparer")
    draft = Application.objects.get()
    assert 'id="messages"' not in read(alice, draft)
    assert send(alice, "application_say", draft.uuid, **{"say-text": "A", "say-form_key": KEY}).status_code == 404


def test_a_long_conversation_asks_no_more_queries(filed, brest, bob, django_assert_max_num_queries):
    for number in range(30):
        Remark.objects.create(
            form_key=f"00000000-0000-0000-0000-0000000000{number:02d}",
            application=filed,
            organisation=brest,
            author=bob,
            text=f"Mot {number}",
            is_internal=number % 2 == 0,
        )
    client = signed_in(bob)
    client.get(reverse("application", args=[filed.uuid]))
    with django_assert_max_num_queries(12):
        client.get(reverse("application", args=[filed.uuid]))
