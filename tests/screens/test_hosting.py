"""« Porté par »: a claim until the host's owner confirms it; said plainly on both sides, nothing to anybody else."""

import pytest
from django.urls import reverse

from matching.organisations.models import Organisation, Role
from matching.organisations.services import ask_host, confirm_guest, create_collective
from tests.factories import make_person
from tests.screens.conftest import join, signed_in

FORM_ACCEPTED = {"code": "legal_form", "params": {"form": "association"}}


@pytest.fixture
def house(charlie, territories):
    """Charlie's association, which may carry others."""
    return create_collective(person=charlie, name="La Maison commune", legal_form="association", territory=None)


@pytest.fixture
def asked(bricoleuses, house, alice):
    return ask_host(guest=bricoleuses, host=house, by=alice)


def html(person, name, *arguments):
    response = signed_in(person).get(reverse(name, args=arguments))
    assert response.status_code == 200
    return response.content.decode()


def test_a_collective_names_its_host_and_both_sides_say_what_waits(bricoleuses, house, alice, charlie):
    client = signed_in(alice)
    response = client.post(reverse("host_name", args=[bricoleuses.slug]), {"host": "la maison COMMUNE"}, follow=True)
    assert "N’a pas encore confirmé" in response.content.decode()
    assert "n’a pas encore confirmé votre portage" in html(alice, "desk_of", bricoleuses.slug)
    assert "dit être porté par vous" in html(charlie, "desk_of", house.slug)
    assert "votre forme juridique ne lui sert pas" in html(charlie, "members", house.slug)


def test_nobody_else_reads_a_host_that_has_not_confirmed(asked, house, charlie, client):
    page = reverse("public:organisation", args=[asked.slug])
    assert house.name not in client.get(page).content.decode()
    address = reverse("guest_answer", args=[house.slug, asked.uuid])
    assert signed_in(charlie).post(address, {"action": "confirm"}).status_code == 302
    assert house.name in client.get(page).content.decode()


def test_a_host_declines(asked, house, charlie, alice):
    signed_in(charlie).post(reverse("guest_answer", args=[house.slug, asked.uuid]), {"action": "part"})
    assert Organisation.objects.get(pk=asked.pk).host is None
    assert "n’a pas encore confirmé" not in html(alice, "desk_of", asked.slug)


@pytest.mark.parametrize(
    ("who", "code"), [("owner", 302), ("staff", 302), ("member", 403), ("guest", 404), ("stranger", 404), (None, 302)]
)
def test_who_answers_for_the_host(asked, house, charlie, alice, bob, staff, who, code):
    member = make_person("m@exemple.fr", "Mona")
    join(member, house, Role.MEMBER)
    people = {"owner": charlie, "staff": staff, "member": member, "guest": alice, "stranger": bob, None: None}
    address = reverse("guest_answer", args=[house.slug, asked.uuid])
    assert signed_in(people[who]).post(address, {"action": "confirm"}).status_code == code
    assert (Organisation.objects.get(pk=asked.pk).carrier is not None) == (who in ("owner", "staff"))


@pytest.mark.parametrize("who", ["charlie", "bob"])
def test_only_its_owner_names_a_collective_s_host(bricoleuses, house, brest, charlie, bob, who):
    person = {"charlie": charlie, "bob": bob}[who]
    address = reverse("host_name", args=[bricoleuses.slug])
    assert signed_in(person).post(address, {"host": house.name}).status_code == 404
    assert Organisation.objects.get(pk=bricoleuses.pk).host is None


def test_another_host_s_guest_is_not_found(asked, alice, charlie, bricoleuses):
    own = create_collective(person=charlie, name="L’Autre maison", legal_form="association", territory=None)
    address = reverse("guest_answer", args=[own.slug, asked.uuid])
    assert signed_in(charlie).post(address, {"action": "confirm"}).status_code == 404


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("", "Écrivez le nom"),
        ("Personne", "Nous ne trouvons pas"),
        ("Les Bricoleuses du port", "ne se porte pas lui-même"),
    ],
)
def test_a_host_that_cannot_be_is_said(bricoleuses, alice, typed, said):
    address = reverse("host_name", args=[bricoleuses.slug])
    assert said in signed_in(alice).post(address, {"host": typed}, follow=True).content.decode()


def test_staff_hear_of_a_host_that_nobody_answers_for(asked, house, staff):
    assert asked.name not in html(staff, "membership_requests")
    house.memberships.all().delete()
    assert asked.name in html(staff, "membership_requests")


def test_the_reason_says_whose_legal_form_it_is(asked, pair, alice, bob, charlie):
    pair.need_reasons = pair.offer_reasons = [FORM_ACCEPTED]
    pair.save()
    need = reverse("need_desk", args=[asked.slug, pair.need.uuid])
    offer = reverse("offer_desk", args=[pair.offer.organisation.slug, pair.offer.uuid])
    assert "structure porteuse" not in signed_in(alice).get(need).content.decode()
    confirm_guest(guest=asked, by=charlie)
    assert "grâce à votre structure porteuse\u00a0: association" in signed_in(alice).get(need).content.decode()
    assert "grâce à sa structure porteuse\u00a0: association" in signed_in(bob).get(offer).content.decode()


def test_a_refusal_says_whose_legal_form_it_is(asked, repair, room, alice, charlie):
    confirm_guest(guest=asked, by=charlie)
    refusal = {"gate": "legal_form", "code": "refused.legal_form"}
    refusal |= {"params": {"form": "association", "forms": "cooperative"}}
    refusal["mend"] = {"code": "mend.legal_form.need", "params": {"forms": "cooperative"}}
    type(repair).objects.filter(pk=repair.pk).update(
        near_misses=[{"id": room.pk, "refused_by": [refusal]}], matched_version=repair.version
    )
    page = signed_in(alice).get(reverse("need_desk", args=[asked.slug, repair.uuid])).content.decode()
    assert "celle de votre structure porteuse (association)" in page
