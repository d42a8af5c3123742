"""Two stages find what one finds, whatever the other lines, the direction, the threads and the length of the lists."""

from dataclasses import replace
from datetime import timedelta

import numpy as np
import pytest

from matching.engine import Matcher, Need, Offer, candidates, selection, text
from matching.engine.listings import KINDS
from tests.engine.listings import PLACES, THEMES, TODAY, WORDS


def _market(seed: int, needs: int = 30, offers: int = 60) -> tuple[list[Need], list[Offer]]:
    """Listings at random; some are silent, some unpublished, some closed, some repeat the words of others."""
    chance = np.random.default_rng(seed)

    def facts(at: int) -> dict:
        words = chance.choice(WORDS, chance.integers(0, 9))
        return {
            "id": f"{chance.integers(10**6):06}-{at}",
            "title": " ".join(words[:3]),
            "text": " ".join(words[3:]),
            "kinds": tuple(str(kind) for kind in chance.choice(KINDS, chance.integers(0, 3), replace=False)),
            "themes": tuple(str(theme) for theme in chance.choice(THEMES, chance.integers(0, 3), replace=False)),
            "territory": PLACES[chance.integers(len(PLACES))] if chance.random() < 0.8 else None,
            "perimeter": PLACES[chance.integers(len(PLACES))] if chance.random() < 0.5 else None,
            "capacity": int(chance.integers(5, 50)) if chance.random() < 0.5 else None,
            "starts": TODAY + timedelta(int(chance.integers(-30, 30))) if chance.random() < 0.5 else None,
            "status": "draft" if chance.random() < 0.05 else "published",
        }

    asked = [Need(**facts(at)) for at in range(needs)]
    given = [Offer(**facts(at), closes=TODAY + timedelta(int(chance.integers(-5, 40)))) for at in range(offers)]
    return asked, given


@pytest.fixture
def two_stages(monkeypatch: pytest.MonkeyPatch) -> None:
    """Candidates for every collection."""
    monkeypatch.setattr(selection, "WEIGHED_IN_FULL", 0)


@pytest.mark.parametrize("seed", range(4))
def test_where_candidates_are_enough_the_lists_are_those_of_full_scoring(
    seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    needs, offers = _market(seed)
    matcher = Matcher(today=TODAY).fit(offers)
    full = [matcher.rank(needs, top=9, near_misses=4), matcher.rank_offers(needs, top=9, near_misses=4)]
    refused = dict(matcher.refused_)
    monkeypatch.setattr(selection, "WEIGHED_IN_FULL", 0)
    staged = [matcher.rank(needs, top=9, near_misses=4), matcher.rank_offers(needs, top=9, near_misses=4)]
    assert matcher.refused_ == refused
    for line, expected in zip([*staged[0], *staged[1]], [*full[0], *full[1]], strict=True):
        # Only words that are kin and have nothing else in common are no way to become a candidate.
        by_words = [match for match in expected.matches if match.parts["words"] or match.parts["themes"]]
        listed = {match.id: match for match in line.matches}
        assert all(listed.get(match.id) == match for match in by_words)
    assert sum(len(line.matches) for line in staged[0]) > 100
    assert sum(len(line.near) for line in staged[0]) > 20


@pytest.mark.usefixtures("two_stages")
def test_few_candidates_depend_on_no_other_line_and_scores_on_no_direction(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(candidates, "BY_WORDS", 4)
    monkeypatch.setattr(candidates, "NEARBY", 2)
    needs, offers = _market(11)
    matcher = Matcher(today=TODAY).fit(offers)
    together = matcher.rank(needs, near_misses=3)
    assert [matcher.rank([need], near_misses=3)[0] for need in needs] == together
    assert matcher.rank(needs[::-1], near_misses=3) == together[::-1]
    scores = {(line.id, match.id): match.score for line in together for match in line.matches}
    back = {
        (match.id, line.id): match.score for line in matcher.rank_offers(needs, near_misses=3) for match in line.matches
    }
    both = scores.keys() & back.keys()
    assert len(both) > 30 and all(scores[pair] == back[pair] for pair in both)


@pytest.mark.usefixtures("two_stages")
@pytest.mark.parametrize("seed", range(3))
def test_a_shorter_list_begins_a_longer_one_beyond_the_first_tier(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {"BY_WORDS": 5, "NEARBY": 2, "SERVED": 3, "TIER": 2}.items():
        monkeypatch.setattr(candidates, name, value)
    monkeypatch.setattr(selection, "SERVED", 3)
    monkeypatch.setattr(selection, "TIER", 2)
    needs, offers = _market(seed)
    offers += [replace(offer, id=f"{offer.id}-again") for offer in offers[:20]]
    matcher = Matcher(today=TODAY).fit(offers)
    longest = matcher.rank(needs, top=24, near_misses=24)
    assert max(len(line.matches) for line in longest) > 12
    for top in range(1, 24):
        shorter = matcher.rank(needs, top=top, near_misses=top)
        assert [line.matches for line in shorter] == [line.matches[:top] for line in longest]
        assert [line.near for line in shorter] == [line.near[:top] for line in longest]
    for line in longest:
        ranks = [(-match.score, match.id) for match in line.matches]
        assert ranks == sorted(ranks)


@pytest.mark.usefixtures("two_stages")
def test_threads_and_blocks_change_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    needs, offers = _market(5, 90, 80)
    matcher = Matcher(today=TODAY).fit(offers)
    expected = matcher.rank(needs, near_misses=2)
    for name, value in {"_MOST_LINES": 20, "_FEWEST_LINES": 5, "_FEWEST_LINES_FOR_DENSE": 3}.items():
        monkeypatch.setattr(candidates, name, value)
    monkeypatch.setattr(selection, "_PAIRS_AT_ONCE", 100)
    monkeypatch.setattr(selection, "_LINES_AT_ONCE", 7)
    for threads in (1, 3):
        monkeypatch.setattr(selection, "threads", lambda threads=threads: threads)
        assert matcher.rank(needs, near_misses=2) == expected
        assert matcher.rank(needs) == [replace(line, near=()) for line in expected]


@pytest.mark.usefixtures("two_stages")
def test_a_subject_under_another_name_is_a_candidate(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(candidates, "NEARBY", 0)
    offers = [Offer(id=f"{at}", title=f"Archives de la commune {at}") for at in range(30)]
    offers.append(Offer(id="cycle", title="Atelier cycles"))
    (line,) = Matcher().fit(offers).rank([Need(id="n", title="Réparer des vélos")])
    assert [match.id for match in line.matches] == ["cycle"] and line.matches[0].parts["words"] == 0


@pytest.mark.usefixtures("two_stages")
def test_words_are_looked_at_for_kinship_only_where_they_open_alike(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []
    monkeypatch.setattr(text, "have_kin", lambda *pair: asked.append(pair) or True)
    offers = [Offer(id=f"{at}", title=title, themes=("a",)) for at, title in enumerate(["", "communauté", "musée"])]
    lines = Matcher().fit(offers).rank([Need(id="n", title="Communal", themes=("a",)), Need(id="m", themes=("a",))])
    assert [len(line.matches) for line in lines] == [3, 3]
    assert len(asked) == 1


def test_the_highest_are_found_with_their_ties_in_the_order_of_ids() -> None:
    chance = np.random.default_rng(3)
    scores = chance.integers(0, 30, (20, 700)).astype(np.float32)
    rank = chance.permutation(700)
    rows, columns, tiers = candidates._highest(scores, 1.0, 5, 2, rank)
    for row in range(20):
        expected = np.lexsort((rank, -scores[row]))[:20]
        assert columns[rows == row].tolist() == expected.tolist()
        assert tiers[rows == row].tolist() == [0] * 5 + [1] * 15
