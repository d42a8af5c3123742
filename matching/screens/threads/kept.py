"""A message written while nobody was signed in any more: kept in the session until its author is back.

Only its words are: no browser gives a file twice, and nothing is stored for longer than somebody needs to sign in.
"""

import time
from uuid import UUID

from django.http import HttpRequest

from matching.partnerships.services import LONGEST

_SESSION_KEY = "kept_message"
_SECONDS = 60 * 60


def keep_message(request: HttpRequest, thread: UUID, text: str) -> None:
    """Keep the latest one. Signing in keeps it too."""
    request.session[_SESSION_KEY] = {"thread": str(thread), "text": text[: 2 * LONGEST], "at": int(time.time())}


def kept_message(request: HttpRequest, thread: UUID) -> str:
    """What was written for this conversation, or nothing."""
    kept = request.session.get(_SESSION_KEY) or {}
    return kept["text"] if kept.get("thread") == str(thread) and time.time() < kept["at"] + _SECONDS else ""


def forget_kept_message(request: HttpRequest) -> None:
    """It has been sent, or belongs to somebody else."""
    request.session.pop(_SESSION_KEY, None)
