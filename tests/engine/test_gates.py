"""Each gate, each of its edges; an unknown fact never refuses, on either side."""

from dataclasses import fields, replace
from datetime import date
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings

from matching.engine import Matcher, Need, Offer, Place
from matching.engine.gates import FINAL_GATES, GATES
from matching.engine.listings import KINDS, with_implied
from matching.geography import load
from tests.engine import listings

BREST, QUIMPER, RENNES = Place("commune", "29019"), Place("commune", "29232"), Place("commune", "35238")
METROPOLE, FINISTERE, BRETAGNE = Place("epci", "242900314"), Place("departement", "29"), Place("region", "53")
ILLE, FRANCE, REUNION = Place("departement", "35"), Place("country", "FR"), Place("departement", "974")
PARIS, PARIS_11, PARIS_12 = Place("commune", "75056"), Place("commune", "75111"), Place("commune", "75112")
GRAND_PARIS, SAINT_DENIS, PIERREFITTE = Place("epci", "200054781"), Place("commune", "93066"), Place("commune", "93059")
POLYNESIE = Place("departement", "987")
REDON_AGGLOMERATION = Place("epci", "243500741")  # In Ille-et-Vilaine, Morbihan and Loire-Atlantique.

DAY = date(2026, 3, 10)
BEFORE, AFTER = date(2026, 3, 9), date(2026, 3, 11)

CASES: list[tuple[dict[str, Any], dict[str, Any], set[str]]] = [
    # kinds
    ({"kinds": ("place",)}, {"kinds": ("data", "funding")}, {"kinds"}),
    ({"kinds": ("place", "data")}, {"kinds": ("data", "funding")}, set()),
    # perimeter: disjoint refuses; contained, containing, overlapping pass
    ({"territory": RENNES}, {"perimeter": BREST}, {"perimeter"}),
    ({"territory": BREST}, {"perimeter": BREST}, set()),
    ({"territory": BREST}, {"perimeter": METROPOLE}, set()),
    ({"territory": BREST}, {"perimeter": FRANCE}, set()),
    ({"territory": BRETAGNE}, {"perimeter": BREST}, set()),
    ({"territory": FRANCE}, {"perimeter": REUNION}, set()),
    ({"territory": REDON_AGGLOMERATION}, {"perimeter": ILLE}, set()),
    ({"territory": ILLE}, {"perimeter": REDON_AGGLOMERATION}, set()),
    ({"territory": FINISTERE}, {"perimeter": REDON_AGGLOMERATION}, {"perimeter"}),
    ({"territory": PARIS_11}, {"perimeter": PARIS_12}, {"perimeter"}),
    ({"territory": PARIS_11}, {"perimeter": PARIS}, set()),
    ({"territory": PARIS}, {"perimeter": PARIS_12}, set()),
    ({"territory": PARIS_11}, {"perimeter": GRAND_PARIS}, set()),
    ({"territory": PIERREFITTE}, {"perimeter": SAINT_DENIS}, set()),
    ({"territory": POLYNESIE}, {"perimeter": FRANCE}, set()),
    ({"territory": POLYNESIE}, {"perimeter": REUNION}, {"perimeter"}),
    # the offer's territory refuses nobody but a place outside the need's perimeter
    ({"territory": BREST}, {"territory": RENNES}, set()),
    ({"perimeter": FINISTERE, "kinds": ("place",)}, {"territory": RENNES}, {"need_perimeter"}),
    ({"perimeter": FINISTERE, "kinds": ("place",)}, {"territory": QUIMPER}, set()),
    ({"perimeter": BREST, "kinds": ("place",)}, {"territory": FINISTERE}, set()),
    ({"perimeter": FINISTERE}, {"territory": RENNES, "kinds": ("place",)}, {"need_perimeter"}),
    ({"perimeter": FINISTERE}, {"territory": RENNES}, set()),
    ({"perimeter": FINISTERE, "kinds": ("data",)}, {"territory": RENNES}, set()),
    ({"perimeter": FINISTERE, "kinds": ("data", "place")}, {"territory": RENNES}, set()),
    (
        {"perimeter": FINISTERE, "kinds": ("data", "place")},
        {"territory": RENNES, "kinds": ("place",)},
        {"need_perimeter"},
    ),
    # amount speaks of funding
    ({"kinds": ("funding",), "amount_min": 10}, {"amount_max": 9.99}, {"amount"}),
    ({"kinds": ("funding",), "amount_min": 10}, {"amount_max": 10}, set()),
    ({"kinds": ("funding",), "amount_max": 10}, {"amount_min": 10.01}, {"amount"}),
    ({"kinds": ("funding",), "amount_max": 0}, {"amount_min": 0}, set()),
    ({"kinds": ("place",), "amount_min": 10}, {"amount_max": 5}, set()),
    ({"amount_min": 10}, {"amount_max": 5, "kinds": ("funding",)}, {"amount"}),
    ({"amount_min": 10}, {"amount_max": 5}, set()),
    ({"amount_min": 10, "kinds": ("funding", "place")}, {"amount_max": 5, "kinds": ("funding", "data")}, {"amount"}),
    ({"amount_min": 10, "kinds": ("funding", "place")}, {"amount_max": 5}, set()),
    # capacity speaks of places
    ({"kinds": ("place",), "capacity": 80}, {"capacity": 60}, {"capacity"}),
    ({"kinds": ("place",), "capacity": 80}, {"capacity": 80}, set()),
    ({"kinds": ("place",), "capacity": 1}, {"capacity": 0}, {"capacity"}),
    ({"kinds": ("place",), "capacity": 0}, {"capacity": 0}, set()),
    ({"kinds": ("funding",), "capacity": 80}, {"capacity": 60}, set()),
    ({"kinds": ("place", "data"), "capacity": 80}, {"kinds": ("place", "data"), "capacity": 60}, set()),
    ({"kinds": ("place", "data"), "capacity": 80}, {"kinds": ("place",), "capacity": 60}, {"capacity"}),
    # two gates may leave no kind together
    (
        {"kinds": ("place", "funding"), "capacity": 80, "amount_min": 10},
        {"kinds": ("place", "funding"), "capacity": 60, "amount_max": 5},
        {"capacity", "amount"},
    ),
    (
        {"kinds": ("place",), "capacity": 80, "perimeter": BREST},
        {"kinds": ("place",), "capacity": 60, "territory": RENNES},
        {"capacity", "need_perimeter"},
    ),
    # dates
    ({"starts": DAY}, {"ends": BEFORE}, {"dates"}),
    ({"starts": DAY}, {"ends": DAY}, set()),
    ({"ends": DAY}, {"starts": AFTER}, {"dates"}),
    ({"ends": DAY}, {"starts": DAY}, set()),
    ({"starts": DAY, "ends": DAY}, {"starts": BEFORE, "ends": AFTER}, set()),
    ({"starts": BEFORE, "ends": AFTER}, {"starts": DAY, "ends": DAY}, set()),
    ({"starts": AFTER}, {"starts": BEFORE}, set()),
    # rights
    ({"rights": ("access",)}, {"rights": ("exclusion",)}, set()),
    ({"rights": ("access", "withdrawal")}, {"rights": ("management",)}, set()),
    ({"rights": ("management",)}, {"rights": ("withdrawal", "access")}, {"rights"}),
    ({"rights": ("exclusion",)}, {"rights": ("access", "withdrawal", "management")}, {"rights"}),
    ({"rights": ("alienation",)}, {"rights": ("exclusion",)}, {"rights"}),
    ({"rights": ("access",)}, {"rights": ("alienation",)}, {"rights"}),
    ({"rights": ("alienation", "access")}, {"rights": ("alienation", "access")}, set()),
    # legal form, letter by letter
    ({"legal_form": "association"}, {"legal_forms": ("mutual", "cooperative")}, {"legal_form"}),
    ({"legal_form": "association"}, {"legal_forms": ("mutual", "association")}, set()),
    ({"legal_form": "Association"}, {"legal_forms": ("association",)}, {"legal_form"}),
    # status and window
    ({"status": "draft"}, {}, {"status"}),
    ({}, {"status": "archived"}, {"status"}),
    ({"status": ""}, {"status": "published"}, set()),
    ({}, {"closes": BEFORE}, {"closes"}),
    ({}, {"closes": DAY}, set()),
    ({}, {"opens": AFTER}, set()),
    # several at once, in order
    ({"kinds": ("data",), "starts": DAY}, {"kinds": ("place",), "ends": BEFORE}, {"kinds", "dates"}),
]


def _ask(need: dict[str, Any], offer: dict[str, Any]) -> tuple[bool, set[str], dict[str, int]]:
    """Whether the pair matches, the gates of its near miss, and the counts of the report."""
    matcher = Matcher(today=DAY).fit([Offer(id="o", title="jardin", **offer)])
    (ranking,) = matcher.rank([Need(id="n", title="jardin", **need)], near_misses=1)
    named = {refusal.gate for miss in ranking.near for refusal in miss.refused_by}
    return bool(ranking.matches), named, {gate: count for gate, count in matcher.refused_.items() if count}


@pytest.mark.parametrize(("need", "offer", "refused"), CASES)
def test_a_pair_passes_or_is_refused_by_these_gates(need: dict, offer: dict, refused: set[str]) -> None:
    matches, named, counted = _ask(need, offer)
    assert matches is (not refused)
    final = refused & {"status", "closes"}
    assert named == (set() if final else refused)
    assert counted == ({min(refused, key=GATES.index): 1} if refused else {})


@pytest.mark.parametrize(("need", "offer", "refused"), [case for case in CASES if case[2]])
def test_the_mirror_refuses_the_same_pairs(need: dict, offer: dict, refused: set[str]) -> None:
    matcher = Matcher(today=DAY).fit([Offer(id="o", title="jardin", **offer)])
    (ranking,) = matcher.rank_offers([Need(id="n", title="jardin", **need)], near_misses=1)
    assert not ranking.matches
    for miss in ranking.near:
        assert {refusal.gate for refusal in miss.refused_by} == refused
        assert all(str(refusal) and str(refusal.mend) for refusal in miss.refused_by)


FULL_NEED = {
    "kinds": ("place",), "territory": RENNES, "perimeter": RENNES, "amount_min": 10.0, "amount_max": 20.0,
    "capacity": 80, "starts": DAY, "ends": DAY, "rights": ("alienation",), "legal_form": "mutual", "themes": ("a",),
}  # fmt: skip
FULL_OFFER = {
    "kinds": ("data",), "territory": BREST, "perimeter": BREST, "amount_min": 30.0, "amount_max": 40.0, "capacity": 60,
    "starts": AFTER, "ends": AFTER, "rights": ("access",), "legal_forms": ("association",), "themes": ("b",),
    "closes": DAY,
}  # fmt: skip


def test_a_side_that_says_nothing_is_refused_by_nobody() -> None:
    assert _ask(FULL_NEED, {}) == (True, set(), {})
    assert _ask({}, FULL_OFFER) == (True, set(), {})


@pytest.mark.parametrize("field", [each.name for each in fields(Offer) if each.name in FULL_OFFER])
def test_one_fact_alone_refuses_nobody_who_does_not_tell_it(field: str) -> None:
    need = {name: value for name, value in FULL_NEED.items() if name != field}
    if field == "legal_forms":
        need.pop("legal_form")
    if field in ("territory", "perimeter"):
        need = {name: value for name, value in need.items() if name not in ("territory", "perimeter")}
    if field in ("amount_min", "amount_max", "starts", "ends"):
        need = {n: v for n, v in need.items() if n not in ("amount_min", "amount_max", "starts", "ends")}
    assert _ask(need, {field: FULL_OFFER[field]})[0]


def test_windows_are_not_read_without_a_day() -> None:
    matcher = Matcher().fit([Offer(id="o", title="jardin", closes=BEFORE)])
    assert matcher.rank([Need(id="n", title="jardin")])[0].matches


def test_near_misses_are_those_whose_subject_speaks_best_first() -> None:
    offers = [
        Offer(id="far", title="jardin potager", kinds=("data",)),
        Offer(id="near", title="jardin partagé", kinds=("data",)),
        Offer(id="other", title="piscine", kinds=("data",)),
        Offer(id="closed", title="jardin partagé", kinds=("data",), closes=BEFORE),
        Offer(id="draft", title="jardin partagé", kinds=("data",), status="draft"),
    ]
    matcher = Matcher(today=DAY).fit(offers)
    need = Need(id="n", title="jardin partagé", kinds=("place",))
    assert [miss.id for miss in matcher.rank([need], near_misses=5)[0].near] == ["near", "far"]
    assert [miss.id for miss in matcher.rank([need], near_misses=1)[0].near] == ["near"]
    assert matcher.rank([need])[0].near == ()


def _oracle(need: Need, offer: Offer, today: date) -> set[str]:
    """The gates that refuse a pair, asked one pair at a time in plain words."""
    geography = load()

    def apart(a: Place | None, b: Place | None) -> bool:
        first, second = (geography.resolve(*place) if place else None for place in (a, b))
        return first is not None and second is not None and not geography.overlaps(first, second)

    def above(low: Any, high: Any) -> bool:
        return low is not None and high is not None and low > high

    refused = set()
    if need.kinds and offer.kinds and not {*need.kinds} & {*offer.kinds}:
        refused.add("kinds")
    if apart(need.territory, offer.perimeter):
        refused.add("perimeter")
    shared = ({*need.kinds} or {*KINDS}) & ({*offer.kinds} or {*KINDS})
    doubts = {
        "need_perimeter": ("place", apart(need.perimeter, offer.territory)),
        "amount": ("funding", above(need.amount_min, offer.amount_max) or above(offer.amount_min, need.amount_max)),
        "capacity": ("place", above(need.capacity, offer.capacity)),
    }
    doubted = {gate: kind for gate, (kind, doubt) in doubts.items() if doubt and kind in shared}
    if shared and not shared - {*doubted.values()}:
        refused |= doubted.keys()
    if above(need.starts, offer.ends) or above(offer.starts, need.ends):
        refused.add("dates")
    if need.rights and offer.rights and not {*with_implied(need.rights)} <= {*with_implied(offer.rights)}:
        refused.add("rights")
    if need.legal_form and offer.legal_forms and need.legal_form not in offer.legal_forms:
        refused.add("legal_form")
    if not {need.status, offer.status} <= {"", "published"}:
        refused.add("status")
    if offer.closes is not None and offer.closes < today:
        refused.add("closes")
    return refused


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(listings.numbered(listings.needs(), 6), listings.numbered(listings.offers(), 6))
def test_many_pairs_at_once_are_refused_as_each_is_alone(needs: list[Need], offers: list[Offer]) -> None:
    needs = [replace(need, title="jardin") for need in needs]
    matcher = Matcher(today=listings.TODAY).fit([replace(offer, title="jardin", text="") for offer in offers])
    counts = dict.fromkeys(GATES, 0)
    for need, ranking in zip(needs, matcher.rank(needs, top=99, near_misses=99), strict=True):
        near = {miss.id: {refusal.gate for refusal in miss.refused_by} for miss in ranking.near}
        for offer in offers:
            refused = _oracle(need, offer, listings.TODAY)
            assert (offer.id in {match.id for match in ranking.matches}) is (not refused)
            if refused:
                counts[min(refused, key=GATES.index)] += 1
                assert near.get(offer.id, refused) == refused
                assert (offer.id in near) is (not refused & FINAL_GATES)
    assert matcher.refused_ == counts
