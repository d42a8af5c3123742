"""What texts promise: repeating words gains little or nothing, other words for a subject count, compounds are found."""

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from matching.engine import Matcher, Need, Offer
from matching.engine.analyser import Analyser
from matching.engine.text import MEASURES, STEMS
from tests.engine import listings
from tests.engine.test_scores import AROUND

quietly = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
KNOWING = Matcher().fit(AROUND)
TEXTS = st.lists(st.sampled_from(listings.WORDS), min_size=1, max_size=12, unique_by=Analyser().stem)
# A word strewn about makes new neighbours, and new expressions: these measures know nothing of neighbours.
WITHOUT_NEIGHBOURS = ("words", "fragments", "neighbourhood")


def score(need: Need, offer: Offer, matcher: Matcher = KNOWING) -> float:
    """The score of a pair by what the offers around tell; 0 where it is not listed."""
    found = matcher.explain(need, offer, reader="need")
    return found.score if found else 0.0


def parts(need: str, offer: str) -> dict[str, float]:
    """The parts of a need's title and an offer's text that some measure gives."""
    found = KNOWING.explain(Need(id="n", title=need), Offer(id="o", text=offer), reader="need")
    assert found is not None
    return {name: found.parts[name] for name in MEASURES if found.parts[name] > 0}


def interleaved(words: list[str], word: str) -> str:
    """The word after each of the words."""
    return " ".join(f"{each} {word}" for each in words)


@quietly
@given(said=TEXTS, offered=TEXTS, again=st.data())
def test_a_word_strewn_all_over_a_need_does_not_raise_its_words(said: list[str], offered: list[str], again) -> None:
    word = again.draw(st.sampled_from(said))
    plain, strewn = (
        KNOWING.explain(Need(id="n", text=text), Offer(id="o", text=" ".join(offered)), reader="need")
        for text in (" ".join(said), interleaved(said, word))
    )
    if strewn is None:
        return
    assert plain is not None
    for name in WITHOUT_NEIGHBOURS:
        assert strewn.parts[name] <= plain.parts[name] + 1e-9


@quietly
@given(said=TEXTS, offered=st.lists(st.sampled_from(listings.WORDS), min_size=7, max_size=20, unique=True))
def test_a_word_strewn_all_over_an_offer_counts_once(said: list[str], offered: list[str]) -> None:
    need = Need(id="n", text=" ".join(said))
    once = KNOWING.explain(need, Offer(id="o", text=" ".join(offered)), reader="need")
    strewn = KNOWING.explain(need, Offer(id="o", text=interleaved(offered, offered[0])), reader="need")
    if strewn is None:
        return
    assert once is not None
    assert strewn.parts["words"] <= once.parts["words"] + 1e-9


def test_saying_a_word_three_times_is_the_most_that_helps() -> None:
    about = "compost {0} solaire {1} atelier {2} troc {3} eau {4} café musique livre chant danse cirque neige ville"
    texts = [about.format(*["piscine"] * times, *[""] * (5 - times)) for times in (1, 2, 3, 4, 5)]
    need = Need(id="n", title="piscine")
    matcher = Matcher().fit(
        [*AROUND, *(Offer(id=f"filler {at}", text=f"{text} {at}") for at, text in enumerate(texts))]
    )
    found = [matcher.explain(need, Offer(id="o", text=text), reader="need") for text in texts]
    words = [match.parts["words"] for match in found if match]
    assert words[0] < words[1] < words[2]
    assert words[3] <= words[2] and words[4] <= words[2]


def test_an_untitled_text_says_its_subject_first() -> None:
    """What opens a text counts more than what it comes to; where there is a title, that is the title's task."""
    need = Need(id="n", title="Prêt de vélos")
    others = " ".join(dict.fromkeys(word for word in listings.WORDS if "vélo" not in word.lower()))
    first, last = (Offer(id="o", text=text) for text in (f"Vélos {others}", f"{others} vélos"))
    assert score(need, first) > score(need, last)
    first, last = (Offer(id="o", title="Divers", text=offer.text) for offer in (first, last))
    assert score(need, first) == pytest.approx(score(need, last), abs=0.02)


def test_where_texts_are_long_a_word_that_comes_again_counts_more() -> None:
    words = [f"mot{chr(97 + at // 26)}{chr(97 + at % 26)}" for at in range(400)]
    k1 = [
        Matcher()
        .fit([Offer(id=str(at), text=" ".join(words[at : at + size])) for at in range(5)])
        .statistics_.k1(STEMS)
        for size in (5, 25, 100, 390)
    ]
    assert k1[0] == k1[1] < k1[2] < k1[3]


def test_another_word_for_the_subject_counts_less_than_the_word_itself() -> None:
    same, other, none = (
        score(Need(id="n", title="vélo"), Offer(id="o", title=title)) for title in ("vélo", "bicyclette", "piscine")
    )
    assert same > other > none == 0.0
    assert parts("vélo", "bicyclette").keys() == {"bridge"}
    # What the very word has said is not said twice by the subject.
    bridges = [parts("vélo", offer)["bridge"] for offer in ("vélo", "bicyclette")]
    assert bridges[0] == pytest.approx(bridges[1] * 0.75, rel=0.02)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("micro-crèche", "microcrèche"),
        ("microcrèche", "micro-crèches parentales"),
        ("covoiturage", "co-voiturage"),
        ("agro-écologie", "agroécologie"),
        ("Médiathèque", "mediatheques"),
        ("l’école", "Écoles"),
        ("bibliotèque", "bibliothèques"),
        ("PLU", "plan local d'urbanisme"),
        ("coopérative", "Coop alimentaire"),
        ("animaux", "animal"),
        ("14 juillet", "Bal du 14 juillet"),
    ],
)
def test_other_writings_of_a_word_are_found(one: str, other: str) -> None:
    offers = [Offer(id="o", title=other), *AROUND]
    for need, offer in ((Need(id="n", title=one), offers[0]), (Need(id="n", title=other), Offer(id="o", title=one))):
        match = Matcher().fit([offer, *AROUND]).rank([need])[0].matches[0]
        assert match.id == "o"
        assert not str(match.reasons[0]).startswith("En France")


def test_words_of_two_meanings_count_less() -> None:
    offers = [Offer(id="o", text="place piscine"), *AROUND]
    matcher = Matcher().fit(offers)
    distrusted, trusted = (score(Need(id="n", title=title), offers[0], matcher) for title in ("place", "piscine"))
    assert 0 < distrusted < trusted


def test_a_need_weighs_the_same_in_its_title_as_in_its_text() -> None:
    offer = Offer(id="o", text="piscine et jardin partagé")
    in_title, in_text = (score(Need(id="n", **{place: "un jardin et des vélos"}), offer) for place in ("title", "text"))
    assert in_title == pytest.approx(in_text, rel=0.05)


def test_long_needs_stay_on_the_scale() -> None:
    offer = Offer(id="o", title=" ".join(listings.WORDS), text=" ".join(listings.WORDS))
    scores = [score(Need(id="n", text=" ".join(listings.WORDS[:many])), offer) for many in (1, 5, 20, 40)]
    assert scores == sorted(scores)
    assert np.isfinite(scores).all() and scores[-1] < 3
