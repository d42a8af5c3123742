"""Opting out of suggestions, and in again: nobody is suggested who does not want to be, and nothing is lost."""

import pytest

from matching import events
from matching.catalogue.models import Need, Offer
from matching.catalogue.services import want_suggestions as want_for_listing
from matching.organisations.services import NotAllowed, want_suggestions
from matching.suggestions.models import Suggestion
from matching.suggestions.services import (
    express_interest,
    mark_seen,
    match_listing,
    match_text,
    withdraw_expired,
)
from tests.background import work_off

pytestmark = pytest.mark.django_db

QUESTION = "Une salle pour réparer des objets"


def switch(side, pair, person, wanted):
    """Opt out or in as that side, for the organisation or for the listing alone."""
    listing = getattr(pair, side.split()[0])
    listing.refresh_from_db()
    if side.endswith("listing"):
        want_for_listing(listing=listing, wanted=wanted)
    else:
        want_suggestions(organisation=listing.organisation, by=person, wanted=wanted)


SWITCHES = ["need", "offer", "need listing", "offer listing"]


@pytest.fixture
def people(alice, bob):
    return {"need": alice, "offer": bob}


@pytest.mark.parametrize("side", SWITCHES)
def test_who_opts_out_is_suggested_to_nobody_and_back_on_demand(pair, people, side):
    person = people[side.split()[0]]
    switch(side, pair, person, wanted=False)
    work_off()
    assert not Suggestion.objects.exists()
    for listing in (Offer.objects.get(), Need.objects.get()):
        assert match_listing(listing=listing) == []
    switch(side, pair, person, wanted=True)
    work_off()
    assert Suggestion.objects.standing().count() == 1


@pytest.mark.parametrize("side", SWITCHES)
def test_what_somebody_acted_on_stands(pair, people, alice, side):
    express_interest(suggestion=pair, side="need", person=alice)
    switch(side, pair, people[side.split()[0]], wanted=False)
    work_off()
    pair.refresh_from_db()
    assert (pair.need_state, pair.withdrawn_at) == ("interested", None)


def test_what_was_only_seen_is_kept_aside(pair, alice):
    mark_seen(suggestions=[pair], side="offer")
    want_suggestions(organisation=pair.need.organisation, by=alice, wanted=False)
    assert Suggestion.objects.get().withdrawn_at


@pytest.mark.parametrize("side", SWITCHES)
def test_the_sweep_withdraws_what_a_switch_left_behind(pair, side):
    of = Need if side.startswith("need") else Offer
    if side.endswith("listing"):
        of.objects.update(wants_suggestions=False)
    else:
        type(pair.need.organisation).objects.filter(pk=of.objects.get().organisation_id).update(wants_suggestions=False)
    assert withdraw_expired() == 1


@pytest.mark.parametrize("side", ["offer", "offer listing"])
def test_an_offer_that_opted_out_stays_in_the_lists_and_leaves_the_search(client, pair, people, side):
    assert match_text(text=QUESTION).matches
    switch(side, pair, people["offer"], wanted=False)
    assert match_text(text=QUESTION).matches == []
    assert pair.offer.title in client.get("/offres/").content.decode()


def test_who_opted_out_never_waits_for_a_match(pair, alice):
    want_suggestions(organisation=pair.need.organisation, by=alice, wanted=False)
    Need.objects.update(matched_version=0)
    assert not Need.objects.stale().exists()
    assert not Need.objects.get().is_suggestible


def test_only_who_speaks_for_an_organisation_switches_it(pair, bob, charlie, staff, alice):
    alice.memberships.update(role="reader")
    for person in (bob, charlie, staff, alice):
        with pytest.raises(NotAllowed):
            want_suggestions(organisation=pair.need.organisation, by=person, wanted=False)


def test_asking_twice_changes_nothing_and_the_history_keeps_each_turn(bricoleuses, repair, alice):
    told = []
    events.suggestions_switched.connect(lambda organisation, **_: told.append(1), weak=False, dispatch_uid="test")
    try:
        for wanted in (True, False, False, True):
            want_suggestions(organisation=bricoleuses, by=alice, wanted=wanted)
    finally:
        events.suggestions_switched.disconnect(dispatch_uid="test")
    assert len(told) == 2
    kept = bricoleuses.history.order_by("history_date", "history_id").values_list("wants_suggestions", flat=True)
    assert list(kept)[-3:] == [True, False, True]
    version = repair.version
    assert want_for_listing(listing=repair, wanted=True).version == version
    assert want_for_listing(listing=repair, wanted=False).version == version + 1
    assert repair.history.first().wants_suggestions is False
