"""The public register: what authorities and collectives have agreed. Anybody reads it; nobody's name is in it."""

from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.core.paginator import Paginator
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.timezone import localdate
from django.views.decorators.http import require_safe

from matching.catalogue.models import Kind, Offer
from matching.exchange.aid_schemes import schemes_file
from matching.exchange.scdl import grants_file, told
from matching.organisations.discretion import told_territory
from matching.organisations.models import Organisation
from matching.partnerships.models import Partnership
from matching.screens.anonymous import same_for_strangers
from matching.screens.register.forms import RegisterFilterForm
from matching.territories.models import Territory

PAGE_SIZE = 20


def public_partnerships() -> QuerySet[Partnership]:
    """Those that are signed, with what the register tells, in a fixed number of queries."""
    return (
        Partnership.objects.agreed()
        .with_sides()
        .select_related("authority__territory", "grant_notice")
        .prefetch_related("parties__organisation__territory", "offer__resources")
        .order_by("-signed_on", "-id")
    )


@login_not_required
@require_safe
@same_for_strangers
def register(request: HttpRequest) -> HttpResponse:
    """The list, the latest first."""
    form = RegisterFilterForm(request.GET or None)
    rows = public_partnerships()
    if form.is_valid():
        rows = _filtered(rows, form.cleaned_data)
    page = Paginator(rows, PAGE_SIZE).get_page(request.GET.get("page"))
    return render(request, "register/register.html", {"form": form, "page_obj": page, "is_filtered": any(request.GET)})


@login_not_required
@require_safe
@same_for_strangers
def entry(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """One agreed partnership."""
    found = get_object_or_404(public_partnerships(), uuid=uuid)
    sides = [
        (party, party.organisation, told_territory(party.organisation, party.organisation.territory))
        for party in found.parties.all()
    ]
    context = {"partnership": found, "sides": sides, "offer": found.offer, "today": localdate()}
    return render(request, "register/entry.html", context)


@login_not_required
@require_safe
def grants(request: HttpRequest) -> HttpResponse:
    """Grants in the shape of SCDL subventions 2.1.1: of all authorities, or of one (?collectivite=slug)."""
    rows = public_partnerships()
    if slug := request.GET.get("collectivite", ""):
        rows = rows.filter(authority=get_object_or_404(Organisation.objects.authorities(), slug=slug))
    return _csv("subventions", grants_file(told(rows.iterator(chunk_size=500))))


@login_not_required
@require_safe
def schemes(request: HttpRequest) -> HttpResponse:
    """Published funding offers in the shape of etalab/dispositif-aide 0.2.0."""
    offers = (
        Offer.objects.live(localdate())
        .filter(resources__kind=Kind.FUNDING)
        .distinct()
        .select_related("organisation", "perimeter")
        .prefetch_related("resources")
        .order_by("id")
    )
    return _csv("dispositifs-d-aide", schemes_file(offers.iterator(chunk_size=500), settings.BASE_URL))


def _filtered(rows: QuerySet[Partnership], asked: dict[str, Any]) -> QuerySet[Partnership]:
    if asked["territory"]:
        around = Territory.objects.around(asked["territory"])
        rows = rows.filter(Q(authority__territory__in=around))
    if asked["kind"]:
        rows = rows.filter(offer__resources__kind=asked["kind"]).distinct()
    if asked["year"]:
        rows = rows.filter(signed_on__year=asked["year"])
    return rows


def _csv(name: str, content: bytes) -> HttpResponse:
    response = HttpResponse(content, content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    return response
