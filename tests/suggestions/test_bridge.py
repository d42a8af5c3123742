"""Rows in the engine's words."""

from datetime import date

import pytest

from matching.catalogue.models import Need, Offer, Theme
from matching.catalogue.rights import Bundle
from matching.catalogue.services import OfferFacts, ResourceFacts, write_offer
from matching.geography import Place
from matching.organisations.services import ask_host, confirm_guest, create_collective
from matching.suggestions import shelves
from matching.suggestions.bridge import _subject, euros, id_of, need_in_engine, offer_in_engine
from matching.suggestions.services import match_listing
from tests.factories import make_need, make_offer

pytestmark = pytest.mark.django_db


def with_resources(brest, *resources):
    facts = OfferFacts(title="Deux ressources", resources=resources)
    return offer_in_engine(write_offer(organisation=brest, person=None, facts=facts))


def test_an_offer_says_everything(brest, territories):
    theme = Theme.objects.create(slug="nature/jardins", name_fr="Jardins", name_en="Gardens")
    offer = make_offer(
        brest,
        text="Une salle.",
        provides="La salle.",
        expects="Deux séances ouvertes.",
        themes=[theme],
        perimeter=territories["epci", "242900314"],
        legal_forms=["association"],
        starts=date(2026, 1, 1),
        ends=date(2027, 1, 1),
        opens=date(2026, 2, 1),
        closes=date(2026, 12, 1),
        rights=Bundle.granting({"access": "granted", "withdrawal": "conditions", "management": "no"}),
    )
    said = offer_in_engine(Offer.objects.get(pk=offer.pk))
    assert int(said.id) == offer.pk
    assert (said.kinds, said.themes, said.capacity) == (("place",), ("nature/jardins",), 60)
    assert said.text == "Une salle.\n\nLa salle."
    assert (said.territory, said.perimeter) == (("commune", "29019"), ("epci", "242900314"))
    assert (said.starts, said.ends) == (date(2026, 1, 1), date(2027, 1, 1))
    assert (said.opens, said.closes) == (date(2026, 2, 1), date(2026, 12, 1))
    assert said.rights == ("access", "withdrawal")
    assert (said.legal_forms, said.expects) == (("association",), "Deux séances ouvertes.")
    assert (said.amount_min, said.amount_max, said.status) == (None, None, "published")


def test_a_need_says_everything(bricoleuses):
    need = make_need(
        bricoleuses,
        kinds=["place", "funding"],
        text="Une salle.",
        why="Le port se vide.",
        data_subject="Marées",
        amount_min=150_000,
        amount_max=400_050,
        rights=["withdrawal"],
        contribution="Des ateliers.",
    )
    said = need_in_engine(Need.objects.get(pk=need.pk))
    assert said.text == "Une salle.\n\nLe port se vide.\n\nMarées"
    assert (said.kinds, said.capacity) == (("place", "funding"), 40)
    assert (said.amount_min, said.amount_max) == (1500, 4000.5)
    assert (said.rights, said.contribution) == (("withdrawal",), "Des ateliers.")
    assert said.legal_form == "informal"


def test_an_informal_group_asks_through_its_host_once_it_has_said_yes(alice, charlie, bricoleuses, territories):
    host = create_collective(person=charlie, name="La Maison", legal_form="association", territory=None)
    ask_host(guest=bricoleuses, host=host, by=alice)
    need = make_need(bricoleuses)
    assert need_in_engine(Need.objects.get(pk=need.pk)).legal_form == "informal"
    confirm_guest(guest=bricoleuses, by=charlie)
    assert need_in_engine(Need.objects.get(pk=need.pk)).legal_form == "association"


def test_amounts_and_people_span_the_resources_of_their_kind(brest):
    small = ResourceFacts(kind="funding", amount_min=50_000, amount_max=200_000, capacity=9)
    large = ResourceFacts(kind="funding", amount_min=100_000, amount_max=900_000)
    hall, office = ResourceFacts(kind="place", capacity=200), ResourceFacts(kind="place", capacity=6)
    said = with_resources(brest, small, large, hall, office)
    assert (said.amount_min, said.amount_max, said.capacity) == (500, 9000, 200)


def test_what_one_resource_does_not_say_refuses_nobody(brest):
    said = with_resources(
        brest,
        ResourceFacts(kind="funding", amount_max=200_000),
        ResourceFacts(kind="funding", subkind="training"),
        ResourceFacts(kind="place", capacity=20),
        ResourceFacts(kind="place"),
    )
    assert (said.amount_min, said.amount_max, said.capacity) == (None, None, None)


@pytest.mark.parametrize(("cents", "expected"), [(None, None), (0, 0), (100, 1), (150, 1.5), (1, 0.01)])
def test_cents_become_euros(cents, expected):
    assert euros(cents) == expected


def test_of_many_copies_the_oldest_comes_first():
    keys = [9, 10, 99, 100, 2**63 - 1]
    assert sorted(map(id_of, reversed(keys))) == [id_of(key) for key in keys]
    assert [int(id_of(key)) for key in keys] == keys


def test_only_what_has_changed_is_read_again(brest, bricoleuses, django_assert_num_queries):
    today = date(2026, 11, 23)
    make_offer(brest)
    held = shelves.OFFERS.listings(today)
    with django_assert_num_queries(1):
        assert shelves.OFFERS.listings(today) is held
    offer = make_offer(brest, title="Une autre")
    assert shelves.OFFERS.listings(today)[offer.pk].title == "Une autre"
    Offer.objects.filter(pk=offer.pk).delete()
    assert offer.pk not in shelves.OFFERS.listings(today)


# The name of the place


@pytest.mark.parametrize(
    ("place", "text", "left"),
    [
        (("commune", "29019"), "Une salle à Brest, en Bretagne", "Une salle à , en"),
        (("commune", "29019"), "BREST : réparer dans le Finistere", ": réparer dans le"),
        (("commune", "29019"), "Brestois et brest-arsenal, Quimper", "Brestois et brest-arsenal, Quimper"),
        (("commune", "72181"), "Un local au Mans, dans la Sarthe", "Un local au , dans la"),
        (("commune", "35288"), "À St Malo, St-Malo et Saint Malo", "À , et"),
        (("commune", "42218"), "Saint-Etienne ou ST ÉTIENNE ou", "ou ou"),
        (("departement", "46"), "un lot de livres du Lot", "un lot de livres du"),
        (("commune", "75118"), "Paris, Paris 18e", ", 18e"),
        (("country", "FR"), "La France des jardins", "La France des jardins"),
        (("commune", "99999"), "Une salle à Brest", "Une salle à Brest"),
        (None, "Une salle à Brest", "Une salle à Brest"),
    ],
)
def test_the_names_of_where_it_is_are_no_words_of_the_subject(place, text, left):
    found = _subject(Place(*place) if place else None, "Objets", text)
    assert [" ".join(each.split()) for each in found] == ["Objets", left]


def test_a_need_that_says_nothing_but_where_keeps_its_words():
    assert _subject(Place("commune", "29019"), "À Brest", "Pour Brest") == ("À Brest", "Pour Brest")


def test_a_shared_name_of_the_place_is_no_reason(brest, bricoleuses):
    """Told by the territory, once."""
    make_offer(brest, title="Rues de Brest", text="Les noms des rues de Brest.", resource=ResourceFacts(kind="data"))
    room = make_offer(brest, title="Salle Watt à Brest")
    need = make_need(bricoleuses, title="Une salle à Brest pour des ateliers de réparation", kinds=[], capacity=None)
    found = match_listing(listing=need)
    assert [pair.offer for pair in found] == [room]
    said = [reason["params"].get("words", []) for reason in found[0].need_reasons + found[0].offer_reasons]
    assert "Brest" not in str(said)
