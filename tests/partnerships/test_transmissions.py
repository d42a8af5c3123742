"""What is passed on: to a colleague or a desk, by those who may, once; told once, and seen by whom it is for."""

from uuid import uuid4

import pytest

from matching.notices.models import Notice
from matching.notices.services import send_due_notices
from matching.organisations.services import NotAllowed, authority_of
from matching.partnerships.models import Transmission
from matching.partnerships.transmissions import NobodyThere, colleagues_of, mark_seen, pass_on
from tests.factories import make_need, make_offer, make_person
from tests.screens.conftest import join, suggest

pytestmark = pytest.mark.django_db


@pytest.fixture
def colleague(brest):
    person = make_person("dora@exemple.fr", "Dora")
    join(person, brest, "reader")
    return person


@pytest.fixture
def roubaix(territories):
    authority = authority_of(territory=territories["commune", "59512"])
    join(make_person("rosa@exemple.fr", "Rosa"), authority, "member")
    return authority


@pytest.fixture
def need(bricoleuses):
    return make_need(bricoleuses)


def passed(thing, brest, author, **more):
    return pass_on(**{"thing": thing, "organisation": brest, "author": author, "form_key": uuid4(), **more})


def test_a_colleague_hears_of_it_once(need, brest, bob, colleague, mailoutbox):
    Notice.objects.all().delete()
    key = uuid4()
    first = passed(need, brest, bob, to_colleague=colleague, note="Pour ton service", form_key=key)
    assert passed(need, brest, bob, to_colleague=colleague, form_key=key) == first
    assert send_due_notices() == 1
    (mail,) = mailoutbox
    assert mail.to == [colleague.email] and "Bob vous transmet" in mail.body
    assert bob.email not in mail.message().as_string()


def test_what_has_been_opened_is_not_told_again(need, brest, bob, colleague, mailoutbox):
    Notice.objects.all().delete()
    transmission = passed(need, brest, bob, to_colleague=colleague)
    mark_seen(transmission=transmission, person=bob)
    assert Transmission.objects.unseen().exists(), "only whom it is for has seen it"
    mark_seen(transmission=transmission, person=colleague)
    assert send_due_notices() == 0


def test_another_authority_finds_it_on_its_desk(need, brest, bob, roubaix, colleague):
    transmission = passed(need, brest, bob, to_desk=roubaix)
    rosa, dora = roubaix.memberships.get(), brest.memberships.get(person=colleague)
    assert list(Transmission.objects.to(rosa).unseen()) == [transmission]
    assert not Transmission.objects.to(dora).exists()


def test_colleagues_are_those_who_act_for_the_organisation(brest, bob, colleague, charlie):
    join(charlie, brest, "member", confirmed=False)
    assert colleagues_of(member=brest.memberships.get(person=bob)) == [colleague]


def test_who_may_pass_what_to_whom(need, brest, bricoleuses, bob, alice, charlie, colleague, roubaix, territories):
    room, draft = make_offer(brest), make_need(bricoleuses, published=False)
    pair = suggest(room, need)
    others = suggest(make_offer(roubaix), need)
    for refused in (
        {"thing": need, "author": charlie, "to_colleague": colleague},
        {"thing": need, "author": colleague, "to_colleague": bob},
        {"thing": need, "to_colleague": alice},
        {"thing": need, "to_colleague": bob},
        {"thing": need},
        {"thing": need, "to_colleague": colleague, "to_desk": roubaix},
        {"thing": need, "to_desk": brest},
        {"thing": need, "to_desk": bricoleuses},
        {"thing": draft, "to_colleague": colleague},
        {"thing": pair, "to_desk": roubaix},
        {"thing": others, "to_colleague": colleague},
    ):
        with pytest.raises(NotAllowed):
            passed(**{"brest": brest, "author": bob, **refused})
    empty = authority_of(territory=territories["commune", "44109"])
    with pytest.raises(NobodyThere):
        passed(need, brest, bob, to_desk=empty)
    assert not Transmission.objects.exists()
    assert passed(pair, brest, bob, to_colleague=colleague).suggestion == pair
