"""A market whose right answers are known by hand: repair in Brest, and subjects that have nothing to do with it."""

import pytest

from matching.suggestions.models import Suggestion
from matching.suggestions.services import match_listing
from tests.factories import make_need, make_offer


@pytest.fixture
def room(brest):
    """An offer that fits the need `repair`."""
    return make_offer(brest)


@pytest.fixture
def garden(brest):
    """An offer about something else altogether."""
    orchard = {"title": "Parcelle de verger", "text": "Vingt pommiers à tailler.", "provides": "Les arbres."}
    return make_offer(brest, **orchard)


@pytest.fixture
def repair(bricoleuses):
    """A need that the offer `room` fits."""
    return make_need(bricoleuses)


@pytest.fixture
def pair(room, repair):
    """Their suggestion, as the matcher stored it."""
    match_listing(listing=repair)
    return Suggestion.objects.get(offer=room, need=repair)
