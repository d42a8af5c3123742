"""Whether answers agree with what is believed of good pairs more than chance alone would let them.

Heads that are drawn to a belief order well whatever is answered, and seem to foretell answers that tell nothing. So the
answers themselves are asked first: were the pairs that somebody accepted better, by the belief alone, than those that
were declined? Were the answers given at random, that would seldom be so; were they given the wrong way round, never.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from scipy.special import ndtr

from matching.engine.fitting import believed
from matching.engine.lessons import ACCEPTED, DECLINED, Lessons

# Answers, and how often chance may do as well. A few answers tell little, and what they teach stays near the belief.
_ALLOWED = ((100, 0.1), (200, 0.01), (1_000, 0.001))


def by_chance(lessons: Lessons, chosen: np.ndarray) -> float:
    """How often answers at random would agree with the belief as well as some answers do (places in lessons.pair).

    Answers are held against others of their own side. Those about one need stand or fall together: many of them are no
    more certain than their needs are many.
    """
    total = of_shuffled = 0.0
    by_need = np.zeros(len(lessons.started))
    told = np.zeros(len(lessons.started), bool)
    for side in (True, False):
        belief = lessons.told @ believed(lessons.names, by_need=side)[0]
        for peers in _peers(lessons, chosen[lessons.by_need[chosen] == side]):
            better = belief[lessons.pair[peers]]
            better = better - better.mean()
            said = (lessons.outcome[peers] == ACCEPTED).astype(float)
            said -= said.mean()
            needs = lessons.need[lessons.pair[peers]]
            total += better @ said
            of_shuffled += (better @ better) * (said @ said) / (len(peers) - 1)
            by_need += np.bincount(needs, weights=better * said, minlength=len(by_need))
            told[needs] = True
    variance = max(of_shuffled, by_need[told].var(ddof=1) * told.sum() if told.sum() > 1 else 0.0)
    return float(ndtr(-total / np.sqrt(variance))) if variance > 0 else 1.0


def _peers(lessons: Lessons, of_side: np.ndarray) -> Iterator[np.ndarray]:
    """Answers that may be held against each other: what was said; where no was never said, a yes against silences.

    Silences are told from a yes of the same rank only: the first of a list are looked at more often, whatever they are.
    """
    if (lessons.outcome[of_side] == DECLINED).any():
        groups = [of_side[lessons.decided[of_side]]]
    else:
        groups = [of_side[lessons.rank[of_side] == rank] for rank in np.unique(lessons.rank[of_side])]
    return (group for group in groups if len(group) > 1)


def allowed(answers: int) -> float:
    """How often chance may do as well, for so many answers."""
    sizes, shares = zip(*_ALLOWED, strict=True)
    return float(np.exp(np.interp(np.log(max(1, answers)), np.log(sizes), np.log(shares))))
