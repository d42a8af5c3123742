"""Whether answers are more than chance: they follow the belief, against it, not at all, or all alike."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest

from matching.engine import agreement, features, lessons, worlds
from matching.engine.lessons import ACCEPTED, DECLINED, IGNORED, Lessons
from matching.geography import load


@pytest.fixture(scope="module")
def taught() -> Lessons:
    """A hundred answers of collectives about ten needs, whose pairs get better from the first to the last."""
    world = worlds.plant(1, needs=40, offers=30)
    made = worlds.logged(world, 100)
    return lessons.read(world.needs, world.offers, made, load())


def answered(taught: Lessons, outcome: Sequence[int] | np.ndarray, **other: np.ndarray) -> float:
    changed = replace(taught, outcome=np.asarray(outcome, np.int8), by_need=np.ones(len(taught.pair), bool), **other)
    return agreement.by_chance(changed, np.arange(len(taught.pair)))


def goodness(taught: Lessons) -> np.ndarray:
    """Of the pair of each answer, by the texts and the rule alone."""
    known = [taught.names.index(name) for name in (features.RULE, features.TEXT)]
    return taught.told[taught.pair][:, known].sum(axis=1)


def test_the_better_pairs_accepted_are_no_chance_and_the_worse_ones_are_no_agreement(taught: Lessons) -> None:
    good = goodness(taught) > np.median(goodness(taught))
    assert answered(taught, np.where(good, ACCEPTED, DECLINED)) < 0.001
    assert answered(taught, np.where(good, DECLINED, ACCEPTED)) > 0.999


def test_answers_at_random_seldom_agree(taught: Lessons) -> None:
    chance = np.random.default_rng(0)
    found = [answered(taught, chance.choice([ACCEPTED, DECLINED], len(taught.pair))) for _ in range(300)]
    assert 0.02 < np.mean(np.array(found) < 0.1) < 0.14
    assert np.mean(np.array(found) < 0.01) < 0.02


def test_answers_all_alike_tell_nothing(taught: Lessons) -> None:
    assert answered(taught, np.full(len(taught.pair), ACCEPTED), rank=np.zeros_like(taught.rank)) == 1
    assert agreement.by_chance(taught, np.zeros(0, np.int64)) == 1


def test_silences_of_the_same_rank_speak_where_nobody_says_no(taught: Lessons) -> None:
    good = goodness(taught) > np.median(goodness(taught))
    assert answered(taught, np.where(good, ACCEPTED, IGNORED)) < 0.001
    # Looked at because they stand first, not because they are better.
    first = np.where(taught.rank == 1, ACCEPTED, IGNORED)
    assert answered(taught, first) == 1


def test_many_answers_of_few_needs_are_worth_their_needs(taught: Lessons) -> None:
    chance = np.random.default_rng(1)
    # Whoever says yes to one says yes to all: ten opinions, not a hundred.
    of_needs = chance.choice([ACCEPTED, DECLINED], (300, len(taught.started)))
    found = [answered(taught, said[taught.need[taught.pair]]) for said in of_needs]
    assert np.mean(np.array(found) < 0.01) < 0.04


def test_the_more_answers_the_less_is_left_to_chance() -> None:
    asked = [agreement.allowed(answers) for answers in (0, 30, 100, 200, 1_000, 50_000)]
    assert asked == sorted(asked, reverse=True) and asked[0] == pytest.approx(0.1) and asked[-1] == pytest.approx(0.001)
