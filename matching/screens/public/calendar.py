"""The calendar of a place, for anybody: when it opens, and which hours nobody holds. Nobody is named."""

from uuid import UUID

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from matching.catalogue.models import Offer
from matching.catalogue.past import week_of
from matching.catalogue.permissions import may_see
from matching.screens.calendar import calendar_context


@login_not_required
@require_safe
def calendar(request: HttpRequest, uuid: UUID, slug: str) -> HttpResponse:
    """One week of a place that has told its hours."""
    offer = get_object_or_404(Offer.objects.for_page(), uuid=uuid)
    if not may_see(request.user, offer) or not week_of(offer):
        raise Http404
    context = calendar_context(offer, request.GET.get("semaine", ""), with_past=False)
    return render(request, "public/calendar.html", {"offer": offer, **context})
