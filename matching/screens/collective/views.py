"""The desk of a collective: what waits, its needs, saying a need. Its members only; others get 404."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from matching.catalogue.models import Need
from matching.organisations.models import Side
from matching.screens import listing_desk, listing_life, writing
from matching.screens.access import Desk, enter_desk, enter_to_write, listing_to_change
from matching.screens.acting import acting_organisation, organisations_of
from matching.screens.carried import carried_need, forget_carried_need
from matching.screens.collective.forms import NeedForm, initial_carried
from matching.screens.signed_out import keeps_typed


@require_GET
def start(request: HttpRequest) -> HttpResponse:
    """Anybody signed in: to the form of a new need, by way of a collective if they have none yet."""
    acting = acting_organisation(request)
    candidates = [acting, *organisations_of(request)] if acting else []
    collective = next((organisation for organisation in candidates if not organisation.is_authority), None)
    if collective is None:
        return redirect("collective_new")
    return redirect("need_new", collective.slug)


@keeps_typed
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest, slug: str) -> HttpResponse:
    """Owners and members, even waiting: a new need, begun with what was typed on the home page."""
    return _form_page(request, enter_to_write(request, slug, side=Side.COLLECTIVE), None)


@keeps_typed
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: HttpRequest, slug: str, uuid: UUID) -> HttpResponse:
    """Those who may change this need."""
    desk = enter_to_write(request, slug, side=Side.COLLECTIVE)
    return _form_page(request, desk, listing_to_change(desk, Need, uuid))


@require_GET
def show(request: HttpRequest, slug: str, uuid: UUID) -> HttpResponse:
    """Members: one need and its suggestions."""
    return listing_desk.show_listing(request, enter_desk(request, slug, side=Side.COLLECTIVE), uuid)


@require_GET
def suggestions(request: HttpRequest, slug: str, uuid: UUID) -> HttpResponse:
    """Members: the suggestions alone, asked again while the matcher works."""
    return listing_desk.show_suggestions(request, enter_desk(request, slug, side=Side.COLLECTIVE), uuid)


@require_POST
def status(request: HttpRequest, slug: str, uuid: UUID) -> HttpResponse:
    """Those who may change this need: publish, pause, close."""
    return listing_desk.change_status(request, enter_to_write(request, slug, side=Side.COLLECTIVE), uuid)


@require_GET
def history(request: HttpRequest, slug: str, uuid: UUID) -> HttpResponse:
    """Members: its past."""
    return listing_desk.show_history(request, enter_desk(request, slug, side=Side.COLLECTIVE), uuid)


@require_POST
def copy(request: HttpRequest, slug: str, uuid: UUID) -> HttpResponse:
    """Those who may change this need: a draft that says the same."""
    return listing_life.copy_listing(request, enter_to_write(request, slug, side=Side.COLLECTIVE), uuid)


@require_http_methods(["GET", "HEAD", "POST"])
def version(request: HttpRequest, slug: str, uuid: UUID, record: int) -> HttpResponse:
    """Those who may change this need: an earlier version, and coming back to it."""
    return listing_life.show_version(request, enter_to_write(request, slug, side=Side.COLLECTIVE), uuid, record)


def _form_page(request: HttpRequest, desk: Desk, need: Need | None) -> HttpResponse:
    initial: dict[str, Any] = {} if need else initial_carried(carried_need(request))
    page = writing.Page(
        desk,
        NeedForm,
        need,
        "collective/need_form.html",
        initial=initial,
        context={"from_search": bool(initial)},
        after_writing=lambda: None if need else forget_carried_need(request),
    )
    return writing.answer(request, page)
