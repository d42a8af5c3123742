"""The bridge to the engine: rows of the catalogue in the engine's words, and its reasons as plain JSON.

Amounts leave the database in cents and reach the engine in euros. An id of the engine is a primary key, as text. Where
a need says the name of its own territory, the name is left out of its words: the territory tells it, and counts as one.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from matching import geography
from matching.catalogue.models import Extent, Kind, Need, Offer, Resource, Status, Theme
from matching.catalogue.rights import Bundle, rights_of, usual
from matching.catalogue.services import NeedFacts, OfferFacts, ResourceFacts
from matching.geography import Place
from matching.geography.mentions import names_as_written, without
from matching.geography.places import COUNTRY, EPCI
from matching.organisations.models import Organisation
from matching.suggestions.models import Decision
from matching.territories.models import Territory

if TYPE_CHECKING:
    from matching import engine
    from matching.engine import decisions

# « au Havre », « du Mans »: the article may have gone into another word.
_ARTICLE = re.compile(r"^(?:L[ea]s? |L['’])")

_FAR = {"same_region", "same_country"}


def offer_in_engine(offer: Offer) -> engine.Offer:
    """An offer with its resources, rights and themes; no query where `for_matching()` has fetched them."""
    return _offer(
        offer, offer.pk, list(offer.resources.all()), offer.themes.all(), rights_of(offer), status=offer.status
    )


def told_offer_in_engine(facts: OfferFacts) -> engine.Offer:
    """An offer as its form tells it, as if it were published."""
    rights = facts.rights if facts.rights is not None else usual(facts.resources[0].kind)
    return _offer(facts, 0, facts.resources, facts.themes, rights, status=Status.PUBLISHED)


def need_in_engine(need: Need) -> engine.Need:
    """A need with its organisation's form; no query where `for_matching()` has fetched it."""
    ground = (need.typed_territory, need.typed_perimeter)
    return _need(need, need.pk, need.organisation, need.themes.all(), ground, status=need.status)


def told_need_in_engine(facts: NeedFacts, organisation: Organisation) -> engine.Need:
    """A need as its form tells it, as if this organisation had published it."""
    ground = (facts.territory, facts.perimeter)
    return _need(facts, 0, organisation, facts.themes, ground, status=Status.PUBLISHED)


def text_in_engine(
    *,
    text: str,
    territory: Territory | None,
    capacity: int | None,
    kinds: Sequence[str],
    amount_max: int | None = None,
) -> engine.Need:
    """What a passer-by typed, as a need that nobody has published."""
    from matching import engine

    place = place_of(territory)
    (subject,) = _subject(place, text)
    return engine.Need(
        id=id_of(0),
        text=subject,
        kinds=tuple(kinds),
        territory=place,
        capacity=capacity,
        amount_max=euros(amount_max),
    )


def surroundings(place: Place) -> Place:
    """Where a place asked for may lie: of a commune, the smallest EPCI that holds it, if any does."""
    table = geography.load()
    known = table.resolve(*place)
    around = [area for area in table.within(known) if area.level == EPCI] if known else []
    return min(around, key=lambda area: (table.size(area), area.code), default=place)


def is_near(need: engine.Need, offer: engine.Offer) -> bool:
    """Whether they share ground, or lie in one département."""
    if not (need.territory and offer.territory):
        return False
    table = geography.load()
    asked, held = table.resolve(*need.territory), table.resolve(*offer.territory)
    return bool(asked and held) and table.relation(asked, held) not in _FAR


def is_asked_for(need: engine.Need, offer: engine.Offer) -> bool:
    """Whether the offer is of a kind that the need names, on the ground that it names."""
    if not (need.territory and offer.territory and set(need.kinds) & set(offer.kinds)):
        return False
    table = geography.load()
    asked, held = table.resolve(*need.territory), table.resolve(*offer.territory)
    return bool(asked and held and held.level != COUNTRY and table.overlaps(asked, held))


def decision_in_engine(decision: Decision) -> decisions.Decision:
    """An answer as the engine learns from it: about which pair, of which side, and nothing of who gave it."""
    from matching.engine import decisions

    return decisions.Decision(
        need=id_of(decision.need_id),
        offer=id_of(decision.offer_id),
        outcome=decision.outcome,
        side=decision.side,
        rank=decision.rank,
        reason=decision.reason or None,
        at=decision.at,
        propensity=decision.propensity,
    )


def id_of(pk: int) -> str:
    """A primary key as the engine's id: the order of texts is that of numbers, so that the oldest comes first."""
    return f"{pk:019}"


def place_of(territory: Territory | None) -> Place | None:
    """The engine's name of a territory."""
    return Place(territory.level, territory.code) if territory else None


def euros(cents: int | None) -> float | None:
    """Euros from cents; whole ones stay whole numbers."""
    if cents is None:
        return None
    return cents // 100 if cents % 100 == 0 else cents / 100


def reason_in_json(reason: engine.Reason | None) -> dict[str, Any] | None:
    """A reason as it is stored, {"code", "params"}; None for none."""
    return None if reason is None else _coded(reason)


def near_in_json(near: Iterable[engine.NearMiss]) -> list[dict[str, Any]]:
    """Near misses as a listing keeps them: the other listing's key and each gate that refused it."""
    return [
        {"id": int(miss.id), "refused_by": [refusal_in_json(refusal) for refusal in miss.refused_by]} for miss in near
    ]


def refusal_in_json(refusal: engine.Refusal) -> dict[str, Any]:
    """A refusal as it is stored: {"gate", "code", "params", "mend": {"code", "params"}}."""
    return {"gate": refusal.gate, **_coded(refusal), "mend": _coded(refusal.mend)}


def _offer(
    told: Offer | OfferFacts,
    pk: int,
    resources: Sequence[Resource | ResourceFacts],
    themes: Iterable[Theme],
    rights: Bundle,
    *,
    status: str,
) -> engine.Offer:
    from matching import engine

    funding = [resource for resource in resources if resource.kind == Kind.FUNDING]
    places = [resource for resource in resources if resource.kind == Kind.PLACE]
    held = {resource.kind for resource in resources}
    return engine.Offer(
        id=id_of(pk),
        title=told.title,
        text=_paragraphs(told.text, told.provides, *(resource.equipment for resource in places)),
        kinds=tuple(kind for kind in Kind.values if kind in held),
        themes=_slugs(themes),
        territory=place_of(told.territory),
        perimeter=place_of(told.perimeter),
        amount_min=euros(_least([resource.amount_min for resource in funding])),
        amount_max=euros(_most([resource.amount_max for resource in funding])),
        capacity=_most([resource.capacity for resource in places]),
        starts=told.starts,
        ends=told.ends,
        opens=told.opens,
        closes=told.closes,
        rights=tuple(right for right, extent in rights.extents.items() if extent != Extent.NO),
        legal_forms=tuple(told.legal_forms),
        expects=told.expects,
        status=status,
    )


def _need(
    told: Need | NeedFacts,
    pk: int,
    organisation: Organisation,
    themes: Iterable[Theme],
    ground: tuple[Territory | None, Territory | None],
    *,
    status: str,
) -> engine.Need:
    from matching import engine

    territory, perimeter = map(place_of, ground)
    title, text = _subject(territory, told.title, _paragraphs(told.text, told.why, told.data_subject))
    return engine.Need(
        id=id_of(pk),
        title=title,
        text=text,
        kinds=tuple(told.kinds),
        themes=_slugs(themes),
        territory=territory,
        perimeter=perimeter,
        amount_min=euros(told.amount_min),
        amount_max=euros(told.amount_max),
        capacity=told.capacity,
        starts=told.starts,
        ends=told.ends,
        rights=tuple(told.rights),
        legal_form=_form_that_asks(organisation),
        contribution=told.contribution,
        status=status,
    )


def _coded(reason: engine.Reason) -> dict[str, Any]:
    return {"code": reason.code, "params": reason.params}


def _subject(territory: Place | None, *texts: str) -> tuple[str, ...]:
    """The texts without the names of this territory and of what it lies in; with them where nothing else is said."""
    names = _names_around(territory) if territory else None
    if names is None:
        return texts
    left = tuple(without(text, names) for text in texts)
    return left if left == texts or any(map(says_something, left)) else texts


@lru_cache(maxsize=10_000)
def _names_around(territory: Place) -> re.Pattern[str] | None:
    table = geography.load()
    place = table.resolve(*territory)
    if place is None:
        return None
    around = [table.get(area) for area in table.within(place) if area.level != COUNTRY]
    return names_as_written(_ARTICLE.sub("", area.name) for area in around)


def says_something(text: str) -> bool:
    """Whether the text has a word that may be a subject."""
    from matching.engine.analyser import Analyser

    return bool(Analyser().terms("", text).stems)


def _slugs(themes: Iterable[Theme]) -> tuple[str, ...]:
    return tuple(sorted(theme.slug for theme in themes))


def _paragraphs(*texts: str) -> str:
    return "\n\n".join(text for text in texts if text)


def _least(amounts: Sequence[int | None]) -> int | None:
    """The smallest, unknown as soon as one is unknown: that resource might serve."""
    known = [amount for amount in amounts if amount is not None]
    return min(known) if known and len(known) == len(amounts) else None


def _most(amounts: Sequence[int | None]) -> int | None:
    """The largest, unknown as soon as one is unknown: that resource might serve."""
    known = [amount for amount in amounts if amount is not None]
    return max(known) if known and len(known) == len(amounts) else None


def _form_that_asks(organisation: Organisation) -> str:
    """An informal group that a host has said to carry asks through it; without one it asks as it is."""
    carrier: Organisation | None = organisation.carrier if organisation.is_informal else None
    return (carrier or organisation).legal_form
