"""How fast the matcher is on this machine, beside the ways of its peers: figures, never a test.

The texts are made up: Zipf's law over one vocabulary, half of each text from one of 200 topics, 40 words a text. With
gates, each listing wants or shares one of three kinds, needs act in one of a hundred départements, and offers are open
to one of them, three in ten to all.
"""

from __future__ import annotations

import resource
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import partial
from importlib import import_module
from pathlib import Path
from threading import Thread
from time import perf_counter, process_time
from typing import Any

import numpy as np
from scipy import sparse
from sklearn.feature_extraction.text import TfidfTransformer
from sklearn.metrics.pairwise import cosine_similarity
from threadpoolctl import threadpool_limits

from matching.engine.candidates import Candidates
from matching.engine.commons import Commons, giving_way
from matching.engine.listings import KINDS, Need, Offer
from matching.engine.matcher import Matcher
from matching.engine.scoring import Comparison
from matching.engine.selection import select, select_in_full, threads
from matching.geography import Place

VOCABULARY, TOPICS, TOPIC_WORDS, WORDS_OF_A_TEXT = 20_000, 200, 100, 40
TOP = 10
# Peers that do all pairs at once are timed on so many needs, and their time is scaled.
SAMPLE = 4_000
EVERYWHERE = 0.3

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


def made_up_market(needs: int, offers: int, *, gated: bool) -> tuple[list[Need], list[Offer]]:
    """Needs and offers of made-up texts, with or without facts for the gates."""
    asked = [Need(id=f"n{at}", text=text) for at, text in enumerate(made_up_texts(needs, 1))]
    given = [Offer(id=f"o{at}", text=text) for at, text in enumerate(made_up_texts(offers, 2))]
    if not gated:
        return asked, given
    chance = np.random.default_rng(3)

    def place(number: int) -> Place:
        return Place("departement", f"{number + 1 if number < 19 else number + 2:02}" if number < 94 else "69")

    def kind() -> tuple[str, ...]:
        return (KINDS[int(chance.integers(len(KINDS)))],)

    def somewhere() -> Place:
        return place(int(chance.integers(94)))

    asked = [replace(need, kinds=kind(), territory=somewhere()) for need in asked]
    given = [
        replace(offer, kinds=kind(), perimeter=None if chance.random() < EVERYWHERE else somewhere()) for offer in given
    ]
    return asked, given


class Clock:
    """Seconds on the wall and of the processors, since it was made."""

    def __init__(self) -> None:
        self._wall, self._cpu = perf_counter(), process_time()

    def read(self) -> dict[str, float]:
        """Both, in seconds."""
        return {"wall": perf_counter() - self._wall, "cpu": process_time() - self._cpu}


def peers(size: int) -> Iterator[tuple[str, dict[str, float] | None]]:
    """Each way to the ten nearest offers of each need by their stems: its name and its seconds; None where the way's
    library is not installed. No way knows gates. Naive ways are timed on a sample of the needs, and scaled."""
    offers, needs = _weights(size, 2), _weights(size, 1)
    sample = sparse.csr_array(needs[:SAMPLE])
    scale = needs.shape[0] / sample.shape[0]
    ways: list[tuple[str, str, Callable[[], object]]] = [
        ("ours", "", lambda: nearest(needs, offers, TOP)),
        ("cosine_similarity + argpartition", "scaled", lambda: _naive(sample, offers)),
        ("chunked scipy product", "scaled", lambda: _chunked(sample, offers)),
    ]
    for name, way in (("sparse_dot_topn", _sparse_dot_topn), ("bm25s", _bm25s)):
        try:
            library = import_module(name)
        except ImportError:
            yield name, None
            continue
        ways.append((name, "", partial(way, library, needs, offers)))
    for name, scaled, run in ways:
        clock = Clock()
        run()
        yield name, {key: value * (scale if scaled else 1) for key, value in clock.read().items()}


def _naive(needs: sparse.csr_array, offers: sparse.csr_array) -> np.ndarray:
    cosines = cosine_similarity(needs, offers)
    best = np.argpartition(-cosines, TOP, axis=1)[:, :TOP]
    return np.take_along_axis(cosines, best, axis=1)


def _chunked(needs: sparse.csr_array, offers: sparse.csr_array) -> None:
    by_term = offers.T.tocsr()
    for start in range(0, needs.shape[0], _ROWS_AT_ONCE):
        products = sparse.csr_array(needs[start : start + _ROWS_AT_ONCE] @ by_term)
        for first, last in zip(products.indptr, products.indptr[1:], strict=False):
            if last - first > TOP:
                np.argpartition(-products.data[first:last], TOP)


def _sparse_dot_topn(library: Any, needs: sparse.csr_array, offers: sparse.csr_array) -> None:
    library.sp_matmul_topn(sparse.csr_matrix(needs), sparse.csr_matrix(offers.T.tocsr()), TOP, n_threads=threads())


def _bm25s(library: Any, needs: sparse.csr_array, offers: sparse.csr_array) -> None:
    def spoken(rows: sparse.csr_array) -> list[list[str]]:
        parts = np.split(rows.indices, rows.indptr[1:-1])
        return [[str(term) for term in part] for part in parts]

    index = library.BM25()
    index.index(spoken(offers), show_progress=False)
    index.retrieve(spoken(needs), k=TOP, show_progress=False, n_threads=threads())


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


class Core:
    """The matcher over a made-up market, made ready; each figure is asked for by name."""

    def __init__(self, needs: int, offers: int, *, gated: bool, shared: Path | None = None) -> None:
        """shared: a folder for what processes share."""
        self.asked, self.given = made_up_market(needs, offers, gated=gated)
        clock = Clock()
        self.matcher = Matcher(commons=Commons(shared) if shared else None).fit(self.given)
        self.fit = clock.read()
        clock = Clock()
        self.held = self.matcher.hold(self.asked)
        self.read = clock.read()

    def _comparison(self, *, by_need: bool = True) -> Comparison:
        blocks = self.held.blocks[0], self.matcher.held_.blocks[0]
        return Comparison(*blocks, None, by_need=by_need)

    def stems(self) -> dict[str, float]:
        """Seconds for the ten best offers of each need that the gates let pass, by stems alone."""
        comparison = self._comparison()
        candidates = Candidates(comparison, by_words=TOP, nearby=0)
        clock = Clock()
        with threadpool_limits(1), ThreadPoolExecutor(threads()) as pool:
            candidates.find(pool.map, top=TOP, near_misses=0)
        return clock.read()

    def pairs(self) -> dict[str, float]:
        """Seconds for both stages: the ten best offers of each need, with all parts of their scores."""
        comparison = self._comparison()
        clock = Clock()
        for _ in select(comparison, top=TOP, near_misses=0):
            pass
        return clock.read()

    def overlap(self, lines: int = 200) -> float:
        """The share of the ten best of all pairs that both stages find, for some of the needs."""
        comparison = self.matcher.compare(self.asked[:lines])
        found, best = (
            [{picked.other for picked in line} for selection in run for line in selection.matches]
            for run in (select(comparison, top=TOP, near_misses=0), select_in_full(comparison, top=TOP))
        )
        return sum(len(few & all_) for few, all_ in zip(found, best, strict=True)) / max(1, sum(map(len, best)))

    def reasons(self, lines: int = 500) -> float:
        """Seconds to say why, for one pair that is listed."""
        some = self.asked[:lines]
        clock = Clock()
        rankings = self.matcher.rank(some, top=TOP)
        listed = sum(len(ranking.matches) for ranking in rankings)
        with_reasons = clock.read()["cpu"]
        comparison = self.matcher.compare(some)
        clock = Clock()
        for _ in select(comparison, top=TOP, near_misses=0):
            pass
        return max(0.0, with_reasons - clock.read()["cpu"]) / max(1, listed)

    def one_need(self, repeats: int = 100, *, near_misses: int = 0) -> dict[str, float]:
        """Seconds for one new need against all offers, read, ranked and explained: median and 95 of a hundred."""
        new = [replace(need, id=f"new {at}") for at, need in enumerate(made_up_market(repeats, 0, gated=True)[0])]
        return _quantiles([partial(self.matcher.rank, [need], top=TOP, near_misses=near_misses) for need in new])

    def one_offer(self, repeats: int = 50) -> dict[str, float]:
        """The mirror: one new offer against all needs."""
        new = [replace(offer, id=f"new {at}") for at, offer in enumerate(made_up_market(0, repeats, gated=True)[1])]
        return _quantiles([partial(self.matcher.rank_offers, self.held, [offer]) for offer in new])

    def while_refitting(self) -> dict[str, float]:
        """Seconds for one need while the same process fits all offers again in another thread, as at night."""
        new = [replace(need, id=f"new {at}") for at, need in enumerate(made_up_market(500, 0, gated=True)[0])]

        def refit() -> None:
            with giving_way():
                Matcher().fit(self.given)

        beside = Thread(target=refit)
        beside.start()
        figures = _quantiles([partial(self.matcher.rank, [need]) for need in new], until=lambda: not beside.is_alive())
        beside.join()
        return figures

    def one_change(self) -> dict[str, float]:
        """Seconds until an edited offer is in the lists of others, without a refit."""
        edited = [*self.given[:-1], replace(self.given[-1], title="autre")]
        clock = Clock()
        self.matcher.changed(edited).rank(self.asked[:1])
        return clock.read()


def _quantiles(calls: list[Callable[[], object]], until: Callable[[], bool] = lambda: False) -> dict[str, float]:
    """Of all calls but the first, which makes what is made once, or of as many as are made in time."""
    calls[0]()
    wall, cpu = [], []
    for call in calls[1:]:
        clock = Clock()
        call()
        read = clock.read()
        wall.append(read["wall"])
        cpu.append(read["cpu"])
        if until():
            break
    return {
        "p50": float(np.median(wall)),
        "p95": float(np.quantile(wall, 0.95)),
        "cpu_p50": float(np.median(cpu)),
        "cpu_p95": float(np.quantile(cpu, 0.95)),
    }


def peak_mb() -> float:
    """The most memory that this process has held, in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def memory_mb() -> tuple[float, float] | None:
    """The memory of this process in MB, what it shares with others divided among them: its own, and that of files that
    any other process could map beside it. None where nobody tells."""
    try:
        told = Path("/proc/self/smaps_rollup").read_text(encoding="ascii")
    except OSError:
        return None
    held = {line.split()[0]: int(line.split()[1]) / 1024 for line in told.splitlines()[1:]}
    own = held.get("Pss_Anon:", 0.0) + held.get("Pss_Shmem:", 0.0)
    return own, held.get("Pss:", 0.0) - own
