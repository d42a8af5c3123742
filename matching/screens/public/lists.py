"""The public lists: what they hold, under which filters, page by page."""

from datetime import timedelta
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import HttpRequest
from django.utils.timezone import localdate

from matching.catalogue.models import Need, Offer
from matching.organisations.models import Organisation

PAGE_SIZE = 20


def listed_offers(filters: dict[str, Any]) -> QuerySet[Offer]:
    """Live offers under these filters, newest first."""
    return _filtered(Offer.objects.live(localdate()).for_cards(), filters, deadline="closes")


def listed_needs(filters: dict[str, Any]) -> QuerySet[Need]:
    """Live needs under these filters, newest first."""
    return _filtered(Need.objects.live(localdate()).for_cards(), filters, deadline="ends")


def listed_organisations(filters: dict[str, Any]) -> QuerySet[Organisation]:
    """Organisations that are here: verified, or with something published; not the whole official table."""
    offers = Offer.objects.published().filter(organisation=OuterRef("pk"))
    needs = Need.objects.published().filter(organisation=OuterRef("pk"))
    rows = Organisation.objects.filter(Q(verified_at__isnull=False) | Exists(offers) | Exists(needs))
    if side := filters.get("side"):
        rows = rows.filter(side=side)
    if words := filters.get("q"):
        rows = rows.filter(name__icontains=words)
    if territory := filters.get("territory"):
        rows = rows.filter(
            Q(territory=territory)
            | Q(territory__in=territory.containers.all())
            | Q(territory__in=territory.contents.all())
        )
    return rows.select_related("territory").order_by("name", "id")


def page_of(request: HttpRequest, rows: QuerySet) -> Page:
    """The page asked for; the nearest one where that number means nothing."""
    return Paginator(rows, PAGE_SIZE).get_page(request.GET.get("page"))


def _filtered(rows: Any, filters: dict[str, Any], *, deadline: str) -> Any:
    if kind := filters.get("kind"):
        rows = rows.of_kind(kind)
    if theme := filters.get("theme"):
        rows = rows.about(theme)
    if territory := filters.get("territory"):
        rows = rows.around(territory)
    within = filters.get("within")
    if within == "none":
        rows = rows.filter(**{f"{deadline}__isnull": True})
    elif within:
        rows = rows.filter(**{f"{deadline}__lte": localdate() + timedelta(days=int(within))})
    return rows.order_by("-published_at", "-id")
