"""Copies count once in a list; true offers that only look alike stay."""

from dataclasses import replace
from datetime import date

import numpy as np
import pytest

from matching.engine import Matcher, Need, Offer, Place
from matching.engine import text as texts
from matching.engine.analyser import Analyser
from matching.engine.twins import FEWEST_STEMS, Twins, sketches

TEXT = (
    "Un terrain de deux cents mètres carrés derrière l'école maternelle, clos de murs, avec un point d'eau, une cabane "
    "et un composteur, pour cultiver ensemble des légumes et des fleurs"
)
ROOM = Offer(id="b", title="Jardin de l'école", text=TEXT, kinds=("place",), capacity=30)
NEED = Need(id="n", title="Cultiver des légumes", text="un terrain avec un point d'eau", kinds=("place",))
OTHERS = [
    Offer(id=f"x{at}", title=title, kinds=("place",))
    for at, title in enumerate(["Terrain de sport", "Point de rencontre", "Fleurs du marché", "Légumes de saison"])
]


def listed(offers: list[Offer], top: int = 10) -> list[str]:
    """The ids of the offers of the need's list."""
    return [match.id for match in Matcher().fit(offers).rank([NEED], top=top)[0].matches]


EDITED = {
    "shouted, without accents": replace(ROOM, title="JARDIN DE L'ECOLE", text=TEXT.upper()),
    "a word more": replace(ROOM, text=f"{TEXT} bientôt"),
    "another title": replace(ROOM, title="Le jardin de l'école"),
}
SWAPPED = ("haies", "fossés", "grilles", "barrières")


def copies_in(found: list[str]) -> int:
    """How many places the room and its copies take."""
    return sum(each == "b" or each.startswith("c") for each in found)


def test_copies_to_the_letter_take_no_place_in_a_list() -> None:
    found = listed([ROOM, *(replace(ROOM, id=f"c{at}") for at in range(12)), *OTHERS])
    assert copies_in(found) == 1
    assert len(found) == len(listed([ROOM, *OTHERS])) > 2


@pytest.mark.parametrize("how", EDITED)
def test_copies_with_minor_edits_take_no_place_in_a_list(how: str) -> None:
    copies = [replace(EDITED[how], id=f"c{at:02}", text=EDITED[how].text + "!" * at) for at in range(12)]
    found = listed([ROOM, *copies, *OTHERS])
    assert copies_in(found) == 1
    assert len(found) == len(listed([ROOM, *OTHERS]))


def test_of_texts_that_are_much_alike_two_stay() -> None:
    copies = [replace(ROOM, id=f"c{at:02}", text=TEXT.replace("murs", word)) for at, word in enumerate(SWAPPED)]
    assert copies_in(listed([ROOM, *copies, *OTHERS])) == 2


DIFFERENT = {
    "another place": replace(ROOM, territory=Place("commune", "29019")),
    "a larger room": replace(ROOM, capacity=60),
    "other dates": replace(ROOM, starts=date(2026, 3, 1)),
    "other rights": replace(ROOM, rights=("access",)),
    "another theme": replace(ROOM, themes=("nature",)),
    "another text": replace(ROOM, text="Une parcelle en friche au bord du canal, à défricher puis cultiver, légumes"),
}


@pytest.mark.parametrize("how", DIFFERENT)
def test_what_differs_by_a_fact_or_by_its_text_is_another_offer(how: str) -> None:
    assert {"b", "other"} <= {*listed([ROOM, replace(DIFFERENT[how], id="other"), *OTHERS])}


def test_short_texts_are_no_copies() -> None:
    halls = [Offer(id=id_, title="Terrain avec point d'eau", kinds=("place",)) for id_ in "abc"]
    assert listed(halls) == ["a", "b", "c"]


def test_the_lower_id_stays_and_the_next_comes_back_when_it_goes() -> None:
    copies = [replace(ROOM, id=id_) for id_ in ("d", "c", "e")]
    assert "b" in listed([*copies, ROOM])
    assert "c" in listed(copies) and "d" not in listed(copies)
    assert "d" in listed([copies[0], copies[2]])


def test_shorter_lists_begin_longer_ones_and_scores_stay() -> None:
    offers = [*OTHERS, *(replace(ROOM, id=f"c{at}") for at in range(20)), replace(ROOM, id="far", capacity=99)]
    matcher = Matcher().fit(offers)
    whole = matcher.rank([NEED], top=99)[0].matches
    for top in range(1, len(whole) + 1):
        assert matcher.rank([NEED], top=top)[0].matches == whole[:top]
    for match in whole:
        alone = matcher.explain(NEED, next(each for each in offers if each.id == match.id), reader="need")
        assert alone is not None and alone.score == match.score


def test_needs_that_repeat_one_another_count_once_for_an_offer() -> None:
    asked = Need(id="a", title="Cultiver", text=TEXT)
    matcher = Matcher().fit([ROOM, *OTHERS])
    (ranking,) = matcher.rank_offers([asked, replace(asked, id="z"), replace(asked, id="o", capacity=3)], [ROOM])
    assert sorted(match.id for match in ranking.matches) == ["a", "o"]


def test_long_lines_are_read_as_short_ones_are() -> None:
    chance = np.random.default_rng(4)
    words = [f"mot{at}" for at in range(400)]
    plain = [" ".join(chance.choice(words, 12, replace=False)) for _ in range(60)]
    written = [*plain, *(f"{text} encore" for text in plain[:40]), *plain[:30]]
    analyser = Analyser()
    stems = texts.bag_of_sets([analyser.terms("", text).stems for text in written])
    twins = Twins(stems, [Offer(id=str(at), text=text) for at, text in enumerate(written)])
    assert (sketches(stems) == twins.sketches).all()
    line = chance.permutation(len(written))
    long = twins.repeats(line[None])[0]
    # Of thirty texts there are three, of ten more two: one to the letter, one with a word more.
    assert long.sum() == 70
    for width in (2, 20, 60):
        assert (twins.repeats(line[None, :width])[0] == long[:width]).all()
    assert not twins.repeats(np.full((2, 3), -1)).any()


def test_listings_of_few_stems_have_no_sketch() -> None:
    analyser = Analyser()
    few, enough = (" ".join(f"mot{at}" for at in range(count)) for count in (FEWEST_STEMS - 1, FEWEST_STEMS))
    stems = texts.bag_of_sets([analyser.terms("", text).stems for text in (few, enough, "")])
    assert sketches(stems).any(axis=1).tolist() == [False, True, False]
