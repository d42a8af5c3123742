"""What every page knows: for whom the person acts, what waits, and what the staff should hear."""

from typing import Any

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from matching.organisations.models import Organisation
from matching.partnerships.models import Message
from matching.screens.acting import acting_organisation, memberships_of, organisations_of
from matching.suggestions import ladder
from matching.suggestions.artefacts import artefact_warning


def acting_for(request: HttpRequest) -> dict[str, Any]:
    """Lazy, so that a page which shows none of it asks nothing of the database.

    acting: the current organisation or None; acting_choices: those to switch between; has_conversations: whether
    the person may open those of the current organisation; unread_messages: how many wait for it; staff_warning:
    what staff should hear of the matcher, or "".
    """
    return {
        "acting": SimpleLazyObject(lambda: acting_organisation(request)),
        "acting_choices": SimpleLazyObject(lambda: organisations_of(request)),
        "has_conversations": SimpleLazyObject(lambda: _speaks(request)),
        "unread_messages": SimpleLazyObject(lambda: _unread(request)),
        "staff_warning": SimpleLazyObject(lambda: _staff_warning(request)),
    }


def _speaks(request: HttpRequest) -> bool:
    organisation = acting_organisation(request)
    return organisation is not None and _is_confirmed(request, organisation)


def _unread(request: HttpRequest) -> int:
    return Message.objects.unread_for(acting_organisation(request)).count() if _speaks(request) else 0


def _is_confirmed(request: HttpRequest, organisation: Organisation) -> bool:
    confirmed = [membership for membership in memberships_of(request) if membership.is_confirmed]
    return any(membership.organisation == organisation for membership in confirmed)


def _staff_warning(request: HttpRequest) -> str:
    person = getattr(request, "user", None)
    if person is None or not person.is_staff:
        return ""
    return " ".join(filter(None, (artefact_warning(), ladder.warning())))
