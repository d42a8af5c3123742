"""What the engine answers: rankings of matches with their reasons, and near misses with what would mend them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from matching.engine.sentences import SENTENCES


@dataclass(frozen=True)
class Reason:
    """One sentence about a pair: the code of a template of SENTENCES, and what fills it in."""

    code: str
    params: dict[str, Any] = field(default_factory=dict)
    """JSON-safe. Where words are named, `words` lists them as their author wrote them."""

    def __str__(self) -> str:
        return SENTENCES[self.code] % {name: _spoken(value) for name, value in self.params.items()}


def _spoken(value: Any) -> Any:
    """Lists of words are quoted one by one."""
    return ", ".join(f"«\u00a0{word}\u00a0»" for word in value) if isinstance(value, list) else value


@dataclass(frozen=True, kw_only=True)
class Refusal(Reason):
    """A gate that refuses a pair, why (str() says it), and what would open it."""

    gate: str
    mend: Reason


@dataclass(frozen=True)
class Match:
    """A pair that fits; `id` is that of the other side, `parts` sum to `score`."""

    id: str
    score: float
    parts: dict[str, float]
    reasons: tuple[Reason, ...]
    against: Reason | None


@dataclass(frozen=True)
class NearMiss:
    """A pair whose subject fits and that gates refuse, each with its sentence."""

    id: str
    score: float
    refused_by: tuple[Refusal, ...]


@dataclass(frozen=True)
class Ranking:
    """What was found for one listing, best first."""

    id: str
    matches: tuple[Match, ...]
    near: tuple[NearMiss, ...] = ()
