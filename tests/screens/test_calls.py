"""A call for projects from its window to its winners: what the officer, the assessors and a collective meet."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
import time_machine
from django.urls import reverse

from matching.catalogue.services import ResourceFacts
from matching.notices.models import Notice
from matching.notices.services import send_due_notices
from matching.organisations.models import Role
from matching.organisations.services import NotAllowed
from matching.partnerships import applications, calls
from matching.partnerships.applications import ApplicationFacts
from matching.partnerships.calls import CriterionFacts
from matching.partnerships.models import Assessment, Call
from matching.partnerships.moves import ImpossibleMove
from tests.factories import make_offer
from tests.screens.conftest import join, signed_in

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 2, 9, tzinfo=UTC)
OPENS, CLOSES = datetime(2026, 11, 1, 23, tzinfo=UTC), datetime(2026, 11, 30, 22, 59, 59, tzinfo=UTC)


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(NOW, tick=False) as travelling:
        yield travelling


@pytest.fixture
def fund(brest):
    return make_offer(brest, resource=ResourceFacts(kind="funding", subkind="grant"), title="Fonds des initiatives")


@pytest.fixture
def call(fund, bob):
    made = calls.set_window(offer=fund, person=bob, opens_at=OPENS, closes_at=CLOSES)
    grid = [CriterionFacts("Utilité", 3), CriterionFacts("Coût", 1, low_is_better=True)]
    calls.set_criteria(call=made, person=bob, criteria=grid)
    return made


@pytest.fixture
def assessors(call, officers, bob):
    people = [officers["member"], officers["reader"]]
    calls.name_assessors(call=call, person=bob, assessors=people)
    return people


def begun(offer, person, title="Ateliers"):
    return applications.begin(
        offer=offer,
        applicant=person.memberships.first().organisation,
        person=person,
        facts=ApplicationFacts(title=title),
        form_key=uuid4(),
    )


def filed(offer, person, title="Ateliers"):
    return applications.file(application=begun(offer, person, title), person=person, filed={"title": title})


def assessed(application, person, *values, comment="Utile au quartier."):
    keys = application.offer.call.criteria.values_list("pk", flat=True)
    marks = dict(zip(keys, values, strict=True))
    return calls.assess(application=application, person=person, marks=marks, comment=comment)


def set_part(person, offer, action, **sent):
    address = reverse("offer_call", args=[offer.organisation.slug, offer.uuid])
    return signed_in(person).post(address, {"action": action, **sent}, follow=True).text.replace("\u00a0", " ")


WINDOW = {"opens_on": "2026-11-02", "opens_time": "00:00:00", "closes_on": "30/11/2026", "closes_time": "23:59:59"}


def test_an_officer_makes_an_offer_a_call_by_the_clock_of_the_place(fund, bob, client):
    assert "Les dates de l’appel sont enregistrées" in set_part(bob, fund, "window", **WINDOW)
    held = Call.objects.get()
    assert (held.opens_at, held.closes_at) == (OPENS, CLOSES)
    fund.refresh_from_db()
    assert f"{fund.closes}" == "2026-11-30"
    told = client.get(reverse("public:offer", args=[fund.uuid, fund.slug])).text
    assert "30 novembre 2026, 23:59:59" in told


def test_overseas_the_same_words_are_another_instant(brest, bob, territories):
    fund = make_offer(brest, resource=ResourceFacts(kind="funding"), territory=territories["commune", "97411"])
    told = set_part(bob, fund, "window", **WINDOW)
    assert Call.objects.get().closes_at == datetime(2026, 11, 30, 19, 59, 59, tzinfo=UTC)
    assert "heure de Saint-Denis" in told


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        ({"closes_on": "2026-11-01"}, "La clôture vient avant l’ouverture"),
        ({"closes_time": "25:00:00"}, "Écrivez une heure"),
        ({"closes_on": "31/11/2026"}, "n’existe pas"),
        ({"closes_on": "2027-03-28", "closes_time": "02:30:00"}, "les horloges avancent"),
    ],
)
def test_a_window_that_cannot_be_is_refused(fund, bob, sent, said):
    assert said in set_part(bob, fund, "window", **{**WINDOW, **sent})
    assert not Call.objects.exists()


def test_an_open_call_is_prolonged_and_never_cut_short(call, fund, bob):
    assert "pas avancée" in set_part(bob, fund, "window", **{**WINDOW, "closes_on": "2026-11-29"})
    assert "enregistrées" in set_part(bob, fund, "window", **{**WINDOW, "closes_on": "2026-12-15"})


@pytest.mark.parametrize(
    ("at", "said"),
    [
        (OPENS - timedelta(seconds=1), "ouvre le 2 novembre 2026, 00:00:00"),
        (OPENS, ""),
        (CLOSES, ""),
        (CLOSES + timedelta(seconds=0.999), ""),
        (CLOSES + timedelta(seconds=1), "clos depuis le 30 novembre 2026, 23:59:59"),
    ],
)
def test_filing_is_right_to_the_second(call, fund, bricoleuses, alice, clock, at, said):
    draft = begun(fund, alice)
    clock.move_to(at)
    if not said:
        assert applications.file(application=draft, person=alice, filed={}).state == "filed"
        return
    with pytest.raises(ImpossibleMove, match=said):
        applications.file(application=draft, person=alice, filed={})
    address = reverse("application_move", args=[draft.uuid])
    assert said in signed_in(alice).post(address, {"verb": "file"}, follow=True).text


def test_what_was_filed_changes_no_more_after_the_closing(call, fund, bricoleuses, alice, clock):
    application = filed(fund, alice)
    clock.move_to(CLOSES + timedelta(minutes=1))
    with pytest.raises(ImpossibleMove, match="clos"):
        applications.write(application=application, person=alice, facts=ApplicationFacts(title="Autre chose"))


def test_the_grid_is_written_and_stays_once_somebody_assessed_by_it(call, assessors, fund, bricoleuses, alice, bob):
    told = set_part(bob, fund, "criteria", name_0="Utilité", weight_0="5", name_1="Coût", weight_1="2", low_1="on")
    assert "La grille est enregistrée" in told
    assert [*call.criteria.values_list("name", "weight", "low_is_better")] == [("Utilité", 5, False), ("Coût", 2, True)]
    assert "même nom" in set_part(bob, fund, "criteria", name_0="Coût", name_1="coût")
    assert "au moins un critère" in set_part(bob, fund, "criteria")
    assessed(filed(fund, alice), assessors[0], 5, 0)
    with pytest.raises(calls.Refused, match="ne change plus"):
        calls.set_criteria(call=call, person=bob, criteria=[CriterionFacts("Autre")])


def test_members_of_the_authority_are_named_and_told(call, fund, officers, bob, bricoleuses, alice, mailoutbox):
    Notice.objects.all().delete()
    filed(fund, alice)
    Notice.objects.all().delete()
    set_part(bob, fund, "assessors", people=[str(officers["reader"].uuid)])
    send_due_notices()
    assert [mail.to for mail in mailoutbox] == [[officers["reader"].email]]
    assert "vous demande d’évaluer" in mailoutbox[0].body
    desk = signed_in(officers["reader"]).get(reverse("desk_of", args=[fund.organisation.slug])).text
    assert "1 candidature à évaluer" in desk
    assert "parmi les membres" in set_part(bob, fund, "assessors", people=[str(alice.uuid)])
    with pytest.raises(NotAllowed):
        calls.name_assessors(call=call, person=bob, assessors=[alice])


def test_assessors_do_not_see_each_other_before_they_hand_in(assessors, fund, bricoleuses, alice, bob):
    first, second = assessors
    application = filed(fund, alice)
    address = reverse("application_assess", args=[application.uuid])
    keys = list(fund.call.criteria.values_list("pk", flat=True))
    sent = {f"mark_{keys[0]}": "5", f"mark_{keys[1]}": "1", "comment": "Un avis très net."}
    assert "Votre évaluation est rendue" in signed_in(first).post(address, sent, follow=True).text
    compare = reverse("call_compare", args=[fund.organisation.slug, fund.uuid])
    for page in (address, compare):
        told = signed_in(second).get(page).text
        assert "Un avis très net." not in told and ">19,0<" not in told
    assert ">19,0<" in signed_in(bob).get(compare).text.replace("<strong>", "").replace("</strong>", "")
    assessed(application, second, 1, 3, comment="Un autre avis.")
    told = signed_in(second).get(address).text
    assert "Un avis très net." in told and "Un autre avis." in told
    # Handed in once: sent again, nothing changes.
    signed_in(first).post(address, {**sent, "comment": "Autre"}, follow=True)
    assert Assessment.objects.filter(comment="Autre").count() == 0


@pytest.mark.parametrize(
    "change", [{"comment": " "}, {"first": "6"}, {"first": "-1"}, {"first": "trois"}, {"first": ""}]
)
def test_an_assessment_that_lacks_something_keeps_what_was_typed(assessors, fund, bricoleuses, alice, change):
    application = filed(fund, alice)
    keys = list(fund.call.criteria.values_list("pk", flat=True))
    sent = {f"mark_{keys[0]}": change.get("first", "3"), f"mark_{keys[1]}": "2", "comment": "Bien vu"} | {
        name: text for name, text in change.items() if name == "comment"
    }
    answer = signed_in(assessors[0]).post(reverse("application_assess", args=[application.uuid]), sent)
    assert "error-summary" in answer.text and answer.context["form"][f"mark_{keys[1]}"].value() == "2"
    assert not Assessment.objects.exists()


def test_nobody_assesses_what_their_own_collective_asks_for(assessors, fund, bricoleuses, alice):
    application = filed(fund, alice)
    join(assessors[0], bricoleuses, Role.MEMBER)
    with pytest.raises(NotAllowed):
        assessed(application, assessors[0], 5, 5)


def test_whoever_left_the_authority_assesses_no_more(assessors, fund, bricoleuses, alice):
    application = filed(fund, alice)
    assessors[0].memberships.all().delete()
    for name, key in (("application_assess", application.uuid), ("call_assess", fund.uuid)):
        assert signed_in(assessors[0]).get(reverse(name, args=[key])).status_code == 404


def test_winners_are_public_with_their_reasons_once_all_is_decided(
    call, assessors, fund, bricoleuses, alice, bob, clock, client
):
    chosen, other = filed(fund, alice, "Réparer ensemble"), filed(fund, alice, "Autre projet")
    address = reverse("public:winners", args=[fund.uuid])
    assert "attendez la clôture" in set_part(bob, fund, "publish")
    clock.move_to(CLOSES + timedelta(days=1))
    assert "attendent encore une décision" in set_part(bob, fund, "publish")
    for application in (chosen, other):
        applications.take_up(application=application, person=bob)
    applications.accept(application=chosen, person=bob, reason="Ouvert à tous.", granted_cents=50_000)
    applications.decline(application=other, person=bob, reason="Hors du sujet.")
    assert client.get(address).status_code == 404
    assert "publiée" in set_part(bob, fund, "publish")
    told = client.get(address).text
    assert "Réparer ensemble" in told and "Ouvert à tous." in told
    assert "Autre projet" not in told and "Hors du sujet." not in told


def test_as_many_queries_however_many_were_filed(
    call, assessors, fund, bricoleuses, alice, bob, django_assert_max_num_queries
):
    addresses = [
        (bob, reverse("offer_call", args=[fund.organisation.slug, fund.uuid])),
        (bob, reverse("call_compare", args=[fund.organisation.slug, fund.uuid]) + "?ordre=note"),
        (assessors[0], reverse("call_assess", args=[fund.uuid])),
    ]

    def count():
        counted = []
        for person, address in addresses:
            browser = signed_in(person)
            browser.get(address)
            with django_assert_max_num_queries(12) as queries:
                assert browser.get(address).status_code == 200
            counted.append(len(queries))
        return counted

    assessed(filed(fund, alice), assessors[0], 3, 3)
    before = count()
    for _each in range(4):
        assessed(filed(fund, alice), assessors[1], 3, 3)
    assert count() == before
