"""Dull matchers, to know what the matcher is worth.

Two stand behind the same door, with the same gates, facts and reasons but other texts. The rankers of RANKERS know
texts alone: what other services search with, the honest anchor, BM25 over stems, and the best known sum of measures.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import pairwise

import numpy as np
from scipy import sparse

from matching.engine import text
from matching.engine.analyser import Analyser, fold, written_words
from matching.engine.cleaning import clean
from matching.engine.listings import Listing
from matching.engine.matcher import Matcher
from matching.engine.pairs import Pairs
from matching.engine.products import Positions


def _shared_stems(pairs: Pairs) -> text.Likeness:
    """How many stems both hold, rare and common ones alike, brought to below 1."""
    shared = pairs.shared(text.STEMS)
    alike = shared / (1 + shared)
    return text.Likeness({"words": alike}, alike, shared > 0)


def _by_name(pairs: Pairs) -> text.Likeness:
    """All pairs with a stem in common, none better than another: they stay in the order of their ids."""
    alike = (pairs.shared(text.STEMS) > 0).astype(float)
    return text.Likeness({"words": alike / 2}, alike / 2, alike > 0)


class SharedStemsMatcher(Matcher):
    """Counts shared stems, as a search with AND softened to OR would."""

    measure_texts = staticmethod(_shared_stems)


class AlphabeticalMatcher(Matcher):
    """Knows who may fit, not who fits best."""

    measure_texts = staticmethod(_by_name)


ANCHOR = "bm25_stems"
_K1, _B = 1.2, 0.75
_LATENT_SIZE = 300
_GRAM_SIZES = (4, 5)

Ranker = Callable[[Sequence[Listing], Sequence[Listing]], np.ndarray]


def trigrams(needs: Sequence[Listing], offers: Sequence[Listing]) -> np.ndarray:
    """needs x offers: the share of the trigrams of both that stand in both, as PostgreSQL's pg_trgm counts it."""
    asked, answered = (text.bag_of_sets([_trigrams(each) for each in side]) for side in (needs, offers))
    shared = (asked.counts @ _aligned(answered, asked.terms).T).toarray()
    either = asked.counts.sum(axis=1)[:, None] + answered.counts.sum(axis=1) - shared
    return shared / np.maximum(either, 1)


def every_stem(needs: Sequence[Listing], offers: Sequence[Listing]) -> np.ndarray:
    """needs x offers: how often an offer says the stems of a need, 0 where it lacks one: full-text search with AND."""
    asked, answered = _stems(needs), _stems(offers)
    once = asked.counts.astype(bool).astype(float)
    held = _aligned(answered, asked.terms)
    whole = (once @ held.astype(bool).astype(float).T).toarray() >= once.sum(axis=1)[:, None]
    return np.where(whole & (once.sum(axis=1) > 0)[:, None], (once @ held.T).toarray(), 0)


def tfidf_words(needs: Sequence[Listing], offers: Sequence[Listing]) -> np.ndarray:
    """needs x offers: the cosine of TF-IDF vectors of words, as scikit-learn makes them."""
    return _cosines(needs, offers)


def tfidf_characters(needs: Sequence[Listing], offers: Sequence[Listing]) -> np.ndarray:
    """needs x offers: the cosine of TF-IDF vectors of character 3-5-grams inside words, accents folded, sublinear."""
    return _cosines(needs, offers, analyzer="char_wb", ngram_range=(3, 5), sublinear_tf=True, strip_accents="unicode")


def bm25_stems(needs: Sequence[Listing], offers: Sequence[Listing]) -> np.ndarray:
    """needs x offers: BM25 (Lucene's rarity, k1 1.2, b .75) over stems without stop words."""
    return _bm25(_stems(needs), _stems(offers))


def linear_sum(needs: Sequence[Listing], offers: Sequence[Listing]) -> np.ndarray:
    """needs x offers: the best sum of known measures: BM25 over stems, half of that over character 4-5-grams, a tenth
    of that over pairs of stems, a fifth of the cosine of 300 latent dimensions, each scaled to the best of the need."""
    told = [[text.bag_of_lists(read(side)) for side in (needs, offers)] for read in (_stem_lists, _grams, _pairs)]
    stems, grams, pairs = (_scaled(_bm25(asked, answered)) for asked, answered in told)
    return stems + 0.5 * grams + 0.1 * pairs + 0.2 * _scaled(_latent_cosines(*told[0]))


def _bm25(asked: text.Bag, answered: text.Bag) -> np.ndarray:
    counts = answered.counts
    offers = counts.shape[0]
    lengths = counts.sum(axis=1)
    lengths = lengths / max(lengths.mean(), 1e-9) if offers else lengths
    offers_with = np.bincount(counts.indices, minlength=len(answered.terms))
    rarity = np.log1p((offers - offers_with + 0.5) / (offers_with + 0.5))
    of_row = np.repeat(_K1 * (1 - _B + _B * lengths), np.diff(counts.indptr))
    data = rarity[counts.indices] * counts.data * (_K1 + 1) / (counts.data + of_row)
    weights = text.Bag(answered.terms, sparse.csr_array((data, counts.indices, counts.indptr), shape=counts.shape))
    return (asked.counts @ _aligned(weights, asked.terms).T).toarray()


def _scaled(scores: np.ndarray) -> np.ndarray:
    """Each row over its best."""
    scaled: np.ndarray = np.maximum(scores, 0) / np.maximum(scores.max(axis=1, initial=0.0, keepdims=True), 1e-9)
    return scaled


def _latent_cosines(asked: text.Bag, answered: text.Bag) -> np.ndarray:
    size = min(_LATENT_SIZE, *(side - 1 for side in answered.counts.shape))
    if size < 1 or not asked.counts.shape[0]:
        return np.zeros((asked.counts.shape[0], answered.counts.shape[0]))
    # Here, because it takes longer to import than most commands to run.
    from sklearn.decomposition import TruncatedSVD
    from sklearn.feature_extraction.text import TfidfTransformer
    from sklearn.preprocessing import normalize

    weighing = TfidfTransformer(sublinear_tf=True)
    latent = TruncatedSVD(size, random_state=0)
    of_offers = normalize(latent.fit_transform(weighing.fit_transform(answered.counts)))
    known = _aligned(asked, answered.terms)
    cosines: np.ndarray = normalize(latent.transform(weighing.transform(known))) @ of_offers.T
    return cosines


RANKERS: dict[str, Ranker] = {
    "trigrams": trigrams,
    "every_stem": every_stem,
    "tfidf_words": tfidf_words,
    "tfidf_characters": tfidf_characters,
    "linear_sum": linear_sum,
    ANCHOR: bm25_stems,
}


def _told(listing: Listing) -> str:
    return f"{listing.title} {listing.text}"


def _aligned(bag: text.Bag, terms: Sequence[str]) -> sparse.csr_array:
    """The counts of a bag in the columns of these terms."""
    return text.in_columns(bag, Positions(terms))


def _stems(listings: Sequence[Listing]) -> text.Bag:
    return text.bag_of_lists(_stem_lists(listings))


def _stem_lists(listings: Sequence[Listing]) -> list[list[str]]:
    analyser = Analyser()
    return [[stem for word in written_words(_told(each)) if (stem := analyser.stem(word))] for each in listings]


def _pairs(listings: Sequence[Listing]) -> list[list[str]]:
    return [[f"{a} {b}" for a, b in pairwise(stems)] for stems in _stem_lists(listings)]


def _grams(listings: Sequence[Listing]) -> list[list[str]]:
    told = [[f" {fold(word.lower())} " for word in written_words(_told(each))] for each in listings]
    return [
        [word[at : at + size] for word in words for size in _GRAM_SIZES for at in range(len(word) - size + 1)]
        for words in told
    ]


def _trigrams(listing: Listing) -> list[str]:
    words = (f"  {fold(word.lower())} " for word in written_words(_told(listing)))
    return [word[at : at + 3] for word in words for at in range(len(word) - 2)]


def _cosines(needs: Sequence[Listing], offers: Sequence[Listing], **options: object) -> np.ndarray:
    # Here, because it takes longer to import than most commands to run.
    from sklearn.feature_extraction.text import TfidfVectorizer

    vectors = TfidfVectorizer(**options)
    if not needs:
        return np.zeros((0, len(offers)))
    try:
        answered = vectors.fit_transform([clean(_told(offer)) for offer in offers])
    except ValueError:  # No word at all.
        return np.zeros((len(needs), len(offers)))
    cosines: np.ndarray = (vectors.transform([clean(_told(need)) for need in needs]) @ answered.T).toarray()
    return cosines
