"""What a listing says now, or said once, as facts: to copy it, or to come back to an earlier version."""

from collections.abc import Mapping
from dataclasses import fields
from datetime import datetime
from typing import Any, TypeVar
from uuid import UUID

from django.db import transaction

from matching.catalogue.eligibility import Rule, written_rules
from matching.catalogue.models import Kind, Need, Offer, Resource, Theme
from matching.catalogue.photos import copy_photos
from matching.catalogue.rights import Bundle, rights_of
from matching.catalogue.services import Hidden, NeedFacts, OfferFacts, ResourceFacts, write_need, write_offer
from matching.catalogue.week import Closed, Hours, Season, Week
from matching.organisations.models import Organisation
from matching.people.models import Person

L = TypeVar("L", Offer, Need)

_RESOURCE_FACTS = [item.name for item in fields(ResourceFacts)]
_LONGEST_TITLE = Offer._meta.get_field("title").max_length or 0
_COMES_BACK = "back to "


def resource_facts(resource: Resource) -> ResourceFacts:
    """A stored resource as its form would tell it."""
    return ResourceFacts(**{name: getattr(resource, name) for name in _RESOURCE_FACTS})


def week_of(offer: Offer) -> Week:
    """The week of a place; no query where its slots and closures have been fetched."""
    return Week(
        hours=tuple(
            Hours(slot.weekday, slot.opens, slot.closes, Season(slot.starts, slot.ends)) for slot in offer.slots.all()
        ),
        closed=tuple(Closed(row.starts, row.ends, row.reason) for row in offer.closures.all()),
    )


def rights_held(held: Mapping[str, Any]) -> Bundle | None:
    """The rights that a record of a history holds; None where it says nothing of them."""
    if "bundle" in held:
        return Bundle.from_plain(held["bundle"])
    # Before other holders than the collective were told.
    return Bundle.granting(held["rights"]) if held.get("rights") else None


def rules_held(held: Mapping[str, Any]) -> list[Rule]:
    """The conditions to apply that a record of a history holds."""
    return [Rule.from_plain(plain) for plain in held.get("eligibility", [])]


@transaction.atomic
def restore(*, listing: L, record: Any, person: Person) -> L:
    """Make a listing say again what a record of its history says: a new version, its state unchanged.

    Photos stay as they are: their files are gone with them.
    """
    listing._change_reason = f"{_COMES_BACK}{record.history_date.isoformat()}"
    if isinstance(listing, Offer):
        write_offer(
            organisation=listing.organisation, facts=_offer_facts_at(listing, record), person=person, offer=listing
        )
    else:
        write_need(
            organisation=listing.organisation, facts=_need_facts_at(listing, record), person=person, need=listing
        )
    return listing


def came_back_to(record: Any) -> datetime | None:
    """The moment of the version that this record of a history came back to; None for any other change."""
    reason = record.history_change_reason or ""
    return datetime.fromisoformat(reason.removeprefix(_COMES_BACK)) if reason.startswith(_COMES_BACK) else None


@transaction.atomic
def copy(*, listing: L, organisation: Organisation, person: Person, title: str, form_key: UUID | None = None) -> L:
    """A draft that says the same under another title, without dates; a place brings its photos.

    `form_key`: as in write_offer(), so that a double click copies once. Raises Hidden for what moderation hides: its
    copy would say the same again.
    """
    if listing.is_hidden:
        raise Hidden
    facts: dict[str, Any] = {"title": title[:_LONGEST_TITLE], "starts": None, "ends": None, "flags": ()}
    if isinstance(listing, Need):
        told = {item.name: getattr(listing, item.name) for item in fields(NeedFacts) if item.name not in facts}
        written = write_need(
            organisation=organisation,
            facts=NeedFacts(**{**told, "themes": list(listing.themes.all()), **facts}),
            person=person,
            form_key=form_key,
        )
        return written
    told = {item.name: getattr(listing, item.name, None) for item in fields(OfferFacts) if item.name not in facts}
    told |= {
        "resources": [resource_facts(resource) for resource in listing.resources.all()],
        "themes": list(listing.themes.all()),
        "rights": rights_of(listing),
        "week": week_of(listing),
        "eligibility": written_rules(listing),
        "opens": None,
        "closes": None,
    }
    copied = write_offer(
        organisation=organisation, facts=OfferFacts(**{**told, **facts}), person=person, form_key=form_key
    )
    if not copied.photos.exists():
        copy_photos(source=listing, target=copied)
    return copied


def _offer_facts_at(offer: Offer, record: Any) -> OfferFacts:
    """A past written before resources, rights and themes were kept says nothing of them: they stay."""
    held = record.holds
    resources = [ResourceFacts(**told) for told in held.get("resources", [])]
    return OfferFacts(
        **_same_names(OfferFacts, record),
        resources=resources or [resource_facts(resource) for resource in offer.resources.all()],
        themes=_themes(offer, held),
        rights=rights_held(held) or rights_of(offer),
        week=Week.from_plain(held["week"]) if "week" in held else Week() if held else None,
        eligibility=rules_held(held) if held else None,
    )


def _need_facts_at(need: Need, record: Any) -> NeedFacts:
    kinds = [kind for kind in Kind.values if getattr(record, f"wants_{kind}")]
    return NeedFacts(**_same_names(NeedFacts, record), kinds=kinds, themes=_themes(need, record.holds))


def _same_names(facts: type[OfferFacts | NeedFacts], record: Any) -> dict[str, Any]:
    """The facts that the record bears under their own names."""
    apart = ("resources", "rights", "week", "eligibility", "kinds", "themes")
    if facts is NeedFacts:
        apart = ("kinds", "themes")
    return {item.name: getattr(record, item.name) for item in fields(facts) if item.name not in apart}


def _themes(listing: Offer | Need, held: dict[str, Any]) -> list[Theme]:
    if "themes" not in held:
        return list(listing.themes.all())
    return list(Theme.objects.filter(slug__in=held["themes"]).order_by("position", "id"))
