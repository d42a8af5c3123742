"""How good chances and orders are: nDCG, Brier, calibration error, and how sure a difference is."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

DEPTH = 10
BINS = 10
_PAIRS_OF_A_BIN = 100
_DRAWS = 2000


def ndcg(gains: np.ndarray, scores: np.ndarray, depth: int = DEPTH) -> float:
    """From 0 to 1, NaN where nothing can be gained: ties of the scores count as the mean of their orders."""
    ideal = _discounted(np.sort(gains)[::-1], depth)
    if not ideal:
        return float("nan")
    values, at = np.unique(-scores, return_inverse=True)
    mean = np.bincount(at, weights=gains, minlength=len(values)) / np.bincount(at, minlength=len(values))
    return _discounted(mean[np.sort(at)], depth) / ideal


def _discounted(gains: np.ndarray, depth: int) -> float:
    gains = gains[:depth]
    return float((gains / np.log2(np.arange(2, len(gains) + 2))).sum())


def brier(chances: np.ndarray, happened: np.ndarray) -> float:
    """The mean of the squared differences."""
    return float(np.mean((chances - happened) ** 2)) if len(chances) else float("nan")


def calibration_error(chances: np.ndarray, happened: np.ndarray, bins: int | None = None) -> float:
    """The mean difference between what was said and what happened, over bins of as many pairs each."""
    found = list(reliability(chances, happened, bins))
    return sum(abs(said - came) * count for said, came, count in found) / max(1, len(chances))


def reliability(
    chances: np.ndarray, happened: np.ndarray, bins: int | None = None
) -> Iterator[tuple[float, float, int]]:
    """For each bin the mean chance, the share that happened, and the number of pairs; few pairs make few bins."""
    bins = bins or int(np.clip(len(chances) // _PAIRS_OF_A_BIN, 1, BINS))
    order = np.argsort(chances, kind="stable")
    for part in np.array_split(order, bins):
        if len(part):
            yield float(chances[part].mean()), float(happened[part].mean()), len(part)


def error_by_chance(chances: np.ndarray, draws: int = 200, share: float = 0.99) -> float:
    """The calibration error that chances which are right would stay below, in so large a share of draws."""
    chance = np.random.default_rng(0)
    errors = [calibration_error(chances, (chance.random(len(chances)) < chances).astype(float)) for _ in range(draws)]
    return float(np.quantile(errors, share)) if len(chances) else 0.0


def paired_bootstrap(differences: np.ndarray) -> tuple[float, float, float, float]:
    """The mean, the ends of its 95 % interval, and the share of draws in which it is above 0 (ties count half)."""
    if not len(differences):
        return 0.0, 0.0, 0.0, 0.0
    chance = np.random.default_rng(0)
    drawn = differences[chance.integers(len(differences), size=(_DRAWS, len(differences)))].mean(axis=1)
    low, high = np.quantile(drawn, (0.025, 0.975))
    better = float((drawn > 0).mean() + (drawn == 0).mean() / 2)
    return float(differences.mean()), float(low), float(high), better
