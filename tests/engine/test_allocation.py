"""What is proposed is nearly the best that can be, and never more than there is."""

import itertools
import random
from math import fsum

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matching.engine.allocation import Allocation, Pair, allocate, prices


def check(allocation: Allocation, pairs: list[Pair], capacities: dict[str, float]) -> None:
    """What always holds."""
    assert len({pair.need for pair in allocation.chosen}) == len(allocation.chosen)
    assert {*allocation.chosen} <= {*pairs}
    for offer, capacity in capacities.items():
        assert round(fsum(pair.takes for pair in allocation.chosen if pair.offer == offer), 6) <= capacity
    assert allocation.value == pytest.approx(fsum(pair.score for pair in allocation.chosen))
    assert allocation.value <= allocation.bound * (1 + 1e-9)


def best(pairs: list[Pair], capacities: dict[str, float]) -> float:
    """The optimum, by trying everything."""
    by_need: dict[str, list[Pair | None]] = {}
    for pair in pairs:
        by_need.setdefault(pair.need, [None]).append(pair)
    value = 0.0
    for chosen in itertools.product(*by_need.values()):
        taken = dict.fromkeys(capacities, 0.0)
        for pair in filter(None, chosen):
            if pair.offer in taken:
                taken[pair.offer] += pair.takes
        if all(taken[offer] <= capacities[offer] + 1e-9 for offer in taken):
            value = max(value, sum(pair.score for pair in chosen if pair))
    return value


def market(seed: int, needs: int, offers: int, each: int, *, euros: bool) -> tuple[list[Pair], dict[str, float]]:
    """Pairs and capacities at random."""
    chance = random.Random(seed)
    asks = [chance.randint(1, 30) * 500.25 for _ in range(needs)]
    pairs = [
        Pair(f"n{need:04}", f"o{offer:03}", chance.random(), asks[need] if euros else 1.0)
        for need in range(needs)
        for offer in chance.sample(range(offers), min(each, offers))
    ]
    top = 40_000 if euros else 4
    return pairs, {f"o{offer:03}": float(chance.randint(1, top)) for offer in range(offers)}


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 10**6), st.integers(1, 6), st.integers(1, 3), st.booleans())
def test_small_markets_reach_the_optimum(seed: int, needs: int, offers: int, euros: bool) -> None:
    pairs, capacities = market(seed, needs, offers, 3, euros=euros)
    allocation = allocate(pairs, capacities)
    check(allocation, pairs, capacities)
    optimum = best(pairs, capacities)
    assert allocation.value >= 0.99 * optimum
    assert allocation.bound >= optimum - 1e-9


@pytest.mark.parametrize("seed", range(3))
def test_places_are_shared_out_at_the_bound(seed: int) -> None:
    pairs, capacities = market(seed, 300, 40, 12, euros=False)
    allocation = allocate(pairs, capacities)
    check(allocation, pairs, capacities)
    assert allocation.gap < 1e-6
    greedy = _greedy(pairs, capacities)
    assert allocation.value > greedy


@pytest.mark.parametrize("seed", range(3))
def test_envelopes_are_shared_out_near_the_bound(seed: int) -> None:
    pairs, capacities = market(seed, 120, 12, 8, euros=True)
    allocation = allocate(pairs, {offer: 4 * amount for offer, amount in capacities.items()})
    check(allocation, pairs, {offer: 4 * amount for offer, amount in capacities.items()})
    assert allocation.gap < 0.02
    assert allocation.value > _greedy(pairs, {offer: 4 * amount for offer, amount in capacities.items()})


def _greedy(pairs: list[Pair], capacities: dict[str, float]) -> float:
    left, served, value = dict(capacities), set(), 0.0
    for pair in sorted(pairs, key=lambda pair: -pair.score):
        if pair.need not in served and pair.takes <= left[pair.offer]:
            served.add(pair.need)
            left[pair.offer] -= pair.takes
            value += pair.score
    return value


@pytest.mark.parametrize("euros", [False, True])
def test_the_order_of_the_pairs_changes_nothing(euros: bool) -> None:
    pairs, capacities = market(5, 80, 8, 5, euros=euros)
    allocation = allocate(pairs, capacities)
    random.Random(1).shuffle(pairs)
    assert allocate(pairs, dict(reversed(capacities.items()))) == allocation
    assert allocate([*pairs, *pairs], capacities) == allocation


def test_cents_never_add_up_to_more_than_the_envelope() -> None:
    pairs = [Pair(f"n{at}", "o", 1.0, 0.1) for at in range(30)]
    assert len(allocate(pairs, {"o": 0.3}).chosen) == 3
    assert len(allocate(pairs, {"o": 0.29}).chosen) == 2


def test_what_cannot_be_given_is_not() -> None:
    pairs = [Pair("a", "small", 0.9, 100.0), Pair("b", "none", 0.9), Pair("c", "open", -0.1), Pair("d", "open", 0.0)]
    empty = allocate(pairs, {"small": 99.99, "none": 0})
    assert (empty.chosen, empty.value, empty.bound, empty.gap, empty.prices) == ([], 0.0, 0.0, 0.0, {})
    assert allocate([], {}).chosen == []


def test_an_offer_without_capacity_has_no_end() -> None:
    pairs = [Pair(f"n{at}", "o", 0.5, 1e300) for at in range(50)]
    assert len(allocate(pairs, {}).chosen) == 50
    assert len(allocate(pairs, {"o": 2e300}).chosen) <= 2
    assert allocate(pairs, {"o": 5.0}).chosen == []


def test_the_scale_of_the_scores_changes_nothing() -> None:
    pairs, capacities = market(7, 60, 6, 4, euros=True)
    small = [Pair(pair.need, pair.offer, pair.score * 1e-9, pair.takes) for pair in pairs]
    chosen = [(pair.need, pair.offer) for pair in allocate(pairs, capacities).chosen]
    assert [(pair.need, pair.offer) for pair in allocate(small, capacities).chosen] == chosen


def test_prices_are_what_one_more_place_is_worth() -> None:
    pairs = [Pair("a", "o", 0.9), Pair("b", "o", 0.7), Pair("c", "o", 0.4), Pair("a", "p", 0.2), Pair("b", "q", 0.1)]
    one = allocate(pairs, {"o": 1, "p": 5})
    two = allocate(pairs, {"o": 2, "p": 5})
    assert one.prices.keys() == {"o"}
    assert one.prices["o"] >= two.bound - one.bound - 1e-9 > 0
    assert two.prices["o"] <= one.prices["o"]
    assert prices(pairs, {"o": 1, "p": 5}) == one.prices
    assert prices(pairs, {}) == prices([], {"o": 1}) == {}


def test_equal_grants_are_shared_out_at_the_bound() -> None:
    """What is left of an envelope after its last whole grant is not held against the proposal."""
    pairs, capacities = market(4, 200, 15, 8, euros=False)
    grants = [Pair(pair.need, pair.offer, pair.score, 5_000.0) for pair in pairs]
    envelopes = {offer: slots * 5_000 + 4_999.99 for offer, slots in capacities.items()}
    allocation = allocate(grants, envelopes)
    check(allocation, grants, envelopes)
    assert allocation.gap < 1e-6
    assert allocation.value == pytest.approx(allocate(pairs, capacities).value)
