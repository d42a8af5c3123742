"""The figures are of exact work: what is fast finds what is slow."""

from importlib.util import find_spec
from pathlib import Path

import numpy as np

from matching.engine import bench


def test_the_fast_stem_stage_finds_what_the_naive_one_finds() -> None:
    offers, needs = bench._weights(700, 2), bench._weights(500, 1)
    found, expected = bench.nearest(needs, offers, bench.TOP), bench._naive(needs, offers)
    assert np.abs(np.sort(found, axis=1) - np.sort(expected, axis=1)).max() < 1e-6


def test_made_up_texts_are_the_same_for_the_same_seed() -> None:
    assert list(bench.made_up_texts(3, 1)) == list(bench.made_up_texts(3, 1)) != list(bench.made_up_texts(3, 2))
    numbers = bench.word_numbers(200, 1)
    assert numbers.shape == (200, bench.WORDS_OF_A_TEXT)
    assert numbers.min() >= 0 and numbers.max() < bench.VOCABULARY
    assert np.bincount(numbers.ravel())[0] == np.bincount(numbers.ravel()).max()


def test_every_figure_of_the_core_is_told(tmp_path: Path) -> None:
    core = bench.Core(40, 60, gated=True, shared=tmp_path)
    assert len(core.matcher.held_) == 60 and len(core.held) == 40
    for figure in (core.fit, core.read, core.stems(), core.pairs(), core.one_change()):
        assert set(figure) == {"wall", "cpu"} and figure["wall"] > 0
    assert core.reasons(10) >= 0
    assert core.overlap(20) == 1
    assert core.while_refitting()["p95"] > 0
    assert core.one_need(3, near_misses=2)["p50"] > 0 and core.one_offer(3)["p50"] > 0
    assert bench.peak_mb() > 0 and min(bench.memory_mb() or (1,)) >= 0


def test_peers_that_are_not_installed_are_said_to_be() -> None:
    told = dict(bench.peers(300))
    for library in ("sparse_dot_topn", "bm25s"):
        assert (told[library] is None) == (find_spec(library) is None)
    assert told["ours"] is not None and told["chunked scipy product"] is not None


def test_the_gates_of_the_made_up_market_refuse() -> None:
    needs, offers = bench.made_up_market(30, 90, gated=True)
    matcher = bench.Matcher().fit(offers)
    matcher.rank(needs)
    assert matcher.refused_["kinds"] > 30 * 90 / 2 and matcher.refused_["perimeter"] > 300
