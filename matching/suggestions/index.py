"""The fitted matcher of this process: refitted when an offer, the day or the saved state has changed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from threading import Lock
from typing import TYPE_CHECKING

from matching.suggestions import artefacts, shelves
from matching.suggestions.models import Artefact

if TYPE_CHECKING:
    from matching import engine

_LONGEST_VERSION = 60


@dataclass(frozen=True)
class Index:
    """A matcher fitted on `offers` (by primary key) for one day, with the state that it took, if any."""

    matcher: engine.Matcher
    offers: dict[int, engine.Offer]
    today: date
    artefact: Artefact | None

    @property
    def version(self) -> str:
        """The engine's version and the saved state's, as suggestions keep them."""
        from matching import engine

        state = self.artefact.version if self.artefact else "base"
        return f"{engine.ENGINE_VERSION}/{state}"[:_LONGEST_VERSION]


_lock = Lock()
_current: Index | None = None


def current(today: date) -> Index:
    """The index of the offers that are live that day. Two queries where nothing has changed."""
    global _current
    offers = shelves.OFFERS.listings(today)
    states = artefacts.usable()
    with _lock:
        if _current is None or not _still_good(_current, offers, today, states):
            _current = _fitted(offers, today, states)
        return _current


def _still_good(index: Index, offers: dict[int, engine.Offer], today: date, states: list[Artefact]) -> bool:
    newest = states[0] if states else None
    return index.offers is offers and index.today == today and index.artefact == newest


def _fitted(offers: dict[int, engine.Offer], today: date, states: list[Artefact]) -> Index:
    """Fit with the newest state that can be read; without any, from the offers alone."""
    from matching import engine

    for state in states:
        try:
            matcher = engine.Matcher(today=today).fit(list(offers.values()), model=artefacts.folder_of(state))
        except engine.BrokenModel as fault:
            artefacts.mark_broken(state, str(fault))
        else:
            return Index(matcher, offers, today, state)
    return Index(engine.Matcher(today=today).fit(list(offers.values())), offers, today, None)
