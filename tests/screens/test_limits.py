"""Too many searches, messages or requests: a sentence and 429, what was typed kept, and it ends by itself."""

from uuid import uuid4

import pytest
import time_machine
from django.core.cache import cache
from django.urls import reverse

from matching.organisations.models import Membership
from matching.partnerships.models import Message
from matching.screens import limits
from tests.factories import make_person
from tests.screens.conftest import signed_in

REPAIR = "Nous cherchons une salle pour réparer des objets"
NOW = "2026-11-23T10:00:05Z"


@pytest.fixture
def few(monkeypatch):
    """Two of each."""
    for name in ("SEARCHES", "MESSAGES", "REQUESTS"):
        limit = getattr(limits, name)
        short = limits.Limit(limit.name, 2, limit.seconds, limit.sentence)
        for module in ("public", "threads", "member"):
            monkeypatch.setattr(f"matching.screens.{module}.views.{name}", short, raising=False)
        monkeypatch.setattr(f"matching.screens.member.hosting.{name}", short, raising=False)


def search(client, **headers):
    return client.get("/trouver/", {"text": REPAIR, "people": "40"}, **headers)


def test_a_search_too_many_is_said_and_kept(client, db, few):
    with time_machine.travel(NOW, tick=False) as clock:
        assert [search(client).status_code for _ in range(3)] == [200, 200, 429]
        html = search(client).content.decode()
        assert "Attendez une minute" in html
        assert REPAIR in html and 'value="40"' in html
        clock.shift(61)
        assert search(client).status_code == 200


def test_neighbours_and_signed_in_people_are_counted_apart(client, charlie, alice, few, db):
    with time_machine.travel(NOW, tick=False):
        for _ in range(3):
            search(client)
        assert search(client).status_code == 429
        assert search(client, REMOTE_ADDR="192.0.2.7").status_code == 200
        assert search(signed_in(charlie)).status_code == 200
        for _ in range(3):
            search(signed_in(alice))
        assert search(signed_in(alice)).status_code == 429
        assert search(signed_in(charlie)).status_code == 200


def test_the_question_alone_is_no_search(client, db, few):
    assert {client.get("/trouver/").status_code for _ in range(5)} == {200}


def test_a_cache_that_is_down_turns_nobody_away(client, db, few, monkeypatch):
    def down(*_arguments, **_options):
        raise ConnectionError("no cache")

    monkeypatch.setattr(cache, "incr", down)
    assert [search(client).status_code for _ in range(4)] == [200] * 4


def test_a_message_too_many_is_said_and_kept(pair, alice, few):
    client, address = signed_in(alice), reverse("thread", args=[pair.uuid])
    with time_machine.travel(NOW, tick=False):
        answers = [
            client.post(address, {"form_key": str(uuid4()), "text": f"Bonjour numéro {number}"}) for number in range(3)
        ]
    assert [answer.status_code for answer in answers] == [302, 302, 429]
    assert "beaucoup de messages" in answers[2].content.decode()
    assert "Bonjour numéro 2" in answers[2].content.decode()
    assert Message.objects.count() == 2


def test_a_request_too_many_is_said_and_kept(charlie, bricoleuses, brest, territories, few):
    client = signed_in(charlie)
    addresses = [reverse("authority_join", args=["commune", code]) for code in ("59512", "44109")]
    with time_machine.travel(NOW, tick=False):
        for address in addresses:
            assert client.post(address, {"statement": "Archiviste"}).status_code == 302
        refused = client.post(reverse("organisation_join", args=[bricoleuses.slug]), {"statement": "Voisin"})
    assert refused.status_code == 429
    assert "beaucoup de demandes" in refused.content.decode() and "Voisin" in refused.content.decode()
    assert Membership.objects.filter(person=charlie).count() == 2


# Nameless people


def test_whoever_asks_to_join_gives_a_name(bricoleuses):
    nameless = make_person("jean.dupont@exemple.fr", "")
    client, address = signed_in(nameless), reverse("organisation_join", args=[bricoleuses.slug])
    assert "Votre nom" in client.get(address).content.decode()
    assert "Dites votre nom" in client.post(address, {"statement": "Voisin"}).content.decode()
    assert client.post(address, {"statement": "Voisin", "name": "Jean"}).status_code == 302
    nameless.refresh_from_db()
    assert nameless.name == "Jean"
    assert "Votre nom" not in client.get(address).content.decode()


def test_no_part_of_an_address_stands_for_a_name(bricoleuses, alice, brest):
    alice.name = ""
    alice.email = "prenom.nom@exemple.fr"
    alice.save()
    other = make_person("lea@exemple.fr", "Léa")
    Membership.objects.create(person=other, organisation=bricoleuses, confirmed_at=bricoleuses.created_at)
    html = signed_in(other).get(reverse("members", args=[bricoleuses.slug])).content.decode()
    assert "Personne sans nom" in html and "prenom.nom" not in html
    own = signed_in(alice).get(reverse("desk_of", args=[bricoleuses.slug])).content.decode()
    assert "Dire votre nom" in own and "prenom.nom" in own
