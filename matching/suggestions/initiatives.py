"""Verbs about what people propose themselves: two listings that the matcher had not brought together."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.utils import timezone

from matching.catalogue.models import Need, Offer
from matching.catalogue.texts import tidy
from matching.organisations.permissions import may_speak_for
from matching.organisations.services import NotAllowed
from matching.people.models import Person
from matching.suggestions import bridge, index, shelves
from matching.suggestions.models import Proposer, Suggestion
from matching.suggestions.services import LONGEST_NOTE, NotProposed, SetAside, express_interest


def may_propose(person: Person, offer: Offer, need: Need, proposer: str) -> bool:
    """A confirmed owner or member for their own side; staff for two others."""
    if proposer == Proposer.STAFF:
        return person.is_staff
    return may_speak_for(person, (need if proposer == Proposer.NEED else offer).organisation)


@transaction.atomic
def propose(*, offer: Offer, need: Need, proposer: str, person: Person, note: str = "") -> tuple[Suggestion, bool]:
    """Bring two listings together. Proposing twice is proposing once.

    The proposer's own side is interested by that; where the matcher has the pair already, nothing else changes. What
    conditions refuse is written down as warnings, and no reason is made up. Returns the suggestion, and whether the
    pair is new. Raises NotAllowed, NotProposed if one of the two listings takes no proposal, and SetAside if somebody
    has dismissed the pair.
    """
    if not may_propose(person, offer, need, proposer):
        raise NotAllowed
    if not (offer.is_suggestible and need.is_suggestible):
        raise NotProposed
    facts = {
        "proposed_from": proposer,
        "proposed_by": person,
        "proposed_at": timezone.now(),
        "proposal_note": tidy(note)[:LONGEST_NOTE],
        **_warnings(offer, need),
    }
    nothing_computed = {"score": 0.0, "propensity": None, "matcher_version": "", "computed_at": facts["proposed_at"]}
    row, is_new = Suggestion.objects.select_for_update(of=("self",)).get_or_create(
        offer=offer, need=need, defaults={**facts, **nothing_computed}
    )
    if row.is_dismissed and proposer == Proposer.STAFF:
        raise SetAside
    if row.withdrawn_at:
        # The matcher had let it go: from now on somebody answers for it.
        Suggestion.objects.filter(pk=row.pk).update(**facts, withdrawn_at=None)
        is_new = True
    if proposer != Proposer.STAFF:
        express_interest(suggestion=row, side=proposer, person=person)
    row.refresh_from_db()
    return row, is_new


def _warnings(offer: Offer, need: Need) -> dict[str, list[dict[str, Any]]]:
    """What every condition that refuses the pair says to each side."""
    mine = shelves.OFFERS.read(Offer.objects.filter(pk=offer.pk))[offer.pk]
    theirs = shelves.NEEDS.read(Need.objects.filter(pk=need.pk))[need.pk]
    matcher = index.current(timezone.localdate()).matcher
    return {
        f"{side}_warnings": [bridge.refusal_in_json(refusal) for refusal in matcher.refusals(theirs, mine, reader=side)]
        for side in ("need", "offer")
    }
