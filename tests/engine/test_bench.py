"""The figures are of exact work: what is fast finds what is slow."""

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
