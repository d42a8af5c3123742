"""Lists of applications: a collective's own, and those that an authority received for an offer, by filing date."""

from typing import Any
from uuid import UUID

from django.core.paginator import Page, Paginator
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_safe

from matching.catalogue.models import Offer
from matching.organisations.models import Role
from matching.partnerships.models import Application, State
from matching.screens.access import enter_desk
from matching.screens.acting import acting_membership

_A_PAGE = 50
#: The tabs of an offer's list: the word of the address, and the states that it shows.
_TABS = {
    "": (State.FILED, State.EXAMINATION),
    "decidees": (State.ACCEPTED, State.DECLINED, State.CLOSED),
    "retirees": (State.WITHDRAWN,),
}


@require_safe
def applications(request: HttpRequest) -> HttpResponse:
    """Confirmed members: the applications of the organisation for which they act."""
    member = acting_membership(request)
    if member is None:
        return redirect("member_start")
    organisation = member.organisation
    if organisation.is_authority:
        rows = Offer.objects.of(organisation).annotate(
            received=Count("applications", filter=Q(applications__filed_at__isnull=False)),
            waiting=Count("applications", filter=Q(applications__state__in=_TABS[""])),
        )
        page = _page_of(request, rows.filter(received__gt=0).order_by("-waiting", "-pk"))
        return render(request, "applications/received.html", {"organisation": organisation, "page_obj": page})
    found = Application.objects.of(organisation).select_related("offer__organisation", "applicant")
    page = _page_of(request, found.order_by("-updated_at", "-pk"))
    drafts = [one for one in page if one.state == State.DRAFT and one.applicant_id == organisation.pk]
    # One alone is filed from its page.
    may_file = len(drafts) > 1 and member.role in (Role.OWNER, Role.MEMBER)
    context = {"organisation": organisation, "page_obj": page, "may_file": may_file}
    return render(request, "applications/ours.html", context)


@require_safe
def offer_applications(request: HttpRequest, slug: str, uuid: UUID) -> HttpResponse:
    """Confirmed members of the authority: what was received for one of its offers. By filing date, and nothing else."""
    desk = enter_desk(request, slug, side="authority")
    offers = Offer.objects.of(desk.organisation) if desk.is_confirmed else Offer.objects.none()
    offer = get_object_or_404(offers, uuid=uuid)
    received = Application.objects.received_by(desk.organisation).filter(offer=offer)
    counted = dict(received.order_by().values_list("state").annotate(count=Count("pk")))
    tab = request.GET.get("etat", "")
    tab = tab if tab in _TABS else ""
    page = _page_of(request, received.filter(state__in=_TABS[tab]).select_related("applicant", "officer"))
    context = {
        "desk": desk,
        "offer": offer,
        "page_obj": page,
        "tab": tab,
        "counts": {
            word or "ouvertes": sum(counted.get(state, 0) for state in states) for word, states in _TABS.items()
        },
    }
    return render(request, "applications/offer_applications.html", context)


def _page_of(request: HttpRequest, rows: QuerySet[Any]) -> Page:
    return Paginator(rows, _A_PAGE).get_page(request.GET.get("page"))
