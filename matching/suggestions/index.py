"""The fitted matcher of this process: it follows every change of the offers, of the day and of the saved state."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from threading import Lock, Thread
from typing import TYPE_CHECKING

from django.db import connections

from matching.suggestions import artefacts, ladder, shelves
from matching.suggestions.models import Artefact, TrainedModel
from matching.territories.points import located_geography

if TYPE_CHECKING:
    from matching import engine
    from matching.engine.heads import Heads
    from matching.engine.held import Held
    from matching.engine.scoring import Needs

_LONGEST_VERSION = 60
# So many offers are read at once whenever one changes; more follow by increments, and are read again beside the service
# when the saved state changes or, without any, when this share of them is new to what was learned.
READ_AT_ONCE = 1_000
DRIFT = 0.05


@dataclass(frozen=True)
class Index:
    """A matcher of `offers` (by primary key) for one day, with the state and the model that it took, if any."""

    matcher: engine.Matcher
    offers: dict[int, engine.Offer]
    today: date
    artefact: Artefact | None
    model: TrainedModel | None = None
    learned_from: frozenset[int] = frozenset()
    """The offers that were there when it was fitted."""

    @property
    def heads(self) -> Heads | None:
        """What scores in place of the rule, if anything."""
        return self.matcher.heads

    @property
    def version(self) -> str:
        """The engine's version, the saved state's and the learned model's, as suggestions keep them."""
        from matching import engine

        state = self.artefact.version if self.artefact else "base"
        return f"{engine.ENGINE_VERSION}/{state}{ladder.version_suffix(self.model)}"[:_LONGEST_VERSION]


@dataclass(frozen=True)
class _NeedsHeld:
    """The needs as one fit's statistics read them."""

    statistics: object
    needs: dict[int, engine.Need]
    held: Held[engine.Need, Needs]


_lock = Lock()
_current: Index | None = None
_needs: _NeedsHeld | None = None
_beside: Thread | None = None


def current(today: date, *, at_most: float = 0.0) -> Index:
    """The index of the offers that are live that day. Three queries where nothing has changed.

    at_most: seconds that the last look at the offers may be old; see Shelf.listings().
    """
    global _current
    offers = shelves.OFFERS.listings(today, at_most=at_most)
    states, model = artefacts.usable(), ladder.active()
    with _lock:
        newest = states[0] if states else None
        index = _current
        if index is None or (len(offers) <= READ_AT_ONCE and not _still_good(index, offers, today, newest, model)):
            index = _fitted(offers, today, states)
        elif not _still_good(index, offers, today, newest, model):
            index = _followed(index, offers, today, model)
            if index.artefact != newest or (newest is None and _drifted(index)):
                _read_beside(offers, today, states)
        _current = index
        return index


def needs(at_hand: Index) -> tuple[dict[int, engine.Need], Held[engine.Need, Needs]]:
    """The needs that are live that day, by primary key, and held ready for this index's matcher."""
    global _needs
    listings = shelves.NEEDS.listings(at_hand.today)
    statistics = at_hand.matcher.statistics_
    with _lock:
        if _needs is None or _needs.statistics is not statistics:
            _needs = _held_by(at_hand, listings)
        elif _needs.needs is not listings:
            _needs = _NeedsHeld(statistics, listings, _needs.held.changed(list(listings.values())))
        return _needs.needs, _needs.held


def _held_by(index: Index, listings: dict[int, engine.Need]) -> _NeedsHeld:
    """All needs, read anew."""
    matcher = index.matcher
    return _NeedsHeld(matcher.statistics_, listings, matcher.hold(list(listings.values())))


def _still_good(
    index: Index, offers: dict[int, engine.Offer], today: date, newest: Artefact | None, model: TrainedModel | None
) -> bool:
    same = index.artefact == newest and index.model == model
    return same and index.offers is offers and index.today == today


def _followed(index: Index, offers: dict[int, engine.Offer], today: date, model: TrainedModel | None) -> Index:
    """The same statistics for what is there now."""
    matcher = index.matcher if index.offers is offers else index.matcher.changed(list(offers.values()))
    heads = index.heads
    if index.model != model:
        model, heads = ladder.serving()
    return Index(matcher.on(today, heads), offers, today, index.artefact, model, index.learned_from)


def _drifted(index: Index) -> bool:
    new = sum(id(offer) not in index.learned_from for offer in index.offers.values())
    return new > DRIFT * len(index.offers)


def _read_beside(offers: dict[int, engine.Offer], today: date, states: list[Artefact]) -> None:
    """Fit again in another thread, and swap when it is done: those who ask meanwhile are served by what is there."""
    global _beside

    def read() -> None:
        global _current, _needs
        from matching import engine

        try:
            with engine.giving_way():
                index = _fitted(offers, today, states)
                held = _held_by(index, shelves.NEEDS.listings(today)) if _needs else None
            with _lock:
                # The next who asks brings both up to what changed meanwhile.
                _current, _needs = index, held
        finally:
            connections.close_all()

    if _beside is None or not _beside.is_alive():
        _beside = Thread(target=read, name="matcher", daemon=True)
        _beside.start()


def _fitted(offers: dict[int, engine.Offer], today: date, states: list[Artefact]) -> Index:
    """Fit with the newest state and the model in service, as far as they can be read; else from the offers alone."""
    from matching import engine

    model, heads = ladder.serving()
    learned_from = frozenset(map(id, offers.values()))
    matcher = engine.Matcher(today=today, heads=heads, geography=located_geography(), commons=artefacts.commons())
    listings = list(offers.values())
    for state in states:
        try:
            return Index(
                matcher.fit(listings, model=artefacts.folder_of(state)), offers, today, state, model, learned_from
            )
        except engine.BrokenModel as fault:
            artefacts.mark_broken(state, fault)
    return Index(matcher.fit(listings), offers, today, None, model, learned_from)
