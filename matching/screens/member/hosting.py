"""Who carries whom: a collective names its host, the host's owner says yes or no. Others get 404."""

from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from matching.organisations.models import Organisation
from matching.organisations.permissions import may_manage, may_read_desk
from matching.organisations.services import ask_host, confirm_guest, part_from_host
from matching.screens.limits import REQUESTS, is_over
from matching.screens.member.forms import HostForm


@require_POST
def name_host(request: HttpRequest, slug: str) -> HttpResponse:
    """Owners of a collective: name who carries it, or take that back."""
    guest = _managed(request, slug)
    if guest.is_authority:
        raise Http404
    if request.POST.get("action") == "part":
        part_from_host(guest=guest, by=request.user)
        messages.success(request, _("C’est retiré : plus personne ne vous porte."))
        return redirect("members", guest.slug)
    form = HostForm(request.POST, guest=guest)
    if form.is_valid() and is_over(request, REQUESTS):
        form.add_error("host", REQUESTS.sentence)
    if not form.is_valid():
        for error in form.errors["host"]:
            messages.error(request, error)
        return redirect("members", guest.slug)
    guest = ask_host(guest=guest, host=form.cleaned_data["host"], by=request.user)
    if guest.awaits_its_host:
        messages.success(request, _("Votre demande est partie. Elle comptera dès qu’elle sera confirmée."))
    else:
        messages.success(request, _("C’est noté : cette organisation vous porte."))
    return redirect("members", guest.slug)


@require_POST
def answer(request: HttpRequest, slug: str, uuid: UUID) -> HttpResponse:
    """Owners of the host and staff: it carries this collective, it does not, or no more."""
    host = _managed(request, slug)
    guest = get_object_or_404(Organisation.objects.select_related("host"), uuid=uuid, host=host)
    if request.POST.get("action") == "confirm":
        confirm_guest(guest=guest, by=request.user)
        messages.success(request, _("C’est confirmé : vous portez %(name)s.") % {"name": guest.name})
    elif request.POST.get("action") == "part":
        part_from_host(guest=guest, by=request.user)
        messages.success(request, _("C’est noté : vous ne portez pas %(name)s.") % {"name": guest.name})
    return redirect("members", host.slug)


def _managed(request: HttpRequest, slug: str) -> Organisation:
    """An organisation that this person manages. Raises Http404 for strangers, PermissionDenied for its members."""
    organisation = get_object_or_404(Organisation.objects.select_related("host"), slug=slug)
    if not may_manage(request.user, organisation):
        if may_read_desk(request.user, organisation):
            raise PermissionDenied
        raise Http404
    return organisation
