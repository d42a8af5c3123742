"""How fast the matcher is on this machine: figures, never a test.

The texts are made up: Zipf's law over one vocabulary, half of each text from one of 200 topics, 40 words a text.
"""

from __future__ import annotations

import resource
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from time import perf_counter

import numpy as np
from scipy import sparse
from sklearn.feature_extraction.text import TfidfTransformer
from sklearn.metrics.pairwise import cosine_similarity
from threadpoolctl import threadpool_limits

from matching.engine.listings import Need, Offer
from matching.engine.matcher import Matcher
from matching.engine.selection import threads

VOCABULARY, TOPICS, TOPIC_WORDS, WORDS_OF_A_TEXT = 20_000, 200, 100, 40
TOP = 10

_SYLLABLES = [a + b for a in "b c d f g l m n p r s t v ch tr pl".split() for b in "a e i o u an on in ou eu".split()]
# A product of columns that both sides hold more often than this (as a share of all pairs) is done densely.
_DENSE = 0.003
_MOST_DENSE = 512
_LANES = 64
_ROWS_AT_ONCE = 512


def word_numbers(count: int, seed: int) -> np.ndarray:
    """int64, texts x words: the words of made-up texts, by their numbers. Same seed: same texts."""
    world, chance = np.random.default_rng(7), np.random.default_rng(seed)
    frequencies = 1 / np.arange(1, VOCABULARY + 1)
    common = chance.choice(VOCABULARY, (count, WORDS_OF_A_TEXT), p=frequencies / frequencies.sum())
    topics = world.integers(0, VOCABULARY, (TOPICS, TOPIC_WORDS))[chance.integers(0, TOPICS, count)]
    own = np.take_along_axis(topics, chance.integers(0, TOPIC_WORDS, common.shape), axis=1)
    return np.where(chance.random(common.shape) < 0.5, own, common)


def made_up_texts(count: int, seed: int) -> Iterator[str]:
    """Texts of pronounceable words."""
    base = len(_SYLLABLES)
    words = [
        _SYLLABLES[number % base] + _SYLLABLES[number // base] + _SYLLABLES[number * 31 % base]
        for number in range(VOCABULARY)
    ]
    return (" ".join(words[number] for number in row) for row in word_numbers(count, seed))


def stem_stage(size: int = 20_000) -> dict[str, float]:
    """Seconds for the ten nearest offers of each need by their stems: ours, and scikit-learn's cosine, naively.

    `difference` is the largest between the cosines that both found, `peak_mb` the process's memory before the naive
    way began; that one takes 6 GB at 20,000, so ask for it last.
    """
    offers, needs = _weights(size, 2), _weights(size, 1)
    started = perf_counter()
    found = nearest(needs, offers, TOP)
    ours = perf_counter() - started
    peak = peak_mb()
    started = perf_counter()
    cosines = cosine_similarity(needs, offers)
    best = np.argpartition(-cosines, TOP, axis=1)[:, :TOP]
    naive = perf_counter() - started
    expected = np.sort(np.take_along_axis(cosines, best, axis=1), axis=1)
    return {
        "ours": ours,
        "naive": naive,
        "times_faster": naive / ours,
        "difference": float(np.abs(expected - np.sort(found, axis=1)).max()),
        "peak_mb": peak,
    }


def _weights(count: int, seed: int) -> sparse.csr_array:
    """float32, texts x vocabulary: TF-IDF of unit length."""
    words = word_numbers(count, seed)
    rows = np.repeat(np.arange(count), WORDS_OF_A_TEXT)
    counts = sparse.csr_array((np.ones(words.size), (rows, words.ravel())), shape=(count, VOCABULARY))
    counts.sum_duplicates()
    return sparse.csr_array(TfidfTransformer(sublinear_tf=True).fit_transform(counts).astype(np.float32))


def nearest(needs: sparse.csr_array, offers: sparse.csr_array, count: int) -> np.ndarray:
    """float32, needs x count: the largest products of each need with the offers, in no order. Exact.

    The few columns that most texts hold make most of the work: they are multiplied densely, the many others sparsely.
    The best are then looked for only in the lanes with the largest maxima, which must hold them.
    """
    work = np.bincount(needs.indices, minlength=needs.shape[1]) * np.bincount(offers.indices, minlength=offers.shape[1])
    common = np.flatnonzero(work > _DENSE * needs.shape[0] * offers.shape[0])[:_MOST_DENSE]
    rare = sparse.diags_array(np.isin(np.arange(needs.shape[1]), common, invert=True).astype(np.float32))
    width = -(-offers.shape[0] // _LANES) * _LANES
    dense_offers = np.zeros((len(common), width), np.float32)
    dense_offers[:, : offers.shape[0]] = offers[:, common].toarray().T
    rare_needs, rare_offers = sparse.csr_array(needs @ rare), sparse.csr_array((offers @ rare).T)
    rare_needs.eliminate_zeros()
    rare_offers.eliminate_zeros()
    best = partial(_best_of_rows, needs[:, common].toarray(), dense_offers, rare_needs, rare_offers, count)
    starts = range(0, needs.shape[0], _ROWS_AT_ONCE)
    with threadpool_limits(1), ThreadPoolExecutor(threads()) as pool:
        return np.concatenate(list(pool.map(best, starts)))


def _best_of_rows(
    dense_needs: np.ndarray,
    dense_offers: np.ndarray,
    rare_needs: sparse.csr_array,
    rare_offers: sparse.csr_array,
    count: int,
    start: int,
) -> np.ndarray:
    rows = slice(start, start + _ROWS_AT_ONCE)
    products = dense_needs[rows] @ dense_offers
    others = rare_needs[rows] @ rare_offers
    height, width = products.shape
    products.reshape(-1)[others.indices + np.repeat(np.arange(height) * width, np.diff(others.indptr))] += others.data
    lanes = products.reshape(height, _LANES, width // _LANES)
    chosen = np.argpartition(-lanes.max(axis=1), min(count, width // _LANES) - 1, axis=1)[:, :count]
    held = np.take_along_axis(lanes, chosen[:, None, :], axis=2).reshape(height, -1)
    return -np.partition(-held, count - 1, axis=1)[:, :count]


def whole_core(needs: int, offers: int) -> dict[str, float]:
    """Seconds to learn and index made-up offers, to read made-up needs and to rank them, reasons included."""
    asked = [Need(id=str(at), text=text) for at, text in enumerate(made_up_texts(needs, 1))]
    given = [Offer(id=str(at), text=text) for at, text in enumerate(made_up_texts(offers, 2))]
    started = perf_counter()
    matcher = Matcher().fit(given)
    fitted = perf_counter()
    matcher.rank(asked, top=TOP)
    return {"fit": fitted - started, "rank": perf_counter() - fitted, "peak_mb": peak_mb()}


def one_need(offers: int = 150, repeats: int = 20) -> dict[str, float]:
    """Seconds for one need among a demo's offers, near misses included: the median and the slowest."""
    given = [Offer(id=str(at), text=text) for at, text in enumerate(made_up_texts(offers, 2))]
    asked = [Need(id=str(at), text=text) for at, text in enumerate(made_up_texts(repeats, 1))]
    matcher = Matcher().fit(given)
    seconds = []
    for need in asked:
        started = perf_counter()
        matcher.rank([need], top=TOP, near_misses=5)
        seconds.append(perf_counter() - started)
    return {"median": float(np.median(seconds)), "slowest": max(seconds)}


def peak_mb() -> float:
    """The most memory that this process has held, in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
