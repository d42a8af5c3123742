"""What, how many and how much, as people write it in a sentence."""

from time import process_time

import pytest

from matching.catalogue.reading import asks_for_a_room, cents_in, is_land, kinds_in, people_in, subject_in


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        ("une salle à Brest pour 40 personnes", ["place"]),
        ("Salle à Brest", ["place"]),
        ("Bonjour. Local pour réparer", ["place"]),
        ("Nous cherchons deux grandes salles", ["place"]),
        ("besoin de locaux et d’une subvention", ["place", "funding"]),
        ("une aide financière", ["funding"]),
        ("trouver des fonds", ["funding"]),
        ("financer un fonds documentaire", []),
        ("des jeux de données sur les arbres", ["data"]),
        ("Nous voulons rénover notre salle", []),
        ("la fête doit avoir lieu samedi", []),
        ("nos archives", []),
        ("un atelier de cuisine", []),
        ("une salle-pilote", []),
        ("", []),
    ],
)
def test_kinds_are_read_where_they_are_asked_for(text, kinds):
    assert kinds_in(text) == kinds


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("Un lieu", "Un"),
        ("une salle de 80 personnes", "une de"),
        ("un financement de 5 000 €", "un de"),
        ("des jeux de données", "des"),
        ("une salle de danse", "une de danse"),
        ("un espace-test", "un espace-test"),
    ],
)
def test_what_is_left_is_the_subject(text, left):
    assert " ".join(subject_in(text).split()) == left


def test_a_room_is_no_land():
    assert asks_for_a_room("une salle") and asks_for_a_room("deux locaux")
    assert not asks_for_a_room("un lieu") and not asks_for_a_room("une salle-pilote")
    assert is_land("Trois parcelles à cultiver") and not is_land("Salle des Parcs")


@pytest.mark.parametrize(
    ("text", "people"),
    [
        ("dix retraitées", 10),
        ("Une vingtaine de personnes", 20),
        ("une quinzaine d’adhérents", 15),
        ("trois ateliers pour 30 personnes", 30),
        ("dix ateliers", None),
        ("trente-six personnes", None),
    ],
)
def test_people_are_counted_in_letters_too(text, people):
    assert people_in(text) == people


def test_an_endless_text_is_read_in_no_time():
    started = process_time()
    kinds_in("un une des cherche " * 20_000)
    assert process_time() - started < 1


@pytest.mark.parametrize(
    ("text", "people"),
    [
        ("une salle à Brest pour 80 personnes", 80),
        ("une salle de 1 200 places", 1200),
        ("pour 1\u202f200 spectateurs", 1200),
        ("12 enfants et 30 personnes le samedi", 30),
        ("une salle pour 80", None),
        ("80 m²", None),
        ("en 2024, personne ne savait", None),
        ("0 personne", None),
        ("9999999 personnes", None),
        ("une personne", None),
    ],
)
def test_people_are_read(text, people):
    assert people_in(text) == people


@pytest.mark.parametrize(
    ("text", "cents"),
    [
        ("une aide de 5 000 €", 500_000),
        ("une aide de 5.000 euros", 500_000),
        ("1 500,50 € pour des outils", 150_050),
        ("entre 500 € et 1500€", 150_000),
        ("15 k€", 1_500_000),
        ("5000", None),
        ("-3 €", None),
        ("9 999 999 999 €", None),
        ("un euro symbolique", None),
    ],
)
def test_amounts_are_read(text, cents):
    assert cents_in(text) == cents


def test_a_text_of_figures_alone_is_read_at_once():
    assert people_in("1 000 " * 20_000) is None
    assert cents_in("9" * 100_000) is None
