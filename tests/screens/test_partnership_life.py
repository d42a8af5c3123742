"""What a partnership's page tells of its life, the list that leads there, and the paper that was signed."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils.timezone import localdate

from matching.partnerships import following
from matching.partnerships.models import Partnership, SignedCopy
from tests.factories import make_offer
from tests.partnerships.making import prepared, signed
from tests.screens.conftest import signed_in

pytestmark = pytest.mark.django_db
PAPER = b"%PDF-1.7\n1 0 obj << >> endobj\n"


@pytest.fixture
def partnership(brest, bricoleuses, alice, bob):
    made = prepared(make_offer(brest), bricoleuses, member=alice, officer=bob)
    return signed(made, member=alice, officer=bob)


def page(person, partnership):
    return signed_in(person).get(reverse("partnership", args=[partnership.uuid])).content.decode()


def acting(partnership, person, *, authority=False):
    side = partnership.authority if authority else partnership.parties.get().organisation
    return {"partnership": partnership, "organisation": side, "person": person}


def test_each_side_finds_its_partnerships_what_is_open_first(partnership, brest, bricoleuses, alice, bob, charlie):
    ended = signed(
        prepared(make_offer(brest, title="Autre"), bricoleuses, member=alice, officer=bob, title="Finie"),
        member=alice,
        officer=bob,
    )
    Partnership.objects.filter(pk=ended.pk).update(state="ended", ended_on=localdate())
    for person, other in ((alice, brest), (bob, bricoleuses)):
        client = signed_in(person)
        html = client.get(reverse("partnerships")).content.decode()
        assert html.index(reverse("partnership", args=[partnership.uuid])) < html.index("Finie")
        assert other.name in html
    assert "Finie" not in signed_in(charlie).get(reverse("partnerships")).content.decode()
    found = page(bob, ended)
    assert "Proposer un avenant" not in found


def test_the_list_takes_as_many_queries_however_long(
    brest, bricoleuses, alice, bob, django_assert_max_num_queries, django_assert_num_queries
):
    client = signed_in(bob)
    prepared(make_offer(brest), bricoleuses, member=alice, officer=bob)
    client.get(reverse("partnerships"))
    with django_assert_max_num_queries(12) as few:
        client.get(reverse("partnerships"))
    for number in range(3):
        prepared(make_offer(brest, title=f"Salle {number}"), bricoleuses, member=alice, officer=bob)
    with django_assert_num_queries(len(few)):
        client.get(reverse("partnerships"))


def test_an_accepted_application_leads_to_its_partnership(partnership, alice, bob):
    for person in (alice, bob):
        html = signed_in(person).get(reverse("application", args=[partnership.application.uuid])).content.decode()
        assert reverse("partnership", args=[partnership.uuid]) in html


def test_a_signed_copy_is_joined_and_given_to_both_sides(partnership, alice, bob):
    address = reverse("partnership_do", args=[partnership.uuid, "exemplaire"])
    empty = signed_in(bob).post(address, {})
    assert "Choisissez le fichier." in empty.content.decode()
    drawing = SimpleUploadedFile("signé.svg", b"<svg onload='alert(1)'/>")
    assert signed_in(bob).post(address, {"file": drawing}).status_code == 200
    assert not SignedCopy.objects.exists()
    signed_in(bob).post(address, {"file": SimpleUploadedFile("signé.pdf", PAPER)})
    copy = SignedCopy.objects.get()
    html = page(alice, partnership)
    assert copy.sha256 in html
    answer = signed_in(alice).get(reverse("signed_copy", args=[partnership.uuid, copy.uuid]))
    assert b"".join(answer.streaming_content) == PAPER
    assert answer["Content-Disposition"].startswith("attachment")


def test_the_page_says_where_it_stands_and_what_is_near(partnership, alice, bob):
    Partnership.objects.filter(pk=partnership.pk).update(ends=localdate() + timedelta(days=20))
    assert "Ce partenariat se termine le" in page(bob, partnership)
    following.conciliate(**acting(partnership, alice), text="Les clés manquent.", closes=False)
    assert "Une conciliation est ouverte" in page(bob, partnership)
    following.conciliate(**acting(partnership, bob, authority=True), text="Elles sont là.", closes=True)
    following.end(**acting(partnership, alice), reason="Nous déménageons.")
    ended = page(bob, partnership)
    assert "Arrêté avant terme le" in ended
    assert "Nous déménageons." in ended
    assert "Une conciliation est ouverte" not in ended


def test_places_are_compared_part_by_part_and_answers_are_read_where_shared(partnership, alice, bob):
    following.assess(**acting(partnership, alice), is_shared=False, decides=4, knows=1, heard=2, reaches=3, goes_on=3)
    assert "Tout à fait" in page(alice, partnership)
    assert "Tout à fait" not in page(bob, partnership)
    for moment, condition in (("entry", "good"), ("exit", "damaged")):
        following.inspect(
            **acting(partnership, bob, authority=True),
            moment=moment,
            part="Porte",
            condition=condition,
            note="",
            seen_on=localdate(),
            form_key=uuid4(),
        )
    html = page(alice, partnership)
    assert "À l’entrée, le" in html
    assert "a changé" in html
    assert "rendu tel quel" not in html


def test_the_journal_tells_versions_and_days_in_words(partnership, bob):
    Partnership.objects.filter(pk=partnership.pk).update(review_on=localdate())
    assert following.remind_of_dates() == 1
    html = page(bob, partnership)
    assert "version 1" in html
    assert f"Point à faire</strong> · {localdate().isoformat()}" not in html
    assert "Point à faire" in html
