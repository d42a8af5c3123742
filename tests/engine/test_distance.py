"""Kilometres, where points of communes are known: nearer never lowers a score; without points nothing changes."""

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matching.engine import Matcher, Need, Offer, Place
from matching.engine.columns import read
from matching.engine.meetings import Meetings
from matching.geography import load

GEOGRAPHY = load()
BREST, GUIPAVAS, QUIMPER, RENNES = "29019", "29075", "29232", "35238"
POINTS = {
    BREST: (48.4084, -4.4996),
    GUIPAVAS: (48.4353, -4.4009),
    QUIMPER: (47.9960, -4.1024),
    RENNES: (48.1159, -1.6884),
    "75056": (48.8566, 2.3522),
}
LOCATED = GEOGRAPHY.with_points(POINTS)
NEED = Need(id="n", title="Une salle pour réparer des vélos", territory=Place("commune", BREST))
OFFER = Offer(id="o", title="Salle pour réparer des vélos", kinds=("place",))


def match(code: str, geography=LOCATED, reader="need", need=NEED):
    offer = replace(OFFER, territory=Place("commune", code))
    return Matcher(geography=geography).fit([offer]).explain(need, offer, reader=reader)


def communes(*codes: str) -> list[Place]:
    return [Place("commune", code) for code in codes]


def test_kilometres_are_those_of_the_earth() -> None:
    brest, quimper, rennes = communes(BREST, QUIMPER, RENNES)
    assert LOCATED.distance(brest, quimper) == pytest.approx(54.6, abs=1)
    assert LOCATED.distance(rennes, brest) == LOCATED.distance(brest, rennes) == pytest.approx(210, abs=2)
    assert LOCATED.distance(brest, brest) == 0
    assert LOCATED.distance(brest, Place("departement", "29")) is None
    assert GEOGRAPHY.distance(brest, quimper) is None, "the table that all share has no points"


def test_an_arrondissement_lies_in_its_city() -> None:
    first, eighteenth = communes("75101", "75118")
    assert LOCATED.distance(first, eighteenth) == 0
    assert LOCATED.point(first) == POINTS["75056"]
    assert str(match("75118", need=replace(NEED, territory=first)).reasons[1]) == "Dans la même commune\u00a0: Paris"


def test_the_reason_tells_the_kilometres_to_each_side() -> None:
    assert "À 8\u00a0km" not in str(match(GUIPAVAS, GEOGRAPHY).reasons)
    assert "À 8 km\u00a0: Guipavas (Finistère)" in map(str, match(GUIPAVAS).reasons)
    assert "À 8 km\u00a0: Brest (Finistère)" in map(str, match(GUIPAVAS, reader="offer").reasons)
    assert "Dans la même région\u00a0: Bretagne" in map(str, match(RENNES).reasons), "too far for a trip"


def test_near_but_across_a_border_is_near() -> None:
    """Montélimar and Le Teil face each other across the Rhône, in two départements."""
    points = {"26198": (44.5564, 4.7495), "07319": (44.5456, 4.6822)}
    need = replace(NEED, territory=Place("commune", "26198"), kinds=("place",))
    far, near = match("07319", GEOGRAPHY, need=need), match("07319", GEOGRAPHY.with_points(points), need=need)
    assert near.score > far.score
    assert near.parts["territory"] > 3 * far.parts["territory"]
    assert "département" in str(far.against) and "département" not in str(near.against)
    assert "À 5 km\u00a0: Le Teil (Ardèche)" in map(str, near.reasons)
    assert sum(near.parts.values()) == pytest.approx(near.score, abs=1e-9)


def test_without_points_every_score_is_the_same_to_the_bit() -> None:
    for code in (BREST, GUIPAVAS, QUIMPER, RENNES, "13055"):
        elsewhere = GEOGRAPHY.with_points({"97411": (-20.88, 55.45)})
        assert match(code, elsewhere).score == match(code, GEOGRAPHY).score


@settings(max_examples=60, deadline=None)
@given(
    st.sampled_from([BREST, GUIPAVAS, QUIMPER, RENNES, "75056", "13055", "97411"]),
    st.tuples(st.floats(-21, 51), st.floats(-61, 56)),
    st.lists(st.tuples(st.floats(-21, 51), st.floats(-61, 56)), min_size=2, max_size=6),
)
def test_nearer_never_lowers(code: str, here: tuple[float, float], spots: list[tuple[float, float]]) -> None:
    """One commune moved about: its relations stay, its kilometres change."""
    asks, other = communes(BREST, code)
    if code == BREST:
        return
    fits = []
    for spot in spots:
        located = GEOGRAPHY.with_points({BREST: here, code: spot})
        sides = [read([kind(id="x", territory=place)], located) for kind, place in ((Need, asks), (Offer, other))]
        fit = Meetings(*sides, by_need=True).territory_fit(*(side.columns.territory for side in sides))
        fits.append((located.distance(asks, other), float(fit[0])))
    by_relation = float(Meetings(*sides, by_need=True).nearness_fit(*(side.columns.territory for side in sides))[0])
    ordered = [fit for _km, fit in sorted(fits)]
    assert all(near >= far - 1e-9 for near, far in pairwise(ordered))
    assert all(by_relation <= fit <= 1 for fit in ordered)


def test_a_pair_weighs_the_same_both_ways_and_in_any_company() -> None:
    offers = [replace(OFFER, id=code, territory=Place("commune", code)) for code in POINTS]
    needs = [replace(NEED, id=code, territory=Place("commune", code)) for code in POINTS]
    matcher = Matcher(geography=LOCATED).fit(offers)
    one_way = {(line.id, found.id): found.score for line in matcher.rank(needs) for found in line.matches}
    other_way = {(found.id, line.id): found.score for line in matcher.rank_offers(needs) for found in line.matches}
    alone = {
        (need.id, offer.id): matcher.explain(need, offer, reader="need").score for need in needs for offer in offers
    }
    assert one_way == other_way == alone
    assert np.isfinite([*alone.values()]).all()
