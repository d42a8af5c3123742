"""Live listings in the engine's words, kept by each process: a match reads again only what has changed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from math import inf
from threading import Lock
from time import monotonic
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from django.db.models import Count, F, Max, QuerySet, Sum

from matching.catalogue.models import Need, Offer
from matching.suggestions.bridge import need_in_engine, offer_in_engine

if TYPE_CHECKING:
    from matching import engine

L = TypeVar("L", bound="engine.Offer | engine.Need")

# How many rows are read at once.
_AT_ONCE = 1000
# To see whether so few have changed takes no time.
_SOON_READ = 2000


class Shelf(Generic[L]):
    """One side of the market, by identity and version: no version is ever taken for another.

    Of many listings only sums are asked, as long as they stay the same.
    """

    def __init__(self, model: type[Offer] | type[Need], also: Sequence[str], in_engine: Callable[[Any], L]) -> None:
        self._model = model
        self._also = also
        self._in_engine = in_engine
        self._held: dict[tuple[Any, ...], L] = {}
        self._listings: dict[int, L] = {}
        self._versions: dict[int, int] = {}
        self._looked: dict[date, float] = {}
        self._sums: tuple[date, Any] | None = None
        self._lock = Lock()

    def listings(self, today: date, *, at_most: float = 0.0) -> dict[int, L]:
        """Every live listing by primary key. The same object again while nothing has changed, for one query.

        at_most: seconds; where the listings are many and the last look is no older, it is enough: nothing is asked.
        """
        if len(self._held) > _SOON_READ and self._looked.get(today, -inf) + at_most > monotonic():
            return self._listings
        began = monotonic()
        live = self._model.objects.live(today).suggestible().order_by("pk")
        sums = _sums(live) if len(self._held) > _SOON_READ else None
        if sums and self._sums == (today, sums):
            self._looked = {today: began}
            return self._listings
        # The organisation speaks too: its legal form.
        keys = list(live.values_list("pk", "uuid", "version", "organisation__updated_at"))
        with self._lock:
            if keys != list(self._held):
                self._replace(keys, live)
            self._sums = (today, sums)
            self._looked = {today: began}
            return self._listings

    def version_of(self, pk: int) -> int | None:
        """The version of a listing that listings() gave last; None for one that it did not give."""
        return self._versions.get(pk)

    def read(self, rows: QuerySet) -> dict[int, L]:
        """These listings, live or not, by primary key; nothing is kept."""
        return {row.pk: self._in_engine(row) for row in self._whole(rows).order_by("pk")}

    def _replace(self, keys: Sequence[tuple[Any, ...]], live: QuerySet) -> None:
        missing = [key[0] for key in keys if key not in self._held]
        held = {key: self._held[key] for key in keys if key in self._held}
        for first in range(0, len(missing), _AT_ONCE):
            for row in self._whole(live.filter(pk__in=missing[first : first + _AT_ONCE])):
                held[row.pk, row.uuid, row.version, row.organisation.updated_at] = self._in_engine(row)
        self._held = dict(sorted(held.items(), key=lambda item: item[0][0]))
        self._listings = {key[0]: listing for key, listing in self._held.items()}
        self._versions = {key[0]: key[2] for key in self._held}

    def _whole(self, rows: QuerySet) -> QuerySet:
        own = ("exact_territory", "exact_perimeter") if rows.model is Need else ("bundle",)
        return rows.select_related("organisation__host", "territory", "perimeter", *own).prefetch_related(
            "themes", *self._also
        )


def _sums(live: QuerySet) -> tuple[Any, ...]:
    """What changes whenever one of many listings comes, goes or is edited: far sooner read than all their versions."""
    return tuple(
        live.order_by()
        .aggregate(
            count=Count("pk"),
            which=Sum("pk"),
            who=Sum(F("pk") * F("pk")),
            versions=Sum("version"),
            whose=Sum(F("pk") * F("version")),
            edited=Max("updated_at"),
            organisations=Max("organisation__updated_at"),
        )
        .values()
    )


OFFERS: Shelf[engine.Offer] = Shelf(Offer, ("resources",), offer_in_engine)
NEEDS: Shelf[engine.Need] = Shelf(Need, (), need_in_engine)
