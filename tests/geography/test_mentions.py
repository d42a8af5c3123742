"""What a sentence may say of where: after a preposition of place, with a capital or quoted, and nothing else."""

import pytest

from matching.geography.mentions import mentions


def keys(text):
    return [key for mention in mentions(text) for key in mention.keys]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Une salle à Brest pour 80 personnes", "brest"),
        ("une salle À BREST", "brest"),
        ("à St. Malo, le samedi", "saint malo"),
        ("un local à Saint-Malo", "saint malo"),
        ("un local au Havre", "havre"),
        ("aux Sables-d’Olonne", "sables d olonne"),
        ("à l'Île-d'Yeu", "ile d yeu"),
        ("près de Vienne", "vienne"),
        ("autour d’Orange", "orange"),
        ("dans le Lot", "lot"),
        ("dans l’Ain", "ain"),
        ("en Île-de-France", "ile de france"),
        ("dans le 93", "93"),
        ("à 29200 Brest", "29200"),
        ("à « orange »", "orange"),
        ("Un lieu.\nDans le Lot", "lot"),
    ],
)
def test_a_place_is_read_after_a_preposition(text, expected):
    assert expected in keys(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "à",
        "Un lot de livres du Nord et une orange",
        "nous cherchons à lotir",
        "dans le lot de livres",
        "en mars, à partir de mai",
        "à 80 personnes",
        "dans 93 jours",
        "Orange nous soutient, Vienne aussi",
        "une fête à Toussaint",
        "\x00 à \u202e",
    ],
)
def test_ordinary_words_are_no_place(text):
    assert mentions(text) == []


def test_what_goes_on_is_no_place_of_its_own():
    assert "port" not in mentions("au Port de commerce")[0].keys
    assert "nord" not in mentions("dans le Nord de la ville")[0].keys


def test_the_longest_name_comes_first():
    assert mentions("à Paris 18e arrondissement")[0].keys[0] == "paris 18e arrondissement"
    assert mentions("à La Rochelle")[0].keys == ("la rochelle", "rochelle")


def test_an_endless_list_of_names_stays_cheap():
    assert len(mentions("à Brest " * 20_000)) == 12
    assert len(mentions("à Brest " + "Brest " * 20_000)[0].keys) <= 8
