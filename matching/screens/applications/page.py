"""The page of one application, for both sides: what it says, where it stands, what may be done now."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from matching.catalogue.envelopes import room_read
from matching.organisations.services import NotAllowed
from matching.partnerships import applications
from matching.partnerships.applications import UnfitReason
from matching.partnerships.models import Step, Verb
from matching.partnerships.moves import ImpossibleMove, Side, possible
from matching.partnerships.parties import is_gathering
from matching.partnerships.remarks import remarks_for
from matching.partnerships.snapshots import snapshot
from matching.screens.applications.forms import CorrectionForm, DecisionForm, ReasonForm, WithdrawForm
from matching.screens.applications.party_forms import InviteForm
from matching.screens.applications.places import Place, place_of
from matching.screens.applications.remark_forms import NoteForm, RemarkForm
from matching.screens.applications.sheets import Part, sheet_of
from matching.screens.compared_rights import side_by_side
from matching.screens.downloads import handed_over
from matching.screens.scarcity.hours import hours_part

#: What is said once a move is made.
_DONE = {
    Verb.FILE: gettext_lazy("Votre candidature est déposée. La collectivité est prévenue."),
    Verb.CORRECT: gettext_lazy("Votre correction est déposée. La collectivité est prévenue."),
    Verb.WITHDRAW: gettext_lazy("Votre candidature est retirée."),
    Verb.RESUME: gettext_lazy("Elle est de nouveau un brouillon : vous pouvez la changer, puis la déposer."),
    Verb.TAKE_UP: gettext_lazy("L’instruction commence : vous suivez ce dossier."),
    Verb.GIVE_BACK: gettext_lazy("Le collectif peut de nouveau changer son dossier."),
    Verb.REEXAMINE: gettext_lazy("L’instruction reprend. Le collectif est prévenu."),
    Verb.ACCEPT: gettext_lazy("La candidature est retenue. Le collectif est prévenu, avec votre motif."),
    Verb.DECLINE: gettext_lazy("La candidature n’est pas retenue. Le collectif est prévenu, avec votre motif."),
    Verb.CLOSE: gettext_lazy("La candidature est classée sans suite. Le collectif est prévenu, avec votre motif."),
    Verb.ASK_CORRECTION: gettext_lazy("La demande est partie. Le collectif peut changer son dossier."),
}


@never_cache
@require_safe
def application(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Confirmed members of its organisations; those of the authority once it is filed. Others: 404."""
    return shown(request, place_of(request, uuid))


@require_safe
def document(request: HttpRequest, uuid: UUID, key: UUID) -> HttpResponse:
    """A document that was handed in: for the authority, and for the members of whose it is."""
    place = place_of(request, uuid)
    documents = place.application.documents.all()
    if place.side == Side.APPLICANT:
        documents = documents.filter(organisation=place.member.organisation)
    return handed_over(get_object_or_404(documents, uuid=key))


@require_POST
def move(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Owners and members make the moves of their side that ask for no decision: file, withdraw, take up…"""
    place = _place_to_act(request, uuid)
    verbs: dict[str, Callable[..., Any]] = {
        Verb.FILE: applications.file,
        Verb.CORRECT: applications.correct,
        Verb.WITHDRAW: applications.withdraw,
        Verb.RESUME: applications.resume,
        Verb.TAKE_UP: applications.take_up,
        Verb.GIVE_BACK: applications.give_back,
        Verb.REEXAMINE: applications.reexamine,
    }
    verb = request.POST.get("verb", "")
    if verb not in verbs:
        raise Http404
    facts: dict[str, Any] = {}
    form: forms.Form | None = None
    if verb in (Verb.FILE, Verb.CORRECT):
        facts["filed"] = snapshot(place.application)
    elif verb in (Verb.WITHDRAW, Verb.REEXAMINE):
        form = (WithdrawForm if verb == Verb.WITHDRAW else ReasonForm)(request.POST, prefix=verb)
        if not form.is_valid():
            return shown(request, place, **{f"{verb}_form": form})
        facts["reason"] = form.cleaned_data["reason"]
    return _made(request, place, Verb(verb), form, lambda: verbs[verb](**_who(request, place), **facts))


@require_POST
def decide(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Owners and members of the authority accept, decline or close, and say why."""
    place = _place_to_act(request, uuid, Side.AUTHORITY)
    form = DecisionForm(request.POST, application=place.application)
    if not form.is_valid():
        return shown(request, place, decision_form=form)
    verb, reason = Verb(form.cleaned_data["verdict"]), form.cleaned_data["reason"]
    facts: dict[str, Any] = {**_who(request, place), "reason": reason}

    def decided() -> Any:
        if verb == Verb.ACCEPT:
            return applications.accept(**facts, granted_cents=form.cleaned_data.get("granted_cents") or 0)
        return (applications.decline if verb == Verb.DECLINE else applications.close)(**facts)

    return _made(request, place, verb, form, decided, name="decision_form")


@require_POST
def ask(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Owners and members of the authority ask for something to be mended."""
    place = _place_to_act(request, uuid, Side.AUTHORITY)
    form = CorrectionForm(request.POST, prefix="ask")
    if not form.is_valid():
        return shown(request, place, ask_form=form)
    values = form.cleaned_data
    return _made(
        request,
        place,
        Verb.ASK_CORRECTION,
        form,
        lambda: applications.ask_correction(**_who(request, place), kind=values["kind"], reason=values["reason"]),
        name="ask_form",
    )


def _made(
    request: HttpRequest,
    place: Place,
    verb: Verb,
    form: forms.Form | None,
    make: Callable[[], Any],
    name: str = "",
) -> HttpResponse:
    """Make the move and go back to the page; where it cannot be made, say why and keep what was typed."""
    try:
        make()
    except NotAllowed:
        raise Http404 from None
    except (ImpossibleMove, UnfitReason) as error:
        last = place.application.steps.select_related("by").last()
        if last and last.verb == verb and last.by_id == request.user.pk:
            # A double click: the other request made it a moment ago.
            return redirect("application", place.application.uuid)
        place.application.refresh_from_db()
        said = _refused(error, last)
        if form is not None:
            form.add_error(None, said)
            return shown(request, place, **{name or f"{verb}_form": form})
        messages.warning(request, said)
        return redirect("application", place.application.uuid)
    messages.success(request, _DONE[verb])
    return redirect("application", place.application.uuid)


def _refused(error: Exception, last: Step | None) -> str:
    """Why, and who moved it in between."""
    if isinstance(error, UnfitReason):
        return _("Dites pourquoi : deux phrases suffisent.")
    if last and last.by:
        return _("%(why)s Dernière étape : %(who)s, « %(verb)s ».") % {
            "why": error,
            "who": last.by.get_full_name(),
            "verb": last.get_verb_display(),
        }
    return str(error)


def shown(request: HttpRequest, place: Place, **forms_sent: forms.Form) -> HttpResponse:
    """The page, with the forms that were sent and could not be taken."""
    application = place.application
    verbs = set(possible(application, place.side)) if place.may_act and place.leads else set()
    reads_filed = place.side == Side.AUTHORITY
    asks_parties = place.leads and place.may_act and not reads_filed and is_gathering(application)
    context = {
        "place": place,
        "application": application,
        "is_authority": reads_filed,
        "verbs": verbs,
        "sheet": _sheet(place),
        "points": side_by_side(application.need, application.offer).points if application.need else [],
        "steps": application.steps.select_related("by", "organisation"),
        "room": room_read(application.offer),
        **hours_part(place),
        "own_party": next(
            (one for one in application.parties.all() if one.organisation_id == place.member.organisation_id), None
        ),
        "may_gather": asks_parties,
        "lacking": [one.organisation.name for one in application.parties.all() if not one.has_agreed],
        "is_gathering": is_gathering(application),
        **({"invite_form": InviteForm(prefix="invite")} if asks_parties else {}),
        **_talk(place),
        **_forms(place, verbs),
        **forms_sent,
    }
    return render(request, "applications/application.html", context)


def _sheet(place: Place) -> list[Part]:
    """What the authority reads; its authors read the same once it is filed, each with their own file alone."""
    application = place.application
    if place.is_authority:
        return sheet_of(application.filed)
    is_handed_in = application.filed_at is not None and not is_gathering(application)
    said = application.filed if is_handed_in else snapshot(application)
    return sheet_of(said, reader=place.member.organisation.slug)


def _talk(place: Place) -> dict[str, Any]:
    """What was said, and the boxes to say more."""
    if not place.may_talk:
        return {}
    said = list(remarks_for(place.application, place.side))
    context: dict[str, Any] = {
        "remarks": [one for one in said if not one.is_internal],
        "notes": [one for one in said if one.is_internal],
        "may_talk": True,
    }
    if place.may_act:
        context["say_form"] = RemarkForm(prefix="say")
        if place.is_authority:
            context["note_form"] = NoteForm(prefix="note")
    return context


def _forms(place: Place, verbs: set[Verb]) -> dict[str, forms.Form]:
    """The forms of what may be done now."""
    found: dict[str, forms.Form] = {}
    if Verb.ACCEPT in verbs:
        initial = {"granted_cents": place.application.filed.get("asked_cents")}
        found["decision_form"] = DecisionForm(application=place.application, initial=initial)
    if Verb.ASK_CORRECTION in verbs:
        found["ask_form"] = CorrectionForm(prefix="ask")
    if Verb.WITHDRAW in verbs:
        found["withdraw_form"] = WithdrawForm(prefix=Verb.WITHDRAW)
    if Verb.REEXAMINE in verbs:
        found["reexamine_form"] = ReasonForm(prefix=Verb.REEXAMINE)
    return found


def _place_to_act(request: HttpRequest, uuid: UUID, side: Side | None = None) -> Place:
    """The place of somebody who may act there. Raises Http404, PermissionDenied for readers."""
    place = place_of(request, uuid)
    if side not in (None, place.side):
        raise Http404
    if not place.may_act:
        raise PermissionDenied
    return place


def _who(request: HttpRequest, place: Place) -> dict[str, Any]:
    return {"application": place.application, "person": request.user}
