"""The desk of an authority: what waits, its offers, sharing a resource. Its members only; others get 404."""

from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.timezone import localdate
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from matching.catalogue import criteria
from matching.catalogue.models import Need, Offer
from matching.catalogue.reading import kinds_in
from matching.catalogue.texts import tidy
from matching.organisations.models import Organisation, Side
from matching.screens import listing_desk, listing_life, writing
from matching.screens import photos as place_photos
from matching.screens.access import Desk, enter_desk, enter_to_write, listing_to_change
from matching.screens.limits import WRITING
from matching.screens.listing_form import begun_with
from matching.screens.officer.forms import FORMS, OfferForm, form_of
from matching.screens.signed_out import keeps_typed

_NEEDS_SHOWN = 3
# Of a sentence typed before choosing; it travels in the address.
LONGEST_SENTENCE = 1_000


@require_GET
def choose_kind(request: HttpRequest, slug: str) -> HttpResponse:
    """Owners and members: share what? The needs around show what would serve before anything is published."""
    desk = enter_to_write(request, slug, side=Side.AUTHORITY)
    text = tidy(request.GET.get("texte", ""))[:LONGEST_SENTENCE]
    named = kinds_in(text)
    context = {
        "desk": desk,
        "text": text,
        "longest": LONGEST_SENTENCE,
        "named": named,
        "beside": writing.beside_sentence(request, desk, text, named),
        "needs": [] if text else _needs_around(desk.organisation),
        "too_many": WRITING.sentence,
    }
    template = "officer/_choice.html" if request.htmx else "officer/choose_kind.html"
    return render(request, template, context)


@keeps_typed
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest, slug: str, kind: str) -> HttpResponse:
    """Owners and members, even waiting: a new offer of this kind."""
    desk = enter_to_write(request, slug, side=Side.AUTHORITY)
    if kind not in FORMS:
        raise Http404
    text = tidy(request.GET.get("texte", ""))[:LONGEST_SENTENCE]
    return _form_page(request, desk, FORMS[kind], None, begun_with(text))


@keeps_typed
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: HttpRequest, slug: str, uuid: UUID) -> HttpResponse:
    """Those who may change this offer."""
    desk = enter_to_write(request, slug, side=Side.AUTHORITY)
    offer = listing_to_change(desk, Offer, uuid)
    return _form_page(request, desk, form_of(offer), offer)


@require_GET
def show(request: HttpRequest, slug: str, uuid: UUID) -> HttpResponse:
    """Members: one offer and its suggestions."""
    return listing_desk.show_listing(request, enter_desk(request, slug, side=Side.AUTHORITY), uuid)


@require_GET
def suggestions(request: HttpRequest, slug: str, uuid: UUID) -> HttpResponse:
    """Members: the suggestions alone, asked again while the matcher works."""
    return listing_desk.show_suggestions(request, enter_desk(request, slug, side=Side.AUTHORITY), uuid)


@require_POST
def status(request: HttpRequest, slug: str, uuid: UUID) -> HttpResponse:
    """Those who may change this offer: publish, pause, close."""
    return listing_desk.change_status(request, enter_to_write(request, slug, side=Side.AUTHORITY), uuid)


@require_GET
def history(request: HttpRequest, slug: str, uuid: UUID) -> HttpResponse:
    """Members: its past."""
    return listing_desk.show_history(request, enter_desk(request, slug, side=Side.AUTHORITY), uuid)


@require_POST
def copy(request: HttpRequest, slug: str, uuid: UUID) -> HttpResponse:
    """Those who may change this offer: a draft that says the same."""
    return listing_life.copy_listing(request, enter_to_write(request, slug, side=Side.AUTHORITY), uuid)


@require_http_methods(["GET", "HEAD", "POST"])
def version(request: HttpRequest, slug: str, uuid: UUID, record: int) -> HttpResponse:
    """Those who may change this offer: an earlier version, and coming back to it."""
    return listing_life.show_version(request, enter_to_write(request, slug, side=Side.AUTHORITY), uuid, record)


@require_http_methods(["GET", "HEAD", "POST"])
def photos(request: HttpRequest, slug: str, uuid: UUID) -> HttpResponse:
    """Those who may change this offer of a place: its photos."""
    return place_photos.show_photos(request, enter_to_write(request, slug, side=Side.AUTHORITY), uuid)


@require_POST
def photo(request: HttpRequest, slug: str, uuid: UUID, key: int) -> HttpResponse:
    """Those who may change this offer of a place: one of its photos."""
    return place_photos.change_photo(request, enter_to_write(request, slug, side=Side.AUTHORITY), uuid, key)


def _needs_around(authority: Organisation) -> list[Need]:
    """The latest needs on the ground of this authority, or of what contains it."""
    needs = Need.objects.live(localdate()).for_cards()
    around = needs.filter(criteria.around(authority.territory)) if authority.territory else needs
    return list(around.order_by("-published_at", "-id")[:_NEEDS_SHOWN])


def _form_page(
    request: HttpRequest,
    desk: Desk,
    form_class: type[OfferForm],
    offer: Offer | None,
    begun: dict[str, str] | None = None,
) -> HttpResponse:
    page = writing.Page(
        desk,
        form_class,
        offer,
        "officer/offer_form.html",
        initial=begun or {},
        context={"from_text": bool(begun)},
    )
    return writing.answer(request, page)
