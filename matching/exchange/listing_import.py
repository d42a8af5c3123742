"""Offers and needs on their way in."""

import difflib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, Generic, TypeVar

from django.db import transaction
from django.db.models import QuerySet

from matching.catalogue.models import Need, Offer, Status, Theme
from matching.catalogue.services import NeedFacts, OfferFacts, close, pause, publish
from matching.catalogue.texts import tidy
from matching.exchange.edits import listing_edited_by_people
from matching.exchange.fields import Check
from matching.exchange.importing import RowImport, Settings, tried
from matching.exchange.organisations import Places, Publisher, Publishers
from matching.exchange.reading import Row
from matching.exchange.report import Fault, Unusable, shown

L = TypeVar("L", Offer, Need)
FUNDER = "funder"
_VERBS: dict[Status, Callable[[Any], Any]] = {
    Status.PUBLISHED: lambda listing: publish(listing=listing, person=None),
    Status.PAUSED: lambda listing: pause(listing=listing),
    Status.CLOSED: lambda listing: close(listing=listing),
}


@dataclass(frozen=True)
class Trade(Generic[L]):
    """What differs between offers and needs.

    write: writes facts into a listing, or into a new one where it is None.
    stored: rows with everything that `same` reads.
    """

    side: str
    checks: Mapping[str, Check]
    missing_facts: Callable[[Mapping[str, Any]], list[Fault]]
    facts: Callable[..., Any]
    same: Callable[[L, Any], bool]
    write: Callable[..., L]
    stored: Callable[[], QuerySet[L]]


@dataclass(frozen=True)
class _Plan(Generic[L]):
    """What is to be done with one row."""

    listing: L | None
    publisher: Publisher
    facts: Any
    changed: bool
    status: Status | None


class ListingImport(RowImport, Generic[L]):
    """Brings listings in through the catalogue's own verbs, and only what is new or has changed."""

    def __init__(self, trade: Trade[L], settings: Settings) -> None:
        super().__init__(settings, trade.checks)
        self.trade: Trade[L] = trade
        self._places = Places()
        self._publishers = Publishers(settings.source, trade.side, settings.default, self._places)
        self._themes = {theme.slug: theme for theme in Theme.objects.all()}
        self._stored: dict[str, L] = {}

    def missing_facts(self, values: Mapping[str, Any]) -> list[Fault]:
        return self.trade.missing_facts(values)

    def prepare(self, batch: Sequence[Row]) -> None:
        ids = [each for row in batch if _can_be_asked(each := row.record.get("id"))]
        rows = self.trade.stored().filter(source=self.settings.source, external_id__in=ids)
        self._stored = {listing.external_id: listing for listing in rows}

    def bring_in(self, row: Row, values: dict[str, Any]) -> list[Fault]:
        faults: list[Fault] = []
        plan = self._plan(row, values, faults)
        if plan and (plan.changed or plan.status) and not self.settings.dry_run:
            # Outside the row's own savepoint: the rows that follow need the organisation too.
            organisation = tried("organisation", plan.publisher.make, faults)
            if organisation:
                tried("ligne", lambda: self._write(plan, organisation, values["id"]), faults)
        if plan and not faults:
            self._count(plan)
        return faults

    def _plan(self, row: Row, values: Mapping[str, Any], faults: list[Fault]) -> _Plan[L] | None:
        named = FUNDER if FUNDER in values else "organisation"
        publisher = tried(named, lambda: self._publishers.of(values.get("organisation"), values.get(FUNDER)), faults)
        themes = tried("themes", lambda: [self._theme(slug) for slug in values.get("themes", ())], faults)
        for name in ("territory", "perimeter"):
            tried(name, partial(self._places.row, values.get(name)), faults)
        if publisher is None or faults:
            return None
        facts = self.trade.facts(values, themes=themes, places=self._places, flags=_flags(row, values, publisher))
        listing = self._stored.get(values["id"])
        changed = listing is None or not self.trade.same(listing, facts)
        if listing is not None:
            tried(named, lambda: _check_publisher(listing, publisher), faults)
            tried("ligne", lambda: _check_untouched(listing, changed), faults)
        status = listing.status if listing else Status.DRAFT
        next_status = _next_status(status, values.get("status", Status.PUBLISHED), self.settings.publishes)
        return None if faults else _Plan(listing, publisher, facts, changed, next_status)

    def _theme(self, slug: str) -> Theme:
        if slug not in self._themes:
            raise Unusable("unknown_theme", f"{shown(slug)} n’est pas un thème", self._other_theme(slug))
        return self._themes[slug]

    def _other_theme(self, slug: str) -> str:
        if not self._themes:
            return "Chargez d’abord les thèmes : manage.py load_themes"
        near = difflib.get_close_matches(slug, self._themes, n=1)
        if near:
            return f"Peut-être {shown(near[0])}"
        parents = [each for each in self._themes if "/" not in each]
        return f"Choisissez parmi {', '.join(parents)} et leurs sous-thèmes"

    @transaction.atomic
    def _write(self, plan: _Plan[L], organisation: Any, external_id: str) -> None:
        listing = plan.listing
        if plan.changed:
            listing = self.trade.write(
                listing,
                organisation=organisation,
                facts=plan.facts,
                person=None,
                source=self.settings.source,
                external_id=external_id,
                publishes=plan.status == Status.PUBLISHED,
            )
        if plan.status and listing is not None and listing.status != plan.status:
            _VERBS[plan.status](listing)

    def _count(self, plan: _Plan[L]) -> None:
        if plan.listing is None:
            self.report.imported += 1
        elif plan.changed or plan.status:
            self.report.updated += 1
        else:
            self.report.unchanged += 1
        self.report.flags.update(plan.facts.flags)
        self.report.over += _is_over(plan.facts, self.settings)


def _can_be_asked(id: object) -> bool:
    """No database accepts a NUL or half a character, even in a question."""
    return isinstance(id, str) and tidy(id) == id


def _flags(row: Row, values: Mapping[str, Any], publisher: Publisher) -> list[str]:
    form = values.get("legal_form")
    return [*row.flags, *(["legal_form_of_organisation"] if form and form != publisher.legal_form else [])]


def _check_publisher(listing: Offer | Need, publisher: Publisher) -> None:
    if publisher.found is None or publisher.found.pk != listing.organisation_id:
        raise Unusable(
            "other_organisation",
            f"cette annonce est déjà importée pour {shown(listing.organisation.name)}",
            "Rendez-lui son organisation, ou changez l’identifiant",
        )


def _check_untouched(listing: Offer | Need, changed: bool) -> None:
    if changed and listing_edited_by_people(listing):
        raise Unusable(
            "edited_here",
            "quelqu’un a modifié cette annonce ici depuis l’import ; elle est laissée telle quelle",
            "Modifiez-la à l’écran",
        )


def _next_status(status: str, wanted: str, publishes: bool) -> Status | None:
    """The status to give, where the file wants another one; pauses and ends decided here stay."""
    if wanted == Status.PUBLISHED and status == Status.DRAFT and publishes:
        return Status.PUBLISHED
    if wanted == Status.PAUSED and status in (Status.DRAFT, Status.PUBLISHED):
        return Status.PAUSED
    if wanted == Status.CLOSED and status != Status.CLOSED:
        return Status.CLOSED
    return None


def _is_over(facts: OfferFacts | NeedFacts, settings: Settings) -> bool:
    last_days = (facts.ends, facts.closes if isinstance(facts, OfferFacts) else None)
    return any(day is not None and day < settings.today for day in last_days)
