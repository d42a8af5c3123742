"""Verbs about suggestions: match a listing or a text, mark seen, express interest, dismiss, withdraw."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from matching import events
from matching.catalogue import reading
from matching.catalogue.models import Kind, Need, Offer, Status
from matching.catalogue.texts import tidy
from matching.organisations.models import Organisation
from matching.organisations.services import NotAllowed
from matching.people.models import Person
from matching.suggestions import bridge, index, ladder, shelves
from matching.suggestions.models import Act, DismissReason, State, Suggestion
from matching.suggestions.permissions import may_act
from matching.suggestions.proposals import (
    FEW,
    NEAR,
    OF_TYPED_TEXTS,
    TOP,
    Proposal,
    Proposals,
    proposals_for,
    worth_showing,
)
from matching.suggestions.querysets import SuggestionQuerySet
from matching.suggestions.traces import record_decision
from matching.territories.models import Territory

if TYPE_CHECKING:
    from matching import engine

# Nobody describes a need in more; what follows is not read.
LONGEST_TEXT = 20_000
LONGEST_NOTE = 500
# How old the last look at the offers may be for a text from the home page; what it finds is held against the database.
SECONDS_OLD = 2.0
# How many offers of a kind are looked through for those that are near.
_LOOKED_THROUGH = 50

_COMPUTED = (
    "score",
    "parts",
    "need_reasons",
    "offer_reasons",
    "need_against",
    "offer_against",
    "matcher_version",
    "propensity",
    "offer_version",
    "need_version",
    "computed_at",
    "withdrawn_at",
)


class SetAside(Exception):
    """The other side has dismissed the suggestion: nothing more passes between them."""


class Gone(Exception):
    """The matcher took the suggestion back at this very moment, and nobody had acted on it."""


class NotProposed(Exception):
    """One of the two listings is no longer published, or has opted out, and nobody had acted on the suggestion."""


@dataclass(frozen=True)
class TextMatches:
    """Offers for a text, best first, each with the engine's match; near misses only where matches are few."""

    matches: list[tuple[Offer, engine.Match]] = field(default_factory=list)
    near: list[tuple[Offer, tuple[engine.Refusal, ...]]] = field(default_factory=list)
    without_subject: bool = False
    """The text said what and where, and not for what: these are of that kind, and near."""
    version: str = ""
    """The matcher's, as suggestions keep it."""


@dataclass(frozen=True)
class _Asked:
    """A text as the engine reads it."""

    need: engine.Need
    without_subject: bool
    room: bool
    """It must have a roof and hold people."""
    land: bool


def match_text(
    *,
    text: str,
    territory: Territory | None = None,
    capacity: int | None = None,
    kinds: Sequence[str] = (),
    amount_max: int | None = None,
    place_said: tuple[int, int] | None = None,
    today: date | None = None,
) -> TextMatches:
    """The offers that fit what somebody typed, and why. Nothing is written; a text without words gets nothing.

    amount_max: cents. place_said: where in the text the name of the territory begins and ends, if it was read there.
    """
    asked, text = text, tidy(text[:LONGEST_TEXT])
    if not text:
        return TextMatches()
    if place_said:
        start, end = place_said
        text = tidy(f"{asked[:start]} {asked[end:LONGEST_TEXT]}")
    need = bridge.text_in_engine(text=text, territory=territory, capacity=capacity, kinds=kinds, amount_max=amount_max)
    without_subject = bool(kinds or territory) and not bridge.says_something(reading.subject_in(need.text))
    question = _Asked(need, without_subject, room=reading.asks_for_a_room(text), land=reading.is_land(text))
    day = today or timezone.localdate()
    found, changed = _text_matches(question, index.current(day, at_most=SECONDS_OLD))
    # What changed since the last look is never shown as it was: look again, now.
    return _text_matches(question, index.current(day))[0] if changed else found


def _text_matches(asked: _Asked, at_hand: index.Index) -> tuple[TextMatches, bool]:
    """The offers of this index that fit, and whether some were left out: they are no longer what it holds."""
    if not asked.without_subject:
        matches, near = _about(asked.need, at_hand)
    else:
        matches, near = _of_the_kind(asked, at_hand)
    near = near if len(matches) < FEW else ()
    ids = [int(match.id) for match in matches] + [int(miss.id) for miss in near]
    offers = Offer.objects.suggestible().for_cards().in_bulk(ids)
    same = {key: offer for key, offer in offers.items() if offer.version == shelves.OFFERS.version_of(key)}
    found = TextMatches(
        matches=[(same[int(match.id)], match) for match in matches if int(match.id) in same],
        near=[(same[int(miss.id)], miss.refused_by) for miss in near if int(miss.id) in same],
        without_subject=asked.without_subject,
        version=at_hand.version,
    )
    return found, len(same) < len(ids)


def _about(need: engine.Need, at_hand: index.Index) -> tuple[list[engine.Match], Sequence[engine.NearMiss]]:
    """What speaks of the need's subject."""
    (ranking,) = at_hand.matcher.rank([need], top=TOP, near_misses=NEAR)
    asked_for = {match.id for match in ranking.matches if bridge.is_asked_for(need, at_hand.offers[int(match.id)])}
    found = worth_showing(ranking.matches, OF_TYPED_TEXTS, at_hand.heads, asked_for=asked_for)
    # Nobody crosses the country for a room: what is far comes after what is near, as far as that speaks of the subject.
    return sorted(found, key=lambda match: not _is_within_reach(need, match, at_hand)), ranking.near


def _is_within_reach(need: engine.Need, match: engine.Match, at_hand: index.Index) -> bool:
    """Whether an offer that speaks of the subject is no place, or one near the ground that the need names."""
    offer = at_hand.offers[int(match.id)]
    if need.territory is None or offer.kinds != (Kind.PLACE.value,):
        return True
    return match.score >= OF_TYPED_TEXTS.on_words and bridge.is_near(need, offer)


def _of_the_kind(asked: _Asked, at_hand: index.Index) -> tuple[list[engine.Match], Sequence[engine.NearMiss]]:
    """What is of the kind asked for, nearest first, where no subject tells one from another."""
    around = bridge.surroundings(asked.need.territory) if asked.need.territory else None
    need = replace(asked.need, text="", perimeter=around)
    (ranking,) = at_hand.matcher.rank([need], top=_LOOKED_THROUGH, near_misses=_LOOKED_THROUGH)
    ids = [match.id for match in ranking.matches] + [miss.id for miss in ranking.near]
    offers = {each: at_hand.offers[int(each)] for each in ids}
    fitting = {key for key, offer in offers.items() if _is_such(asked, offer)}
    matches = [_without_perimeter(match) for match in ranking.matches if match.id in fitting]
    if need.territory:
        # Far away is said of each: a few are told where nothing is near.
        matches = [match for match in matches if bridge.is_near(need, offers[match.id])] or matches[:FEW]
    if asked.room or asked.land:
        # « une salle », « un terrain »: those that call themselves so come first.
        called = [match for match in _about(asked.need, at_hand)[0] if _is_such(asked, at_hand.offers[int(match.id)])]
        first = {match.id for match in called}
        matches = [*called, *(match for match in matches if match.id not in first)]
    near = [
        miss for miss in ranking.near if miss.id in fitting and "kinds" not in {each.gate for each in miss.refused_by}
    ]
    near.sort(key=lambda miss: (-miss.score, -(offers[miss.id].capacity or 0)))
    return matches[:TOP], near[:NEAR]


def _is_such(asked: _Asked, offer: engine.Offer) -> bool:
    """Whether it is a room where one was asked for, and land where land was."""
    if asked.room == asked.land:
        return True
    is_land = reading.is_land(offer.title)
    return is_land if asked.land else offer.capacity is not None and not is_land


def _without_perimeter(match: engine.Match) -> engine.Match:
    """The match without the reason that it lies where it should: its territory says so already."""
    return replace(match, reasons=tuple(reason for reason in match.reasons if reason.code != "need_perimeter"))


def match_listing(*, listing: Offer | Need, today: date | None = None) -> list[Suggestion]:
    """Match this listing alone, both ways, and store what is proposed. Safe to repeat.

    Returns the standing suggestions, best first. If the listing has been edited since it was read, nothing is
    stored and it stays stale: the edit has asked for a match of its own.
    """
    found = proposals_for(listing, today or timezone.localdate())
    with transaction.atomic():
        if not _mark_matched(listing, found):
            return []
        created = _store(listing, found)
        _put_back(listing)
        events.suggestions_made.send(sender=type(listing), listing=listing, created=created)
    return list(_of(listing).standing().not_dismissed().best_first())


def mark_seen(*, suggestions: Iterable[Suggestion], side: str) -> int:
    """Somebody of this side ("need" or "offer") has these before their eyes. Returns how many were new."""
    shown = Suggestion.objects.filter(pk__in=[suggestion.pk for suggestion in suggestions])
    return shown.filter(**{f"{side}_state": State.NEW}).update(**{f"{side}_state": State.SEEN})


@transaction.atomic
def express_interest(*, suggestion: Suggestion, side: str, person: Person) -> Suggestion:
    """This side would like to know more. It may so change its mind about a dismissal of its own.

    Raises NotAllowed if the person does not speak for that side, SetAside if the other side has dismissed it, Gone
    and NotProposed.
    """
    current = _locked(suggestion, side, person)
    before = _state(current, side)
    if _state(current, _other(side)) == State.DISMISSED:
        raise SetAside
    is_open = current.offer.is_suggestible and current.need.is_suggestible
    if current.withdrawn_at and not is_open and before != State.INTERESTED:
        raise NotProposed
    _answer(current, side, State.INTERESTED)
    if is_open:
        current.withdrawn_at = None
    current.save()
    if before != State.INTERESTED:
        act = Act.REINSTATED if before == State.DISMISSED else Act.INTERESTED
        record_decision(suggestion=current, side=side, act=act)
    return current


@transaction.atomic
def dismiss(*, suggestion: Suggestion, side: str, person: Person, reason: str, note: str = "") -> Suggestion:
    """Not for us: the pair is never proposed again. Dismissing twice keeps the latest reason.

    Raises NotAllowed if the person does not speak for that side, ValueError for an unknown reason, Gone.
    """
    because = DismissReason(reason)
    current = _locked(suggestion, side, person)
    said_already = _state(current, side) == State.DISMISSED and getattr(current, f"{side}_because") == because
    _answer(current, side, State.DISMISSED, because, tidy(note)[:LONGEST_NOTE], person)
    current.save()
    if not said_already:
        record_decision(suggestion=current, side=side, act=Act.DISMISSED, reason=because)
    return current


@transaction.atomic
def withdraw_listing(*, listing: Offer | Need) -> int:
    """Propose this listing to nobody any more, because it left the lists. Returns how many pairs were withdrawn."""
    return _withdraw(_of(listing))


@transaction.atomic
def withdraw_expired(*, today: date | None = None) -> int:
    """Withdraw what still stands although one of its listings is over or has opted out. Returns how many pairs."""
    today = today or timezone.localdate()
    over = Q(offer__ends__lt=today) | Q(offer__closes__lt=today) | Q(need__ends__lt=today)
    hidden = ~Q(offer__status=Status.PUBLISHED) | ~Q(need__status=Status.PUBLISHED)
    out = Q(offer__wants_suggestions=False) | Q(need__wants_suggestions=False)
    out |= Q(offer__organisation__wants_suggestions=False) | Q(need__organisation__wants_suggestions=False)
    return _withdraw(Suggestion.objects.filter(over | hidden | out))


@transaction.atomic
def withdraw_organisation(*, organisation: Organisation) -> int:
    """Propose nothing of this organisation any more, because it opted out. Returns how many pairs were withdrawn."""
    return _withdraw(Suggestion.objects.of(organisation))


@transaction.atomic
def doubt_older_matches() -> int:
    """Make stale again what another engine or another model matched, where nobody acted. Returns how many listings."""
    from matching.engine.version import ENGINE_VERSION

    untouched = [State.NEW, State.SEEN]
    older = Suggestion.objects.by_matcher().standing().filter(need_state__in=untouched, offer_state__in=untouched)
    same_engine = Q(matcher_version__startswith=f"{ENGINE_VERSION}/")
    older = older.exclude(same_engine & ladder.made_by(ladder.active()))
    needs = Need.objects.published().filter(pk__in=older.values("need")).update(matched_version=0)
    return needs + Offer.objects.published().filter(pk__in=older.values("offer")).update(matched_version=0)


@transaction.atomic
def doubt_every_match() -> int:
    """Make every listing stale, because what all matches read has changed. Returns how many."""
    live = [model.objects.suggestible() for model in (Need, Offer)]
    return sum(listings.exclude(matched_version=0).update(matched_version=0) for listings in live)


def warm_up() -> None:
    """Load and fit the matcher ahead of the first match of this process."""
    index.needs(index.current(timezone.localdate()))


def _of(listing: Offer | Need) -> SuggestionQuerySet:
    side = "offer" if isinstance(listing, Offer) else "need"
    rows: SuggestionQuerySet = Suggestion.objects.filter(**{side: listing})
    return rows


def _mark_matched(listing: Offer | Need, found: Proposals) -> bool:
    """True if the listing still is at the version that was matched; its row is then locked until the commit."""
    marks = {"matched_version": listing.version, "matched_at": timezone.now(), "near_misses": found.near}
    same_version = type(listing).objects.filter(pk=listing.pk, version=listing.version)
    if not same_version.update(**marks):
        return False
    for name, value in marks.items():
        setattr(listing, name, value)
    return True


def _store(listing: Offer | Need, found: Proposals) -> list[int]:
    """Write the pairs, one row each, and withdraw those that are no longer proposed. Returns the new rows' keys."""
    versions = _versions_beside(listing, found.pairs)
    known = set(_of(listing).values_list("need_id", "offer_id"))
    pairs = [pair for pair in found.pairs if _beside(listing, pair) in versions]
    # Always in the same order, so that two matches at once never wait for each other.
    pairs.sort(key=lambda pair: (pair.need_id, pair.offer_id))
    rows = [_row(listing, pair, versions, found.version) for pair in pairs]
    Suggestion.objects.bulk_create(
        rows, update_conflicts=True, unique_fields=["offer", "need"], update_fields=_COMPUTED
    )
    kept = [row.pk for row in rows]
    _withdraw(_of(listing).by_matcher().exclude(pk__in=kept))
    return [row.pk for row in rows if (row.need_id, row.offer_id) not in known]


def _put_back(listing: Offer | Need) -> None:
    """What people proposed stands again as soon as both listings do: only they take it away."""
    away = _of(listing).by_people().filter(withdrawn_at__isnull=False)
    both = away.filter(need__in=Need.objects.suggestible(), offer__in=Offer.objects.suggestible())
    both.update(withdrawn_at=None)


def _row(listing: Offer | Need, pair: Proposal, versions: dict[int, int], matcher_version: str) -> Suggestion:
    ours, theirs = listing.version, versions[_beside(listing, pair)]
    offer_version, need_version = (ours, theirs) if isinstance(listing, Offer) else (theirs, ours)
    return Suggestion(
        offer_id=pair.offer_id,
        need_id=pair.need_id,
        score=pair.for_need.score,
        parts=dict(pair.for_need.parts),
        need_reasons=[bridge.reason_in_json(reason) for reason in pair.for_need.reasons],
        offer_reasons=[bridge.reason_in_json(reason) for reason in pair.for_offer.reasons],
        need_against=bridge.reason_in_json(pair.for_need.against),
        offer_against=bridge.reason_in_json(pair.for_offer.against),
        matcher_version=matcher_version,
        propensity=pair.propensity,
        offer_version=offer_version,
        need_version=need_version,
        computed_at=timezone.now(),
    )


def _beside(listing: Offer | Need, pair: Proposal) -> int:
    """The key of the other listing of the pair."""
    return pair.need_id if isinstance(listing, Offer) else pair.offer_id


def _versions_beside(listing: Offer | Need, pairs: Sequence[Proposal]) -> dict[int, int]:
    """The versions of the other listings that may still be suggested."""
    model = Need if isinstance(listing, Offer) else Offer
    ids = [_beside(listing, pair) for pair in pairs]
    return dict(model.objects.suggestible().filter(pk__in=ids).values_list("pk", "version"))


def _withdraw(rows: SuggestionQuerySet) -> int:
    """What nobody has looked at goes; what somebody has seen is kept aside; what somebody acted on stands."""
    # Locked first: a person who acts at this very moment waits, and is then told that the row is gone.
    # What a person proposed is set aside and never deleted: it comes back with its listing.
    unseen = list(rows.by_matcher().untouched().select_for_update(of=("self",)).values_list("pk", flat=True))
    Suggestion.objects.filter(pk__in=unseen).delete()
    seen = list(rows.not_acted_on().standing().values_list("pk", flat=True))
    still_idle = Suggestion.objects.filter(pk__in=seen).not_acted_on()
    return len(unseen) + still_idle.update(withdrawn_at=timezone.now())


def _locked(suggestion: Suggestion, side: str, person: Person) -> Suggestion:
    if not may_act(person, suggestion, side):
        raise NotAllowed
    row: Suggestion | None = (
        Suggestion.objects.select_for_update(of=("self",))
        .select_related("offer__organisation", "need__organisation")
        .filter(pk=suggestion.pk)
        .first()
    )
    if row is None:
        raise Gone
    return row


def _answer(
    suggestion: Suggestion, side: str, state: str, because: str = "", note: str = "", by: Person | None = None
) -> None:
    """Where that side stands from now on, and its own reason."""
    for name, value in {"state": state, "because": because, "note": note, "by": by}.items():
        setattr(suggestion, f"{side}_{name}", value)


def _state(suggestion: Suggestion, side: str) -> str:
    state: str = getattr(suggestion, f"{side}_state")
    return state


def _other(side: str) -> str:
    return "offer" if side == "need" else "need"
