"""Several apply together: nothing is filed before each has said yes, and who leaves stops the decision."""

from uuid import uuid4

import pytest

from matching.organisations.models import Membership, Role
from matching.organisations.services import NotAllowed, create_collective
from matching.partnerships import applications, parties
from matching.partnerships.applications import ApplicationFacts
from matching.partnerships.models import Application, Party, State
from matching.partnerships.moves import ImpossibleMove
from matching.partnerships.permissions import side_in
from matching.partnerships.snapshots import snapshot
from tests.factories import make_offer, make_person

pytestmark = pytest.mark.django_db

FACTS = ApplicationFacts(title="Ateliers", purpose="Réparer")


@pytest.fixture
def dora(db):
    return make_person("dora@exemple.fr", "Dora")


@pytest.fixture
def tisserands(dora, territories):
    return create_collective(
        person=dora, name="Les Tisserands", legal_form="association", territory=territories["commune", "29019"]
    )


@pytest.fixture
def draft(bricoleuses, brest, alice):
    return applications.begin(
        offer=make_offer(brest), applicant=bricoleuses, person=alice, facts=FACTS, form_key=uuid4()
    )


@pytest.fixture
def asked(draft, alice, tisserands):
    return parties.invite(application=draft, person=alice, organisation=tisserands, role=Party.Role.PARTNER)


@pytest.fixture
def agreed(asked, dora):
    return parties.answer(party=asked, person=dora, agrees=True)


def filing(draft, person):
    return applications.file(application=draft, person=person, filed=snapshot(draft))


def test_nothing_is_filed_before_each_has_said_yes(draft, asked, alice, dora):
    with pytest.raises(ImpossibleMove, match="Les Tisserands"):
        filing(draft, alice)
    parties.answer(party=asked, person=dora, agrees=True)
    assert filing(draft, alice).state == State.FILED


def test_who_carries_an_informal_group_is_asked_and_answers(bricoleuses, brest, alice, dora, tisserands):
    type(bricoleuses).objects.filter(pk=bricoleuses.pk).update(host=tisserands, host_confirmed_at="2026-01-01T00:00Z")
    bricoleuses.refresh_from_db()
    draft = applications.begin(
        offer=make_offer(brest), applicant=bricoleuses, person=alice, facts=FACTS, form_key=uuid4()
    )
    party = draft.parties.get()
    assert (party.role, party.organisation) == (Party.Role.CARRIER, tisserands)
    parties.answer(party=party, person=dora, agrees=True)
    assert filing(draft, alice).filed["parties"][0]["role"] == Party.Role.CARRIER


def test_each_answers_for_itself(asked, alice, bob, charlie):
    for person in (alice, bob, charlie):
        with pytest.raises(NotAllowed):
            parties.answer(party=asked, person=person, agrees=True)
    asked.refresh_from_db()
    assert asked.consent == "asked"


def test_a_reader_of_a_party_does_not_answer(asked, tisserands, charlie):
    Membership.objects.create(
        person=charlie, organisation=tisserands, role=Role.READER, confirmed_at="2026-01-01T00:00Z"
    )
    with pytest.raises(NotAllowed):
        parties.answer(party=asked, person=charlie, agrees=True)


def test_a_text_that_changes_asks_again(draft, agreed, alice):
    applications.write(application=draft, person=alice, facts=FACTS)
    agreed.refresh_from_db()
    assert agreed.consent == "given"
    applications.write(application=draft, person=alice, facts=ApplicationFacts(title="Autre chose"))
    agreed.refresh_from_db()
    assert (agreed.consent, agreed.answered_by) == ("asked", None)


def test_what_several_have_filed_is_not_changed_behind_their_backs(draft, agreed, alice, bob):
    filing(draft, alice)
    with pytest.raises(ImpossibleMove):
        applications.write(application=draft, person=alice, facts=ApplicationFacts(title="Autre"))
    applications.ask_correction(application=draft, person=bob, kind="incomplete", reason="Précisez.")
    applications.write(application=draft, person=alice, facts=ApplicationFacts(title="Autre"))
    with pytest.raises(ImpossibleMove, match="Les Tisserands"):
        applications.correct(application=draft, person=alice, filed={})


def test_who_says_no_reads_it_no_more(draft, asked, dora):
    assert side_in(dora, draft) == "applicant"
    parties.answer(party=asked, person=dora, agrees=False)
    again = Application.objects.get()
    assert side_in(dora, again) is None and list(Application.objects.of(asked.organisation)) == []


def test_who_leaves_stops_the_decision_until_the_group_says_how_it_goes_on(draft, agreed, alice, bob, dora):
    filing(draft, alice)
    applications.take_up(application=draft, person=bob)
    parties.leave(party=agreed, person=dora)
    with pytest.raises(ImpossibleMove, match="Les Tisserands"):
        applications.accept(application=draft, person=bob, reason="Oui.")
    with pytest.raises(ImpossibleMove):
        parties.remove(party=agreed, person=alice)
    applications.ask_correction(application=draft, person=bob, kind="outdated", reason="Avec qui continuez-vous ?")
    parties.remove(party=agreed, person=alice)
    applications.correct(application=draft, person=alice, filed=snapshot(draft))
    applications.take_up(application=draft, person=bob)
    assert applications.accept(application=draft, person=bob, reason="Oui.").parties.count() == 1


def test_once_decided_nobody_slips_away(draft, agreed, alice, bob, dora):
    filing(draft, alice)
    applications.take_up(application=draft, person=bob)
    applications.accept(application=draft, person=bob, reason="Oui.")
    with pytest.raises(ImpossibleMove, match="décision"):
        parties.leave(party=agreed, person=dora)


def test_a_party_that_is_gone_answers_nothing(asked, alice, dora):
    parties.remove(party=asked, person=alice)
    with pytest.raises(NotAllowed):
        parties.answer(party=asked, person=dora, agrees=True)


def test_who_may_not_be_asked_is_told_why(draft, alice, charlie, bricoleuses, brest, territories, tisserands):
    for organisation in (bricoleuses, brest):
        with pytest.raises(ImpossibleMove):
            parties.invite(application=draft, person=alice, organisation=organisation, role=Party.Role.PARTNER)
    with pytest.raises(NotAllowed):
        parties.invite(application=draft, person=charlie, organisation=tisserands, role=Party.Role.PARTNER)


def test_asking_twice_asks_once_and_a_no_may_be_asked_again(draft, asked, alice, dora, tisserands):
    ask = {"application": draft, "person": alice, "organisation": tisserands, "role": Party.Role.PARTNER}
    assert parties.invite(**ask) == asked
    parties.answer(party=asked, person=dora, agrees=False)
    assert parties.invite(**ask).consent == "asked" and Party.objects.count() == 1
