"""What the deployed matcher tells of itself: its version, what counts and how much, its conditions, its past."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, Max, Q

from matching.suggestions import artefacts, ladder
from matching.suggestions.models import Act, Decision, ModelChange, Scarcity, Suggestion, TrainedModel
from matching.suggestions.scarcity import SHORT_LIST

# How many candidates the history of versions shows, the newest first.
_SHOWN = 20


@dataclass(frozen=True)
class Weight:
    """One thing that counts, and how much: at most, in the rule; per standard step, on each head of a learned model."""

    name: str
    most: float = 0.0
    wanted: float | None = None
    granted: float | None = None


@dataclass(frozen=True)
class Condition:
    """One gate: the codes of its refusals, each with that of what would change the answer for a collective."""

    gate: str
    refusals: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class OnTerritory:
    """How well the model in service ranks on one kind of territory, beside what served before it."""

    kind: str
    needs: int
    candidate: float | None
    champion: float | None


@dataclass(frozen=True)
class Ordering:
    """What orders short lists besides the score."""

    share: float
    """How much of what one more place would be worth is subtracted."""
    floor: int
    """How often each listing is shown at least, as far as lists have room."""
    short_list: int
    scarce: int
    """Offers that more needs fit than they have places for."""
    weighed_at: datetime | None
    """When those were last found; None where there are none."""


@dataclass(frozen=True)
class Sheet:
    """Everything that the public page tells, read from what is deployed now."""

    engine_version: str
    statistics_at: datetime | None
    """When the statistics of the offers were last learned; None: from the published offers, at each start."""
    model: TrainedModel | None
    weights: Sequence[Weight]
    without_words: dict[str, float]
    learned_weights: Sequence[Weight]
    conditions: Sequence[Condition]
    ordering: Ordering
    evaluation: Sequence[OnTerritory]
    answers: int
    """Answers that people gave, silence apart."""
    standing: int
    """Suggestions that stand today."""
    candidates: Sequence[TrainedModel]
    changes: Sequence[ModelChange]


def sheet() -> Sheet:
    """What serves today, in a fixed number of queries."""
    from matching.engine.version import ENGINE_VERSION
    from matching.engine.weights import most_each_part_adds, most_without_words

    model, heads = ladder.serving()
    states = artefacts.usable()
    return Sheet(
        engine_version=ENGINE_VERSION,
        statistics_at=states[0].created_at if states else None,
        model=model,
        weights=[Weight(name, most=most) for name, most in most_each_part_adds().items()],
        without_words=most_without_words(),
        learned_weights=_by_feature(heads.weights()) if heads else [],
        conditions=_conditions(),
        ordering=_ordering(),
        evaluation=_evaluation(model),
        answers=Decision.objects.of_the_matcher().aggregate(given=Count("id", filter=~Q(act=Act.LEFT)))["given"],
        standing=Suggestion.objects.by_matcher().standing().not_dismissed().count(),
        candidates=list(TrainedModel.objects.all()[:_SHOWN]),
        changes=list(ModelChange.objects.select_related("model")[:_SHOWN]),
    )


def _ordering() -> Ordering:
    from matching.engine.exposure import FLOOR, SHARE

    found = Scarcity.objects.aggregate(scarce=Count("pk"), weighed_at=Max("computed_at"))
    return Ordering(SHARE, FLOOR, SHORT_LIST, **found)


def _by_feature(weights: Sequence[tuple[str, str, float]]) -> list[Weight]:
    """What (head, feature, weight) triples say, one line a feature, in their order."""
    features = dict.fromkeys(feature for _head, feature, _weight in weights)
    told = {(head, feature): weight for head, feature, weight in weights}
    return [
        Weight(feature, wanted=told.get(("wanted", feature)), granted=told.get(("granted", feature)))
        for feature in features
    ]


def _conditions() -> list[Condition]:
    from matching.engine.gates import GATES
    from matching.engine.sentences import SENTENCES

    def mend(refusal: str) -> str:
        code = refusal.replace("refused.", "mend.", 1)
        return next((found for found in (f"{code}.need", code) if found in SENTENCES), "")

    return [
        Condition(
            gate,
            tuple(
                (code, mend(code))
                for code in SENTENCES
                if code == f"refused.{gate}" or (code.startswith(f"refused.{gate}_") and "." not in code[8:])
            ),
        )
        for gate in GATES
    ]


def _evaluation(model: TrainedModel | None) -> list[OnTerritory]:
    """By kind of territory, as the model was judged; nothing where it was not."""
    by_kind: dict[str, Any] = (model.metrics.get("metrics") or {}).get("by_territory") or {} if model else {}
    return [
        OnTerritory(kind, told.get("needs", 0), told.get("candidate"), told.get("champion"))
        for kind, told in sorted(by_kind.items())
    ]
