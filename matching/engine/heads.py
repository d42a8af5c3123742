"""Two heads that weigh a pair: would the collective want it, would the authority grant it.

Each is an additive logistic model over the features of the pair, none of whose weights is below 0, so that a better
fact never lowers a chance. The score is the chance that both say yes, from 0 to 1, the same in both directions; it is
the sum of its parts: "base", what a pair has of which nothing is known, and for each part what its features add.

What a feature adds to the sums of both heads is turned into chance by one factor for each head, the mean slope of that
head between the base and the pair; what both change together is shared evenly. The parts are therefore in proportion to
the weights within each head, and sum to the score exactly.
"""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from scipy.special import expit

from matching.engine import features
from matching.engine.model import MANIFEST, BrokenModel
from matching.engine.scoring import PARTS, Raw, Rule
from matching.engine.version import ENGINE_VERSION
from matching.engine.writing import write_all

FILE = "heads.json"
FORMAT = 1
BASE = "base"
WANTED, GRANTED = SIDES = ("wanted", "granted")

_TINY = 1e-12
_FLAT = 1e-6
_LARGEST = 1e3


@dataclass(frozen=True)
class Head:
    """One side's answer: log-odds, the sum of base and of weight times feature."""

    base: float
    weights: Mapping[str, float]
    """By names of features.FEATURES, none below 0; features that are not named weigh nothing."""

    def adds(self, told: Mapping[str, np.ndarray]) -> np.ndarray:
        """What the features add to the base, 0 or more."""
        shape = np.broadcast_shapes(*(value.shape for value in told.values()))
        added = np.zeros(shape)
        for name, value in told.items():
            if self.weights.get(name):
                added += self.weights[name] * value
        return added


@dataclass(frozen=True)
class Heads:
    """What was learned from decisions, or of the rule: scoring.Heads by which a Matcher weighs its pairs."""

    wanted: Head
    granted: Head | None
    """None where authorities did not decide by themselves: then `wanted` is the chance of both."""
    rung: str = "rule"
    """The step of the ladder: "drawn", "plain", or "rule" for the calibrated rule."""
    of_rule: tuple[float, float] = (0.0, 0.0)
    """The log-odds of the score of a typical pair, as a line over the RULE feature."""
    about: Mapping[str, Any] = field(default_factory=dict)
    """What the report of the training says; JSON-safe."""

    def chances(self, raw: Raw) -> dict[str, np.ndarray]:
        """For each pair the chance that the collective wants it (WANTED) and that the authority grants it (GRANTED)."""
        told = features.of(raw)
        sides = zip(SIDES, self._both, strict=True)
        return {name: expit(head.base + head.adds(told)) for name, head in sides if head is not None}

    @property
    def _both(self) -> tuple[Head, Head | None]:
        return self.wanted, self.granted

    def weigh(self, raw: Raw) -> tuple[dict[str, np.ndarray], np.ndarray]:
        """The parts (BASE and names of PARTS) and the score, their sum. A grid only chooses: it gets no parts."""
        rule, rule_score = Rule().weigh(raw)
        told = features.of(raw, rule_score)
        sides = [_Side(head, head.adds(told)) for head in self._both if head is not None]
        score = np.prod([side.chance for side in sides], axis=0)
        if score.ndim > 1:
            return {}, score
        for side, other in zip(sides, sides[::-1], strict=True):
            # xy - x0 y0 = (x - x0) (y + y0) / 2 + (y - y0) (x + x0) / 2
            side.factor = side.slope * ((other.chance + other.at_base) / 2 if len(sides) > 1 else 1)
        shares = _Shares(rule, rule_score, raw)
        parts = {BASE: np.full(score.shape, float(np.prod([side.at_base for side in sides])))}
        for name in PARTS:
            parts[name] = np.zeros(score.shape)
            for side in sides:
                parts[name] = parts[name] + side.factor * shares.added_to(name, side.head, told)
        return parts, score

    def weights(self) -> list[tuple[str, str, float]]:
        """Head, feature, weight (log-odds that a feature of 1 adds), heaviest first within each head."""
        return [
            (name, feature, weight)
            for name, head in zip(SIDES, self._both, strict=True)
            if head is not None
            for feature, weight in sorted(head.weights.items(), key=lambda item: (-item[1], item[0]))
        ]

    def floor(self, rule_score: float) -> float:
        """The score that says about as much as a score of the rule, for what is worth showing."""
        at, slope = self.of_rule
        return float(expit(at + slope * features.faint(rule_score)))

    def save(self, folder: Path) -> None:
        """Write FILE into a folder that exists, whole or not at all. Raises UnwritableFile."""
        write_all({str(folder / FILE): self.packed()})

    def packed(self) -> bytes:
        """The bytes of FILE."""
        return packed(self)


class Told:
    """Heads that give their chances instead of parts."""

    def __init__(self, heads: Heads) -> None:
        self._heads = heads

    def weigh(self, raw: Raw) -> tuple[dict[str, np.ndarray], np.ndarray]:
        """The chances, and that of both."""
        chances = self._heads.chances(raw)
        return chances, np.prod([*chances.values()], axis=0)


class _Side:
    """One head at some pairs."""

    def __init__(self, head: Head, added: np.ndarray) -> None:
        self.head = head
        self.at_base = float(expit(head.base))
        self.chance = expit(head.base + added)
        flat = added < _FLAT
        rise = np.where(flat, 0.0, self.chance - self.at_base)
        self.slope = np.where(flat, self.at_base * (1 - self.at_base), rise / np.where(flat, 1.0, added))
        self.factor = self.slope


class _Shares:
    """Which parts share what a feature adds."""

    def __init__(self, rule: Mapping[str, np.ndarray], rule_score: np.ndarray, raw: Raw) -> None:
        self._rule, self._of_rule = rule, 1 / np.maximum(rule_score, _TINY)
        self._measures, self._of_text = raw.measures, 1 / np.maximum(raw.whole, _TINY)

    def added_to(self, part: str, head: Head, told: Mapping[str, np.ndarray]) -> np.ndarray | float:
        """What the features of a part add to the log-odds of a head."""
        added: np.ndarray | float = 0.0
        if part in self._rule:
            added = (
                added + head.weights.get(features.RULE, 0.0) * told[features.RULE] * self._rule[part] * self._of_rule
            )
        if part in self._measures:
            share = self._measures[part] * self._of_text
            added = added + head.weights.get(features.TEXT, 0.0) * told[features.TEXT] * share
        for name, owner in features.PARTS.items():
            if owner == part and name in told:
                added = added + head.weights.get(name, 0.0) * told[name]
        return added


def calibrated_rule() -> Heads:
    """The rule's own score as two chances, by a fixed calibration, for where nothing was decided yet."""
    return Heads(Head(-3.4, {features.RULE: 1.3}), Head(-1.6, {features.RULE: 0.6}), of_rule=(-4.4, 1.6))


def packed(heads: Heads | None, about: Mapping[str, Any] | None = None) -> bytes:
    """The bytes of FILE: the heads, or None for the rule with what the training says of it."""
    content: dict[str, Any] = {"format": FORMAT, "engine": ENGINE_VERSION, "features": features.fingerprint()}
    content["rung"] = heads.rung if heads else "rule"
    content["heads"] = heads and {
        name: head and {"base": head.base, "weights": dict(head.weights)}
        for name, head in zip(SIDES, (heads.wanted, heads.granted), strict=True)
    }
    content["of_rule"] = list(heads.of_rule) if heads else None
    content["about"] = dict(heads.about if heads else about or {})
    content["sha256"] = _checksum(content)
    return (json.dumps(content, indent=1, ensure_ascii=False, allow_nan=False) + "\n").encode()


def _checksum(content: Mapping[str, Any]) -> str:
    vouched = {name: value for name, value in content.items() if name != "sha256"}
    return hashlib.sha256(json.dumps(vouched, sort_keys=True, allow_nan=False).encode()).hexdigest()


def load(folder: Path) -> Heads:
    """The heads of a folder. Raises BrokenModel, also where the folder holds the rule."""
    heads = load_if_any(folder)
    if heads is None:
        raise BrokenModel(f"{folder / FILE}: holds no learned heads")
    return heads


def load_if_any(folder: Path) -> Heads | None:
    """The heads of a folder; None where it has no FILE or where that says to keep the rule. Raises BrokenModel."""
    path = folder / FILE
    try:
        content = json.loads(path.read_bytes(), parse_constant=_refuse_constant)
        return _checked(content)
    except FileNotFoundError:
        if _is_vouched_for(folder):
            raise BrokenModel(f"{path}: missing, though the model was saved with it") from None
        return None
    except BrokenModel as fault:
        raise BrokenModel(f"{path}: {fault}") from fault
    except OSError as fault:
        raise BrokenModel(f"{path}: cannot be read ({fault.strerror})") from fault
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as fault:
        raise BrokenModel(f"{path}: spoiled ({type(fault).__name__}: {fault})") from fault


def _is_vouched_for(folder: Path) -> bool:
    try:
        return FILE in json.loads((folder / MANIFEST).read_bytes())["sha256"]
    except (OSError, ValueError, KeyError, TypeError):
        return False


def _refuse_constant(constant: str) -> None:
    raise ValueError(f"{constant} is no JSON number")


def _checked(content: Any) -> Heads | None:
    if content["format"] != FORMAT:
        raise BrokenModel(f"written in format {content['format']}, format {FORMAT} is expected")
    if content["sha256"] != _checksum(content):
        raise BrokenModel("is not what was saved")
    if content["features"] != features.fingerprint():
        raise BrokenModel("learned for another rule or other features, learn it again")
    if content["heads"] is None:
        return None
    wanted, granted = (content["heads"][name] for name in SIDES)
    at, slope = content["of_rule"]
    return Heads(
        _head(wanted),
        None if granted is None else _head(granted),
        str(content["rung"]),
        (_number(at), _number(slope)),
        dict(content["about"]),
    )


def _head(content: Any) -> Head:
    weights = {str(name): _number(weight) for name, weight in content["weights"].items()}
    if unknown := sorted(weights.keys() - set(features.FEATURES)):
        raise BrokenModel(f"holds a weight for {unknown[0]}, which is no feature")
    if (lowest := min(weights.values(), default=0.0)) < 0:
        raise BrokenModel(f"holds a weight of {lowest}, a better fact would lower a chance")
    return Head(_number(content["base"]), weights)


def _number(value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise BrokenModel(f"holds {value!r} where a finite number is expected")
    if abs(value) > _LARGEST:
        raise BrokenModel(f"holds {value}, beyond what a weight may be")
    return float(value)
