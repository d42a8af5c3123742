"""One listing matched alone, both ways: what is stored, kept, withdrawn, and told."""

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from matching import events
from matching.catalogue.models import Need, Offer
from matching.catalogue.services import NeedFacts, ResourceFacts, pause, write_need
from matching.suggestions import proposals, services
from matching.suggestions.models import State, Suggestion
from matching.suggestions.services import dismiss, express_interest, mark_seen, match_listing, withdraw_expired
from tests.factories import make_need, make_offer

pytestmark = pytest.mark.django_db


def rewrite(need, **facts):
    facts = {"title": need.title, "text": need.text, "kinds": need.kinds, "territory": need.territory, **facts}
    return write_need(organisation=need.organisation, need=need, person=None, facts=NeedFacts(**facts))


def test_what_fits_is_stored_with_parts_that_add_up_and_reasons_for_both_sides(pair):
    assert sum(pair.parts.values()) == pytest.approx(pair.score, abs=1e-6)
    assert len(pair.parts) >= 2
    assert pair.need_reasons and pair.offer_reasons
    assert pair.need_reasons[0]["code"] and isinstance(pair.need_reasons[0]["params"], dict)
    assert (pair.need_state, pair.offer_state) == (State.NEW, State.NEW)
    assert (pair.offer_version, pair.need_version) == (pair.offer.version, pair.need.version)
    assert pair.matcher_version


def test_each_side_reads_its_own_words(brest, bricoleuses):
    offer = make_offer(brest, title="Atelier de réparation", text="Pour réparer.")
    need = make_need(bricoleuses, title="Réparations d’objets", text="Nous réparons.")
    match_listing(listing=need)
    pair = Suggestion.objects.get(offer=offer, need=need)
    to_need = {word for reason in pair.need_reasons for word in reason["params"].get("words", [])}
    to_offer = {word for reason in pair.offer_reasons for word in reason["params"].get("words", [])}
    assert to_need and all(word in f"{need.title} {need.text}" for word in to_need)
    assert to_offer and all(word in f"{offer.title} {offer.text}" for word in to_offer)


def test_both_directions_give_the_same_row(room, repair):
    match_listing(listing=repair)
    before = Suggestion.objects.values("pk", "score", "parts", "need_reasons", "offer_reasons").get()
    match_listing(listing=room)
    assert Suggestion.objects.values("pk", "score", "parts", "need_reasons", "offer_reasons").get() == before


def test_another_subject_is_never_proposed_to_fill_a_list(garden, repair):
    assert match_listing(listing=repair) == []
    assert match_listing(listing=garden) == []
    assert not Suggestion.objects.exists()


def test_a_place_on_the_ground_that_the_need_names_may_say_less(brest, bricoleuses, territories, monkeypatch):
    monkeypatch.setattr(proposals, "OF_LISTINGS", proposals.Floor(on_words=9, on_theme=9, asked_for=0))
    here = make_offer(brest)
    make_offer(brest, territory=territories["commune", "59512"], perimeter=None)
    make_offer(brest, resource=ResourceFacts(kind="data"))
    need = make_need(bricoleuses)
    assert [row.offer for row in match_listing(listing=need)] == [here]
    assert [row.need for row in match_listing(listing=here)] == [need]


def test_repeating_changes_nothing_and_announces_nothing_new(pair):
    told = []
    events.suggestions_made.connect(lambda created, **_: told.append(created), weak=False, dispatch_uid="test")
    try:
        assert match_listing(listing=Need.objects.get()) == [pair]
    finally:
        events.suggestions_made.disconnect(dispatch_uid="test")
    assert told == [[]]


def test_a_match_is_written_on_the_listing(pair):
    need = Need.objects.get()
    assert not need.is_stale
    assert need.matched_at is not None
    assert Need.objects.stale().count() == 0


def test_an_edit_during_the_match_keeps_the_listing_stale(room, repair, monkeypatch):
    found = proposals.proposals_for

    def edited_meanwhile(listing, today):
        result = found(listing, today)
        Need.objects.filter(pk=listing.pk).update(version=listing.version + 1)
        return result

    monkeypatch.setattr(services, "proposals_for", edited_meanwhile)
    assert match_listing(listing=repair) == []
    assert Need.objects.get().is_stale
    assert not Suggestion.objects.exists()


def test_dismissed_stays_dismissed_for_ever(pair, alice):
    dismiss(suggestion=pair, side="need", person=alice, reason="place", note="Trop loin du port.")
    rewrite(pair.need, text="Une salle avec cuisine pour des ateliers de réparation le samedi.")
    assert match_listing(listing=Need.objects.get()) == []
    assert match_listing(listing=pair.offer) == []
    pair.refresh_from_db()
    assert (pair.need_state, pair.need_because) == (State.DISMISSED, "place")
    assert Suggestion.objects.count() == 1


def test_what_is_dismissed_leaves_its_place_to_the_next(brest, repair, alice, monkeypatch):
    monkeypatch.setattr(proposals, "TOP", 1)
    monkeypatch.setattr(proposals, "REACH", 0)
    offers = [make_offer(brest, title=f"Salle de réparation {number}") for number in (1, 2)]
    (first,) = match_listing(listing=repair)
    dismiss(suggestion=first, side="need", person=alice, reason="dates")
    (second,) = match_listing(listing=repair)
    assert {first.offer, second.offer} == set(offers)


def test_interest_stays_whatever_the_matcher_says(pair, alice):
    express_interest(suggestion=pair, side="need", person=alice)
    rewrite(pair.need, title="Un verger", text="Des pommiers à tailler.")
    assert match_listing(listing=Need.objects.get()) == [pair]
    pair.refresh_from_db()
    assert (pair.need_state, pair.withdrawn_at) == (State.INTERESTED, None)


def test_what_nobody_saw_goes_and_what_somebody_saw_is_kept_aside(brest, repair):
    seen, unseen = (make_offer(brest, title=f"Salle de réparation {number}") for number in (1, 2))
    match_listing(listing=repair)
    mark_seen(suggestions=Suggestion.objects.filter(offer=seen), side="need")
    rewrite(repair, title="Un verger", text="Des pommiers à tailler.")
    assert match_listing(listing=Need.objects.get()) == []
    assert Suggestion.objects.get().offer == seen
    assert Suggestion.objects.get().withdrawn_at
    assert unseen.suggestions.count() == 0


def test_what_is_proposed_again_stands_again_as_seen(pair):
    mark_seen(suggestions=[pair], side="need")
    Suggestion.objects.update(withdrawn_at=timezone.now())
    match_listing(listing=pair.need)
    pair.refresh_from_db()
    assert (pair.need_state, pair.withdrawn_at) == (State.SEEN, None)


def test_a_listing_that_leaves_the_lists_is_proposed_to_nobody(pair):
    pause(listing=pair.offer)
    assert not Suggestion.objects.exists()
    assert match_listing(listing=pair.need) == []


def test_what_has_expired_is_withdrawn(pair):
    tomorrow = timezone.localdate() + timedelta(days=1)
    assert withdraw_expired() == 0
    Offer.objects.update(closes=timezone.localdate())
    assert withdraw_expired() == 0
    assert withdraw_expired(today=tomorrow) == 1
    assert not Suggestion.objects.exists()


def test_an_expired_listing_is_matched_with_nothing_and_is_not_stale(room, repair):
    Offer.objects.update(ends=date(2020, 1, 1))
    assert match_listing(listing=Offer.objects.get()) == []
    assert Offer.objects.stale().count() == 0


def test_what_was_nearly_a_match_is_kept_by_name_only_where_matches_are_few(brest, repair):
    small = make_offer(brest, resource=ResourceFacts(kind="place", subkind="room", capacity=12))
    match_listing(listing=repair)
    (near,) = Need.objects.get().near_misses
    assert near["id"] == small.pk
    (refusal,) = near["refused_by"]
    assert refusal["gate"] == "capacity"
    assert refusal["code"] and refusal["params"] and refusal["mend"]["code"]
    for number in range(proposals.FEW):
        make_offer(brest, title=f"Salle de réparation {number}")
    match_listing(listing=Need.objects.get())
    assert Need.objects.get().near_misses == []


def test_a_list_is_bounded_but_a_lower_pair_may_be_one_of_the_other_sides_best(brest, bricoleuses, monkeypatch):
    monkeypatch.setattr(proposals, "TOP", 2)
    offers = [make_offer(brest, title=f"Salle de réparation {number}") for number in range(4)]
    first, second = make_need(bricoleuses), make_need(bricoleuses, text="Nous réparons le samedi dans une salle.")
    match_listing(listing=first)
    # Nobody else asks for these offers: each has a place for this need among its best two.
    assert first.suggestions.count() == 4
    for need in (make_need(bricoleuses, title=f"{first.title} {number}") for number in range(2)):
        match_listing(listing=need)
    Suggestion.objects.exclude(need=first).update(score=1000)
    match_listing(listing=second)
    assert second.suggestions.count() == 2
    assert len(offers) == 4


def test_the_number_of_queries_does_not_grow_with_the_market(brest, bricoleuses):
    need = make_need(bricoleuses)
    counts = []
    for number in (1, 7):
        for each in range(number):
            make_offer(brest, title=f"Salle de réparation {number} {each}")
        services.warm_up()
        with CaptureQueriesContext(
            connection,
        ) as queries:
            match_listing(listing=need)
        counts.append(len(queries))
    assert Suggestion.objects.count() == 8
    assert counts[0] == counts[1]


def test_matching_everything_again_and_again_settles(brest, bricoleuses, monkeypatch):
    """A pair that one side shows and the other does not must not come and go, and be announced each time."""
    monkeypatch.setattr(proposals, "TOP", 2)
    monkeypatch.setattr(proposals, "REACH", 1)
    monkeypatch.setattr(proposals, "LEAST_SHARE", 0.9)
    words = ["réparer", "réparer des vélos", "réparer des vélos électriques", "vélos", "réparation", "cuisine"]
    listings = [make_offer(brest, title=f"Salle pour {word}", text=word) for word in words]
    listings += [make_need(bricoleuses, title=f"Besoin de {word}", text=word) for word in words]
    made = []
    events.suggestions_made.connect(lambda created, **_: made.extend(created), weak=False, dispatch_uid="test")
    try:
        for _ in range(3):
            made.clear()
            before = set(Suggestion.objects.values_list("pk", flat=True))
            for listing in listings:
                listing.refresh_from_db()
                match_listing(listing=listing)
    finally:
        events.suggestions_made.disconnect(dispatch_uid="test")
    assert made == []
    assert set(Suggestion.objects.values_list("pk", flat=True)) == before
    assert len(before) > len(words)
