"""The matcher: needs and offers in, rankings with their reasons out; no Django, no database, no network.

Matcher(today=today).fit(offers).rank(needs)
"""

from matching.engine.commons import Commons, giving_way
from matching.engine.listings import Need, Offer
from matching.engine.matcher import Matcher
from matching.engine.model import BrokenModel
from matching.engine.results import Match, NearMiss, Ranking, Reason, Refusal
from matching.engine.version import ENGINE_VERSION
from matching.geography import Place

__all__ = [
    "ENGINE_VERSION",
    "BrokenModel",
    "Commons",
    "Match",
    "Matcher",
    "NearMiss",
    "Need",
    "Offer",
    "Place",
    "Ranking",
    "Reason",
    "Refusal",
    "giving_way",
]
