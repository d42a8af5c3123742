"""Short lists that leave something for everybody: what is scarce costs a little, and nobody stays unseen.

A short list by score alone sends every need to the same few offers. Here an offer that many need pays for it: a share
of its price (what one more place of it would be worth to all, from the allocation's linear programme) is subtracted
before the list is cut. Then each live offer that speaks for some need is shown at least a few times, in the last places
of the lists that lose the least by it; what was shown over the weeks before counts.

The score of a pair stays what it is: this orders a list, it refuses nobody and ranks nobody against all others.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from itertools import product
from math import fsum, inf

from matching.engine.allocation import Pair, prices

__all__ = ["FLOOR", "KEPT", "SHARE", "Pair", "lifts", "prices", "share_that_keeps", "short_lists"]

SHARE = 0.4
FLOOR = 3
KEPT = 0.95
_STEPS = 20
# Enough to stand before another, and no more.
_A_LITTLE = 1e-9


def short_lists(
    pairs: Iterable[Pair],
    prices: Mapping[str, float],
    top: int,
    *,
    share: float = SHARE,
    floor: int = FLOOR,
    shown_before: Mapping[str, int] | None = None,
) -> dict[str, list[Pair]]:
    """At most `top` offers for each need, in the order of needs' ids, best first.

    prices: of one unit of each offer, those of prices(); missing is 0. floor: how often each offer is shown at least,
    shown_before included, as far as it has pairs and others can spare a place: at most half the places of each list, as
    far down as can be, go to offers that would not have stood in it, from those that are shown more often.
    """
    ranked = {need: _ordered(found, prices, share) for need, found in _by_need(pairs).items()}
    lists = {need: found[:top] for need, found in ranked.items()}
    shown = Counter(shown_before or {})
    shown.update(pair.offer for found in lists.values() for pair in found)
    others = [pair for found in ranked.values() for pair in found[top:]]
    unseen = [pair for pair in others if shown[pair.offer] < floor] if top else []

    def loss(pair: Pair) -> float:
        return _worth(lists[pair.need][-1], prices, share) - _worth(pair, prices, share)

    gave: Counter[str] = Counter()
    unseen.sort(key=lambda pair: (loss(pair), pair.need, pair.offer))
    # A second place of a list is asked for only once all lists were asked for one.
    for places, pair in product(range(1, top // 2 + 1), unseen):
        if shown[pair.offer] >= floor or gave[pair.need] >= places or pair in lists[pair.need]:
            continue
        listed = lists[pair.need]
        spared = next((at for at in reversed(range(len(listed))) if shown[listed[at].offer] > floor), None)
        if spared is not None:
            shown[listed.pop(spared).offer] -= 1
            shown[pair.offer] += 1
            lists[pair.need] = _ordered([*listed, pair], prices, share)
            gave[pair.need] += 1
    return lists


def lifts(
    pairs: Iterable[Pair], prices: Mapping[str, float], lists: Mapping[str, Sequence[Pair]], *, share: float = SHARE
) -> dict[tuple[str, str], float]:
    """By need and offer, what puts the pairs of short_lists() that stand there to be seen before those left out.

    Added to the score less the share of the price, it gives whoever sorts by the sum the same lists again.
    """
    found = {}
    for need, all_of_need in _by_need(pairs).items():
        listed = {pair.offer for pair in lists[need]}
        best_left_out = max(
            (_worth(pair, prices, share) for pair in all_of_need if pair.offer not in listed), default=-inf
        )
        for pair in lists[need]:
            short_of_it = best_left_out - _worth(pair, prices, share)
            if short_of_it >= 0:
                found[need, pair.offer] = short_of_it + _A_LITTLE
    return found


def share_that_keeps(
    pairs: Iterable[Pair], prices: Mapping[str, float], top: int, kept: float = KEPT, *, floor: int = FLOOR
) -> float:
    """The largest share of the prices, from 0 to 1, whose lists keep this much of the score that lists by score hold.

    A fixed share costs little in one market and much in another; so much of the score costs the same in all of them.
    """
    found = list(pairs)

    def value(share: float, floor: int) -> float:
        lists = short_lists(found, prices, top, share=share, floor=floor)
        return fsum(pair.score for listed in lists.values() for pair in listed)

    least = kept * value(0.0, 0)
    low, high = 0, _STEPS
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if value(middle / _STEPS, floor) >= least else (low, middle - 1)
    return low / _STEPS


def _by_need(pairs: Iterable[Pair]) -> dict[str, list[Pair]]:
    """In the order of ids, a pair that stands twice once."""
    once = {(pair.need, pair.offer): pair for pair in pairs}
    by_need: dict[str, list[Pair]] = {}
    for key in sorted(once):
        by_need.setdefault(key[0], []).append(once[key])
    return by_need


def _ordered(pairs: Sequence[Pair], prices: Mapping[str, float], share: float) -> list[Pair]:
    """Best first, ties in the order of offers' ids."""
    return sorted(pairs, key=lambda pair: (-_worth(pair, prices, share), pair.offer))


def _worth(pair: Pair, prices: Mapping[str, float], share: float) -> float:
    return pair.score - share * prices.get(pair.offer, 0.0) * pair.takes
