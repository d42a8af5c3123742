"""What anybody may read, without an account: search, lists, pages. Every view here is open on purpose."""

import re
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.db.models import Count
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.timezone import localdate
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_POST, require_safe

from matching.catalogue.models import Kind, Listing, Need, Offer
from matching.catalogue.permissions import may_change, may_see
from matching.organisations.models import Organisation, Role
from matching.organisations.permissions import may_see as may_see_page
from matching.partnerships.answer_times import answer_time_of
from matching.screens.acting import acting_membership
from matching.screens.anonymous import edition_of, mark_same, same_for_strangers
from matching.screens.carried import CarriedNeed, carry_need
from matching.screens.drawn import body, drawn_once
from matching.screens.limits import SEARCHES, TOO_MANY_REQUESTS, is_over
from matching.screens.public.forms import (
    FilterForm,
    NeedFilterForm,
    NeedSearchForm,
    OfferFilterForm,
    OrganisationFilterForm,
)
from matching.screens.public.lists import (
    Listings,
    cards_of,
    known,
    listed_organisations,
    page_of,
)
from matching.screens.public.understood import understood
from matching.screens.territory_field import TerritoryInput, by_key, key_of, suggestions
from matching.screens.threads.proposing import proposer_for
from matching.suggestions.disclosure import sheet
from matching.suggestions.services import match_text
from matching.territories.outlines import drawn_outlines

# Servers refuse longer addresses; a longer need gets its answer all the same, without an address to share.
_LONGEST_ADDRESS = 3_000
# How many listings the page of an organisation shows.
_SHOWN_OF_ONE = 50
# The parameter of a list that asks for its map.
_MAP = "map"
_FIELD_NAME = re.compile(r"[\w-]{1,60}")


@login_not_required
@csrf_exempt
def find(request: HttpRequest) -> HttpResponse:
    """A need in words, and at once the offers that fit. Nothing is written, so no secret is asked of the form."""
    asked = request.POST or request.GET
    if "text" not in asked:
        context = {"form": NeedSearchForm(), "counts": offers_by_kind()}
        return mark_same(render(request, "public/find.html", context))
    form = NeedSearchForm(asked)
    if not form.is_valid():
        return render(request, "public/find.html", {"form": form, "counts": offers_by_kind()})
    if request.method == "POST":
        address = f"{reverse('public:find')}?{urlencode(form.asked(), doseq=True)}"
        if len(address) <= _LONGEST_ADDRESS:
            # The answer, and not the form again: on a telephone it is three screens further down.
            return redirect(f"{address}#trouve")
    if is_over(request, SEARCHES):
        context = {"form": form, "counts": offers_by_kind(), "too_many": SEARCHES.sentence}
        return render(request, "public/find.html", context, status=TOO_MANY_REQUESTS)
    values = form.cleaned_data
    read = understood(values)
    found = match_text(
        text=values["text"],
        territory=values["territory"] or read.territory,
        capacity=read.people if values["people"] is None else values["people"],
        kinds=values["kinds"] or read.kinds,
        amount_max=read.amount_max,
        place_said=(read.place.start, read.place.end) if read.place else None,
    )
    return render(request, "public/find.html", {"form": form, "found": found, "asked": form.asked(), "read": read})


@login_not_required
@require_POST
def carry(request: HttpRequest) -> HttpResponse:
    """Keep what was typed and go to the form that publishes it, by way of an account where there is none."""
    form = NeedSearchForm(request.POST)
    if not form.is_valid():
        return render(request, "public/find.html", {"form": form, "counts": offers_by_kind()})
    values = form.cleaned_data
    read = understood(values)
    territory = values["territory"] or read.territory
    carry_need(
        request,
        CarriedNeed(
            text=values["text"],
            territory=key_of(territory) if territory else "",
            people=values["people"] or read.people or 0,
            amount_max=read.amount_max or 0,
            kinds=values["kinds"] or [*read.kinds],
        ),
    )
    return redirect("publish_need")


def offers_by_kind() -> dict[str, int]:
    """How many live offers hold a resource of each kind, and how many there are ("all"): one may hold several."""
    rows = (
        Offer.objects.live(localdate()).order_by().values("resources__kind").annotate(count=Count("id", distinct=True))
    )
    counts = {row["resources__kind"]: row["count"] for row in rows}
    by_kind = {kind: counts.get(kind, 0) for kind in Kind.values}
    return {**by_kind, "all": Offer.objects.live(localdate()).count(), "sum": sum(by_kind.values())}


@login_not_required
@require_safe
@same_for_strangers
def offers(request: HttpRequest) -> HttpResponse:
    """The list of offers."""
    return _list_page(request, "public/offers.html", Offer, OfferFilterForm)


@login_not_required
@require_safe
@same_for_strangers
def needs(request: HttpRequest) -> HttpResponse:
    """The list of needs."""
    return _list_page(request, "public/needs.html", Need, NeedFilterForm)


def _list_page(
    request: HttpRequest, template: str, model: type[Offer] | type[Need], form_class: type[FilterForm]
) -> HttpResponse:
    """A list under its filters; an empty one says which of them to loosen."""
    if not request.GET.keys() & {*form_class.base_fields, _MAP}:
        page = Listings(model, {}, edition_of(request)).page(request.GET.get("page"))
        located = known(edition_of(request)).located.is_located
        context = {"page_obj": page, "filters": _no_filters(request, form_class), "has_map": located}
        return render(request, template, context)
    form = _filters(request, form_class)
    form.is_valid()
    listings = Listings(model, form.asks(), edition_of(request))
    page = listings.page(request.GET.get("page"))
    context = {
        "form": form,
        "page_obj": page,
        "chosen": form.chosen(),
        "found": listings.found,
        "loosened": [] if page.object_list or not listings.conditions else _loosened(form, listings),
        **_map(request, listings),
    }
    return render(request, template, context)


def _map(request: HttpRequest, listings: Listings) -> dict[str, Any]:
    """What the map needs, where points are loaded and it is asked for."""
    knows = known(edition_of(request))
    if not knows.located.is_located or _MAP not in request.GET:
        return {"has_map": knows.located.is_located}
    return {
        "has_map": True,
        "on_map": listings.on_map(),
        "outlines_url": reverse("public:outlines") if knows.has_outlines else "",
        "tiles_url": settings.TILES_URL,
        "tiles_credit": settings.TILES_CREDIT,
    }


def _filters(request: HttpRequest, form_class: type[FilterForm]) -> FilterForm:
    knows = known(edition_of(request))
    return form_class(request.GET, themes=knows.themes, has_distances=knows.located.is_located)


def _no_filters(request: HttpRequest, form_class: type[FilterForm]) -> SafeString:
    """The form of a list of which nothing is asked: the same for everybody throughout an edition."""

    def draw() -> str:
        return render_to_string("public/_listing_filters.html", {"form": _filters(request, form_class)})

    return drawn_once(f"{form_class.__name__}:{edition_of(request)}", draw)


def _loosened(form: FilterForm, listings: Listings) -> list[dict[str, Any]]:
    """What to loosen, in the words of the form."""
    asked = form.asks()
    return [
        {
            "name": each.name,
            "said": asked["q"] if each.name == "q" else form.in_words(each.name, each.radius or asked[each.name]),
            "count": each.listings,
            "radius": each.radius,
        }
        for each in listings.loosened()
    ]


@login_not_required
@require_safe
@same_for_strangers
def outlines(request: HttpRequest) -> HttpResponse:
    """The outlines that maps draw, as GeoJSON."""
    return JsonResponse({"type": "FeatureCollection", "features": [*drawn_outlines()]})


@login_not_required
@require_safe
@same_for_strangers
def offer(request: HttpRequest, uuid: str, slug: str) -> HttpResponse:
    """One offer. What is not published does not exist for strangers."""
    return _listing_page(request, Offer, uuid)


@login_not_required
@require_safe
@same_for_strangers
def need(request: HttpRequest, uuid: str, slug: str) -> HttpResponse:
    """One need. What is not published does not exist for strangers."""
    return _listing_page(request, Need, uuid)


def _listing_page(request: HttpRequest, model: type[Offer] | type[Need], uuid: str) -> HttpResponse:
    listing = get_object_or_404(model.objects.select_related("organisation"), uuid=uuid)
    if not may_see(request.user, listing):
        raise Http404
    name = str(model._meta.model_name)
    last_day = min((day for day in (listing.ends, getattr(listing, "closes", None)) if day), default=None)
    context = {
        name: listing,
        "listing": listing,
        "body": body(listing, is_mine=may_change(request.user, listing)),
        "is_over": last_day is not None and last_day < localdate(),
        **_initiatives(request, listing),
    }
    return render(request, f"public/{name}.html", context)


def _initiatives(request: HttpRequest, listing: Listing) -> dict[str, object]:
    """What somebody signed in may do with a listing of others; strangers ask the database nothing."""
    if not (request.user.is_authenticated and listing.is_published):
        return {}
    proposer, _organisation = proposer_for(request, listing)
    member = acting_membership(request)
    return {
        "kind": "offre" if isinstance(listing, Offer) else "besoin",
        "may_propose": proposer if listing.is_suggestible else "",
        "may_pass_on": member is not None and member.role in (Role.OWNER, Role.MEMBER),
    }


@login_not_required
@require_safe
@same_for_strangers
def organisations(request: HttpRequest) -> HttpResponse:
    """The list of organisations that take part."""
    form = OrganisationFilterForm(request.GET)
    form.is_valid()
    page = page_of(request, listed_organisations(form.cleaned_data))
    return render(request, "public/organisations.html", {"form": form, "page_obj": page})


@login_not_required
@require_safe
@same_for_strangers
def organisation(request: HttpRequest, slug: str) -> HttpResponse:
    """One organisation and what it shares or looks for."""
    shown = get_object_or_404(Organisation.objects.select_related("territory", "host"), slug=slug)
    if not may_see_page(request.user, shown):
        raise Http404
    context = {
        "organisation": shown,
        "cards": cards_of(shown, _SHOWN_OF_ONE),
        "answer_time": answer_time_of(shown) if shown.is_authority else None,
    }
    return render(request, "public/organisation.html", context)


@login_not_required
@require_safe
@same_for_strangers
def paper(request: HttpRequest) -> HttpResponse:
    """The form to fill in by hand: one sheet, both sides."""
    address = request.build_absolute_uri(reverse("claim")).partition("://")[2]
    return render(request, "public/paper.html", {"claim_address": address})


@login_not_required
@require_GET
def territories(request: HttpRequest) -> HttpResponse:
    """Territories by the beginning of a name: a fragment for the field that asks, else a page."""
    field, field_id = request.GET.get("field", ""), request.GET.get("id", "")
    if not (_FIELD_NAME.fullmatch(field) and _FIELD_NAME.fullmatch(field_id)):
        typed = request.GET.get("q", "")
        return render(request, "public/territories.html", {"typed": typed, "territories": suggestions(typed)})
    picked = by_key(request.GET.get("place", ""))
    if picked:
        attributes = {"id": field_id, "autofocus": True}
        return HttpResponse(TerritoryInput().render(field, picked, attributes))
    typed = request.GET.get(field, "")
    context = {"typed": typed, "territories": suggestions(typed), "field": field, "id": field_id}
    return render(request, "widgets/territory_suggestions.html", context)


@login_not_required
@require_safe
@same_for_strangers
def method(request: HttpRequest) -> HttpResponse:
    """How matches are made, read from what is deployed; what is never used, how to contest, how to opt out."""
    context = {
        "sheet": sheet(),
        "operator": settings.OPERATOR,
        "contact": settings.CONTACT,
        "source_url": settings.SOURCE_URL,
    }
    return render(request, "public/method.html", context)
