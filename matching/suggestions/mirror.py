"""What the matcher says of a listing while it is being written: who waits for it, what keeps others away, what it
resembles. Nothing is written, and nobody is told.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Any, NamedTuple

from django.utils import timezone

from matching import geography
from matching.catalogue.eligibility import Answers, Light, check_eligibility
from matching.catalogue.models import Need, Offer, RuleKind, Status
from matching.catalogue.rights import Bundle
from matching.catalogue.services import NeedFacts, OfferFacts, ResourceFacts
from matching.organisations.models import Organisation
from matching.suggestions import bridge, index
from matching.suggestions.models import Suggestion
from matching.suggestions.proposals import OF_LISTINGS, OF_TYPED_TEXTS, Floor, place_asked_for, worth_showing
from matching.suggestions.withheld import told_to_offers

if TYPE_CHECKING:
    from matching import engine
    from matching.engine.heads import Heads

# So many are counted; of more, "at least".
MOST_COUNTED = 50
# Among so few offers each one tells what words are worth: they are read together with the one that is written.
_FEW_OFFERS = 50
# Named on the page.
_NAMED = 3
# Listings of the same side that a text is held against, besides those of the organisation itself.
_NEIGHBOURS = 8
_OWN = 100
# Two listings are likely the same where they share this much of their words, or of those of their titles.
_SAME_WORDS = 0.5
_SAME_TITLE = 0.75
# In every text here, with the stem of "collection".
_NO_THEME = "collectif collectivité"
# An address is about no street: « rue de Siam », « place Guérin ».
_STREET = re.compile(
    r"\b(?:rue|avenue|boulevard|place|quai|impasse|allée|chemin|square)\s+(?:d[eu]s?\s+)?(?:la\s+|l’)?[A-ZÀ-Þ]\w*"
)
# A theme is worth proposing where so many of the neighbours bear it.
_COMMON = 2
# What of the conditions to apply a published need tells; the forms and the territory are gates.
_TOLD_BY_NEEDS = (RuleKind.THEME, RuleKind.BUDGET)


@dataclass(frozen=True)
class Barrier:
    """The condition that keeps most of those away whose subject fits."""

    count: int
    listing: Offer | Need
    """The likeliest of them."""
    refusal: dict[str, Any]
    """Why that one is refused, and what would change it, as suggestions store it."""


@dataclass(frozen=True)
class Mirror:
    """A listing that nobody has published, before those who wait for it."""

    waiting: list[tuple[Offer | Need, list[dict[str, Any]]]] = field(default_factory=list)
    """The first of those that fit, each with its reasons."""
    count: int = 0
    """How many fit; MOST_COUNTED and perhaps more."""
    barrier: Barrier | None = None
    asked_of_each: list[str] = field(default_factory=list)
    """The kinds of the conditions that no need tells: each collective answers for itself."""
    alike: list[Offer | Need] = field(default_factory=list)
    """Listings of the same side that may be the same."""
    themes: list[str] = field(default_factory=list)
    """Slugs that its neighbours have in common, the commonest first."""

    @property
    def is_least(self) -> bool:
        return self.count >= MOST_COUNTED


def mirror_of(
    *,
    facts: OfferFacts | NeedFacts,
    organisation: Organisation,
    listing: Offer | Need | None = None,
    floor: Floor = OF_LISTINGS,
    today: date | None = None,
) -> Mirror:
    """Hold what is being written before the other side, and beside its own.

    listing: the one that is being changed. floor: less is enough where somebody has typed a sentence only.
    """
    if not (facts.title or facts.text):
        return Mirror()
    at_hand = index.current(today or timezone.localdate())
    ranking = _rank(facts, organisation, listing, at_hand)
    other_side = Need if isinstance(facts, OfferFacts) else Offer
    set_aside = _set_aside(listing)
    open_ones = [match for match in ranking.matches if int(match.id) not in set_aside]
    asked_for = _asked_for(facts, organisation, at_hand, [match.id for match in open_ones])
    worth = worth_showing(open_ones, floor, at_hand.heads, asked_for=asked_for)
    barred = _barred_by_rules(facts, worth, at_hand)
    matches = [match for match in worth if match.id not in barred]
    near = [miss for miss in ranking.near if int(miss.id) not in set_aside and _is_near(miss, floor, at_hand.heads)]
    barrier = _highest(_barrier(near), _barrier_of_rules(barred))
    named = [int(match.id) for match in matches[:_NAMED]] + ([barrier.pk] if barrier else [])
    rows: dict[int, Any] = other_side.objects.suggestible().for_cards().in_bulk(named)
    neighbours = _neighbours(facts, at_hand)
    return Mirror(
        waiting=[
            (rows[int(match.id)], _reasons(match, rows[int(match.id)]))
            for match in matches[:_NAMED]
            if int(match.id) in rows
        ],
        count=len(matches),
        barrier=_told(barrier, rows),
        asked_of_each=_asked_of_each(facts),
        alike=_alike(facts, organisation, listing, neighbours),
        themes=_common_themes(neighbours),
    )


def mirror_of_sentence(*, text: str, kinds: Sequence[str], organisation: Organisation) -> Mirror:
    """Who waits for what an authority says in a sentence, before it has said of which kind it is."""
    where = organisation.territory
    told = OfferFacts(
        title="",
        text=text,
        resources=[ResourceFacts(kind=kind) for kind in kinds],
        territory=where,
        perimeter=where,
        rights=Bundle(),
    )
    return mirror_of(facts=told, organisation=organisation, floor=OF_TYPED_TEXTS)


def _reasons(match: engine.Match, other: Offer | Need) -> list[dict[str, Any]]:
    """Why it fits, as whoever writes may read it."""
    reasons = [told for reason in match.reasons if (told := bridge.reason_in_json(reason))]
    return [told_to_offers(reason, other.organisation) for reason in reasons] if isinstance(other, Need) else reasons


def _rank(
    facts: OfferFacts | NeedFacts, organisation: Organisation, listing: Offer | Need | None, at_hand: index.Index
) -> engine.Ranking:
    if isinstance(facts, OfferFacts):
        needs, all_needs = index.needs(at_hand)
        offer, matcher = bridge.told_offer_in_engine(facts), at_hand.matcher
        asked: Any = all_needs
        if len(at_hand.offers) < _FEW_OFFERS:
            others = [held for pk, held in at_hand.offers.items() if listing is None or pk != listing.pk]
            matcher = matcher.on(at_hand.today, at_hand.heads).fit([*others, offer])
            asked = list(needs.values())
        found = matcher.rank_offers(asked, offers=[offer], top=MOST_COUNTED, near_misses=MOST_COUNTED)
    else:
        need = bridge.told_need_in_engine(facts, organisation)
        found = at_hand.matcher.rank([need], top=MOST_COUNTED, near_misses=MOST_COUNTED)
    return found[0]


def _asked_for(
    facts: OfferFacts | NeedFacts, organisation: Organisation, at_hand: index.Index, ids: Sequence[str]
) -> set[str]:
    """Which of the other side make with it the place that somebody asked for."""
    if isinstance(facts, OfferFacts):
        offer, (needs, _held) = bridge.told_offer_in_engine(facts), index.needs(at_hand)
        return {each for each in ids if place_asked_for(needs[int(each)], offer)}
    need = bridge.told_need_in_engine(facts, organisation)
    return {each for each in ids if place_asked_for(need, at_hand.offers[int(each)])}


def _set_aside(listing: Offer | Need | None) -> set[int]:
    """What either side has dismissed of this listing: it waits for nobody."""
    if listing is None:
        return set()
    side, other = ("offer", "need") if isinstance(listing, Offer) else ("need", "offer")
    rows = Suggestion.objects.filter(**{side: listing}).dismissed()
    return set(rows.values_list(f"{other}_id", flat=True))


def _is_near(miss: engine.NearMiss, floor: Floor, heads: Heads | None) -> bool:
    """Whether it would be proposed if nothing refused it: what it is worth by its theme is not told, so the lower."""
    least = floor.on_theme
    return miss.score >= (heads.floor(least) if heads else least)


class _Found(NamedTuple):
    """A condition that keeps some away: how many, the likeliest of them, and its refusal as it is stored."""

    count: int
    pk: int
    refusal: dict[str, Any]


def _barrier(near: Sequence[engine.NearMiss]) -> _Found | None:
    """The gate that refuses most; how many, and the likeliest of them, if possible one that nothing else refuses."""
    counts = Counter(refusal.gate for miss in near for refusal in miss.refused_by)
    if not counts:
        return None
    gate = max(counts, key=lambda name: counts[name])
    refused = [(miss, refusal) for miss in near for refusal in miss.refused_by if refusal.gate == gate]
    miss, refusal = min(refused, key=lambda pair: len(pair[0].refused_by))
    return _Found(counts[gate], int(miss.id), bridge.refusal_in_json(refusal))


def _barred_by_rules(
    facts: OfferFacts | NeedFacts, worth: Sequence[engine.Match], at_hand: index.Index
) -> dict[str, list[str]]:
    """The kinds of the offer's rules that each need surely fails, by the need's id, the likeliest need first."""
    rules = [rule for rule in getattr(facts, "eligibility", None) or () if rule.kind in _TOLD_BY_NEEDS]
    if not rules:
        return {}
    needs, _held = index.needs(at_hand)
    found = {}
    for match in worth:
        need = needs[int(match.id)]
        least = None if need.amount_min is None else round(need.amount_min * 100)
        said = Answers(themes=need.themes, budget_cents=least)
        verdict = check_eligibility(rules, said, today=at_hand.today)
        if red := [finding.kind for finding in verdict.of(Light.RED)]:
            found[match.id] = red
    return found


def _barrier_of_rules(barred: dict[str, list[str]]) -> _Found | None:
    """The rule that bars most of those that would fit, and the likeliest of them."""
    counts = Counter(kind for kinds in barred.values() for kind in kinds)
    if not counts:
        return None
    kind = max(counts, key=lambda name: counts[name])
    first = next(key for key, kinds in barred.items() if kind in kinds)
    refusal = {"gate": f"rule_{kind}", "code": f"refused.rule_{kind}", "params": {}}
    return _Found(counts[kind], int(first), refusal | {"mend": {"code": f"mend.rule_{kind}", "params": {}}})


def _highest(*barriers: _Found | None) -> _Found | None:
    return max((each for each in barriers if each), key=lambda each: each.count, default=None)


def _asked_of_each(facts: OfferFacts | NeedFacts) -> list[str]:
    known = (*_TOLD_BY_NEEDS, RuleKind.LEGAL_FORM, RuleKind.PERIMETER)
    return [rule.kind for rule in getattr(facts, "eligibility", None) or () if rule.kind not in known]


def _told(found: _Found | None, rows: dict[int, Any]) -> Barrier | None:
    if found is None or found.pk not in rows:
        return None
    return Barrier(found.count, rows[found.pk], found.refusal)


def _neighbours(facts: OfferFacts | NeedFacts, at_hand: index.Index) -> dict[int, engine.Offer | engine.Need]:
    """The live listings of the same side whose words are nearest, by primary key, whatever their conditions."""
    from matching import engine

    words = {
        "id": bridge.id_of(0),
        "title": facts.title,
        "text": facts.text,
        "territory": bridge.place_of(facts.territory),
    }
    if isinstance(facts, OfferFacts):
        kinds = tuple({resource.kind for resource in facts.resources})
        (found,) = at_hand.matcher.rank([engine.Need(kinds=kinds, **words)], top=_NEIGHBOURS)
        held: dict[int, Any] = at_hand.offers
    else:
        held, all_needs = index.needs(at_hand)
        asked = [engine.Offer(kinds=tuple(facts.kinds), **words)]
        (found,) = at_hand.matcher.rank_offers(all_needs, offers=asked, top=_NEIGHBOURS)
    return {int(match.id): held[int(match.id)] for match in found.matches if int(match.id) in held}


def _common_themes(neighbours: dict[int, engine.Offer | engine.Need]) -> list[str]:
    counts = Counter(slug for neighbour in neighbours.values() for slug in neighbour.themes)
    # Of many neighbours two say nothing yet: those of a meeting room are about everything.
    least = max(_COMMON, len(neighbours) / 3)
    return [slug for slug, count in counts.most_common() if count >= least]


def _alike(
    facts: OfferFacts | NeedFacts,
    organisation: Organisation,
    listing: Offer | Need | None,
    neighbours: dict[int, engine.Offer | engine.Need],
) -> list[Offer | Need]:
    """What may be the same listing: of the organisation itself, drafts too, or of others on the same ground."""
    model: Any = Offer if isinstance(facts, OfferFacts) else Need
    own = model.objects.of(organisation).exclude(status=Status.CLOSED).order_by("-updated_at", "-id")
    texts = {pk: (title, text) for pk, title, text in own.values_list("pk", "title", "text")[:_OWN]}
    for pk, neighbour in neighbours.items():
        if _on_same_ground(bridge.place_of(facts.territory), neighbour.territory):
            texts.setdefault(pk, (neighbour.title, neighbour.text))
    stems = _stems()
    title, words = stems(facts.title), stems(facts.title, facts.text)
    likeness = {
        pk: max(
            _shared(words, stems(*told)) / _SAME_WORDS,
            _shared(title, stems(told[0])) / _SAME_TITLE if len(title) > 1 else 0.0,
        )
        for pk, told in texts.items()
        if listing is None or pk != listing.pk
    }
    likely = sorted((pk for pk in likeness if likeness[pk] >= 1), key=lambda pk: (-likeness[pk], pk))[:_NAMED]
    rows = model.objects.select_related("organisation", "territory").in_bulk(likely)
    seen = [rows[pk] for pk in likely if pk in rows]
    return [row for row in seen if row.organisation_id == organisation.pk or row.is_published]


def _stems() -> Callable[..., frozenset[str]]:
    """Gives the words of texts as the matcher counts them: without their endings, without those that say nothing."""
    from matching.engine.analyser import Analyser

    analyser = Analyser()
    return lambda *texts: frozenset(analyser.terms("", " . ".join(texts)).stems)


def _shared(these: frozenset[str], those: frozenset[str]) -> float:
    return len(these & those) / len(these | those) if these and those else 0.0


def _on_same_ground(a: geography.Place | None, b: geography.Place | None) -> bool:
    if a is None or b is None:
        return False
    table = geography.load()
    here, there = table.resolve(*a), table.resolve(*b)
    return bool(here and there and table.overlaps(here, there))


def themes_said(text: str, names: Iterable[tuple[str, str]]) -> list[str]:
    """The slugs of the themes that a text names: all words of one of the things that the name of the theme lists."""
    stems = _stems()
    said = stems(_STREET.sub(" ", text)) - stems(_NO_THEME)
    return [slug for slug, name in names if any(part and part <= said for part in map(stems, name.split(" et ")))]
