"""Listings found by their words, with the matcher's own reading of texts: all that are public, suggestible or not."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from threading import Lock
from time import monotonic
from typing import TYPE_CHECKING
from uuid import UUID

from django.db.models import Max, QuerySet

from matching.catalogue.models import Need, Offer

if TYPE_CHECKING:
    from matching.engine.finding import Finder, Found, Text

# A transaction that lasts longer than this may write rows that look older than what was read before it ended:
# everything is held against the database again now and then.
_LASTS = timedelta(minutes=2)
_ALL_AGAIN = 600.0
_READ_OF = {
    Offer: ("text", "provides", "expects", "organisation__name", "territory__name"),
    Need: ("text", "why", "data_subject", "contribution", "organisation__name", "territory__name"),
}
_AT_ONCE = 1_000


class Library:
    """The public texts of one side, kept by each process; only what has changed is read again."""

    def __init__(self, model: type[Offer] | type[Need]) -> None:
        self._model = model
        self._finder: Finder | None = None
        self._versions: dict[int, tuple[UUID, int]] = {}
        self._edition: str | None = None
        self._all_read_at = 0.0
        self._lock = Lock()

    def find(self, typed: str, *, edition: str) -> Found:
        """What holds most of the words that were typed, best first. No query while the edition stays the same."""
        return self._current(edition).find(typed)

    def _current(self, edition: str) -> Finder:
        with self._lock:
            if self._finder is None or self._edition != edition:
                self._finder = self._read(self._finder)
                self._edition = edition
            return self._finder

    def _read(self, finder: Finder | None) -> Finder:
        from matching.engine.finding import Finder

        if finder is None or monotonic() > self._all_read_at + _ALL_AGAIN:
            versions = _versions(self._model.objects.published())
            self._all_read_at = monotonic()
        else:
            newest = self._model.objects.aggregate(Max("updated_at"))["updated_at__max"]
            lately = _versions(self._model.objects.filter(updated_at__gt=newest - _LASTS)) if newest else {}
            versions = {**self._versions, **lately}
        changed = [pk for pk, version in versions.items() if self._versions.get(pk) != version]
        gone = self._versions.keys() - versions.keys()
        self._versions = versions
        texts = list(self._texts(changed))
        return Finder.of(texts) if finder is None else finder.changed(texts, gone=gone)

    def _texts(self, keys: list[int]) -> Iterator[Text]:
        from matching.engine.finding import Text

        names = _READ_OF[self._model]
        for first in range(0, len(keys), _AT_ONCE):
            rows = self._model.objects.filter(pk__in=keys[first : first + _AT_ONCE]).order_by()
            for pk, title, *said in rows.values_list("pk", "title", *names):
                yield Text(pk, title, "\n".join(filter(None, said)))


def _versions(rows: QuerySet) -> dict[int, tuple[UUID, int]]:
    return {pk: (uuid, version) for pk, uuid, version in rows.order_by().values_list("pk", "uuid", "version")}


OFFERS, NEEDS = Library(Offer), Library(Need)


def parted(text: str, found: Found) -> list[tuple[str, bool]]:
    """A text in pieces, each with whether it is a word by which something was found."""
    from matching.engine import finding

    return finding.parted(text, found.stems)
