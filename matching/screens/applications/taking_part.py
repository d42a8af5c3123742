"""Who takes part in an application: the applicant asks, each organisation answers for itself."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from matching.organisations.services import NotAllowed
from matching.partnerships import parties
from matching.partnerships.models import Party
from matching.partnerships.moves import ImpossibleMove, Side
from matching.screens.acting import memberships_of
from matching.screens.applications.page import shown
from matching.screens.applications.party_forms import InviteForm
from matching.screens.applications.places import Place, place_of
from matching.screens.limits import REQUESTS, is_over


@require_POST
def invite(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Owners and members of the applicant ask another organisation."""
    place = _leading(request, uuid)
    form = InviteForm(request.POST, prefix="invite")
    if form.is_valid() and is_over(request, REQUESTS):
        form.add_error("organisation", REQUESTS.sentence)
    if form.is_valid():
        try:
            parties.invite(application=place.application, person=request.user, **form.cleaned_data)
        except NotAllowed:
            raise Http404 from None
        except ImpossibleMove as error:
            form.add_error("organisation", str(error))
        else:
            messages.success(request, _("Votre demande est partie. Rien ne se dépose avant sa réponse."))
            return redirect("application", uuid)
    return shown(request, place, invite_form=form)


@require_POST
def remove(request: HttpRequest, uuid: UUID, party: UUID) -> HttpResponse:
    """Owners and members of the applicant go on without that organisation."""
    place = _leading(request, uuid)
    found = _party(place, party)
    return _done(
        request, uuid, lambda: parties.remove(party=found, person=request.user), _("C’est retiré de la candidature.")
    )


@require_POST
def answer(request: HttpRequest, uuid: UUID, party: UUID) -> HttpResponse:
    """Owners and members of the organisation that is asked: yes, no, or no more."""
    place = place_of(request, uuid)
    found = _party(place, party)
    own = next((one for one in memberships_of(request) if one.organisation_id == found.organisation_id), None)
    if own is None or place.side != Side.APPLICANT:
        raise Http404
    said = request.POST.get("answer", "")
    make: dict[str, tuple[Any, str]] = {
        "yes": (lambda: parties.answer(party=found, person=request.user, agrees=True), _("Votre accord est noté.")),
        "no": (lambda: parties.answer(party=found, person=request.user, agrees=False), _("Votre refus est noté.")),
        "leave": (lambda: parties.leave(party=found, person=request.user), _("Vous ne prenez plus part.")),
    }
    if said not in make:
        raise Http404
    return _done(request, uuid, *make[said], refused=PermissionDenied)


def _done(
    request: HttpRequest, uuid: UUID, make: Any, sentence: str, refused: type[Exception] = Http404
) -> HttpResponse:
    try:
        make()
    except NotAllowed:
        raise refused from None
    except ImpossibleMove as error:
        messages.warning(request, str(error))
    else:
        messages.success(request, sentence)
    try:
        place_of(request, uuid)
    except Http404:
        # Who said no reads it no more.
        return redirect("desk")
    return redirect("application", uuid)


def _leading(request: HttpRequest, uuid: UUID) -> Place:
    place = place_of(request, uuid)
    if place.side != Side.APPLICANT or not place.leads:
        raise Http404
    if not place.may_act:
        raise PermissionDenied
    return place


def _party(place: Place, uuid: UUID) -> Party:
    return get_object_or_404(Party.objects.filter(application=place.application), uuid=uuid)
