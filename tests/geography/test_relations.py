"""How territories lie to each other: the traps of a graph that is no tree, and laws that hold everywhere."""

import random
import time
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matching.geography import FARTHEST, FRANCE, RELATIONS, SAME_GROUND, Place, load

geo = load()
places = sorted({geo.resolve(territory.level, territory.code) for territory in geo.territories()})
larger = [place for place in places if place.level != "commune"]
# Half of the draws are larger territories, which are few but hold the traps.
any_place = st.one_of(st.sampled_from(places), st.sampled_from(larger))


def commune(code):
    return Place("commune", code)


BREST, GUIPAVAS, QUIMPER, RENNES, LILLE = map(commune, ("29019", "29075", "29232", "35238", "59350"))
PARIS, PARIS_1, PARIS_2, LYON_7, SAINT_DENIS, AUBERVILLIERS = map(
    commune, ("75056", "75101", "75102", "69387", "93066", "93001")
)
BREST_METROPOLE, GRAND_PARIS, PLAINE_COMMUNE = (Place("epci", code) for code in ("242900314", "200054781", "200057867"))
FINISTERE, BRETAGNE = Place("departement", "29"), Place("region", "53")


@pytest.mark.parametrize(
    ("a", "b", "relation", "mirrored"),
    [
        (BREST, BREST, "same", "same"),
        (BREST, BREST_METROPOLE, "within", "contains"),
        (BREST, FINISTERE, "within", "contains"),
        (BREST, BRETAGNE, "within", "contains"),
        (BREST, FRANCE, "within", "contains"),
        (BREST_METROPOLE, FINISTERE, "within", "contains"),
        (FINISTERE, BRETAGNE, "within", "contains"),
        (BREST, GUIPAVAS, "same_epci", "same_epci"),
        (BREST, QUIMPER, "same_departement", "same_departement"),
        (BREST, RENNES, "same_region", "same_region"),
        (BREST, LILLE, "same_country", "same_country"),
        (BREST_METROPOLE, QUIMPER, "same_departement", "same_departement"),
        (FINISTERE, RENNES, "same_region", "same_region"),
        # Paris: one commune, one département, twenty arrondissements
        (PARIS, Place("departement", "75"), "same", "same"),
        (PARIS_1, PARIS, "within", "contains"),
        (PARIS_1, GRAND_PARIS, "within", "contains"),
        (PARIS_1, Place("departement", "75"), "within", "contains"),
        (PARIS_1, Place("region", "11"), "within", "contains"),
        (PARIS_1, PARIS_2, "same_commune", "same_commune"),
        (PARIS_1, SAINT_DENIS, "same_epci", "same_epci"),
        (LYON_7, Place("epci", "200046977"), "within", "contains"),
        # a commune of the Grand Paris lies in its EPT and in the Métropole at once
        (SAINT_DENIS, PLAINE_COMMUNE, "within", "contains"),
        (SAINT_DENIS, GRAND_PARIS, "within", "contains"),
        (PLAINE_COMMUNE, GRAND_PARIS, "within", "contains"),
        (SAINT_DENIS, AUBERVILLIERS, "same_ept", "same_ept"),
        # the Métropole crosses départements: it holds Seine-Saint-Denis and shares a part with Essonne
        (Place("departement", "93"), GRAND_PARIS, "within", "contains"),
        (GRAND_PARIS, Place("departement", "91"), "overlap", "overlap"),
        # an island without EPCI
        (commune("29155"), commune("29083"), "same_departement", "same_departement"),
        # overseas
        (commune("97105"), Place("region", "01"), "within", "contains"),
        (Place("departement", "987"), Place("departement", "988"), "same_country", "same_country"),
        (commune("97701"), Place("region", "977"), "same", "same"),
    ],
)
def test_relations(a, b, relation, mirrored):
    assert geo.relation(a, b) == relation
    assert geo.relation(b, a) == mirrored


def test_nearest_first():
    around_brest = [BREST, BREST_METROPOLE, GUIPAVAS, FINISTERE, QUIMPER, BRETAGNE, RENNES, FRANCE, LILLE]
    assert [geo.nearness(BREST, place) for place in around_brest] == [0, 6, 7, 8, 9, 10, 11, 12, 13]
    around_paris_1 = [PARIS_1, PARIS, PARIS_2, GRAND_PARIS, SAINT_DENIS]
    assert all(a < b for a, b in pairwise(geo.nearnesses(PARIS_1, around_paris_1)))


def test_epci_that_cross_departements_and_regions():
    epci = [t.place for t in geo.territories() if t.level == "epci" and t.type != "EPT"]

    def crossing(level):
        return [place for place in epci if sum(area.level == level for area in geo.touching(place)) > 1]

    assert len(crossing("departement")) == 89
    assert len(crossing("region")) == 26
    for place in crossing("departement"):
        for area in geo.touching(place):
            if area.level == "departement":
                assert geo.overlaps(place, area)
                assert geo.relation(place, area) in ("overlap", "contains")


def test_communes_without_epci():
    without = [
        t.code
        for t in geo.territories()
        if t.type == "commune-actuelle" and not any(area.level == "epci" for area in geo.within(t.place))
    ]
    assert len(without) == 98
    assert {"22016", "29083", "29155", "85113"} < set(without)


def test_grand_paris():
    ept = [t.place for t in geo.territories() if t.type == "EPT"]
    assert len(geo.communes(GRAND_PARIS)) == 130
    assert sum(len(geo.communes(place)) for place in ept) == 129
    assert all(geo.contains(GRAND_PARIS, place) for place in ept)
    assert not any(geo.overlaps(a, b) for a in ept for b in ept if a != b)
    assert not any(geo.overlaps(PARIS, place) for place in ept)


def test_arrondissements_are_disjoint_and_lie_in_their_city():
    arrondissements = [t for t in geo.territories() if t.type == "arrondissement-municipal"]
    for a in arrondissements:
        assert geo.relation(a.place, commune(a.parent)) == "within"
        for b in arrondissements:
            assert geo.overlaps(a.place, b.place) == (a == b)


def test_one_against_a_hundred_thousand_is_quick():
    rng = random.Random(2)
    many = rng.choices(places, k=100_000)
    started = time.process_time()
    geo.all_overlaps(BREST, many)
    geo.nearnesses(FINISTERE, many)
    assert time.process_time() - started < 3  # about 0.3 s; generous, for a busy machine


def test_no_places_no_answers():
    assert geo.all_overlaps(BREST, []) == geo.relations(BREST, []) == geo.nearnesses(BREST, []) == []


def test_an_unknown_place_is_an_error_not_a_wrong_answer():
    for place in (commune("99999"), Place("epci", "999999999"), commune("93059")):
        with pytest.raises(KeyError):
            geo.within(place)
        with pytest.raises(KeyError):
            geo.get(place)


@settings(deadline=None)
@given(any_place, any_place)
def test_laws_of_two_places(a, b):
    communes_a, communes_b = set(geo.communes(a)), set(geo.communes(b))
    if not {geo.get(a).type, geo.get(b).type} & {"arrondissement-municipal"}:
        assert geo.contains(a, b) == (communes_a >= communes_b)
        assert geo.overlaps(a, b) == bool(communes_a & communes_b)
    assert geo.overlaps(a, b) == geo.overlaps(b, a)
    assert geo.nearness(a, b) == geo.nearness(b, a)
    assert SAME_GROUND <= geo.nearness(a, b) <= FARTHEST
    assert geo.contains(a, b) <= geo.overlaps(a, b)
    common = geo.common(a, b)
    assert geo.contains(common, a)
    assert geo.contains(common, b)
    relation = geo.relation(a, b)
    assert relation in RELATIONS
    assert geo.overlaps(a, b) == (relation in ("same", "within", "contains", "overlap"))
    assert (relation == "same") == (geo.nearness(a, b) == SAME_GROUND)


@settings(deadline=None)
@given(any_place)
def test_laws_of_one_place(place):
    assert geo.relation(place, place) == "same"
    assert geo.contains(FRANCE, place)
    for around in geo.within(place):
        assert geo.contains(around, place)
        assert geo.within(around) <= geo.within(place) | geo.within(around)
        # A larger container is never nearer than a smaller one.
        for wider in geo.within(around):
            assert geo.nearness(place, around) <= geo.nearness(place, wider)


@settings(deadline=None)
@given(any_place, st.lists(any_place, max_size=40))
def test_many_at_once_say_what_each_says(a, many):
    many = many + many[:5]
    assert geo.all_overlaps(a, many) == [geo.overlaps(a, b) for b in many]
    assert geo.relations(a, many) == [geo.relation(a, b) for b in many]
    assert geo.nearnesses(a, many) == [geo.nearness(a, b) for b in many]
