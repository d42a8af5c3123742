"""How often one person, or one address where nobody is signed in, may do what costs others time.

Counted in the cache, by fixed windows of time: never exact to the second, and never kept. A cache that does not
answer counts nothing: nobody is turned away for it.
"""

import logging
import time
from dataclasses import dataclass

from allauth.account.adapter import get_adapter
from django.core.cache import cache
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

logger = logging.getLogger(__name__)

TOO_MANY_REQUESTS = 429


@dataclass(frozen=True)
class Limit:
    """At most `most` times in `seconds`; beyond, `sentence` says what to do."""

    name: str
    most: int
    seconds: int
    sentence: str | Promise


SEARCHES = Limit(
    "search",
    60,
    60,
    gettext_lazy("Cela fait beaucoup de recherches en peu de temps. Attendez une minute, puis recommencez."),
)
WRITING = Limit(
    "writing",
    90,
    60,
    gettext_lazy("Nous cherchons de nouveau dans une minute. Vous pouvez continuer à écrire."),
)
MESSAGES = Limit(
    "message",
    30,
    60 * 60,
    gettext_lazy("Cela fait beaucoup de messages en une heure. Gardez celui-ci, et envoyez-le un peu plus tard."),
)
PHOTOS = Limit(
    "photo",
    60,
    60 * 60,
    gettext_lazy("Cela fait beaucoup de photos en une heure. Attendez un peu, puis envoyez celle-ci."),
)
REQUESTS = Limit(
    "request",
    10,
    60 * 60,
    gettext_lazy("Cela fait beaucoup de demandes en une heure. Attendez un peu, puis envoyez celle-ci."),
)
REPORTS = Limit(
    "report",
    10,
    60 * 60,
    gettext_lazy("Cela fait beaucoup de signalements en une heure. Gardez celui-ci, et envoyez-le un peu plus tard."),
)


def is_over(request: HttpRequest, limit: Limit) -> bool:
    """Count one more, and tell whether it is one too many."""
    window = int(time.time()) // limit.seconds
    key = f"limit:{limit.name}:{window}:{_who(request)}"
    try:
        cache.add(key, 0, timeout=limit.seconds)
        return cache.incr(key) > limit.most
    except ValueError:
        # The cache was full and forgot it.
        return False
    except Exception:
        logger.exception("The cache cannot count")
        return False


def _who(request: HttpRequest) -> str:
    if request.user.is_authenticated:
        return f"person-{request.user.pk}"
    try:
        return f"address-{get_adapter().get_client_ip(request)}"
    except PermissionDenied:
        return "address-unknown"
