"""For whoever was named to assess: what waits for them in a call, and one assessment, handed in once for all."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Exists, OuterRef
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from matching.organisations.services import NotAllowed
from matching.partnerships import calls
from matching.partnerships.models import Application, Assessment, Assessor
from matching.partnerships.permissions import may_assess, may_read_assessments
from matching.screens.applications.sheets import sheet_of
from matching.screens.calls.forms import AssessmentForm

_A_PAGE = 50


@never_cache
@require_safe
def to_assess(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Whoever was named in this call, and is still of the authority: what was filed, first what they have not seen."""
    named = get_object_or_404(
        Assessor.objects.active().select_related("call__offer__organisation", "call__offer__territory"),
        call__offer__uuid=uuid,
        person=request.user,
    )
    mine = Assessment.objects.filter(application=OuterRef("pk"), assessor=named)
    rows = calls.competing(named.call).annotate(is_done=Exists(mine)).select_related("applicant")
    page = Paginator(rows.order_by("is_done", "filed_at", "pk"), _A_PAGE).get_page(request.GET.get("page"))
    context = {"call": named.call, "offer": named.call.offer, "page_obj": page}
    return render(request, "calls/to_assess.html", context)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def assess(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Assess, then read the others; the officers of the authority read."""
    application = get_object_or_404(
        Application.objects.select_related("offer__organisation", "offer__call", "applicant"),
        uuid=uuid,
        filed_at__isnull=False,
        offer__call__isnull=False,
    )
    person: Any = request.user
    is_asked = may_assess(person, application)
    reads = may_read_assessments(person, application)
    if not (reads or is_asked) or (request.method == "POST" and not is_asked and not reads):
        raise Http404
    form = None
    if is_asked:
        form = AssessmentForm(request.POST or None, criteria=application.offer.call.criteria.all())
    if request.method == "POST":
        if form is None:
            messages.warning(request, _("Votre évaluation est déjà rendue, ou la décision est prise."))
            return redirect("application_assess", uuid)
        if form.is_valid():
            try:
                calls.assess(
                    application=application, person=person, marks=form.marks, comment=form.cleaned_data["comment"]
                )
            except NotAllowed:
                raise Http404 from None
            except calls.Refused as error:
                form.add_error(None, str(error))
            else:
                messages.success(request, _("Votre évaluation est rendue. Vous pouvez lire celles des autres."))
                return redirect("application_assess", uuid)
    context = {
        "application": application,
        "call": application.offer.call,
        "sheet": sheet_of(application.filed),
        "form": form,
        "assessments": calls.assessments_of(application) if reads else (),
        "reads": reads,
    }
    return render(request, "calls/assess.html", context)
