"""Where a collective meets, and how much of it everybody reads. Its members only."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from matching.catalogue.services import needs_that_tell
from matching.organisations.models import Side
from matching.organisations.services import set_discretion
from matching.screens.access import enter_desk
from matching.screens.member.forms import DiscretionForm


@require_http_methods(["GET", "HEAD", "POST"])
def discretion(request: HttpRequest, slug: str) -> HttpResponse:
    """Confirmed members read; owners and members change. Others, and authorities: 404."""
    desk = enter_desk(request, slug, side=Side.COLLECTIVE)
    if not desk.is_confirmed:
        raise Http404
    organisation = desk.organisation
    if request.method == "POST" and not desk.may_speak:
        raise PermissionDenied
    form = DiscretionForm(
        request.POST or None,
        initial={"meeting_place": organisation.meeting_place, "discretion": organisation.discretion},
    )
    if request.method == "POST" and form.is_valid():
        set_discretion(organisation=organisation, by=request.user, **form.cleaned_data)
        messages.success(request, _("C’est enregistré, et déjà appliqué partout."))
        return redirect("discretion", slug)
    context = {"desk": desk, "form": form, "telling": needs_that_tell(organisation=organisation)}
    return render(request, "member/discretion.html", context)
