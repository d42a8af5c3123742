"""« Choisir des créneaux »: the hours that a collective asks for with its application. Nothing is held by asking."""

from collections.abc import Iterable
from datetime import datetime
from itertools import groupby
from typing import Any, NamedTuple
from uuid import UUID

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from matching.catalogue.models import Offer
from matching.catalogue.past import week_of
from matching.organisations.services import NotAllowed
from matching.partnerships.calendar import asked_hours, local
from matching.partnerships.models import Application, Booking
from matching.partnerships.moves import ImpossibleMove, Side
from matching.partnerships.scarcity import NotFree, Occurrence, TooManyHours, ask_hours, free_hours, weekly_hours
from matching.screens.applications.places import Place, place_of
from matching.screens.calendar import day_name
from matching.screens.numbers import number
from matching.screens.scarcity.forms import HoursForm, WeeklyForm, too_many
from matching.screens.week import span
from matching.territories.zones import zone_of

_DAYS_A_PAGE = 14


class Choice(NamedTuple):
    """One opening to tick."""

    key: str
    said: str
    is_asked: bool


class AskedHour(NamedTuple):
    """One hour of an application in words, with what speaks against it."""

    booking: Booking
    said: str


@require_http_methods(["GET", "HEAD", "POST"])
def hours(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Owners and members of the applicant choose hours, as long as the file is theirs to change."""
    place = place_of(request, uuid)
    if place.side != Side.APPLICANT or not place.may_act or not place.leads:
        raise Http404
    application, offer = place.application, place.application.offer
    if not week_of(offer):
        raise Http404
    if not application.is_open_to_applicant:
        messages.warning(request, _("Vos créneaux ne changent plus : l’instruction a commencé."))
        return redirect("application", uuid)
    free = free_hours(offer)
    bookings = list(application.bookings.all())
    # What is no longer free goes with the next choice.
    asked = {row.starts for row in bookings} & {hour.starts for hour in free}
    gone = [row for row in bookings if row.starts not in asked]
    is_weekly = request.POST.get("action") == "weekly"
    hours_form = HoursForm(request.POST if request.method == "POST" and not is_weekly else None, free=free)
    weekly_form = WeeklyForm(request.POST if is_weekly else None, offer=offer, prefix="weekly")
    sent: forms.Form = weekly_form if is_weekly else hours_form
    if request.method == "POST" and sent.is_valid():
        wanted = _of_week(weekly_form, offer, asked) if is_weekly else _of_page(hours_form, asked)
        if is_weekly and wanted == asked:
            weekly_form.add_error(None, _("Aucune date libre de plus pour ce créneau dans cette période."))
        elif answer := _asked(request, application, wanted, sent):
            return answer
    return render(request, "scarcity/hours.html", _context(request, place, free, asked, gone, hours_form, weekly_form))


def hours_part(place: Place) -> dict[str, Any]:
    """For the page of an application: the hours it asks for, and whether its people may choose some."""
    application = place.application
    rows = list(asked_hours(application))
    if not rows:
        may_ask = place.side == Side.APPLICANT and place.may_act and place.leads and application.is_open_to_applicant
        return {"may_ask_hours": may_ask and application.offer.slots.exists()}
    zone = zone_of(application.offer.territory)
    shown = [local(row, zone) for row in rows]
    return {
        "asked_hours": [AskedHour(row, _in_words(hour)) for row, hour in zip(rows, shown, strict=True)],
        "first_hour": shown[0].starts,
    }


def _of_week(form: WeeklyForm, offer: Offer, asked: set[datetime]) -> set[datetime]:
    found = weekly_hours(offer, form.chosen, form.cleaned_data["starts"], form.cleaned_data["ends"])
    return asked | {hour.starts for hour in found}


def _of_page(form: HoursForm, asked: set[datetime]) -> set[datetime]:
    return {starts for starts in asked if not form.shows(starts)} | form.chosen


def _asked(
    request: HttpRequest, application: Application, wanted: set[datetime], form: forms.Form
) -> HttpResponse | None:
    """Ask, and go back to the same page; None: it was refused, and the form says why."""
    try:
        rows = ask_hours(application=application, person=request.user, starts=wanted)
    except NotAllowed:
        raise Http404 from None
    except TooManyHours:
        form.add_error(None, too_many())
        return None
    except NotFree:
        form.add_error(None, _("Un de ces créneaux vient d’être pris. Choisissez parmi ceux qui restent."))
        return None
    except ImpossibleMove as error:
        form.add_error(None, str(error))
        return None
    said = ngettext(
        "%(count)s créneau demandé. Il est à vous quand la collectivité accepte.",
        "%(count)s créneaux demandés. Ils sont à vous quand la collectivité accepte.",
        len(rows),
    ) % {"count": number(len(rows))}
    messages.success(request, said if rows else _("Vous ne demandez plus aucun créneau."))
    return redirect(request.get_full_path())


def _context(
    request: HttpRequest,
    place: Place,
    free: list[Occurrence],
    asked: set[datetime],
    gone: list[Booking],
    hours_form: HoursForm,
    weekly_form: WeeklyForm,
) -> dict[str, Any]:
    zone = zone_of(place.application.offer.territory)
    ticked = set(hours_form["starts"].value() or ()) if hours_form.is_bound else {one.isoformat() for one in asked}
    by_day = [(on, list(there)) for on, there in groupby(free, key=lambda hour: hour.starts.astimezone(zone).date())]
    page = Paginator(by_day, _DAYS_A_PAGE).get_page(request.GET.get("page"))
    shown = [hour for _on, there in page.object_list for hour in there]
    return {
        "application": place.application,
        "offer": place.application.offer,
        "page_obj": page,
        "days": [
            (day_name(on), [_choice(hour, local(hour, zone), ticked) for hour in there])
            for on, there in page.object_list
        ],
        "first": shown[0].starts.isoformat() if shown else "",
        "last": shown[-1].starts.isoformat() if shown else "",
        "asked_count": len(asked),
        "gone": [_in_words(local(hour, zone)) for hour in gone],
        "hours_form": hours_form,
        "weekly_form": weekly_form,
    }


def _choice(hour: Occurrence, there: Occurrence, ticked: Iterable[str]) -> Choice:
    key = hour.starts.isoformat()
    return Choice(key, span(there.starts.time(), there.ends.time()), key in ticked)


def _in_words(hour: Occurrence) -> str:
    return f"{day_name(hour.starts.date())}, {span(hour.starts.time(), hour.ends.time())}"
