"""The door: Matcher().fit(offers).rank(needs), and its mirror."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import TypeVar

from matching.engine import text
from matching.engine.analyser import Analyser
from matching.engine.explain import Explainer, Reader
from matching.engine.gates import GATES
from matching.engine.listings import Listing, Need, Offer
from matching.engine.model import load_statistics, save_statistics
from matching.engine.results import Match, NearMiss, Ranking
from matching.engine.scoring import PARTS, Comparison, Needs, Offers
from matching.engine.selection import Picked, select
from matching.geography import Geography, load

Self = TypeVar("Self", bound="Matcher")


class Matcher:
    """Ranks offers for needs and needs for offers.

    A score is of the pair: the same in both directions, whatever other needs are asked, on one absolute scale. What is
    learned comes from the offers alone; fitting again forgets the offers before.
    """

    measure_texts: text.MeasureTexts = staticmethod(text.likeness)
    """How alike texts are: what tells one matcher from another."""

    def __init__(self, *, today: date | None = None, geography: Geography | None = None) -> None:
        """today: the day that application windows are held against; None looks at no window."""
        self.today = today
        self.geography = geography

    def fit(self: Self, offers: Sequence[Offer], model: Path | None = None) -> Self:
        """Index these offers, with the statistics learned from them or those of a saved model. Raises BrokenModel."""
        self.geography_ = self.geography or load()
        bags = _bags(offers)
        self.statistics_ = text.learn(bags) if model is None else load_statistics(model)
        self.offers_ = Offers(offers, bags, self.statistics_, self.geography_)
        return self

    def save(self, folder: Path) -> None:
        """Write the statistics into a folder, made where it is missing. Raises OSError."""
        save_statistics(self.statistics_, folder)

    def rank(
        self, needs: Sequence[Need], offers: Sequence[Offer] | None = None, *, top: int = 10, near_misses: int = 0
    ) -> list[Ranking]:
        """For each need, in order, the offers (those fitted where none are given) that fit, best first.

        At most `top` of them, and at most `near_misses` near misses.
        """
        return list(self.rankings(needs, offers, reader="need", top=top, near_misses=near_misses))

    def rank_offers(
        self, needs: Sequence[Need], offers: Sequence[Offer] | None = None, *, top: int = 10, near_misses: int = 0
    ) -> list[Ranking]:
        """The mirror: for each offer (those fitted where none are given) the needs that fit."""
        return list(self.rankings(needs, offers, reader="offer", top=top, near_misses=near_misses))

    def rankings(
        self,
        needs: Sequence[Need],
        offers: Sequence[Offer] | None = None,
        *,
        reader: Reader,
        top: int = 10,
        near_misses: int = 0,
    ) -> Iterator[Ranking]:
        """What rank() gives ("need" reads) or rank_offers() ("offer" reads), one line at a time.

        After the last, `refused_` tells for each gate how many pairs it was the first to refuse.
        """
        against = self.offers_ if offers is None else self._read(offers)
        comparison = self._compare(needs, against)
        lines, others = (needs, against.listings) if reader == "need" else (against.listings, needs)
        teller = _Teller(others, Explainer(comparison, self.geography_, reader), reader)
        self.refused_ = dict.fromkeys(GATES, 0)
        at = 0
        for selection in select(comparison, by_need=reader == "need", top=top, near_misses=near_misses):
            for gate, count in selection.refused.items():
                self.refused_[gate] += count
            for matches, near in zip(selection.matches, selection.near, strict=True):
                yield Ranking(
                    lines[at].id,
                    tuple(teller.match(at, picked) for picked in matches),
                    tuple(teller.near_miss(at, picked) for picked in near),
                )
                at += 1

    def explain(self, need: Need, offer: Offer, *, reader: Reader) -> Match | None:
        """The score of one pair with its parts and reasons, as rank() gives it; None where it would not be listed."""
        (ranking,) = self.rankings([need], [offer], reader=reader, top=1)
        return ranking.matches[0] if ranking.matches else None

    def _read(self, offers: Sequence[Offer]) -> Offers:
        bags = _bags(offers)
        return Offers(offers, bags, self.statistics_, self.geography_)

    def _compare(self, needs: Sequence[Need], offers: Offers) -> Comparison:
        read = Needs(needs, _bags(needs), offers, self.geography_)
        return Comparison(read, offers, self.geography_, self.today, self.measure_texts)


class _Teller:
    """Puts into words what was picked."""

    def __init__(self, others: Sequence[Listing], explainer: Explainer, reader: Reader) -> None:
        self._others, self._explainer, self._reader = others, explainer, reader

    def match(self, line: int, picked: Picked) -> Match:
        parts = {name: picked.parts.get(name, 0.0) for name in PARTS}
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
        return (line, picked.other) if self._reader == "need" else (picked.other, line)


def _bags(listings: Sequence[Listing]) -> dict[str, text.Bag]:
    return _bags_of(tuple(listings))


# A service asks the same needs again and again, for one offer after the other.
@lru_cache(maxsize=8)
def _bags_of(listings: tuple[Listing, ...]) -> dict[str, text.Bag]:
    analyser = Analyser()
    return text.bags([analyser.terms(each.title, each.text) for each in listings])
