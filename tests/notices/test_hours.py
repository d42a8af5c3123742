"""The rhythm that each reader chose, by their own clock; nothing in the evening, at night or on a Sunday."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from matching.notices.hours import due_at, is_quiet, zones_of
from matching.notices.models import Notice
from matching.notices.services import follow_preferences, note, send_due_notices
from matching.organisations.services import authority_of
from matching.people.models import Person
from tests.factories import make_person
from tests.screens.conftest import join

PARIS, REUNION, TAHITI = (ZoneInfo(name) for name in ("Europe/Paris", "Indian/Reunion", "Pacific/Tahiti"))


@pytest.fixture(autouse=True)
def quiet_hours(settings):  # the fixture of pytest-django
    settings.QUIET_HOURS = (20, 8)


def reader(notify="at_once", **fields):
    return Person(notify=notify, **fields)


def at(text, zone=PARIS):
    return datetime.fromisoformat(text).replace(tzinfo=zone)


# 2026-11-25 is a Wednesday.
@pytest.mark.parametrize(
    ("notify", "happens", "leaves"),
    [
        ("at_once", "2026-11-25 10:12", "2026-11-25 10:12"),
        ("at_once", "2026-11-25 20:00", "2026-11-26 08:00"),
        ("at_once", "2026-11-25 07:59", "2026-11-25 08:00"),
        ("at_once", "2026-11-28 21:00", "2026-11-30 08:00"),
        ("at_once", "2026-11-29 12:00", "2026-11-30 08:00"),
        ("daily", "2026-11-25 07:00", "2026-11-25 08:00"),
        ("daily", "2026-11-25 08:00", "2026-11-26 08:00"),
        ("daily", "2026-11-28 08:01", "2026-11-30 08:00"),
        ("weekly", "2026-11-25 10:00", "2026-11-30 08:00"),
        ("weekly", "2026-11-30 07:59", "2026-11-30 08:00"),
        ("weekly", "2026-11-30 08:00", "2026-12-07 08:00"),
        # The clocks change in the night of these Sundays.
        ("at_once", "2026-10-24 21:00", "2026-10-26 08:00"),
        ("at_once", "2027-03-27 23:30", "2027-03-29 08:00"),
    ],
)
def test_when_a_mail_leaves(notify, happens, leaves):
    assert due_at(reader(notify), PARIS, at(happens)) == at(leaves)


@pytest.mark.parametrize(
    ("zone", "local_morning"), [(PARIS, 8), (REUNION, 8), (TAHITI, 8), (ZoneInfo("America/Cayenne"), 8)]
)
def test_the_clock_is_the_readers(zone, local_morning):
    due = due_at(reader(), zone, at("2026-11-25 21:00", zone))
    assert due == at(f"2026-11-26 0{local_morning}:00", zone)
    assert is_quiet(reader(), REUNION, at("2026-11-25 17:30", PARIS))
    assert not is_quiet(reader(), TAHITI, at("2026-11-25 21:00", PARIS))


def test_who_chose_any_hour_is_written_to_at_any_hour():
    assert due_at(reader(any_hour=True), PARIS, at("2026-11-29 03:00")) == at("2026-11-29 03:00")
    assert due_at(reader("daily", any_hour=True), PARIS, at("2026-11-28 09:00")) == at("2026-11-29 08:00")


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.datetimes(datetime(2026, 1, 1), datetime(2029, 12, 31), timezones=st.just(ZoneInfo("UTC"))),
    st.sampled_from(Person.Zone.values),
    st.sampled_from(["at_once", "daily", "weekly"]),
)
def test_no_mail_is_ever_due_in_quiet_hours_or_long_after(quiet_now, zone, notify):
    zone = ZoneInfo(zone)
    due = due_at(reader(notify), zone, quiet_now)
    assert not is_quiet(reader(notify), zone, due)
    assert due >= quiet_now and due - quiet_now <= timedelta(days=8 if notify == "weekly" else 3)


@pytest.mark.django_db
def test_a_clock_that_nobody_set_is_that_of_the_organisation(territories):
    zones = {}
    for code in ("97411", "98735", "97209", "29019"):
        person = make_person(f"p{code}@exemple.fr", "P")
        join(person, authority_of(territory=territories["commune", code]), "member")
        zones[code] = zones_of([person])[person.pk].key
    assert zones == {
        "97411": "Indian/Reunion",
        "98735": "Pacific/Tahiti",
        "97209": "America/Martinique",
        "29019": "Europe/Paris",
    }
    told = make_person("dit@exemple.fr", "D", time_zone="Pacific/Noumea")
    assert zones_of([told])[told.pk].key == "Pacific/Noumea"


def tell(person, request_of):
    note(people=[person], kind=Notice.Kind.MEMBERSHIP, subject=f"membership:{request_of.pk}")


@pytest.fixture
def request_of(brest, charlie):
    """Somebody asks to join Brest: it is told as long as nobody has answered."""
    return join(charlie, brest, "member", confirmed=False)


def sent(mailoutbox, person):
    return [mail for mail in mailoutbox if mail.to == [person.email]]


@pytest.mark.parametrize(
    ("notify", "first", "next_one"),
    [
        ("at_once", "2026-11-25 10:00", "2026-11-25 10:06"),
        ("daily", "2026-11-26 08:00", "2026-11-27 08:00"),
        ("weekly", "2026-11-30 08:00", "2026-12-07 08:00"),
    ],
)
@pytest.mark.django_db
def test_each_rhythm_sends_one_mail_a_time(bob, request_of, mailoutbox, notify, first, next_one):
    Notice.objects.all().delete()
    bob.notify = notify
    bob.save()
    with time_machine.travel(at("2026-11-25 10:00"), tick=False) as clock:
        tell(bob, request_of)
        moment = at("2026-11-25 10:00")
        told = []
        while moment < at("2026-12-09 00:00"):
            clock.move_to(moment)
            if send_due_notices(now=moment):
                told.append(moment)
                tell(bob, request_of)
            moment += timedelta(minutes=30 if notify != "at_once" else 6)
            if len(told) == 2:
                break
    assert told == [at(first), at(next_one)]
    assert len(sent(mailoutbox, bob)) == 2


@pytest.mark.django_db
def test_what_is_late_for_the_evening_waits_for_the_morning(bob, request_of, mailoutbox):
    Notice.objects.all().delete()
    with time_machine.travel(at("2026-11-25 19:58"), tick=False):
        tell(bob, request_of)
    for moment, leaves in [("2026-11-25 20:00", 0), ("2026-11-26 07:59", 0), ("2026-11-26 08:00", 1)]:
        with time_machine.travel(at(moment), tick=False):
            assert send_due_notices(now=at(moment)) == leaves


@pytest.mark.django_db
def test_a_mail_that_failed_is_not_tried_again_at_night(bob, request_of, mailoutbox):
    Notice.objects.all().delete()
    with time_machine.travel(at("2026-11-25 19:58"), tick=False):
        tell(bob, request_of)
    Notice.objects.update(claimed_at=at("2026-11-25 19:59"))
    assert send_due_notices(now=at("2026-11-25 22:00")) == 0
    assert send_due_notices(now=at("2026-11-26 08:01")) == 1


@pytest.mark.django_db
def test_what_waits_follows_another_choice(bob, request_of):
    Notice.objects.all().delete()
    with time_machine.travel(at("2026-11-25 10:00"), tick=False):
        tell(bob, request_of)
        for notify, due in [
            ("weekly", "2026-11-30 08:00"),
            ("daily", "2026-11-26 08:00"),
            ("at_once", "2026-11-25 10:00"),
        ]:
            bob.notify = notify
            bob.save()
            follow_preferences(person=bob)
            assert Notice.objects.get().due_at == at(due)
        bob.notify = "never"
        bob.save()
        follow_preferences(person=bob)
    assert not Notice.objects.exists()


@pytest.mark.django_db
def test_the_mail_says_why_it_comes_and_how_often(bob, request_of, mail_to):
    Notice.objects.all().delete()
    bob.notify = "weekly"
    bob.save()
    with time_machine.travel(at("2026-11-25 10:00"), tick=False):
        tell(bob, request_of)
    send_due_notices(now=at("2026-11-30 08:00"))
    text = mail_to(bob).get_body(("plain",)).get_content()
    assert "une fois par semaine, parce que vous agissez pour" in text and "Brest" in text
    assert mail_to(bob)["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
