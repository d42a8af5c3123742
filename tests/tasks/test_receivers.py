"""What follows a fact, in the fact's own transaction."""

import pytest
from django_q.models import OrmQ
from django_q.signing import SignedPackage

from matching.catalogue.services import pause, publish
from matching.notices.models import Notice
from matching.organisations.services import authority_of, confirm_membership, request_membership
from matching.suggestions import services as suggestions
from matching.suggestions.models import Suggestion
from tasks import receivers
from tasks.models import Run
from tests.background import work_off
from tests.factories import make_need, make_offer

pytestmark = pytest.mark.django_db


def asked_for():
    return set(Run.objects.values_list("job", "subject"))


def test_a_draft_is_matched_with_nothing(brest):
    make_offer(brest, published=False)
    assert asked_for() == set()


def test_what_is_published_is_matched_in_the_background_with_both_sides_told(brest, bricoleuses, alice, bob):
    offer, need = make_offer(brest), make_need(bricoleuses)
    assert asked_for() == {("match_offer", offer.pk), ("match_need", need.pk)}
    assert not Suggestion.objects.exists()
    work_off()
    assert Suggestion.objects.get().offer == offer
    told = Notice.objects.filter(kind=Notice.Kind.SUGGESTIONS).values_list("person", "subject")
    assert set(told) == {(alice.pk, f"need:{need.pk}"), (bob.pk, f"offer:{offer.pk}")}


def test_what_is_paused_is_withdrawn_at_once_and_comes_back_when_published_again(brest, bricoleuses):
    offer, _ = make_offer(brest), make_need(bricoleuses)
    work_off()
    pause(listing=offer)
    assert not Suggestion.objects.exists()
    publish(listing=offer, person=None)
    work_off()
    assert Suggestion.objects.exists()


def test_a_confirmation_publishes_what_waited_and_matches_it(bob, staff, territories):
    authority = authority_of(territory=territories["departement", "29"])
    membership = request_membership(person=bob, organisation=authority)
    offer = publish(listing=make_offer(authority, published=False, person=bob), person=bob)
    assert offer.status == "waiting" and asked_for() == set()
    confirm_membership(membership=membership, by=staff)
    assert asked_for() == {("match_offer", offer.pk)}
    offer.refresh_from_db()
    assert offer.is_published


def test_a_worker_whose_matcher_does_not_load_starts_all_the_same(monkeypatch, caplog):
    def spoiled():
        raise MemoryError

    monkeypatch.setattr(suggestions, "warm_up", spoiled)
    receivers.warm_up()
    assert "could not be loaded" in caplog.text


def test_tasks_hold_ids_only(brest):
    make_offer(brest)
    task = SignedPackage.loads(OrmQ.objects.get().payload)
    assert task["args"] == (Run.objects.get().pk,)
    assert task["kwargs"] == {}
