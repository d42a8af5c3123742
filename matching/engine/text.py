"""How much a need and an offer speak of the same thing, from their words alone.

Five measures, summed linearly: BM25 over stems and over the very words, BM25 over the character 4-5-grams of words
(other endings, compounds, misspellings), BM25 over pairs of neighbouring stems, BM25 over the subjects that both name,
by other words above all (see thesaurus.py), and the cosine in a latent space of the offers (LSA). All weights come from
the offers alone, so a pair keeps its score whatever other needs are asked.

Each BM25 is divided by the weight of the whole need, so it says how much of the need the offer covers; the divisor is
softened so that one matching word of a short need is no proof.

Saying words again gains nothing for a need, and little for an offer: a need's words count once, an offer's up to three
times, and once where they come so often that the text is made of them.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING

import numpy as np
from scipy import sparse
from threadpoolctl import threadpool_limits

from matching.engine import analyser, thesaurus
from matching.engine.analyser import Terms
from matching.engine.products import COUNT_STEP, WEIGHT_STEP, Positions, Weighed, float_rows, narrow, packed

if TYPE_CHECKING:
    from matching.engine.pairs import Pairs

MEASURES = ("words", "fragments", "phrases", "bridge", "neighbourhood")
STEMS, WORDS, GRAMS, PAIRS, CONCEPTS = FAMILIES = ("stems", "words", "grams", "pairs", "concepts")
# What names the concepts: "velo|cycl" is the concept "velo" named by the stem "cycl".
NAMED = "named"
_NAMED_BY = "|"

# A concept that comes again and again is what the offer is about; a word has said almost all by being there.
_K1, _B = dict.fromkeys(FAMILIES, 1.2) | {CONCEPTS: 4.0}, 0.75
# Short texts say their subject once. Where texts are long, a word that comes again tells the subject from what is met
# in passing: from so many stems on, the k1 of these families grows with the root of the mean length, up to a bound.
_COME_AGAIN = (STEMS, WORDS, GRAMS)
_SHORT, _MOST_GROWTH = 32.0, 2.0
TITLE_WEIGHT = 2.0
# A text without a title says in its first words what it is about.
_LEAD, _LEAD_WEIGHT = 15, 1.5
# What an offer's title names is its subject; its text may name a concept in passing.
_CONCEPT_IN_TITLE = 4.0
# A concept named by a word that has other meanings; the concepts one and two steps above what is named.
_WEAK = 0.25
_ABOVE = (0.75, 0.5)
_MOST_COUNTED = 3
# What a need's word counts that has two meanings, or none.
_DISTRUSTED = 0.75
# Long texts come back to their subject: there a word counts once more every so many words.
_WORDS_FOR_ONE_MORE = 12
# A text of which one word makes up more than this is made of that word.
_STUFFED = 1 / 6
# Where fewer of the words than this only link others, an offer of many words is a list of keywords: each of them is one
# among many, so it counts as a text so many times longer at most. Titles may do without such words.
_LINKED, _FEW_WORDS, _MANY_WORDS, _LONGER = 0.3, 8, 14, 4.0
# An offer that says next to nothing is not all about it: beside offers of a good many words, one of few words counts as
# long as such an offer, one of a single word as almost twice as long. None counts as less than this of a usual one.
_FEW, _MANY, _GOOD_MANY, _SHORTEST = 5, 10, 30.0, 0.25
# Offers without any of the words, as a prior: among a handful of offers, a word that all of them hold is not worthless.
PRIOR_OFFERS = 20
GRAM_SIZES = (4, 5)
LATENT_SIZE = 300
FEWEST_OFFERS_FOR_LATENT = 20
# Latent vectors are made of whole numbers: their products are then exact, in whatever order and on however many threads
# they are summed. A sum of products is at most |a| |b| = 2**22, which float32 holds exactly.
LATENT_SCALE = 2**11
_VECTORS_AT_ONCE = 10_000

# Tuned on unlike collections: titles of real aids against their descriptions, sentences against the texts that they
# were taken from, short descriptions of software against long ones, titles of citizen projects against each other and,
# with grades given by hand, against real aids.
_WEIGHTS = {STEMS: 1.05, WORDS: 0.27, GRAMS: 0.36, PAIRS: 0.55, CONCEPTS: 0.36}
_NEIGHBOURHOOD = 0.08
_MEASURED_BY = {"words": (STEMS, WORDS), "fragments": (GRAMS,), "phrases": (PAIRS,)}
# What a shared concept is worth where the very same words name it: they have counted already.
_SAME_WORDS = 0.75
# The exponent of rarity: rare letters say more than their rarity, a rare subject little more than another subject.
_SHARPNESS = dict.fromkeys(FAMILIES, 1.0) | {GRAMS: 1.3, CONCEPTS: 0.5}
# Added to the weight of a need, in the unit of its terms' rarity: what a short need leaves open.
_EVIDENCE = {STEMS: 90.0, WORDS: 60.0, GRAMS: 600.0, PAIRS: 60.0, CONCEPTS: 10.0}
# Words without a common stem may still be kin ("jardinage", "jardinier"): they begin alike and share so much of their
# grams. An opening that more words than this have in common tells no kinship.
_KIN = 0.45
# Two words that make up one, together at least so long.
_COMPOUND = 7
_OPENING = 4
_MOST_KIN = 500
# From so many pairs on, tables are quicker than words.
_MANY_PAIRS = 2_000
# How near two texts without a common word must lie to speak of the same thing; a small collection knows less well.
_NEARBY, _NEARBY_IN_OFFERS = 0.05, 15
_TINY = 1e-12


@dataclass(frozen=True)
class Bag:
    """How often each term stands in each listing."""

    terms: Sequence[str]
    """In alphabetical order, one for each column."""
    counts: sparse.csr_array
    """float64, listings x terms."""
    said: np.ndarray | None = None
    """float64, the length of each listing where that is more than the sum of its counts."""
    longer: np.ndarray | None = None
    """float64, how many times longer each listing counts, as a list of keywords; of the stems only."""

    @property
    def lengths(self) -> np.ndarray:
        """float64, the length of each listing: what it says again counts here, whatever it counts as a term."""
        lengths: np.ndarray = self.counts.sum(axis=1) if self.said is None else self.said
        return lengths

    @cached_property
    def positions(self) -> Positions:
        """The column of each term."""
        return Positions(self.terms)


@dataclass(frozen=True)
class FamilyStatistics:
    """What the offers told of one family of terms."""

    terms: Sequence[str]
    """In alphabetical order."""
    offers_with: np.ndarray
    """int64, one for each term."""
    mean_length: float

    @cached_property
    def positions(self) -> Positions:
        """The column of each term."""
        return Positions(self.terms)


@dataclass(frozen=True)
class Statistics:
    """What was learned from a collection of offers; a model is this, saved."""

    offers: int
    families: dict[str, FamilyStatistics]
    latent: np.ndarray
    """float16, stems x dimensions: where each stem lies in the latent space, its rarity included."""
    longer: float = 1.0
    """The mean of Bag.longer: where every offer is a list of keywords, none counts as longer than the others."""

    def rarity(self, family: str, terms: Sequence[str]) -> np.ndarray:
        """Lucene's inverse document frequency of each term (float64), known or not."""
        known = self.families[family]
        at = known.positions.of(terms)
        offers_with = np.where(at >= 0, known.offers_with[at], 0) if len(known.terms) else np.zeros(len(terms))
        return np.log1p((self.offers + PRIOR_OFFERS - offers_with + 0.5) / (offers_with + 0.5))

    def weight(self, family: str, terms: Sequence[str]) -> np.ndarray:
        """What one mention of each term weighs (float64), known or not."""
        return self.rarity(family, terms) ** _SHARPNESS[family]

    def k1(self, family: str) -> float:
        """How slowly a term that comes again stops counting in an offer: BM25's k1."""
        if family not in _COME_AGAIN:
            return _K1[family]
        growth = np.sqrt(self.families[STEMS].mean_length / _SHORT)
        return _K1[family] * float(np.clip(growth, 1, _MOST_GROWTH))


def fingerprint() -> str:
    """What tells this way to read texts from another: the analyser, the thesaurus and how their terms are weighed."""
    growth = (_COME_AGAIN, _SHORT, _MOST_GROWTH)
    listed = (_LINKED, _FEW_WORDS, _MANY_WORDS, _LONGER, _FEW, _MANY, _GOOD_MANY, _SHORTEST)
    weighing = (FAMILIES, _SHARPNESS, _K1, growth, _B, TITLE_WEIGHT, _LEAD, _LEAD_WEIGHT, listed)
    sizes = (PRIOR_OFFERS, GRAM_SIZES, LATENT_SIZE)
    told = repr((analyser.fingerprint(), thesaurus.load().fingerprint(), weighing, sizes))
    return hashlib.sha256(told.encode()).hexdigest()


def bags(listings: Sequence[Terms], *, asking: bool) -> dict[str, Bag]:
    """The bag of each family of terms, and of what names the concepts. asking: the listings are needs.

    A need says each word once, or TITLE_WEIGHT times in its title; for offers see _said().
    """
    trust = [_trust(each) if asking else np.ones(len(each.stems)) for each in listings]

    def weighed(said: Sequence[Sequence[str]]) -> Bag:
        weigh = _asked if asking else _said
        counts = (weigh(each, listing.of_title) for each, listing in zip(said, listings, strict=True))
        bag = _bag(said, [count * trusted for count, trusted in zip(counts, trust, strict=True)])
        return Bag(bag.terms, bag.counts, _lengths(listings, [np.ones(len(each)) for each in said]))

    words = weighed([each.words for each in listings])
    grams = [np.array([float(_count_of_grams(word)) for word in each.words]) for each in listings]
    pairs = [[f"{a} {b}" for a, b in zip(each.stems, each.stems[1:], strict=False)] for each in listings]
    named = _named(listings, asking=asking)
    in_grams = _in_grams(words)
    return {
        STEMS: replace(
            weighed([each.stems for each in listings]), longer=np.array([_longer(each) for each in listings])
        ),
        WORDS: words,
        GRAMS: Bag(in_grams.terms, in_grams.counts, _lengths(listings, grams)),
        PAIRS: _bag(pairs, [_once(each) for each in pairs]),
        CONCEPTS: _in_concepts(named),
        NAMED: named,
    }


def _lengths(listings: Sequence[Terms], of_terms: Sequence[np.ndarray]) -> np.ndarray:
    """How long each listing is, for how long each of its terms is."""
    return np.array(
        [
            each.sum() + (TITLE_WEIGHT - 1) * each[: listing.of_title].sum()
            for listing, each in zip(listings, of_terms, strict=True)
        ]
    )


def _longer(listing: Terms) -> float:
    """From 1 for a text, more for a list of keywords: how many times longer it counts."""
    many = np.clip((len(listing.stems) - _FEW_WORDS) / (_MANY_WORDS - _FEW_WORDS), 0, 1)
    return 1 + _LONGER * float(many) * max(0.0, 1 - listing.linked / _LINKED)


def _trust(listing: Terms) -> np.ndarray:
    """How much each term of a need is believed: less where it has two meanings or none ("place", "projet", "Saint")."""
    distrusts = thesaurus.load().distrusts
    words = zip(listing.stems, listing.words, strict=True)
    return np.array([_DISTRUSTED if distrusts(stem, word) else 1.0 for stem, word in words])


def _once(terms: Sequence[str]) -> np.ndarray:
    """1 where a term comes first, 0 where it comes again."""
    first: dict[str, int] = {}
    return np.array([first.setdefault(term, at) == at for at, term in enumerate(terms)], float)


def _asked(terms: Sequence[str], of_title: int) -> np.ndarray:
    """What each term of a need counts: where it comes first."""
    return _once(terms) * np.where(np.arange(len(terms)) < of_title, TITLE_WEIGHT, 1.0)


def _said(terms: Sequence[str], of_title: int) -> np.ndarray:
    """What each term of an offer counts: up to a number of times that follows the length of the text, once where the
    text is made of it."""
    counts = np.where(np.arange(len(terms)) < of_title, TITLE_WEIGHT, 1.0)
    if not of_title:
        counts[:_LEAD] = _LEAD_WEIGHT
    often = Counter(terms)
    if not often or often.most_common(1)[0][1] < 2:
        return counts
    most_of_all = max(_MOST_COUNTED, len(terms) // _WORDS_FOR_ONE_MORE)
    most = {
        term: 1 if count > _MOST_COUNTED and count > _STUFFED * len(terms) else most_of_all
        for term, count in often.items()
    }
    met: Counter[str] = Counter()
    for at, term in enumerate(terms):
        met[term] += 1
        if met[term] > most[term]:
            counts[at] = 0
    return counts


def _bag(listings: Sequence[Sequence[str]], weights: Sequence[np.ndarray]) -> Bag:
    terms = tuple(sorted({term for listing in listings for term in listing}))
    positions = _positions(terms)
    columns = np.array([positions[term] for listing in listings for term in listing], dtype=np.int32)
    starts = np.concatenate([[0], np.cumsum([len(listing) for listing in listings])])
    data = np.concatenate(weights) if weights else np.zeros(0)
    counts = sparse.csr_array((data, columns, starts), shape=(len(listings), len(terms)))
    counts.sum_duplicates()
    return Bag(packed(terms), counts)


def _named(listings: Sequence[Terms], *, asking: bool) -> Bag:
    """How much each listing names each concept by each expression; what is named names the concepts above it too."""
    known = thesaurus.load()
    names: list[list[str]] = []
    weights: list[np.ndarray] = []
    for listing in listings:
        found: dict[str, float] = {}
        of_title: dict[str, float] = {}
        for mention in known.concepts(listing.stems, listing.words):
            by = " ".join(listing.stems[mention.start : mention.stop])
            counted = found
            worth = _WEAK if mention.weak else 1.0
            if asking:
                most = worth
            elif mention.start < listing.of_title:
                counted, most = of_title, worth * _CONCEPT_IN_TITLE
                worth = most
            else:
                most = worth * _MOST_COUNTED
            above = [(concept, _ABOVE[steps - 1]) for concept, steps in known.ancestors(mention.concept) if steps <= 2]
            for concept, share in ((mention.concept, 1.0), *above):
                name = f"{concept}{_NAMED_BY}{by}"
                counted[name] = max(counted.get(name, 0.0), min(counted.get(name, 0.0) + worth * share, most * share))
        for name, weight in of_title.items():
            found[name] = found.get(name, 0.0) + weight
        names.append(list(found))
        weights.append(np.array(list(found.values())))
    return _bag(names, weights)


def concept_and_name(named: str) -> tuple[str, str]:
    """What a term of NAMED says: the concept, and the stems that name it, parted by spaces."""
    concept, _, by = named.partition(_NAMED_BY)
    return concept, by


def _in_concepts(named: Bag) -> Bag:
    """The bag of the concepts, whatever names them."""
    concepts = [name.partition(_NAMED_BY)[0] for name in named.terms]
    terms = tuple(sorted({*concepts}))
    positions = _positions(terms)
    columns = np.array([positions[concept] for concept in concepts], np.int64)
    ones = sparse.csr_array(
        (np.ones(len(columns)), (np.arange(len(columns)), columns)), shape=(len(columns), len(terms))
    )
    counts = sparse.csr_array(named.counts @ ones)
    counts.sort_indices()
    return Bag(terms, counts)


def bag_of_lists(listings: Sequence[Sequence[str]]) -> Bag:
    """The bag that counts each term as often as its listing holds it."""
    return _bag(listings, [np.ones(len(each)) for each in listings])


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
    mine, theirs = _by_opening(words), _by_opening(others)
    rows, columns = [np.zeros(0, int)], [np.zeros(0, int)]
    for opening, at in mine.items():
        alike = theirs.get(opening, [])
        if len(alike) <= _MOST_KIN:
            found = _kinships([words[row] for row in at], [others[column] for column in alike]) >= _KIN
            row, column = found.nonzero()
            rows.append(np.array(at, int)[row])
            columns.append(np.array(alike, int)[column])
    at_row, at_column = np.concatenate(rows), np.concatenate(columns)
    return sparse.csr_array((np.ones(len(at_row), bool), (at_row, at_column)), shape=(len(words), len(others)))


def _by_opening(words: Sequence[str]) -> dict[str, list[int]]:
    """Where the words stand that begin alike; those too short to have kin left out."""
    found: dict[str, list[int]] = {}
    for at, word in enumerate(words):
        if len(word) >= _OPENING:
            found.setdefault(word[:_OPENING], []).append(at)
    return found


def _kinships(words: Sequence[str], others: Sequence[str]) -> np.ndarray:
    """float, words x others: the kinship of each two. Many are counted at once: word by word it would take too long."""
    if len(words) * len(others) < _MANY_PAIRS:
        return np.array([[kinship(a, b) for b in others] for a in words]).reshape(len(words), len(others))
    grams = {gram: at for at, gram in enumerate(sorted({gram for word in (*words, *others) for gram in _grams(word)}))}
    mine, theirs = _gram_table(words, grams), _gram_table(others, grams)
    sizes = mine.sum(axis=1)[:, None] + theirs.sum(axis=1)[None, :]
    return 2 * (mine @ theirs.T).toarray() / sizes


def _gram_table(words: Sequence[str], grams: dict[str, int]) -> sparse.csr_array:
    """int, words x grams: 1 where the word holds the gram."""
    held = [sorted(grams[gram] for gram in _gram_set(word)) for word in words]
    ends = np.cumsum([0, *map(len, held)])
    columns = np.array([column for row in held for column in row], int)
    return sparse.csr_array((np.ones(len(columns), int), columns, ends), shape=(len(words), len(grams)))


def are_kin(a: str, b: str) -> bool:
    """Whether two folded words begin alike and are much alike: "jardinage" and "jardinier"."""
    return len(a) >= _OPENING and a[:_OPENING] == b[:_OPENING] and kinship(a, b) >= _KIN


def learn(offers: dict[str, Bag]) -> Statistics:
    """The statistics of a collection of offers. Same offers: same bits."""
    families = {name: _learn_family(offers[name]) for name in FAMILIES}
    longer = offers[STEMS].longer
    usual = 1.0 if longer is None or not len(longer) else float(longer.mean())
    statistics = Statistics(offers[STEMS].counts.shape[0], families, np.zeros((0, 0), np.float32), usual)
    return replace(statistics, latent=_learn_latent(offers[STEMS], statistics))


def _learn_family(bag: Bag) -> FamilyStatistics:
    lengths = bag.lengths
    spoken = lengths > 0
    mean = float(lengths[spoken].mean()) if spoken.any() else 1.0
    return FamilyStatistics(bag.terms, np.bincount(bag.counts.indices, minlength=len(bag.terms)), mean)


def _learn_latent(stems: Bag, statistics: Statistics) -> np.ndarray:
    offers, size = stems.counts.shape
    if offers < FEWEST_OFFERS_FOR_LATENT or size < FEWEST_OFFERS_FOR_LATENT:
        return np.zeros((size, 0), np.float16)
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
    # Weighed by what each direction explains: many small ones tell single offers apart, which the words do better.
    return (decomposition.components_.T * decomposition.singular_values_ * rarity[:, None]).astype(np.float16)


def _sublinear(counts: sparse.csr_array) -> sparse.csr_array:
    return sparse.csr_array((1 + np.log(np.maximum(counts.data, 1)), counts.indices, counts.indptr), shape=counts.shape)


def latent_vectors(stems: Bag, statistics: Statistics) -> np.ndarray:
    """int16, listings x dimensions: unit vectors times LATENT_SCALE, rounded to whole numbers."""
    counts = _sublinear(in_columns(stems, statistics.families[STEMS].positions))
    known, columns = np.unique(counts.indices, return_inverse=True)
    counts = sparse.csr_array((counts.data, columns, counts.indptr), shape=(counts.shape[0], len(known)))
    vectors = np.zeros((counts.shape[0], statistics.latent.shape[1]), np.int16)
    directions = statistics.latent[known].astype(float)
    for first in range(0, len(vectors), _VECTORS_AT_ONCE):
        block = slice(first, first + _VECTORS_AT_ONCE)
        exact = counts[block] @ directions
        exact /= np.maximum(np.sqrt((exact * exact).sum(axis=1, keepdims=True)), _TINY)
        vectors[block] = np.rint(exact * LATENT_SCALE)
    return vectors


class Texts:
    """The texts of one side, ready for products."""

    def __init__(self, families: dict[str, Weighed], stems: Bag, statistics: Statistics) -> None:
        self.statistics = statistics
        self.families = families
        """For each of FAMILIES and the words: what each term weighs in each listing."""
        self.latent = latent_vectors(stems, statistics)
        """int16, listings x dimensions; see latent_vectors()."""

    @property
    def words(self) -> Sequence[str]:
        """The folded words of all listings, in alphabetical order."""
        return self.families[WORDS].terms

    @cached_property
    def openings(self) -> Weighed:
        """See openings_of()."""
        return openings_of(self)


class OfferTexts(Texts):
    """The texts of some offers: what their terms weigh."""

    def __init__(self, offers: dict[str, Bag], statistics: Statistics) -> None:
        lengths = _relative_lengths(offers, statistics)
        families = {
            name: _stepped(_bm25(name, offers[name], lengths[name], statistics), WEIGHT_STEP, offers[name])
            for name in FAMILIES
        }
        by_each = _by_each_name(offers[NAMED], offers[CONCEPTS], lengths[CONCEPTS], statistics)
        families[NAMED] = _stepped(by_each, WEIGHT_STEP, offers[NAMED])
        super().__init__(families, offers[STEMS], statistics)
        self.nearby = max(_NEARBY, _NEARBY_IN_OFFERS / max(1, statistics.offers))


class NeedTexts(Texts):
    """The texts of some needs: how often they say their terms."""

    def __init__(self, needs: dict[str, Bag], statistics: Statistics) -> None:
        needs = needs | _with_compounds(needs[STEMS], needs[PAIRS], statistics)
        families = {name: _stepped(needs[name].counts, COUNT_STEP, needs[name]) for name in (*FAMILIES, NAMED)}
        super().__init__(families, needs[STEMS], statistics)
        masses = {name: needs[name].counts @ statistics.weight(name, needs[name].terms) for name in FAMILIES}
        # A need that is all title is no other than one that is all text.
        emphasis = np.ones(len(self.latent))
        if needs[STEMS].counts.nnz:
            emphasis = np.maximum(needs[STEMS].counts.max(axis=1).toarray().ravel(), 1.0)
        emphases = dict.fromkeys(FAMILIES, emphasis) | dict.fromkeys((PAIRS, CONCEPTS), np.ones(len(self.latent)))
        self.shares = {name: _WEIGHTS[name] / (masses[name] + emphases[name] * _EVIDENCE[name]) for name in FAMILIES}
        """For each family float64, one for each need: what one unit of its product brings. It is the weight of the
        family over the weight of all terms of the need, met by an offer or not, and what a short need leaves open."""


def _with_compounds(stems: Bag, pairs: Bag, statistics: Statistics) -> dict[str, Bag]:
    """Both bags of some needs with what offers write in one word and needs in two, or the other way round.

    "micro-crèche" asks for "microcrèche" too, and "covoiturage" for "co-voiturage".
    """
    in_one, in_two = statistics.families[STEMS].positions, statistics.families[PAIRS].positions
    in_one_word = [(pair, pair.replace(" ", "")) for pair in pairs.terms if len(pair) > _COMPOUND]
    in_two_words = [
        (one, f"{one[:at]} {one[at:]}") for one in stems.terms if len(one) >= _COMPOUND for at in range(2, len(one) - 2)
    ]
    joined, parted = (
        {term: other for (term, other), at in zip(some, known.of([other for _, other in some]), strict=True) if at >= 0}
        for some, known in ((in_one_word, in_one), (in_two_words, in_two))
    )
    return {STEMS: _with_others(stems, pairs, joined), PAIRS: _with_others(pairs, stems, parted)}


def _with_others(bag: Bag, other: Bag, added: dict[str, str]) -> Bag:
    """A bag in which each listing has once more, for some terms that it holds in another bag, a term of its own."""
    if not added:
        return bag
    terms = tuple(sorted({*bag.terms, *added.values()}))
    positions = Positions(terms)
    rows, at = other.counts.nonzero()
    kept = np.array([other.terms[column] in added for column in at.tolist()], bool)
    columns = positions.of([added[other.terms[column]] for column in at[kept].tolist()])
    shape = (bag.counts.shape[0], len(terms))
    ones = sparse.csr_array((np.ones(len(columns)), (rows[kept], columns)), shape=shape)
    counts = sparse.csr_array(in_columns(bag, positions).maximum(ones))
    counts.sort_indices()
    return Bag(terms, counts)


def _stepped(weights: sparse.csr_array, step: float, bag: Bag) -> Weighed:
    """Weights as multiples of a step, so that their products are exact."""
    data = (np.rint(weights.data / step) * step).astype(np.float32)
    return Weighed(bag.terms, float_rows(data, weights.indices, weights.indptr, weights.shape))


def nearness_of_stems(statistics: Statistics, stems: Sequence[str], others: Sequence[str]) -> np.ndarray:
    """float32, stems x others: the cosine of each two in the latent space, 0 where one is unknown."""
    return _directions(statistics, stems) @ _directions(statistics, others).T


def _directions(statistics: Statistics, stems: Sequence[str]) -> np.ndarray:
    at = statistics.families[STEMS].positions.of(stems)
    vectors = np.zeros((len(stems), statistics.latent.shape[1]), np.float32)
    vectors[at >= 0] = statistics.latent[at[at >= 0]]
    return vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), _TINY)


def kin_of(lines: Texts, words: Sequence[str]) -> Weighed:
    """For each line, the words among these that are kin to one of its own."""
    rows = lines.families[WORDS].rows @ _kin(lines.words, words)
    return Weighed(words, narrow(sparse.csr_array(rows)))


def openings_of(texts: Texts) -> Weighed:
    """How the words of each listing open: two that open otherwise are not kin."""
    openings = [word[:_OPENING] if len(word) >= _OPENING else "" for word in texts.words]
    terms = tuple(sorted({*openings} - {""}))
    at = Positions(terms).of(openings)
    known = np.flatnonzero(at >= 0)
    table = sparse.csr_array((np.ones(len(known)), (known, at[known])), shape=(len(openings), len(terms)))
    rows = sparse.csr_array(texts.families[WORDS].rows @ table)
    rows.data[:] = 1
    return Weighed(terms, narrow(rows))


def have_kin(needs: Texts, need: int, offers: Texts, offer: int) -> bool:
    """Whether a word of a need is kin to a word of an offer."""
    of_need, of_offer = (
        [side.words[column] for column in side.families[WORDS].at(row)[0]]
        for side, row in ((needs, need), (offers, offer))
    )
    mine, theirs = _by_opening(of_need), _by_opening(of_offer)
    return any(
        (_kinships([of_need[at] for at in mine[opening]], [of_offer[at] for at in alike]) >= _KIN).any()
        for opening, alike in theirs.items()
        if opening in mine and len(alike) <= _MOST_KIN
    )


def _relative_lengths(offers: dict[str, Bag], statistics: Statistics) -> dict[str, np.ndarray]:
    """For each family float64, one for each offer: how long it is beside the others.

    A subject counts less beside other subjects, and less in many words.
    """
    stems = offers[STEMS]
    longer = np.ones(stems.counts.shape[0]) if stems.longer is None else stems.longer
    longer = np.maximum(longer / statistics.longer, 1.0)
    mean = statistics.families[STEMS].mean_length
    good_many = min(mean / _GOOD_MANY, _GOOD_MANY / mean)
    little = np.maximum(_MANY - np.diff(stems.counts.indptr), 0) / (_MANY - _FEW)
    shortest = np.maximum(good_many * (np.minimum(little, 1) + np.maximum(little - 1, 0) * good_many), _SHORTEST)
    lengths = {
        name: np.maximum(offers[name].lengths / statistics.families[name].mean_length, shortest) * longer
        for name in FAMILIES
    }
    return lengths | {CONCEPTS: (lengths[CONCEPTS] + lengths[STEMS]) / 2}


def _bm25(family: str, bag: Bag, lengths: np.ndarray, statistics: Statistics) -> sparse.csr_array:
    saturated = _saturated(statistics.k1(family), bag.counts, lengths)
    data = statistics.weight(family, bag.terms)[bag.counts.indices] * saturated
    return sparse.csr_array((data.astype(np.float32), bag.counts.indices, bag.counts.indptr), shape=bag.counts.shape)


def _saturated(k1: float, counts: sparse.csr_array, lengths: np.ndarray) -> np.ndarray:
    """float64, one for each count: how much of the weight of its term it gives, in a text of that length."""
    of_row = np.repeat(k1 * (1 - _B + _B * lengths), np.diff(counts.indptr))
    return counts.data * (k1 + 1) / (counts.data + of_row)


def _by_each_name(named: Bag, concepts: Bag, lengths: np.ndarray, statistics: Statistics) -> sparse.csr_array:
    """float32, listings x names: what the concept would weigh less in a listing without this name of it."""
    at_concept = concepts.positions.of([concept_and_name(name)[0] for name in named.terms])
    at = named.counts.indices
    rows = np.repeat(np.arange(named.counts.shape[0]), np.diff(named.counts.indptr))
    whole = named.counts.copy()
    if named.counts.nnz:
        whole.data = np.asarray(concepts.counts[rows, at_concept[at]]).ravel()
    without = sparse.csr_array((whole.data - named.counts.data, at, named.counts.indptr), shape=named.counts.shape)
    k1 = statistics.k1(CONCEPTS)
    lost = _saturated(k1, whole, lengths) - _saturated(k1, without, lengths)
    data = statistics.weight(CONCEPTS, concepts.terms)[at_concept[at]] * lost if named.counts.nnz else lost
    return sparse.csr_array((data.astype(np.float32), at, named.counts.indptr), shape=named.counts.shape)


def in_columns(bag: Bag, positions: Positions) -> sparse.csr_array:
    """The counts of a bag in the columns of other terms; both are in alphabetical order, so columns stay in order."""
    at = positions.of(bag.terms)
    kept = np.flatnonzero(at >= 0)
    selection = sparse.csr_array((np.ones(len(kept)), (kept, at[kept])), shape=(len(at), len(positions)))
    counts = sparse.csr_array(bag.counts @ selection)
    counts.sort_indices()
    return counts


def _positions(terms: Sequence[str]) -> dict[str, int]:
    return {term: position for position, term in enumerate(terms)}


@dataclass(frozen=True)
class Likeness:
    """The texts of some pairs."""

    measures: dict[str, np.ndarray]
    """For each of MEASURES its part of the whole, weighed: they add up to it."""
    whole: np.ndarray
    """From 0, nothing in common, to about 1."""
    speaks: np.ndarray
    """Whether the texts have a word in common, words that are kin, or much the same neighbourhood."""


MeasureTexts = Callable[["Pairs"], Likeness]


def likeness(pairs: Pairs) -> Likeness:
    """How alike the texts of some pairs are; each pair alone, whatever the others."""
    measures = {}
    for measure, families in _MEASURED_BY.items():
        measures[measure] = _covered(families[0], pairs)
        for family in families[1:]:
            measures[measure] = measures[measure] + _covered(family, pairs)
    concepts = pairs.product(CONCEPTS)
    other_words = np.maximum(concepts - (1 - _SAME_WORDS) * pairs.product(NAMED), 0)
    measures["bridge"] = other_words * pairs.of_needs(pairs.needs.shares[CONCEPTS])
    nearby = pairs.nearby()
    measures["neighbourhood"] = np.maximum(nearby, 0) * (_NEIGHBOURHOOD / LATENT_SCALE**2)
    speaks = (measures["words"] > 0) | (measures["phrases"] > 0) | (concepts > 0)
    speaks |= nearby >= pairs.offers.nearby * LATENT_SCALE**2
    speaks |= pairs.kin(~speaks)
    whole = measures["words"].copy()
    for measure in MEASURES[1:]:
        whole += measures[measure]
    return Likeness(measures, whole, speaks)


def most_of_family(family: str) -> float:
    """What a family can add at most: where an offer says again and again all that a need says."""
    growth = _MOST_GROWTH if family in _COME_AGAIN else 1.0
    return _WEIGHTS[family] * (_K1[family] * growth + 1)


def _covered(family: str, pairs: Pairs) -> np.ndarray:
    """The BM25 of each pair over what the whole need weighs."""
    covered: np.ndarray = pairs.product(family) * pairs.of_needs(pairs.needs.shares[family])
    return covered
