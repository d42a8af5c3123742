"""A form sent after the session has ended: what was typed waits in the new session until its person is back."""

from collections.abc import Callable
from typing import Any

from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from matching.screens.limits import SEARCHES, is_over
from matching.screens.typed import Values, typed_values

_SESSION_KEY = "typed_signed_out"
_LONGEST = 200_000


def keeps_typed(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """A view whose form is long to fill in: sent by nobody, its text is kept until somebody has signed in."""
    view.keeps_typed = True  # type: ignore[attr-defined]
    return view


class KeepTypedMiddleware(LoginRequiredMiddleware):
    """Deny by default, as Django does; before the way to the login, keep what a long form was sent with."""

    def handle_no_permission(self, request: HttpRequest, view_func: Callable[..., Any]) -> HttpResponse:
        if request.method == "POST" and getattr(view_func, "keeps_typed", False) and not is_over(request, SEARCHES):
            values = typed_values(request.POST)
            if sum(len(text) for texts in values.values() for text in texts) <= _LONGEST:
                request.session[_SESSION_KEY] = {
                    "path": request.path,
                    "values": values,
                    "key": request.POST.get("form_key", ""),
                }
            if request.htmx:  # type: ignore[attr-defined]
                return render(request, "desk/_signed_out.html")
        response: HttpResponse = super().handle_no_permission(request, view_func)
        return response


def typed_again(request: HttpRequest) -> dict[str, Any]:
    """The same for a form whose fields each have one name, as its first values; empty where nothing was typed."""
    held = take_typed(request) if request.method == "GET" else None
    typed = {name: texts for name, texts in held[0].items() if texts} if held else {}
    return {name: texts if len(texts) > 1 else texts[0] for name, texts in typed.items()}


def take_typed(request: HttpRequest) -> tuple[Values, str] | None:
    """What was typed in the form of this page before signing in again, with the key of the form; given once."""
    held = request.session.get(_SESSION_KEY)
    if not held or held["path"] != request.path:
        return None
    del request.session[_SESSION_KEY]
    return held["values"], held["key"]
