"""Interested, not for us, and the conversation: both sides, nobody else, addresses never shown."""

from uuid import uuid4

import pytest
from django.urls import reverse

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


def test_reading_marks_read_unless_it_is_a_readers(everybody, pair, alice):
    message = written(pair, alice)
    signed_in(everybody["reader"]).get(reverse("thread", args=[pair.uuid]))
    signed_in(everybody["c-owner"]).get(reverse("thread", args=[pair.uuid]))
    message.refresh_from_db()
    assert message.read_at is None
    desk = reverse("desk_of", args=[pair.offer.organisation.slug])
    client = signed_in(everybody["owner"])
    assert "1 message à lire" in client.get(desk).content.decode()
    client.get(reverse("thread", args=[pair.uuid]))
    message.refresh_from_db()
    assert message.read_at is not None
    assert "1 message à lire" not in client.get(desk).content.decode()


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
