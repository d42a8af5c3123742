"""What a word is."""

import pytest

from matching.engine.analyser import Analyser, fingerprint, written_words

SAME = [
    ("vélo", "vélos"),
    ("lieu", "lieux"),
    ("jardin", "JARDINS"),
    ("école", "ecole"),
    ("œuvre", "oeuvres"),
    ("l’atelier", "d'ateliers"),
    ("numérique", "numeriques"),
    ("bibliothèque", "Bibliotheques"),
    ("local", "locaux"),
]


def stems(text: str) -> list[str]:
    return Analyser().terms("", text).stems


@pytest.mark.parametrize(("a", "b"), SAME)
def test_forms_of_a_word_share_its_stem(a: str, b: str) -> None:
    assert stems(a) == stems(b) != []


def test_grammar_questions_and_elisions_are_no_words() -> None:
    assert stems("Qu’est-ce que c'est ? Comment l'avoir, où et pourquoi n'y a-t-il pas jusqu'à aujourd'hui") == []
    assert stems("Nous cherchons une salle") == stems("salle")


def test_a_list_of_keywords_hardly_links_its_words() -> None:
    assert Analyser().terms("", "Une salle pour les fêtes du quartier").linked == 4 / 7
    assert Analyser().terms("Salle", "fêtes quartier salle jardin").linked == 0
    assert Analyser().terms("", "").linked == 1


def test_figures_are_words() -> None:
    assert stems("PLU 2026") == ["plu", "2026"]


def test_saying_words_or_the_whole_text_again_adds_nothing() -> None:
    text = "Un jardin à Brest, son compost, et le jardin des voisins"
    once = Analyser().terms("Jardin", text)
    assert Analyser().terms("Jardin", f"{text} {text} {text}") == once
    assert Analyser().terms("Jardin", f"{text} jardin jardin compost") == once
    assert once.stems.count("jardin") == 2
    assert Analyser().terms("Jardin, compost, jardin", "").stems == Analyser().terms("Jardin, compost", "").stems


def test_the_title_comes_first_and_is_told_apart() -> None:
    terms = Analyser().terms("Jardin partagé", "terrain")
    assert (terms.stems, terms.of_title) == (["jardin", "partag", "terrain"], 2)


def test_words_are_given_as_written() -> None:
    assert written_words("L’École d'été : <b>À</b> vélo !") == ["L", "École", "d", "été", "À", "vélo"]


def test_one_endless_word_is_cut() -> None:
    (stem,) = stems("a" * 100_000)
    assert len(stem) <= 40


def test_the_fingerprint_is_of_what_the_analyser_does() -> None:
    assert len(fingerprint()) == 64
