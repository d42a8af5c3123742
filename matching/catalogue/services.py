"""Verbs about listings: write, publish, pause, close. Each ends with one event inside its transaction."""

from collections.abc import Sequence
from dataclasses import dataclass, field, fields, replace
from datetime import date
from typing import Any, TypeVar
from uuid import UUID, uuid4

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from matching import events
from matching.catalogue.eligibility import Rule, in_order, write_rules
from matching.catalogue.models import Listing, Need, Offer, Resource, RightsBundle, Status, Theme
from matching.catalogue.rights import NAMES, TEXTS, Bundle, IncoherentRights, at_odds, usual
from matching.catalogue.texts import tidy
from matching.catalogue.week import Week
from matching.organisations.discretion import said_of_the_place, told_territory
from matching.organisations.models import Membership, Organisation
from matching.organisations.permissions import may_speak_for
from matching.people.models import Person
from matching.territories.models import Territory

L = TypeVar("L", Offer, Need)


class ChangedMeanwhile(Exception):
    """Somebody else has changed the listing since it was read."""


class Hidden(Exception):
    """Moderation hides the listing, or its organisation: only moderation lets it be published again."""


@dataclass(frozen=True, kw_only=True)
class ResourceFacts:
    """One resource as its form or its import line tells it. Amounts and prices in cents."""

    kind: str
    subkind: str = ""
    licence: str = ""
    formats: str = ""
    url: str = ""
    rights_cleared: bool | None = None
    capacity: int | None = None
    surface_m2: int | None = None
    address: str = ""
    equipment: str = ""
    opening: str = ""
    closed_on_holidays: bool = False
    accessible: bool | None = None
    price: int | None = None
    rental_value: int | None = None
    amount_min: int | None = None
    amount_max: int | None = None
    funding_use: str = ""
    rate: int | None = None
    is_call: bool = False


@dataclass(frozen=True, kw_only=True)
class OfferFacts:
    """Everything that an offer says, whoever says it: a form, an import."""

    title: str
    text: str = ""
    easy_read: str = ""
    resources: Sequence[ResourceFacts]
    themes: Sequence[Theme] = ()
    territory: Territory | None = None
    perimeter: Territory | None = None
    legal_forms: Sequence[str] = ()
    provides: str = ""
    has_means: bool = True
    expects: str = ""
    starts: date | None = None
    ends: date | None = None
    opens: date | None = None
    closes: date | None = None
    # None: the preset of the first resource's kind.
    rights: Bundle | None = None
    # None: the week of the place stays as it is.
    week: Week | None = None
    # None: the conditions to apply stay as they are.
    eligibility: Sequence[Rule] | None = None
    flags: Sequence[str] = field(default_factory=list)


@dataclass(frozen=True, kw_only=True)
class NeedFacts:
    """Everything that a need says. Amounts in cents."""

    title: str
    text: str = ""
    easy_read: str = ""
    kinds: Sequence[str] = ()
    themes: Sequence[Theme] = ()
    territory: Territory | None = None
    perimeter: Territory | None = None
    why: str = ""
    capacity: int | None = None
    surface_m2: int | None = None
    amount_min: int | None = None
    amount_max: int | None = None
    data_subject: str = ""
    starts: date | None = None
    ends: date | None = None
    rights: Sequence[str] = ()
    contribution: str = ""
    # The recipe that it adapts.
    origin: UUID | None = None
    flags: Sequence[str] = field(default_factory=list)


@transaction.atomic
def write_offer(
    *,
    organisation: Organisation,
    facts: OfferFacts,
    person: Person | None,
    offer: Offer | None = None,
    source: str = "",
    external_id: str = "",
    form_key: UUID | None = None,
    publishes: bool = False,
    seen_version: int | None = None,
) -> Offer:
    """Write a new offer as a draft, or what has changed of one that exists.

    `form_key`: drawn by the form and kept as the offer's uuid, so that a double click writes it once.
    `seen_version`: that of the offer whose change this is; raises ChangedMeanwhile where it has another by now.
    `publishes`: published in the same write, as publish() does for an import, which is trusted.
    Raises IncoherentRights for rights that break a rule.
    """
    if form_key and (written := _written_by_form(Offer, organisation, person, form_key)):
        return written
    if offer and seen_version is not None:
        _hold(offer, seen_version)
    rights = _sound(facts)
    offer = offer or _new(Offer, organisation, person, source, external_id, form_key)
    _set(offer, facts, leave=("resources", "themes", "rights", "week", "eligibility"))
    if publishes and not offer.is_hidden:
        _set_status(offer, Status.PUBLISHED)
    offer.holds = {
        **{name: offer.holds[name] for name in ("week", "photos", "cover", "eligibility") if name in offer.holds},
        "themes": [theme.slug for theme in facts.themes],
        "resources": [_told(resource) for resource in facts.resources],
        "bundle": rights.as_plain(),
        **({} if facts.week is None else {"week": facts.week.as_plain()}),
        **({} if facts.eligibility is None else {"eligibility": _rules_told(facts.eligibility)}),
    }
    offer.save()
    offer.themes.set(facts.themes)
    offer.resources.all().delete()
    Resource.objects.bulk_create(Resource(offer=offer, **_plain(resource)) for resource in facts.resources)
    RightsBundle.objects.update_or_create(offer=offer, defaults={name: getattr(rights, name) for name in NAMES})
    if facts.week is not None:
        _set_week(offer, facts.week)
    if facts.eligibility is not None:
        write_rules(offer, facts.eligibility)
    return _written(offer)


@transaction.atomic
def write_week(*, offer: Offer, week: Week) -> Offer:
    """Write the week of a place, and nothing else."""
    offer.holds = {**offer.holds, "week": week.as_plain()}
    offer.save(update_fields=["holds", "updated_at"])
    _set_week(offer, week)
    return _written(offer)


@transaction.atomic
def write_need(
    *,
    organisation: Organisation,
    facts: NeedFacts,
    person: Person | None,
    need: Need | None = None,
    source: str = "",
    external_id: str = "",
    form_key: UUID | None = None,
    publishes: bool = False,
    seen_version: int | None = None,
) -> Need:
    """Write a new need as a draft, or what has changed of one that exists.

    `form_key`: drawn by the form and kept as the need's uuid, so that a double click writes it once.
    `seen_version`: that of the need whose change this is; raises ChangedMeanwhile where it has another by now.
    `publishes`: published in the same write, as publish() does for an import, which is trusted.
    """
    if form_key and (written := _written_by_form(Need, organisation, person, form_key)):
        return written
    if need and seen_version is not None:
        _hold(need, seen_version)
    need = need or _new(Need, organisation, person, source, external_id, form_key)
    _set(need, facts, leave=("kinds", "themes"))
    for kind in ("data", "place", "funding"):
        setattr(need, f"wants_{kind}", kind in facts.kinds)
    _withhold(need)
    if publishes and not need.is_hidden:
        _set_status(need, Status.PUBLISHED)
    need.holds = {"themes": [theme.slug for theme in facts.themes]}
    need.save()
    need.themes.set(facts.themes)
    return _written(need)


@transaction.atomic
def publish(*, listing: L, person: Person | None) -> L:
    """Publish, or make it wait until somebody confirms the person (person None: an import, trusted).

    Raises Hidden for what moderation hides; an import, which repeats what its source says, leaves that as it is.
    """
    if _is_hidden(listing):
        if person is None:
            return listing
        raise Hidden
    trusted = person is None or may_speak_for(person, listing.organisation)
    return _change_status(listing, Status.PUBLISHED if trusted else Status.WAITING)


@transaction.atomic
def publish_waiting(*, membership: Membership) -> list[Listing]:
    """Publish what a person now confirmed had asked to publish for that organisation; nothing for a reader."""
    if not may_speak_for(membership.person, membership.organisation):
        return []
    theirs = {
        "organisation": membership.organisation,
        "created_by": membership.person,
        "status": Status.WAITING,
    }
    if membership.organisation.hidden_at:
        return []
    offers = [_change_status(offer, Status.PUBLISHED) for offer in Offer.objects.filter(**theirs)]
    needs = [_change_status(need, Status.PUBLISHED) for need in Need.objects.filter(**theirs)]
    return [*offers, *needs]


@transaction.atomic
def doubt_matches_of(*, organisation: Organisation) -> list[Listing]:
    """What counted for the matcher has changed of the organisation itself: its listings are to be matched anew."""
    listings: list[Listing] = []
    for model in (Offer, Need):
        published = model.objects.of(organisation).published()
        published.update(matched_version=0)
        listings += published.select_related("organisation")
    for listing in listings:
        events.listing_changed.send(sender=type(listing), listing=listing)
    return listings


@transaction.atomic
def withhold_again(*, organisation: Organisation) -> list[Need]:
    """A collective says more or less of where it is: its needs do the same, those that are closed too."""
    needs = Need.objects.of(organisation).select_related("organisation", "territory", "perimeter")
    rows = list(needs.select_related("exact_territory", "exact_perimeter").order_by("pk"))
    for need in rows:
        need.territory, need.perimeter = need.typed_territory, need.typed_perimeter
        _withhold(need)
        # The matcher reads what was typed, and nothing of that has changed.
        need.save(update_fields=["territory", "perimeter", "exact_territory", "exact_perimeter", "updated_at"])
    return rows


def needs_that_tell(*, organisation: Organisation) -> list[Need]:
    """The published needs whose texts say where a discreet collective meets."""
    if not organisation.is_discreet:
        return []
    published = Need.objects.of(organisation).published().select_related("organisation").order_by("-updated_at", "-id")
    return [need for need in published if said_of_the_place(organisation, need.texts)]


@transaction.atomic
def pause(*, listing: L) -> L:
    """Take a listing out of the lists for a while."""
    return _change_status(listing, Status.PAUSED)


@transaction.atomic
def close(*, listing: L) -> L:
    """End a listing. It stays readable by its organisation."""
    return _change_status(listing, Status.CLOSED)


@transaction.atomic
def hide(*, listing: L) -> bool:
    """Moderation takes it out of the lists, until unhide(). Returns whether it was published."""
    listing = type(listing)._default_manager.select_for_update().get(pk=listing.pk)
    was_published = listing.is_published
    listing.hidden_at = listing.hidden_at or timezone.now()
    listing._history_user = None  # Its history tells what was done, not who of the moderation did it.
    if was_published:
        listing.status = Status.PAUSED
    listing.save(update_fields=["status", "hidden_at", "updated_at"])
    _written(listing)
    return was_published


@transaction.atomic
def unhide(*, listing: L, publishes: bool) -> L:
    """Moderation hides it no more. `publishes`: everybody reads it again, unless it was closed meanwhile."""
    listing = type(listing)._default_manager.select_for_update().get(pk=listing.pk)
    listing.hidden_at = None
    listing._history_user = None
    if publishes and listing.status == Status.PAUSED:
        _set_status(listing, Status.PUBLISHED)
    listing.save(update_fields=["status", "published_at", "hidden_at", "updated_at"])
    return _written(listing)


@transaction.atomic
def set_aside(*, listings: Sequence[L], status: Status) -> list[L]:
    """Pause or close several listings at once: all of them, or none. What is there already stays as it is."""
    return [_change_status(listing, status) for listing in listings if listing.status != status]


@transaction.atomic
def want_suggestions(*, listing: L, wanted: bool) -> L:
    """Let the matcher propose this listing, or no more. Asking twice changes nothing; its history keeps each change."""
    if listing.wants_suggestions == wanted:
        return listing
    listing.wants_suggestions = wanted
    listing.save(update_fields=["wants_suggestions", "updated_at"])
    return _written(listing)


def _hold(listing: Listing, version: int) -> None:
    """Nobody else changes it before the commit. Raises ChangedMeanwhile if somebody has done so already."""
    same = type(listing)._default_manager.select_for_update().filter(pk=listing.pk, version=version)
    if not same.values_list("pk", flat=True):
        raise ChangedMeanwhile


def _new(
    model: type[L],
    organisation: Organisation,
    person: Person | None,
    source: str,
    external_id: str,
    form_key: UUID | None,
) -> L:
    # A key that somebody else's listing bears already is no key of this form.
    taken = form_key and model.objects.filter(uuid=form_key).exists()
    return model(
        uuid=uuid4() if taken or not form_key else form_key,
        organisation=organisation,
        created_by=person,
        source=source,
        external_id=external_id,
        version=0,
    )


def _written_by_form(model: type[L], organisation: Organisation, person: Person | None, form_key: UUID) -> L | None:
    return model.objects.of(organisation).filter(uuid=form_key, created_by=person).first()


def _plain(facts: object) -> dict[str, object]:
    """Facts by name, texts tidied."""
    values = {item.name: getattr(facts, item.name) for item in fields(facts)}  # type: ignore[arg-type]
    return {name: tidy(value) if isinstance(value, str) else value for name, value in values.items()}


def _set(listing: Listing, facts: OfferFacts | NeedFacts, leave: Sequence[str]) -> None:
    for name, value in _plain(facts).items():
        if name not in leave:
            setattr(listing, name, list(value) if isinstance(value, list | tuple) else value)


def _withhold(need: Need) -> None:
    """What everybody reads of its place says no more than its collective wishes."""
    for name in ("territory", "perimeter"):
        typed = getattr(need, name)
        told = told_territory(need.organisation, typed)
        setattr(need, name, told)
        setattr(need, f"exact_{name}", typed if told != typed else None)


def _told(resource: ResourceFacts) -> dict[str, object]:
    """The facts of a resource that somebody told, as plain values."""
    return {name: value for name, value in _plain(resource).items() if value is not None and value != ""}


def _rules_told(rules: Sequence[Rule]) -> list[dict[str, Any]]:
    return [rule.as_plain() for rule in in_order(rules)]


def _sound(facts: OfferFacts) -> Bundle:
    """The rights as told, else as the first resource's kind has them. Raises IncoherentRights."""
    told = facts.rights if facts.rights is not None else usual(facts.resources[0].kind)
    words: dict[str, Any] = {name: tidy(getattr(told, name)) for name in TEXTS}
    told = replace(told, **words)
    if broken := at_odds(told):
        raise IncoherentRights(broken)
    return told


def _set_week(offer: Offer, week: Week) -> None:
    """Rows that still say the same keep their ids: what is booked may point to them."""
    slots = [(each.weekday, each.opens, each.closes, *each.season) for each in week.hours]
    _set_rows(offer.slots, ("weekday", "opens", "closes", "starts", "ends"), slots)
    _set_rows(offer.closures, ("starts", "ends", "reason"), list(week.closed))


def _set_rows(rows: Any, names: Sequence[str], wanted: Sequence[tuple]) -> None:
    held = {tuple(getattr(row, name) for name in names): row.pk for row in rows.all()}
    rows.exclude(pk__in=[held[values] for values in wanted if values in held]).delete()
    new = [rows.model(offer=rows.instance, **dict(zip(names, values, strict=True))) for values in dict.fromkeys(wanted)]
    rows.bulk_create(row for row in new if tuple(getattr(row, name) for name in names) not in held)


def _is_hidden(listing: Offer | Need) -> bool:
    """As the rows say now; locked, so that nobody hides it while it is published."""
    rows = type(listing)._default_manager.select_for_update(of=("self",)).select_related("organisation")
    return rows.get(pk=listing.pk).is_hidden


def _set_status(listing: Listing, status: Status) -> None:
    listing.status = status
    if status == Status.PUBLISHED and listing.published_at is None:
        listing.published_at = timezone.now()


def _change_status(listing: L, status: Status) -> L:
    _set_status(listing, status)
    listing.save(update_fields=["status", "published_at", "updated_at"])
    return _written(listing)


def _written(listing: L) -> L:
    """A change that matters to the matcher: a new version, then the event. Nobody need be asked whether it holds."""
    type(listing).objects.filter(pk=listing.pk).update(version=F("version") + 1, asked_at=None)
    listing.refresh_from_db()
    events.listing_changed.send(sender=type(listing), listing=listing)
    return listing
