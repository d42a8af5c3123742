"""The register: anybody reads what was agreed and nobody's name; an authority sees what it must still say."""

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from matching.catalogue.services import ResourceFacts
from matching.organisations.models import Membership, Organisation, Role
from matching.partnerships.models import GrantNotice
from tests.factories import make_offer
from tests.partnerships.making import prepared, signed
from tests.screens.conftest import signed_in

pytestmark = pytest.mark.django_db
GRANT = ResourceFacts(kind="funding", subkind="grant", amount_max=500_000)


@pytest.fixture
def partnership(brest, bricoleuses, alice, bob):
    made = prepared(
        make_offer(brest, title="Aide aux ateliers", resource=GRANT),
        bricoleuses,
        member=alice,
        officer=bob,
        granted_cents=120_000,
    )
    return signed(made, member=alice, officer=bob)


def test_what_is_signed_is_read_by_anybody_without_a_persons_name(partnership):
    listed = Client().get(reverse("register")).content.decode()
    assert partnership.title in listed
    page = Client().get(reverse("register_entry", args=[partnership.uuid])).content.decode()
    assert partnership.act_reference in page
    for text in (listed, page):
        assert "Alice" not in text
        assert "Bob" not in text


def test_what_is_not_signed_is_nobodys_to_read(brest, bricoleuses, alice, bob):
    waiting = prepared(make_offer(brest), bricoleuses, member=alice, officer=bob, title="Secret")
    assert "Secret" not in Client().get(reverse("register")).content.decode()
    assert Client().get(reverse("register_entry", args=[waiting.uuid])).status_code == 404


def test_filters_hold_and_what_they_cannot_read_is_said(partnership):
    def count(**asked):
        return Client().get(reverse("register"), asked).context["page_obj"].paginator.count

    assert count(kind="funding", year=partnership.signed_on.year, territory="Brest (Finistère)") == 1
    assert count(kind="data") == 0
    assert count(year=2001) == 0
    assert "Écrivez une année" in Client().get(reverse("register"), {"year": "9e9"}).content.decode()


def test_a_collective_that_moderation_hides_is_named_nowhere(partnership, bricoleuses, staff):
    Organisation.objects.filter(pk=bricoleuses.pk).update(hidden_at=timezone.now())
    for address in (reverse("register"), reverse("register_entry", args=[partnership.uuid])):
        assert bricoleuses.name not in Client().get(address).content.decode()
    assert bricoleuses.name not in Client().get(reverse("register_grants")).content.decode()


def test_the_desk_tells_what_lacks_and_the_answer_brings_the_line(partnership, brest, bricoleuses, bob):
    client = signed_in(bob)
    address = reverse("desk_register", args=[brest.slug])
    page = client.get(address)
    assert len(page.context["refused"]) == 1
    desk_page = reverse("desk_of", args=[brest.slug])
    assert "1 convention à compléter avant publication" in client.get(desk_page).content.decode()
    assert reverse("organisation_numbers", args=[brest.slug]) in page.content.decode()
    Organisation.objects.filter(pk=brest.pk).update(siret="21290019500018")
    Organisation.objects.filter(pk=bricoleuses.pk).update(legal_form="association", siret="73282932000074")
    notice = reverse("desk_register_notice", args=[brest.slug, partnership.uuid])
    assert client.post(notice, {"payment": "autre"}).status_code == 200
    client.post(notice, {"payment": "échelonné", "pays_from": "2026-05-01", "pays_until": "2026-09-01"})
    assert GrantNotice.objects.get().payment == "échelonné"
    assert client.get(address).context["refused"] == []
    assert "avant publication" not in client.get(desk_page).content.decode()
    assert b"1200.00" in Client().get(reverse("register_grants")).content


def test_a_siret_of_somebody_else_is_refused_with_the_reason(brest, staff, bob):
    Membership.objects.filter(person=bob).update(role=Role.OWNER)
    answer = signed_in(bob).post(reverse("organisation_numbers", args=[brest.slug]), {"siret": "732 829 320 00074"})
    assert "212900195" in answer.content.decode()
    answer = signed_in(bob).post(reverse("organisation_numbers", args=[brest.slug]), {"siret": "212 900 195 00018"})
    assert answer.status_code == 302
    brest.refresh_from_db()
    assert brest.siret == "21290019500018"


def test_the_list_takes_as_many_queries_however_long(
    partnership, brest, bricoleuses, alice, bob, django_assert_max_num_queries
):
    for number in range(4):
        made = prepared(make_offer(brest, title=f"Salle {number}"), bricoleuses, member=alice, officer=bob)
        signed(made, member=alice, officer=bob)
    Client().get(reverse("register"))
    with django_assert_max_num_queries(8):
        Client().get(reverse("register"), {"page": "1"})
    client = signed_in(bob)
    client.get(reverse("desk_register", args=[brest.slug]))
    with django_assert_max_num_queries(12):
        client.get(reverse("desk_register", args=[brest.slug]))
