"""What was shown and what was answered: one row each, in order, and nobody's name in any."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from matching.suggestions import proposals, traces
from matching.suggestions.models import Act, Decision, Impression, State, Suggestion
from matching.suggestions.proposals import EXPLORED, _last_place
from matching.suggestions.services import dismiss, express_interest, match_listing
from matching.suggestions.traces import (
    IGNORED_AFTER,
    IMPRESSIONS_KEPT,
    forget_old_impressions,
    note_shown,
    record_left_without_answer,
)
from tests.factories import make_offer

pytestmark = pytest.mark.django_db


def later(**ago):
    return timezone.now() + timedelta(**ago)


# Shown


def test_what_is_shown_is_noted_once_a_day_with_its_first_place(pair):
    note_shown(suggestions=[pair], side="need", first_rank=3)
    note_shown(suggestions=[pair], side="need", first_rank=1)
    note_shown(suggestions=[pair], side="offer")
    rows = Impression.objects.order_by("side").values_list("side", "rank", "propensity", "matcher_version")
    assert list(rows) == [("need", 3, 1.0, pair.matcher_version), ("offer", 1, 1.0, pair.matcher_version)]


def test_another_day_is_another_row(pair):
    note_shown(suggestions=[pair], side="need")
    Impression.objects.update(day=timezone.localdate() - timedelta(days=1))
    note_shown(suggestions=[pair], side="need")
    assert Impression.objects.count() == 2


@pytest.mark.parametrize("count", [0, 1, 6])
def test_noting_costs_one_query_whatever_is_shown(brest, repair, django_assert_num_queries, count):
    for number in range(count):
        make_offer(brest, title=f"Salle de réparation {number}")
    shown = match_listing(listing=repair)
    assert len(shown) == count
    with django_assert_num_queries(1 if count else 0):
        note_shown(suggestions=shown, side="need")
    assert sorted(Impression.objects.values_list("rank", flat=True)) == list(range(1, count + 1))


def test_a_trace_names_nobody():
    people = "people.Person"
    for model in (Impression, Decision):
        assert [field.name for field in model._meta.get_fields() if _points_to(field, people)] == []


def _points_to(field, label):
    return field.related_model is not None and field.related_model._meta.label == label


def test_what_was_shown_long_ago_is_forgotten(pair):
    note_shown(suggestions=[pair], side="need")
    assert forget_old_impressions() == 0
    assert forget_old_impressions(now=timezone.now() + IMPRESSIONS_KEPT + timedelta(days=2)) == 1


# Answered


def decisions():
    return list(Decision.objects.in_order().values_list("side", "act", "outcome", "reason"))


def test_every_answer_is_a_row_with_its_reason(pair, alice, bob):
    dismiss(suggestion=pair, side="need", person=alice, reason="place")
    express_interest(suggestion=pair, side="need", person=alice)
    express_interest(suggestion=pair, side="offer", person=bob)
    dismiss(suggestion=pair, side="offer", person=bob, reason="dates", note="Le samedi seulement")
    assert decisions() == [
        ("need", Act.DISMISSED, "declined", "place"),
        ("need", Act.REINSTATED, "accepted", ""),
        ("offer", Act.INTERESTED, "accepted", ""),
        ("offer", Act.DISMISSED, "declined", "dates"),
    ]


def test_the_same_answer_twice_is_one_row(pair, alice):
    for _again in range(2):
        express_interest(suggestion=pair, side="need", person=alice)
    for _again in range(2):
        dismiss(suggestion=pair, side="need", person=alice, reason="place")
    dismiss(suggestion=pair, side="need", person=alice, reason="rights")
    assert [reason for _side, _act, _outcome, reason in decisions()] == ["", "place", "rights"]


def test_each_side_keeps_its_own_reason(pair, alice, bob):
    dismiss(suggestion=pair, side="offer", person=bob, reason="dates", note="Pas le samedi")
    dismiss(suggestion=pair, side="need", person=alice, reason="place", note="Trop loin")
    pair.refresh_from_db()
    assert (pair.need_because, pair.need_note, pair.need_by) == ("place", "Trop loin", alice)
    assert (pair.offer_because, pair.offer_note, pair.offer_by) == ("dates", "Pas le samedi", bob)


def test_an_answer_remembers_where_the_pair_was_last_seen(pair, alice):
    note_shown(suggestions=[pair], side="need", first_rank=4)
    Impression.objects.update(day=timezone.localdate() - timedelta(days=1), propensity=0.5, matcher_version="hier")
    note_shown(suggestions=[pair], side="offer", first_rank=9)
    express_interest(suggestion=pair, side="need", person=alice)
    row = Decision.objects.get()
    assert (row.rank, row.propensity, row.matcher_version) == (4, 0.5, "hier")


def test_an_answer_to_what_was_never_listed_has_no_rank(pair, alice):
    express_interest(suggestion=pair, side="need", person=alice)
    row = Decision.objects.get()
    assert (row.rank, row.propensity, row.matcher_version) == (None, 1.0, pair.matcher_version)


def test_a_decision_is_never_changed(pair, alice):
    express_interest(suggestion=pair, side="need", person=alice)
    row = Decision.objects.get()
    with pytest.raises(TypeError):
        row.save()
    with pytest.raises(TypeError):
        Decision.objects.update(outcome="declined")


@pytest.mark.parametrize(
    "wrong",
    [
        {"act": "interested", "outcome": "declined"},
        {"act": "dismissed", "outcome": "declined", "reason": ""},
        {"act": "interested", "outcome": "accepted", "reason": "place"},
    ],
)
def test_the_database_refuses_an_answer_that_contradicts_itself(pair, wrong):
    whole = {"need": pair.need, "offer": pair.offer, "side": "need", "propensity": 1, "at": timezone.now(), **wrong}
    with pytest.raises(IntegrityError), transaction.atomic():
        Decision.objects.create(**whole)


# Left without an answer


def left(**ago):
    return record_left_without_answer(now=later(**ago))


def test_what_nobody_answered_in_time_is_ignored_once(pair):
    note_shown(suggestions=[pair], side="need", first_rank=2)
    assert left(days=IGNORED_AFTER.days - 1) == 0
    assert left(days=IGNORED_AFTER.days + 1) == 1
    assert left(days=IGNORED_AFTER.days + 2) == 0
    row = Decision.objects.get()
    assert (row.side, row.outcome, row.rank) == ("need", "ignored", 2)


def test_a_later_answer_comes_after_the_silence(pair, alice):
    note_shown(suggestions=[pair], side="need")
    left(days=IGNORED_AFTER.days + 1)
    express_interest(suggestion=pair, side="need", person=alice)
    assert [act for _side, act, _outcome, _reason in decisions()].count(Act.INTERESTED) == 1


@pytest.mark.parametrize("side", ["need", "offer"])
def test_whoever_answered_has_not_ignored(pair, alice, bob, side):
    note_shown(suggestions=[pair], side=side)
    express_interest(suggestion=pair, side=side, person={"need": alice, "offer": bob}[side])
    assert left(days=IGNORED_AFTER.days + 1) == 0


def test_what_the_other_side_set_aside_waits_for_no_answer(pair, bob):
    note_shown(suggestions=[pair], side="need")
    dismiss(suggestion=pair, side="offer", person=bob, reason="other")
    assert left(days=IGNORED_AFTER.days + 1) == 0


def test_what_was_withdrawn_since_was_still_ignored(pair):
    note_shown(suggestions=[pair], side="need")
    Suggestion.objects.all().delete()
    assert left(days=IGNORED_AFTER.days + 1) == 1


# The last place of a list


def test_now_and_then_the_last_place_goes_to_one_of_the_next():
    drawn = [_last_place([10], [11, 12, 13, 14], seed=f"need {number} 1 x") for number in range(4000)]
    explored = [chances for chances in drawn if 10 not in chances]
    assert len(explored) / len(drawn) == pytest.approx(EXPLORED, abs=0.02)
    assert {key for chances in explored for key in chances} == {11, 12, 13, 14}
    # What is expected of each place adds up to one place.
    assert {chance for chances in drawn for chance in chances.values()} == {1 - EXPLORED, EXPLORED / 4}


def test_the_draw_is_repeatable_and_needs_somebody_to_draw():
    assert _last_place([10], [11, 12], seed="a") == _last_place([10], [11, 12], seed="a")
    assert _last_place([10], [], seed="a") == {10: 1.0}
    assert _last_place([], [], seed="a") == {}


@pytest.mark.parametrize("explores", [0.0, 1.0])
def test_a_list_is_as_long_whether_it_explores_or_not(brest, repair, monkeypatch, explores):
    monkeypatch.setattr(proposals, "TOP", 2)
    monkeypatch.setattr(proposals, "EXPLORED", explores)
    monkeypatch.setattr(proposals, "_shown_to_others", lambda matches, *_args, **_sides: {})
    offers = [make_offer(brest, title=f"Salle de réparation {number}") for number in range(4)]
    shown = match_listing(listing=repair)
    assert len(shown) == 2
    first = next(row for row in shown if row.offer_id == offers[0].pk)
    last = next(row for row in shown if row.offer_id != offers[0].pk)
    assert first.propensity == 1
    assert (last.offer_id == offers[1].pk, last.propensity) == ((False, 0.5) if explores else (True, 1.0))
    assert match_listing(listing=repair) == shown


def test_what_the_other_side_is_shown_anyway_is_no_draw(brest, repair, monkeypatch):
    monkeypatch.setattr(proposals, "TOP", 1)
    monkeypatch.setattr(proposals, "EXPLORED", 1.0)
    offers = [make_offer(brest, title=f"Salle de réparation {number}") for number in range(3)]
    shown = match_listing(listing=repair)
    assert {row.offer_id for row in shown} == {offer.pk for offer in offers}
    assert {row.propensity for row in shown} == {1.0}


def test_a_draw_keeps_its_chance_when_the_other_side_is_matched(brest, repair, monkeypatch):
    monkeypatch.setattr(proposals, "TOP", 1)
    monkeypatch.setattr(proposals, "EXPLORED", 1.0)
    make_offer(brest, title="Salle de réparation")
    make_offer(brest, title="Salle de réparation, deuxième")
    with monkeypatch.context() as alone:
        alone.setattr(proposals, "_shown_to_others", lambda matches, *_args, **_sides: {})
        (drawn,) = match_listing(listing=repair)
    Suggestion.objects.update(propensity=0.1)
    monkeypatch.setattr(proposals, "worth_showing", lambda matches, floor, heads, asked_for: [])
    match_listing(listing=drawn.offer)
    drawn.refresh_from_db()
    assert drawn.propensity == 0.1
    assert drawn.need_state == State.NEW


def test_the_record_is_bounded(pair, monkeypatch):
    monkeypatch.setattr(traces, "_AT_ONCE", 1)
    note_shown(suggestions=[pair], side="need")
    note_shown(suggestions=[pair], side="offer")
    assert left(days=IGNORED_AFTER.days + 1) == 2
