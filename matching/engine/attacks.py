"""What gaming gains: attack documents among honest offers, and the share of the top tens that they take.

A tool of development. Who writes them knows every word that needs use, but no need in particular.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TypeVar

import numpy as np

from matching.engine.analyser import Analyser
from matching.engine.listings import KINDS, RIGHTS, Need, Offer
from matching.engine.matcher import Matcher
from matching.geography import Place

TOP = 10
_KEYWORDS, _FEW, _MANY = 60, 12, 2000
_JOINED = 15

Drawn = TypeVar("Drawn")


def measure(needs: Sequence[Need], offers: Sequence[Offer], count: int = 50, seed: int = 0) -> dict[str, float]:
    """For each attack, the share of all places in the top tens of these needs that `count` attack documents take.

    They stand in the place of the last offers, so that there are as many documents in all.
    """
    chance = np.random.default_rng(seed)
    honest = list(offers[: len(offers) - count])
    writers = _writers(needs, honest, chance)
    return {name: _share(needs, honest, [write(at) for at in range(count)]) for name, write in writers.items()}


def _share(needs: Sequence[Need], honest: Sequence[Offer], attackers: Sequence[Offer]) -> float:
    rankings = Matcher().fit([*honest, *attackers]).rank(needs, top=TOP)
    listed = [match.id for ranking in rankings for match in ranking.matches]
    hostile = {offer.id for offer in attackers}
    return sum(each in hostile for each in listed) / max(1, len(listed))


def _writers(
    needs: Sequence[Need], offers: Sequence[Offer], chance: np.random.Generator
) -> dict[str, Callable[[int], Offer]]:
    """For each attack, what writes its documents."""
    keywords = _words_of(needs)
    popular = _popular(needs, offers)
    themes = tuple(sorted({theme for listing in (*needs, *offers) for theme in listing.themes}))
    boasting = Offer(id="", kinds=KINDS, themes=themes, perimeter=Place("country", "FR"), rights=RIGHTS)

    def some(words: Sequence[Drawn], most: int) -> list[Drawn]:
        return [words[at] for at in chance.choice(len(words), min(most, len(words)), replace=False)]

    def join(words: Sequence[str]) -> str:
        return " ".join(words)

    def copied(at: int) -> Offer:
        return replace(popular[at % len(popular)], id=_id(at))

    def edited(at: int) -> Offer:
        one = popular[at % len(popular)]
        return replace(one, id=_id(at), title=f"{one.title} {at}", text=f"{one.text} {join(some(keywords, 2))}.")

    return {
        "one offer copied": lambda at: replace(popular[0], id=_id(at)),
        "popular offers copied": copied,
        "popular offers copied and edited": edited,
        "the same keywords": lambda at: Offer(id=_id(at), title=join(keywords[:_FEW]), text=join(keywords[:_KEYWORDS])),
        "some keywords": lambda at: Offer(id=_id(at), title=join(some(keywords, _FEW)), text=join(some(keywords, 60))),
        "few keywords": lambda at: Offer(id=_id(at), title=join(some(keywords[:60], 3))),
        "thousands of words": lambda at: Offer(id=_id(at), title="Aide", text=join(some(keywords, _MANY))),
        "a title repeated": lambda at: Offer(
            id=_id(at), title=f"{keywords[at % 50]} " * 8, text=keywords[at % 50] * 40
        ),
        # Each time between words that are new, so that it counts again.
        "words repeated between others": lambda at: Offer(
            id=_id(at),
            title=keywords[at % 50],
            text=join([f"{keywords[at % 50]} {between}" for between in some(keywords, _KEYWORDS)]),
        ),
        "every theme and kind, everywhere": lambda at: replace(
            boasting, id=_id(at), title="Tout pour tous", text=join(some(keywords, _FEW))
        ),
        "other offers joined": lambda at: Offer(
            id=_id(at), title="Toutes les aides", text=join([each.text for each in some(popular, _JOINED)])
        ),
        "titles of other offers joined": lambda at: replace(
            boasting, id=_id(at), title=join([each.title for each in some(popular, 5)])
        ),
    }


def _id(at: int) -> str:
    """After all others: attackers come later."""
    return f"~attack {at:03}"


def _words_of(needs: Sequence[Need]) -> list[str]:
    """The words of the needs, those of most needs first."""
    analyser = Analyser()
    counts: Counter[str] = Counter()
    for need in needs:
        counts.update(set(analyser.terms(need.title, need.text).words))
    return [word for word, _ in sorted(counts.items(), key=lambda item: (-item[1], item[0]))]


def _popular(needs: Sequence[Need], offers: Sequence[Offer], most: int = 50) -> list[Offer]:
    """The offers that stand in most top tens."""
    rankings = Matcher().fit(offers).rank(needs, top=TOP)
    counts = Counter(match.id for ranking in rankings for match in ranking.matches)
    return sorted(offers, key=lambda offer: (-counts[offer.id], offer.id))[:most]
