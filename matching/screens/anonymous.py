"""Pages kept as they were sent, for whoever is not signed in.

A page that is the same for every stranger says so (@same_for_strangers); it is then kept under the edition in which it
was drawn (see matching.catalogue.editions), so that nothing is served that has changed since. Somebody with a session
or with a message waiting is no stranger. A page that sets a cookie, as every form with a secret does, is never kept.
"""

import logging
from collections.abc import Callable
from functools import wraps
from hashlib import sha256
from typing import Any

from django.conf import settings
from django.core.cache import caches
from django.http import HttpRequest, HttpResponse
from django.utils.cache import patch_vary_headers
from django.utils.timezone import localdate

from matching.catalogue.editions import current_edition

logger = logging.getLogger(__name__)

# Far longer than a crowd of visitors needs; what is never asked again goes.
_SECONDS = 600
_LONGEST_QUERY = 300
_OK = 200
_EDITION = "pcc.edition"
_MARK = "same_for_strangers"
# Beside the address, what a page may depend on: fragments for htmx.
_VARIES = ("HTTP_HX_REQUEST", "HTTP_HX_TARGET")

View = Callable[..., HttpResponse]


def edition_of(request: HttpRequest) -> str:
    """The edition in which a request is answered, asked once."""
    edition: str = request.META.get(_EDITION) or current_edition()
    request.META[_EDITION] = edition
    return edition


def same_for_strangers(view: View) -> View:
    """The answers of this view are the same for everybody who is not signed in."""

    @wraps(view)
    def marked(request: HttpRequest, *args: Any, **options: Any) -> HttpResponse:
        return mark_same(view(request, *args, **options))

    return marked


def mark_same(response: HttpResponse) -> HttpResponse:
    """This answer is the same for everybody who is not signed in."""
    setattr(response, _MARK, True)
    patch_vary_headers(response, ["Cookie"])
    return response


class StrangersPages:
    """Middleware: outside of everything that reads sessions, inside of what sets headers for all."""

    def __init__(self, get_response: View) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not _may_be_kept(request):
            return self._get_response(request)
        key = _key(request)
        try:
            kept = caches["pages"].get(key)
        except Exception:
            logger.exception("The cache of pages does not answer")
            return self._get_response(request)
        if kept is not None:
            content, headers = kept
            return HttpResponse(content, headers=headers)
        response = self._get_response(request)
        if getattr(response, _MARK, False) and response.status_code == _OK and not response.cookies:
            try:
                caches["pages"].set(key, (response.content, dict(response.items())), _SECONDS)
            except Exception:
                logger.exception("The cache of pages keeps nothing")
        return response


def _may_be_kept(request: HttpRequest) -> bool:
    cookies = request.COOKIES
    return (
        request.method == "GET"
        and settings.SESSION_COOKIE_NAME not in cookies
        and "messages" not in cookies
        and len(request.META.get("QUERY_STRING", "")) <= _LONGEST_QUERY
    )


def _key(request: HttpRequest) -> str:
    """Everything on which the answer to a stranger depends: the edition, the day, the address, a few headers."""
    asked = (edition_of(request), str(localdate()), request.scheme, request.get_host(), request.get_full_path())
    told = "\0".join((*asked, *(request.META.get(name, "") for name in _VARIES)))
    return sha256(told.encode(errors="surrogatepass")).hexdigest()
