"""Who carries whom: a collective names its host, and the host's owner says yes before it counts."""

import pytest

from matching.catalogue.models import Need
from matching.organisations.models import Organisation, Role
from matching.organisations.services import (
    NotAllowed,
    ask_host,
    confirm_guest,
    create_collective,
    part_from_host,
)
from tests.factories import make_need
from tests.screens.conftest import join


@pytest.fixture
def house(charlie, territories):
    """Charlie's association, which may carry others."""
    return create_collective(person=charlie, name="La Maison commune", legal_form="association", territory=None)


@pytest.fixture
def asked(bricoleuses, house, alice):
    return ask_host(guest=bricoleuses, host=house, by=alice)


def again(organisation):
    return Organisation.objects.get(pk=organisation.pk)


def test_a_named_host_counts_for_nothing_until_it_answers(asked, house):
    assert asked.host == house and asked.awaits_its_host
    assert asked.carrier is None and not asked.asks_through_its_carrier


def test_the_host_says_yes(asked, house, charlie):
    confirm_guest(guest=asked, by=charlie)
    assert again(asked).carrier == house and again(asked).asks_through_its_carrier
    moment = again(asked).host_confirmed_at
    confirm_guest(guest=asked, by=charlie)
    assert again(asked).host_confirmed_at == moment


@pytest.mark.parametrize("confirmed", [False, True])
@pytest.mark.parametrize("who", ["alice", "charlie", "staff"])
def test_either_side_may_part(asked, alice, charlie, staff, who, confirmed):
    if confirmed:
        confirm_guest(guest=asked, by=charlie)
    part_from_host(guest=asked, by={"alice": alice, "charlie": charlie, "staff": staff}[who])
    assert (again(asked).host, again(asked).host_confirmed_at) == (None, None)


def test_nobody_else_answers(asked, house, alice, bob, charlie):
    member = bob
    join(member, house, Role.MEMBER)
    for person in (alice, member):
        with pytest.raises(NotAllowed):
            confirm_guest(guest=asked, by=person)
    with pytest.raises(NotAllowed):
        part_from_host(guest=asked, by=member)
    with pytest.raises(NotAllowed):
        ask_host(guest=asked, host=house, by=charlie)


def test_who_owns_both_has_answered(bricoleuses, alice):
    own = create_collective(person=alice, name="À nous", legal_form="association", territory=None)
    assert ask_host(guest=bricoleuses, host=own, by=alice).carrier == own


def test_another_host_is_asked_anew(asked, charlie, alice, bob):
    confirm_guest(guest=asked, by=charlie)
    other = create_collective(person=bob, name="Ailleurs", legal_form="association", territory=None)
    assert ask_host(guest=asked, host=other, by=alice).carrier is None


def test_nobody_carries_itself_and_no_authority_is_carried(bricoleuses, brest, alice, bob):
    with pytest.raises(ValueError):
        ask_host(guest=bricoleuses, host=bricoleuses, by=alice)
    with pytest.raises(ValueError):
        ask_host(guest=brest, host=bricoleuses, by=bob)


def test_a_new_carrier_has_the_needs_matched_again(asked, charlie):
    need = make_need(asked)
    stale = Need.objects.stale().filter(pk=need.pk)
    for verb in (confirm_guest, part_from_host):
        Need.objects.filter(pk=need.pk).update(matched_version=need.version)
        assert not stale.exists()
        verb(guest=asked, by=charlie)
        assert stale.exists()
