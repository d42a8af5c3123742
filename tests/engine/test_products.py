"""Sums over shared terms are the same bits however they are made."""

import numpy as np
import pytest
from scipy import sparse

from matching.engine import products
from matching.engine.products import EVERY, PairList, Positions, Shared, Weighed, narrow


def _weighed(seed: int, listings: int, terms: int, step: float) -> Weighed:
    rows = sparse.random_array((listings, terms), density=0.2, rng=seed, format="csr")
    rows.data = np.ceil(rows.data * 40) * step
    return Weighed(tuple(f"t{at:03}" for at in range(terms)), narrow(rows))


WAYS = {
    "as it is": {},
    "looked up": {"_COST_OF_POSTING": 0.0},
    "read where they lie": {"_COST_OF_POSTING": 1e9},
    "few lines at once": {"_LINES_AT_ONCE": 2},
    "never exact in 32 bits": {"_EXACT": 0, "_COST_OF_POSTING": 1e9},
}


@pytest.mark.parametrize("way", WAYS)
def test_a_list_holds_the_sums_of_the_grid(way: str, monkeypatch: pytest.MonkeyPatch) -> None:
    lines = _weighed(1, 9, 50, products.COUNT_STEP)
    others = _weighed(2, 40, 60, products.WEIGHT_STEP)
    chance = np.random.default_rng(3)
    at = np.sort(chance.integers(0, 9, 70))
    pairs = PairList(at, chance.integers(0, 40, 70))
    expected = Shared(lines, others).grid(EVERY, EVERY)[pairs.lines, pairs.others]
    for name, value in WAYS[way].items():
        monkeypatch.setattr(products, name, value)
    assert np.array_equal(Shared(lines, others).list(pairs), expected)
    assert expected.any() and not expected.all()


def test_without_lines_others_or_terms_sums_are_0() -> None:
    some = _weighed(1, 3, 5, 1.0)
    none = Weighed((), narrow(sparse.csr_array((3, 0))))
    pair = PairList(np.array([0, 2]), np.array([1, 0]))
    assert not Shared(some, none).list(pair).any() and not Shared(none, some).list(pair).any()
    nobody = PairList(np.zeros(0, np.int64), np.zeros(0, np.int64))
    assert len(Shared(some, some).list(nobody)) == 0


@pytest.mark.parametrize("held", [0, 1000])
def test_terms_are_found_where_they_stand(held: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(products, "_MOST_HELD", held)
    monkeypatch.setattr(products, "_TERMS_AT_ONCE", 7)
    plain = sorted({f"été {at * 7 % 90}" for at in range(80)})
    terms = products.packed(plain)
    assert isinstance(terms, products.Packed) == (held == 0)
    assert list(terms) == plain and terms[3:5] == plain[3:5] and terms[-1] == plain[-1]
    positions = Positions(terms)
    for wanted in (["été 7"], ["", "zzz", "été 7"], [*plain, "autre"], terms, [], products.Packed([*plain, "", "zz"])):
        assert positions.of(wanted).tolist() == [plain.index(each) if each in plain else -1 for each in wanted]
    assert len(positions) == len(plain)


def test_terms_whose_hashes_meet_are_told_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(products.Packed, "_hashed", lambda self: np.array([len(term) for term in self], np.uint64))
    terms = products.Packed(["aa", "ab", "b", "bb"])
    assert terms.places(["ab", "b", "ba", "bb", "ccc"]).tolist() == [1, 2, -1, 3, -1]
