"""Who was chosen in a call for projects, and why: for anybody, once the authority has published it."""

from uuid import UUID

from django.contrib.auth.decorators import login_not_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from matching.partnerships.calls import moment, winners
from matching.partnerships.models import Call

_A_PAGE = 50


@login_not_required
@require_safe
def chosen(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """The list, in the order of filing: nobody is ranked."""
    calls = Call.objects.select_related("offer__organisation", "offer__territory")
    call = get_object_or_404(calls, offer__uuid=uuid, published_at__isnull=False, offer__hidden_at__isnull=True)
    page = Paginator(winners(call), _A_PAGE).get_page(request.GET.get("page"))
    context = {"call": call, "offer": call.offer, "page_obj": page, "closed": moment(call, call.closes_at)}
    return render(request, "public/winners.html", context)
