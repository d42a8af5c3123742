"""Who may answer for which side, and what an answer changes."""

import pytest
from django.utils import timezone

from matching.catalogue.models import Offer
from matching.organisations.services import NotAllowed
from matching.suggestions.models import State, Suggestion
from matching.suggestions.permissions import may_act, side_of
from matching.suggestions.services import Gone, NotProposed, SetAside, dismiss, express_interest, mark_seen

pytestmark = pytest.mark.django_db


def test_each_person_stands_on_their_side_and_strangers_on_none(pair, alice, bob, charlie, staff):
    assert side_of(alice, pair) == "need"
    assert side_of(bob, pair) == "offer"
    assert side_of(charlie, pair) is None
    assert side_of(staff, pair) is None


@pytest.mark.parametrize(
    ("name", "side", "allowed"),
    [
        ("alice", "need", True),
        ("alice", "offer", False),
        ("bob", "offer", True),
        ("bob", "need", False),
        ("charlie", "need", False),
        ("charlie", "offer", False),
        ("staff", "need", False),
    ],
)
def test_only_those_who_speak_for_a_side_answer_for_it(request, pair, name, side, allowed):
    person = request.getfixturevalue(name)
    assert may_act(person, pair, side) is allowed
    if allowed:
        express_interest(suggestion=pair, side=side, person=person)
        dismiss(suggestion=pair, side=side, person=person, reason="other")
    else:
        with pytest.raises(NotAllowed):
            express_interest(suggestion=pair, side=side, person=person)
        with pytest.raises(NotAllowed):
            dismiss(suggestion=pair, side=side, person=person, reason="other")


def test_a_reader_of_the_desk_sees_but_does_not_answer(pair, alice):
    alice.memberships.update(role="reader")
    assert side_of(alice, pair) == "need"
    assert not may_act(alice, pair, "need")


def test_somebody_not_yet_confirmed_is_a_stranger(pair, bob):
    bob.memberships.update(confirmed_at=None)
    assert side_of(bob, pair) is None


def test_seeing_moves_new_ones_only_and_on_one_side_only(pair, alice):
    assert mark_seen(suggestions=[pair], side="need") == 1
    express_interest(suggestion=pair, side="need", person=alice)
    assert mark_seen(suggestions=[pair], side="need") == 0
    pair.refresh_from_db()
    assert (pair.need_state, pair.offer_state) == (State.INTERESTED, State.NEW)


def test_a_side_may_change_its_mind_about_its_own_dismissal(pair, alice):
    dismiss(suggestion=pair, side="need", person=alice, reason="place", note="Trop\x00 loin")
    pair.refresh_from_db()
    assert pair.need_note == "Trop loin"
    pair = express_interest(suggestion=pair, side="need", person=alice)
    assert (pair.need_state, pair.need_because, pair.need_by) == (State.INTERESTED, "", None)


def test_nothing_passes_once_the_other_side_has_dismissed(pair, alice, bob):
    dismiss(suggestion=pair, side="offer", person=bob, reason="dates")
    with pytest.raises(SetAside):
        express_interest(suggestion=pair, side="need", person=alice)


def test_a_reason_of_nobody_s_list_is_refused(pair, alice):
    with pytest.raises(ValueError):
        dismiss(suggestion=pair, side="need", person=alice, reason="because")
    pair.refresh_from_db()
    assert pair.need_state == State.NEW


def test_what_went_at_this_very_moment_is_gone(pair, alice):
    Suggestion.objects.all().delete()
    with pytest.raises(Gone):
        express_interest(suggestion=pair, side="need", person=alice)
    with pytest.raises(Gone):
        dismiss(suggestion=pair, side="need", person=alice, reason="other")


@pytest.mark.parametrize("closing", [{"status": "paused"}, {"wants_suggestions": False}])
def test_interest_does_not_revive_what_left_the_lists(pair, alice, bob, closing):
    mark_seen(suggestions=[pair], side="need")
    Suggestion.objects.update(withdrawn_at=timezone.now())
    Offer.objects.update(**closing)
    with pytest.raises(NotProposed):
        express_interest(suggestion=pair, side="need", person=alice)
    Offer.objects.update(status="published", wants_suggestions=True)
    express_interest(suggestion=pair, side="need", person=alice)
    Offer.objects.update(**closing)
    # They have found each other: what follows is theirs.
    assert express_interest(suggestion=pair, side="offer", person=bob).withdrawn_at is None
