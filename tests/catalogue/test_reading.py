"""What, how many and how much, as people write it in a sentence."""

from time import perf_counter

import pytest

from matching.catalogue.reading import cents_in, kinds_in, people_in


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


def test_an_endless_text_is_read_in_no_time():
    started = perf_counter()
    kinds_in("un une des cherche " * 20_000)
    assert perf_counter() - started < 1


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
