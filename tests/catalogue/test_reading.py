"""How many and how much, as people write it in a sentence."""

import pytest

from matching.catalogue.reading import cents_in, people_in


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
