"""What each part of a score can add at most, for whoever wants to check the rule: read off the rule itself."""

from __future__ import annotations

import numpy as np

from matching.engine import columns, facts, text
from matching.engine.scoring import PARTS, Raw, Rule
from matching.geography import load


def most_each_part_adds() -> dict[str, float]:
    """By part, in the order of PARTS, the most that it adds.

    What themes and facts add depends on how far the texts agree: here for texts that agree entirely.
    """
    most = _ruled(agreement=1.0) | {measure: _most_of_text(measure) for measure in text.MEASURES}
    return {name: most[name] for name in PARTS}


def most_without_words() -> dict[str, float]:
    """What themes, and all facts together, add at most where the texts say nothing in common."""
    parts = _ruled(agreement=0.0)
    return {"themes": parts["themes"], "facts": sum(parts[name] for name in facts.WEIGHTS)}


def _ruled(agreement: float) -> dict[str, float]:
    """What the rule makes of a pair whose themes and facts all fit as well as can be."""
    one = np.ones(1)
    unknown = columns.read([], load()).columns
    measures = dict.fromkeys(text.MEASURES, one * 0)
    raw = Raw(measures, one * agreement, one, dict.fromkeys(facts.WEIGHTS, one), unknown, unknown)
    return {name: float(part[0]) for name, part in Rule().weigh(raw)[0].items()}


def _most_of_text(measure: str) -> float:
    """When an offer says again and again all that a need says: its weight, with what repetition still lends it."""
    if measure == "neighbourhood":
        return text._NEIGHBOURHOOD
    families = text._MEASURED_BY.get(measure, (text.CONCEPTS,))
    return sum(text.most_of_family(family) for family in families)
