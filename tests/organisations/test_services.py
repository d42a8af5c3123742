"""Authorities without doubles, collectives without numbers, and who may confirm whom."""

import pytest

from matching.catalogue.models import Status
from matching.catalogue.services import publish
from matching.organisations.models import LegalForm, Organisation, Role
from matching.organisations.permissions import may_manage, may_read_desk, may_speak_for, may_write_for
from matching.organisations.services import (
    NotAllowed,
    authority_of,
    confirm_membership,
    refuse_membership,
    request_membership,
)
from matching.territories.models import Territory
from tests.factories import make_offer


def test_one_authority_per_territory_made_once(territories):
    town = territories["commune", "29019"]
    assert authority_of(territory=town) == authority_of(territory=town)
    authority = Organisation.objects.get()
    assert (authority.name, authority.siren) == ("Commune de Brest", "212900195")
    assert not authority.is_verified


@pytest.mark.parametrize(
    ("place", "form", "name"),
    [
        (("departement", "29"), LegalForm.DEPARTEMENT, "Département du Finistère"),
        (("region", "53"), LegalForm.REGION, "Région Bretagne"),
        (("epci", "242900314"), LegalForm.EPCI, "Brest Métropole"),
        (("departement", "987"), LegalForm.OVERSEAS, "Polynésie française"),
    ],
)
def test_authorities_of_each_level(territories, place, form, name):
    authority = authority_of(territory=territories[place])
    assert (authority.legal_form, authority.name) == (form, name)


def test_a_merged_commune_gives_the_authority_that_replaced_it(territories):
    old = Territory.objects.get(level="commune", code="93059")
    assert authority_of(territory=old).territory == territories["commune", "93066"]


@pytest.mark.parametrize("place", [("country", "FR"), ("commune", "75118")])
def test_the_country_and_a_municipal_district_have_no_authority_here(territories, place):
    with pytest.raises(ValueError, match="no authority"):
        authority_of(territory=territories[place])


def test_an_informal_group_needs_no_number_and_speaks_at_once(bricoleuses, alice):
    assert (bricoleuses.siren, bricoleuses.siret, bricoleuses.rna) == ("", "", "")
    assert bricoleuses.is_verified
    assert may_speak_for(alice, bricoleuses)


def test_nobody_confirms_themselves_and_a_stranger_confirms_nobody(territories, bob, charlie):
    authority = authority_of(territory=territories["commune", "29019"])
    membership = request_membership(person=bob, organisation=authority)
    for person in (bob, charlie):
        with pytest.raises(NotAllowed):
            confirm_membership(membership=membership, by=person)
    assert may_write_for(bob, authority)
    assert not may_speak_for(bob, authority)
    assert not may_read_desk(bob, authority)


def test_listings_wait_for_the_confirmation_of_who_wrote_them(territories, bob, staff):
    authority = authority_of(territory=territories["commune", "29019"])
    membership = request_membership(person=bob, organisation=authority, statement="Vie associative")
    offer = make_offer(authority, person=bob, published=False)
    publish(listing=offer, person=bob)
    offer.refresh_from_db()
    assert offer.status == Status.WAITING
    confirm_membership(membership=membership, by=staff)
    offer.refresh_from_db()
    authority.refresh_from_db()
    assert offer.status == Status.PUBLISHED
    assert authority.is_verified


def test_the_second_member_asks_an_owner_and_may_be_refused(brest, bob, charlie):
    membership = request_membership(person=charlie, organisation=brest)
    assert membership.role == Role.MEMBER
    assert request_membership(person=charlie, organisation=brest) == membership
    refuse_membership(membership=membership, by=bob)
    assert not brest.memberships.filter(person=charlie).exists()


def test_a_confirmed_reader_reads_and_nothing_more(brest, bob, charlie):
    membership = request_membership(person=charlie, organisation=brest)
    confirm_membership(membership=membership, by=bob, role=Role.READER)
    assert may_read_desk(charlie, brest)
    assert not may_write_for(charlie, brest)
    assert not may_speak_for(charlie, brest)
    assert not may_manage(charlie, brest)
