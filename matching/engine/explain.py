"""Why a pair fits, what speaks against it, and what refuses it: true of this pair, strongest first.

Sentences are chosen by the parts of the score, so what is said first is what counts most.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import date
from functools import lru_cache
from itertools import pairwise
from typing import Literal

import numpy as np

from matching.engine import sentences, text
from matching.engine.analyser import Analyser, word_matches, written_words
from matching.engine.cleaning import clean
from matching.engine.listings import Listing, Need, Offer, themes_that_count, with_implied
from matching.engine.meetings import theme_fit
from matching.engine.results import Reason, Refusal
from matching.engine.scoring import Comparison
from matching.geography import Geography, Place

Reader = Literal["need", "offer"]

MOST_REASONS = 4
_MOST_WORDS = 4
# A shared word that counts less than this beside the first one explains nothing.
_WORTH_NAMING = 0.25
_KIN_WORDS = 200
_MOST_FORMS = 8
_LONGEST = 40
_SOON = 14
# Farther, in kilometres, what holds both places says more than how far they lie.
_A_TRIP = 60


class Explainer:
    """Speaks of the pairs of one comparison to one side."""

    def __init__(self, comparison: Comparison, geography: Geography, reader: Reader) -> None:
        self._comparison = comparison
        self._geography = geography
        self._reader = reader
        self._analyser = Analyser()
        self._written = lru_cache(maxsize=64)(self._read_written)

    def reasons(self, row: int, column: int, parts: dict[str, float]) -> tuple[Reason, ...]:
        """One to four reasons for a need (row) and an offer (column) whose score has these parts."""
        need, offer = self._pair(row, column)
        strengths = parts | {"words": sum(parts[name] for name in text.MEASURES)}
        strongest = sorted((name for name in _REASONS if strengths[name] > 0), key=lambda name: -strengths[name])
        reasons: list[Reason] = []
        for name in strongest:
            reason = _REASONS[name](self, need, offer)
            if reason and reason not in reasons:
                reasons.append(reason)
            if len(reasons) == MOST_REASONS:
                break
        return tuple(reasons) or (Reason("territory.same_country"),)

    def against(self, row: int, column: int) -> Reason | None:
        """The most useful doubt about a pair that fits, if there is one."""
        need, offer = self._pair(row, column)
        return next(self._doubts(need, offer), None)

    def refusal(self, gate: str, row: int, column: int) -> Refusal:
        """What a gate that refuses the pair says, and what would mend it."""
        code, params = _REFUSALS[gate](self, *self._pair(row, column))
        mend = f"mend.{code}.{self._reader}"
        return Refusal(
            code=f"refused.{code}",
            params=params,
            gate=gate,
            mend=Reason(mend if mend in sentences.SENTENCES else f"mend.{code}", params),
        )

    def _pair(self, row: int, column: int) -> tuple[Need, Offer]:
        self._at = row, column
        return self._comparison.needs.listings[row], self._comparison.offers.listings[column]

    # Words

    def _words(self, need: Need, offer: Offer) -> Reason | None:
        """The words that both texts share; else two that are kin, two for one subject, or two in like company."""
        own, other = (need, offer) if self._reader == "need" else (offer, need)
        stems = self._shared_stems(*self._at)
        if words := self._as_written(own, stems):
            return Reason("words", {"words": words})
        return (
            self._compound(own, other)
            or self._kin(own, other)
            or self._bridge(need, offer)
            or self._neighbours(own, other)
        )

    def _bridge(self, need: Need, offer: Offer) -> Reason | None:
        """The two words, one of each text, that name one subject and count most."""
        row, column = self._at
        asked, answered = (
            self._names(self._comparison.needs.texts, row),
            self._names(self._comparison.offers.texts, column),
        )
        pairs = {
            (mine, theirs): asked[concept][mine] * answered[concept][theirs]
            for concept in sorted(asked.keys() & answered.keys())
            for mine in sorted(asked[concept])
            for theirs in sorted(answered[concept])
            if mine not in answered[concept] and (" " in mine + theirs or not text.are_kin(mine, theirs))
        }
        if not pairs:
            return None
        of_need, of_offer = max(pairs, key=lambda pair: pairs[pair])
        words = [self._expression(need, of_need), self._expression(offer, of_offer)]
        if self._reader == "offer":
            words.reverse()
        return Reason("bridge", {"word": words[0], "other": words[1]}) if all(words) else None

    @staticmethod
    def _names(texts: text.Texts, row: int) -> dict[str, dict[str, float]]:
        """For each concept that a listing names, the stems that name it and what they count."""
        names = texts.families[text.NAMED]
        found: dict[str, dict[str, float]] = {}
        for at, weight in zip(*map(np.ndarray.tolist, names.at(row)), strict=True):
            if weight > 0:
                concept, by = text.concept_and_name(names.terms[at])
                found.setdefault(concept, {})[by] = weight
        return found

    def _expression(self, listing: Listing, stems: str) -> str:
        """What the listing says for these stems one after the other, as it is written; empty where it is not found."""
        wanted = stems.split(" ")
        for told in (listing.title, listing.text):
            spoken = [(word, stem) for word in word_matches(told) if (stem := self._analyser.stem(word[0]))]
            for start in range(len(spoken) - len(wanted) + 1):
                if [stem for _, stem in spoken[start : start + len(wanted)]] == wanted:
                    first, last = spoken[start][0], spoken[start + len(wanted) - 1][0]
                    return _short(" ".join(first.string[first.start() : last.end()].split()))
        return ""

    def _shared_stems(self, row: int, column: int) -> list[str]:
        """The stems of both texts that count, those that count most first."""
        needs, offers = (side.texts.families[text.STEMS] for side in (self._comparison.needs, self._comparison.offers))
        asked = {needs.terms[at]: count for at, count in zip(*map(np.ndarray.tolist, needs.at(row)), strict=True)}
        answered = {
            offers.terms[at]: weight for at, weight in zip(*map(np.ndarray.tolist, offers.at(column)), strict=True)
        }
        counts = {stem: asked[stem] * answered[stem] for stem in sorted(asked.keys() & answered.keys())}
        least = _WORTH_NAMING * max(counts.values(), default=0.0)
        return sorted((stem for stem in counts if counts[stem] >= least), key=lambda stem: -counts[stem])

    def _as_written(self, listing: Listing, stems: Iterable[str]) -> list[str]:
        """Words of the listing for these stems, every form of each: without them the stem is gone."""
        written = self._written(listing)
        words: list[str] = []
        for stem in stems:
            forms = [_short(form) for form in written.get(stem, [])]
            if forms and (not words or len(words) + len(forms) <= _MOST_WORDS):
                words += forms
            if len(words) >= _MOST_WORDS - 1:
                break
        return words

    def _read_written(self, listing: Listing) -> dict[str, list[str]]:
        """For each stem its forms, each in the case that its author wrote most often."""
        counts = Counter((*written_words(listing.title), *written_words(listing.text)))
        forms: dict[str, dict[str, str]] = {}
        for word, _ in counts.most_common():
            stem = self._analyser.stem(word)
            if stem:
                forms.setdefault(stem, {}).setdefault(word.lower(), word)
        return {stem: list(by_form.values()) for stem, by_form in forms.items()}

    def _compound(self, own: Listing, other: Listing) -> Reason | None:
        """What one writes in two words and the other in one."""
        of_own, of_other = self._written(own), self._written(other)
        for mine, theirs, parted in ((of_own, of_other, own), (of_other, of_own, other)):
            words = [(stem, word) for word in self._in_order(parted) if (stem := self._analyser.stem(word))]
            for (first, a), (second, b) in pairwise(words):
                if forms := theirs.get(first + second):
                    both = [_short(f"{a} {b}"), _short(forms[0])]
                    return Reason("kin", {"words": both if mine is of_own else both[::-1]})
        return None

    @staticmethod
    def _in_order(listing: Listing) -> list[str]:
        return [*written_words(listing.title), *written_words(listing.text)]

    def _kin(self, own: Listing, other: Listing) -> Reason | None:
        """The two words, one of each text, that are most alike by their letters."""
        of_own, of_other = self._forms(own), self._forms(other)
        likeness = {(a, b): text.kinship(a, b) for a in of_own for b in of_other if text.are_kin(a, b)}
        if not likeness:
            return None
        a, b = max(likeness, key=lambda pair: (likeness[pair], pair))
        return Reason("kin", {"words": [_short(of_own[a]), _short(of_other[b])]})

    def _neighbours(self, own: Listing, other: Listing) -> Reason | None:
        """The two words, one of each text, that lie nearest to each other in the latent space of the offers."""
        of_own, of_other = self._written(own), self._written(other)
        statistics = self._comparison.offers.texts.statistics
        nearness = text.nearness_of_stems(statistics, list(of_own), list(of_other))
        if not nearness.size or nearness.max() <= 0:
            return None
        a, b = np.unravel_index(int(nearness.argmax()), nearness.shape)
        word, near = list(of_own.values())[a][0], list(of_other.values())[b][0]
        return Reason("neighbours", {"word": _short(word), "other": _short(near)})

    def _forms(self, listing: Listing) -> dict[str, str]:
        """The words of a listing, folded, with the form that is written."""
        forms = [forms[0] for forms in self._written(listing).values()][:_KIN_WORDS]
        return {self._analyser.folded(form): form for form in forms}

    def _contribution(self, need: Need, offer: Offer) -> Reason:
        return Reason("contribution")

    # Facts that fit

    def _themes(self, need: Need, offer: Offer) -> Reason | None:
        fits = {(a, b): theme_fit(a, b) for a in themes_that_count(need) for b in themes_that_count(offer)}
        best = max(fits, key=lambda pair: fits[pair], default=None)
        if best is None or not fits[best]:
            return None
        mine, theirs = best if self._reader == "need" else best[::-1]
        if mine == theirs:
            return Reason("theme", {"theme": _theme(mine), "slug": mine})
        return Reason("theme_parent", {"theme": _theme(mine), "other": _theme(theirs), "slug": mine})

    def _kinds(self, need: Need, offer: Offer) -> Reason:
        return Reason(
            "kinds", {"kinds": _kinds(kind for kind in sentences.KINDS if kind in {*need.kinds} & {*offer.kinds})}
        )

    def _territory(self, need: Need, offer: Offer) -> Reason | None:
        mine, theirs = self._places(need.territory, offer.territory)
        if mine is None or theirs is None:
            return None
        relation = self._geography.relation(mine, theirs)
        if relation == "same":
            return Reason("territory.same", {"place": self._geography.phrase(theirs)})
        if relation in ("within", "contains"):
            small, large = (mine, theirs) if relation == "within" else (theirs, mine)
            if large.level == "country":
                return None
            return Reason("territory.part", {"place": self._geography.name(small), **self._inside(large)})
        if relation == "overlap":
            names = {"place": self._geography.name(mine), "other": self._geography.name(theirs)}
            return Reason("territory.overlap", names)
        if far := self._trip(mine, theirs):
            other = theirs if self._reader == "need" else mine
            return Reason("territory.distance", {"km": far, "place": self._geography.phrase(other)})
        if relation == "same_country":
            return None
        return Reason(f"territory.{relation}", {"place": self._geography.name(self._geography.common(mine, theirs))})

    def _trip(self, mine: Place, theirs: Place) -> int | None:
        """Whole kilometres between two communes that are near enough to be told so; None for others."""
        far = self._geography.distance(mine, theirs)
        return max(1, round(far)) if far and far <= _A_TRIP else None

    def _perimeter(self, need: Need, offer: Offer) -> Reason | None:
        perimeter = self._resolved(offer.perimeter)
        if perimeter is None:
            return None
        if perimeter.level == "country":
            return Reason("perimeter.country")
        return Reason("perimeter", self._inside(perimeter))

    def _need_perimeter(self, need: Need, offer: Offer) -> Reason | None:
        place = self._resolved(offer.territory)
        return Reason("need_perimeter", {"place": self._geography.phrase(place)}) if place else None

    def _amount(self, need: Need, offer: Offer) -> Reason:
        if offer.amount_max is not None:
            return Reason("amount.maximum", {"maximum": _amount(offer.amount_max)})
        if offer.amount_min:
            return Reason("amount.minimum", {"minimum": _amount(offer.amount_min)})
        return Reason("amount.fits")

    def _capacity(self, need: Need, offer: Offer) -> Reason:
        return Reason("capacity", {"capacity": _whole(offer.capacity), "asked": _whole(need.capacity)})

    def _dates(self, need: Need, offer: Offer) -> Reason:
        first = max((day for day in (need.starts, offer.starts) if day), default=None)
        last = min((day for day in (need.ends, offer.ends) if day), default=None)
        if need.starts and need.ends and (first, last) == (need.starts, need.ends):
            return Reason("dates.all")
        if first is None or last is None:
            return Reason("dates.from", {"first": _day(first)}) if first else Reason("dates.open")
        days = (last - first).days + 1
        if days == 1:
            return Reason("dates.one", {"first": _day(first)})
        return Reason("dates.some", {"days": days, "first": _day(first), "last": _day(last)})

    def _rights(self, need: Need, offer: Offer) -> Reason:
        return Reason("rights", {"rights": _rights(need.rights)})

    def _legal_form(self, need: Need, offer: Offer) -> Reason:
        return Reason("legal_form", {"form": _short(clean(need.legal_form))})

    # Doubts, the most useful first

    def _doubts(self, need: Need, offer: Offer) -> Iterator[Reason]:
        place_asked = "place" in need.kinds or (not need.kinds and "place" in offer.kinds)
        for_place = place_asked and (not offer.kinds or "place" in offer.kinds)
        if need.capacity is not None and offer.capacity is not None and need.capacity > offer.capacity:
            yield Reason("against.capacity", {"capacity": _whole(offer.capacity), "asked": _whole(need.capacity)})
        if self._apart(need.perimeter, offer.territory):
            yield Reason("against.place_outside", {"place": self._phrase(offer.territory)})
        if _amounts_apart(need, offer):
            yield Reason("against.amount_apart", {"offered": _range(offer), "wanted": _range(need)})
        if need.ends and offer.ends and offer.ends < need.ends:
            yield self._lack("ends", (need.ends - offer.ends).days)
        if need.starts and offer.starts and offer.starts > need.starts:
            yield self._lack("starts", (offer.starts - need.starts).days)
        yield from self._doubts_of_window(offer)
        if need.amount_max is not None and offer.amount_max is not None and offer.amount_max < need.amount_max:
            params = {"maximum": _amount(offer.amount_max), "wanted": _amount(need.amount_max)}
            yield Reason("against.amount", params)
        if for_place:
            yield from self._doubts_of_distance(need, offer)
        if need.capacity is not None and offer.capacity is None and for_place:
            yield Reason("against.capacity_unknown")
        if need.rights and not offer.rights:
            yield Reason("against.rights_unknown")

    def _lack(self, end: str, days: int) -> Reason:
        if days == 1:
            return Reason(f"against.{end}_one.{self._reader}")
        return Reason(f"against.{end}.{self._reader}", {"days": days})

    def _doubts_of_window(self, offer: Offer) -> Iterator[Reason]:
        today = self._comparison.today
        if today is None:
            return
        if offer.opens and offer.opens > today:
            yield Reason("against.opens", {"day": _day(offer.opens)})
        elif offer.closes == today:
            yield Reason("against.closes_today")
        elif offer.closes and 1 < (offer.closes - today).days <= _SOON:
            yield Reason("against.closes", {"day": _day(offer.closes), "days": (offer.closes - today).days})
        elif offer.closes and (offer.closes - today).days == 1:
            yield Reason("against.closes_tomorrow")

    def _doubts_of_distance(self, need: Need, offer: Offer) -> Iterator[Reason]:
        mine, theirs = self._places(need.territory, offer.territory)
        if mine is None or theirs is None or self._trip(mine, theirs):
            return
        relation = self._geography.relation(mine, theirs)
        if relation == "same_country":
            yield Reason("against.far_region", {"place": self._geography.phrase(theirs)})
        if relation == "same_region":
            yield Reason("against.far_departement", {"place": self._geography.phrase(theirs)})

    # Refusals: the code and what fills the sentence and its mend

    def _refused_kinds(self, need: Need, offer: Offer) -> tuple[str, dict]:
        return "kinds", {"wanted": _kinds(need.kinds), "offered": _kinds(offer.kinds)}

    def _refused_perimeter(self, need: Need, offer: Offer) -> tuple[str, dict]:
        perimeter = self._resolved(offer.perimeter)
        return "perimeter", {
            **(self._inside(perimeter) if perimeter else {"of": "", "within": ""}),
            "place": self._phrase(need.territory),
        }

    def _refused_need_perimeter(self, need: Need, offer: Offer) -> tuple[str, dict]:
        return "need_perimeter", {"place": self._phrase(offer.territory), "asked": self._phrase(need.perimeter)}

    def _refused_amount(self, need: Need, offer: Offer) -> tuple[str, dict]:
        if need.amount_min is not None and offer.amount_max is not None and need.amount_min > offer.amount_max:
            return "amount_low", {"maximum": _amount(offer.amount_max), "wanted": _amount(need.amount_min)}
        return "amount_high", {"minimum": _amount(offer.amount_min or 0), "wanted": _amount(need.amount_max or 0)}

    def _refused_capacity(self, need: Need, offer: Offer) -> tuple[str, dict]:
        return "capacity", {"capacity": _whole(offer.capacity), "asked": _whole(need.capacity)}

    def _refused_dates(self, need: Need, offer: Offer) -> tuple[str, dict]:
        if need.starts and offer.ends and need.starts > offer.ends:
            return "dates_ended", {"last": _day(offer.ends), "first": _day(need.starts)}
        return "dates_late", {"first": _day(offer.starts), "last": _day(need.ends)}

    def _refused_rights(self, need: Need, offer: Offer) -> tuple[str, dict]:
        granted = with_implied(offer.rights)
        return "rights", {"rights": _rights(right for right in with_implied(need.rights) if right not in granted)}

    def _refused_legal_form(self, need: Need, offer: Offer) -> tuple[str, dict]:
        return "legal_form", {
            "form": _short(clean(need.legal_form)),
            "forms": ", ".join(_short(clean(form)) for form in offer.legal_forms[:_MOST_FORMS]),
        }

    def _refused_status(self, need: Need, offer: Offer) -> tuple[str, dict]:
        return "status", {}

    def _refused_closes(self, need: Need, offer: Offer) -> tuple[str, dict]:
        return "closes", {"day": _day(offer.closes)}

    # Places

    def _resolved(self, place: Place | None) -> Place | None:
        return self._geography.resolve(*place) if place else None

    def _places(self, of_need: Place | None, of_offer: Place | None) -> tuple[Place | None, Place | None]:
        """Both places, resolved: the need's, then the offer's."""
        return self._resolved(of_need), self._resolved(of_offer)

    def _inside(self, place: Place) -> dict[str, str]:
        """A container in two ways: "de la Bretagne" for French, the bare name for other languages."""
        return {"of": self._geography.of(place), "within": self._geography.name(place)}

    def _apart(self, a: Place | None, b: Place | None) -> bool:
        first, second = self._places(a, b)
        return first is not None and second is not None and not self._geography.overlaps(first, second)

    def _phrase(self, place: Place | None) -> str:
        resolved = self._resolved(place)
        return self._geography.phrase(resolved) if resolved else ""


_REASONS = {
    "words": Explainer._words,
    "bridge": Explainer._bridge,
    "themes": Explainer._themes,
    "territory": Explainer._territory,
    "perimeter": Explainer._perimeter,
    "need_perimeter": Explainer._need_perimeter,
    "amount": Explainer._amount,
    "capacity": Explainer._capacity,
    "dates": Explainer._dates,
    "rights": Explainer._rights,
    "legal_form": Explainer._legal_form,
    "kinds": Explainer._kinds,
    "contribution": Explainer._contribution,
}

_REFUSALS = {
    "kinds": Explainer._refused_kinds,
    "perimeter": Explainer._refused_perimeter,
    "need_perimeter": Explainer._refused_need_perimeter,
    "amount": Explainer._refused_amount,
    "capacity": Explainer._refused_capacity,
    "dates": Explainer._refused_dates,
    "rights": Explainer._refused_rights,
    "legal_form": Explainer._refused_legal_form,
    "status": Explainer._refused_status,
    "closes": Explainer._refused_closes,
}


def _short(word: str) -> str:
    return word if len(word) <= _LONGEST else f"{word[:_LONGEST]}…"


def _amounts_apart(need: Need, offer: Offer) -> bool:
    too_low = need.amount_min is not None and offer.amount_max is not None and need.amount_min > offer.amount_max
    too_high = offer.amount_min is not None and need.amount_max is not None and offer.amount_min > need.amount_max
    return too_low or too_high


def _range(listing: Listing) -> str:
    low, high = listing.amount_min, listing.amount_max
    if low is not None and high is not None:
        return f"{_amount(low)} – {_amount(high)}\u00a0€"
    return f"≥ {_amount(low)}\u00a0€" if low is not None else f"≤ {_amount(high or 0)}\u00a0€"


def _amount(euros: float) -> str:
    """ "5 000", "12,50" """
    grouped = f"{euros:,.0f}" if float(euros).is_integer() else f"{euros:,.2f}"
    return grouped.replace(",", "\u202f").replace(".", ",")


def _whole(number: int | None) -> str:
    return _amount(number or 0)


def _day(day: date | None) -> str:
    """ "03/09/2027", read alike in French and in English."""
    return day.strftime("%d/%m/%Y") if day else ""


def _theme(slug: str) -> str:
    return _short(clean(slug)).replace("-", " ").replace("/", " › ")


def _kinds(kinds: Iterable[str]) -> str:
    return " et ".join(sentences.KINDS[kind] for kind in kinds)


def _rights(rights: Iterable[str]) -> str:
    return ", ".join(sentences.RIGHTS[right] for right in rights)
