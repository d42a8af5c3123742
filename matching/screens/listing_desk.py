"""The desk pages that offers and needs share: the desk, a listing and its suggestions, its life, its past."""

from typing import Any
from uuid import UUID, uuid4

from django.contrib import messages
from django.core.paginator import Paginator
from django.db import IntegrityError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from matching.catalogue import services, validity
from matching.catalogue.models import Listing, Need, Offer, Status
from matching.catalogue.permissions import may_change
from matching.moderation.models import Case
from matching.moderation.models import State as CaseState
from matching.screens.access import Desk, listing_to_change, listing_to_read
from matching.screens.changes import changes_of
from matching.screens.desk_list import ListingFilter, matches_of, page_with_matches
from matching.screens.gathering import AT_MOST
from matching.screens.listing_form import ListingForm
from matching.screens.proposals import near_misses, open_suggestions, proposals, side_published_by
from matching.screens.waiting import errands, is_past, listing_model, listing_url, unread_threads
from matching.suggestions.models import State, Suggestion
from matching.suggestions.services import mark_seen
from matching.suggestions.traces import note_shown

_A_PAGE = 20
_ON_DESK = 3


def show_desk(request: HttpRequest, desk: Desk) -> HttpResponse:
    """What waits, the best suggestions, the listings; somebody still waiting sees what comes next."""
    model, side = listing_model(desk), side_published_by(desk.organisation)
    listings = model.objects.of(desk.organisation).for_rows()
    if not desk.is_confirmed:
        own = listings.prepared_by(desk.membership).order_by("-updated_at", "-id")
        return render(request, "desk/pending.html", {"desk": desk, "listings": own[:_A_PAGE]})
    asked = ListingFilter(request.GET)
    shown = page_with_matches(asked.chosen(listings).order_by("-updated_at", "-id"), request.GET.get("page"), _A_PAGE)
    best = open_suggestions(side, organisation=desk.organisation, status=Status.PUBLISHED)
    # Their cards show the other side: what an offer holds is asked for where offers are shown.
    held = ("offer__resources",) if side == "need" else ()
    best = best.exclude(**{f"{side}_state": State.INTERESTED}).prefetch_related(None).prefetch_related(*held)
    best = list(best[:_ON_DESK])
    note_shown(suggestions=best, side=side)
    threads = unread_threads(desk)
    context = {
        "desk": desk,
        "errands": errands(desk, threads),
        "page_obj": shown,
        "rows": [(listing, listing_url(listing), is_past(listing), matches_of(listing)) for listing in shown],
        # The header says it too: it need not ask again, unless some wait beyond those.
        **({"unread_messages": sum(each["unread"] for each in threads)} if len(threads) < AT_MOST else {}),
        "filter": asked,
        "proposals": proposals(best, side),
    }
    return render(request, "desk/desk.html", context)


def show_listing(request: HttpRequest, desk: Desk, uuid: UUID) -> HttpResponse:
    """One listing as its organisation follows it, its suggestions first."""
    listing = listing_to_read(desk, listing_model(desk), uuid)
    return render(request, "desk/listing.html", _listing_context(request, desk, listing))


def show_suggestions(request: HttpRequest, desk: Desk, uuid: UUID) -> HttpResponse:
    """The part of the page that htmx asks again while the matcher works; without htmx, the whole page."""
    listing = listing_to_read(desk, listing_model(desk), uuid)
    if not request.htmx:
        return redirect(listing_url(listing))
    return render(request, "desk/_suggestions.html", _listing_context(request, desk, listing))


def change_status(request: HttpRequest, desk: Desk, uuid: UUID) -> HttpResponse:
    """Publish, pause or close, as the button says. An incomplete draft goes to its form first."""
    listing = listing_to_change(desk, listing_model(desk), uuid)
    action = request.POST.get("action")
    if action == "publish":
        if lacks_something(listing):
            messages.warning(request, _("Avant de publier, complétez les points marqués ci-dessous."))
            return redirect(f"{listing_url(listing, 'edit')}?publier=1")
        publish(request, desk, listing)
    elif action == "pause" and listing.status == Status.PUBLISHED:
        services.pause(listing=listing)
        messages.success(
            request,
            _("« %(title)s » est en pause : plus personne d’autre ne le voit.") % _title(listing),
        )
    elif action == "vouch" and listing.status == Status.PUBLISHED:
        validity.vouch(listing=listing)
        messages.success(
            request,
            _("C’est noté : « %(title)s » reste publiée. Nous vous le redemanderons dans six mois.") % _title(listing),
        )
    elif action == "close" and listing.status != Status.CLOSED:
        services.close(listing=listing)
        messages.success(request, _("« %(title)s » est clos. Vous pourrez le publier de nouveau.") % _title(listing))
    return redirect(listing_url(listing))


def show_history(request: HttpRequest, desk: Desk, uuid: UUID) -> HttpResponse:
    """Who changed what, and when."""
    listing = listing_to_read(desk, listing_model(desk), uuid)
    page = _page(request, listing.history.select_related("history_user").order_by("-history_date", "-history_id"))
    context = {
        "desk": desk,
        "listing": listing,
        "listing_url": listing_url(listing),
        "page_obj": page,
        "changes": changes_of(listing, page),
        "may_change": may_change(desk.person, listing),
        "version_name": "offer_version" if isinstance(listing, Offer) else "need_version",
    }
    return render(request, "desk/history.html", context)


def save(request: HttpRequest, desk: Desk, form: ListingForm, write: Any) -> HttpResponse:
    """Write what a valid form says, publish if asked, and show the listing. Sent twice, it writes once."""
    try:
        listing = write()
    except IntegrityError:
        # The same form sent twice at the same moment: the other request wrote it.
        listing = get_object_or_404(
            listing_model(desk), organisation=desk.organisation, uuid=form.cleaned_data["form_key"]
        )
    if request.POST.get("action") == "publish":
        publish(request, desk, listing)
    elif listing.status == Status.DRAFT:
        messages.success(
            request, _("« %(title)s » est gardé en brouillon. Seule votre organisation le voit.") % _title(listing)
        )
    else:
        messages.success(request, _("Vos changements sont enregistrés."))
    return redirect(listing_url(listing))


def publish(request: HttpRequest, desk: Desk, listing: Listing) -> None:
    """Publish and say what happens next; nothing if it is published already."""
    if listing.status == Status.PUBLISHED:
        return
    try:
        listing = services.publish(listing=listing, person=desk.person)
    except services.Hidden:
        say_hidden(request, listing)
        return
    if listing.status == Status.WAITING:
        messages.info(
            request,
            _("« %(title)s » paraîtra dès que votre rattachement à %(organisation)s sera confirmé.")
            % {**_title(listing), "organisation": desk.organisation.name},
        )
    else:
        messages.success(request, _("« %(title)s » est publié.") % _title(listing))


def say_hidden(request: HttpRequest, listing: Listing) -> None:
    """It was not done: moderation hides this listing."""
    messages.warning(
        request,
        _("« %(title)s » est masquée par la modération : demandez un nouvel examen pour la publier de nouveau.")
        % _title(listing),
    )


def asks_to_publish(request: HttpRequest, listing: Listing | None) -> bool:
    """Whether everybody will read what this form says: then nothing needed may lack."""
    return request.POST.get("action") == "publish" or bool(listing and listing.status == Status.PUBLISHED)


def lacks_something(listing: Offer | Need) -> bool:
    """Whether a draft still lacks what its form asks before publishing."""
    if not listing.text or listing.territory_id is None:
        return True
    if isinstance(listing, Need):
        return not listing.contribution
    return listing.has_means and not listing.provides


def _listing_context(request: HttpRequest, desk: Desk, listing: Listing) -> dict[str, Any]:
    side = side_published_by(desk.organisation)
    page = _page(request, open_suggestions(side, pk=listing.pk))
    shown = proposals(page, side)
    note_shown(suggestions=[proposal.suggestion for proposal in shown], side=side, first_rank=page.start_index())
    context = {
        "desk": desk,
        "listing": listing,
        "listing_url": listing_url(listing),
        "edit_url": listing_url(listing, "edit"),
        "status_url": listing_url(listing, "status"),
        "history_url": listing_url(listing, "history"),
        "copy_url": listing_url(listing, "copy"),
        "copy_key": uuid4(),
        "suggestions_url": listing_url(listing, "suggestions"),
        "page_obj": page,
        "proposals": shown,
        "near": near_misses(listing) if listing.is_suggestible else [],
        "dismissed": proposals(_dismissed(listing, side), side),
        "is_past": is_past(listing),
        "may_change": may_change(desk.person, listing),
        "answer_by": validity.answer_by(listing),
        "moderated": _moderated(listing),
        "was_paused_unanswered": validity.was_paused_unanswered(listing),
        "today": localdate(),
    }
    if desk.may_speak:
        # Seen from now on; this page still shows them as new.
        mark_seen(suggestions=[proposal.suggestion for proposal in shown if proposal.is_new], side=side)
    return context


def _moderated(listing: Listing) -> Case | None:
    """What moderation decided of a listing that it hides, or of its organisation. No query for any other."""
    hidden = listing if listing.hidden_at else listing.organisation
    return Case.objects.filter(key=hidden.uuid, state=CaseState.HIDDEN).first() if hidden.hidden_at else None


def _dismissed(listing: Listing, side: str) -> list[Suggestion]:
    """What this side has set aside: it stays visible here, and away everywhere else."""
    found = Suggestion.objects.filter(**{side: listing, f"{side}_state": State.DISMISSED})
    return list(found.with_both_sides().best_first()[:_A_PAGE])


def _page(request: HttpRequest, rows: Any) -> Any:
    return Paginator(rows, _A_PAGE).get_page(request.GET.get("page"))


def _title(listing: Listing) -> dict[str, str]:
    return {"title": listing.title}
