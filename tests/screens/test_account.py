"""The account in our look and our words, and what every page knows of the person."""

import re

import pytest
from django.core import mail
from django.urls import reverse

from matching.organisations.models import Role
from matching.screens.context import acting_for
from matching.suggestions.models import Artefact
from tests.factories import make_person
from tests.screens.conftest import join


@pytest.fixture(autouse=True)
def _forget_attempts():
    """Attempts are counted in the cache; a test starts with none."""
    from django.core.cache import cache

    cache.clear()


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("account_login", "Pas encore de compte"),
        ("account_signup", "Créer mon compte"),
        ("account_reset_password", "Mot de passe oublié"),
        ("account_reset_password_done", "Il sert une seule fois"),
        ("account_email_verification_sent", "Nous venons de vous écrire"),
        ("account_reset_password_from_key_done", "Votre mot de passe est changé"),
        ("account_inactive", "Ce compte est fermé"),
    ],
)
def test_pages_before_signing_in(client, db, name, words):
    html = client.get(reverse(name)).content.decode()
    assert words in html
    assert 'id="contenu"' in html


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("account_logout", "Voulez-vous vraiment vous déconnecter"),
        ("account_email", "Adresses de ce compte"),
        ("account_change_password", "Changer de mot de passe"),
        ("account_reauthenticate", "Confirmer que c’est vous"),
    ],
)
def test_pages_of_ones_own_account(client, charlie, name, words):
    client.post(reverse("account_login"), {"login": charlie.email, "password": "motdepasse-long"})
    html = client.get(reverse(name)).content.decode()
    assert words in html
    assert 'id="contenu"' in html


@pytest.mark.parametrize("name", ["account_email", "account_change_password", "account_reauthenticate"])
def test_they_are_for_nobody_else(client, db, name):
    assert client.get(reverse(name)).url.startswith(reverse("account_login"))


def test_signing_up_verifies_the_address_then_leads_where_one_was_going(client, db):
    there = reverse("publish_need")
    page = client.get(reverse("account_login"), {"next": there}).content.decode()
    signup = re.findall(r'href="(/compte/signup/[^"]*)"', page[page.index("<main") :])
    assert signup == [f"/compte/signup/?next={there.replace('/', '%2F')}"]
    sent = client.post(
        reverse("account_signup"), {"email": "neuf@exemple.fr", "password1": "un-long-mot-neuf", "next": there}
    )
    assert sent.url == reverse("account_email_verification_sent")
    (letter,) = mail.outbox
    assert letter.subject == "Confirmez votre adresse"
    assert "Vous avez donné cette adresse" in letter.body
    link = re.search(r"http://testserver(\S+)", letter.body)[1]
    assert "Oui, confirmer" in client.get(link).content.decode()
    assert client.post(link).url == there


def test_a_link_that_served_says_so(client, db):
    html = client.get(reverse("account_confirm_email", args=["faux"])).content.decode()
    assert "Ce lien a déjà servi ou a expiré" in html


def test_a_forgotten_password_is_replaced(client, charlie):
    client.post(reverse("account_reset_password"), {"email": charlie.email})
    (letter,) = mail.outbox
    assert letter.subject == "Choisissez un nouveau mot de passe"
    link = re.search(r"http://testserver(\S+)", letter.body)[1]
    page = client.get(link, follow=True)
    assert "Choisir un mot de passe" in page.content.decode()
    form = page.request["PATH_INFO"]
    client.post(form, {"password1": "encore-plus-long", "password2": "encore-plus-long"})
    charlie.refresh_from_db()
    assert charlie.check_password("encore-plus-long")
    assert "Ce lien ne sert plus" in client.get(link, follow=True).content.decode()


def test_an_address_without_account_is_not_told_to_who_asks(client, db):
    response = client.post(reverse("account_reset_password"), {"email": "inconnu@exemple.fr"})
    assert response.url == reverse("account_reset_password_done")
    assert mail.outbox[0].subject == "Cette adresse n’a pas de compte"


def test_a_wrong_password_says_so_and_keeps_the_address(client, charlie):
    html = client.post(reverse("account_login"), {"login": charlie.email, "password": "faux"}).content.decode()
    assert "error-summary" in html
    assert charlie.email in html


def test_signing_in_leads_to_the_desk_and_nowhere_outside(client, charlie):
    data = {"login": charlie.email, "password": "motdepasse-long"}
    assert client.post(reverse("account_login"), {**data, "next": "https://ailleurs.example/"}).url == reverse("desk")


def test_signing_out_leads_home(client, charlie):
    client.force_login(charlie)
    assert client.post(reverse("account_logout")).url == "/"
    assert client.get(reverse("desk")).status_code == 302


def test_the_address_may_be_changed_and_the_last_one_not_removed(client, charlie):
    client.post(reverse("account_login"), {"login": charlie.email, "password": "motdepasse-long"})
    client.post(reverse("account_email"), {"action_add": "", "email": "autre@exemple.fr"})
    assert "autre@exemple.fr" in client.get(reverse("account_email")).content.decode()
    response = client.post(reverse("account_email"), {"action_remove": "", "email": charlie.email}, follow=True)
    assert "principale ne peut pas être retirée" in response.content.decode()


# What every page knows


def known(rf, person):
    """The context of a page that this person opens."""
    request = rf.get("/")
    request.user, request.session = person, {}
    return acting_for(request)


def test_nobody_acts_for_nobody_and_asks_nothing(rf, db, django_assert_num_queries):
    from django.contrib.auth.models import AnonymousUser

    with django_assert_num_queries(0):
        context = known(rf, AnonymousUser())
        assert not context["acting"]
        assert not context["acting_choices"]
        assert not context["unread_messages"]
        assert not context["staff_warning"]


def test_confirmed_organisations_come_first(rf, alice, bricoleuses, brest):
    join(alice, brest, Role.MEMBER, confirmed=False)
    context = known(rf, alice)
    assert context["acting"] == bricoleuses
    assert list(context["acting_choices"]) == [bricoleuses, brest]


def test_somebody_waiting_is_not_told_of_messages(rf, brest, pair, alice, charlie):
    from uuid import uuid4

    from matching.partnerships.services import send_message

    send_message(suggestion=pair, side="need", author=alice, text="Bonjour", form_key=uuid4())
    reader = make_person("lecteur@exemple.fr", "Lecteur")
    join(reader, brest, Role.READER)
    join(charlie, brest, Role.MEMBER, confirmed=False)
    assert known(rf, reader)["unread_messages"] == 1
    assert known(rf, charlie)["unread_messages"] == 0


def test_staff_hear_that_the_matcher_is_not_whole(client, rf, staff, charlie):
    from django.utils import timezone

    Artefact.objects.create(
        version="1", folder="1", engine_version="1", offers=1, broken_at=timezone.now(), broken_because="abîmé"
    )
    assert "abîmé" in str(known(rf, staff)["staff_warning"])
    assert not known(rf, charlie)["staff_warning"]
    client.force_login(staff)
    assert "abîmé" in client.get(reverse("member_start")).content.decode()
