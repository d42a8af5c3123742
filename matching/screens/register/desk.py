"""What the law asks of an authority: its grants as they are published, and those that cannot be yet, with the mend."""

from dataclasses import dataclass
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from matching.exchange.scdl import Lack, Told, told
from matching.organisations.models import Side
from matching.partnerships.register import UnfitNotice, write_notice
from matching.screens.access import enter_desk
from matching.screens.register.errands import PUBLISHED_WITHIN
from matching.screens.register.forms import NoticeForm
from matching.screens.register.public import public_partnerships


@dataclass(frozen=True)
class Refused:
    """A partnership that the file cannot hold yet, with the addresses where it is mended."""

    told: Told
    lacks: list[tuple[Lack, str]]
    is_late: bool


@require_GET
def grants(request: HttpRequest, slug: str) -> HttpResponse:
    """Members of the authority."""
    desk = enter_desk(request, slug, side=Side.AUTHORITY)
    if not desk.is_confirmed:
        raise Http404
    found = list(told(public_partnerships().filter(authority=desk.organisation)))
    today = localdate()
    refused = [
        Refused(
            one,
            [(lack, _where(lack, one, slug)) for lack in one.lacks],
            bool(one.partnership.signed_on and one.partnership.signed_on + PUBLISHED_WITHIN < today),
        )
        for one in found
        if one.lacks
    ]
    context = {"desk": desk, "published": [one for one in found if one.rows], "refused": refused}
    return render(request, "register/desk.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def notice(request: HttpRequest, slug: str, uuid: UUID) -> HttpResponse:
    """Owners and members of the authority: how one grant is paid."""
    desk = enter_desk(request, slug, side=Side.AUTHORITY)
    if not desk.may_speak:
        raise Http404
    partnership = get_object_or_404(public_partnerships().filter(authority=desk.organisation), uuid=uuid)
    form = NoticeForm.of(getattr(partnership, "grant_notice", None), request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            write_notice(partnership=partnership, person=request.user, **form.cleaned_data)
            messages.success(request, _("C’est noté : la ligne suit dans le fichier des subventions."))
            return redirect("desk_register", slug)
        except UnfitNotice as unfit:
            form.add_error(unfit.field, str(unfit))
    return render(request, "register/notice.html", {"desk": desk, "partnership": partnership, "form": form})


def _where(lack: Lack, one: Told, slug: str) -> str:
    """The address where it is mended."""
    if lack.where == "notice":
        return reverse("desk_register_notice", args=[slug, one.partnership.uuid])
    if lack.where == "siret":
        return reverse("organisation_numbers", args=[slug])
    return reverse("partnership", args=[one.partnership.uuid])
