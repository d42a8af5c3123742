"""For the officer: what makes an offer a call, the table of what assessors found, and who was chosen."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from matching.catalogue.envelopes import room_read
from matching.catalogue.models import Kind, Offer
from matching.organisations.models import Side
from matching.organisations.services import NotAllowed
from matching.partnerships import calls
from matching.partnerships.models import Application, Call
from matching.partnerships.permissions import awaits_assessment_of
from matching.people.models import Person
from matching.screens.access import Desk, enter_desk
from matching.screens.calls.forms import AssessorsForm, CriteriaForm, WindowForm
from matching.territories.zones import zone_of

_A_PAGE = 50


@require_http_methods(["GET", "HEAD", "POST"])
def call(request: HttpRequest, slug: str, uuid: UUID) -> HttpResponse:
    """Confirmed members read how the call is set; owners and members set it, one part at a time."""
    desk = enter_desk(request, slug, side=Side.AUTHORITY)
    offer = _offer_of(desk, uuid)
    if Kind.FUNDING not in offer.kinds:
        raise Http404
    if request.method == "POST" and not desk.may_speak:
        raise PermissionDenied
    forms = _forms(request, desk, offer)
    action = request.POST.get("action", "")
    if request.method == "POST" and (action not in forms or forms[action].is_valid()):
        try:
            said = _done(request.user, offer, action, forms)  # type: ignore[arg-type]
        except NotAllowed:
            raise Http404 from None
        except calls.Refused as error:
            if action not in forms:
                messages.warning(request, str(error))
                return redirect("offer_call", slug, uuid)
            forms[action].add_error(None, str(error))
        else:
            messages.success(request, said)
            return redirect("offer_call", slug, uuid)
    return render(request, "calls/call.html", _context(desk, offer, forms))


@require_safe
def compare(request: HttpRequest, slug: str, uuid: UUID) -> HttpResponse:
    """Confirmed members: every application of the call with what assessors found, by filing or by grade. Whoever has
    yet to assess one sees nothing of it."""
    desk = enter_desk(request, slug, side=Side.AUTHORITY)
    offer = _offer_of(desk, uuid)
    held = _call_of(offer)
    if held is None:
        raise Http404
    criteria = list(held.criteria.all())
    rows = calls.with_grades(calls.competing(held), criteria)
    by_grade = request.GET.get("ordre") == "note"
    if by_grade:
        rows = calls.best_first(rows)
    rows = rows.select_related("applicant")
    page = Paginator(rows, _A_PAGE, allow_empty_first_page=True).get_page(request.GET.get("page"))
    page.object_list = list(page.object_list)
    hidden = awaits_assessment_of(desk.person, held, page.object_list)
    context = {
        "desk": desk,
        "offer": offer,
        "call": held,
        "criteria": criteria,
        "page_obj": page,
        "rows": _rows(page.object_list, criteria, hidden),
        "by_grade": by_grade,
        "out_of": calls.OUT_OF,
    }
    return render(request, "calls/compare.html", context)


def _rows(shown: list[Application], criteria: list[Any], hidden: set[int]) -> list[dict[str, Any]]:
    means = calls.means(shown)
    return [
        {
            "application": one,
            "is_hidden": one.pk in hidden,
            "marks": [means.get((one.pk, criterion.pk)) for criterion in criteria],
        }
        for one in shown
    ]


def _done(person: Person, offer: Offer, action: str, forms: dict[str, Any]) -> str:
    """Do what the button says, and tell it. Raises NotAllowed, Refused; Http404 for no such button."""
    if action == "window":
        values = forms["window"].cleaned_data
        calls.set_window(offer=offer, person=person, opens_at=values["opens"], closes_at=values["closes"])
        return _("Les dates de l’appel sont enregistrées.")
    held = _call_of(offer)
    if held is None:
        raise Http404
    if action == "criteria":
        calls.set_criteria(call=held, person=person, criteria=forms["criteria"].told)
        return _("La grille est enregistrée.")
    if action == "assessors":
        calls.name_assessors(call=held, person=person, assessors=forms["assessors"].chosen)
        return _("C’est noté. Les personnes nommées sont prévenues.")
    if action == "publish":
        calls.publish_winners(call=held, person=person)
        return _("La liste des lauréats est publiée.")
    raise Http404


def _forms(request: HttpRequest, desk: Desk, offer: Offer) -> dict[str, Any]:
    held, action = _call_of(offer), request.POST.get("action")
    sent = {action: request.POST} if action else {}
    forms: dict[str, Any] = {"window": WindowForm(sent.get("window"), zone=zone_of(offer.territory), call=held)}
    if held is None:
        return forms
    members = desk.organisation.memberships.confirmed().select_related("person").order_by("person__name", "pk")
    named = [str(one.person.uuid) for one in held.assessors.select_related("person")]
    forms["criteria"] = CriteriaForm(sent.get("criteria"), criteria=held.criteria.all())
    forms["assessors"] = AssessorsForm(
        sent.get("assessors"), members=[one.person for one in members], initial={"people": named}
    )
    return forms


def _context(desk: Desk, offer: Offer, forms: dict[str, Any]) -> dict[str, Any]:
    held = _call_of(offer)
    return {
        "desk": desk,
        "offer": offer,
        "call": held,
        "room": room_read(offer),
        "opens": calls.moment(held, held.opens_at) if held else "",
        "closes": calls.moment(held, held.closes_at) if held else "",
        "zone": zone_of(offer.territory).key,
        "is_locked": bool(held and calls.is_assessed(held)),
        **{f"{name}_form": form for name, form in forms.items()},
    }


def _call_of(offer: Offer) -> Call | None:
    return getattr(offer, "call", None)


def _offer_of(desk: Desk, uuid: UUID) -> Offer:
    offers = Offer.objects.of(desk.organisation) if desk.is_confirmed else Offer.objects.none()
    rows = offers.select_related("organisation", "territory", "envelope", "call")
    return get_object_or_404(rows.prefetch_related("resources"), uuid=uuid)
