"""An application moves as its table says, by the side that may, and each move is a row."""

from uuid import uuid4

import pytest

from matching import events
from matching.organisations.models import Organisation
from matching.organisations.services import NotAllowed
from matching.partnerships import applications
from matching.partnerships.applications import ApplicationFacts, UnfitReason
from matching.partnerships.models import Application, Partnership, Party, State, Step
from matching.partnerships.moves import ImpossibleMove
from matching.partnerships.permissions import side_in
from tests.factories import make_need, make_offer

pytestmark = pytest.mark.django_db


@pytest.fixture
def offer(brest):
    return make_offer(brest)


@pytest.fixture
def draft(offer, bricoleuses, alice):
    return applications.begin(
        offer=offer,
        applicant=bricoleuses,
        person=alice,
        facts=ApplicationFacts(title="  Ateliers\x00 du samedi ", asked_cents=120_000),
        form_key=uuid4(),
        need=make_need(bricoleuses),
    )


@pytest.fixture
def filed(draft, alice):
    return applications.file(application=draft, person=alice, filed={"title": draft.title})


@pytest.fixture
def examined(filed, bob):
    return applications.take_up(application=filed, person=bob)


def test_the_same_form_begins_one_draft(draft, offer, bricoleuses, alice):
    again = applications.begin(
        offer=offer,
        applicant=bricoleuses,
        person=alice,
        facts=ApplicationFacts(title="Autre"),
        form_key=draft.form_key,
    )
    assert again == draft
    assert Application.objects.get().title == "Ateliers du samedi"


def test_a_draft_exists_for_its_authors_alone(draft, alice, bob, charlie, staff):
    assert [side_in(person, draft) for person in (alice, bob, charlie, staff)] == ["applicant", None, None, None]


def test_from_filing_to_a_partnership_each_move_is_a_row(examined, alice, bob):
    partnership = applications.accept(
        application=examined, person=bob, reason="Le projet ouvre la salle le samedi.", granted_cents=100_000
    )
    examined.refresh_from_db()
    assert examined.state == State.ACCEPTED
    assert [(step.before, step.after, step.by) for step in Step.objects.all()] == [
        ("draft", "filed", alice),
        ("filed", "examination", bob),
        ("examination", "accepted", bob),
    ]
    assert (partnership.granted_cents, partnership.state) == (100_000, "preparing")
    assert [(party.organisation, party.share) for party in partnership.parties.all()] == [(examined.applicant, 10_000)]


def test_a_correction_sends_the_file_back_and_keeps_its_place(examined, alice, bob):
    first = examined.filed_at
    applications.ask_correction(application=examined, person=bob, kind="incomplete", reason="Il manque les statuts.")
    with pytest.raises(ImpossibleMove):
        applications.take_up(application=examined, person=bob)
    mended = applications.correct(application=examined, person=alice, filed={"title": "Avec statuts"})
    assert (mended.state, mended.correction, mended.filed_at) == (State.FILED, "", first)
    assert mended.filed == {"title": "Avec statuts"}


@pytest.mark.parametrize("verb", [applications.accept, applications.decline, applications.close])
def test_every_decision_says_why(examined, bob, verb):
    with pytest.raises(UnfitReason):
        verb(application=examined, person=bob, reason="   ")
    examined.refresh_from_db()
    assert examined.state == State.EXAMINATION


def test_nobody_decides_on_their_own_application(examined, alice, charlie, staff):
    for person in (alice, charlie, staff):
        with pytest.raises(NotAllowed):
            applications.accept(application=examined, person=person, reason="Oui.")


def test_a_decision_is_taken_back_with_its_partnership_until_it_is_signed(examined, bob):
    partnership = applications.accept(application=examined, person=bob, reason="Oui.")
    applications.reexamine(application=examined, person=bob, reason="Le budget a changé.")
    partnership.refresh_from_db()
    assert partnership.state == Partnership.State.CANCELLED
    again = applications.accept(application=examined, person=bob, reason="Oui, au nouveau budget.")
    assert again == partnership
    Partnership.objects.update(signed_on="2026-01-01")
    with pytest.raises(ImpossibleMove):
        applications.reexamine(application=examined, person=bob, reason="Non.")


def test_a_withdrawn_application_frees_what_it_had_and_may_come_back(examined, alice, bob):
    applications.accept(application=examined, person=bob, reason="Oui.")
    applications.withdraw(application=examined, person=alice, reason="Nous n’avons plus le temps.")
    assert Partnership.objects.get().state == Partnership.State.CANCELLED
    assert applications.resume(application=examined, person=alice).state == State.DRAFT


def test_who_carries_a_group_says_yes_before_it_files(draft, bricoleuses, alice):
    Party.objects.create(application=draft, organisation=make_carrier(), role=Party.Role.CARRIER)
    with pytest.raises(ImpossibleMove, match="La Maison"):
        applications.file(application=draft, person=alice, filed={})
    Party.objects.update(consent=Party.Consent.GIVEN)
    assert applications.file(application=draft, person=alice, filed={}).state == State.FILED


def test_a_move_tells_once(draft, alice):
    heard = []
    events.application_moved.connect(
        lambda step, **_: heard.append(step.after), weak=False, dispatch_uid="test applications"
    )
    try:
        applications.file(application=draft, person=alice, filed={})
        with pytest.raises(ImpossibleMove):
            applications.file(application=draft, person=alice, filed={})
    finally:
        events.application_moved.disconnect(dispatch_uid="test applications")
    assert heard == ["filed"]


def make_carrier():
    return Organisation.objects.create(side="collective", legal_form="association", name="La Maison", slug="la-maison")
