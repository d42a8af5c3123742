"""Interested, not for us, and the conversation: both sides, nobody else, addresses never shown."""

from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from matching.partnerships.files import CleanFile
from matching.partnerships.models import Message
from matching.partnerships.services import send_message
from matching.suggestions.models import State
from tests.factories import make_need
from tests.screens.conftest import signed_in, suggest

MAY_WRITE = ("owner", "member", "c-owner", "c-member")
MAY_READ = (*MAY_WRITE, "reader", "c-reader")
NEITHER = ("pending", "other", "c-pending", "stranger", "staff")


@pytest.fixture
def everybody(officers, collective_people):
    own = {
        f"c-{name}": person
        for name, person in collective_people.items()
        if name in ("owner", "member", "reader", "pending")
    }
    return {**officers, **own}


def written(pair, alice, text="Bonjour, pouvons-nous visiter la salle ?"):
    return send_message(suggestion=pair, side="need", author=alice, text=text, form_key=uuid4())


@pytest.mark.parametrize("who", [*MAY_READ, *NEITHER, "nobody"])
def test_who_reads_a_conversation(everybody, pair, alice, who):
    written(pair, alice)
    expected = 200 if who in MAY_READ else 302 if who == "nobody" else 404
    assert signed_in(everybody[who]).get(reverse("thread", args=[pair.uuid])).status_code == expected


@pytest.mark.parametrize("who", [*MAY_READ, *NEITHER, "nobody"])
@pytest.mark.parametrize("name", ["thread", "suggestion_interested", "suggestion_dismiss"])
def test_who_answers(everybody, pair, who, name):
    data = {"form_key": str(uuid4()), "text": "Bonjour", "reason": "place"}
    response = signed_in(everybody[who]).post(reverse(name, args=[pair.uuid]), data)
    readers_only = set(MAY_READ) - set(MAY_WRITE)
    expected = 302 if who in (*MAY_WRITE, "nobody") else 403 if who in readers_only else 404
    assert response.status_code == expected
    pair.refresh_from_db()
    acted = pair.need_state != State.NEW or pair.offer_state != State.NEW
    assert acted == (who in MAY_WRITE)


def test_addresses_are_never_shown(everybody, pair, alice):
    written(pair, alice)
    for who in MAY_READ:
        html = signed_in(everybody[who]).get(reverse("thread", args=[pair.uuid])).content.decode()
        assert "@exemple.fr" not in html
        assert "pouvons-nous visiter" in html


def test_interested_opens_the_message_form(everybody, pair):
    client = signed_in(everybody["owner"])
    response = client.post(reverse("suggestion_interested", args=[pair.uuid]))
    assert response.url == reverse("thread", args=[pair.uuid])
    html = client.get(response.url).content.decode()
    assert "cela vous intéresse" in html
    assert 'name="text"' in html
    pair.refresh_from_db()
    assert pair.offer_state == State.INTERESTED


def test_a_double_click_sends_one_message(everybody, pair):
    client, data = signed_in(everybody["c-owner"]), {"form_key": str(uuid4()), "text": "Bonjour"}
    for _click in range(2):
        assert client.post(reverse("thread", args=[pair.uuid]), data).status_code == 302
    assert Message.objects.get().text == "Bonjour"


@pytest.mark.parametrize(
    ("text", "sentence"),
    [("", "Écrivez quelques mots"), ("\x00 ", "Écrivez quelques mots"), ("mot " * 25_000, "signes")],
)
def test_a_bad_message_is_said_and_kept(everybody, pair, text, sentence):
    response = signed_in(everybody["c-owner"]).post(
        reverse("thread", args=[pair.uuid]), {"form_key": str(uuid4()), "text": text}
    )
    html = response.content.decode()
    assert sentence in html
    assert text.strip("\x00 ")[:200] in html
    assert not Message.objects.exists()


def test_a_form_without_its_key_is_not_sent(everybody, pair):
    response = signed_in(everybody["c-owner"]).post(reverse("thread", args=[pair.uuid]), {"text": "Bonjour"})
    assert response.status_code == 200
    assert not Message.objects.exists()


def test_each_person_has_their_own_unread_marks(everybody, pair, alice):
    message = written(pair, alice)
    thread, desk = reverse("thread", args=[pair.uuid]), reverse("desk_of", args=[pair.offer.organisation.slug])
    reader, owner = signed_in(everybody["reader"]), signed_in(everybody["owner"])
    assert "<strong>nouveau</strong>" in reader.get(thread).content.decode()
    assert "<strong>nouveau</strong>" not in reader.get(thread).content.decode()
    signed_in(everybody["c-owner"]).get(thread)
    message.refresh_from_db()
    assert message.read_at is None, "a reader does not answer for their side"
    assert "1 message à lire" not in reader.get(desk).content.decode()
    for address in (desk, reverse("threads")):
        html = owner.get(address).content.decode()
        assert "1 message à lire" in html or "1 à lire" in html
        assert '<span class="count">1<' in html
    owner.get(thread)
    message.refresh_from_db()
    assert message.read_at is not None
    for address in (desk, reverse("threads")):
        html = owner.get(address).content.decode()
        assert "à lire" not in html and 'class="count"' not in html
    assert "1 message à lire" in signed_in(everybody["member"]).get(desk).content.decode()


def a_file(name="plan.txt", content=b"Un plan"):
    return SimpleUploadedFile(name, content)


def send(client, pair, *files, text="Bonjour"):
    data = {"form_key": str(uuid4()), "text": text, "files": list(files)}
    return client.post(reverse("thread", args=[pair.uuid]), data)


@pytest.fixture
def joined(pair, alice):
    files = [CleanFile("plan été \u202e.txt", "text/plain", b"<script>")]
    message = send_message(suggestion=pair, side="need", author=alice, text="Voici", form_key=uuid4(), files=files)
    return message.attachments.get()


@pytest.mark.parametrize("who", [*MAY_READ, *NEITHER, "nobody"])
def test_who_takes_a_file(everybody, pair, joined, who):
    response = signed_in(everybody[who]).get(reverse("attachment", args=[pair.uuid, joined.uuid]))
    expected = 200 if who in MAY_READ else 302 if who == "nobody" else 404
    assert response.status_code == expected
    if expected == 200:
        assert b"".join(response.streaming_content) == b"<script>"


def test_a_file_is_kept_and_never_opened_in_the_page(everybody, pair, joined):
    response = signed_in(everybody["owner"]).get(reverse("attachment", args=[pair.uuid, joined.uuid]))
    assert response["Content-Disposition"].startswith("attachment; filename")
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert response["Content-Type"] == "text/plain"
    assert "no-store" in response["Cache-Control"]
    assert b"".join(response.streaming_content)


def test_a_file_of_another_conversation_is_not_there(everybody, pair, joined, room, bricoleuses):
    other = suggest(room, make_need(bricoleuses, title="Autre besoin"))
    assert signed_in(everybody["owner"]).get(reverse("attachment", args=[other.uuid, joined.uuid])).status_code == 404


def test_several_files_go_with_a_message(everybody, pair):
    client = signed_in(everybody["c-owner"])
    assert send(client, pair, a_file(), a_file("../../photo\u202e.exe", b"%PDF-1.7")).status_code == 302
    html = client.get(reverse("thread", args=[pair.uuid])).content.decode()
    assert [file.name for file in Message.objects.get().attachments.all()] == ["plan.txt", "photo.pdf"]
    assert "<bdi>photo.pdf</bdi>" in html and "\u202e" not in html


@pytest.mark.parametrize(
    ("file", "sentence"),
    [
        (("gros.pdf", b"%PDF-1.7" + bytes(30_000_000)), "trop lourd"),
        (("page.html", b"<html><script>alert(1)</script>"), "peut contenir un script"),
        (("vide.txt", b""), "est vide"),
    ],
)
def test_a_file_that_may_not_go_is_said_and_the_words_are_kept(everybody, pair, file, sentence):
    response = send(signed_in(everybody["c-owner"]), pair, a_file(*file), text="Voici notre dossier")
    assert response.status_code == 200
    html = response.content.decode()
    assert sentence in html and file[0] in html
    assert "Voici notre dossier</textarea>" in html
    assert not Message.objects.exists()


def test_files_that_a_refusal_lost_are_asked_for_again(everybody, pair):
    html = send(signed_in(everybody["c-owner"]), pair, a_file(), text="").content.decode()
    assert "Écrivez quelques mots" in html and "Choisissez de nouveau vos fichiers" in html


def test_what_was_typed_while_the_session_ended_waits_for_its_author(everybody, pair):
    client, address = Client(), reverse("thread", args=[pair.uuid])
    response = client.post(address, {"form_key": str(uuid4()), "text": "Un long message d’une heure"})
    assert response.url.startswith(reverse("account_login"))
    login = client.post(response.url, {"login": everybody["c-owner"].email, "password": "motdepasse-long"})
    assert login.url == address
    html = client.get(address).content.decode()
    assert "Un long message d’une heure</textarea>" in html and "Votre texte est encore là" in html
    assert not Message.objects.exists()
    assert send(client, pair, text="Un long message d’une heure").status_code == 302
    assert "Un long message d’une heure</textarea>" not in client.get(address).content.decode()


def test_what_was_typed_for_one_conversation_shows_in_no_other(everybody, pair, room, bricoleuses):
    client = Client()
    client.post(reverse("thread", args=[uuid4()]), {"text": "Pour d’autres"})
    client.force_login(everybody["c-owner"])
    assert "Pour d’autres" not in client.get(reverse("thread", args=[pair.uuid])).content.decode()


def test_not_for_us_asks_why_and_stays_away(everybody, pair):
    client = signed_in(everybody["c-owner"])
    address = reverse("suggestion_dismiss", args=[pair.uuid])
    assert "Hors sujet" in client.get(address).content.decode()
    refused = client.post(address, {"note": "Trop loin de chez nous"})
    assert "Choisissez une raison" in refused.content.decode()
    assert "Trop loin de chez nous" in refused.content.decode()
    listing = reverse("need_desk", args=[pair.need.organisation.slug, pair.need.uuid])
    assert client.post(address, {"reason": "place", "note": "n"}).url == listing
    pair.refresh_from_db()
    assert (pair.need_state, pair.need_because) == (State.DISMISSED, "place")
    html = client.get(listing).content.decode()
    assert "1 rapprochement que vous avez écarté" in html
    assert reverse("suggestion_interested", args=[pair.uuid]) not in html
    theirs = reverse("offer_desk", args=[pair.offer.organisation.slug, pair.offer.uuid])
    assert pair.need.title not in signed_in(everybody["owner"]).get(theirs).content.decode()


def test_what_the_other_side_set_aside_takes_no_message(everybody, pair):
    signed_in(everybody["owner"]).post(reverse("suggestion_dismiss", args=[pair.uuid]), {"reason": "other"})
    response = signed_in(everybody["c-owner"]).post(
        reverse("thread", args=[pair.uuid]), {"form_key": str(uuid4()), "text": "Bonjour"}
    )
    assert "a écarté ce rapprochement" in response.content.decode()
    assert not Message.objects.exists()


def test_the_list_of_conversations_is_that_of_the_current_organisation(everybody, pair, alice):
    written(pair, alice)
    html = signed_in(everybody["owner"]).get(reverse("threads")).content.decode()
    assert pair.need.organisation.name in html
    assert "1 à lire" in html
    assert pair.need.title not in signed_in(everybody["other"]).get(reverse("threads")).content.decode()
    assert signed_in(everybody["pending"]).get(reverse("threads")).status_code == 404
    assert signed_in(everybody["stranger"]).get(reverse("threads")).url == reverse("desk")


def test_the_number_of_queries_does_not_grow(everybody, pair, alice, bricoleuses, django_assert_max_num_queries):
    client = signed_in(everybody["reader"])
    written(pair, alice)
    addresses = [reverse("threads"), reverse("thread", args=[pair.uuid])]

    def counts():
        found = []
        for address in addresses:
            with django_assert_max_num_queries(100) as counted:
                assert client.get(address).status_code == 200
            found.append(len(counted))
        return found

    client.get(addresses[0])
    few = counts()
    for number in range(15):
        written(suggest(pair.offer, make_need(bricoleuses, title=f"Besoin {number}")), alice)
        written(pair, alice, text=f"Encore {number}")
    assert counts() == few
