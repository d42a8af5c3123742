"""Short lists: what is scarce costs a little, nobody stays unseen, and that is worth it."""

from collections import Counter

import numpy as np
import pytest

from matching.engine.exposure import SHARE, Pair, lifts, prices, share_that_keeps, short_lists
from matching.engine.fairness import gini, made_up_market, table

MARKET = made_up_market(3, needs=200, offers=100)
PAIRS = MARKET.pairs()
PRICES = prices(PAIRS, MARKET.capacities)


def shown(lists: dict[str, list[Pair]]) -> Counter[str]:
    """How often each offer is shown."""
    return Counter(pair.offer for found in lists.values() for pair in found)


def test_without_prices_and_floor_lists_are_by_score() -> None:
    pairs = [Pair("b", "x", 0.5), Pair("a", "y", 0.2), Pair("a", "x", 0.9), Pair("a", "w", 0.2), Pair("a", "z", 0.1)]
    lists = short_lists(pairs, {}, 3, floor=0)
    assert [*lists] == ["a", "b"]
    assert [pair.offer for pair in lists["a"]] == ["x", "w", "y"]


def test_a_price_moves_an_offer_down_and_refuses_nobody() -> None:
    pairs = [Pair("a", "dear", 0.5), Pair("a", "free", 0.45)]
    assert [pair.offer for pair in short_lists(pairs, {"dear": 0.3}, 1, share=0.3, floor=0)["a"]] == ["free"]
    both = short_lists(pairs, {"dear": 99.0}, 2, share=1.0)["a"]
    assert [(pair.offer, pair.score) for pair in both] == [("free", 0.45), ("dear", 0.5)]
    envelope = [Pair("a", "dear", 0.5, takes=200.0), Pair("b", "dear", 0.5, takes=1.0), Pair("a", "free", 0.45),
                Pair("b", "free", 0.45)]  # fmt: skip
    lists = short_lists(envelope, {"dear": 0.002}, 1, share=0.3, floor=0)
    assert [found[0].offer for found in lists.values()] == ["free", "dear"]


def test_every_offer_that_speaks_is_shown_at_least_as_often_as_the_floor() -> None:
    by_score = short_lists(PAIRS, PRICES, 5, floor=0)
    lists = short_lists(PAIRS, PRICES, 5, floor=3)
    assert min(shown(by_score)[pair.offer] for pair in PAIRS) < 3
    possible = Counter(pair.offer for pair in PAIRS)
    assert all(shown(lists)[offer] >= min(3, possible[offer]) for offer in possible)
    for need, found in lists.items():
        assert len(found) == len(by_score[need]) == len({pair.offer for pair in found})
        assert len({*found} - {*by_score[need]}) <= 2


def test_what_was_shown_before_counts() -> None:
    newcomer = min(shown(short_lists(PAIRS, PRICES, 5, floor=0)).items(), key=lambda item: (item[1], item[0]))[0]
    first = shown(short_lists(PAIRS, PRICES, 5, floor=6))[newcomer]
    later = shown(short_lists(PAIRS, PRICES, 5, floor=6, shown_before={newcomer: 5}))[newcomer]
    assert later < first


def test_sorting_by_score_less_price_plus_lift_gives_the_same_lists() -> None:
    lists = short_lists(PAIRS, PRICES, 5)
    lifted = lifts(PAIRS, PRICES, lists)
    assert lifted and min(lifted.values()) > 0

    def worth(pair: Pair) -> float:
        return pair.score - SHARE * PRICES.get(pair.offer, 0.0) + lifted.get((pair.need, pair.offer), 0.0)

    for need, listed in lists.items():
        mine = sorted((pair for pair in PAIRS if pair.need == need), key=worth, reverse=True)
        assert {pair.offer for pair in mine[:5]} == {pair.offer for pair in listed}
    assert lifts(PAIRS, PRICES, short_lists(PAIRS, PRICES, 5, floor=0)) == {}


def test_the_order_of_the_pairs_changes_nothing() -> None:
    assert short_lists(reversed(PAIRS), PRICES, 5) == short_lists(PAIRS, PRICES, 5)
    assert short_lists([*PAIRS, *PAIRS], PRICES, 5) == short_lists(PAIRS, PRICES, 5)
    assert short_lists([], {}, 5) == {}
    assert short_lists(PAIRS[:1], {}, 0) == {PAIRS[0].need: []}


def test_a_share_that_keeps_most_of_the_score() -> None:
    def value(share: float) -> float:
        return sum(pair.score for found in short_lists(PAIRS, PRICES, 5, share=share).values() for pair in found)

    share = share_that_keeps(PAIRS, PRICES, 5, 0.95)
    by_score = sum(p.score for found in short_lists(PAIRS, {}, 5, floor=0).values() for p in found)
    assert 0 < share < 1
    assert value(share) >= 0.95 * by_score > value(share + 0.05)
    assert share_that_keeps(PAIRS, PRICES, 5, 0.0) == 1.0


@pytest.mark.parametrize("seed", [1, 2])
def test_the_targets_hold_in_a_made_up_market(seed: int) -> None:
    rows = table(seed, needs=600, offers=120)
    by_score, fair = rows["by score"], next(row for name, row in rows.items() if name.startswith("95%"))
    assert by_score["never_shown"] > 0.1 and by_score["gini"] > 0.57
    assert fair["score_kept"] >= 0.95
    assert fair["never_shown"] <= 0.075 and fair["gini"] <= 0.57 and fair["more_served"] >= 0.09


def test_gini_of_all_alike_and_of_one_alone() -> None:
    assert gini(np.array([2, 2, 2, 2])) == pytest.approx(0)
    assert gini(np.array([0, 0, 0, 8])) == pytest.approx(0.75)
    assert gini(np.zeros(3)) == 0.0
