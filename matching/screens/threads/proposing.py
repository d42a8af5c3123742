"""Propose a match that the matcher did not see: from the page of a listing, to one's own; staff, to any other."""

import re
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from matching.catalogue.models import Listing, Need, Offer
from matching.organisations.models import Organisation, Role
from matching.organisations.services import NotAllowed
from matching.partnerships.services import propose_match
from matching.partnerships.solicitations import SolicitedTooOften, TooManySolicited, room_of
from matching.screens.acting import acting_membership
from matching.screens.fields import TidyCharField, text_area
from matching.screens.signed_out import keeps_typed, typed_again
from matching.screens.threads.sentences import SOLICITED_TOO_OFTEN, too_many_solicited
from matching.suggestions.models import Proposer
from matching.suggestions.services import LONGEST_NOTE, NotProposed, SetAside

MODELS: dict[str, type[Offer] | type[Need]] = {"offre": Offer, "besoin": Need}
_UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
# Longer lists are no choice; the newest come first.
_MOST_CHOICES = 200


class ProposeForm(forms.Form):
    """Which of one's own listings, and why."""

    listing = forms.ChoiceField(
        widget=forms.Select,
        error_messages={
            "required": gettext_lazy("Choisissez une de vos annonces."),
            "invalid_choice": gettext_lazy("Choisissez une annonce dans la liste."),
        },
    )
    note = TidyCharField(
        label=gettext_lazy("Pourquoi les rapprocher ?"),
        help_text=gettext_lazy("Deux phrases suffisent. L’autre partie les lira, avec votre nom."),
        required=False,
        max_length=LONGEST_NOTE,
        widget=text_area(3),
    )

    def __init__(self, *args: Any, own: list[Listing], **options: Any) -> None:
        super().__init__(*args, **options)
        nothing_yet = ("", _("Choisissez dans la liste"))
        self.fields["listing"].choices = [nothing_yet, *((str(listing.uuid), listing.title) for listing in own)]
        self.fields["listing"].label = _("Avec laquelle de vos offres ?") if _offers(own) else _("Avec quel besoin ?")


class ProposeOtherForm(ProposeForm):
    """For staff: the other listing by the address of its page."""

    listing = TidyCharField(
        label=gettext_lazy("Adresse de l’autre annonce"),
        help_text=gettext_lazy("Copiez-la de la page publique de l’annonce."),
        max_length=400,
    )

    def __init__(self, *args: Any, model: type[Offer] | type[Need], **options: Any) -> None:
        self.model = model
        forms.Form.__init__(self, *args, **options)

    def clean_listing(self) -> Listing:
        found = _UUID.search(self.cleaned_data["listing"])
        rows = self.model.objects.suggestible().select_related("organisation")
        listing = rows.filter(uuid=found[0]).first() if found else None
        if listing is None:
            raise ValidationError(_("Nous ne trouvons pas cette annonce. Copiez l’adresse de sa page publique."))
        return listing


@keeps_typed
@require_http_methods(["GET", "HEAD", "POST"])
def propose(request: HttpRequest, kind: str, uuid: UUID) -> HttpResponse:
    """Owners and members of the other side propose one of their own listings; staff any other. Others: 404."""
    shown = _published(kind, uuid)
    proposer, organisation = proposer_for(request, shown)
    if not proposer:
        raise Http404
    own_model = Need if isinstance(shown, Offer) else Offer
    if organisation:
        own = list(own_model.objects.suggestible().of(organisation).order_by("-published_at", "-id")[:_MOST_CHOICES])
        form = ProposeForm(request.POST or None, own=own, initial=typed_again(request))
        by_key = {str(listing.uuid): listing for listing in own}
    else:
        form = ProposeOtherForm(request.POST or None, model=own_model, initial=typed_again(request))
        own, by_key = [], {}
    if request.method == "POST" and form.is_valid():
        chosen = form.cleaned_data["listing"]
        answer = _propose(request, form, shown, by_key.get(chosen, chosen), proposer)
        if answer:
            return answer
    context = {
        "shown": shown,
        "form": form,
        "organisation": organisation,
        "has_own": bool(own) or organisation is None,
        "wants_offer": own_model is Offer,
        "room": room_of(organisation) if organisation else None,
        "back_url": public_url(shown),
    }
    return render(request, "threads/propose.html", context)


def proposer_for(request: HttpRequest, shown: Listing) -> tuple[str, Organisation | None]:
    """In whose name this person may propose something to a listing, "" for nobody; and for which organisation."""
    member = acting_membership(request)
    side = "need" if isinstance(shown, Offer) else "offer"
    if member and member.role in (Role.OWNER, Role.MEMBER) and member.organisation.is_authority == (side == "offer"):
        return side, member.organisation
    return (Proposer.STAFF, None) if request.user.is_staff else ("", None)


def public_url(listing: Listing) -> str:
    """The page of a listing that everybody reads."""
    kind = "offer" if isinstance(listing, Offer) else "need"
    return reverse(f"public:{kind}", args=[listing.uuid, listing.slug])


def _propose(
    request: HttpRequest, form: ProposeForm, shown: Listing, own: Listing, proposer: str
) -> HttpResponse | None:
    """Propose, and go where the pair is read; None where the form says why it cannot be."""
    offer, need = (shown, own) if isinstance(shown, Offer) else (own, shown)
    try:
        suggestion, is_new = propose_match(
            offer=offer, need=need, proposer=proposer, person=request.user, note=form.cleaned_data["note"]
        )
    except NotAllowed:
        raise Http404 from None
    except NotProposed:
        form.add_error(None, _("L’une des deux annonces ne reçoit pas de propositions pour le moment."))
    except SetAside:
        form.add_error("listing", _("Ce rapprochement a déjà été écarté : il ne sera plus proposé."))
    except TooManySolicited:
        form.add_error(None, too_many_solicited())
    except SolicitedTooOften:
        form.add_error(None, SOLICITED_TOO_OFTEN)
    else:
        if is_new:
            messages.success(request, _("C’est proposé. L’autre partie le verra comme venant de vous, et décidera."))
        else:
            messages.info(request, _("Ces deux annonces étaient déjà rapprochées : voici où vous en êtes."))
        return redirect(public_url(shown)) if proposer == Proposer.STAFF else redirect("thread", suggestion.uuid)
    return None


def _published(kind: str, uuid: UUID) -> Listing:
    if kind not in MODELS:
        raise Http404
    return get_object_or_404(MODELS[kind].objects.published().for_cards(), uuid=uuid)


def _offers(listings: list[Listing]) -> bool:
    return bool(listings) and isinstance(listings[0], Offer)
