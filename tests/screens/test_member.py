"""The way in: found, join, switch, confirm, prefer."""

from uuid import uuid4

import pytest
from django.contrib.auth.models import Group
from django.urls import reverse

from cms.services import EDITORS, build_site
from matching.organisations.models import Membership, Organisation, Role
from tests.factories import make_person
from tests.screens.conftest import join, signed_in

EVERYBODY = ("owner", "member", "reader", "pending", "other", "stranger", "staff", "nobody")


def collective(**changes):
    return {
        "form_key": str(uuid4()),
        "name": "Les Jardins du canal",
        "legal_form": "informal",
        "territory": "Brest (Finistère)",
        **changes,
    }


# Pages for anybody signed in


@pytest.mark.parametrize(
    "name",
    ["member_start", "collective_new", "authority_find", "organisation_find", "preferences", "desk", "publish_need"],
)
def test_the_way_in_asks_to_sign_in_first(client, db, name):
    response = client.get(reverse(name))
    assert response.status_code == 302
    assert response.url.startswith(reverse("account_login"))


@pytest.mark.parametrize(
    "name", ["member_start", "collective_new", "authority_find", "organisation_find", "preferences"]
)
def test_anybody_signed_in_may_enter(client, charlie, name):
    client.force_login(charlie)
    assert client.get(reverse(name)).status_code == 200


def test_without_an_organisation_one_chooses(client, charlie):
    client.force_login(charlie)
    assert client.get(reverse("desk")).url == reverse("member_start")
    html = client.get(reverse("member_start")).content.decode()
    assert "Je représente un collectif" in html
    assert "Je travaille pour une collectivité" in html


# Founding a collective


def test_an_informal_group_is_founded_with_a_name_and_a_place(client, charlie, territories):
    client.force_login(charlie)
    response = client.post(reverse("collective_new"), collective())
    made = Organisation.objects.get()
    assert response.url == reverse("desk_of", args=[made.slug])
    assert (made.side, made.legal_form, made.siret, made.rna) == ("collective", "informal", "", "")
    assert made.memberships.get().role == Role.OWNER
    assert client.get(reverse("desk")).url == response.url


def test_a_double_click_founds_one(client, charlie, territories):
    client.force_login(charlie)
    data = collective()
    for _click in range(2):
        assert client.post(reverse("collective_new"), data).status_code == 302
    assert Organisation.objects.count() == 1


def test_another_organisations_key_opens_nothing(client, charlie, bricoleuses):
    client.force_login(charlie)
    client.post(reverse("collective_new"), collective(form_key=str(bricoleuses.uuid)))
    assert Membership.objects.get(person=charlie).organisation.name == "Les Jardins du canal"


def test_numbers_are_checked_and_compacted(client, charlie, bricoleuses):
    client.force_login(charlie)
    data = collective(legal_form="association", siret="732 829 320 00074", rna="w2a1000123", host=bricoleuses.name)
    client.post(reverse("collective_new"), data)
    made = Organisation.objects.get(name="Les Jardins du canal")
    assert (made.siret, made.siren, made.rna, made.host) == ("73282932000074", "732829320", "W2A1000123", bricoleuses)


BAD = {
    "name": ("", "Donnez le nom"),
    "legal_form": ("commune", "Choisissez une forme"),
    "territory": ("Atlantide", "Nous ne connaissons pas"),
    "siret": ("73282932000075", "pas bien formé"),
    "rna": ("12345", "pas bien formé"),
    "host": ("Personne", "Nous ne trouvons pas"),
    "description": ("mot " * 25_000, "signes"),
    "posture": ("licorne", "licorne"),
}


@pytest.mark.parametrize("name", BAD)
def test_bad_input_is_said_and_nothing_typed_is_lost(client, charlie, territories, name):
    client.force_login(charlie)
    value, sentence = BAD[name]
    data = collective(**{"legal_form": "association", "description": "Nous jardinons", name: value})
    html = client.post(reverse("collective_new"), data).content.decode()
    assert sentence in html
    assert not Organisation.objects.exists()
    assert "Nous jardinons" in html or name == "description"
    if name not in ("legal_form", "posture"):
        assert value.strip()[:60] in html


def test_an_informal_group_has_no_number(client, charlie, territories):
    client.force_login(charlie)
    html = client.post(reverse("collective_new"), collective(rna="W291000123")).content.decode()
    assert "n’a pas de numéro" in html


# Joining


def test_an_officer_finds_their_authority_and_asks(client, charlie, territories):
    client.force_login(charlie)
    found = client.get(reverse("authority_find"), {"territory": "59100"})
    assert found.url == reverse("authority_join", args=["commune", "59512"])
    assert "Roubaix" in client.get(found.url).content.decode()
    assert not Organisation.objects.exists()
    for _click in range(2):
        response = client.post(found.url, {"statement": "Service culture"})
    authority = Organisation.objects.get()
    request = Membership.objects.get()
    assert response.url == reverse("desk_of", args=[authority.slug])
    assert (request.organisation, request.role, request.is_confirmed) == (authority, Role.OWNER, False)
    html = client.get(response.url).content.decode()
    assert "Votre demande est enregistrée" in html
    assert "préparez vos brouillons" in html


def test_the_function_is_required(client, charlie, territories):
    client.force_login(charlie)
    html = client.post(reverse("authority_join", args=["commune", "59512"]), {"statement": ""}).content.decode()
    assert "Dites votre fonction" in html
    assert not Membership.objects.exists()


def test_the_country_has_no_authority(client, charlie, territories):
    client.force_login(charlie)
    response = client.post(reverse("authority_join", args=["country", "FR"]), {"statement": "x"})
    assert response.url == reverse("authority_find")
    assert client.get(reverse("authority_join", args=["commune", "00000"])).status_code == 404


def test_a_collective_is_found_by_name_and_joined(client, charlie, bricoleuses):
    client.force_login(charlie)
    assert bricoleuses.name in client.get(reverse("organisation_find"), {"q": "bricoleuses"}).content.decode()
    assert "Aucun collectif de ce nom" in client.get(reverse("organisation_find"), {"q": "licorne"}).content.decode()
    client.post(reverse("organisation_join", args=[bricoleuses.slug]), {"statement": "Trésorier"})
    assert Membership.objects.get(person=charlie).is_confirmed is False


def test_a_request_may_be_taken_back_by_its_author_only(client, officers, brest):
    address = reverse("request_withdraw", args=[brest.slug])
    assert signed_in(officers["owner"]).post(address).status_code == 404
    assert signed_in(officers["stranger"]).post(address).status_code == 404
    assert signed_in(officers["pending"]).post(address).status_code == 302
    assert not Membership.objects.filter(person=officers["pending"]).exists()


# Switching


def test_one_switches_between_ones_own_organisations_only(client, alice, bricoleuses, brest):
    client.force_login(alice)
    join(alice, brest, Role.READER)
    response = client.post(reverse("switch_organisation"), {"organisation": str(brest.uuid)})
    assert response.url == reverse("desk_of", args=[brest.slug])
    assert client.get(reverse("desk")).url == response.url
    client.post(reverse("switch_organisation"), {"organisation": str(bricoleuses.uuid)})
    assert client.get(reverse("desk")).url == reverse("desk_of", args=[bricoleuses.slug])
    assert client.get(reverse("switch_organisation")).status_code == 405


@pytest.mark.parametrize("chosen", ["", "licorne", None])
def test_another_organisation_is_not_there(client, charlie, brest, chosen):
    client.force_login(charlie)
    data = {"organisation": str(brest.uuid) if chosen is None else chosen}
    assert client.post(reverse("switch_organisation"), data).status_code == 404


def test_a_membership_that_ended_is_no_longer_acted_for(client, alice, bricoleuses, brest):
    client.force_login(alice)
    membership = join(alice, brest, Role.MEMBER)
    client.get(reverse("desk_of", args=[brest.slug]))
    membership.delete()
    assert client.get(reverse("desk")).url == reverse("desk_of", args=[bricoleuses.slug])


# Members


@pytest.mark.parametrize("who", EVERYBODY)
def test_who_sees_the_members(officers, brest, who):
    expected = {"nobody": 302, "pending": 404, "other": 404, "stranger": 404}.get(who, 200)
    response = signed_in(officers[who]).get(reverse("members", args=[brest.slug]))
    assert response.status_code == expected
    if expected == 200:
        assert ("Changer le rôle" in response.content.decode()) == (who in ("owner", "staff"))
        assert "@exemple.fr" not in response.content.decode()


DECISIONS = ("confirm", "refuse", "role", "end")


@pytest.mark.parametrize("action", DECISIONS)
@pytest.mark.parametrize("who", EVERYBODY)
def test_who_decides_about_members(officers, brest, who, action):
    about = officers["pending"] if action in ("confirm", "refuse") else officers["reader"]
    membership = Membership.objects.get(person=about, organisation=brest)
    before = (membership.is_confirmed, membership.role)
    response = signed_in(officers[who]).post(
        reverse("member_decide", args=[brest.slug, membership.pk]), {"action": action, "role": "owner"}
    )
    row = Membership.objects.filter(pk=membership.pk).first()
    after = (row.is_confirmed, row.role) if row else None
    allowed = who in ("owner", "staff") or (action == "end" and who == "reader")
    inside = who in ("owner", "member", "reader", "staff")
    assert response.status_code == (302 if allowed or who == "nobody" else 403 if inside else 404)
    assert (after != before) == allowed


def test_the_role_chosen_is_the_one_confirmed(officers, brest):
    membership = Membership.objects.get(person=officers["pending"])
    signed_in(officers["owner"]).post(
        reverse("member_decide", args=[brest.slug, membership.pk]), {"action": "confirm", "role": "reader"}
    )
    membership.refresh_from_db()
    assert (membership.role, membership.confirmed_by) == ("reader", officers["owner"])


def test_the_last_owner_stays(officers, brest):
    membership = Membership.objects.get(person=officers["owner"])
    client = signed_in(officers["owner"])
    for data in ({"action": "end"}, {"action": "role", "role": "reader"}):
        response = client.post(reverse("member_decide", args=[brest.slug, membership.pk]), data, follow=True)
        assert "au moins une personne responsable" in response.content.decode()
    membership.refresh_from_db()
    assert membership.role == Role.OWNER


def test_a_membership_of_elsewhere_is_not_decided_here(officers, brest):
    theirs = Membership.objects.get(person=officers["other"])
    response = signed_in(officers["owner"]).post(
        reverse("member_decide", args=[brest.slug, theirs.pk]), {"action": "end"}
    )
    assert response.status_code == 404


@pytest.mark.parametrize("who", EVERYBODY)
def test_only_staff_see_all_requests(officers, brest, who):
    response = signed_in(officers[who]).get(reverse("membership_requests"))
    assert response.status_code == {"staff": 200, "nobody": 302}.get(who, 404)
    if who == "staff":
        assert "Pending" in response.content.decode()


def test_staff_come_back_to_their_list(officers, brest):
    membership = Membership.objects.get(person=officers["pending"])
    response = signed_in(officers["staff"]).post(
        reverse("member_decide", args=[brest.slug, membership.pk]), {"action": "confirm", "back": "requests"}
    )
    assert response.url == reverse("membership_requests")


def test_the_number_of_queries_does_not_grow(officers, brest, django_assert_max_num_queries):
    addresses = [reverse("members", args=[brest.slug]), reverse("membership_requests")]
    client = signed_in(officers["staff"])

    def counts():
        found = []
        for address in addresses:
            with django_assert_max_num_queries(60) as counted:
                assert client.get(address).status_code == 200
            found.append(len(counted))
        return found

    client.get(addresses[0])
    few = counts()
    for number in range(30):
        join(make_person(f"n{number}@exemple.fr", f"N{number}"), brest, Role.MEMBER, confirmed=number % 2 == 0)
    assert counts() == few


# Preferences


def test_preferences_are_kept(client, charlie):
    client.force_login(charlie)
    client.post(reverse("preferences"), {"name": "Char\x00lie", "notify": "never", "language": "en"})
    charlie.refresh_from_db()
    assert (charlie.name, charlie.notify, charlie.language) == ("Charlie", "never", "en")


def test_a_form_that_names_other_fields_changes_none_of_them(client, charlie):
    client.force_login(charlie)
    client.post(
        reverse("preferences"),
        {"name": "C", "notify": "at_once", "language": "fr", "is_staff": "on", "email": "autre@exemple.fr"},
    )
    charlie.refresh_from_db()
    assert (charlie.is_staff, charlie.email) == (False, "charlie@exemple.fr")


@pytest.mark.parametrize("data", [{"name": "x" * 200}, {"notify": "licorne"}, {"language": "tlh"}])
def test_bad_preferences_change_nothing(client, charlie, data):
    client.force_login(charlie)
    response = client.post(reverse("preferences"), {"name": "Nouveau", "notify": "never", "language": "fr", **data})
    assert response.status_code == 200
    charlie.refresh_from_db()
    assert (charlie.name, charlie.notify) == ("Charlie", "at_once")


# Signing in leads where one works


def test_signing_in_leads_where_one_works(client, charlie, staff, db):
    build_site()
    editor = make_person("plume@exemple.fr", "Plume")
    editor.groups.add(Group.objects.get(name=EDITORS))
    for person, address in (
        (charlie, reverse("member_start")),
        (editor, reverse("wagtailadmin_home")),
        (staff, reverse("membership_requests")),
    ):
        client.force_login(person)
        assert client.get(reverse("desk")).url == address


def test_staff_of_an_authority_begin_at_its_desk(client, staff, brest):
    join(staff, brest, Role.MEMBER)
    client.force_login(staff)
    assert client.get(reverse("desk")).url == reverse("desk_of", args=[brest.slug])
