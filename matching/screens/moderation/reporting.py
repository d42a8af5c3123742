"""« Signaler »: anybody, without an account, and what the author of a report reads of its answer."""

from typing import Any
from uuid import UUID

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from matching.moderation import services
from matching.moderation.models import State
from matching.moderation.things import Kind, kind_named, kind_of_word
from matching.organisations.services import NotAllowed
from matching.screens.limits import REPORTS, TOO_MANY_REQUESTS, is_over
from matching.screens.moderation.forms import AskAgainForm, ReportForm
from matching.screens.signed_out import keeps_typed, typed_again

_MESSAGE = "message"


@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def report(request: HttpRequest, word: str, uuid: UUID) -> HttpResponse:
    """Anybody reports what anybody can read."""
    kind = kind_of_word(word)
    if kind is None or kind.name == _MESSAGE:
        raise Http404
    return _report(request, kind, uuid)


@keeps_typed
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def report_message(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Confirmed members of the side that a message was written to report it."""
    kind = kind_named(_MESSAGE)
    if kind is None:
        raise Http404
    return _report(request, kind, uuid)


@login_not_required
@require_safe
def sent(request: HttpRequest) -> HttpResponse:
    """Thanks, and what comes next."""
    return render(request, "moderation/sent.html", {"mail": request.GET.get("mail")})


# The link in a mail: signed, and only its button confirms, since mail programs fetch addresses ahead of their reader.
@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def follow(request: HttpRequest, token: str) -> HttpResponse:
    """Whoever holds the link confirms their address, reads the answer, asks for another look."""
    reported = services.report_of(token)
    if reported is None:
        raise Http404
    if request.method == "POST" and request.POST.get("action") == "confirm":
        services.confirm_address(report=reported)
        return redirect("report_follow", token)
    form, code = AskAgainForm(request.POST or None), 200
    if request.method == "POST" and form.is_valid():
        if is_over(request, REPORTS):
            form.add_error(None, REPORTS.sentence)
            code = TOO_MANY_REQUESTS
        else:
            _ask_again(reported, form)
            return redirect("report_follow", token)
    case = reported.case
    context = {
        "report": reported,
        "case": case,
        "answer": reported.answer,
        "stands": State(reported.answer.kind).label if reported.answer else "",
        "form": form,
        "asked": services.last_review(case=case, report=reported),
    }
    return render(request, "moderation/follow.html", context, status=code)


def _report(request: HttpRequest, kind: Kind, uuid: UUID) -> HttpResponse:
    thing = kind.find(uuid)
    if thing is None or not kind.reads(request.user, thing):
        raise Http404
    form, code = _form(request), 200
    if request.method == "POST" and form.is_valid():
        if form.is_trapped:
            return redirect("report_sent")
        if is_over(request, REPORTS):
            form.add_error(None, REPORTS.sentence)
            code = TOO_MANY_REQUESTS
        else:
            return redirect(_reported(request, kind, thing, form.cleaned_data))
    context = {
        "kind": kind,
        "title": kind.title(thing),
        "form": form,
        "back_url": kind.address(thing),
        "is_message": kind.name == _MESSAGE,
    }
    return render(request, "moderation/report.html", context, status=code)


def _form(request: HttpRequest) -> ReportForm:
    """As sent now, or as it was typed before signing in again."""
    if request.method == "POST":
        return ReportForm(request.POST)
    known = {"email": request.user.email} if request.user.is_authenticated else {}
    return ReportForm(initial={**known, **typed_again(request)})


def _reported(request: HttpRequest, kind: Kind, thing: Any, values: dict[str, Any]) -> str:
    made = services.report(
        kind=kind,
        thing=thing,
        reason=values["reason"],
        text=values["text"],
        form_key=values["form_key"],
        person=request.user if request.user.is_authenticated else None,
        email=values["email"],
        language=get_language() or "fr",
    )
    mail = {(True, True): "?mail=known", (True, False): "?mail=confirm"}.get((bool(made.email), bool(made.verified_at)))
    return reverse("report_sent") + (mail or "")


def _ask_again(reported: Any, form: AskAgainForm) -> None:
    try:
        services.ask_again(
            case=reported.case,
            report=reported,
            text=form.cleaned_data["text"],
            form_key=form.cleaned_data["form_key"],
        )
    except NotAllowed:
        raise Http404 from None
