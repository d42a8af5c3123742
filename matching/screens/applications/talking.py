"""The conversation inside an application, and the notes that its authority keeps apart."""

from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from matching.organisations.services import NotAllowed
from matching.partnerships.remarks import files_for, say
from matching.partnerships.services import ConversationFull
from matching.screens.applications.page import shown
from matching.screens.applications.places import Place, place_of
from matching.screens.applications.remark_forms import NoteForm, RemarkForm
from matching.screens.downloads import handed_over
from matching.screens.limits import MESSAGES, is_over
from matching.screens.signed_out import keeps_typed, take_typed


@keeps_typed
@require_http_methods(["GET", "HEAD", "POST"])
def write(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Owners and members of both sides write to the other, once it is filed."""
    place = _place_to_talk(request, uuid)
    return _said(request, place, RemarkForm, "say", is_internal=False)


@keeps_typed
@require_http_methods(["GET", "HEAD", "POST"])
def note(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Owners and members of the authority keep a note that the collective never reads."""
    place = _place_to_talk(request, uuid)
    if not place.is_authority:
        raise Http404
    return _said(request, place, NoteForm, "note", is_internal=True)


@require_safe
def joined(request: HttpRequest, uuid: UUID, key: UUID) -> HttpResponse:
    """Confirmed members of both sides take a file that was joined to what they read."""
    place = place_of(request, uuid)
    return handed_over(get_object_or_404(files_for(place.application, place.side), uuid=key))


def _said(
    request: HttpRequest, place: Place, form_class: type[RemarkForm], prefix: str, *, is_internal: bool
) -> HttpResponse:
    if request.method != "POST":
        # Back from signing in: what was typed before waits in its box.
        held = take_typed(request)
        typed = held[0].get(f"{prefix}-text", [""])[-1] if held else ""
        return shown(request, place, **{f"{prefix}_form": form_class(prefix=prefix, initial={"text": typed})})
    form = form_class(request.POST, request.FILES, prefix=prefix)
    if form.is_valid() and is_over(request, MESSAGES):
        form.add_error(None, MESSAGES.sentence)
    if form.is_valid():
        try:
            say(
                application=place.application,
                organisation=place.member.organisation,
                person=request.user,
                is_internal=is_internal,
                **form.cleaned_data,
            )
        except NotAllowed:
            raise PermissionDenied from None
        except ConversationFull:
            form.add_error("files", _("Ce dossier porte déjà trop de fichiers. Écrivez sans, ou donnez un lien."))
        else:
            messages.success(request, _("C’est noté.") if is_internal else _("Votre message est parti."))
            return redirect(f"{reverse('application', args=[place.application.uuid])}#messages")
    return shown(request, place, **{f"{prefix}_form": form})


def _place_to_talk(request: HttpRequest, uuid: UUID) -> Place:
    place = place_of(request, uuid)
    if not place.may_act:
        raise PermissionDenied
    if not place.may_talk:
        raise Http404
    return place
