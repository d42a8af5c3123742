"""Pass something on: to a colleague, or to the desk of another authority. Nobody's address is ever typed."""

from typing import Any
from uuid import UUID, uuid4

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from matching.catalogue.models import Listing, Offer
from matching.organisations.models import Membership, Organisation, Role
from matching.organisations.services import NotAllowed
from matching.partnerships.models import Transmission
from matching.partnerships.solicitations import SolicitedTooOften, TooManySolicited
from matching.partnerships.transmissions import LONGEST_NOTE, NobodyThere, colleagues_of, mark_seen, pass_on
from matching.people.models import Person
from matching.screens.acting import acting_membership, memberships_of
from matching.screens.fields import FormKeyField, TidyCharField, text_area
from matching.screens.limits import MESSAGES, TOO_MANY_REQUESTS, is_over
from matching.screens.signed_out import keeps_typed, typed_again
from matching.screens.territory_field import TerritoryField
from matching.screens.threads.proposing import MODELS, public_url
from matching.screens.threads.sentences import too_many_solicited
from matching.suggestions.models import Suggestion
from matching.suggestions.permissions import SIDES, organisation_of


class PassOnForm(forms.Form):
    """To one colleague, or to one authority."""

    form_key = FormKeyField(initial=uuid4)
    colleague = forms.ChoiceField(
        label=gettext_lazy("À une personne de votre organisation"),
        required=False,
        error_messages={"invalid_choice": gettext_lazy("Choisissez une personne dans la liste.")},
    )
    authority = TerritoryField(
        label=gettext_lazy("Au bureau d’une autre collectivité"),
        help_text=gettext_lazy("Le nom de son territoire. Les personnes qui agissent pour elle le verront."),
        required=False,
    )
    note = TidyCharField(
        label=gettext_lazy("Un mot pour dire pourquoi"), required=False, max_length=LONGEST_NOTE, widget=text_area(3)
    )

    def __init__(
        self, *args: Any, colleagues: list[Person], organisation: Organisation, only_colleagues: bool, **options: Any
    ):
        super().__init__(*args, **options)
        self.organisation = organisation
        names = [(str(person.uuid), person.get_full_name()) for person in colleagues]
        self.fields["colleague"].choices = [("", _("Personne pour l’instant")), *names]
        self.people = {str(person.uuid): person for person in colleagues}
        if only_colleagues:
            del self.fields["authority"]
        if not colleagues:
            del self.fields["colleague"]

    def clean_colleague(self) -> Person | None:
        return self.people.get(self.cleaned_data["colleague"])

    def clean_authority(self) -> Organisation | None:
        territory = self.cleaned_data["authority"]
        if territory is None:
            return None
        found = Organisation.objects.authorities().verified().filter(territory=territory)
        authority = found.exclude(pk=self.organisation.pk).first()
        if authority is None:
            raise ValidationError(_("Cette collectivité n’est pas encore inscrite ici : personne ne le lirait."))
        return authority

    def clean(self) -> dict[str, Any]:
        values = super().clean()
        chosen = [values.get("colleague"), values.get("authority")]
        if not self.errors and sum(map(bool, chosen)) != 1:
            raise ValidationError(_("Choisissez une personne, ou une collectivité : l’une des deux."))
        return values


@keeps_typed
@require_http_methods(["GET", "HEAD", "POST"])
def pass_it_on(request: HttpRequest, kind: str, uuid: UUID) -> HttpResponse:
    """Owners and members: a published listing, or a suggestion of theirs to colleagues only. Others: 404."""
    member = acting_membership(request)
    if member is None or member.role not in (Role.OWNER, Role.MEMBER):
        raise Http404
    thing, title, back_url = _thing(kind, uuid, member)
    colleagues = colleagues_of(member=member)
    form = PassOnForm(
        request.POST or None,
        colleagues=colleagues,
        organisation=member.organisation,
        only_colleagues=isinstance(thing, Suggestion),
        initial=typed_again(request),
    )
    code = 200
    if request.method == "POST" and form.is_valid():
        if is_over(request, MESSAGES):
            form.add_error(None, MESSAGES.sentence)
            code = TOO_MANY_REQUESTS
        elif _passed_on(request, form, thing, member):
            messages.success(request, _("C’est transmis : un avis part, et cela attend sur son bureau."))
            return redirect(back_url)
    context = {
        "form": form,
        "title": title,
        "back_url": back_url,
        "alone": not form.fields.keys() - {"form_key", "note"},
    }
    return render(request, "threads/pass_on.html", context, status=code)


@require_safe
def transmission(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """The person, or the members of the desk, that it was passed on to. Opening it is having seen it."""
    found = get_object_or_404(
        Transmission.objects.select_related(
            "author", "organisation", "desk", "offer", "need", "suggestion__offer", "suggestion__need"
        ),
        uuid=uuid,
    )
    member = next(
        (own for own in memberships_of(request) if own.is_confirmed and own.organisation_id == found.desk_id), None
    )
    if member is None or found.person_id not in (None, request.user.pk):
        raise Http404
    mark_seen(transmission=found, person=request.user)
    listing = found.offer or found.need
    context = {
        "found": found,
        "offer": Offer.objects.for_cards().filter(pk=found.offer_id).first() if found.offer_id else None,
        "listing": listing,
        "is_gone": listing is not None and not listing.is_published,
        "thread_url": reverse("thread", args=[found.suggestion.uuid]) if found.suggestion else "",
        "public_url": public_url(listing) if listing else "",
        "may_propose": listing is not None and member.organisation.is_authority != isinstance(listing, Offer),
        "kind": "offre" if isinstance(listing, Offer) else "besoin",
    }
    return render(request, "threads/transmission.html", context)


def _passed_on(request: HttpRequest, form: PassOnForm, thing: Listing | Suggestion, member: Membership) -> bool:
    try:
        pass_on(
            thing=thing,
            organisation=member.organisation,
            author=request.user,
            form_key=form.cleaned_data["form_key"],
            to_colleague=form.cleaned_data.get("colleague"),
            to_desk=form.cleaned_data.get("authority"),
            note=form.cleaned_data["note"],
        )
    except NotAllowed:
        raise Http404 from None
    except NobodyThere:
        form.add_error("authority", _("Personne n’agit encore ici pour cette collectivité : ce mot ne serait pas lu."))
    except (TooManySolicited, SolicitedTooOften):
        form.add_error(None, too_many_solicited())
    return form.is_valid()


def _thing(kind: str, uuid: UUID, member: Membership) -> tuple[Listing | Suggestion, str, str]:
    """What is passed on, what it is called, and where its page is."""
    if kind == "rapprochement":
        found = get_object_or_404(Suggestion.objects.with_both_sides(), uuid=uuid)
        if all(organisation_of(found, side) != member.organisation for side in SIDES):
            raise Http404
        return found, f"{found.need.title} ↔ {found.offer.title}", reverse("thread", args=[found.uuid])
    if kind not in MODELS:
        raise Http404
    listing = get_object_or_404(MODELS[kind].objects.published().select_related("organisation"), uuid=uuid)
    return listing, listing.title, public_url(listing)
