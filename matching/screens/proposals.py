"""Suggestions as one side reads them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from matching.catalogue.models import Listing, Need, Offer
from matching.organisations.models import Organisation
from matching.screens.reasons import CARRIED
from matching.suggestions.models import DismissReason, Proposer, State, Suggestion
from matching.suggestions.permissions import meeting_place_told, organisation_of
from matching.suggestions.withheld import told_to_offers

_NO_ANSWER = (gettext_lazy("n’a pas encore répondu"), "")
_ANSWERS = {
    State.NEW: _NO_ANSWER,
    State.SEEN: _NO_ANSWER,
    State.INTERESTED: (gettext_lazy("est intéressée"), "ok"),
    State.DISMISSED: (gettext_lazy("a écarté ce rapprochement"), "warn"),
}


@dataclass(frozen=True)
class Proposal:
    """A suggestion seen from `side` ("need" or "offer"): the other side's listing, and why."""

    suggestion: Suggestion
    side: str

    @property
    def own(self) -> Listing:
        return self.suggestion.need if self.side == "need" else self.suggestion.offer

    @property
    def other(self) -> Listing:
        return self.suggestion.offer if self.side == "need" else self.suggestion.need

    @property
    def reasons(self) -> list[dict[str, Any]]:
        reasons = self.suggestion.need_reasons if self.side == "need" else self.suggestion.offer_reasons
        return [through_its_carrier(reason, self.suggestion.need.organisation, self.side) for reason in reasons]

    @property
    def against(self) -> dict[str, Any] | None:
        against = self.suggestion.need_against if self.side == "need" else self.suggestion.offer_against
        return through_its_carrier(against, self.suggestion.need.organisation, self.side) if against else None

    @property
    def parts(self) -> dict[str, float]:
        """What counted for the pair; screens say which, never how much."""
        return self.suggestion.parts

    @property
    def version(self) -> str:
        return self.suggestion.matcher_version

    @property
    def computed_at(self) -> datetime:
        return self.suggestion.computed_at

    @property
    def state(self) -> str:
        return self.suggestion.need_state if self.side == "need" else self.suggestion.offer_state

    @property
    def other_state(self) -> str:
        return self.suggestion.offer_state if self.side == "need" else self.suggestion.need_state

    @property
    def because(self) -> str:
        """Why this side set it aside, in words; the other side's reason stays its own."""
        chosen = self.suggestion.need_because if self.side == "need" else self.suggestion.offer_because
        return str(DismissReason(chosen).label) if chosen else ""

    @property
    def is_proposed(self) -> bool:
        """A person brought the two together."""
        return self.suggestion.is_proposed

    @property
    def proposed_by(self) -> str:
        """Who did, by their organisation, and by their name where they show one."""
        if self.suggestion.proposed_from == Proposer.STAFF:
            return _("l’équipe du service")
        person = self.suggestion.proposed_by
        organisation = organisation_of(self.suggestion, self.suggestion.proposed_from).name
        return f"{person.name}, {organisation}" if person and person.name else organisation

    @property
    def warnings(self) -> list[dict[str, Any]]:
        """The conditions that refused it when it was proposed."""
        told = self.suggestion.need_warnings if self.side == "need" else self.suggestion.offer_warnings
        return [through_its_carrier(refusal, self.suggestion.need.organisation, self.side) for refusal in told]

    @property
    def answers(self) -> list[tuple[Organisation, str, str]]:
        """Where each side stands, ours first: its organisation, its answer in words, and how it presses."""
        return [(self.own.organisation, *_ANSWERS[self.state]), (self.other.organisation, *_ANSWERS[self.other_state])]

    @property
    def meeting_place(self) -> str:
        """Where the collective meets, as far as this side may know."""
        return meeting_place_told(self.suggestion, self.side)

    @property
    def is_new(self) -> bool:
        return self.state == State.NEW

    @property
    def is_interesting(self) -> bool:
        """This side said that it is interested."""
        return self.state == State.INTERESTED

    @property
    def is_awaited(self) -> bool:
        """The other side said that it is interested; this one has not answered."""
        return self.other_state == State.INTERESTED and self.state in (State.NEW, State.SEEN)


@dataclass(frozen=True)
class NearMiss:
    """A listing about the right subject that a condition refuses: which one, and what would change it."""

    listing: Listing
    refusals: list[dict[str, Any]]


def near_misses(listing: Offer | Need) -> list[NearMiss]:
    """What nearly fitted at the last match, still published today, in a fixed number of queries."""
    model = Need if isinstance(listing, Offer) else Offer
    kept = [(miss["id"], miss["refused_by"]) for miss in listing.near_misses]
    found = model.objects.live(localdate()).suggestible().for_cards().in_bulk([key for key, _refusals in kept])
    side = "need" if isinstance(listing, Need) else "offer"
    return [
        NearMiss(
            found[key],
            [
                through_its_carrier(refusal, (listing if side == "need" else found[key]).organisation, side)
                for refusal in refusals
            ],
        )
        for key, refusals in kept
        if key in found
    ]


def through_its_carrier(reason: dict[str, Any], collective: Organisation, side: str) -> dict[str, Any]:
    """The same reason; of a legal form that is the carrier's, it says so to an informal group and of it; of the ground
    of a discreet collective, no more than it wishes."""
    if reason["code"] in CARRIED and collective.asks_through_its_carrier:
        return {**reason, "code": f"{reason['code']}.carried.{side}"}
    return reason if side == "need" else told_to_offers(reason, collective)


def side_published_by(organisation: Organisation) -> str:
    """Authorities stand on the side of offers, collectives on that of needs."""
    return "offer" if organisation.is_authority else "need"


def proposals(suggestions: QuerySet[Suggestion] | Sequence[Suggestion], side: str) -> list[Proposal]:
    """The same suggestions, as that side reads them."""
    return [Proposal(suggestion, side) for suggestion in suggestions]


def open_suggestions(side: str, **listing: Any) -> QuerySet[Suggestion]:
    """Those that neither side has dismissed, in the order of that side's lists, with what their cards show."""
    found = Suggestion.objects.filter(**{f"{side}__{name}": value for name, value in listing.items()})
    return found.standing().not_dismissed().with_both_sides().as_listed_for(side)
