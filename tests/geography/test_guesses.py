"""What a hurried sentence may say of where: without a capital, at its end, after « sur »."""

import pytest

from matching.geography.guesses import Trust, guesses


def keys(text):
    return [name.key for guess in guesses(text) for name in guess.names]


@pytest.mark.parametrize(
    ("text", "expected", "trust"),
    [
        ("une salle à brest", "brest", Trust.AFTER_PREPOSITION),
        ("une salle a clermont ferrand", "clermont ferrand", Trust.AFTER_PREPOSITION),
        ("pres de quimper pour danser", "quimper", Trust.AFTER_PREPOSITION),
        ("un local à tours", "tours", Trust.AFTER_PREPOSITION),
        ("un local au havre", "le havre", Trust.AFTER_ARTICLE),
        ("un local à la rochelle", "la rochelle", Trust.AFTER_ARTICLE),
        ("aux sables d'olonne", "les sables d olonne", Trust.AFTER_ARTICLE),
        ("un local dans le lot", "lot", Trust.AFTER_PREPOSITION),
        ("un local en bretagne", "bretagne", Trust.AFTER_PREPOSITION),
        ("des outils sur lyon", "lyon", Trust.AFTER_ARTICLE),
        ("cuisine partagee roubaix", "roubaix", Trust.AT_THE_END),
        ("Cuisine partagée Roubaix.", "roubaix", Trust.AT_THE_END),
        ("un jardin st brieuc", "saint brieuc", Trust.AT_THE_END),
        ("boulogne sur mer", "boulogne sur mer", Trust.AT_THE_END),
        ("une salle 29200", "29200", Trust.AT_THE_END),
    ],
)
def test_what_may_be_a_place_is_read(text, expected, trust):
    assert (expected, trust) in [(name.key, guess.trust) for guess in guesses(text) for name in guess.names]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "à",
        "Salles",
        "une salle",
        "un jardin",
        "livres à lire",
        "textes à publier",
        "venir en avion",
        "à la montagne",
        "à la crèche",
        "dans le lot de livres",
        "rue Neuve Saint-Pierre",
        "les Buttes Chaumont",
        "Boulevard Vincent Auriol",
        "porte de Vanves",
        "rue d’Orléans",
        "des numéros 67 à 85",
        "\x00 à \u202e",
    ],
)
def test_words_and_parts_of_other_names_are_no_place(text):
    known = {"salles", "jardin", "lire", "publier", "avion", "la montagne", "la creche", "lot", "saint pierre"}
    known |= {"chaumont", "auriol", "vanves", "orleans", "85", "sur mer", "mer"}
    assert known.isdisjoint(keys(text))


def test_each_says_where_it_stands():
    text = "une salle à brest, cuisine Saint Brieuc"
    spans = {name.key: text[name.start : name.end] for guess in guesses(text) for name in guess.names}
    assert spans["brest"] == "brest"
    assert spans["saint brieuc"] == "Saint Brieuc"


def test_a_long_text_is_not_guessed_at_its_end():
    assert keys("mot " * 20 + "roubaix") == []


def test_an_endless_text_stays_cheap():
    assert len(guesses("à brest " * 20_000)) <= 14
    assert len(guesses("brest " * 20_000)) <= 1
