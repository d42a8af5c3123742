"""The territory that a sentence names, when nobody has chosen one."""

import pytest

from matching.territories.reading import territory_in


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Une salle à Brest pour 80 personnes", "Brest (Finistère)"),
        ("des ateliers à l’Île-d’Yeu", "L’Île-d’Yeu (Vendée)"),
        ("un local au Mans", "Le Mans (Sarthe)"),
        ("un local à Vienne", "Vienne (Isère)"),
        ("un local dans la Vienne", "Vienne (département)"),
        ("un local dans le Lot", "Lot (département)"),
        ("un lieu à Saint-Denis", "Saint-Denis (La Réunion)"),  # the most populated
        ("un lieu à « st denis »", "Saint-Denis (La Réunion)"),
        ("un lieu à Trifouilly, près de Brest", "Brest (Finistère)"),
        ("un lieu dans le 93", "Seine-Saint-Denis (département)"),
        ("une salle à brest", "Brest (Finistère)"),
        ("une salle a brest le samedi", "Brest (Finistère)"),
        ("un local au mans", "Le Mans (Sarthe)"),
        ("un local dans le lot", "Lot (département)"),
        ("un lot de livres dans le lot de la bibliothèque", None),
        ("cuisine partagee brest", "Brest (Finistère)"),
        ("atelier st denis", "Saint-Denis (La Réunion)"),
        ("livres à lire, à Brest", "Brest (Finistère)"),
        ("une salle à l'île-d'yeu", "L’Île-d’Yeu (Vendée)"),
        ("Brest", "Brest (Finistère)"),
        ("un lieu à Lambézellec", None),
        ("un lot de la Vienne", None),
        ("partout en France", None),
    ],
)
def test_a_sentence_names_a_territory(world, text, expected):
    found = territory_in(text)
    assert (str(found.territory) if found else None) == expected


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Une salle à Brest pour 80 personnes", "Brest"),
        ("Bonjour,\r\ndes ateliers à l’Île-d’Yeu.", "Île-d’Yeu"),
        ("un lieu à « st denis » !", "« st denis »"),
        ("un lieu à Trifouilly, près de Brest Est", "Brest"),
        ("un lieu à 29200, Brest", "29200"),
    ],
)
def test_it_says_where_the_name_stands(world, text, name):
    found = territory_in(text)
    assert text[found.start : found.end] == name


def test_nothing_to_look_up_asks_nothing(db, django_assert_num_queries):
    with django_assert_num_queries(0):
        assert territory_in("Nous cherchons une salle") is None


def test_many_names_cost_as_much_as_one(world, django_assert_num_queries):
    with django_assert_num_queries(1):
        territory_in("à Trifouilly, à Perpète, à Tombouctou, à Brest et à Saint-Denis")
