"""Reasons are true of their pair, in the author's own words, and what they name is what counts."""

import re
from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import HealthCheck, given, settings

from matching.engine import Matcher, Need, Offer, Place, Reason
from matching.engine.analyser import Analyser, written_words
from matching.engine.explain import MOST_REASONS
from matching.engine.sentences import SENTENCES
from tests.engine import listings
from tests.engine.test_scores import AROUND

DAY = date(2026, 3, 10)
BREST, QUIMPER, RENNES = Place("commune", "29019"), Place("commune", "29232"), Place("commune", "35238")
FINISTERE, FRANCE = Place("departement", "29"), Place("country", "FR")

KNOWING = {today: Matcher(today=today).fit(AROUND) for today in (DAY, None)}

NEED = Need(
    id="n",
    title="Un Jardin partagé pour l’été",
    text="Nous cherchons un terrain à Brest : composter, semer, et fêter la récolte avec les écoles.",
    kinds=("place",),
    themes=("nature/jardins",),
    territory=BREST,
    capacity=40,
    starts=DAY,
    ends=DAY + timedelta(100),
)
OFFER = Offer(
    id="o",
    title="Terrain communal",
    text="Ancien jardin de l'école, avec compost ; idéal pour la récolte d’ÉTÉ",
    kinds=("place",),
    themes=("nature",),
    territory=BREST,
    perimeter=FINISTERE,
    capacity=60,
)


def said(need: Need, offer: Offer, reader: str = "need", today: date | None = DAY) -> list[str]:
    """The reasons of a pair as sentences."""
    return [str(reason) for reason in found(need, offer, reader, today).reasons]


def against(need: Need, offer: Offer, reader: str = "need", today: date | None = DAY) -> str | None:
    """The doubt about a pair as a sentence."""
    doubt = found(need, offer, reader, today).against
    return None if doubt is None else str(doubt)


def found(need: Need, offer: Offer, reader: str = "need", today: date | None = DAY):
    """The match of a pair among the offers around."""
    match = KNOWING[today].explain(need, offer, reader=reader)
    assert match is not None
    return match


def words_of(reason: Reason) -> list[str]:
    """The words that a reason names."""
    return reason.params.get("words", [])


def without(listing, words: list[str]):
    """The listing with these words deleted wherever they stand."""
    pattern = re.compile(r"(?<!\w)(?:" + "|".join(map(re.escape, words)) + r")(?!\w)", re.IGNORECASE)
    return replace(listing, title=pattern.sub(" ", listing.title), text=pattern.sub(" ", listing.text))


def test_shared_words_are_those_of_the_reader_as_written() -> None:
    (mine, *_), (theirs, *_) = found(NEED, OFFER).reasons, found(NEED, OFFER, "offer").reasons
    assert mine.code == theirs.code == "words"
    assert set(words_of(mine)) <= set(written_words(f"{NEED.title} {NEED.text}"))
    assert set(words_of(theirs)) <= set(written_words(f"{OFFER.title} {OFFER.text}"))
    assert 1 <= len(words_of(mine)) <= 4
    assert str(mine).startswith("Mots en commun\u00a0: «\u00a0")


def test_capitals_and_accents_are_kept() -> None:
    need = Need(id="n", title="FÊTE de l’Été")
    assert set(words_of(found(need, Offer(id="o", title="fete d'ete")).reasons[0])) == {"FÊTE", "Été"}


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(need=listings.needs(), offer=listings.offers())
def test_named_words_are_no_stop_words_and_deleting_them_lowers_the_score(need: Need, offer: Offer) -> None:
    analyser = Analyser()
    matcher = Matcher(today=DAY).fit([offer, *AROUND])
    for reader, own in (("need", need), ("offer", offer)):
        match = matcher.explain(need, offer, reader=reader)
        if match is None or not words_of(match.reasons[0]):
            continue
        assert all(analyser.stem(word) for word in words_of(match.reasons[0]))
        less = without(own, words_of(match.reasons[0]))
        asked, answered = (less, offer) if own is need else (need, less)
        left = Matcher(today=DAY).fit([answered, *AROUND]).explain(asked, answered, reader=reader)
        assert left is None or left.score < match.score


@settings(max_examples=30, deadline=None)
@given(need=listings.needs(), offer=listings.offers())
def test_at_most_four_reasons_strongest_first_and_none_twice(need: Need, offer: Offer) -> None:
    match = KNOWING[DAY].explain(need, offer, reader="need")
    if match is not None:
        codes = [reason.code for reason in match.reasons]
        assert 1 <= len(codes) <= MOST_REASONS and len(set(codes)) == len(codes)


@pytest.mark.parametrize(
    ("need", "offer", "expected"),
    [
        ({}, {}, "Thèmes proches\u00a0: nature › jardins et nature"),
        ({}, {"themes": ("nature/jardins",)}, "Thème en commun\u00a0: nature › jardins"),
        ({}, {}, "Même territoire\u00a0: Brest (Finistère)"),
        ({"territory": FINISTERE}, {}, "Brest fait partie du Finistère"),
        ({"territory": QUIMPER}, {}, "Dans le même département\u00a0: Finistère"),
        ({}, {"perimeter": FRANCE, "territory": None, "themes": (), "capacity": None}, "Ouvert à toute la France"),
        ({}, {"territory": None, "themes": (), "capacity": None}, "Ouvert aux collectifs du Finistère"),
        ({}, {"territory": None, "perimeter": None}, "Capacité de 60 personnes, pour 40 attendues"),
        (
            {"themes": (), "territory": None, "capacity": None},
            {"starts": DAY, "ends": DAY + timedelta(100)},
            "Disponible pendant toute la période voulue",
        ),
        (
            {"themes": (), "territory": None, "capacity": None},
            {"ends": DAY + timedelta(4)},
            "5 jours en commun, du 10/03/2026 au 14/03/2026",
        ),
        (
            {"themes": (), "territory": None, "capacity": None, "amount_min": 100.0, "rights": ("access",)},
            {"amount_max": 12_500.0, "rights": ("exclusion",)},
            "Jusqu’à 12\u202f500\u00a0€ par projet",
        ),
        (
            {"themes": (), "territory": None, "capacity": None, "rights": ("access", "withdrawal")},
            {"rights": ("exclusion",)},
            "Droits demandés accordés\u00a0: accès, usage",
        ),
        (
            {"themes": (), "territory": None, "capacity": None, "legal_form": "association"},
            {"legal_forms": ("association",)},
            "Forme juridique acceptée\u00a0: association",
        ),
    ],
)
def test_facts_that_fit_are_told(need: dict, offer: dict, expected: str) -> None:
    assert expected in said(replace(NEED, **need), replace(OFFER, **offer))


@pytest.mark.parametrize(
    ("need", "offer", "reader", "expected"),
    [
        ({}, {}, "need", None),
        ({}, {"ends": DAY + timedelta(88)}, "need", "Se termine 12 jours avant la fin de votre besoin"),
        ({}, {"ends": DAY + timedelta(99)}, "need", "Se termine un jour avant la fin de votre besoin"),
        ({}, {"ends": DAY + timedelta(88)}, "offer", "Votre offre se termine 12 jours avant la fin du besoin"),
        ({}, {"starts": DAY + timedelta(3)}, "need", "Commence 3 jours après le début de votre besoin"),
        ({}, {"ends": DAY + timedelta(100)}, "need", None),
        ({}, {"closes": DAY}, "need", "Les candidatures ferment aujourd’hui"),
        ({}, {"closes": DAY + timedelta(1)}, "need", "Les candidatures ferment demain"),
        ({}, {"closes": DAY + timedelta(5)}, "need", "Les candidatures ferment le 15/03/2026, dans 5 jours"),
        ({}, {"opens": DAY + timedelta(5)}, "need", "Les candidatures n’ouvrent que le 15/03/2026"),
        ({}, {"closes": DAY + timedelta(90)}, "need", None),
        ({"kinds": ("place", "data")}, {"kinds": ("place", "data"), "capacity": 10}, "need",
         "Capacité de 10 personnes, pour 40 attendues"),
        ({"amount_max": 8000.0}, {"amount_max": 3000.0}, "need",
         "Au plus 3\u202f000\u00a0€ par projet, pour 8\u202f000\u00a0€ qui seraient utiles"),
        ({}, {"territory": RENNES}, "need", "Dans un autre département\u00a0: Rennes (Ille-et-Vilaine)"),
        ({}, {"capacity": None}, "need", "Le nombre de personnes reçues n’est pas précisé"),
        ({"rights": ("access",)}, {}, "need", "Les droits accordés ne sont pas précisés"),
    ],
)  # fmt: skip
def test_the_most_useful_doubt_is_told(need: dict, offer: dict, reader: str, expected: str | None) -> None:
    assert against(replace(NEED, **need), replace(OFFER, **offer), reader) == expected


def test_words_that_are_kin_and_neighbours_are_told_as_such() -> None:
    kin = Need(id="n", title="Jardinage")
    assert said(kin, Offer(id="o", title="Un jardinier à la retraite"))[0] == (
        "Mots de la même famille\u00a0: «\u00a0Jardinage\u00a0», «\u00a0jardinier\u00a0»"
    )
    others = [Offer(id=f"x{at}", text=f"bassin nage {at} ligne {at + 1}") for at in range(400)]
    bolts = [Offer(id=str(at), text=f"boulons écrous rivets {at}") for at in range(400)]
    last = Offer(id="o", text="boulons écrous")
    match = Matcher().fit([*others, *bolts, last]).explain(Need(id="n", title="rivets"), last, reader="need")
    assert match is not None and str(match.reasons[0]).startswith("Vocabulaires proches\u00a0: rivets et ")


def test_two_words_for_one_subject_are_told_as_they_are_written() -> None:
    need = Need(id="n", title="Nos Vélos")
    offer = Offer(id="o", title="Aménagements", text="Bandes et pistes cyclables.")
    assert said(need, offer)[0] == "Un même sujet\u00a0: «\u00a0Vélos\u00a0» et «\u00a0pistes cyclables\u00a0»"
    assert (
        said(need, offer, reader="offer")[0]
        == "Un même sujet\u00a0: «\u00a0pistes cyclables\u00a0» et «\u00a0Vélos\u00a0»"
    )
    shared = said(need, replace(offer, title="Vélos"))
    assert shared[0].startswith("Mots en commun") and shared[1:2] == []
    thrifty = said(Need(id="n", title="Sobriété"), Offer(id="o", title="Vos économies d’énergie"))
    assert thrifty[0] == "Un même sujet\u00a0: «\u00a0Sobriété\u00a0» et «\u00a0économies d’énergie\u00a0»"


def test_every_sentence_has_a_template_and_no_typewriter_quotes() -> None:
    for code, sentence in SENTENCES.items():
        assert "'" not in sentence and '"' not in sentence, code
        assert not re.search(r"[^\u00a0\u202f][:;!?€]", sentence), code
