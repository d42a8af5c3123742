"""« Toujours valable ? »: who is asked, what answers, what happens where nobody does."""

from datetime import date, timedelta

import pytest
from django.utils import timezone

from matching.catalogue.services import OfferFacts, ResourceFacts, publish, write_offer
from matching.catalogue.validity import (
    EVERY,
    GRACE,
    answer_by,
    answer_token,
    ask_what_is_due,
    pause_unanswered,
    question_of,
    vouch,
    was_paused_unanswered,
)
from matching.notices.models import Notice
from matching.organisations.models import Membership, Role
from matching.organisations.services import authority_of
from tests.factories import make_need, make_offer

NOW = timezone.now()
DAY = timedelta(days=1)


def aged(listing, age=EVERY + DAY, **changes):
    """The listing as if nobody had touched it for so long."""
    type(listing).objects.filter(pk=listing.pk).update(updated_at=NOW - age, **changes)
    listing.refresh_from_db()
    return listing


@pytest.fixture
def old(brest, bob):
    return aged(make_offer(brest, person=bob))


def again(listing):
    listing.refresh_from_db()
    return listing


def test_what_was_published_long_ago_without_an_end_is_asked_about_once(old, bob):
    assert [ask_what_is_due(now=NOW), ask_what_is_due(now=NOW), ask_what_is_due(now=NOW + DAY)] == [1, 0, 0]
    assert again(old).asked_at == NOW
    assert answer_by(old) == timezone.localdate(NOW + GRACE)
    notice = Notice.objects.get(kind=Notice.Kind.VALIDITY)
    assert (notice.person, notice.subject) == (bob, f"offer:{old.pk}")


def test_needs_are_asked_about_too(bricoleuses, alice):
    aged(make_need(bricoleuses, person=alice))
    assert ask_what_is_due(now=NOW) == 1
    assert Notice.objects.get(kind=Notice.Kind.VALIDITY).person == alice


@pytest.mark.parametrize(
    "changes",
    [
        {"ends": date(2030, 1, 1)},
        {"closes": date(2030, 1, 1)},
        {"status": "paused"},
        {"status": "draft"},
        {"vouched_at": NOW - DAY},
    ],
)
def test_what_needs_no_question_gets_none(old, changes):
    aged(old, **changes)
    assert ask_what_is_due(now=NOW) == 0


def test_what_somebody_touched_lately_gets_none(old):
    aged(old, EVERY - DAY)
    assert ask_what_is_due(now=NOW) == 0


def test_nobody_is_asked_where_nobody_can_answer(territories, charlie):
    empty = authority_of(territory=territories["commune", "59512"])
    offer = aged(make_offer(empty))
    Membership.objects.create(person=charlie, organisation=empty, role=Role.READER, confirmed_at=NOW)
    assert ask_what_is_due(now=NOW) == 0
    assert pause_unanswered(now=NOW + 10 * EVERY) == 0
    assert again(offer).is_published


def test_an_answer_is_good_for_six_months(old):
    ask_what_is_due(now=NOW)
    vouch(listing=old)
    vouch(listing=old)
    assert pause_unanswered(now=NOW + GRACE) == 0
    assert ask_what_is_due(now=NOW + EVERY - DAY) == 0
    assert ask_what_is_due(now=timezone.now() + EVERY + DAY) == 1


def test_a_change_answers_too(old, brest, bob):
    ask_what_is_due(now=NOW)
    told = OfferFacts(title="Salle", text="Toujours là", resources=[ResourceFacts(kind="place")])
    write_offer(organisation=brest, facts=told, person=bob, offer=again(old))
    assert again(old).asked_at is None


def test_without_an_answer_it_is_paused_and_its_organisation_told(old, bob):
    ask_what_is_due(now=NOW)
    assert pause_unanswered(now=NOW + GRACE - DAY) == 0
    assert [pause_unanswered(now=NOW + GRACE), pause_unanswered(now=NOW + GRACE)] == [1, 0]
    assert was_paused_unanswered(again(old))
    record = old.history.latest("history_id")
    assert (record.status, record.history_change_reason) == ("paused", "unanswered")
    assert Notice.objects.get(kind=Notice.Kind.PAUSED).person == bob


def test_one_click_publishes_it_again(old, bob):
    ask_what_is_due(now=NOW)
    pause_unanswered(now=NOW + GRACE)
    publish(listing=again(old), person=bob)
    assert (again(old).status, old.asked_at) == ("published", None)
    assert ask_what_is_due(now=NOW + GRACE) == 0


def test_a_service_that_slept_for_years_asks_before_it_pauses(old):
    late = NOW + 6 * EVERY
    assert [pause_unanswered(now=late), ask_what_is_due(now=late), pause_unanswered(now=late)] == [0, 1, 0]
    assert pause_unanswered(now=late + GRACE) == 1


def test_a_token_answers_its_own_question_only(old, bob):
    ask_what_is_due(now=NOW)
    token = answer_token(again(old), bob)
    assert question_of(token) == (old, True)
    vouch(listing=old)
    assert question_of(token) == (old, False)
    ask_what_is_due(now=timezone.now() + 2 * EVERY)
    assert question_of(token) == (old, False), "an old mail does not answer the next question"


def test_a_token_dies_with_the_role_of_its_reader(old, bob, brest):
    ask_what_is_due(now=NOW)
    token = answer_token(again(old), bob)
    Membership.objects.filter(person=bob).update(role=Role.READER)
    assert question_of(token) is None


def test_a_foreign_token_says_nothing(old, bob):
    ask_what_is_due(now=NOW)
    token = answer_token(again(old), bob)
    for forged in ("", "x", token[:-2], token.replace("offer", "needs"), f"offer-{old.uuid.hex}-x-0.x"):
        assert question_of(forged) is None
