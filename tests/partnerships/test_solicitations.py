"""How often others are solicited: counted from rows, and an answer never is one."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.utils import timezone

from matching.organisations.services import authority_of, create_collective
from matching.partnerships.models import Message
from matching.partnerships.services import propose_match, send_message
from matching.partnerships.solicitations import SolicitedTooOften, TooManySolicited, room_of
from matching.partnerships.transmissions import pass_on
from matching.suggestions.models import Suggestion
from matching.suggestions.services import express_interest
from tests.factories import make_need, make_offer, make_person
from tests.screens.conftest import join, suggest

pytestmark = pytest.mark.django_db


@pytest.fixture
def offer(brest):
    return make_offer(brest)


@pytest.fixture
def collective(territories):
    """A collective of somebody, with a published need."""

    def make(number):
        person = make_person(f"c{number}@exemple.fr", f"C{number}")
        place = territories["commune", "29019"]
        owner = create_collective(person=person, name=f"Collectif {number}", legal_form="informal", territory=place)
        return make_need(owner, title=f"Besoin {number}")

    return make


def write(suggestion, person, side="offer"):
    return send_message(suggestion=suggestion, side=side, author=person, text="Bonjour", form_key=uuid4())


def test_an_organisation_solicits_so_many_others_a_week_and_no_more(offer, brest, collective, bob, settings):
    settings.SOLICITATIONS_A_WEEK = 2
    first = write(suggest(offer, collective(1)), bob)
    assert first.opens and room_of(brest).left == 1
    propose_match(offer=offer, need=collective(2), proposer="offer", person=bob)
    third = suggest(offer, collective(3))
    with pytest.raises(TooManySolicited):
        write(third, bob)
    with pytest.raises(TooManySolicited):
        propose_match(offer=offer, need=collective(4), proposer="offer", person=bob)
    third.refresh_from_db()
    assert third.offer_state == "new", "what was refused has changed nothing"
    Message.objects.update(sent_at=timezone.now() - timedelta(days=7))
    assert write(third, bob).opens


def test_the_same_organisation_counts_once(offer, brest, collective, bob, settings):
    settings.SOLICITATIONS_A_WEEK = 1
    need = collective(1)
    write(suggest(offer, need), bob)
    assert write(suggest(make_offer(brest, title="Autre"), need), bob).opens


def test_an_answer_is_never_a_solicitation(offer, collective, bob, settings):
    settings.SOLICITATIONS_A_WEEK = settings.SOLICITATIONS_RECEIVED_A_WEEK = 0
    need = collective(1)
    pair = suggest(offer, need)
    person = need.organisation.memberships.get().person
    express_interest(suggestion=pair, side="need", person=person)
    assert not write(pair, bob).opens
    assert not write(pair, person, "need").opens


def test_a_collective_receives_so_many_first_messages_a_week(
    brest, bricoleuses, alice, bob, staff, settings, territories
):
    settings.SOLICITATIONS_RECEIVED_A_WEEK = 2
    need = make_need(bricoleuses)
    propose_match(offer=make_offer(brest), need=need, proposer="staff", person=staff)
    write(suggest(make_offer(brest, title="Deux"), need), bob)
    with pytest.raises(SolicitedTooOften):
        write(suggest(make_offer(brest, title="Trois"), need), bob)
    with pytest.raises(SolicitedTooOften):
        propose_match(offer=make_offer(brest, title="Quatre"), need=need, proposer="staff", person=staff)
    # It may itself write to whom it likes.
    assert write(suggest(make_offer(brest, title="Cinq"), need), alice, "need").opens


def test_who_proposes_and_then_writes_has_solicited_once(offer, collective, bob, settings):
    settings.SOLICITATIONS_RECEIVED_A_WEEK = settings.SOLICITATIONS_A_WEEK = 1
    suggestion, _ = propose_match(offer=offer, need=collective(1), proposer="offer", person=bob)
    settings.SOLICITATIONS_RECEIVED_A_WEEK = 2
    write(suggestion, bob)
    assert Suggestion.objects.count() == Message.objects.count() == 1


def test_what_is_passed_on_to_another_authority_counts_too(offer, brest, bob, settings, territories):
    settings.SOLICITATIONS_A_WEEK = 1
    for number, code in enumerate(("59512", "44109")):
        authority = authority_of(territory=territories["commune", code])
        join(make_person(f"o{number}@exemple.fr", "O"), authority, "member")
        passed = {"thing": offer, "organisation": brest, "author": bob, "form_key": uuid4(), "to_desk": authority}
        if number:
            with pytest.raises(TooManySolicited):
                pass_on(**passed)
        else:
            pass_on(**passed)
