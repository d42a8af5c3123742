"""Suggestions or none: one switch for the whole organisation, one for each of its listings. Its members only."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from matching.catalogue.services import want_suggestions as want_for_listing
from matching.organisations.models import Organisation
from matching.organisations.services import want_suggestions
from matching.screens.access import Desk, enter_desk, listing_to_change
from matching.screens.waiting import listing_model, listing_url

_A_PAGE = 30
_PAST_SHOWN = 20


@dataclass(frozen=True)
class Turn:
    """One moment when the organisation opted out or in again. `who` is empty where nobody signed in did it."""

    who: str
    when: datetime
    wanted: bool


@require_http_methods(["GET", "HEAD", "POST"])
def suggestion_settings(request: HttpRequest, slug: str) -> HttpResponse:
    """Confirmed members read; owners and members change. Others: 404."""
    desk = enter_desk(request, slug)
    if not desk.is_confirmed:
        raise Http404
    if request.method == "POST":
        if not desk.may_speak:
            raise PermissionDenied
        _switch(request, desk)
        return redirect("suggestion_settings", desk.organisation.slug)
    listings = listing_model(desk).objects.of(desk.organisation).select_related("organisation")
    page = Paginator(listings.order_by("-updated_at", "-id"), _A_PAGE).get_page(request.GET.get("page"))
    context = {
        "desk": desk,
        "page_obj": page,
        "rows": [(listing, listing_url(listing)) for listing in page],
        "turns": _turns(desk.organisation),
    }
    return render(request, "member/suggestion_settings.html", context)


def _switch(request: HttpRequest, desk: Desk) -> None:
    """What the button says: `wanted` "yes" or "no", for the listing whose uuid it bears, or for everything."""
    wanted = request.POST.get("wanted") == "yes"
    if uuid := request.POST.get("listing"):
        try:
            listing = listing_to_change(desk, listing_model(desk), UUID(uuid))
        except (ValueError, ValidationError):
            raise Http404 from None
        want_for_listing(listing=listing, wanted=wanted)
        said = (
            _("« %(title)s » peut de nouveau être suggéré. Les rapprochements arrivent.")
            if wanted
            else _("« %(title)s » n’est plus suggéré. Il reste dans les listes publiques.")
        )
        messages.success(request, said % {"title": listing.title})
        return
    want_suggestions(organisation=desk.organisation, by=desk.person, wanted=wanted)
    messages.success(
        request,
        _("Vous recevez de nouveau des suggestions, et vos annonces peuvent être suggérées.")
        if wanted
        else _("Vous ne recevez plus de suggestions. Vos annonces restent dans les listes publiques."),
    )


def _turns(organisation: Organisation) -> list[Turn]:
    """When it opted out or in again, latest first, from its history."""
    records = organisation.history.select_related("history_user").order_by("history_date", "history_id")
    turns, before = [], True
    for record in records:
        if record.wants_suggestions != before:
            who = record.history_user.get_full_name() if record.history_user else ""
            turns.append(Turn(who, record.history_date, record.wants_suggestions))
            before = record.wants_suggestions
    return turns[::-1][:_PAST_SHOWN]
