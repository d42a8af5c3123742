"""The life of a partnership: ticked by each side, given, reviewed, conciliated, told, ended; no impossible move."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import transaction
from django.utils import timezone
from django.utils.timezone import localdate
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from matching.organisations.services import NotAllowed
from matching.partnerships import applications, conventions, following
from matching.partnerships.conventions import Overtaken, Unfit
from matching.partnerships.course import MOVES
from matching.partnerships.models import (
    Contribution,
    InventoryRow,
    Lead,
    Partnership,
    PartnershipStep,
    PowerAssessment,
    What,
)
from matching.partnerships.moves import ImpossibleMove
from tests.factories import make_offer
from tests.partnerships.making import draft_of, prepared, signed

pytestmark = pytest.mark.django_db


@pytest.fixture
def preparing(brest, bricoleuses, alice, bob):
    return prepared(make_offer(brest), bricoleuses, member=alice, officer=bob, granted_cents=100_000)


@pytest.fixture
def partnership(preparing, alice, bob):
    return signed(preparing, member=alice, officer=bob)


@pytest.fixture
def hers(partnership, bricoleuses, alice):
    return {"partnership": partnership, "organisation": bricoleuses, "person": alice}


def given_hours(hers, **changes):
    facts = {"measure": "hours", "quantity": 12, "text": "Atelier", "given_on": localdate(), "form_key": uuid4()}
    return following.give(**hers, **{**facts, **changes})


def test_a_commitment_is_kept_when_both_sides_say_so(hers, brest, bob):
    partnership = hers["partnership"]
    key = partnership.commitments.first().key
    assert not following.tick(**hers, key=key, kept=True).is_kept
    assert following.tick(partnership=partnership, organisation=brest, person=bob, key=key, kept=True).is_kept
    following.tick(**hers, key=key, kept=True)
    assert partnership.steps.filter(what=What.TICKED).count() == 2
    assert not following.tick(**hers, key=key, kept=False).is_kept


def test_nothing_is_ticked_or_given_before_signature(preparing, bricoleuses, alice):
    acting = {"partnership": preparing, "organisation": bricoleuses, "person": alice}
    with pytest.raises(ImpossibleMove, match="pas encore signée"):
        following.tick(**acting, key=uuid4(), kept=True)
    with pytest.raises(ImpossibleMove):
        given_hours(acting)


def test_what_was_given_is_noted_once_for_a_day_that_has_been(hers):
    key = uuid4()
    given_hours(hers, form_key=key)
    given_hours(hers, form_key=key)
    assert Contribution.objects.get().quantity == 12
    with pytest.raises(Unfit, match="venir"):
        given_hours(hers, given_on=localdate() + timedelta(days=1))
    with pytest.raises(Unfit, match="combien"):
        given_hours(hers, quantity=None)


def test_a_review_is_a_line_of_the_journal_and_sets_the_next(hers):
    later = localdate() + timedelta(days=90)
    following.review(**hers, text="Tout va bien.", next_on=later)
    hers["partnership"].refresh_from_db()
    assert hers["partnership"].review_on == later
    with pytest.raises(Unfit):
        following.review(**hers, text="Encore", next_on=localdate())
    with pytest.raises(Unfit):
        following.review(**hers, text=" \x00 ", next_on=None)


def test_a_conciliation_is_asked_for_goes_on_and_ends_each_step_dated(hers):
    with pytest.raises(ImpossibleMove, match="Aucune"):
        following.conciliate(**hers, text="Fini", closes=True)
    told = [following.conciliate(**hers, text="Parlons", closes=closes).what for closes in (False, False, True)]
    assert told == ["dispute_opened", "dispute_step", "dispute_closed"]
    assert not following.in_dispute(hers["partnership"])


def test_a_place_is_inspected_when_it_is_received_and_given_back(hers):
    line = {"part": "Mur", "condition": "good", "note": "", "seen_on": localdate()}
    for moment in ("entry", "exit"):
        following.inspect(**hers, moment=moment, form_key=uuid4(), **line)
    assert InventoryRow.objects.count() == 2
    with pytest.raises(Unfit):
        following.inspect(**hers, moment="exit", form_key=uuid4(), **{**line, "seen_on": localdate() + timedelta(1)})


def test_what_a_side_can_do_is_its_own_and_replaced(hers):
    scale = dict.fromkeys(("decides", "knows", "heard", "reaches", "goes_on"), 2)
    before = PartnershipStep.objects.count()
    following.assess(**hers, is_shared=False, **scale)
    following.assess(**hers, is_shared=True, **{**scale, "knows": 4})
    assert PowerAssessment.objects.get().knows == 4
    assert PartnershipStep.objects.count() == before


def test_a_story_is_offered_once(hers):
    for text in ("Le quartier répare.", "Il répare mieux."):
        following.offer_story(**hers, text=text)
    assert Lead.objects.get().text == "Il répare mieux."
    assert PartnershipStep.objects.filter(what=What.STORY).count() == 1


def test_before_its_term_it_breaks_off_with_a_reason_at_its_term_it_ends(hers, brest, bob):
    partnership = hers["partnership"]
    with pytest.raises(Unfit):
        following.end(**hers, reason="")
    today = localdate()
    Partnership.objects.filter(pk=partnership.pk).update(starts=today - timedelta(days=9), ends=today)
    assert following.end(**hers, reason="Bilan fait.").state == "ended"
    with pytest.raises(ImpossibleMove, match="terminé"):
        following.end(partnership=partnership, organisation=brest, person=bob, reason="Encore")


def test_an_early_end_is_told(hers):
    ended = following.end(**hers, reason="Le local a brûlé.")
    assert (ended.state, ended.ended_on) == ("broken", localdate())
    assert PartnershipStep.objects.last().text == "Le local a brûlé."


def test_strangers_do_nothing_of_this(hers, charlie, brest):
    for person, side in ((charlie, brest), (hers["person"], brest)):
        with pytest.raises(NotAllowed):
            following.end(partnership=hers["partnership"], organisation=side, person=person, reason="Non")


def test_a_review_and_a_renewal_are_told_once(partnership):
    today = localdate()
    dates = {"review_on": today, "ends": today + timedelta(days=30)}
    Partnership.objects.filter(pk=partnership.pk).update(**dates)
    assert [following.remind_of_dates(), following.remind_of_dates()] == [2, 0]
    later = timezone.now() + timedelta(days=40)
    assert following.remind_of_dates(now=later) == 0


VERBS = ("act", "write", "validate hers", "validate his", "old", "tick", "give", "review", "story", "end", "reexamine")


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(verbs=st.lists(st.sampled_from((*VERBS, "accept", "withdraw")), max_size=12))
def test_no_sequence_of_moves_leads_where_the_table_does_not(preparing, brest, bricoleuses, alice, bob, verbs):
    """Whatever is tried in whatever order: a sentence or a move of the table; no version, step or row is lost."""
    with transaction.atomic():
        try:
            _live(preparing, brest, bricoleuses, alice, bob, verbs)
        finally:
            transaction.set_rollback(True)


def _live(partnership, brest, bricoleuses, alice, bob, verbs):
    hers = {"partnership": partnership, "organisation": bricoleuses, "person": alice}
    his = {"partnership": partnership, "organisation": brest, "person": bob}
    for verb in verbs:
        before = Partnership.objects.get(pk=partnership.pk)
        versions, steps = before.versions.count(), before.steps.count()
        refused = False
        try:
            with transaction.atomic():
                _do(verb, before, hers, his)
        except (ImpossibleMove, Unfit, Overtaken) as refusal:
            assert str(refusal) or isinstance(refusal, Overtaken)
            refused = True
        after = Partnership.objects.get(pk=partnership.pk)
        if after.state != before.state:
            assert not refused and Partnership.State(after.state) in MOVES[Partnership.State(before.state)]
        assert after.versions.count() >= versions and after.steps.count() >= steps
        assert after.is_agreed == (after.state in ("active", "ended", "broken"))
        if after.is_agreed:
            bound = conventions.signed_of(after)
            assert {one.organisation_id for one in bound.validations.all()} == {brest.pk, bricoleuses.pk}
            assert after.ends == bound.ends


def _do(verb, partnership, hers, his):
    latest = conventions.latest_of(partnership)
    application = partnership.application
    match verb:
        case "act":
            conventions.give_act(partnership=partnership, person=his["person"], reference="2026-1", on=localdate())
        case "write":
            conventions.write_version(**hers, draft=draft_of(latest), form_key=uuid4(), based_on=latest.number)
        case "validate hers":
            conventions.validate(**hers, number=latest.number)
        case "validate his":
            conventions.validate(**his, number=latest.number)
        case "old":
            conventions.validate(**his, number=latest.number - 1)
        case "tick":
            commitment = partnership.commitments.filter(is_dropped=False).first()
            if commitment:
                following.tick(**hers, key=commitment.key, kept=True)
        case "give":
            given_hours(hers)
        case "review":
            following.review(**hers, text="Bien", next_on=None)
        case "story":
            following.offer_story(**hers, text="Beau")
        case "end":
            following.end(**his, reason="Fin")
        case "reexamine":
            applications.reexamine(application=application, person=his["person"], reason="Erreur")
        case "accept":
            applications.accept(application=application, person=his["person"], reason="Oui", granted_cents=100_000)
        case "withdraw":
            applications.withdraw(application=application, person=hers["person"])
