"""Two who act on one application at the same moment, on a server that lets them."""

import threading
from uuid import uuid4

import pytest
from django.db import connections

from matching.organisations.models import Membership, Role
from matching.organisations.services import NotAllowed, create_collective
from matching.partnerships import applications, parties, remarks
from matching.partnerships.applications import ApplicationFacts
from matching.partnerships.models import Application, Partnership, Party, Remark, Step
from matching.partnerships.moves import ImpossibleMove
from tests.factories import make_offer, make_person

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif("connections['default'].vendor == 'sqlite'", reason="SQLite has one writer at a time"),
]

FACTS = ApplicationFacts(title="Ateliers", purpose="Réparer")


def at_once(*deeds):
    """Do them all at the same moment. Returns what each raised, None for what went well."""
    start, told = threading.Barrier(len(deeds)), [None] * len(deeds)

    def do(place, deed):
        start.wait()
        try:
            deed()
        except (ImpossibleMove, NotAllowed) as error:
            told[place] = error
        finally:
            connections.close_all()

    threads = [threading.Thread(target=do, args=pair) for pair in enumerate(deeds)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return told


@pytest.fixture
def draft(bricoleuses, brest, alice):
    return applications.begin(
        offer=make_offer(brest), applicant=bricoleuses, person=alice, facts=FACTS, form_key=uuid4()
    )


def test_two_officers_decide_at_once_and_one_decision_stands(draft, brest, alice, bob):
    zoe = make_person("zoe@exemple.fr", "Zoé")
    Membership.objects.create(person=zoe, organisation=brest, role=Role.MEMBER, confirmed_at="2026-01-01T00:00Z")
    applications.file(application=draft, person=alice, filed={})
    applications.take_up(application=draft, person=bob)
    told = at_once(
        lambda: applications.accept(application=draft, person=bob, reason="Oui."),
        lambda: applications.decline(application=draft, person=zoe, reason="Non."),
    )
    assert sorted(error is None for error in told) == [False, True]
    draft.refresh_from_db()
    assert Step.objects.filter(verb__in=["accept", "decline"]).get().after == draft.state
    assert Partnership.objects.exists() == (draft.state == "accepted")


def test_a_party_leaves_while_it_is_accepted(draft, alice, bob):
    dora = make_person("dora@exemple.fr", "Dora")
    partner = create_collective(person=dora, name="Les Tisserands", legal_form="association", territory=None)
    party = parties.invite(application=draft, person=alice, organisation=partner, role=Party.Role.PARTNER)
    parties.answer(party=party, person=dora, agrees=True)
    applications.file(application=draft, person=alice, filed={})
    applications.take_up(application=draft, person=bob)
    told = at_once(
        lambda: applications.accept(application=draft, person=bob, reason="Oui."),
        lambda: parties.leave(party=party, person=dora),
    )
    assert sorted(error is None for error in told) == [False, True]
    draft.refresh_from_db()
    party.refresh_from_db()
    assert (draft.state, party.consent) in [("accepted", "given"), ("examination", "left")]


def test_a_party_is_removed_while_it_answers(draft, alice):
    dora = make_person("dora@exemple.fr", "Dora")
    partner = create_collective(person=dora, name="Les Tisserands", legal_form="association", territory=None)
    party = parties.invite(application=draft, person=alice, organisation=partner, role=Party.Role.PARTNER)
    told = at_once(
        lambda: parties.remove(party=party, person=alice),
        lambda: parties.answer(party=party, person=dora, agrees=True),
    )
    assert told[0] is None and not Party.objects.exists()


def test_filing_and_writing_twice_do_it_once(draft, bricoleuses, alice):
    told = at_once(*[lambda: applications.file(application=draft, person=alice, filed={})] * 4)
    assert sorted(error is None for error in told) == [False, False, False, True]
    key = uuid4()
    facts = {"application": Application.objects.get(), "organisation": bricoleuses, "person": alice, "text": "Bonjour"}
    assert at_once(*[lambda: remarks.say(**facts, form_key=key)] * 4) == [None] * 4
    assert (Step.objects.count(), Remark.objects.count()) == (1, 1)
    again = {"offer": draft.offer, "applicant": bricoleuses, "person": alice, "facts": FACTS, "form_key": uuid4()}
    assert at_once(*[lambda: applications.begin(**again)] * 4) == [None] * 4
    assert Application.objects.count() == 2
