"""What people propose themselves: said as such, without invented reasons, and never a lesson for the matcher."""

import pytest

from matching.organisations.models import Role
from matching.organisations.services import NotAllowed
from matching.suggestions import ladder
from matching.suggestions.initiatives import propose
from matching.suggestions.models import Decision, Impression, State, Suggestion
from matching.suggestions.scarcity import weigh_scarcity
from matching.suggestions.services import (
    NotProposed,
    SetAside,
    dismiss,
    doubt_older_matches,
    express_interest,
    match_listing,
    withdraw_listing,
)
from matching.suggestions.traces import note_shown
from tests.factories import make_need, make_offer
from tests.screens.conftest import join

pytestmark = pytest.mark.django_db


@pytest.fixture
def offer(brest):
    return make_offer(brest, title="Fonds d’archives du port", text="Des photographies anciennes numérisées.")


@pytest.fixture
def need(bricoleuses):
    """Nothing of its words is in the offer's, and the room is too small."""
    return make_need(bricoleuses, title="Un atelier de couture", text="Coudre ensemble le mardi.", capacity=500)


def by_alice(offer, need, alice, note="Une exposition dans l’atelier"):
    return propose(offer=offer, need=need, proposer="need", person=alice, note=note)


def test_a_proposal_says_who_and_why_and_makes_up_nothing(offer, need, alice):
    row, is_new = by_alice(offer, need, alice)
    assert is_new and row.is_proposed
    assert (row.proposed_from, row.proposed_by, row.proposal_note) == ("need", alice, "Une exposition dans l’atelier")
    assert (row.score, row.parts, row.need_reasons, row.offer_reasons) == (0.0, {}, [], [])
    assert (row.propensity, row.matcher_version) == (None, "")
    assert (row.need_state, row.offer_state) == (State.INTERESTED, State.NEW)


def test_what_conditions_refuse_is_told_to_each_side_as_a_warning(offer, need, alice):
    row, _ = by_alice(offer, need, alice)
    for told in (row.need_warnings, row.offer_warnings):
        assert [warning["gate"] for warning in told] == ["capacity"]
        assert told[0]["code"] == "refused.capacity" and told[0]["mend"]["code"]


def test_proposing_twice_is_proposing_once(offer, need, alice, bob):
    by_alice(offer, need, alice)
    row, is_new = propose(offer=offer, need=need, proposer="offer", person=bob, note="Autre")
    assert not is_new and row.proposed_by == alice
    assert row.offer_state == State.INTERESTED
    assert Suggestion.objects.count() == 1


def test_the_matcher_never_withdraws_it(offer, need, staff):
    row, _ = propose(offer=offer, need=need, proposer="staff", person=staff)
    for listing in (offer, need):
        match_listing(listing=listing)
    doubt_older_matches()
    need.refresh_from_db()
    assert not need.is_stale
    row.refresh_from_db()
    assert row.withdrawn_at is None and row.need_state == State.NEW


def test_it_leaves_with_its_listing_and_comes_back_with_it(offer, need, staff):
    row, _ = propose(offer=offer, need=need, proposer="staff", person=staff)
    withdraw_listing(listing=offer)
    row.refresh_from_db()
    assert row.withdrawn_at
    match_listing(listing=offer)
    row.refresh_from_db()
    assert row.withdrawn_at is None


@pytest.mark.parametrize("side", ["need", "offer"])
def test_a_dismissal_is_respected(offer, need, alice, bob, staff, side):
    row, _ = by_alice(offer, need, alice)
    dismiss(suggestion=row, side=side, person={"need": alice, "offer": bob}[side], reason="other")
    with pytest.raises(SetAside):
        propose(offer=offer, need=need, proposer="staff", person=staff)
    if side == "offer":
        with pytest.raises(SetAside):
            by_alice(offer, need, alice)
    match_listing(listing=need)
    row.refresh_from_db()
    assert getattr(row, f"{side}_state") == State.DISMISSED


def test_only_those_who_speak_for_a_side_propose(offer, need, alice, bob, charlie, staff, brest):
    reader = charlie
    join(reader, brest, Role.READER)
    for person, proposer in [(alice, "offer"), (reader, "offer"), (bob, "need"), (bob, "staff"), (staff, "need")]:
        with pytest.raises(NotAllowed):
            propose(offer=offer, need=need, proposer=proposer, person=person)
    assert not Suggestion.objects.exists()


def test_what_is_not_published_or_has_opted_out_takes_no_proposal(offer, need, brest, bricoleuses, alice):
    with pytest.raises(NotProposed):
        by_alice(make_offer(brest, published=False), need, alice)
    bricoleuses.wants_suggestions = False
    bricoleuses.save()
    need.refresh_from_db()
    with pytest.raises(NotProposed):
        by_alice(offer, need, alice)


def test_it_teaches_the_matcher_nothing(offer, need, alice, bob):
    row, _ = by_alice(offer, need, alice)
    note_shown(suggestions=[row], side="offer")
    assert not Impression.objects.exists()
    express_interest(suggestion=row, side="offer", person=bob)
    told = list(Decision.objects.values_list("side", "is_proposed", "propensity").order_by("side"))
    assert told == [("need", True, None), ("offer", True, None)]
    assert ladder.last_answers() == []
    assert weigh_scarcity() == 0


def test_what_the_matcher_has_already_stays_the_matchers(brest, bricoleuses, alice):
    offer, need = make_offer(brest), make_need(bricoleuses)
    (pair,) = match_listing(listing=need)
    row, is_new = by_alice(offer, need, alice)
    assert row == pair and not is_new and not row.is_proposed
    assert Decision.objects.get().is_proposed is False and row.need_reasons


def test_what_the_matcher_finds_later_gets_its_true_reasons_and_stays_proposed(brest, bricoleuses, alice):
    offer, need = make_offer(brest), make_need(bricoleuses)
    row, _ = by_alice(offer, need, alice)
    match_listing(listing=need)
    row.refresh_from_db()
    assert row.is_proposed and row.score > 0 and row.need_reasons


def test_what_somebody_proposed_comes_first(brest, bricoleuses, offer, need, staff):
    make_offer(brest, title="Atelier de couture", text="Un atelier de couture le mardi.", resource=None)
    match_listing(listing=need)
    row, _ = propose(offer=offer, need=need, proposer="staff", person=staff)
    assert Suggestion.objects.as_listed_for("need").first() == row
