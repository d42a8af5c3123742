"""What a mail asks with one click: stop (RFC 8058), « toujours valable ? ». Without signing in, without script."""

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from matching.catalogue.validity import answer_by, question_of, vouch
from matching.notices.services import person_of, stop
from matching.screens.waiting import listing_url


# The reader's mail program posts here by itself, from nowhere: the signed token is the proof. Mail programs also
# fetch addresses ahead of their reader, so that reading the page stops nothing.
@csrf_exempt
@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def unsubscribe(request: HttpRequest, token: str) -> HttpResponse:
    """A button; its POST stops all mails to the person of the token, and may be repeated."""
    person = person_of(token)
    if person is None:
        raise Http404
    if request.method == "POST":
        stop(person=person)
    return render(request, "notices/unsubscribe.html", {"stopped": request.method == "POST"})


# Mail programs fetch addresses ahead of their reader: only the button answers.
@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def still_valid(request: HttpRequest, token: str) -> HttpResponse:
    """A button by which the person of the token says that a listing still holds. May be repeated."""
    question = question_of(token)
    if question is None:
        raise Http404
    listing, stands = question
    if request.method == "POST" and stands:
        vouch(listing=listing)
    context = {
        "listing": listing,
        "answered": request.method == "POST" and stands,
        "stands": stands,
        "until": answer_by(listing),
        "desk_url": listing_url(listing),
    }
    return render(request, "notices/still_valid.html", context)
