"""Who stands on which side of a suggestion."""

from matching.catalogue.models import Need, Offer
from matching.organisations.models import Organisation
from matching.organisations.permissions import may_read_desk, may_speak_for
from matching.people.models import Person
from matching.suggestions.models import State, Suggestion

SIDES = ("need", "offer")


def organisation_of(suggestion: Suggestion, side: str) -> Organisation:
    """The organisation on that side, "need" or "offer"."""
    return listing_of(suggestion, side).organisation


def listing_of(suggestion: Suggestion, side: str) -> Need | Offer:
    """The listing on that side, "need" or "offer"."""
    return suggestion.need if side == "need" else suggestion.offer


def other_side(side: str) -> str:
    """ "offer" for "need", "need" for "offer"."""
    return "offer" if side == "need" else "need"


def side_of(person: Person, suggestion: Suggestion) -> str | None:
    """The side whose desk this person may read, "need" before "offer"; None for everybody else."""
    for side in SIDES:
        if may_read_desk(person, organisation_of(suggestion, side)):
            return side
    return None


def meeting_place_told(suggestion: Suggestion, side: str) -> str:
    """Where the collective meets, as that side may read it: a hidden place once both have said they are interested."""
    collective = suggestion.need.organisation
    mutual = suggestion.need_state == suggestion.offer_state == State.INTERESTED
    return collective.meeting_place if side == "need" or mutual else collective.public_meeting_place


def may_act(person: Person, suggestion: Suggestion, side: str) -> bool:
    """May this person answer for that side: a confirmed owner or member of its organisation."""
    return may_speak_for(person, organisation_of(suggestion, side))
