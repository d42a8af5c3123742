"""A need beside an offer: five rights, the gap in words, and the gap as what both talk about."""

from datetime import date
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from matching.catalogue.models import Extent
from matching.catalogue.rights import PRESETS, Bundle
from matching.partnerships.services import send_message
from matching.screens.compared_rights import agenda, side_by_side
from tests.factories import make_need, make_offer
from tests.partnerships.making import prepared
from tests.screens.conftest import signed_in, suggest

pytestmark = pytest.mark.django_db

LENT = PRESETS["place"][0].bundle
SHARED = PRESETS["place"][1].bundle
ENTRUSTED = PRESETS["place"][2].bundle


def plain(text):
    return text.replace("\u00a0", " ").replace("\u202f", " ")


@pytest.fixture
def asked(bricoleuses):
    """A need that asks to manage the place."""
    return make_need(bricoleuses, rights=["management"])


@pytest.mark.parametrize(
    ("rights", "bundle", "sentence", "points"),
    [
        ([], LENT, "Le besoin ne dit pas quels droits il lui faut.", []),
        (["withdrawal"], LENT, "L’offre accorde tous les droits que demande le besoin.", []),
        (["management"], LENT, "il manque gestion", ["Gestion : le besoin le demande"]),
        (["management"], SHARED, "à décider ensemble : gestion", ["Gestion : cela se décide à deux."]),
        (["exclusion"], ENTRUSTED, "sous conditions pour : exclusion", ["Exclusion : sous conditions. Lesquelles ?"]),
    ],
)
def test_the_gap_in_words(bricoleuses, brest, rights, bundle, sentence, points):
    found = side_by_side(make_need(bricoleuses, rights=rights), make_offer(brest, rights=bundle))
    assert sentence in plain(found.sentence)
    assert [plain(point)[: len(begun)] for point, begun in zip(found.points, points, strict=True)] == points


def test_each_right_says_what_is_asked_and_given(asked, brest):
    found = side_by_side(asked, make_offer(brest, rights=LENT))
    assert [(row.label, row.is_asked, row.given, row.gap) for row in found.rows] == [
        ("Accès", True, "oui", "aucun"),
        ("Usage", True, "oui", "aucun"),
        ("Gestion", True, "non", "demandé, pas accordé"),
        ("Exclusion", False, "non", "pas demandé"),
        ("Cession", False, "non", "pas demandé"),
    ]


def test_the_terms_are_talked_about_too(bricoleuses, brest):
    need = make_need(bricoleuses, rights=["access"], starts=date(2026, 1, 1), ends=date(2028, 1, 1))
    bundle = Bundle.granting({"access": Extent.GRANTED}, counterpart="agreed", duration_months=12, revocable="anytime")
    found = side_by_side(need, make_offer(brest, rights=bundle, expects="Deux ateliers ouverts."))
    assert [plain(point).partition(" :")[0] for point in found.points] == ["Contrepartie", "Durée", "Fin"]


def test_no_points_no_words():
    assert agenda([]) == ""
    assert "– Gestion" in agenda(["Gestion"])


def test_the_first_message_proposes_the_points_and_may_be_changed(asked, brest, alice, bob):
    offer = make_offer(brest, person=bob, rights=ENTRUSTED, expects="")
    need = make_need(asked.organisation, title="Un lieu", rights=["exclusion"])
    pair = suggest(offer, need)
    address = reverse("thread", args=[pair.uuid])
    for person in (alice, bob):
        page = plain(signed_in(person).get(address).text)
        assert "Voici ce que nous proposons de voir ensemble" in page
        assert "Exclusion : sous conditions. Lesquelles ?" in page
    send_message(suggestion=pair, side="need", author=alice, text="Bonjour, parlons-en.", form_key=uuid4())
    page = plain(signed_in(bob).get(address).text)
    assert "Voici ce que nous proposons" not in page
    assert "Exclusion : sous conditions. Lesquelles ?" in page


def test_nothing_is_typed_where_nothing_is_open(room, repair, alice):
    page = signed_in(alice).get(reverse("thread", args=[suggest(room, repair).uuid])).text
    assert "Voici ce que nous proposons" not in page
    assert "Aucun point n’est ouvert" in page


def test_both_desks_show_them_side_by_side_in_as_many_queries(asked, brest, alice, bob):
    rooms = [make_offer(brest, person=bob, title=f"Salle {number}", rights=SHARED) for number in range(3)]
    pages = (
        (alice, reverse("need_desk", args=[asked.organisation.slug, asked.uuid])),
        (alice, reverse("desk_of", args=[asked.organisation.slug])),
    )
    counts = []
    for number, offer in enumerate(rooms):
        suggest(offer, asked)
        if number == 1:
            continue
        for person, address in pages:
            client = signed_in(person)
            client.get(address)
            with CaptureQueriesContext(connection) as queries:
                page = client.get(address).text
            assert "Droits demandés, droits accordés" in page
            counts.append(len(queries))
    assert counts[:2] == counts[2:]
    page = signed_in(bob).get(reverse("offer_desk", args=[brest.slug, rooms[0].uuid])).text
    assert "façon de décider ensemble à convenir" in page


def test_an_application_and_its_convention_show_what_is_open(asked, brest, alice, bob):
    offer = make_offer(brest, person=bob, rights=LENT)
    partnership = prepared(offer, asked.organisation, member=alice, officer=bob)
    application = partnership.application
    application.need = asked
    application.save()
    page = plain(signed_in(bob).get(reverse("application", args=[application.uuid])).text)
    assert "À voir ensemble" in page and "Gestion : le besoin le demande" in page
    page = plain(signed_in(alice).get(reverse("convention", args=[partnership.uuid, 1])).text)
    assert "Points encore ouverts" in page and "Gestion : le besoin le demande" in page
