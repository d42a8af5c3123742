"""« Déposer une candidature »: from an offer's page or a conversation to a draft, and the draft until it is filed."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from matching.catalogue.eligibility import verdict_for
from matching.catalogue.models import Need, Offer
from matching.organisations.models import Membership, Organisation, Role
from matching.organisations.services import NotAllowed
from matching.partnerships.applications import begin, write
from matching.partnerships.models import Application
from matching.partnerships.moves import ImpossibleMove, Side
from matching.screens.acting import acting_organisation, memberships_of
from matching.screens.applications.forms import ApplicationForm, written
from matching.screens.applications.places import place_of
from matching.screens.eligibility import SaidVerdict, verdict_in_words
from matching.screens.proposals import Proposal
from matching.screens.signed_out import keeps_typed, typed_again

_MOST_CHOICES = 100


@keeps_typed
@require_http_methods(["GET", "HEAD", "POST"])
def apply(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Anybody signed in reads how; owners and members of a collective begin a draft for it."""
    offer = get_object_or_404(Offer.objects.published().for_cards(), uuid=uuid)
    member = _applicant(request)
    if member is None:
        return render(request, "applications/nobody.html", {"offer": offer})
    needs = _needs_of(member, offer)
    form = _form(request, offer, needs)
    if request.method == "POST" and form.is_valid():
        try:
            application = begin(
                offer=offer,
                applicant=member.organisation,
                person=request.user,
                facts=form.facts,
                form_key=form.cleaned_data["form_key"],
                need=form.chosen_need,
            )
        except NotAllowed:
            raise Http404 from None
        messages.success(request, _("Votre brouillon est gardé. Relisez-le, puis déposez-le."))
        return redirect("application", application.uuid)
    context = {
        "form": form,
        "offer": offer,
        "applicant": member.organisation,
        "application": None,
        "verdict": _verdict(member.organisation, offer),
    }
    return render(request, "applications/write.html", context)


@keeps_typed
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Owners and members of the applicant change what it says, as long as it is theirs."""
    place = place_of(request, uuid)
    if place.side != Side.APPLICANT or not place.may_act or not place.leads:
        raise Http404
    application = place.application
    if not application.is_open_to_applicant:
        messages.warning(request, _("Cette candidature ne change plus : son instruction a commencé."))
        return redirect("application", uuid)
    form = _form(request, application.offer, [], initial=written(application))
    if request.method == "POST" and form.is_valid():
        try:
            write(application=application, person=request.user, facts=form.facts)
        except NotAllowed:
            raise Http404 from None
        except ImpossibleMove as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("C’est enregistré."))
            return redirect("application", uuid)
    context = {
        "form": form,
        "offer": application.offer,
        "applicant": application.applicant,
        "application": application,
        "verdict": _verdict(application.applicant, application.offer),
    }
    return render(request, "applications/write.html", context)


def from_thread(proposal: Proposal, *, may_write: bool) -> dict[str, Any]:
    """For the page of a conversation: the collective's application to that offer, or where to begin it."""
    suggestion = proposal.suggestion
    theirs = Application.objects.filter(offer=suggestion.offer, applicant=suggestion.need.organisation)
    if proposal.side == "offer":
        theirs = theirs.filter(filed_at__isnull=False)
    found = theirs.order_by("-pk").first()
    may_begin = not found and proposal.side == "need" and may_write and suggestion.offer.is_published
    address = f"{reverse('apply', args=[suggestion.offer.uuid])}?besoin={suggestion.need.uuid}" if may_begin else ""
    return {"begun": found, "apply_url": address}


def _applicant(request: HttpRequest) -> Membership | None:
    """The collective for which this person may apply: the one they act for, else their first."""
    acting = acting_organisation(request)
    may = [
        own
        for own in memberships_of(request)
        if own.is_confirmed and own.role in (Role.OWNER, Role.MEMBER) and not own.organisation.is_authority
    ]
    return next((own for own in may if own.organisation == acting), may[0] if may else None)


def _verdict(applicant: Organisation, offer: Offer) -> SaidVerdict | None:
    """Where the collective stands before the conditions of the offer; None where it poses none."""
    verdict = verdict_for(applicant, offer, localdate())
    return verdict_in_words(verdict) if verdict.findings else None


def _needs_of(member: Membership, offer: Offer) -> list[Need]:
    return list(Need.objects.published().filter(organisation=member.organisation).order_by("-pk")[:_MOST_CHOICES])


def _form(
    request: HttpRequest, offer: Offer, needs: list[Need], initial: dict[str, Any] | None = None
) -> ApplicationForm:
    """As sent now, or as it was typed before signing in again, or as it begins."""
    if request.method == "POST":
        return ApplicationForm(request.POST, offer=offer, needs=needs)
    first: dict[str, Any] = {"need": request.GET.get("besoin", ""), **(initial or {})}
    first |= typed_again(request)
    chosen = next((need for need in needs if str(need.uuid) == first["need"]), None)
    if chosen and "title" not in first:
        first |= {"title": chosen.title, "purpose": chosen.text, "brings": chosen.contribution}
    return ApplicationForm(offer=offer, needs=needs, initial=first)
