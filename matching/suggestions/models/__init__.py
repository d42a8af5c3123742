"""What the matcher proposed, who saw it and what they did of it, and what the matcher learned."""

from matching.suggestions.models.learned import Artefact, ModelChange, TrainedModel
from matching.suggestions.models.suggestions import DismissReason, Proposer, Scarcity, State, Suggestion
from matching.suggestions.models.traces import Act, Decision, Impression, Outcome, Side

__all__ = [
    "Act",
    "Artefact",
    "Decision",
    "DismissReason",
    "Impression",
    "ModelChange",
    "Outcome",
    "Proposer",
    "Scarcity",
    "Side",
    "State",
    "Suggestion",
    "TrainedModel",
]
