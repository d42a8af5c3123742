"""The one-click stop of RFC 8058."""

import pytest
from django.test import Client
from django.urls import reverse

from matching.notices.models import Notice
from matching.notices.services import person_of, stop_token

pytestmark = pytest.mark.django_db


@pytest.fixture
def program():
    """A mail program: no cookie, no account, no token of ours against forged requests."""
    return Client(enforce_csrf_checks=True)


def address(person):
    return reverse("unsubscribe", args=[stop_token(person)])


def wants_mail(person):
    person.refresh_from_db()
    return person.notify != "never"


def test_reading_the_page_stops_nothing(program, alice):
    answer = program.get(address(alice))
    assert answer.status_code == 200
    assert '<form method="post"' in answer.content.decode()
    assert wants_mail(alice)


@pytest.mark.parametrize("form", [{}, {"content_type": "application/x-www-form-urlencoded"}])
def test_one_post_stops_and_may_be_repeated(program, alice, form):
    body = {"List-Unsubscribe": "One-Click"} if not form else "List-Unsubscribe=One-Click"
    for _ in range(2):
        answer = program.post(address(alice), body, **form)
        assert answer.status_code == 200
        assert not answer.cookies
        assert not wants_mail(alice)


def test_what_waited_is_dropped(program, alice):
    Notice.objects.create(person=alice, kind=Notice.Kind.MESSAGE, subject="thread:1:need")
    program.post(address(alice))
    assert not Notice.objects.exists()


def test_no_redirect_stands_in_the_way(program, alice):
    for language in ("fr", "en"):
        answer = program.post(address(alice), headers={"Accept-Language": language})
        assert answer.status_code == 200


@pytest.mark.parametrize("token", ["x", "0.x", "00000000000000000000000000000000.abc"])
def test_a_forged_address_is_no_page(program, alice, token):
    assert program.post(reverse("unsubscribe", args=[token])).status_code == 404


def test_a_token_names_nobody_and_is_only_its_person_s(alice, bob):
    token = stop_token(alice)
    assert alice.email not in token and str(alice.pk) != token.split(".")[0]
    assert person_of(token) == alice
    assert person_of(stop_token(bob)) == bob
    assert person_of(token[:-1] + ("A" if token[-1] != "A" else "B")) is None
