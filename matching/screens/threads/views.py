"""The two answers to a suggestion, and the conversation that may follow. Both sides' members only."""

from dataclasses import dataclass
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST, require_safe

from matching.organisations.permissions import may_read_desk
from matching.organisations.services import NotAllowed
from matching.partnerships.models import Attachment, Message
from matching.partnerships.permissions import may_act, side_of
from matching.partnerships.services import ConversationFull, mark_read, send_message, threads_of
from matching.partnerships.solicitations import SolicitedTooOften, TooManySolicited, room_of
from matching.screens.acting import acting_membership, acting_organisation
from matching.screens.applications.applying import from_thread
from matching.screens.compared_rights import agenda, side_by_side
from matching.screens.downloads import handed_over
from matching.screens.limits import MESSAGES, TOO_MANY_REQUESTS, is_over
from matching.screens.proposals import Proposal
from matching.screens.signed_out import keeps_typed, typed_again
from matching.screens.threads.forms import DismissForm, MessageForm
from matching.screens.threads.sentences import SOLICITED_TOO_OFTEN, too_many_solicited
from matching.screens.waiting import listing_url
from matching.suggestions.models import State, Suggestion
from matching.suggestions.permissions import SIDES, organisation_of
from matching.suggestions.services import Gone, NotProposed, SetAside, dismiss, express_interest, mark_seen

_A_PAGE = 20
_NOT_PROPOSED = gettext_lazy(
    "L’une des deux annonces n’est plus proposée : elle est en pause, close, ou sans suggestions."
)


@dataclass(frozen=True)
class Place:
    """Where this person stands towards a suggestion."""

    proposal: Proposal
    may_write: bool


@require_GET
def threads(request: HttpRequest) -> HttpResponse:
    """Confirmed members: the conversations of the organisation that the person acts for."""
    organisation, member = acting_organisation(request), acting_membership(request)
    if organisation is None:
        return redirect("desk")
    if member is None:
        raise Http404
    page = Paginator(threads_of(member=member), _A_PAGE).get_page(request.GET.get("page"))
    side = "offer" if organisation.is_authority else "need"
    context = {
        "organisation": organisation,
        "page_obj": page,
        "rows": [
            (proposal, proposal.suggestion.last_side != side and not proposal.suggestion.is_dismissed)
            for proposal in (Proposal(suggestion, side) for suggestion in page)
        ],
    }
    return render(request, "threads/threads.html", context)


@keeps_typed
@require_http_methods(["GET", "HEAD", "POST"])
def thread(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Confirmed members of both sides read; owners and members write."""
    place = _place(request, uuid)
    suggestion, side = place.proposal.suggestion, place.proposal.side
    kept = typed_again(request)
    form, code = MessageForm(request.POST or None, request.FILES or None, initial=kept), 200
    if request.method == "POST":
        if not place.may_write:
            raise PermissionDenied
        if form.is_valid() and is_over(request, MESSAGES):
            form.add_error(None, MESSAGES.sentence)
            code = TOO_MANY_REQUESTS
        elif form.is_valid() and _sent(request, place, form):
            messages.success(request, _("Votre message est parti. Un e-mail vous dira quand la réponse arrive."))
            return redirect("thread", suggestion.uuid)
        if request.FILES and not form.has_error("files"):
            form.add_error("files", _("Choisissez de nouveau vos fichiers : le navigateur ne les a pas gardés."))
    shown = list(Message.objects.between(suggestion))
    if place.may_write and place.proposal.is_new:
        mark_seen(suggestions=[suggestion], side=side)
    # Words that nobody asked for are counted: who is about to write some is told how many are left.
    own = place.proposal.own.organisation
    room = None if shown or place.proposal.other_state == State.INTERESTED else room_of(own)
    # Read from now on; this page still shows them as new.
    new = mark_read(messages=shown, side=side, person=request.user, answers=place.may_write)
    compared = side_by_side(suggestion.need, suggestion.offer)
    if not (shown or kept or form.is_bound):
        # What the two have to talk about is proposed: they change it as they like.
        form.initial["text"] = agenda(compared.points)
    context = {
        "place": place,
        "proposal": place.proposal,
        "compared": compared,
        "own_url": listing_url(place.proposal.own),
        **from_thread(place.proposal, may_write=place.may_write),
        "shown": [(message, message.side == side, message.pk in new) for message in shown],
        "form": form,
        "is_kept": bool(kept),
        "is_set_aside": suggestion.is_dismissed,
        "room": room,
        "owes_answer": bool(shown) and shown[-1].side != side and not suggestion.is_dismissed,
    }
    return render(request, "threads/thread.html", context, status=code)


def _sent(request: HttpRequest, place: Place, form: MessageForm) -> bool:
    """Relay what a valid form says; where it cannot be, the form says why and keeps its words."""
    try:
        send_message(
            suggestion=place.proposal.suggestion,
            side=place.proposal.side,
            author=request.user,
            text=form.cleaned_data["text"],
            form_key=form.cleaned_data["form_key"],
            files=form.cleaned_data["files"],
        )
    except Gone:
        raise Http404 from None
    except NotProposed:
        form.add_error(None, _NOT_PROPOSED)
    except SetAside:
        form.add_error(None, _("L’autre partie a écarté ce rapprochement : elle ne lira pas ce message."))
    except TooManySolicited:
        form.add_error(None, too_many_solicited())
    except SolicitedTooOften:
        form.add_error(None, SOLICITED_TOO_OFTEN)
    except ConversationFull:
        form.add_error("files", _("Cette conversation porte déjà trop de fichiers. Envoyez le texte seul, ou un lien."))
    except NotAllowed:
        # A key of another conversation: no form of ours holds it.
        raise PermissionDenied from None
    return form.is_valid()


@require_safe
def attachment(request: HttpRequest, uuid: UUID, key: UUID) -> HttpResponse:
    """Confirmed members of both sides take a file that was joined to their conversation: to be kept, never opened
    here."""
    place = _place(request, uuid)
    joined = get_object_or_404(Attachment.objects.of(place.proposal.suggestion), uuid=key)
    return handed_over(joined)


@require_POST
def interested(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Owners and members of one side: "interested", then the words to say it."""
    place = _place_to_act(request, uuid)
    try:
        express_interest(suggestion=place.proposal.suggestion, side=place.proposal.side, person=request.user)
    except Gone:
        raise Http404 from None
    except NotProposed:
        messages.warning(request, _NOT_PROPOSED)
        return redirect(listing_url(place.proposal.own))
    except SetAside:
        messages.warning(request, _("L’autre partie a écarté ce rapprochement entre-temps."))
    return redirect("thread", uuid)


@keeps_typed
@require_http_methods(["GET", "HEAD", "POST"])
def dismiss_suggestion(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Owners and members of one side: "not for us", and why."""
    place = _place_to_act(request, uuid)
    proposal = place.proposal
    back = listing_url(proposal.own)
    form = DismissForm(request.POST or None, initial=typed_again(request))
    if request.method == "POST" and form.is_valid():
        try:
            dismiss(
                suggestion=proposal.suggestion,
                side=proposal.side,
                person=request.user,
                reason=form.cleaned_data["reason"],
                note=form.cleaned_data["note"],
            )
        except Gone:
            raise Http404 from None
        messages.success(request, _("« %(title)s » est écarté et ne reviendra pas.") % {"title": proposal.other.title})
        return redirect(back)
    if proposal.state == State.DISMISSED:
        return redirect(back)
    return render(request, "threads/dismiss.html", {"proposal": proposal, "form": form, "back_url": back})


def _place(request: HttpRequest, uuid: UUID) -> Place:
    """The side on which the person acts now, else the one they may read. Raises Http404 for the others."""
    suggestion = get_object_or_404(Suggestion.objects.with_both_sides(), uuid=uuid)
    acting = acting_organisation(request)
    side = next(
        (side for side in SIDES if organisation_of(suggestion, side) == acting and may_read_desk(request.user, acting)),
        None,
    ) or side_of(request.user, suggestion)
    if side is None:
        raise Http404
    return Place(Proposal(suggestion, side), may_act(request.user, suggestion, side))


def _place_to_act(request: HttpRequest, uuid: UUID) -> Place:
    """The same, for somebody who may answer. Raises Http404, PermissionDenied for readers."""
    place = _place(request, uuid)
    if not place.may_write:
        raise PermissionDenied
    return place
