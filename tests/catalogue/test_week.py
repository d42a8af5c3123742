"""The week of a place: what opens when, across seasons, closures, holidays and changes of clocks."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matching.catalogue.week import Closed, Hours, Season, Week, public_holidays

PARIS = ZoneInfo("Europe/Paris")
TUESDAY = Hours(1, time(18), time(22))


def opened(week, first, last, zone=PARIS, **options):
    return [
        (begins.astimezone(zone).strftime("%d/%m %H:%M"), ends.astimezone(zone).strftime("%H:%M"))
        for begins, ends in week.open_between(first, last, zone, **options)
    ]


def test_a_slot_comes_back_each_week():
    week = Week(hours=(TUESDAY, Hours(5, time(9), time(12, 30))))
    assert opened(week, date(2026, 11, 23), date(2026, 12, 1)) == [
        ("24/11 18:00", "22:00"),
        ("28/11 09:00", "12:30"),
        ("01/12 18:00", "22:00"),
    ]


def test_the_clock_on_the_wall_does_not_move_with_the_season():
    week = Week(hours=(Hours(6, time(18), time(22)),))
    # The clocks go back on 25 October 2026, forward on 28 March 2027.
    assert opened(week, date(2026, 10, 18), date(2026, 10, 25)) == [("18/10 18:00", "22:00"), ("25/10 18:00", "22:00")]
    before, after = [begins for begins, _ends in week.open_between(date(2026, 10, 18), date(2026, 10, 25), PARIS)]
    assert after - before == timedelta(days=7, hours=1)


def test_in_the_night_of_a_change_hours_are_as_long_as_they_last():
    night = Week(hours=(Hours(6, time(1), time(4)),))
    ((begins, ends),) = night.open_between(date(2026, 10, 25), date(2026, 10, 25), PARIS)
    assert ends - begins == timedelta(hours=4)
    ((begins, ends),) = night.open_between(date(2027, 3, 28), date(2027, 3, 28), PARIS)
    assert ends - begins == timedelta(hours=2)
    left_out = Week(hours=(Hours(6, time(2), time(3)),))
    assert opened(left_out, date(2027, 3, 28), date(2027, 3, 28)) == []


def test_overseas_keeps_its_own_clock():
    ((begins, _ends),) = Week(hours=(TUESDAY,)).open_between(
        date(2026, 7, 7), date(2026, 7, 7), ZoneInfo("Indian/Reunion")
    )
    assert begins == datetime(2026, 7, 7, 14, tzinfo=UTC)


def test_midnight_ends_a_day():
    ((begins, ends),) = Week(hours=(Hours(4, time(20), time(0)),)).open_between(
        date(2026, 11, 27), date(2026, 11, 27), PARIS
    )
    assert ends - begins == timedelta(hours=4)


def test_seasons_closures_and_holidays_take_days_away():
    summer = Season(date(2026, 6, 1), date(2026, 8, 31))
    week = Week(
        hours=(TUESDAY._replace(season=summer),),
        closed=(Closed(date(2026, 7, 20), date(2026, 8, 24), "vacances"),),
    )
    days = [day for day, _ends in opened(week, date(2026, 5, 1), date(2026, 12, 31), holidays=public_holidays(2026))]
    assert days == [
        *("02/06 18:00", "09/06 18:00", "16/06 18:00", "23/06 18:00", "30/06 18:00", "07/07 18:00"),
        "25/08 18:00",
    ]


@pytest.mark.parametrize(
    ("first", "second", "clash"),
    [
        (TUESDAY, Hours(1, time(21), time(23)), True),
        (TUESDAY, Hours(1, time(22), time(23)), False),
        (TUESDAY, Hours(2, time(18), time(22)), False),
        (Hours(1, time(20), time(0)), Hours(1, time(23), time(0)), True),
        (TUESDAY, TUESDAY._replace(season=Season(date(2026, 1, 1), None)), True),
        (
            TUESDAY._replace(season=Season(None, date(2026, 6, 30))),
            TUESDAY._replace(season=Season(date(2026, 7, 1), None)),
            False,
        ),
    ],
)
def test_two_slots_never_hold_the_same_hour(first, second, clash):
    for hours in ((first, second), (second, first)):
        assert (Week(hours=hours).overlap() is not None) == clash


def test_public_holidays():
    assert len(public_holidays(2026)) == 11
    assert date(2026, 4, 6) in public_holidays(2026), "Easter Monday"
    assert date(2026, 5, 14) in public_holidays(2026), "Ascension"
    assert date(2026, 5, 25) in public_holidays(2026), "Whit Monday"
    assert date(2026, 12, 20) in public_holidays(2026, "974")
    assert date(2026, 4, 3) in public_holidays(2026, "67"), "Good Friday"
    assert date(2038, 4, 26) in public_holidays(2038), "the latest Easter there is"


hours = st.builds(
    Hours,
    st.integers(0, 6),
    st.times(min_value=time(0), max_value=time(22, 59)).map(lambda at: at.replace(second=0, microsecond=0)),
    st.just(time(23)),
    st.builds(Season, st.none() | st.dates(), st.none()),
)
weeks = st.builds(
    Week,
    hours=st.lists(hours, max_size=5).map(tuple),
    closed=st.lists(st.dates().map(lambda day: Closed(day, day, "travaux")), max_size=3).map(tuple),
)


@settings(max_examples=100, deadline=None)
@given(weeks, st.dates(date(2000, 1, 1), date(2060, 1, 1)))
def test_a_week_is_kept_whole_and_opens_in_order(week, day):
    assert Week.from_plain(week.as_plain()) == week
    openings = list(week.open_between(day, day + timedelta(days=40), PARIS))
    assert all(begins < ends for begins, ends in openings)
    assert [begins for begins, _ends in openings] == sorted(begins for begins, _ends in openings)
