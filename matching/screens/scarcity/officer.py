"""For the officer: what an offer can still give, and the calendar of a place with who holds or asks for what."""

from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import Count, Sum
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from matching.catalogue.envelopes import AlreadyGiven, room_read, set_limits
from matching.catalogue.models import Kind, Offer
from matching.catalogue.past import week_of
from matching.organisations.models import Side
from matching.partnerships.models import Application, Spending
from matching.screens.access import Desk, enter_desk
from matching.screens.calendar import calendar_context
from matching.screens.scarcity.forms import EnvelopeForm, given_already

_A_PAGE = 50


@require_http_methods(["GET", "HEAD", "POST"])
def envelope(request: HttpRequest, slug: str, uuid: UUID) -> HttpResponse:
    """Confirmed members read what is granted and left; owners and members say how much there is."""
    desk = enter_desk(request, slug, side=Side.AUTHORITY)
    offer = _offer_of(desk, uuid, "resources")
    if request.method == "POST" and not desk.may_speak:
        raise PermissionDenied
    room = room_read(offer)
    has_money = Kind.FUNDING in offer.kinds
    initial = {"total_cents": room.total_cents, "places": room.places}
    form = EnvelopeForm(request.POST or None, initial=initial, has_money=has_money)
    if request.method == "POST" and form.is_valid():
        values = form.cleaned_data
        try:
            # What the form does not show stays as it is.
            set_limits(offer=offer, total_cents=values.get("total_cents", room.total_cents), places=values["places"])
        except AlreadyGiven as error:
            form.add_error(None, given_already(error.room))
        else:
            messages.success(request, _("C’est enregistré. Rien ne sera accordé au-delà."))
            return redirect("offer_envelope", slug, uuid)
    spent = Spending.objects.filter(partnership__offer=offer).select_related("partnership__application__applicant")
    waiting = Application.objects.received_by(desk.organisation).filter(offer=offer).undecided().order_by()
    context = {
        "desk": desk,
        "offer": offer,
        "room": room,
        "has_money": has_money,
        "form": form,
        "page_obj": Paginator(spent.order_by("-at", "-pk"), _A_PAGE).get_page(request.GET.get("page")),
        "waiting": waiting.aggregate(count=Count("pk"), cents=Sum("asked_cents")),
    }
    return render(request, "scarcity/envelope.html", context)


@require_safe
def calendar(request: HttpRequest, slug: str, uuid: UUID) -> HttpResponse:
    """Confirmed members: one week of a place, who holds which hours and who asks for them."""
    desk = enter_desk(request, slug, side=Side.AUTHORITY)
    offer = _offer_of(desk, uuid, "resources", "slots", "closures")
    if not week_of(offer):
        raise Http404
    context = calendar_context(offer, request.GET.get("semaine", ""), with_past=True)
    return render(request, "scarcity/calendar.html", {"desk": desk, "offer": offer, "names": True, **context})


def _offer_of(desk: Desk, uuid: UUID, *held: str) -> Offer:
    offers = Offer.objects.of(desk.organisation) if desk.is_confirmed else Offer.objects.none()
    rows = offers.select_related("organisation", "territory", "envelope")
    return get_object_or_404(rows.prefetch_related(*held), uuid=uuid)
