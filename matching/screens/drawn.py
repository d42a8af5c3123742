"""Parts of pages that look the same to everybody, drawn once: the card and the body of a listing."""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from django.core.cache import caches
from django.template.loader import render_to_string
from django.utils.safestring import SafeString, mark_safe
from django.utils.timezone import localdate
from django.utils.translation import get_language

from matching.catalogue.models import Need, Offer

# So long a part that nobody looks at stays; what it tells is in its name, so it is never too old.
_SECONDS = 3_600
_FIELDS = ("pk", "version", "updated_at", "organisation__updated_at")

Model = type[Offer] | type[Need]


class Stamp(NamedTuple):
    """What tells the present state of a listing from any other: every change of what it shows moves one of these."""

    pk: int
    version: int
    updated_at: datetime
    organisation_updated_at: datetime


def stamps(rows: Any) -> Any:
    """The stamps of these listings, in their order."""
    return rows.values_list(*_FIELDS)


def stamp_of(listing: Offer | Need) -> Stamp:
    """The stamp of a listing that was read with its organisation."""
    return Stamp(listing.pk, listing.version, listing.updated_at, listing.organisation.updated_at)


def cards(model: Model, wanted: Iterable[Sequence[Any]]) -> list[SafeString]:
    """The cards of these listings, by their stamps: those that nobody has drawn yet are drawn together."""
    names = {row[0]: _name("card", model, row) for row in wanted}
    kept = caches["parts"].get_many(names.values())
    missing = [pk for pk, name in names.items() if name not in kept]
    if missing:
        rows = model.objects.for_cards().in_bulk(missing)
        drawn = {names[pk]: card(listing) for pk, listing in rows.items()}
        caches["parts"].set_many(drawn, _SECONDS)
        kept |= drawn
    return [mark_safe(kept[name]) for name in names.values() if name in kept]  # noqa: S308 (we drew it)


def card(listing: Offer | Need, **context: Any) -> str:
    """One card, drawn now."""
    name = str(listing._meta.model_name)
    return render_to_string(f"components/{name}_card.html", {name: listing, "match": None, **context})


def body(listing: Offer | Need, *, is_mine: bool) -> SafeString:
    """What the page of a listing says of it, to its own people or to anybody else."""

    def draw() -> str:
        side = str(listing._meta.model_name)
        whole = type(listing).objects.for_page().get(pk=listing.pk)
        return render_to_string(f"public/_{side}_body.html", {side: whole, "is_mine": is_mine})

    return drawn_once(_name("own-body" if is_mine else "body", type(listing), stamp_of(listing)), draw)


def drawn_once(name: str, draw: Callable[[], str]) -> SafeString:
    """A part of a page, drawn where it is not kept; its name says everything on which it depends but the language."""
    name = f"{name}:{get_language()}"
    kept = caches["parts"].get(name)
    if kept is None:
        kept = str(draw())
        caches["parts"].set(name, kept, _SECONDS)
    return mark_safe(kept)  # noqa: S308 (we drew it)


def _name(part: str, model: Model, stamp: Sequence[Any]) -> str:
    pk, version, *times = stamp
    told = "-".join(f"{time.timestamp():.6f}" for time in times)
    return f"{part}:{model.__name__}:{pk}:{version}:{told}:{localdate()}:{get_language()}"
