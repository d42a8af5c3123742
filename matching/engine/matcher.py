"""The door: Matcher().fit(offers).rank(needs), and its mirror."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from copy import copy
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import TypeVar

from matching.engine import text
from matching.engine.analyser import Analyser
from matching.engine.commons import Commons, release
from matching.engine.explain import Explainer, Reader
from matching.engine.gates import GATES
from matching.engine.heads import Heads as Learned
from matching.engine.heads import Told, calibrated_rule, load_if_any
from matching.engine.held import Held
from matching.engine.listings import Listing, Need, Offer
from matching.engine.model import load_statistics, save_statistics, shared_statistics
from matching.engine.results import Match, NearMiss, Ranking, Refusal
from matching.engine.scoring import PARTS, Comparison, Heads, Needs, Offers, Shelf
from matching.engine.selection import Picked, select
from matching.engine.twins import repeats_across
from matching.geography import Geography, load

Self = TypeVar("Self", bound="Matcher")
SomeNeeds = Sequence[Need] | Held[Need, Needs]

SomeShelf = TypeVar("SomeShelf", bound=Shelf)

_KNOWN_AGAIN = 500
# So many listings are worth being shared with other processes.
_WORTH_SHARING = 2_000


class Matcher:
    """Ranks offers for needs and needs for offers.

    A score is of the pair: the same in both directions, whatever other needs are asked, on one absolute scale. What is
    learned comes from the offers alone; fitting again forgets the offers before.
    """

    measure_texts: text.MeasureTexts = staticmethod(text.likeness)
    """How alike texts are: what tells one matcher from another."""

    def __init__(
        self,
        *,
        today: date | None = None,
        geography: Geography | None = None,
        heads: Heads | None = None,
        commons: Commons | None = None,
    ) -> None:
        """today: the day that application windows are held against; None looks at no window. heads: what weighs the
        pairs instead of the rule; None takes those of the model, if it has any. commons: where processes share what is
        large; None shares nothing."""
        self.today = today
        self.geography = geography
        self.heads = heads
        self.commons = commons

    def fit(self: Self, offers: Sequence[Offer], model: Path | None = None) -> Self:
        """Index these offers, with the statistics learned from them or those of a saved model. Raises BrokenModel."""
        self.geography_ = self.geography or load()
        bags = _bags(offers, asking=False)
        self.statistics_ = text.learn(bags) if model is None else load_statistics(model)
        self.learned_from_ = _fingerprint(offers)
        self.heads_ = self.heads or (load_if_any(model) if model is not None else None)
        read = Offers(offers, bags, self.statistics_, self.geography_)
        del bags
        if self.commons and len(offers) >= _WORTH_SHARING:
            self.statistics_ = read.texts.statistics = shared_statistics(self.statistics_, self.commons)
        self.held_: Held[Offer, Offers] = Held(self._read, [self._shared(read)])
        return self

    def changed(self: Self, offers: Sequence[Offer]) -> Self:
        """A matcher of these offers with the statistics of this one: only what is new is read.

        Offers that are the very same objects as before stay as they are. This matcher goes on ranking its own.
        """
        matcher = copy(self)
        matcher.held_ = self.held_.changed(offers)
        return matcher

    def on(self: Self, today: date | None, heads: Heads | None) -> Self:
        """The same offers and statistics on another day, weighed by these heads."""
        matcher = copy(self)
        matcher.today, matcher.heads, matcher.heads_ = today, heads, heads
        return matcher

    def hold(self, needs: Sequence[Need]) -> Held[Need, Needs]:
        """Needs read once, to be ranked again and again by this matcher and by those changed() from it."""
        return Held.of(self._read_needs, needs)

    def save(self, folder: Path) -> None:
        """Write the statistics into a folder, made where it is missing. Raises OSError."""
        save_statistics(self.statistics_, folder, data=self.learned_from_)

    def rank(
        self, needs: SomeNeeds, offers: Sequence[Offer] | None = None, *, top: int = 10, near_misses: int = 0
    ) -> list[Ranking]:
        """For each need, in order, the offers (those fitted where none are given) that fit, best first.

        At most `top` of them, and at most `near_misses` near misses.
        """
        return list(self.rankings(needs, offers, reader="need", top=top, near_misses=near_misses))

    def rank_offers(
        self, needs: SomeNeeds, offers: Sequence[Offer] | None = None, *, top: int = 10, near_misses: int = 0
    ) -> list[Ranking]:
        """The mirror: for each offer (those fitted where none are given) the needs that fit."""
        return list(self.rankings(needs, offers, reader="offer", top=top, near_misses=near_misses))

    def rankings(
        self,
        needs: SomeNeeds,
        offers: Sequence[Offer] | None = None,
        *,
        reader: Reader,
        top: int = 10,
        near_misses: int = 0,
    ) -> Iterator[Ranking]:
        """What rank() gives ("need" reads) or rank_offers() ("offer" reads), one line at a time.

        After the last, `refused_` tells for each gate how many pairs it was the first to refuse; None for each where
        the pairs are too many to be counted.
        """
        by_need = reader == "need"
        of_needs = needs.blocks if isinstance(needs, Held) else [self._read_needs(needs)]
        of_offers = self.held_.blocks if offers is None else [self._read(offers)]
        self.refused_: dict[str, int | None] = dict.fromkeys(GATES, 0)
        if by_need:
            of_lines = [[self._compare(lines, others) for others in of_offers] for lines in of_needs]
        else:
            of_lines = [[self._compare(others, lines, by_need=False) for others in of_needs] for lines in of_offers]
        for comparisons in of_lines:
            yield from self._ranked(comparisons, reader, top, near_misses)

    def _ranked(
        self, comparisons: Sequence[Comparison], reader: Reader, top: int, near_misses: int
    ) -> Iterator[Ranking]:
        """The rankings of one block of lines, from what it finds in each block of the others."""
        lines = comparisons[0].lines
        tellers = [_Teller(comparison, Explainer(comparison, self.geography_, reader)) for comparison in comparisons]
        found = [self._picked(comparison, top, near_misses) for comparison in comparisons]
        if len(found) > 1:
            # One after the other: they share the threads.
            found = [iter(list(each)) for each in found]
        for at, picked in enumerate(zip(*found, strict=True)):
            if lines.gone is not None and lines.gone[at]:
                continue
            matches, near = (list(zip(tellers, each, strict=True)) for each in zip(*picked, strict=True))
            yield Ranking(
                lines.listings[at].id,
                tuple(teller.match(at, each) for teller, each in _merged(matches, top)),
                tuple(teller.near_miss(at, each) for teller, each in _merged(near, near_misses)),
            )

    def _picked(
        self, comparison: Comparison, top: int, near_misses: int
    ) -> Iterator[tuple[list[Picked], list[Picked]]]:
        """What is picked for each line, line after line."""
        for selection in select(comparison, top=top, near_misses=near_misses):
            self._count(selection.refused)
            yield from zip(selection.matches, selection.near, strict=True)

    def _count(self, refused: Mapping[str, int] | None) -> None:
        if refused is None:
            self.refused_ = dict.fromkeys(GATES)
            return
        for gate, count in refused.items():
            known = self.refused_[gate]
            self.refused_[gate] = None if known is None else known + count

    def compare(self, needs: Sequence[Need], offers: Sequence[Offer] | None = None) -> Comparison:
        """Each need beside the offers (those that were fitted where none are given), to be weighed at will."""
        return self._compare(self._read_needs(needs), self.held_.blocks[0] if offers is None else self._read(offers))

    def explain(self, need: Need, offer: Offer, *, reader: Reader) -> Match | None:
        """The score of one pair with its parts and reasons, as rank() gives it; None where it would not be listed."""
        (ranking,) = self.rankings([need], [offer], reader=reader, top=1)
        return ranking.matches[0] if ranking.matches else None

    def refusals(self, need: Need, offer: Offer, *, reader: Reader) -> tuple[Refusal, ...]:
        """What every gate that refuses one pair says to that side, whatever the words of the pair."""
        comparison = self._compare(self._read_needs([need]), self._read([offer]))
        explainer = Explainer(comparison, self.geography_, reader)
        refused = comparison.refusals(slice(0, 1))
        return tuple(explainer.refusal(gate, 0, 0) for gate, grid in refused.items() if grid.any())

    def chances(self, need: Need, offer: Offer) -> dict[str, float]:
        """The chance that the collective would want it ("wanted") and that the authority would grant it ("granted").

        Those of the rule are a fixed calibration; "granted" is missing where authorities never decided by themselves.
        """
        heads = Told(self.heads_ if isinstance(self.heads_, Learned) else calibrated_rule())
        pair = self._read_needs([need]), self._read([offer])
        comparison = Comparison(*pair, self.today, by_need=True, likeness=self.measure_texts, heads=heads)
        return {name: float(chance[0, 0]) for name, chance in comparison.grid().parts.items()}

    def _read(self, offers: Sequence[Offer]) -> Offers:
        bags = _bags(offers, asking=False)
        return self._shared(Offers(offers, bags, self.statistics_, self.geography_))

    def _read_needs(self, needs: Sequence[Need]) -> Needs:
        return self._shared(Needs(needs, _bags(needs, asking=True), self.statistics_, self.geography_))

    def _shared(self, read: SomeShelf) -> SomeShelf:
        if self.commons and len(read) >= _WORTH_SHARING:
            read.share(self.commons)
            release()
        return read

    def _compare(self, needs: Needs, offers: Offers, *, by_need: bool = True) -> Comparison:
        return Comparison(needs, offers, self.today, by_need=by_need, likeness=self.measure_texts, heads=self.heads_)


def _fingerprint(listings: Sequence[Listing]) -> str:
    """What tells these listings from any others: a hash of their ids and words."""
    told = hashlib.sha256()
    for each in listings:
        told.update("\0".join((each.id, each.title, each.text, "")).encode(errors="surrogatepass"))
    return told.hexdigest()


def _merged(found: Sequence[tuple[_Teller, list[Picked]]], most: int) -> list[tuple[_Teller, Picked]]:
    """The best of what several blocks found, best first, ties in the order of ids, none that repeats another."""
    together = [(teller, each) for teller, picked in found for each in picked]
    if len(found) > 1:
        together.sort(key=lambda pair: (-pair[1].score, pair[0].id_of(pair[1])))
        repeated = repeats_across([(teller.twins, each.other) for teller, each in together])
        together = [pair for pair, again in zip(together, repeated, strict=True) if not again]
    return together[:most]


class _Teller:
    """Puts into words what was picked."""

    def __init__(self, comparison: Comparison, explainer: Explainer) -> None:
        self._others, self._by_need, self._explainer = comparison.others.listings, comparison.by_need, explainer
        self.twins = comparison.others.twins

    def id_of(self, picked: Picked) -> str:
        """The id of what was picked."""
        return self._others[picked.other].id

    def match(self, line: int, picked: Picked) -> Match:
        # Heads may have parts of their own beside those of the rule.
        own = [name for name in picked.parts if name not in PARTS]
        parts = {name: picked.parts.get(name, 0.0) for name in (*own, *PARTS)}
        pair = self._pair(line, picked)
        return Match(
            id=self._others[picked.other].id,
            score=picked.score,
            parts=parts,
            reasons=self._explainer.reasons(*pair, parts),
            against=self._explainer.against(*pair),
        )

    def near_miss(self, line: int, picked: Picked) -> NearMiss:
        pair = self._pair(line, picked)
        refusals = tuple(self._explainer.refusal(gate, *pair) for gate in picked.gates)
        return NearMiss(self._others[picked.other].id, picked.score, refusals)

    def _pair(self, line: int, picked: Picked) -> tuple[int, int]:
        """The row of the need and that of the offer."""
        return (line, picked.other) if self._by_need else (picked.other, line)


def _bags(listings: Sequence[Listing], *, asking: bool) -> dict[str, text.Bag]:
    # To know many again takes as long as to read a few.
    return _bags_of(tuple(listings), asking) if len(listings) <= _KNOWN_AGAIN else _bags_read(listings, asking)


@lru_cache(maxsize=8)
def _bags_of(listings: tuple[Listing, ...], asking: bool) -> dict[str, text.Bag]:
    return _bags_read(listings, asking)


def _bags_read(listings: Sequence[Listing], asking: bool) -> dict[str, text.Bag]:
    analyser = Analyser()
    return text.bags([analyser.terms(each.title, each.text) for each in listings], asking=asking)
