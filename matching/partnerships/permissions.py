"""Who may read a conversation, and who may write in it."""

from matching.people.models import Person
from matching.suggestions.models import Suggestion
from matching.suggestions.permissions import may_act, side_of

__all__ = ["may_act", "may_read_thread", "side_of"]


def may_read_thread(person: Person, suggestion: Suggestion) -> bool:
    """The confirmed members of the two organisations. Nobody else, staff included: it is private."""
    return side_of(person, suggestion) is not None
