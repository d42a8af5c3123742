"""Phrases about territories."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Case, F, Min, Q, Value, When

from matching.geography import LEVELS, Place, load, normalise

if TYPE_CHECKING:
    from matching.territories.models import Territory

# Of TerritoryName.key; SQLite refuses much longer patterns.
_LONGEST_KEY = 140
# How well a key answers what was typed.
_SAME_KEY, _BEGINS, _WORD_INSIDE = range(3)

_SMALLEST_LEVEL = Case(*(When(level=level, then=Value(rank)) for rank, level in enumerate(LEVELS)))
_MOST_POPULATED = (F("population").desc(nulls_last=True), _SMALLEST_LEVEL, "name", "pk")


class TerritoryQuerySet(models.QuerySet["Territory"]):
    """Filters that read aloud."""

    def current(self) -> TerritoryQuerySet:
        """Those of the geography of today, without the ones that merged or vanished."""
        return self.filter(replaced_by=None, vintage=load().millesime)

    def at(self, level: str, code: str) -> TerritoryQuerySet:
        """The one that this code means today (none or one): an old code gives what it merged into."""
        place = load().resolve(level, code)
        if place is None:
            return self.none()
        return self.current().filter(level=place.level, code=place.code)

    def containing(self, territory: Territory) -> TerritoryQuerySet:
        """The territory and those that hold all of it."""
        return self.filter(Q(pk=territory.pk) | _holding(territory))

    def within(self, territory: Territory) -> TerritoryQuerySet:
        """The territory and those that lie entirely in it."""
        return self.filter(Q(pk=territory.pk) | _inside(territory))

    def around(self, territory: Territory) -> TerritoryQuerySet:
        """Those that share ground with the territory: itself, containing, contained, or in part."""
        place = Place(territory.level, territory.code)
        shared = Q()
        geography = load()
        if geography.resolve(*place) == place:
            for level in LEVELS:
                codes = [area.code for area in geography.touching(place) if area.level == level]
                shared |= Q(level=level, code__in=codes)
        return self.filter(Q(pk=territory.pk) | _holding(territory) | _inside(territory) | shared)

    def search(self, typed: str) -> TerritoryQuerySet:
        """Current ones whose name, alias or postcode is, begins with, or has a word that begins with what was
        typed, in this order, and the most populated first. Nothing typed finds nothing."""
        key = normalise(typed)
        if not 0 < len(key) <= _LONGEST_KEY:
            return self.none()
        same, begins = Q(search_names__key=key), Q(search_names__key__startswith=key)
        answer = Case(
            When(same, then=Value(_SAME_KEY)),
            When(begins, then=Value(_BEGINS)),
            default=Value(_WORD_INSIDE),
        )
        return (
            self.current()
            .filter(begins | Q(search_names__key__contains=f" {key}"))
            .annotate(answer=Min(answer))
            .order_by("answer", *_MOST_POPULATED)
        )

    def named(self, typed: str) -> TerritoryQuerySet:
        """Current ones that are called exactly so: "Brest (Finistère)", "brest", "29200"."""
        return self.current().filter(search_names__key=normalise(typed)).order_by(*_MOST_POPULATED)


def _holding(territory: Territory) -> Q:
    containments = territory.containments.model.objects
    return Q(pk__in=containments.filter(contained=territory).values("container"))


def _inside(territory: Territory) -> Q:
    containments = territory.containments.model.objects
    return Q(pk__in=containments.filter(container=territory).values("contained"))
