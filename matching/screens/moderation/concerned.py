"""What an organisation reads of a decision on something of its own, and how it asks for another look."""

from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from matching.catalogue.models import Listing
from matching.moderation import services
from matching.moderation.models import Case, State
from matching.moderation.things import kind_named
from matching.screens.access import enter_desk
from matching.screens.limits import REPORTS, TOO_MANY_REQUESTS, is_over
from matching.screens.moderation.forms import AskAgainForm
from matching.screens.signed_out import keeps_typed, typed_again
from matching.screens.waiting import listing_url


@keeps_typed
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def case(request: HttpRequest, slug: str, uuid: UUID) -> HttpResponse:
    """Members read what was decided and why; owners and members ask for another look."""
    desk = enter_desk(request, slug)
    decided = Case.objects.concerning(desk.organisation).exclude(state=State.NEW)
    shown = get_object_or_404(decided if desk.is_confirmed else decided.none(), uuid=uuid)
    form, code = AskAgainForm(request.POST or None, initial=typed_again(request)), 200
    if request.method == "POST":
        if not desk.may_speak:
            raise PermissionDenied
        if form.is_valid() and is_over(request, REPORTS):
            form.add_error(None, REPORTS.sentence)
            code = TOO_MANY_REQUESTS
        elif form.is_valid():
            values: dict[str, Any] = form.cleaned_data
            services.ask_again(
                case=shown,
                by=request.user,
                organisation=desk.organisation,
                text=values["text"],
                form_key=values["form_key"],
            )
            messages.success(request, _("Votre demande est partie. Quelqu’un regardera de nouveau et vous répondra."))
            return redirect("case", slug, uuid)
    kind = kind_named(shown.kind)
    thing = kind.find(shown.key) if kind else None
    # Who reported is never told here, nor in which words.
    steps = [step for step in shown.steps.select_related("organisation") if step.report_id is None]
    context = {
        "desk": desk,
        "case": shown,
        "steps": steps,
        "asked": services.last_review(case=shown, organisation=desk.organisation),
        "form": form,
        "edit_url": listing_url(thing, "edit") if isinstance(thing, Listing) and desk.may_speak else "",
        "contact": settings.CONTACT,
    }
    return render(request, "moderation/concerned.html", context, status=code)
