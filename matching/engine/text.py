"""How much a need and an offer speak of the same thing, from their words alone.

Four measures, summed linearly: BM25 over stems, BM25 over the character 4-5-grams of words (other endings, compounds,
misspellings), BM25 over pairs of neighbouring stems, and the cosine in a latent space of the offers (LSA). All weights
come from the offers alone, so a pair keeps its score whatever other needs are asked.

Each BM25 is divided by the weight of the whole need, so it says how much of the need the offer covers; the divisor is
softened so that a need of one word is not covered entirely by any offer that holds it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache

import numpy as np
from scipy import sparse
from threadpoolctl import threadpool_limits

from matching.engine.analyser import Terms

MEASURES = ("words", "fragments", "phrases", "neighbourhood")
STEMS, GRAMS, PAIRS = FAMILIES = ("stems", "grams", "pairs")
WORDS = "words"

K1, B = 1.2, 0.75
TITLE_WEIGHT = 2.0
# Offers without any of the words, as a prior: among a handful of offers, a word that all of them hold is not worthless.
PRIOR_OFFERS = 20
GRAM_SIZES = (4, 5)
LATENT_SIZE = 256
FEWEST_OFFERS_FOR_LATENT = 20
# Latent vectors are made of whole numbers: their products are then exact, in whatever order and on however many threads
# they are summed. A sum of products is at most |a| |b| = 2**22, which float32 holds exactly.
LATENT_SCALE = 2**11

# Tuned on titles of real aids against their descriptions, and on titles of citizen projects against each other.
_WEIGHTS = {"words": 0.50, "fragments": 0.25, "phrases": 0.15, "neighbourhood": 0.10}
# Added to the weight of a need, in the unit of its terms' rarity: what a very short need leaves open.
_EVIDENCE = {STEMS: 6.0, GRAMS: 60.0, PAIRS: 6.0}
# Words without a common stem may still be kin ("jardinage", "jardinier"): they begin alike and share so much of their
# grams. An opening that more words than this have in common tells no kinship.
_KIN = 0.45
_OPENING = 4
_MOST_KIN = 500
# How near two texts without a common word must lie to speak of the same thing; a small collection knows less well.
_NEARBY, _NEARBY_IN_OFFERS = 0.02, 15
_TINY = 1e-12


@dataclass(frozen=True)
class Bag:
    """How often each term stands in each listing."""

    terms: tuple[str, ...]
    """In alphabetical order, one for each column."""
    counts: sparse.csr_array
    """float64, listings x terms."""

    @cached_property
    def positions(self) -> dict[str, int]:
        """The column of each term."""
        return _positions(self.terms)


@dataclass(frozen=True)
class FamilyStatistics:
    """What the offers told of one family of terms."""

    terms: tuple[str, ...]
    """In alphabetical order."""
    offers_with: np.ndarray
    """int64, one for each term."""
    mean_length: float

    @cached_property
    def positions(self) -> dict[str, int]:
        """The column of each term."""
        return _positions(self.terms)


@dataclass(frozen=True)
class Statistics:
    """What was learned from a collection of offers; a model is this, saved."""

    offers: int
    families: dict[str, FamilyStatistics]
    latent: np.ndarray
    """float32, stems x dimensions: where each stem lies in the latent space, its rarity included."""

    def rarity(self, family: str, terms: Sequence[str]) -> np.ndarray:
        """Lucene's inverse document frequency of each term (float64), known or not."""
        known = self.families[family]
        at = _places_in(known.positions, terms)
        offers_with = np.where(at >= 0, known.offers_with[at], 0) if len(known.terms) else np.zeros(len(terms))
        return np.log1p((self.offers + PRIOR_OFFERS - offers_with + 0.5) / (offers_with + 0.5))


def bags(listings: Sequence[Terms]) -> dict[str, Bag]:
    """The bag of each family of terms, and that of the folded words."""
    weights = [np.where(np.arange(len(each.stems)) < each.of_title, TITLE_WEIGHT, 1.0) for each in listings]
    words = _bag([each.words for each in listings], weights)
    pairs = [[f"{a} {b}" for a, b in zip(each.stems, each.stems[1:], strict=False)] for each in listings]
    return {
        WORDS: words,
        STEMS: _bag([each.stems for each in listings], weights),
        GRAMS: _in_grams(words),
        PAIRS: _bag(pairs, [np.ones(len(each)) for each in pairs]),
    }


def _bag(listings: Sequence[Sequence[str]], weights: Sequence[np.ndarray]) -> Bag:
    terms = tuple(sorted({term for listing in listings for term in listing}))
    positions = _positions(terms)
    columns = np.array([positions[term] for listing in listings for term in listing], dtype=np.int32)
    starts = np.concatenate([[0], np.cumsum([len(listing) for listing in listings])])
    data = np.concatenate(weights) if weights else np.zeros(0)
    counts = sparse.csr_array((data, columns, starts), shape=(len(listings), len(terms)))
    counts.sum_duplicates()
    return Bag(terms, counts)


def bag_of_sets(listings: Sequence[Sequence[str]]) -> Bag:
    """The bag in which each term of a listing stands once."""
    sets = [sorted(set(listing)) for listing in listings]
    return _bag(sets, [np.ones(len(each)) for each in sets])


def _in_grams(words: Bag) -> Bag:
    """The bag of the character grams of a bag of words."""
    grams = _bag([_grams(word) for word in words.terms], [np.ones(_count_of_grams(word)) for word in words.terms])
    counts = sparse.csr_array(words.counts @ grams.counts)
    counts.sort_indices()
    return Bag(grams.terms, counts)


def _grams(word: str) -> list[str]:
    """ "eau" gives " eau", "eau " and " eau "."""
    padded = f" {word} "
    return [padded[at : at + size] for size in GRAM_SIZES for at in range(len(padded) - size + 1)]


def _count_of_grams(word: str) -> int:
    return sum(max(len(word) + 2 - size + 1, 0) for size in GRAM_SIZES)


def kinship(a: str, b: str) -> float:
    """The share of the character grams of two folded words that stand in both, from 0 to 1."""
    of_a, of_b = _gram_set(a), _gram_set(b)
    return 2 * len(of_a & of_b) / (len(of_a) + len(of_b)) if of_a and of_b else 0.0


@lru_cache(maxsize=50_000)
def _gram_set(word: str) -> frozenset[str]:
    return frozenset(_grams(word))


def _kin(words: Sequence[str], others: Sequence[str]) -> sparse.csr_array:
    """bool, words x others: whether two folded words are kin."""
    by_opening: dict[str, list[int]] = {}
    for at, other in enumerate(others):
        by_opening.setdefault(other[:_OPENING], []).append(at)
    pairs = [
        (at, other)
        for at, word in enumerate(words)
        if len(word) >= _OPENING and len(alike := by_opening.get(word[:_OPENING], ())) <= _MOST_KIN
        for other in alike
        if are_kin(word, others[other])
    ]
    rows, columns = np.array(pairs, np.int32).reshape(-1, 2).T
    return sparse.csr_array((np.ones(len(pairs), bool), (rows, columns)), shape=(len(words), len(others)))


def are_kin(a: str, b: str) -> bool:
    """Whether two folded words begin alike and are much alike: "jardinage" and "jardinier"."""
    return len(a) >= _OPENING and a[:_OPENING] == b[:_OPENING] and kinship(a, b) >= _KIN


def learn(offers: dict[str, Bag]) -> Statistics:
    """The statistics of a collection of offers. Same offers: same bits."""
    families = {name: _learn_family(offers[name]) for name in FAMILIES}
    statistics = Statistics(offers[STEMS].counts.shape[0], families, np.zeros((0, 0), np.float32))
    return Statistics(statistics.offers, families, _learn_latent(offers[STEMS], statistics))


def _learn_family(bag: Bag) -> FamilyStatistics:
    lengths = bag.counts.sum(axis=1)
    spoken = lengths > 0
    mean = float(lengths[spoken].mean()) if spoken.any() else 1.0
    return FamilyStatistics(bag.terms, np.bincount(bag.counts.indices, minlength=len(bag.terms)), mean)


def _learn_latent(stems: Bag, statistics: Statistics) -> np.ndarray:
    offers, size = stems.counts.shape
    if offers < FEWEST_OFFERS_FOR_LATENT or size < FEWEST_OFFERS_FOR_LATENT:
        return np.zeros((size, 0), np.float32)
    rarity = statistics.rarity(STEMS, stems.terms)
    weighted = _sublinear(stems.counts) @ sparse.diags_array(rarity)
    lengths = np.sqrt(weighted.multiply(weighted).sum(axis=1))
    weighted = sparse.diags_array(1 / np.maximum(lengths, _TINY)) @ weighted
    # Here, because it takes longer to import than a small collection takes to rank.
    from sklearn.decomposition import TruncatedSVD

    decomposition = TruncatedSVD(min(LATENT_SIZE, offers // 2, size // 2), n_iter=2, random_state=0)
    # One thread: the order of sums, hence the last bits, would follow the number of threads.
    with threadpool_limits(1):
        decomposition.fit(weighted)
    return (decomposition.components_.T * rarity[:, None]).astype(np.float32)


def _sublinear(counts: sparse.csr_array) -> sparse.csr_array:
    return sparse.csr_array((1 + np.log(np.maximum(counts.data, 1)), counts.indices, counts.indptr), shape=counts.shape)


def latent_vectors(stems: Bag, statistics: Statistics) -> np.ndarray:
    """float32, listings x dimensions: unit vectors times LATENT_SCALE, rounded to whole numbers."""
    counts = in_columns(stems, statistics.families[STEMS].positions)
    vectors = _sublinear(counts) @ statistics.latent.astype(float)
    vectors /= np.maximum(np.sqrt((vectors * vectors).sum(axis=1, keepdims=True)), _TINY)
    return np.rint(vectors * LATENT_SCALE).astype(np.float32)


class OfferTexts:
    """The texts of some offers, weighed and ready for products."""

    def __init__(self, offers: dict[str, Bag], statistics: Statistics) -> None:
        self.statistics = statistics
        self.positions = {name: offers[name].positions for name in FAMILIES}
        self.stems = offers[STEMS].terms
        self.words = offers[WORDS].terms
        self.weights = {name: _bm25(name, offers[name], statistics) for name in FAMILIES}
        self.weights[WORDS] = offers[WORDS].counts.astype(np.float32)
        """For each family float32, offers x terms; for the words how often they stand there."""
        self.latent = latent_vectors(offers[STEMS], statistics)
        self.nearby = max(_NEARBY, _NEARBY_IN_OFFERS / max(1, statistics.offers))
        self._by_term = {name: weights.T.tocsr() for name, weights in self.weights.items()}

    def by_term(self, family: str, columns: slice | np.ndarray) -> sparse.csr_array:
        """float32, terms x some offers."""
        if isinstance(columns, slice) and columns == slice(None):
            return self._by_term[family]
        return self.weights[family][columns].T.tocsr()

    def nearness_of_stems(self, stems: Sequence[str], others: Sequence[str]) -> np.ndarray:
        """float32, stems x others: the cosine of each two in the latent space, 0 where one is unknown."""
        return self._directions(stems) @ self._directions(others).T

    def _directions(self, stems: Sequence[str]) -> np.ndarray:
        at = _places_in(self.statistics.families[STEMS].positions, stems)
        vectors = np.zeros((len(stems), self.statistics.latent.shape[1]), np.float32)
        vectors[at >= 0] = self.statistics.latent[at[at >= 0]]
        return vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), _TINY)


def _bm25(family: str, bag: Bag, statistics: Statistics) -> sparse.csr_array:
    lengths = bag.counts.sum(axis=1) / statistics.families[family].mean_length
    of_row = np.repeat(K1 * (1 - B + B * lengths), np.diff(bag.counts.indptr))
    rarity = statistics.rarity(family, bag.terms)[bag.counts.indices]
    data = rarity * bag.counts.data * (K1 + 1) / (bag.counts.data + of_row)
    return sparse.csr_array((data.astype(np.float32), bag.counts.indices, bag.counts.indptr), shape=bag.counts.shape)


class NeedTexts:
    """The texts of some needs, as questions to some offers."""

    def __init__(self, needs: dict[str, Bag], offers: OfferTexts) -> None:
        statistics = offers.statistics
        self.questions = {name: in_columns(needs[name], offers.positions[name]).astype(np.float32) for name in FAMILIES}
        """For each family float32, needs x terms of the offers."""
        self.masses = {name: needs[name].counts @ statistics.rarity(name, needs[name].terms) for name in FAMILIES}
        """For each family float64, one for each need: the weight of all its terms, met by an offer or not."""
        self.kin = (needs[WORDS].counts @ _kin(needs[WORDS].terms, offers.words)).astype(np.float32)
        """float32, needs x words of the offers: above 0 for kin of a word of the need."""
        self.latent = latent_vectors(needs[STEMS], statistics)


def in_columns(bag: Bag, positions: dict[str, int]) -> sparse.csr_array:
    """The counts of a bag in the columns of other terms; both are in alphabetical order, so columns stay in order."""
    at = _places_in(positions, bag.terms)
    kept = np.flatnonzero(at >= 0)
    selection = sparse.csr_array((np.ones(len(kept)), (kept, at[kept])), shape=(len(at), len(positions)))
    counts = sparse.csr_array(bag.counts @ selection)
    counts.sort_indices()
    return counts


def _places_in(positions: dict[str, int], wanted: Iterable[str]) -> np.ndarray:
    """Where each wanted term stands; -1 where it does not."""
    return np.array([positions.get(term, -1) for term in wanted], dtype=np.int64)


def _positions(terms: Sequence[str]) -> dict[str, int]:
    return {term: position for position, term in enumerate(terms)}


@dataclass(frozen=True)
class Likeness:
    """The texts of a grid of pairs, float64, needs x offers."""

    measures: dict[str, np.ndarray]
    """For each of MEASURES its part of the whole, weighed: they add up to it."""
    whole: np.ndarray
    """From 0, nothing in common, to about 1."""
    speaks: np.ndarray
    """Whether the texts have a word in common, words that are kin, or much the same neighbourhood."""


MeasureTexts = Callable[[NeedTexts, OfferTexts, slice | np.ndarray, slice | np.ndarray], Likeness]


def likeness(needs: NeedTexts, offers: OfferTexts, rows: slice | np.ndarray, columns: slice | np.ndarray) -> Likeness:
    """How alike the texts of some needs and some offers are.

    Sums run over a pair's terms in alphabetical order, whatever the other pairs of the grid.
    """
    measures = {
        measure: _covered(family, needs, offers, rows, columns, _WEIGHTS[measure])
        for measure, family in zip(MEASURES, FAMILIES, strict=False)
    }
    nearby = needs.latent[rows] @ offers.latent[columns].T
    measures["neighbourhood"] = np.maximum(nearby, 0) * (_WEIGHTS["neighbourhood"] / LATENT_SCALE**2)
    speaks = (measures["words"] > 0) | (nearby >= offers.nearby * LATENT_SCALE**2)
    if needs.kin.nnz:
        speaks |= (needs.kin[rows] @ offers.by_term(WORDS, columns)).toarray() > 0
    whole = measures["words"] + measures["fragments"]
    whole += measures["phrases"]
    whole += measures["neighbourhood"]
    return Likeness(measures, whole, speaks)


def _covered(
    family: str,
    needs: NeedTexts,
    offers: OfferTexts,
    rows: slice | np.ndarray,
    columns: slice | np.ndarray,
    weight: float,
) -> np.ndarray:
    """The BM25 of each pair over what the whole need weighs."""
    covered = (needs.questions[family][rows] @ offers.by_term(family, columns)).toarray()
    return covered * (weight / (needs.masses[family][rows] + _EVIDENCE[family]))[:, None]
