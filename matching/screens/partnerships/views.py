"""The page of a partnership, and what one does there: an act, a date, an agreement."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Case, When
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.functional import Promise as Lazy
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from matching.organisations.services import NotAllowed
from matching.partnerships.conventions import (
    Overtaken,
    Unfit,
    give_act,
    give_engagement,
    lacks,
    owes_engagement,
    sides_of,
    validate,
)
from matching.partnerships.following import (
    RENEWAL_NOTICE,
    assess,
    conciliate,
    end,
    give,
    in_dispute,
    inspect,
    offer_story,
    review,
    tick,
)
from matching.partnerships.models import Commitment, Partnership, PowerAssessment, SignedCopy
from matching.partnerships.moves import ImpossibleMove
from matching.partnerships.signed_copies import add_copy
from matching.screens.acting import acting_membership
from matching.screens.downloads import handed_over
from matching.screens.partnerships.document import quantity_in_words
from matching.screens.partnerships.forms import ActForm, EngagementForm
from matching.screens.partnerships.life_forms import (
    POWER,
    ContributionForm,
    CopyForm,
    DisputeForm,
    InventoryForm,
    PowerForm,
    ReviewForm,
    TextForm,
)
from matching.screens.partnerships.place import Place, enter, enter_to_act
from matching.screens.partnerships.told import answers_of, inventory_of, told_in_journal

State = Partnership.State
_A_PAGE = 50
_MOST_STEPS = 100


@require_safe
def partnerships(request: HttpRequest) -> HttpResponse:
    """Confirmed members: those of the organisation for which they act, what is open first."""
    member = acting_membership(request)
    if member is None:
        return redirect("member_start")
    is_open = Case(When(state__in=[State.PREPARING, State.ACTIVE], then=0), default=1)
    rows = Partnership.objects.of(member.organisation).with_sides().order_by(is_open, "-created_at", "-pk")
    page = Paginator(rows, _A_PAGE).get_page(request.GET.get("page"))
    return render(request, "partnerships/ours.html", {"organisation": member.organisation, "page_obj": page})


@require_safe
def partnership(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Confirmed members of its parties."""
    place = enter(request, uuid)
    found = place.partnership
    versions = list(found.versions.select_related("organisation"))
    latest = versions[-1] if versions else None
    agreed = {one.organisation_id: one for one in latest.validations.all()} if latest else {}
    own_party = next((one for one in found.parties.all() if one.organisation_id == place.organisation.pk), None)
    is_open = found.state in (State.PREPARING, State.ACTIVE)
    waits = latest is not None and not latest.is_signed and is_open
    context = {
        "place": place,
        "partnership": found,
        "versions": versions[::-1],
        "latest": latest,
        "signed": next((one for one in reversed(versions) if one.is_signed), None),
        "sides": [(side, agreed.get(side.pk)) for side in sides_of(found)],
        "is_open": is_open,
        "next_review": found.review_on if found.is_agreed else latest and latest.review_on,
        "may_write": is_open and place.may_act,
        "may_validate": waits and place.may_act and place.organisation.pk not in agreed,
        "lacking": lacks(found, place.organisation, latest) if latest and waits else "",
        "owes_act": place.is_authority and found.state == State.PREPARING and not found.act_reference,
        "owes_engagement": bool(
            latest and own_party and own_party.engaged_on is None and owes_engagement(own_party, latest) and is_open
        ),
        **_life(place, (latest is not None and latest.is_signed) or found.is_agreed),
        "copies": SignedCopy.objects.filter(version__partnership=found).select_related("version", "organisation"),
        "steps": [
            (step, told_in_journal(step))
            for step in found.steps.select_related("organisation").order_by("-at", "-id")[:_MOST_STEPS]
        ],
    }
    return render(request, "partnerships/partnership.html", context)


def _life(place: Place, has_begun: bool) -> dict[str, Any]:
    """What was promised and what was given, once it has begun."""
    if not has_begun:
        return {}
    found = place.partnership
    side = "authority_ticked_at" if place.is_authority else "collective_ticked_at"
    contributions = list(found.contributions.select_related("organisation"))
    totals = Counter[str]()
    for one in contributions:
        totals[one.measure] += one.quantity or 0
    return {
        "has_begun": True,
        "commitments": [
            (one, quantity_in_words(one.measure, one.quantity), getattr(one, side) is not None)
            for one in found.commitments.filter(is_dropped=False)
        ],
        "contributions": [(one, quantity_in_words(one.measure, one.quantity)) for one in contributions],
        "totals": [quantity_in_words(measure, total) for measure, total in totals.items() if total],
        "inventory": inventory_of(found.inventory.all()),
        "in_dispute": in_dispute(found),
        "ends_soon": bool(found.state == State.ACTIVE and found.ends and found.ends <= localdate() + RENEWAL_NOTICE),
        "assessments": [
            (one, answers_of(one))
            for one in found.assessments.select_related("organisation")
            if one.is_shared or one.organisation_id == place.organisation.pk
        ],
    }


@require_POST
def validate_version(request: HttpRequest, uuid: UUID, number: int) -> HttpResponse:
    """Owners and members of a party agree to that very version."""
    place = enter_to_act(request, uuid)
    try:
        validate(partnership=place.partnership, organisation=place.organisation, person=place.person, number=number)
    except NotAllowed:
        raise Http404 from None
    except Overtaken as overtaken:
        messages.warning(
            request,
            _("La version %(latest)s a été écrite entre-temps. Relisez-la, puis validez-la.")
            % {"latest": overtaken.latest.number},
        )
        return redirect("convention", uuid, overtaken.latest.number)
    except (ImpossibleMove, Unfit) as refused:
        messages.warning(request, str(refused))
        return redirect("partnership", uuid)
    messages.success(request, _("Votre accord est noté sur la version %(number)s.") % {"number": number})
    return redirect("partnership", uuid)


@dataclass(frozen=True)
class Deed:
    """One thing that a party may do on a page of its own: its form, its words, and who does it."""

    title: Lazy
    lead: Lazy
    button: Lazy
    form: type[forms.Form]
    do: Callable[[Place, dict[str, Any]], object]
    done: Lazy
    of_authority: bool | None = None
    initial: Callable[[Place], dict[str, Any]] = lambda place: {}
    # What the form must know beside what was typed.
    options: Callable[[Place], dict[str, Any]] = lambda place: {}

    def is_for(self, place: Place) -> bool:
        return self.of_authority in (None, place.is_authority)


DEEDS: dict[str, Deed] = {
    "acte": Deed(
        title=gettext_lazy("L’acte de la collectivité"),
        lead=gettext_lazy("Ce qui engage la collectivité : une délibération, ou une décision prise par délégation."),
        button=gettext_lazy("Enregistrer"),
        form=ActForm,
        do=lambda place, values: give_act(partnership=place.partnership, person=place.person, **values),
        done=gettext_lazy("L’acte est noté."),
        of_authority=True,
        initial=lambda place: {"reference": place.partnership.act_reference, "on": place.partnership.act_date},
    ),
    "engagement": Deed(
        title=gettext_lazy("Le contrat d’engagement républicain"),
        lead=gettext_lazy("Dites quand votre organisation l’a souscrit."),
        button=gettext_lazy("Enregistrer"),
        form=EngagementForm,
        do=lambda place, values: give_engagement(
            partnership=place.partnership, organisation=place.organisation, person=place.person, **values
        ),
        done=gettext_lazy("La date est notée."),
        of_authority=False,
    ),
    "apport": Deed(
        title=gettext_lazy("Ce qui a été donné"),
        lead=gettext_lazy("Notez-le quand cela vient d’avoir lieu : ces lignes feront le bilan."),
        button=gettext_lazy("Noter"),
        form=ContributionForm,
        do=lambda place, values: give(
            **_acting(place), **{**values, "commitment": UUID(values["commitment"]) if values["commitment"] else None}
        ),
        done=gettext_lazy("C’est noté."),
        initial=lambda place: {"given_on": localdate()},
        options=lambda place: {"partnership": place.partnership},
    ),
    "point": Deed(
        title=gettext_lazy("Le point sur le partenariat"),
        lead=gettext_lazy("Ce qui a été tenu, ce qui reste à faire, ce qui a changé."),
        button=gettext_lazy("Enregistrer"),
        form=ReviewForm,
        do=lambda place, values: review(**_acting(place), **values),
        done=gettext_lazy("Le point est noté dans le journal."),
    ),
    "conciliation": Deed(
        title=gettext_lazy("Conciliation"),
        lead=gettext_lazy(
            "Dites ce qui ne va pas, proposez une rencontre, ou notez ce qui a été convenu. Chaque étape est datée et "
            "lue par toutes les parties."
        ),
        button=gettext_lazy("Enregistrer"),
        form=DisputeForm,
        do=lambda place, values: conciliate(**_acting(place), **values),
        done=gettext_lazy("L’étape est notée dans le journal."),
    ),
    "etat-des-lieux": Deed(
        title=gettext_lazy("État des lieux"),
        lead=gettext_lazy("Une ligne par élément, à l’entrée puis à la sortie."),
        button=gettext_lazy("Ajouter la ligne"),
        form=InventoryForm,
        do=lambda place, values: inspect(**_acting(place), **values),
        done=gettext_lazy("La ligne est ajoutée."),
        initial=lambda place: {"seen_on": localdate()},
    ),
    "pouvoir-d-agir": Deed(
        title=gettext_lazy("Notre pouvoir d’agir"),
        lead=gettext_lazy("Répondez pour votre organisation. Personne d’autre ne le lit, sauf si vous le montrez."),
        button=gettext_lazy("Enregistrer"),
        form=PowerForm,
        do=lambda place, values: assess(**_acting(place), **values),
        done=gettext_lazy("Vos réponses sont enregistrées."),
        initial=lambda place: _answered(place),
    ),
    "exemplaire": Deed(
        title=gettext_lazy("L’exemplaire signé à la main"),
        lead=gettext_lazy(
            "Si vous avez aussi signé sur papier, gardez-en la copie ici. Son empreinte la distingue de toute autre."
        ),
        button=gettext_lazy("Joindre"),
        form=CopyForm,
        do=lambda place, values: add_copy(**_acting(place), **values),
        done=gettext_lazy("L’exemplaire est gardé."),
    ),
    "raconter": Deed(
        title=gettext_lazy("Une réussite à raconter"),
        lead=gettext_lazy(
            "Ce qui a changé, en quelques phrases. C’est gardé pour la rédaction ; rien n’est publié ainsi."
        ),
        button=gettext_lazy("Proposer à la rédaction"),
        form=TextForm,
        do=lambda place, values: offer_story(**_acting(place), **values),
        done=gettext_lazy("Votre récit est gardé pour la rédaction."),
    ),
    "fin": Deed(
        title=gettext_lazy("Terminer le partenariat"),
        lead=gettext_lazy(
            "À son terme, il se termine avec un bilan. Avant son terme, il s’arrête : dites pourquoi. Toutes les "
            "parties le lisent, et cela ne se défait pas."
        ),
        button=gettext_lazy("Terminer"),
        form=TextForm,
        do=lambda place, values: end(**_acting(place), reason=values["text"]),
        done=gettext_lazy("Le partenariat est terminé."),
    ),
}


def _answered(place: Place) -> dict[str, Any]:
    own = PowerAssessment.objects.filter(partnership=place.partnership, organisation=place.organisation).first()
    return {name: getattr(own, name) for name in (*POWER, "is_shared")} if own else {}


def _acting(place: Place) -> dict[str, Any]:
    return {"partnership": place.partnership, "organisation": place.organisation, "person": place.person}


@require_POST
def tick_commitment(request: HttpRequest, uuid: UUID, key: UUID) -> HttpResponse:
    """Owners and members of a party say that a commitment is kept, or take it back."""
    place = enter_to_act(request, uuid)
    try:
        tick(**_acting(place), key=key, kept=request.POST.get("kept") == "1")
    except (NotAllowed, Commitment.DoesNotExist):
        raise Http404 from None
    except ImpossibleMove as impossible:
        messages.warning(request, str(impossible))
    return redirect(f"{reverse('partnership', args=[uuid])}#engagements")


@require_http_methods(["GET", "HEAD", "POST"])
def do(request: HttpRequest, uuid: UUID, deed: str) -> HttpResponse:
    """Owners and members of a party do one thing; some things are for one side only."""
    place = enter_to_act(request, uuid)
    found = DEEDS.get(deed)
    if found is None or not found.is_for(place):
        raise Http404
    sent = (request.POST, request.FILES) if request.method == "POST" else ()
    form = found.form(*sent, initial=found.initial(place), **found.options(place))
    if request.method == "POST" and form.is_valid():
        try:
            found.do(place, form.cleaned_data)
        except NotAllowed:
            raise Http404 from None
        except Unfit as unfit:
            form.add_error(unfit.field if unfit.field in form.fields else None, str(unfit))
        except ImpossibleMove as impossible:
            form.add_error(None, str(impossible))
        else:
            messages.success(request, str(found.done))
            return redirect("partnership", uuid)
    context = {"place": place, "partnership": place.partnership, "deed": found, "form": form}
    return render(request, "partnerships/do.html", context)


@require_safe
def signed_copy(request: HttpRequest, uuid: UUID, key: UUID) -> HttpResponse:
    """Confirmed members of its parties take a signed copy."""
    place = enter(request, uuid)
    return handed_over(get_object_or_404(SignedCopy, version__partnership=place.partnership, uuid=key))
