"""Relayed messages: only between the two sides, once per form, never after a refusal."""

from uuid import uuid4

import pytest

from matching import events
from matching.organisations.services import NotAllowed
from matching.partnerships.models import Message
from matching.partnerships.permissions import may_read_thread
from matching.partnerships.services import LONGEST, UnfitText, mark_read, send_message, threads_of
from matching.suggestions.models import State
from matching.suggestions.services import SetAside, dismiss, match_listing
from tests.factories import make_need, make_offer
from tests.screens.conftest import join

pytestmark = pytest.mark.django_db


@pytest.fixture
def pair(brest, bricoleuses):
    make_offer(brest)
    (suggestion,) = match_listing(listing=make_need(bricoleuses))
    return suggestion


@pytest.fixture
def told():
    heard = []
    events.message_sent.connect(lambda message, **_: heard.append(message.pk), weak=False, dispatch_uid="test messages")
    yield heard
    events.message_sent.disconnect(dispatch_uid="test messages")


def write(pair, author, side="need", text="Bonjour, la salle est-elle libre ?", form_key=None):
    return send_message(suggestion=pair, side=side, author=author, text=text, form_key=form_key or uuid4())


def test_a_message_is_kept_told_once_and_marks_interest(pair, alice, told):
    message = write(pair, alice, text="  Bonjour\x00,\r\nest-elle libre ?  ")
    pair.refresh_from_db()
    assert message.text == "Bonjour,\nest-elle libre ?"
    assert told == [message.pk]
    assert (pair.need_state, pair.offer_state) == (State.INTERESTED, State.NEW)


def test_the_same_form_writes_one_row_and_tells_once(pair, alice, told):
    key = uuid4()
    assert write(pair, alice, form_key=key) == write(pair, alice, form_key=key)
    assert Message.objects.count() == len(told) == 1


def test_the_key_of_another_conversation_opens_nothing(pair, alice, bob):
    key = write(pair, alice).form_key
    with pytest.raises(NotAllowed):
        write(pair, bob, side="offer", form_key=key)


@pytest.mark.parametrize(("name", "side"), [("charlie", "need"), ("alice", "offer"), ("staff", "offer")])
def test_nobody_writes_for_a_side_that_is_not_theirs(request, pair, name, side):
    with pytest.raises(NotAllowed):
        write(pair, request.getfixturevalue(name), side=side)
    assert not Message.objects.exists()


@pytest.mark.parametrize("text", ["", "  \n ", "\x00", "x" * (LONGEST + 1)])
def test_an_unfit_text_changes_nothing(pair, alice, text):
    with pytest.raises(UnfitText):
        write(pair, alice, text=text)
    pair.refresh_from_db()
    assert pair.need_state == State.NEW


def test_no_message_reaches_a_side_that_has_dismissed(pair, alice, bob):
    dismiss(suggestion=pair, side="offer", person=bob, reason="dates")
    with pytest.raises(SetAside):
        write(pair, alice)
    assert not Message.objects.exists()


def test_only_the_two_sides_read(pair, alice, bob, charlie, staff):
    assert may_read_thread(alice, pair) and may_read_thread(bob, pair)
    assert not may_read_thread(charlie, pair) and not may_read_thread(staff, pair)


def read(pair, person, side, *, answers=True):
    return mark_read(messages=Message.objects.between(pair), side=side, person=person, answers=answers)


def test_reading_marks_what_the_other_side_wrote(pair, alice, bob):
    first = write(pair, alice)
    write(pair, bob, side="offer", text="Oui, le samedi.")
    assert read(pair, bob, "offer") == {first.pk}
    assert read(pair, bob, "offer") == set()
    assert Message.objects.get(side="offer").read_at is None


def test_what_a_colleague_read_is_still_to_be_read(pair, alice, bob, charlie, brest):
    mine, theirs = brest.memberships.get(person=bob), join(charlie, brest, "reader")
    write(pair, alice)
    read(pair, charlie, "offer", answers=False)
    assert Message.objects.get().read_at is None
    assert [thread.unread for thread in threads_of(member=mine)] == [1]
    assert [thread.unread for thread in threads_of(member=theirs)] == [0]
    read(pair, bob, "offer")
    assert not Message.objects.unread_by(mine).exists() and Message.objects.get().read_at


def test_what_was_read_before_somebody_came_is_no_news_to_them(pair, alice, bob, charlie, brest):
    write(pair, alice)
    read(pair, bob, "offer")
    newcomer = join(charlie, brest, "member")
    write(pair, alice, text="Et le dimanche ?")
    assert [message.text for message in Message.objects.unread_by(newcomer)] == ["Et le dimanche ?"]


def test_conversations_come_latest_first_with_what_is_unread(pair, alice, bob, brest, bricoleuses):
    other = match_listing(listing=make_need(bricoleuses, title="Une autre salle pour réparer"))[0]
    write(other, alice)
    write(pair, alice)
    write(pair, alice, text="Et le dimanche ?")
    write(pair, bob, side="offer", text="Non.")
    ours, theirs = (
        [(thread.pk, thread.unread) for thread in threads_of(member=organisation.memberships.get())]
        for organisation in (brest, bricoleuses)
    )
    assert ours == [(pair.pk, 2), (other.pk, 1)]
    assert theirs == [(pair.pk, 1), (other.pk, 0)]
