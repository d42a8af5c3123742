"""Finding in the public lists: words, filters, distances, what to loosen. Every list keeps its state in its address."""

import json
import re
from html import unescape

import pytest

from matching.catalogue.editions import current_edition
from matching.catalogue.models import Theme
from matching.catalogue.services import ResourceFacts, close
from matching.organisations.services import authority_of
from matching.territories.points import Line, load_points
from tests.factories import make_need, make_offer

OFFERS, NEEDS = "/offres/", "/besoins/"
# Brest, Plougastel-Daoulas (some 8 km), Landerneau (some 19 km), Roubaix.
POINTS = [("29019", 48.40, -4.50), ("29075", 48.47, -4.51), ("29103", 48.45, -4.25), ("59512", 50.69, 3.18)]


@pytest.fixture
def points(territories):
    from matching.catalogue.editions import new_edition

    load_points([Line(at, code, str(lon), str(lat)) for at, (code, lat, lon) in enumerate(POINTS, 2)])
    new_edition()


def page(client, path, **parameters):
    response = client.get(path, parameters)
    assert response.status_code == 200
    return unescape(response.content.decode()).replace("\u00a0", " ")


def titles(html):
    return [re.sub(r"<[^>]+>", "", title) for title in re.findall(r'card__title"[^>]*><a[^>]*>(.*?)</a>', html)]


# Words


@pytest.mark.parametrize("typed", ["médiathèque", "MEDIATHEQUE", "médiathèques", "mediatheqe", "médiath"])
def test_accents_endings_and_slips_do_not_matter(client, brest, typed):
    make_offer(brest, title="La médiathèque du port", text="Des rayons et des tables.")
    make_offer(brest, title="Un gymnase", text="Du parquet.")
    assert titles(page(client, OFFERS, q=typed)) == ["La médiathèque du port"]


def test_who_holds_every_word_comes_first_whatever_its_age(client, brest):
    make_offer(brest, title="Jardin partagé du Pilat", text="Des parcelles.")
    make_offer(brest, title="Un jardin", text="Jardin, jardin et jardin.")
    make_offer(brest, title="Bureaux", text="Une salle de réunion.")
    assert titles(page(client, OFFERS, q="jardin partagé"))[0] == "Jardin partagé du Pilat"
    assert "Bureaux" not in titles(page(client, OFFERS, q="jardin partagé"))


def test_the_words_that_were_looked_for_are_underlined_as_their_author_wrote_them(client, brest):
    make_offer(brest, title="Ateliers <b>ouverts</b>", text="Nous avons des Outils, pour réparer & souder.")
    html = client.get(OFFERS, {"q": "atelier outil réparation"}).content.decode()
    assert '<span class="own-word">Ateliers</span>' in html
    assert '<span class="own-word">Outils</span>' in html
    assert "<b>ouverts" not in html


def test_what_was_read_instead_of_a_slip_is_said(client, brest):
    make_offer(brest, title="La médiathèque du port")
    html = page(client, OFFERS, q="mediatheqe xylophone")
    assert "nous avons cherché « mediatheque »" in html
    assert "Aucune annonce ne dit « xylophone »" in html


def test_needs_are_searched_too_and_the_newest_come_first_without_words(client, bricoleuses):
    make_need(bricoleuses, title="Une salle pour réparer")
    make_need(bricoleuses, title="Un terrain pour un potager", text="Des légumes.")
    assert titles(page(client, NEEDS, q="potagers")) == ["Un terrain pour un potager"]
    assert titles(page(client, NEEDS)) == ["Un terrain pour un potager", "Une salle pour réparer"]


def test_what_changes_is_found_at_once_and_what_closes_no_more(client, brest):
    offer = make_offer(brest, title="Un amphithéâtre", text="Des gradins.")
    assert titles(page(client, OFFERS, q="amphitheatre")) == ["Un amphithéâtre"]
    make_offer(brest, title="Un second amphithéâtre", text="Des gradins.")
    assert len(titles(page(client, OFFERS, q="amphitheatre"))) == 2
    close(listing=offer)
    assert titles(page(client, OFFERS, q="amphitheatre")) == ["Un second amphithéâtre"]


@pytest.mark.parametrize("typed", ["le la les", "💥", "%_'\"\\", "a" * 300, "x y z " * 40, "\u202e\u0301", "<script>"])
def test_odd_words_get_a_page(client, brest, typed):
    make_offer(brest)
    page(client, OFFERS, q=typed)
    page(client, NEEDS, q=typed)


# Filters


def test_each_filter_of_offers_holds(client, brest):
    make_offer(brest, title="Petite salle", resource=ResourceFacts(kind="place", capacity=20, accessible=True))
    make_offer(brest, title="Grande salle", resource=ResourceFacts(kind="place", capacity=200, accessible=False))
    make_offer(
        brest,
        title="Bourse",
        legal_forms=["association"],
        resource=ResourceFacts(kind="funding", amount_min=100_000, amount_max=500_000),
    )
    assert titles(page(client, OFFERS, people="100")) == ["Grande salle"]
    assert titles(page(client, OFFERS, amount="3 000 €")) == ["Bourse"]
    assert titles(page(client, OFFERS, amount="500")) == []
    assert titles(page(client, OFFERS, accessible="on")) == ["Petite salle"]
    assert titles(page(client, OFFERS, legal_form="informal")) == ["Grande salle", "Petite salle"]
    assert len(titles(page(client, OFFERS, legal_form="association"))) == 3


def test_each_filter_of_needs_holds(client, bricoleuses):
    make_need(bricoleuses, title="Pour quarante", capacity=40)
    make_need(bricoleuses, title="Pour mille euros", kinds=["funding"], capacity=None, amount_min=100_000)
    assert titles(page(client, NEEDS, people="50")) == ["Pour quarante"]
    assert titles(page(client, NEEDS, people="30")) == []
    assert titles(page(client, NEEDS, amount="1 000")) == ["Pour mille euros"]
    assert len(titles(page(client, NEEDS, legal_form="informal"))) == 2
    assert titles(page(client, NEEDS, legal_form="mutual")) == []


def test_the_address_keeps_the_whole_search_from_page_to_page(client, brest):
    for number in range(25):
        make_offer(brest, title=f"Salle {number}")
    html = page(client, OFFERS, q="salle", kind="place", people="10")
    assert "?q=salle&kind=place&people=10&page=2" in html
    assert 'value="salle"' in html
    second = page(client, OFFERS, q="salle", kind="place", people="10", page="2")
    assert len(titles(second)) == 5
    assert not set(titles(second)) & set(titles(html))


# What to loosen


def test_nothing_says_which_filter_to_loosen_and_how_much_that_brings(client, brest, territories):
    make_offer(brest, title="Salle un")
    make_offer(brest, title="Salle deux")
    roubaix = authority_of(territory=territories["commune", "59512"])
    make_offer(roubaix, title="Photographies", text="Du port.", provides="", resource=ResourceFacts(kind="data"))
    html = page(client, OFFERS, q="salle", kind="data", territory="Brest")
    assert re.search(r'href="\?q=salle&territory=Brest">Sans le filtre « Données » :</a> 2 offres', html)
    assert "Sans le filtre « Brest" not in html
    assert titles(page(client, OFFERS, q="salle", territory="Brest")) == ["Salle deux", "Salle un"]


def test_where_no_single_filter_helps_that_is_said(client, brest):
    make_offer(brest, title="Salle un")
    html = page(client, OFFERS, q="xylophone", kind="data")
    assert "Retirer un seul filtre n’y suffit pas" in html


def test_to_say_what_to_loosen_takes_one_query(client, brest, points, django_assert_max_num_queries):
    make_offer(brest)
    asked = {"q": "xylophone", "kind": "data", "territory": "Brest (Finistère)", "territory_place": "commune-29019"}
    asked |= {"radius": "5", "people": "3", "amount": "9", "accessible": "on", "within": "30", "legal_form": "informal"}
    page(client, OFFERS, **asked)
    with django_assert_max_num_queries(8):
        page(client, OFFERS, **asked)


# Distance


def test_without_points_no_distance_is_offered_and_all_works_by_relation(client, brest):
    make_offer(brest, title="Salle")
    html = page(client, OFFERS, territory="Brest", radius="5")
    assert 'name="radius"' not in html
    assert titles(html) == ["Salle"]
    assert "à moins de 1 km" not in html


def test_a_distance_holds_and_each_card_says_how_far(client, brest, points, territories):
    make_offer(brest, title="Ici")
    make_offer(brest, title="À côté", territory=territories["commune", "29075"])
    make_offer(brest, title="Plus loin", territory=territories["commune", "29103"])
    make_offer(brest, title="Au Nord", territory=territories["commune", "59512"])
    make_offer(brest, title="Dans la région", territory=territories["region", "53"])
    near = page(client, OFFERS, territory="Brest", radius="10")
    assert set(titles(near)) == {"Ici", "À côté", "Dans la région"}
    assert "<strong>à 8 km</strong>" in near
    assert "<strong>à moins de 1 km</strong>" in near
    assert set(titles(page(client, OFFERS, territory="Brest", radius="20"))) >= {"Plus loin"}
    assert "Au Nord" not in titles(page(client, OFFERS, territory="Brest", radius="50"))


def test_a_wider_distance_is_proposed_where_it_helps(client, brest, points, territories):
    make_offer(brest, title="Plus loin", territory=territories["commune", "29103"])
    html = page(client, OFFERS, territory="Brest", radius="5", kind="place")
    assert re.search(r'href="\?territory=Brest&radius=20&kind=place">À moins de 20 km :</a> 1 offre', html)


def test_a_distance_from_no_commune_is_refused_in_words_and_kept(client, brest, points):
    make_offer(brest, title="Salle")
    html = page(client, OFFERS, territory="Finistère (département)", radius="20")
    assert "Une distance part d’une commune" in html
    assert titles(html) == ["Salle"]
    assert '<option value="20" selected' in html


# The map


def shown_on_map(html):
    return json.loads(re.search(r'<script id="carte-points" type="application/json">(.*?)</script>', html)[1])


def test_no_map_is_offered_where_no_point_is_loaded(client, brest):
    make_offer(brest)
    assert "Voir la carte" not in page(client, OFFERS)
    assert "carte-points" not in page(client, OFFERS, map="1")


def test_the_map_shows_the_listings_of_the_page_where_their_communes_lie(client, brest, points, territories):
    make_offer(brest, title="Salle <un> & deux", resource=ResourceFacts(kind="place", address="2 rue Cachée"))
    make_offer(brest, title="Bureau")
    make_offer(brest, title="Dans la région", territory=territories["region", "53"])
    assert 'href="?map=1"' in page(client, OFFERS)
    response = client.get(OFFERS, {"map": "1"})
    (place,) = shown_on_map(response.content.decode())
    assert (place["name"], place["lat"], place["lon"]) == ("Brest (Finistère)", 48.4, -4.5)
    assert [listing["title"] for listing in place["listings"]] == ["Bureau", "Salle <un> & deux"]
    html = page(client, OFFERS, map="1")
    assert "1 annonce de cette page n’a pas de commune" in html
    assert len(titles(html)) == 3
    assert "Cachée" not in json.dumps(place)
    assert 'name="map" value="1"' in html


def test_the_map_asks_nobody_else(client, brest, points, settings):
    make_offer(brest)
    response = client.get(OFFERS, {"map": "1"})
    assert 'data-tiles=""' in response.content.decode()
    assert "img-src 'self' data:;" in response["Content-Security-Policy"] + ";"


# Editions


def test_an_edition_is_the_facts_own_and_vanishes_with_it(brest):
    from django.db import transaction

    before = current_edition()
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        make_offer(brest)
        assert current_edition() != before
        raise ZeroDivisionError
    assert current_edition() == before
    make_offer(brest, published=False)
    assert current_edition() == before
    make_offer(brest)
    assert current_edition() != before


def test_old_editions_go_and_no_name_comes_back(db):
    from matching.catalogue.editions import new_edition
    from matching.catalogue.models import Edition

    names = {current_edition()}
    for number in range(1, 900):
        new_edition()
        if number % 90 == 0:
            name = current_edition()
            assert name not in names
            names.add(name)
    assert Edition.objects.count() < 450


def test_a_theme_that_changes_reaches_the_filters(client, db):
    theme = Theme.objects.create(slug="eau", name_fr="Eau", name_en="Water", position=1)
    assert "Eau, en général" in page(client, OFFERS)
    theme.name_fr = "Rivières"
    theme.save()
    assert "Rivières, en général" in page(client, OFFERS)
