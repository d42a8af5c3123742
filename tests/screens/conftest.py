"""The people that every table of access names, and suggestions whose reasons are known."""

import pytest
from django.test import Client
from django.utils import timezone

from matching.organisations.models import Membership, Role
from matching.organisations.services import authority_of
from matching.suggestions.models import Suggestion
from tests.factories import make_need, make_offer, make_person


def join(person, organisation, role, *, confirmed=True):
    """A membership as somebody with the right would have made it."""
    return Membership.objects.create(
        person=person,
        organisation=organisation,
        role=role,
        confirmed_at=timezone.now() if confirmed else None,
    )


def signed_in(person):
    """A browser in which this person is signed in; None: nobody is."""
    client = Client()
    if person is not None:
        client.force_login(person)
    return client


def suggest(offer, need, **fields):
    """A suggestion with one reason on each side."""
    words = {"code": "words", "params": {"words": ["salle", "réparation"]}}
    fields = {
        "score": 1.5,
        "parts": {"text": 1.0, "territory": 0.5},
        "need_reasons": [words],
        "offer_reasons": [words],
        "matcher_version": "essai",
        "computed_at": timezone.now(),
        **fields,
    }
    return Suggestion.objects.create(offer=offer, need=need, **fields)


def matched(listing):
    """The listing as if the matcher had seen its current version."""
    type(listing).objects.filter(pk=listing.pk).update(matched_version=listing.version)
    listing.refresh_from_db()
    return listing


@pytest.fixture
def officers(brest, bob, staff, charlie, territories):
    """Who may stand before the desk of Brest, by what they are to it. "nobody" is not signed in."""
    people = {
        name: make_person(f"{name}@exemple.fr", name.capitalize()) for name in ("member", "reader", "pending", "other")
    }
    join(people["member"], brest, Role.MEMBER)
    join(people["reader"], brest, Role.READER)
    join(people["pending"], brest, Role.MEMBER, confirmed=False)
    join(people["other"], authority_of(territory=territories["commune", "59512"]), Role.OWNER)
    return {**people, "owner": bob, "stranger": charlie, "staff": staff, "nobody": None}


@pytest.fixture
def collective_people(bricoleuses, alice, bob, brest, staff, charlie):
    """Who may stand before the desk of Alice's collective. "other" is an officer of Brest."""
    people = {name: make_person(f"c-{name}@exemple.fr", name.capitalize()) for name in ("member", "reader", "pending")}
    join(people["member"], bricoleuses, Role.MEMBER)
    join(people["reader"], bricoleuses, Role.READER)
    join(people["pending"], bricoleuses, Role.MEMBER, confirmed=False)
    return {**people, "owner": alice, "other": bob, "stranger": charlie, "staff": staff, "nobody": None}


@pytest.fixture
def room(brest, bob):
    """A published offer of Brest that the matcher has seen."""
    return matched(make_offer(brest, person=bob))


@pytest.fixture
def repair(bricoleuses, alice):
    """A published need of Alice's collective that the matcher has seen."""
    return matched(make_need(bricoleuses, person=alice))


@pytest.fixture
def pair(room, repair):
    """Their suggestion, new to both sides."""
    return suggest(room, repair)
