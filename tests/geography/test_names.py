"""Names as people search and read them."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matching.geography import Place, load, normalise

geo = load()


@pytest.mark.parametrize(
    ("typed", "key"),
    [
        ("Saint-Étienne", "saint etienne"),
        ("St Etienne", "saint etienne"),
        ("ST-ÉTIENNE", "saint etienne"),
        ("St. Étienne", "saint etienne"),
        ("Sainte-Colombe", "sainte colombe"),
        ("Ste Colombe", "sainte colombe"),
        ("L'Haÿ-les-Roses", "l hay les roses"),
        ("L’Haÿ-les-Roses", "l hay les roses"),
        ("Œting", "oeting"),
        ("Saint-Cœur", "saint coeur"),
        ("  Le   Mans ", "le mans"),
        ("Boulogne s/ Mer", "boulogne sur mer"),
        ("Steenvoorde", "steenvoorde"),
        ("Stains", "stains"),
        ("29200", "29200"),
        ("!?", ""),
        ("", ""),
    ],
)
def test_normalise(typed, key):
    assert normalise(typed) == key


@settings(deadline=None)
@given(st.text())
def test_normalise_settles(text):
    assert normalise(normalise(text)) == normalise(text)


def test_every_name_has_a_key_of_plain_letters():
    for territory in geo.territories():
        key = normalise(territory.name)
        assert key
        assert key.isascii()


def test_name_and_departement_are_unique_even_normalised():
    current = [t for t in geo.territories() if t.type == "commune-actuelle"]
    assert len({(normalise(t.name), t.department) for t in current}) == len(current)


@pytest.mark.parametrize(
    ("level", "code", "of"),
    [
        ("commune", "29019", "de Brest"),
        ("commune", "72181", "du Mans"),
        ("commune", "13004", "d’Arles"),
        ("commune", "17300", "de La Rochelle"),
        ("commune", "97101", "des Abymes"),
        ("commune", "01001", "de L’Abergement-Clémenciat"),
        ("commune", "60703", "des Marais"),
        ("commune", "66104", "de Los Masos"),
        ("commune", "97411", "de Saint-Denis"),
        ("commune", "75101", "de Paris 1er arrondissement"),
        ("departement", "29", "du Finistère"),
        ("departement", "22", "des Côtes-d’Armor"),
        ("departement", "01", "de l’Ain"),
        ("departement", "46", "du Lot"),
        ("departement", "971", "de la Guadeloupe"),
        ("departement", "984", "des Terres australes et antarctiques françaises"),
        ("departement", "989", "de l’Île de Clipperton"),
        ("region", "53", "de Bretagne"),
        ("region", "32", "des Hauts-de-France"),
        ("region", "76", "d’Occitanie"),
        ("region", "04", "de La Réunion"),
        ("epci", "242900314", "de Brest Métropole"),
        ("epci", "200054781", "de la Métropole du Grand Paris"),
        ("epci", "246700488", "de l’Eurométropole de Strasbourg"),
        ("epci", "200000172", "de la CC Faucigny - Glières"),
        ("country", "FR", "de France"),
    ],
)
def test_of(level, code, of):
    assert geo.of(Place(level, code)) == of


@pytest.mark.parametrize(
    ("level", "code", "phrase"),
    [
        ("commune", "29019", "Brest (Finistère)"),
        ("commune", "85113", "L’Île-d’Yeu (Vendée)"),
        ("commune", "75056", "Paris (commune)"),
        ("commune", "75103", "Paris 3e arrondissement"),
        ("departement", "75", "Paris (département)"),
        ("departement", "86", "Vienne (département)"),
        ("commune", "38544", "Vienne (Isère)"),
        ("region", "53", "Bretagne (région)"),
        ("departement", "987", "Polynésie française (collectivité d’outre-mer)"),
        ("epci", "242900314", "Brest Métropole (Finistère)"),
        ("epci", "200054781", "Métropole du Grand Paris (Île-de-France)"),
        ("country", "FR", "France"),
    ],
)
def test_phrase(level, code, phrase):
    assert geo.phrase(Place(level, code)) == phrase


def test_phrases_tell_the_communes_apart():
    current = [t.place for t in geo.territories() if t.type == "commune-actuelle"]
    assert len({geo.phrase(place) for place in current}) == len(current)
