"""What holds for any needs and offers, at the door."""

import math
import os
import re
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from matching.engine import Match, Matcher, Need, Offer, Place
from matching.engine.gates import GATES
from matching.engine.listings import KINDS, RIGHTS, Listing
from tests.engine import listings
from tests.engine.command import ROOT, write_lines
from tests.engine.listings import PLACES, THEMES, TODAY
from tests.engine.test_reasons import without
from tests.engine.test_scores import AROUND

often = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
seldom = settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.too_slow])

KNOWING = Matcher(today=TODAY).fit(AROUND)
CLOSE = 1e-12


def match(need: Need, offer: Offer) -> Match | None:
    """The pair among the offers around; None where it is not listed."""
    return KNOWING.explain(need, offer, reader="need")


# Each takes a pair that may be anything and gives two of it, the second of which is better by one fact.


def nearer_territory(need: Need, offer: Offer, data: Any) -> tuple[Need, Offer, Offer]:
    """Brest asks; places are in the order of their nearness to it."""
    order = [
        None,
        Place("commune", "75056"),
        Place("commune", "35238"),
        Place("commune", "29232"),
        Place("commune", "29075"),
        Place("commune", "29019"),
    ]
    far, near = sorted(data.draw(st.lists(st.integers(0, 5), min_size=2, max_size=2)))
    asks = replace(need, territory=Place("commune", "29019"), perimeter=None)
    return asks, replace(offer, territory=order[far]), replace(offer, territory=order[near])


def tighter_perimeter(need: Need, offer: Offer, data: Any) -> tuple[Need, Offer, Offer]:
    order = [
        None,
        Place("country", "FR"),
        Place("region", "53"),
        Place("departement", "29"),
        Place("epci", "242900314"),
        Place("commune", "29019"),
    ]
    wide, tight = sorted(data.draw(st.lists(st.integers(0, 5), min_size=2, max_size=2)))
    asks = replace(need, territory=Place("commune", "29019"))
    return asks, replace(offer, perimeter=order[wide]), replace(offer, perimeter=order[tight])


def one_theme_more(need: Need, offer: Offer, data: Any) -> tuple[Need, Offer, Offer]:
    """An offer that says nothing at all is listed by its facts alone: a theme gives it a subject, perhaps another."""
    offer = replace(offer, title=f"jardin {offer.title}")
    return need, offer, replace(offer, themes=(*offer.themes, data.draw(st.sampled_from(THEMES))))


def the_same_theme_for_its_parent(need: Need, offer: Offer, data: Any) -> tuple[Need, Offer, Offer]:
    asks = replace(need, themes=("nature/jardins",))
    return asks, replace(offer, themes=("nature",)), replace(offer, themes=("nature/jardins",))


def more_capacity(need: Need, offer: Offer, data: Any) -> tuple[Need, Offer, Offer]:
    few = data.draw(st.none() | st.integers(0, 100))
    if few is not None and need.capacity is not None and few < need.capacity:
        few = None
    many = max(few or 0, need.capacity or 0) + data.draw(st.integers(0, 500))
    return need, replace(offer, capacity=few), replace(offer, capacity=many)


def longer_overlap(need: Need, offer: Offer, data: Any) -> tuple[Need, Offer, Offer]:
    """The offer begins before the need does, and ends later and later."""
    starts, ends = TODAY, TODAY + timedelta(data.draw(st.integers(0, 300)))
    asks = replace(need, starts=starts, ends=ends)
    early, late = sorted(data.draw(st.lists(st.integers(0, 400), min_size=2, max_size=2)))
    given = replace(offer, starts=starts - timedelta(data.draw(st.integers(0, 9))), opens=None, closes=None)
    return asks, replace(given, ends=starts + timedelta(early)), replace(given, ends=starts + timedelta(late))


def wider_rights(need: Need, offer: Offer, data: Any) -> tuple[Need, Offer, Offer]:
    granted = (*offer.rights, *need.rights) if offer.rights else ()
    return need, replace(offer, rights=granted), replace(offer, rights=(*granted, *need.rights, *some_rights(data)))


def some_rights(data: Any) -> tuple[str, ...]:
    return data.draw(listings.some(RIGHTS).filter(bool))


def a_higher_maximum(need: Need, offer: Offer, data: Any) -> tuple[Need, Offer, Offer]:
    least = max(need.amount_min or 0, offer.amount_min or 0)
    low = data.draw(st.none() | st.floats(0, 1e6).map(lambda more: least + more))
    high = (low or least) + data.draw(st.floats(0, 1e9))
    return need, replace(offer, amount_max=low), replace(offer, amount_max=high)


def a_form_that_is_accepted(need: Need, offer: Offer, data: Any) -> tuple[Need, Offer, Offer]:
    asks = replace(need, legal_form="association")
    return asks, replace(offer, legal_forms=()), replace(offer, legal_forms=("cooperative", "association"))


def kinds_that_are_known(need: Need, offer: Offer, data: Any) -> tuple[Need, Offer, Offer]:
    """A kind in common, and no fact that only another kind reads."""
    shared = data.draw(st.sampled_from(KINDS))
    plain = replace(need, kinds=(shared,), perimeter=None, capacity=None, amount_min=None, amount_max=None)
    return plain, replace(offer, kinds=()), replace(offer, kinds=(shared,))


def more_that_is_hoped_for(need: Need, offer: Offer, data: Any) -> tuple[Need, Offer, Offer]:
    asks = replace(need, contribution=f"{need.contribution} ateliers ouverts, compost")
    return asks, replace(offer, expects=""), replace(offer, expects="des ateliers")


BETTER: list[Callable[[Need, Offer, Any], tuple[Need, Offer, Offer]]] = [
    nearer_territory,
    tighter_perimeter,
    one_theme_more,
    the_same_theme_for_its_parent,
    more_capacity,
    longer_overlap,
    wider_rights,
    a_higher_maximum,
    a_form_that_is_accepted,
    kinds_that_are_known,
    more_that_is_hoped_for,
]


@pytest.mark.parametrize("better", BETTER, ids=lambda better: better.__name__)
@often
@given(need=listings.needs(), offer=listings.offers(), data=st.data())
def test_a_better_fact_never_lowers_a_score_nor_takes_a_pair_off(
    better: Callable, need: Need, offer: Offer, data: st.DataObject
) -> None:
    asks, worse, improved = better(need, offer, data)
    before, after = match(asks, worse), match(asks, improved)
    if before is None:
        return
    assert after is not None, "listed before, not any more"
    assert after.score >= before.score - CLOSE


UNKNOWN = {"territory": None, "themes": (), "capacity": None, "rights": (), "kinds": (), "legal_form": ""}


@often
@given(need=listings.needs(), offer=listings.offers(), name=st.sampled_from(sorted(UNKNOWN)))
def test_a_fact_of_the_need_that_fits_is_not_below_an_unknown_one(need: Need, offer: Offer, name: str) -> None:
    """A room that is too small for the need may still pass for another kind: that is no fact that fits."""
    if name == "capacity" and None not in (need.capacity, offer.capacity) and need.capacity > offer.capacity:
        return
    known = match(need, offer)
    unknown = match(replace(need, **{name: UNKNOWN[name]}), offer)
    if known is not None and unknown is not None and getattr(need, name):
        assert known.score >= unknown.score - CLOSE


@seldom
@given(listings.numbered(listings.needs(), 8), listings.numbered(listings.offers(), 8), st.randoms())
def test_the_order_of_the_files_changes_nothing(needs: list[Need], offers: list[Offer], chance: Any) -> None:
    straight = {line.id: line for line in Matcher(today=TODAY).fit(offers).rank(needs, top=5, near_misses=5)}
    mixed_needs, mixed_offers = needs[:], offers[:]
    chance.shuffle(mixed_needs)
    chance.shuffle(mixed_offers)
    mixed = Matcher(today=TODAY).fit(mixed_offers).rank(mixed_needs, top=5, near_misses=5)
    assert {line.id: line for line in mixed} == straight


@seldom
@given(listings.numbered(listings.needs(), 6), listings.numbered(listings.offers(), 6))
def test_gates_come_first_and_each_refusal_says_why_and_what_would_mend_it(
    needs: list[Need], offers: list[Offer]
) -> None:
    for line in Matcher(today=TODAY).fit([*offers, *AROUND]).rank(needs, top=99, near_misses=99):
        listed, near = [each.id for each in line.matches], [each.id for each in line.near]
        assert not {*listed} & {*near}
        assert len({*listed}) == len(listed) and len({*near}) == len(near)
        for miss in line.near:
            names = [refusal.gate for refusal in miss.refused_by]
            assert names and names == sorted({*names}, key=GATES.index)
            assert not {"status", "closes"} & {*names}
            for refusal in miss.refused_by:
                assert str(refusal).strip() and str(refusal.mend).strip()
                assert str(refusal) != str(refusal.mend)


@seldom
@given(need=listings.needs(), offer=listings.offers())
def test_parts_sum_up_and_both_directions_agree(need: Need, offer: Offer) -> None:
    forth = KNOWING.explain(need, offer, reader="need")
    back = KNOWING.explain(need, offer, reader="offer")
    assert (forth is None) == (back is None)
    if forth is not None and back is not None:
        assert (forth.score, forth.parts) == (back.score, back.parts)
        assert math.fsum(forth.parts.values()) == pytest.approx(forth.score, abs=1e-6)
        assert len(forth.parts) >= 2


PROSE = st.lists(
    st.sampled_from(
        """Nous cherchons un local pour réparer des vélos avec les habitants du quartier et prêter des outils;
        La coopérative ouvre son jardin aux écoles, au PLU et à l'AMAP le samedi;Ateliers de cuisine solidaire;
        Prêt de données ouvertes sur l'énergie des toits, cartes et archives;Une salle de 80 m² pour la chorale;
        Subvention pour la médiation numérique des aînés;Semences paysannes, compost, potager et verger partagés;
        Fête de quartier, théâtre d'ombres et mémoire ouvrière;Hébergement d'urgence l'hiver 2026""".split(";")
    ).map(str.strip),
    min_size=1,
    max_size=3,
).map(". ".join)


@often
@given(
    asked=PROSE, given_title=PROSE, given_text=PROSE, themed=st.booleans(), reader=st.sampled_from(["need", "offer"])
)
def test_deleting_the_words_of_the_first_reason_always_lowers_the_score(
    asked: str, given_title: str, given_text: str, themed: bool, reader: str
) -> None:
    themes = ("nature/jardins",) if themed else ()
    need = Need(id="n", title=asked, themes=themes, territory=PLACES[0])
    offer = Offer(id="o", title=given_title, text=given_text, themes=themes, territory=PLACES[0])
    found = KNOWING.explain(need, offer, reader=reader)
    if found is None:
        return
    words = found.reasons[0].params.get("words", [])
    if not words:
        return
    own: Listing = need if reader == "need" else offer
    less = without(own, words)
    left = match(less, offer) if own is need else match(need, less)
    assert left is None or left.score < found.score


@often
@given(asked=PROSE, held=PROSE, times=st.integers(2, 30), data=st.data())
def test_saying_words_again_never_helps(asked: str, held: str, times: int, data: st.DataObject) -> None:
    need, offer = Need(id="n", title=asked), Offer(id="o", text=held)
    plain = match(need, offer)
    if plain is None:
        return
    word = data.draw(st.sampled_from(re.findall(r"\w+", held)))
    for again in (f"{held} {f'{word} ' * times}", f"{held} {held}"):
        told = match(need, replace(offer, text=again))
        assert told is not None and told.score <= plain.score + CLOSE
    own = data.draw(st.sampled_from(re.findall(r"\w+", asked)))
    told = match(replace(need, title=f"{asked} {f'{own} ' * times}"), offer)
    assert told is not None and told.score <= plain.score + CLOSE


PROCESSES = [("0", "1"), ("1", "2"), ("4711", "1"), ("99", "2")]
COMMANDS = (["rank", "--near-misses", "3"], ["rank", "--direction", "offers"], ["allocate"])
EACH_IN_TURN = (
    "import sys; from matching.engine.cli import main; sys.exit(any([main(each.split()) for each in sys.argv[1:]]))"
)


def test_processes_seeds_and_threads_write_the_same_bytes(tmp_path: Path) -> None:
    """Processes at once, each with a hash seed and a number of threads of its own, work through all commands."""
    words = listings.WORDS
    needs = [
        {"id": f"n{at}", "title": " ".join(words[at % 20 : at % 20 + 4]), "themes": [THEMES[at % 6]], "capacity": at}
        for at in range(80)
    ]
    offers = [
        {"id": f"o{at}", "title": words[at % 24], "text": " ".join(words[(at * 7) % 20 :: 3]),
         "themes": [THEMES[at % 5]], "capacity": at % 50, "territory": PLACES[at % 10]._asdict()}
        for at in range(90)
    ]  # fmt: skip
    n, o = write_lines(tmp_path / "n.jsonl", needs), write_lines(tmp_path / "o.jsonl", offers)
    outs = {seed: [tmp_path / f"{seed}-{at}.jsonl" for at in range(len(COMMANDS))] for seed, _threads in PROCESSES}
    running = [
        subprocess.Popen(
            [sys.executable, "-c", EACH_IN_TURN, *(
                " ".join([*command, "--needs", str(n), "--offers", str(o), "--out", str(out)])
                for command, out in zip(COMMANDS, outs[seed], strict=True)
            )],
            cwd=ROOT,
            env={**os.environ, "PYTHONHASHSEED": seed, "OMP_NUM_THREADS": threads, "OPENBLAS_NUM_THREADS": threads},
            stderr=subprocess.DEVNULL,
        )
        for seed, threads in PROCESSES
    ]  # fmt: skip
    assert [each.wait(300) for each in running] == [0] * len(PROCESSES)
    for command, of_each in zip(COMMANDS, zip(*outs.values(), strict=True), strict=True):
        assert len({out.read_bytes() for out in of_each}) == 1, command
        assert of_each[0].stat().st_size > 0
