"""The life of listings at the desk, offers and needs alike: copies, earlier versions, several set aside at once."""

from typing import Any
from uuid import UUID, uuid4

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from matching.catalogue import past, services
from matching.catalogue.models import Need, Offer, Status
from matching.screens.access import Desk, listing_to_change
from matching.screens.changes import changes_of, what_coming_back_changes
from matching.screens.desk_list import ListingFilter
from matching.screens.fields import FormKeyField
from matching.screens.listing_desk import lacks_something, say_hidden
from matching.screens.waiting import listing_model, listing_url

# A form of Django holds a thousand fields; nobody reads a longer list before confirming it.
_MOST_AT_ONCE = 500
_ASIDE = {"pause": Status.PAUSED, "close": Status.CLOSED}


def copy_listing(request: HttpRequest, desk: Desk, uuid: UUID) -> HttpResponse:
    """A draft that says the same, opened in its form. Pressed twice, it copies once."""
    listing = listing_to_change(desk, listing_model(desk), uuid)
    try:
        copied = past.copy(
            listing=listing,
            organisation=desk.organisation,
            person=desk.person,
            title=_("Copie de %(title)s") % {"title": listing.title},
            form_key=FormKeyField(required=False).clean(request.POST.get("form_key")) or uuid4(),
        )
    except services.Hidden:
        say_hidden(request, listing)
        return redirect(listing_url(listing))
    messages.success(
        request, _("Voici la copie, en brouillon. Ses dates sont vides : changez le titre et ce qui diffère.")
    )
    return redirect(listing_url(copied, "edit"))


def show_version(request: HttpRequest, desk: Desk, uuid: UUID, record: int) -> HttpResponse:
    """An earlier version against the one of today; its button comes back to it, as one more version."""
    listing = listing_to_change(desk, listing_model(desk), uuid)
    history = listing.history.select_related("history_user")
    then = get_object_or_404(history, history_id=record)
    now = history.latest("history_date", "history_id")
    refused = listing.is_published and _lacks_something(listing, then)
    if request.method == "POST" and not refused:
        past.restore(listing=listing, record=then, person=desk.person)
        messages.success(request, _("C’est fait : l’annonce dit de nouveau ce qu’elle disait. Rien n’est effacé."))
        return redirect(listing_url(listing))
    (change, *_earlier) = changes_of(listing, [then], keep_empty=True)
    context = {
        "desk": desk,
        "listing": listing,
        "listing_url": listing_url(listing),
        "history_url": listing_url(listing, "history"),
        "change": change,
        "fields": what_coming_back_changes(listing, now, then),
        "refused": refused,
    }
    return render(request, "desk/version.html", context)


def set_several_aside(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Pause or close the listings that were ticked, or all of the list: the names first, then one button."""
    asked = request.POST or request.GET
    status = _ASIDE.get(asked.get("action", ""))
    if not desk.may_speak or status is None:
        raise Http404
    listings = _ticked(desk, asked, status)
    if not listings:
        messages.warning(request, _("Cochez au moins une annonce qui n’est pas déjà dans cet état."))
        return redirect(f"{reverse('desk_of', args=[desk.organisation.slug])}#annonces")
    if request.method == "POST":
        changed = services.set_aside(listings=listings, status=status)
        messages.success(request, _said(status, len(changed)))
        return redirect(f"{reverse('desk_of', args=[desk.organisation.slug])}#annonces")
    context = {"desk": desk, "listings": listings, "action": asked["action"], "is_full": len(listings) == _MOST_AT_ONCE}
    return render(request, "desk/several.html", context)


def _ticked(desk: Desk, asked: Any, status: Status) -> list[Offer | Need]:
    """The listings of this desk that were ticked and may still be set aside so; those of others are left out."""
    rows = listing_model(desk).objects.of(desk.organisation).select_related("organisation")
    if asked.get("all"):
        rows = ListingFilter(asked).chosen(rows)
    else:
        uuids = [uuid for text in asked.getlist("listing")[:_MOST_AT_ONCE] if (uuid := _uuid(text))]
        rows = rows.filter(uuid__in=uuids)
    # A draft was never shown to anybody: there is nothing to take back.
    open_ones = rows.exclude(status__in=[status, Status.DRAFT, Status.CLOSED])
    return list(open_ones.order_by("title", "id")[:_MOST_AT_ONCE])


def _uuid(text: str) -> UUID | None:
    return FormKeyField(required=False).clean(text)


def _said(status: Status, count: int) -> str:
    if status == Status.PAUSED:
        said = ngettext("%(count)s annonce est en pause.", "%(count)s annonces sont en pause.", count)
    else:
        said = ngettext("%(count)s annonce est close.", "%(count)s annonces sont closes.", count)
    return said % {"count": count}


def _lacks_something(listing: Offer | Need, record: Any) -> bool:
    """Whether the version lacks what a published listing must say."""
    names = ("text", "territory_id", "contribution" if isinstance(listing, Need) else "provides", "has_means")
    told = {name: getattr(record, name) for name in names if hasattr(record, name)}
    return lacks_something(type(listing)(**told))
