"""What every page knows: for whom the person acts, what waits, and what the staff should hear."""

from typing import Any

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from matching.partnerships.models import Message
from matching.screens.acting import acting_membership, acting_organisation, organisations_of
from matching.suggestions import ladder
from matching.suggestions.artefacts import artefact_warning


def acting_for(request: HttpRequest) -> dict[str, Any]:
    """Lazy, so that a page which shows none of it asks nothing of the database.

    acting: the current organisation or None; acting_choices: those to switch between; has_conversations: whether
    the person may open those of the current organisation; unread_messages: how many this person has not read there;
    staff_warning: what staff should hear of the matcher, or "".
    """
    return {
        "acting": SimpleLazyObject(lambda: acting_organisation(request)),
        "acting_choices": SimpleLazyObject(lambda: organisations_of(request)),
        "has_conversations": SimpleLazyObject(lambda: acting_membership(request) is not None),
        "unread_messages": SimpleLazyObject(lambda: _unread(request)),
        "staff_warning": SimpleLazyObject(lambda: _staff_warning(request)),
    }


def _unread(request: HttpRequest) -> int:
    member = acting_membership(request)
    return Message.objects.unread_by(member).count() if member else 0


def _staff_warning(request: HttpRequest) -> str:
    person = getattr(request, "user", None)
    if person is None or not person.is_staff:
        return ""
    return " ".join(filter(None, (artefact_warning(), ladder.warning())))
