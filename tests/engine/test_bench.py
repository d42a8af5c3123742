"""The figures are of exact work: what is fast finds what is slow."""

from importlib.util import find_spec

import numpy as np

from matching.engine import bench


def test_the_fast_stem_stage_finds_what_the_naive_one_finds() -> None:
    figures = bench.stem_stage(700)
    assert figures["difference"] < 1e-6
    assert figures["ours"] > 0 and figures["naive"] > 0


def test_made_up_texts_are_the_same_for_the_same_seed() -> None:
    assert list(bench.made_up_texts(3, 1)) == list(bench.made_up_texts(3, 1)) != list(bench.made_up_texts(3, 2))
    numbers = bench.word_numbers(200, 1)
    assert numbers.shape == (200, bench.WORDS_OF_A_TEXT)
    assert numbers.min() >= 0 and numbers.max() < bench.VOCABULARY
    assert np.bincount(numbers.ravel())[0] == np.bincount(numbers.ravel()).max()


def test_the_other_figures_are_told() -> None:
    assert set(bench.whole_core(30, 40)) == {"fit", "rank", "peak_mb"}
    assert bench.one_need(offers=30, repeats=2)["median"] > 0


def test_every_figure_of_the_core_is_told() -> None:
    core = bench.Core(40, 60, gated=True)
    assert len(core.matcher.held_) == 60 and len(core.held) == 40
    for figure in (core.fit, core.read, core.stems(), core.pairs(), core.one_change()):
        assert set(figure) == {"wall", "cpu"} and figure["wall"] > 0
    assert core.reasons(10) >= 0
    assert core.one_need(3)["p50"] > 0 and core.one_offer(3)["p50"] > 0
    assert bench.peak_mb() > 0 and (bench.pss_mb() or 1) > 0


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
