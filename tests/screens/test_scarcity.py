"""Envelopes, calendars and hours as people meet them: the officer at a desk, a collective at its application."""

from datetime import UTC, date, datetime, time
from uuid import uuid4

import pytest
import time_machine
from django.urls import reverse

from matching.catalogue.envelopes import room_left, set_limits
from matching.catalogue.services import ResourceFacts, write_week
from matching.catalogue.week import Closed, Hours, Week
from matching.organisations.services import create_collective
from matching.partnerships import applications
from matching.partnerships.applications import ApplicationFacts
from matching.partnerships.models import Booking
from matching.partnerships.scarcity import MOST_BOOKINGS, ask_hours, free_hours
from tests.factories import make_offer
from tests.screens.conftest import signed_in

pytestmark = pytest.mark.django_db
# A Monday; the clocks go back in the night of 25 October 2026.
NOW = datetime(2026, 10, 12, 8, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _monday():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def fund(brest):
    return make_offer(brest, resource=ResourceFacts(kind="funding", subkind="grant"), title="Fonds des initiatives")


@pytest.fixture
def hall(brest):
    offer = make_offer(brest)
    write_week(offer=offer, week=Week(hours=(Hours(5, time(18), time(20)), Hours(6, time(1), time(4)))))
    return offer


def begun(offer, person, applicant=None, **facts):
    return applications.begin(
        offer=offer,
        applicant=applicant or person.memberships.first().organisation,
        person=person,
        facts=ApplicationFacts(title="Ateliers", **facts),
        form_key=uuid4(),
    )


def examined(offer, person, officer, starts=(), **facts):
    application = begun(offer, person, **facts)
    if starts:
        ask_hours(application=application, person=person, starts=starts)
    applications.file(application=application, person=person, filed={"asked_cents": facts.get("asked_cents")})
    return applications.take_up(application=application, person=officer)


def page(person, name, *args, **asked):
    return signed_in(person).get(reverse(name, args=args), asked).text.replace("\u00a0", " ").replace("\u202f", " ")


def decide(officer, application, **facts):
    address = reverse("application_decide", args=[application.uuid])
    sent = {"verdict": "accept", "reason": "Oui.", **facts}
    return signed_in(officer).post(address, sent, follow=True).text.replace("\u00a0", " ").replace("\u202f", " ")


def test_an_officer_says_how_much_there_is_and_reads_what_is_left(fund, bricoleuses, alice, bob):
    address = reverse("offer_envelope", args=[fund.organisation.slug, fund.uuid])
    assert address in page(bob, "offer_desk", fund.organisation.slug, fund.uuid)
    signed_in(bob).post(address, {"total_cents": "1 000,50 €", "places": "3"})
    assert (room_left(fund).total_cents, room_left(fund).places) == (100_050, 3)
    application = examined(fund, alice, bob, asked_cents=70_000)
    assert "demandent 700 € en tout" in page(bob, "offer_envelope", fund.organisation.slug, fund.uuid)
    assert "Il reste 1 000,50 € sur 1 000,50 €" in page(bob, "application", application.uuid)
    decide(bob, application, granted_cents="600")
    told = page(bob, "offer_envelope", fund.organisation.slug, fund.uuid)
    assert "400,50 €" in told and "1 / 3" in told and "Ateliers" in told


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"total_cents": "beaucoup"}, "Écrivez un montant"),
        ({"total_cents": "-1"}, "négatif"),
        ({"places": "1,5"}, "nombre entier"),
        ({"total_cents": "599,99"}, "déjà accordé 600 € à 1 bénéficiaire"),
    ],
)
def test_a_limit_that_cannot_be_is_refused_and_stays_typed(fund, bricoleuses, alice, bob, typed, said):
    decide(bob, examined(fund, alice, bob), granted_cents="600")
    address = reverse("offer_envelope", args=[fund.organisation.slug, fund.uuid])
    answer = signed_in(bob).post(address, typed).text.replace("\u00a0", " ")
    assert said in answer and all(f'value="{text}"' in answer for text in typed.values())
    assert not room_left(fund).is_limited


def test_more_than_is_left_is_refused_and_what_was_typed_stays(fund, bricoleuses, alice, bob):
    set_limits(offer=fund, total_cents=50_000, places=None)
    application = examined(fund, alice, bob, asked_cents=70_000)
    told = decide(bob, application, granted_cents="700")
    assert "Il reste 500 € dans l’enveloppe" in told and 'value="700"' in told
    assert "Dites combien vous accordez" in decide(bob, application, granted_cents="")
    assert "La candidature est retenue" in decide(bob, application, granted_cents="0")


def test_a_place_has_beneficiaries_and_no_money(hall, bob):
    told = page(bob, "offer_envelope", hall.organisation.slug, hall.uuid)
    assert "Nombre de bénéficiaires" in told and "Montant" not in told
    address = reverse("offer_envelope", args=[hall.organisation.slug, hall.uuid])
    signed_in(bob).post(address, {"places": "2", "total_cents": "100"})
    assert (room_left(hall).total_cents, room_left(hall).places) == (None, 2)


def test_a_reader_reads_and_changes_nothing(fund, officers):
    address = reverse("offer_envelope", args=[fund.organisation.slug, fund.uuid])
    assert "Enregistrer" not in signed_in(officers["reader"]).get(address).text
    assert signed_in(officers["reader"]).post(address, {"places": "1"}).status_code == 403


def test_the_calendar_says_what_is_free_and_names_nobody_in_public(hall, bricoleuses, alice, bob, client):
    write_week(
        offer=hall,
        week=Week(
            hours=(Hours(5, time(18), time(20)), Hours(2, time(9), time(12))),
            closed=(Closed(date(2026, 10, 21), date(2026, 10, 21), "travaux"),),
        ),
    )
    saturday = next(hour for hour in free_hours(hall) if hour.starts.date() == date(2026, 10, 24))
    decide(bob, examined(hall, alice, bob, [saturday.starts]))
    address = reverse("public:calendar", args=[hall.uuid, hall.slug])
    assert address in client.get(reverse("public:offer", args=[hall.uuid, hall.slug])).text
    told = client.get(address, {"semaine": "2026-W43"}).text.replace("\u00a0", " ")
    assert "réservé" in told and bricoleuses.name not in told and "fermé : travaux" in told
    assert bricoleuses.name in page(bob, "offer_calendar", hall.organisation.slug, hall.uuid, semaine="2026-W43")


def test_the_calendar_keeps_the_clock_of_the_wall_when_the_clocks_change(hall, client):
    address = reverse("public:calendar", args=[hall.uuid, hall.slug])
    for week in ("2026-W43", "2026-W44"):
        told = client.get(address, {"semaine": week}).text.replace("\u00a0", " ")
        assert "18 h – 20 h" in told and "1 h – 4 h" in told
        assert ("changement d’heure" in told) is (week == "2026-W43")


def test_overseas_has_its_own_clock(brest, territories, client):
    hall = make_offer(brest, territory=territories["commune", "97411"])
    write_week(offer=hall, week=Week(hours=(Hours(5, time(18), time(20)),)))
    told = client.get(reverse("public:calendar", args=[hall.uuid, hall.slug])).text.replace("\u00a0", " ")
    assert "18 h – 20 h" in told and "Heures de Saint-Denis" in told
    assert free_hours(hall)[0].starts == datetime(2026, 10, 17, 14, tzinfo=UTC)


@pytest.mark.parametrize("asked", ["", "licorne", "2026-W99", "0000-W01", "9999-W52", "2026-W41", "2026-W43\x00"])
def test_an_unreadable_or_far_week_is_this_one(hall, client, asked):
    told = client.get(reverse("public:calendar", args=[hall.uuid, hall.slug]), {"semaine": asked}).text
    assert "samedi 17" in told.lower()


def test_what_has_no_hours_has_no_calendar(fund, bob, client):
    assert client.get(reverse("public:calendar", args=[fund.uuid, fund.slug])).status_code == 404


def choose(person, application, **sent):
    return signed_in(person).post(reverse("application_hours", args=[application.uuid]), sent, follow=True)


def test_a_collective_chooses_hours_one_by_one(hall, bricoleuses, alice):
    application = begun(hall, alice)
    address = reverse("application_hours", args=[application.uuid])
    assert address in page(alice, "application", application.uuid)
    hours = [hour.starts.isoformat() for hour in free_hours(hall)]
    around = {"first": hours[0], "last": hours[9]}
    assert "2 créneaux demandés" in choose(alice, application, starts=[hours[1], hours[3]], **around).text
    assert "Dimanche 18" in page(alice, "application", application.uuid)
    # Another page of the list changes nothing here.
    choose(alice, application, starts=[hours[12]], first=hours[10], last=hours[19])
    assert Booking.objects.count() == 3
    choose(alice, application, starts=[hours[1]], **around)
    assert [row.starts.isoformat() for row in Booking.objects.all()] == [hours[1], hours[12]]


def test_a_slot_of_every_week_until_a_day(hall, bricoleuses, alice):
    application = begun(hall, alice)
    weekly = {"action": "weekly", "weekly-slot": "5-1800-2000"}
    choose(alice, application, **weekly, **{"weekly-starts": "24/10/2026", "weekly-ends": "07/11/2026"})
    hours = [row.starts for row in Booking.objects.all()]
    assert [start.day for start in hours] == [24, 31, 7]
    assert [start.hour for start in hours] == [16, 17, 17]
    again = choose(alice, application, **weekly, **{"weekly-ends": "2026-10-13"}).text
    assert "Aucune date libre de plus" in again and Booking.objects.count() == 3


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        ({"action": "weekly", "weekly-slot": ""}, "Choisissez un créneau"),
        ({"action": "weekly", "weekly-slot": "5-0000-2400"}, "dans la liste"),
        ({"action": "weekly", "weekly-slot": "5-1800-2000", "weekly-ends": "31/02/2027"}, "n’existe pas"),
        (
            {
                "action": "weekly",
                "weekly-slot": "5-1800-2000",
                "weekly-starts": "2027-01-02",
                "weekly-ends": "2027-01-01",
            },
            "avant le début",
        ),
        ({"starts": "licorne", "first": "2026-10-12T00:00Z", "last": "2026-10-30T00:00Z"}, "n’est plus libre"),
        ({"starts": "2026-10-12T00:00:00+00:00", "first": "x", "last": ""}, "error-summary"),
    ],
)
def test_hours_that_cannot_be_asked_for(hall, bricoleuses, alice, sent, said):
    assert said in choose(alice, begun(hall, alice), **sent).text.replace("\u00a0", " ")
    assert not Booking.objects.exists()


def test_too_many_hours_at_once(brest, bricoleuses, alice):
    hall = make_offer(brest)
    write_week(offer=hall, week=Week(hours=tuple(Hours(day, time(9), time(12)) for day in range(7))))
    hours = [hour.starts.isoformat() for hour in free_hours(hall)]
    sent = {"starts": hours[: MOST_BOOKINGS + 1], "first": hours[0], "last": hours[-1]}
    assert "60 créneaux au plus" in choose(alice, begun(hall, alice), **sent).text.replace("\u00a0", " ")


def test_the_officer_sees_what_speaks_against_the_hours_and_decides(hall, bricoleuses, alice, bob):
    others = create_collective(person=alice, name="Les Couturières", legal_form="informal", territory=hall.territory)
    first, second = free_hours(hall)[:2]
    ours = examined(hall, alice, bob, [first.starts, second.starts])
    theirs = begun(hall, alice, applicant=others)
    ask_hours(application=theirs, person=alice, starts=[first.starts])
    assert "demandé aussi" not in page(bob, "application", ours.uuid)
    applications.file(application=theirs, person=alice, filed={})
    told = page(bob, "application", ours.uuid)
    assert told.count("demandé aussi par d’autres") == 1 and "?semaine=2026-W42" in told
    assert others.name in page(bob, "offer_calendar", hall.organisation.slug, hall.uuid)
    applications.take_up(application=theirs, person=bob)
    decide(bob, theirs)
    assert "déjà réservé par d’autres" in page(bob, "application", ours.uuid)
    refused = decide(bob, ours)
    assert "1 créneau demandé sur 2" in refused and "Oui." in refused
    assert "n’est pas retenue" in decide(bob, ours, verdict="decline", reason="La salle est prise.")


def test_hours_that_went_are_told_and_go_with_the_next_choice(hall, bricoleuses, alice):
    application = begun(hall, alice)
    first, second = free_hours(hall)[:2]
    ask_hours(application=application, person=alice, starts=[first.starts, second.starts])
    day = first.starts.date()
    write_week(offer=hall, week=Week(hours=(Hours(5, time(18), time(20)),), closed=(Closed(day, day),)))
    told = page(alice, "application_hours", application.uuid)
    assert "ne sont plus libres" in told and "Samedi 17" in page(alice, "application", application.uuid)
    assert "fermé ce jour-là" in page(alice, "application", application.uuid)
    hours = [hour.starts.isoformat() for hour in free_hours(hall)]
    choose(alice, application, starts=[hours[0]], first=hours[0], last=hours[-1])
    assert [row.starts.isoformat() for row in Booking.objects.all()] == [hours[0]]


def test_hours_no_longer_change_once_the_examination_began(hall, bricoleuses, alice, bob):
    application = examined(hall, alice, bob)
    assert "ne changent plus" in choose(alice, application).text


def test_as_many_queries_however_long_the_lists_are(
    hall, fund, bricoleuses, alice, bob, django_assert_max_num_queries, django_assert_num_queries
):
    set_limits(offer=fund, total_cents=10_000_000, places=None)
    hours = free_hours(hall)

    def add(number):
        examined(hall, alice, bob, [hour.starts for hour in hours[:number]])
        decide(bob, examined(hall, alice, bob, [hours[20 + number].starts]))
        decide(bob, examined(fund, alice, bob), granted_cents="10")
        return examined(hall, alice, bob, [hour.starts for hour in hours[:number]])

    def addresses(application):
        slug = hall.organisation.slug
        return [
            (bob, reverse("offer_envelope", args=[slug, fund.uuid])),
            (bob, reverse("offer_calendar", args=[slug, hall.uuid])),
            (None, reverse("public:calendar", args=[hall.uuid, hall.slug])),
        ]

    def count(person, address):
        browser = signed_in(person)
        browser.get(address)
        with django_assert_max_num_queries(12) as counted:
            assert browser.get(address).status_code == 200
        return len(counted)

    application = add(2)
    before = [count(*one) for one in addresses(application)]
    for number in range(3, 8):
        application = add(number)
    assert [count(*one) for one in addresses(application)] == before
    for person in (alice, bob):
        assert count(person, reverse("application", args=[application.uuid])) <= 12
