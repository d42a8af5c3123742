"""The contract of the door, held by every matcher; and what the matcher is worth beside the dull ones."""

import csv
import math
import os
from pathlib import Path

import numpy as np
import pytest

from matching.engine import Matcher, Need, Offer, Place
from matching.engine.baselines import AlphabeticalMatcher, SharedStemsMatcher
from tests.engine.listings import TODAY

MATCHERS = [Matcher, SharedStemsMatcher, AlphabeticalMatcher]

# The answer is known by hand: each need has one offer about its subject, one that brushes against it, one refused.
OFFERS = [
    Offer(id="a", title="Salle des fêtes", text="Pour les réunions du quartier", kinds=("place",), capacity=90),
    Offer(id="b", title="Jardin partagé", text="Terrain avec compost et outils", kinds=("place",)),
    Offer(id="c", title="Jardin public", text="Pelouse ouverte aux réunions", kinds=("place",)),
    Offer(id="d", title="Jardin partagé avec compost", kinds=("funding",)),
]
NEEDS = [
    Need(id="1", title="Jardin partagé", text="un terrain et du compost", kinds=("place",)),
    Need(id="2", title="Salle de réunions", kinds=("place",), capacity=60),
    Need(id="3", title="Trottinettes", kinds=("place",)),
    Need(id="4"),
]


@pytest.fixture(params=MATCHERS, ids=lambda matcher: matcher.__name__)
def matcher(request: pytest.FixtureRequest) -> Matcher:
    return request.param(today=TODAY).fit(OFFERS)


def test_one_ranking_a_need_in_their_order_and_never_a_refused_pair(matcher: Matcher) -> None:
    rankings = matcher.rank(NEEDS, near_misses=3)
    assert [ranking.id for ranking in rankings] == ["1", "2", "3", "4"]
    assert {match.id for match in rankings[0].matches} == {"b", "c"}
    assert [miss.id for miss in rankings[0].near] == ["d"]
    assert {match.id for match in rankings[1].matches} == {"a", "c"}
    assert rankings[2].matches == rankings[2].near == ()


def test_parts_sum_to_scores_and_every_match_has_reasons(matcher: Matcher) -> None:
    for ranking in matcher.rank(NEEDS):
        for match in ranking.matches:
            assert math.isclose(sum(match.parts.values()), match.score, abs_tol=1e-9)
            assert 1 <= len(match.reasons) <= 4


def test_the_mirror_and_explain_agree_with_rank(matcher: Matcher) -> None:
    pairs = {(line.id, match.id): match.score for line in matcher.rank(NEEDS) for match in line.matches}
    mirrored = {(match.id, line.id): match.score for line in matcher.rank_offers(NEEDS) for match in line.matches}
    assert pairs == mirrored
    for need in NEEDS:
        for offer in OFFERS:
            found = matcher.explain(need, offer, reader="need")
            assert (found.score if found else None) == pairs.get((need.id, offer.id))


def test_offers_that_were_not_fitted_are_ranked_with_what_was_learned(matcher: Matcher) -> None:
    new = Offer(id="new", title="Jardin de curé", kinds=("place",))
    (ranking,) = matcher.rank_offers(NEEDS, [new])
    assert ranking.id == "new" and [match.id for match in ranking.matches] == ["1"]


def test_fitting_again_forgets(matcher: Matcher) -> None:
    matcher.fit(OFFERS[:1])
    assert matcher.rank(NEEDS[:1])[0].matches == ()
    assert matcher.fit([]).rank(NEEDS)[1].matches == ()
    assert matcher.rank_offers(NEEDS) == []


def test_old_and_unknown_codes_are_resolved_at_the_door(matcher: Matcher) -> None:
    old, current, unknown = (Place("commune", code) for code in ("93059", "93066", "99999"))
    offers = [Offer(id="o", title="jardin", perimeter=current), Offer(id="u", title="jardin", perimeter=unknown)]
    (ranking,) = matcher.fit(offers).rank([Need(id="n", title="jardin", territory=old)])
    assert {match.id for match in ranking.matches} == {"o", "u"}


def test_the_matcher_knows_the_answer() -> None:
    first, second, *_ = Matcher().fit(OFFERS).rank(NEEDS)
    assert [match.id for match in first.matches] == ["b", "c"]
    assert [match.id for match in second.matches] == ["a", "c"]


def test_real_titles_find_their_descriptions_better_than_by_counting_stems() -> None:
    """Needs no file: without the real one, aids are made of words that only some of them share."""
    titles, texts = _aids()
    offers = [Offer(id=f"{at:04}", text=text) for at, text in enumerate(texts)]
    needs = [Need(id=f"{at:04}", title=title) for at, title in enumerate(titles)]

    def quality(matcher: Matcher) -> float:
        return float(np.mean([_gain(ranking) for ranking in matcher.fit(offers).rank(needs)]))

    best, counted, named = (quality(each()) for each in MATCHERS)
    assert best > counted + 0.03
    assert counted > named


def _gain(ranking) -> float:
    at = [match.id for match in ranking.matches].index(ranking.id) if _holds(ranking) else math.inf
    return 1 / math.log2(at + 2)


def _holds(ranking) -> bool:
    return any(match.id == ranking.id for match in ranking.matches)


def _aids() -> tuple[list[str], list[str]]:
    folder = Path(os.environ.get("PCC_REAL_DATA") or Path(__file__).parents[3] / "shared" / "data")
    path = folder / "aides-2023.csv"
    if path.exists():
        with path.open(encoding="utf-8-sig", newline="") as file:
            rows = list(csv.DictReader(file))
        return [row["Nom"] for row in rows], [row["Descriptif"] for row in rows]
    rng = np.random.default_rng(5)
    rare = rng.choice(3000, (150, 6))
    common = rng.choice(30, (150, 12))
    both = list(zip(rare, common, strict=True))
    texts = [" ".join([*(f"rare{r}" for r in rares), *(f"mot{c}" for c in commons)]) for rares, commons in both]
    titles = [f"rare{rares[0]} rare{rares[3]} mot{commons[2]} mot3 mot4 mot5 mot6" for rares, commons in both]
    return titles, texts
