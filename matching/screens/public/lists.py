"""The public lists: what is asked of them, what they hold, page by page, and what to loosen where they hold nothing."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from functools import cached_property, lru_cache
from typing import Any, NamedTuple

from django.core.cache import caches
from django.core.paginator import Page, Paginator
from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from django.utils.timezone import localdate

from matching.catalogue import criteria
from matching.catalogue.models import Need, Offer, Theme
from matching.geography import Geography
from matching.organisations.models import Organisation
from matching.screens.drawn import card, cards, stamps
from matching.screens.public.forms import RADII
from matching.suggestions import search
from matching.territories.models import Outline, Territory
from matching.territories.points import kilometres_between, located_geography, places_near, point_of

PAGE_SIZE = 20
_NEWEST = ("-published_at", "-id")
# Of the text of a listing so many signs are shown around the first word by which it was found.
_BEFORE, _SHOWN = 60, 220


class Known(NamedTuple):
    """What all lists need to know, asked of the database once in each edition."""

    themes: Sequence[Theme]
    located: Geography
    has_outlines: bool


@lru_cache(maxsize=2)
def known(edition: str) -> Known:
    """What this edition knows."""
    themes = Theme.objects.select_related("parent").order_by("position", "id")
    return Known(list(themes), located_geography(), Outline.objects.exists())


class Told(NamedTuple):
    """What a list knows of a listing beside its row."""

    kilometres: float | None = None
    """From the commune that was asked for to the listing's."""
    title: SafeString = SafeString("")
    """With the words by which it was found underlined; empty where none were typed."""
    excerpt: SafeString = SafeString("")
    """Of its text, around the first such word that the title does not say."""


class OnMap(NamedTuple):
    """What the map of a page shows."""

    places: list[dict[str, Any]]
    """Communes, each with its point and its listings."""
    elsewhere: int
    """How many listings of the page it cannot show: they are of larger territories, or of none."""


class Loosened(NamedTuple):
    """One change of the filters, and how many listings it brings."""

    name: str
    listings: int
    radius: int | None = None
    """The wider distance that would do; None: the filter goes."""


@dataclass
class Listings:
    """What is asked of one list, in one edition."""

    model: type[Offer] | type[Need]
    asked: Mapping[str, Any]
    edition: str
    found: Any = field(init=False, default=None)
    keys: list[int] = field(init=False, default_factory=list)
    """Of the listings of the page that was asked for last."""

    def __post_init__(self) -> None:
        if words := self.asked.get("q"):
            library = search.OFFERS if self.model is Offer else search.NEEDS
            self.found = library.find(words, edition=self.edition)

    @property
    def _live(self) -> Any:
        return self.model.objects.live(localdate())

    @cached_property
    def _located(self) -> Geography:
        return known(self.edition).located

    @cached_property
    def conditions(self) -> dict[str, Q]:
        """Each filter in force, by its name; a distance goes with its commune."""
        asked, model = self.asked, self.model
        told: dict[str, Q] = {}
        if self.found is not None:
            told["q"] = Q(pk__among=self.found.ids)
        if territory := asked.get("territory"):
            told["territory"] = self._on_ground(territory, asked.get("radius"))
        if kind := asked.get("kind"):
            told["kind"] = criteria.of_kind(model, kind)
        if theme := asked.get("theme"):
            told["theme"] = criteria.about(model, theme)
        if within := asked.get("within"):
            day = None if within == "none" else localdate() + timedelta(days=int(within))
            told["within"] = criteria.ending_by(model, day)
        if form := asked.get("legal_form"):
            told["legal_form"] = criteria.for_form(model, form)
        if people := asked.get("people"):
            told["people"] = criteria.for_people(model, people)
        if amount := asked.get("amount"):
            told["amount"] = criteria.for_amount(model, amount)
        if asked.get("accessible"):
            told["accessible"] = criteria.accessible()
        return told

    def _on_ground(self, territory: Territory, radius: int | None) -> Q:
        near = places_near(self._located, territory, radius) if radius else ()
        return criteria.in_one_of(near) if near else criteria.around(territory)

    def page(self, number: str | None) -> Page:
        """The page asked for, of cards; the nearest one where that number means nothing. Best first for words, else
        newest."""
        if not self.conditions:
            return self._of_all(number)
        rows = self._live.filter(*self.conditions.values())
        keys = rows.order_by(*_NEWEST).values_list("pk", flat=True)
        if self.found is not None:
            kept = set(keys.order_by())
            keys = [key for key in self.found.ids.tolist() if key in kept]
        page = Paginator(keys, PAGE_SIZE).get_page(number)
        if self._tells:
            self.keys = list(page.object_list)
            page.object_list = self._own_cards(self.keys)
        else:
            # The index tells which; only those are read.
            marks = list(stamps(self.model.objects.filter(pk__in=page.object_list).order_by(*_NEWEST)))
            self.keys = [mark[0] for mark in marks]
            page.object_list = cards(self.model, marks)
        return page

    def _of_all(self, number: str | None) -> Page:
        """A page of the whole list: which listings it holds is asked once in each edition, each day."""
        page = Paginator(range(self._all()), PAGE_SIZE).get_page(number)

        def marks() -> list[tuple[Any, ...]]:
            first = page.start_index() - 1
            return list(stamps(self._live.order_by(*_NEWEST))[first : first + PAGE_SIZE]) if page else []

        name = f"page:{self.model.__name__}:{self.edition}:{localdate()}:{page.number}"
        kept = caches["parts"].get_or_set(name, marks)
        self.keys = [mark[0] for mark in kept]
        page.object_list = cards(self.model, kept)
        return page

    def _all(self) -> int:
        """How many are live: counted once in each edition, each day."""
        name = f"{self.model.__name__}:{self.edition}:{localdate()}"
        count: int = caches["parts"].get_or_set(name, self._live.count)
        return count

    @property
    def _tells(self) -> bool:
        """Whether cards say more here than elsewhere: the words that were looked for, how far it is."""
        return self.found is not None or bool(self.asked.get("territory") and self._located.is_located)

    def _own_cards(self, keys: Sequence[int]) -> list[str]:
        rows = self.model.objects.for_cards().in_bulk(keys)
        return [card(rows[key], told=self._told(rows[key])) for key in keys if key in rows]

    def _told(self, listing: Offer | Need) -> Told:
        origin = self.asked.get("territory")
        away = kilometres_between(self._located, origin, listing.territory) if origin and listing.territory else None
        if self.found is None:
            return Told(away)
        title = search.parted(listing.title, self.found)
        named = {word.lower() for word, is_found in title if is_found}
        return Told(away, _underlined(title), _underlined(_excerpt(search.parted(_said(listing), self.found), named)))

    def on_map(self) -> OnMap:
        """The listings of the page where their communes lie: never nearer to anybody's door. One query."""
        rows = self.model.objects.select_related("territory").in_bulk(self.keys)
        places: dict[Territory, dict[str, Any]] = {}
        elsewhere = 0
        for listing in (rows[key] for key in self.keys if key in rows):
            point = point_of(self._located, listing.territory) if listing.territory else None
            if point is None:
                elsewhere += 1
                continue
            empty = {"name": str(listing.territory), "lat": point[0], "lon": point[1], "listings": []}
            place = places.setdefault(listing.territory, empty)
            address = reverse(f"public:{self.model._meta.model_name}", args=[listing.uuid, listing.slug])
            place["listings"].append({"title": listing.title, "url": address})
        return OnMap(list(places.values()), elsewhere)

    def loosened(self) -> list[Loosened]:
        """What would bring listings where there are none: each filter left out alone, the most helpful first, and the
        next distance that holds some. One query, whatever the filters."""
        changes = {name: self._without(name) for name in self.conditions}
        radius = self.asked.get("radius") or max(RADII)
        for wider in (wider for wider in RADII if wider > radius):
            ground = self._on_ground(self.asked["territory"], wider)
            changes[f"radius_{wider}"] = self._without("territory") & ground
        counts = self._live.order_by().aggregate(
            **{f"so_{name}": Count("pk", filter=condition) for name, condition in changes.items()}
        )
        told = [Loosened(name, counts[f"so_{name}"]) for name in self.conditions]
        wider = [Loosened("radius", counts[f"so_radius_{to}"], to) for to in RADII if f"so_radius_{to}" in counts]
        told += [each for each in wider if each.listings][:1]
        return sorted((each for each in told if each.listings), key=lambda each: -each.listings)

    def _without(self, name: str) -> Q:
        others = [condition for other, condition in self.conditions.items() if other != name]
        return Q(*others) if others else Q(pk__isnull=False)


def cards_of(organisation: Organisation, most: int) -> list[SafeString]:
    """The cards of what an organisation shares or looks for at present, newest first."""
    model = Offer if organisation.is_authority else Need
    rows = model.objects.live(localdate()).of(organisation).order_by("-published_at", "-id")
    return cards(model, stamps(rows)[:most])


def listed_organisations(filters: dict[str, Any]) -> QuerySet[Organisation]:
    """Organisations that are here: verified, or with something published; not the whole official table."""
    offers = Offer.objects.published().filter(organisation=OuterRef("pk"))
    needs = Need.objects.published().filter(organisation=OuterRef("pk"))
    rows = Organisation.objects.shown().filter(Q(verified_at__isnull=False) | Exists(offers) | Exists(needs))
    if side := filters.get("side"):
        rows = rows.filter(side=side)
    if words := filters.get("q"):
        rows = rows.filter(name__icontains=words)
    if territory := filters.get("territory"):
        rows = rows.filter(
            Q(territory=territory)
            | Q(territory__in=territory.containers.all())
            | Q(territory__in=territory.contents.all())
        )
    return rows.select_related("territory").order_by("name", "id")


def page_of(request: HttpRequest, rows: QuerySet) -> Page:
    """The page asked for; the nearest one where that number means nothing."""
    return Paginator(rows, PAGE_SIZE).get_page(request.GET.get("page"))


def _said(listing: Offer | Need) -> str:
    """What a listing says beside its title, as far as it is searched."""
    more = (listing.provides, listing.expects) if isinstance(listing, Offer) else (listing.why, listing.contribution)
    return "\n".join(filter(None, (listing.text, *more)))


def _underlined(pieces: Sequence[tuple[str, bool]]) -> SafeString:
    """The author's own words underlined where they were looked for."""
    marks = {True: ('<span class="own-word">', "</span>"), False: ("", "")}
    rows = ((SafeString(marks[found][0]), words, SafeString(marks[found][1])) for words, found in pieces)
    return format_html_join("", "{}{}{}", rows)


def _excerpt(pieces: Sequence[tuple[str, bool]], named: set[str]) -> list[tuple[str, bool]]:
    """A text around the first word that was looked for and that the title does not say; nothing without one."""
    at = next((at for at, (word, found) in enumerate(pieces) if found and word.lower() not in named), None)
    if at is None:
        return []
    before = pieces[at - 1][0] if at and not pieces[at - 1][1] else ""
    if len(before) > _BEFORE:
        before = "… " + before[-_BEFORE:].partition(" ")[2]
    shown, left = [(before, False)] if before else [], _SHOWN
    for words, found in pieces[at:]:
        if len(words) > left:
            shown.append((words[:left].rpartition(" ")[0] + " …", False))
            break
        shown.append((words, found))
        left -= len(words)
    return shown
