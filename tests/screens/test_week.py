"""The week of a place in its form and on its page."""

from datetime import date, time
from html import unescape

import pytest
from django.urls import reverse
from django.utils.datastructures import MultiValueDict
from django.utils.translation import override

from matching.catalogue.models import Offer
from matching.catalogue.past import week_of
from matching.catalogue.week import Closed, Hours, Season, Week
from matching.screens.officer.forms import FORMS
from matching.screens.typed import as_sent, in_words
from matching.screens.week import sentence, shown_week
from tests.screens.conftest import signed_in
from tests.screens.test_officer import typed


def with_week(**changes):
    return typed(
        **{
            "week-shown": "1",
            "week-0-days": ["0", "1", "2", "3", "4"],
            "week-0-opens": "18:00",
            "week-0-closes": "22:00",
            "week-1-days": ["5"],
            "week-1-opens": "9h",
            "week-1-closes": "minuit",
            "week-1-starts": "2027-06-01",
            "week-1-ends": "2027-08-31",
            "week-c0-starts": "2027-07-10",
            "week-c0-ends": "2027-07-20",
            "week-c0-reason": "travaux",
            "closed_on_holidays": "on",
            **changes,
        }
    )


@pytest.fixture
def desk(officers):
    return signed_in(officers["owner"])


@pytest.fixture
def new(brest):
    return reverse("offer_new", args=[brest.slug, "place"])


def text(response):
    return unescape(response.content.decode()).replace("\u00a0", " ")


def test_a_week_is_typed_kept_and_shown(desk, new, client):
    assert desk.post(new, with_week()).status_code == 302
    offer = Offer.objects.get()
    summer = Season(date(2027, 6, 1), date(2027, 8, 31))
    assert week_of(offer) == Week(
        hours=(*(Hours(day, time(18), time(22)) for day in range(5)), Hours(5, time(9), time(0), summer)),
        closed=(Closed(date(2027, 7, 10), date(2027, 7, 20), "travaux"),),
    )
    resource = offer.resources.get()
    assert resource.closed_on_holidays
    assert resource.opening.replace("\u00a0", " ") == (
        "du lundi au vendredi de 18 h à 22 h ; le samedi de 9 h à minuit (du 1er juin 2027 au 31 août 2027)"
    )
    html = text(client.get(reverse("public:offer", args=[offer.uuid, offer.slug])))
    assert "Semaine type" in html
    assert '<th scope="row">Mardi</th><td>18 h – 22 h</td>' in html
    assert "fermé" in html
    assert "les jours fériés" in html
    assert "Prochaines ouvertures" in html
    assert "Semaine type" in text(desk.get(reverse("offer_desk", args=[offer.organisation.slug, offer.uuid])))


def test_the_form_shows_the_week_again(desk, new):
    desk.post(new, with_week())
    offer = Offer.objects.get()
    html = desk.get(reverse("offer_edit", args=[offer.organisation.slug, offer.uuid])).content.decode()
    assert html.count('name="week-0-days"') == 7
    for number in range(5):
        assert f'id="id_week-0-{number}" checked' in html
    assert 'name="week-1-closes" id="id_week-1-closes" value="00:00"' in html
    assert 'value="2027-07-10"' in html


def test_a_changed_week_changes_the_words_that_nobody_wrote(desk, new):
    desk.post(new, with_week())
    offer = Offer.objects.get()
    edit = reverse("offer_edit", args=[offer.organisation.slug, offer.uuid])
    words = offer.resources.get().opening
    desk.post(edit, with_week(action="save", opening=words, **{"week-0-closes": "21:00"}))
    assert "21" in Offer.objects.get().resources.get().opening
    desk.post(edit, with_week(action="save", opening="Le soir, sur demande"))
    assert Offer.objects.get().resources.get().opening == "Le soir, sur demande"


def test_a_form_that_does_not_show_the_week_leaves_it(desk, new):
    desk.post(new, with_week())
    offer = Offer.objects.get()
    desk.post(reverse("offer_edit", args=[offer.organisation.slug, offer.uuid]), typed(action="save"))
    assert week_of(Offer.objects.get())


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"week-0-days": []}, "cochez au moins un jour"),
        ({"week-0-opens": "soir"}, "écrivez les deux heures"),
        ({"week-0-closes": ""}, "écrivez les deux heures"),
        ({"week-0-opens": "25:00"}, "écrivez les deux heures"),
        ({"week-0-closes": "17:00"}, "la fin vient avant le début"),
        ({"week-1-ends": "2027-05-01"}, "la période finit avant de commencer"),
        ({"week-1-starts": "31/02/2027"}, "n’existe pas"),
        ({"week-1-days": ["4"], "week-1-opens": "20:00"}, "se chevauchent"),
        ({"week-c0-ends": "2027-07-01"}, "la fin vient avant le début"),
        ({"week-c0-starts": "", "week-c0-ends": ""}, "de quel jour à quel jour"),
        ({"week-c0-reason": "x" * 200}, "le motif est trop long"),
        ({"week-0-days": ["9", "²", "-1"]}, "cochez au moins un jour"),
    ],
)
def test_a_bad_week_is_said_and_comes_back_as_typed(desk, new, changes, said):
    response = desk.post(new, with_week(expects="Une fête", **changes))
    html = text(response)
    assert response.status_code == 200
    assert not Offer.objects.exists()
    assert said in html
    assert "Une fête" in html
    for value in changes.values():
        if isinstance(value, str) and value:
            assert f'value="{value}"' in html


def test_days_and_hours_read_aloud():
    week = Week(hours=(Hours(1, time(18), time(22, 30)), Hours(3, time(18), time(22, 30)), Hours(6, time(9), time(0))))
    assert (
        sentence(week).replace("\u00a0", " ") == "le mardi et le jeudi de 18 h à 22 h 30 ; le dimanche de 9 h à minuit"
    )
    with override("en"):
        assert sentence(week) == "Tuesday and Thursday from 18:00 to 22:30; Sunday from 09:00 to midnight"


def test_the_next_openings_leave_out_what_is_closed(room):
    room.slots.create(weekday=4, opens=time(18), closes=time(22))
    room.closures.create(starts=date(2026, 12, 18), ends=date(2026, 12, 18), reason="fête")
    room.resources.update(closed_on_holidays=True)
    shown = shown_week(Offer.objects.get(pk=room.pk), today=date(2026, 12, 12))
    days = [opening.day.replace("\u00a0", " ") for opening in shown.next]
    assert days == ["vendredi 8 janvier 2027", "vendredi 15 janvier 2027", "vendredi 22 janvier 2027"]
    assert shown_week(Offer.objects.get(pk=room.pk), today=date(2027, 1, 1)).closures == ["les jours fériés"]


def test_a_week_that_stays_is_no_change_and_what_changes_is_told(desk, new, brest):
    desk.post(new, with_week())
    offer = Offer.objects.get()
    form = FORMS["place"](with_data(with_week()), organisation=brest, listing=offer)
    assert "week" not in form.differing()
    later = FORMS["place"](with_data(with_week(**{"week-0-closes": "21:00"})), organisation=brest, listing=offer)
    assert "week" in later.differing()
    later.full_clean()
    assert "21" in in_words(later, "week", later.cleaned_data["week"])


def test_a_stored_week_is_taken_as_a_browser_would_send_it(desk, new, brest):
    desk.post(new, with_week())
    offer = Offer.objects.get()
    form = FORMS["place"](organisation=brest, listing=offer)
    sent = as_sent(form, "week", form.get_initial_for_field(form.fields["week"], "week"))
    taken = form.fields["week"].widget.value_from_datadict(MultiValueDict(sent), {}, "week")
    assert form.fields["week"].clean(taken) == week_of(offer)


def with_data(values):
    lists = {name: value if isinstance(value, list) else [value] for name, value in values.items()}
    return MultiValueDict(lists)
