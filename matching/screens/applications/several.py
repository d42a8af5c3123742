"""The same project for several offers: choose them, then file the drafts together."""

from uuid import UUID, uuid4

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods, require_POST

from matching.catalogue.models import Offer
from matching.organisations.models import Role
from matching.organisations.services import NotAllowed
from matching.partnerships.models import Application, State
from matching.partnerships.moves import Side
from matching.partnerships.several import MOST_AT_ONCE, copy_to, elsewhere, file_several
from matching.screens.acting import acting_membership
from matching.screens.applications.places import place_of
from matching.screens.fields import FormKeyField


class ElsewhereForm(forms.Form):
    """Which other offers."""

    form_key = FormKeyField(initial=uuid4)
    offers = forms.MultipleChoiceField(
        label=gettext_lazy("À quelles autres offres ?"),
        widget=forms.CheckboxSelectMultiple,
        error_messages={
            "required": gettext_lazy("Cochez au moins une offre."),
            "invalid_choice": gettext_lazy("Cette offre n’est plus proposée. Choisissez dans la liste."),
        },
    )

    def __init__(self, *args: object, found: list[Offer], **options: object) -> None:
        super().__init__(*args, **options)
        self.found = {str(offer.uuid): offer for offer in found}
        self.fields["offers"].choices = [
            (key, f"{offer.title} · {offer.organisation.name}") for key, offer in self.found.items()
        ]

    def clean_offers(self) -> list[Offer]:
        chosen = self.cleaned_data["offers"]
        if len(chosen) > MOST_AT_ONCE:
            raise forms.ValidationError(_("%(most)s offres au plus à la fois.") % {"most": MOST_AT_ONCE})
        return [self.found[key] for key in chosen]


@require_http_methods(["GET", "HEAD", "POST"])
def choose(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Owners and members of the applicant choose other offers for the same project."""
    place = place_of(request, uuid)
    if place.side != Side.APPLICANT or not place.leads:
        raise Http404
    if not place.may_act:
        raise PermissionDenied
    application = place.application
    form = ElsewhereForm(request.POST or None, found=elsewhere(application))
    if request.method == "POST" and form.is_valid():
        try:
            copies = copy_to(
                application=application,
                offers=form.cleaned_data["offers"],
                person=request.user,
                form_key=form.cleaned_data["form_key"],
            )
        except NotAllowed:
            raise Http404 from None
        said = ngettext(
            "%(count)s brouillon est prêt. Relisez-le, puis déposez-le.",
            "%(count)s brouillons sont prêts. Relisez-les, puis déposez-les ensemble.",
            len(copies),
        )
        messages.success(request, said % {"count": len(copies)})
        return redirect("applications")
    return render(request, "applications/elsewhere.html", {"application": application, "form": form})


@require_POST
def file_chosen(request: HttpRequest) -> HttpResponse:
    """Owners and members of the collective for which one acts file the drafts that they have ticked."""
    member = acting_membership(request)
    if member is None or member.organisation.is_authority:
        raise Http404
    if member.role not in (Role.OWNER, Role.MEMBER):
        raise PermissionDenied
    keys = [key for key in request.POST.getlist("application")[:MOST_AT_ONCE] if _is_uuid(key)]
    drafts = Application.objects.filter(applicant=member.organisation, state=State.DRAFT, uuid__in=keys)
    outcomes = file_several(applications=drafts.with_sides().order_by("pk"), person=request.user)
    filed = sum(not one.why for one in outcomes)
    if filed:
        said = ngettext("%(count)s candidature déposée.", "%(count)s candidatures déposées.", filed)
        messages.success(request, said % {"count": filed})
    for one in outcomes:
        if one.why:
            title = {"offer": one.application.offer.title, "why": one.why}
            messages.warning(request, _("« %(offer)s » n’est pas déposée. %(why)s") % title)
    if not outcomes:
        messages.warning(request, _("Cochez au moins un brouillon."))
    return redirect("applications")


def _is_uuid(text: str) -> bool:
    try:
        UUID(text)
    except ValueError:
        return False
    return True
