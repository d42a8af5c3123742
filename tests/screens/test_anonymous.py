"""Pages kept for strangers: the same for all of them, never older than what they tell, never anybody's own."""

from datetime import datetime, timedelta

import pytest
import time_machine
from django.core.cache import caches
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django.utils.timezone import localdate

from cms.services import build_site
from matching.catalogue.services import pause
from tests.factories import make_need, make_offer
from tests.screens.conftest import signed_in

OFFERS = "/offres/"


def html(client, path, **headers):
    response = client.get(path, headers=headers)
    assert response.status_code == 200
    return response.content.decode()


@pytest.fixture
def offer(brest, bob):
    return make_offer(brest, person=bob, title="Salle Watt")


def addresses(offer):
    need = "/besoins/"
    organisation = reverse("public:organisation", args=[offer.organisation.slug])
    page = reverse("public:offer", args=[offer.uuid, offer.slug])
    return ["/", OFFERS, f"{OFFERS}?kind=place", need, page, "/organisations/", organisation, "/comment-ca-marche/"]


def test_the_second_stranger_costs_one_query_and_reads_the_same(offer, django_assert_num_queries):
    build_site()
    for path in addresses(offer):
        first = html(Client(), path)
        with django_assert_num_queries(1):
            again = Client().get(path)
        assert again.content.decode() == first
        assert "Cookie" in again["Vary"]
        assert "default-src" in again["Content-Security-Policy"]
        assert again["Content-Language"] == "fr"


def test_what_is_published_or_taken_back_shows_at_once(offer, brest):
    path = reverse("public:offer", args=[offer.uuid, offer.slug])
    for each in (OFFERS, path):
        assert "Salle Watt" in html(Client(), each)
    make_offer(brest, title="Salle Ampère")
    assert "Salle Ampère" in html(Client(), OFFERS)
    pause(listing=offer)
    assert "Salle Watt" not in html(Client(), OFFERS)
    assert Client().get(path).status_code == 404


def test_a_draft_leaves_what_is_kept(offer, brest, django_assert_num_queries):
    html(Client(), OFFERS)
    make_offer(brest, title="Brouillon", published=False)
    with django_assert_num_queries(1):
        html(Client(), OFFERS)


def test_an_organisation_that_changes_its_name_has_it_at_once(bricoleuses):
    make_need(bricoleuses)
    assert "Les Bricoleuses du port" in html(Client(), "/besoins/")
    bricoleuses.name = "Les Bricoleuses du quai"
    bricoleuses.save()
    assert "Les Bricoleuses du quai" in html(Client(), "/besoins/")


def test_nobody_is_served_what_is_anothers(offer, bob, charlie):
    path = reverse("public:offer", args=[offer.uuid, offer.slug])
    for order in ((None, bob, charlie), (bob, None, charlie), (charlie, None, bob)):
        caches["pages"].clear()
        for person in order:
            for each in (OFFERS, path):
                read = html(signed_in(person), each)
                assert ("Bob" in read) == (person == bob)
                assert ("Charlie" in read) == (person == charlie)
                assert ("Se connecter" in read) == (person is None)
                assert ("Cette offre est à vous" in read) == (person == bob and each == path)


def test_each_language_and_each_address_has_its_own(offer):
    french, english = html(Client(), OFFERS), html(Client(), "/en/offres/")
    assert 'lang="fr"' in french and 'lang="en"' in english
    assert html(Client(), "/en/offres/") == english
    assert html(Client(), f"{OFFERS}?kind=data") != french
    assert html(Client(), OFFERS, accept_language="en") == french


def test_a_message_that_waits_is_shown_and_kept_from_others(offer):
    html(Client(), OFFERS)
    waiting = Client()
    waiting.cookies["messages"] = "anything"
    assert html(waiting, OFFERS)


def test_what_ends_today_is_gone_tomorrow(brest):
    make_offer(brest, title="Dernier jour", closes=localdate())
    assert "Dernier jour" in html(Client(), OFFERS)
    tomorrow = datetime.combine(localdate() + timedelta(days=1), datetime.min.time(), timezone.get_current_timezone())
    with time_machine.travel(tomorrow + timedelta(hours=9), tick=False):
        assert "Dernier jour" not in html(Client(), OFFERS)


def test_a_page_with_a_secret_or_an_answer_of_its_own_is_not_kept(offer):
    found = reverse("public:find")
    first = Client().get(found, {"text": "Une salle pour réparer à Brest"})
    second = Client().get(found, {"text": "Une salle pour réparer à Brest"})
    secret = 'name="csrfmiddlewaretoken" value="'
    secrets = [page.content.decode().partition(secret)[2][:32] for page in (first, second)]
    assert secrets[0] and secrets[0] != secrets[1]
    assert Client().post(found, {"text": "Une salle"}).status_code == 302


def test_an_answer_that_says_no_is_not_kept(db):
    assert Client().get("/offres/00000000-0000-0000-0000-000000000000/x/").status_code == 404
    assert not caches["pages"]._cache


def test_a_cache_that_does_not_answer_hides_nothing(offer, monkeypatch):
    def fails(*_arguments, **_options):
        raise ConnectionError

    monkeypatch.setattr(caches["pages"], "get", fails)
    assert "Salle Watt" in html(Client(), OFFERS)


def test_a_story_reaches_the_home_page_when_it_is_published(offer):
    home = build_site()
    assert "Que cherchez-vous ici" not in html(Client(), "/")
    home.question = "Que cherchez-vous ici ?"
    home.save_revision().publish()
    assert "Que cherchez-vous ici" in html(Client(), "/")
