"""A mediator publishes for a group that agrees; the group takes over with the code of its paper, once."""

import re

import pytest
from django.core import mail
from django.urls import reverse
from django.utils import timezone

from matching.catalogue.assisted import claim
from matching.catalogue.models import AssistedEntry, Need
from matching.catalogue.models.assisted import TRIES
from matching.notices.services import send_due_notices, tell_of_suggestions
from matching.organisations.models import Membership, Organisation, Role
from matching.organisations.permissions import confirmed_role
from tests.screens.conftest import signed_in, suggest
from tests.screens.test_matrix import PAPER

ENTER = reverse("assisted_new")
CLAIM = reverse("claim")
CODE = re.compile(r"\b[A-Z2-9]{4}-[A-Z2-9]{4}-[A-Z2-9]{4}\b")


@pytest.fixture
def mediating(brest):
    """The town of Brest helps groups to publish: Bob is a mediator."""
    Organisation.objects.filter(pk=brest.pk).update(mediates=True)


@pytest.fixture
def written(mediating, bob):
    """A need that Bob wrote for the neighbours, and its code."""
    return enter(signed_in(bob))


def enter(client, **changes):
    response = client.post(ENTER, {**PAPER, **changes, "action": "end"}, follow=True)
    (code,) = CODE.findall(response.content.decode())
    return Need.objects.latest("pk"), code


def claim_as(person, code):
    return signed_in(person).post(CLAIM, {"code": code})


def test_it_is_published_and_says_with_whose_help(written, brest, bob, client):
    need, _code = written
    assert (need.is_published, need.organisation.name) == (True, "Les Voisines")
    html = client.get(reverse("public:need", args=[need.uuid, need.slug])).content.decode()
    assert f"Saisi avec l’aide de {brest.name}" in html
    assert "Le Gall" not in html
    assert "Le Gall" not in client.get(reverse("public:organisation", args=[need.organisation.slug])).content.decode()


def test_who_agreed_how_and_when_is_kept_and_shown_to_the_mediator(written, bob, staff):
    entry = written[0].assisted
    assert (entry.contact_name, entry.agreed_how, str(entry.agreed_on)) == ("Mme Le Gall", "paper", "2026-01-05")
    assert entry.mediator == bob
    assert "accord\u00a0: Mme Le Gall" in signed_in(bob).get(reverse("assisted")).content.decode()
    assert "Le Gall" not in signed_in(staff).get(reverse("assisted")).content.decode()


def test_the_code_stands_out_and_a_hostile_title_beside_it_is_text(mediating, bob):
    title = "<script>alert(1)</script> {code} %(x)s"
    html = signed_in(bob).post(ENTER, {**PAPER, "title": title, "action": "end"}, follow=True).content.decode()
    assert re.search(r'<strong class="code">[A-Z2-9-]{14}</strong>', html)
    assert "<script>alert" not in html and "&lt;script&gt;alert(1)&lt;/script&gt; {code} %(x)s" in html


def test_the_code_is_shown_once_and_kept_nowhere(written, bob):
    need, code = written
    assert code not in signed_in(bob).get(reverse("assisted")).content.decode()
    assert code.replace("-", "")[4:] not in str(AssistedEntry.objects.filter(need=need).values())


def test_the_group_takes_over_and_the_mediator_leaves(written, bob, charlie):
    need, code = written
    response = claim_as(charlie, code.lower().replace("-", " "))
    assert response.url == reverse("desk_of", args=[need.organisation.slug])
    assert confirmed_role(charlie, need.organisation) == Role.OWNER
    assert confirmed_role(bob, need.organisation) is None
    assert signed_in(bob).get(reverse("need_desk", args=[need.organisation.slug, need.uuid])).status_code == 404


def test_a_code_serves_once(written, alice, charlie):
    need, code = written
    claim_as(charlie, code)
    assert "Ce code n’ouvre rien" in claim_as(alice, code).content.decode()
    assert confirmed_role(alice, need.organisation) is None


def test_an_old_code_opens_nothing(written, charlie):
    AssistedEntry.objects.update(expires_at=timezone.now())
    assert claim(code=written[1], person=charlie) is None


def test_after_too_many_wrong_tries_the_right_one_opens_nothing_until_it_is_drawn_anew(written, bob, charlie):
    need, code = written
    for _try in range(TRIES):
        assert claim(code=code[:-4] + "2222", person=charlie) is None
    assert claim(code=code, person=charlie) is None
    assert "trop d’essais" in signed_in(bob).get(reverse("assisted")).content.decode()
    response = signed_in(bob).post(reverse("assisted_code", args=[need.uuid]), follow=True)
    (drawn,) = CODE.findall(response.content.decode())
    assert claim(code=code, person=charlie) is None
    assert claim(code=drawn, person=charlie) == need.organisation


def test_one_person_does_not_try_for_ever(written, charlie):
    client = signed_in(charlie)
    answers = [client.post(CLAIM, {"code": f"ZZZZ-ZZZZ-{number:04}"}).status_code for number in range(11)]
    assert answers == [200] * 10 + [429]


@pytest.mark.parametrize("code", ["", "é", "AAAA", "x" * 41, "AAAA-AAAA-AAAA", "\x00"])
def test_what_is_no_code(written, charlie, code):
    assert claim_as(charlie, code).status_code == 200
    assert not Membership.objects.filter(person=charlie).exists()


def test_notices_reach_the_mediator_until_then_the_group(written, room, bob, charlie):
    need, code = written
    suggestion = suggest(room, need)
    for reader in (bob, charlie):
        mail.outbox.clear()
        tell_of_suggestions(suggestion_ids=[suggestion.pk])
        send_due_notices(now=timezone.now() + timezone.timedelta(days=2))
        assert any(need.title in message.body and reader.email in message.to for message in mail.outbox)
        claim(code=code, person=charlie)


def test_several_papers_in_a_row(mediating, bob):
    client = signed_in(bob)
    response = client.post(ENTER, {**PAPER, "agreed_how": "phone", "action": "next"}, follow=True)
    html = response.content.decode()
    assert CODE.search(html)
    assert response.request["PATH_INFO"] == ENTER
    assert 'value="commune-29019"' in html
    assert re.search(r'value="phone"[^>]*checked', html)
    assert 'value="2026-01-05"' in html
    assert "Le Gall" not in html
    client.post(ENTER, {**PAPER, "title": "Des archives", "action": "next"})
    client.post(ENTER, {**PAPER, "group": "Les Autres", "action": "next"})
    groups = Organisation.objects.filter(needs__assisted__isnull=False).distinct()
    assert sorted(groups.values_list("name", flat=True)) == ["Les Autres", "Les Voisines"]


def test_the_same_paper_sent_twice_is_written_once(mediating, bob):
    client, key = signed_in(bob), "7a0e8a1c-0a5f-4a0e-9a43-0123456789ab"
    for _click in range(2):
        assert client.post(ENTER, {**PAPER, "form_key": key, "action": "next"}).status_code == 302
    assert (Need.objects.count(), AssistedEntry.objects.count()) == (1, 1)


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("group", "", "Écrivez le nom du groupe"),
        ("contact_name", "", "Écrivez le nom de la personne"),
        ("territory", "Nulle-Part-sur-Rien", ""),
        ("title", "", "Donnez un titre"),
        ("text", "", "Décrivez le besoin"),
        ("contribution", "", "Dites ce que le groupe apporte"),
        ("agreed_how", "", "Sans accord, rien n’est publié"),
        ("agreed_on", str(timezone.localdate() + timezone.timedelta(days=1)), "Cette date est à venir"),
        ("ends", "2020-01-01", "La fin vient avant le début"),
    ],
)
def test_what_lacks_is_said_and_the_rest_stays(mediating, bob, field, value, said):
    paper = {**PAPER, "starts": "2026-05-01", "group": "Les Rares", "contribution": "Du pain", field: value}
    html = signed_in(bob).post(ENTER, {**paper, "action": "next"}).content.decode()
    assert said in html
    assert "à corriger" in html
    assert field == "group" or "Les Rares" in html
    assert field == "contribution" or "Du pain" in html
    assert not Need.objects.exists()


def test_the_list_asks_no_more_for_more(mediating, bob, django_assert_max_num_queries):
    client = signed_in(bob)
    for number in range(6):
        enter(client, group=f"Groupe {number}")
    with django_assert_max_num_queries(9):
        client.get(reverse("assisted"))


def test_the_paper_needs_no_account_and_has_the_order_of_the_screen(client, mediating, bob):
    paper = client.get(reverse("public:paper")).content.decode()
    assert "testserver/reprendre/" in paper
    screen = signed_in(bob).get(ENTER).content.decode()
    numbers = [re.findall(r">\s*(\d+)\. ", page) for page in (paper, screen)]
    assert numbers[0] == numbers[1] == [str(number) for number in range(1, 12)]
