"""Copying a listing, and coming back to an earlier version of it."""

from datetime import date, time
from io import BytesIO
from uuid import uuid4

import pytest

from matching.catalogue.models import Need, Offer, Slot, Theme
from matching.catalogue.past import came_back_to, copy, restore, week_of
from matching.catalogue.photos import add_photo
from matching.catalogue.pictures import read_picture
from matching.catalogue.rights import Bundle, rights_of
from matching.catalogue.services import (
    NeedFacts,
    OfferFacts,
    ResourceFacts,
    close,
    pause,
    publish,
    set_aside,
    write_need,
    write_offer,
)
from matching.catalogue.vocabulary import load_themes
from matching.catalogue.week import Closed, Hours, Season, Week
from tests.catalogue.files import picture
from tests.factories import make_need, make_offer

TUESDAY = Hours(1, time(18), time(22))
SATURDAY = Hours(5, time(9), time(0), Season(date(2026, 9, 1), None))
WEEK = Week(hours=(TUESDAY, SATURDAY), closed=(Closed(date(2026, 12, 20), date(2027, 1, 3), "fêtes"),))


def facts(**told):
    resource = ResourceFacts(kind="place", subkind="room", capacity=60, opening="le soir", closed_on_holidays=True)
    return OfferFacts(
        **{"title": "Salle Watt", "text": "Une salle", "provides": "Les clés", "resources": [resource], **told}
    )


@pytest.fixture
def hall(brest, bob):
    load_themes()
    theme = Theme.objects.get(slug="numerique/mediation")
    told = facts(themes=[theme], week=WEEK, ends=date(2027, 6, 30), legal_forms=["association"])
    offer = write_offer(organisation=brest, facts=told, person=bob)
    return publish(listing=offer, person=bob)


def test_the_week_is_written_and_read(hall):
    assert week_of(Offer.objects.get(pk=hall.pk)) == WEEK


def test_slots_that_stay_keep_their_rows(hall, brest, bob):
    before = dict(hall.slots.values_list("weekday", "id"))
    later = Week(hours=(TUESDAY, SATURDAY._replace(closes=time(18))))
    write_offer(organisation=brest, facts=facts(week=later), person=bob, offer=hall)
    after = dict(hall.slots.values_list("weekday", "id"))
    assert after[1] == before[1]
    assert after[5] != before[5]
    assert not hall.closures.exists()


def test_who_does_not_speak_of_the_week_leaves_it(hall, brest, bob):
    write_offer(organisation=brest, facts=facts(title="Salle Ampère"), person=bob, offer=hall)
    assert week_of(Offer.objects.get(pk=hall.pk)) == WEEK
    hall.refresh_from_db()
    assert Week.from_plain(hall.holds["week"]) == WEEK


def test_coming_back_brings_everything_back(hall, brest, bob):
    record = hall.history.latest("history_id")
    other = ResourceFacts(kind="place", subkind="office", capacity=4)
    changed = facts(
        title="Bureau", text="", resources=[other], week=Week(), rights=Bundle.granting({"access": "granted"})
    )
    write_offer(organisation=brest, facts=changed, person=bob, offer=hall)
    version = Offer.objects.get(pk=hall.pk).version
    restored = restore(listing=Offer.objects.get(pk=hall.pk), record=record, person=bob)
    restored = Offer.objects.get(pk=restored.pk)
    resource = restored.resources.get()
    assert (restored.title, restored.text, restored.ends) == ("Salle Watt", "Une salle", date(2027, 6, 30))
    assert (resource.subkind, resource.capacity, resource.closed_on_holidays) == ("room", 60, True)
    assert [theme.slug for theme in restored.themes.all()] == ["numerique/mediation"]
    assert restored.legal_forms == ["association"]
    assert rights_of(restored).collective_withdrawal == "granted"
    assert week_of(restored) == WEEK
    assert (restored.status, restored.version) == ("published", version + 1)
    assert restored.is_stale, "it is matched anew"


def test_coming_back_is_one_more_version_of_the_past(hall, brest, bob):
    record = hall.history.latest("history_id")
    write_offer(organisation=brest, facts=facts(title="Bureau"), person=bob, offer=hall)
    count = hall.history.count()
    restore(listing=Offer.objects.get(pk=hall.pk), record=record, person=bob)
    assert hall.history.count() == count + 1
    assert came_back_to(hall.history.latest("history_id")) == record.history_date
    assert came_back_to(record) is None


def test_a_past_that_did_not_keep_resources_leaves_them(hall, bob):
    record = hall.history.latest("history_id")
    record.holds = {}
    restore(listing=Offer.objects.get(pk=hall.pk), record=record, person=bob)
    assert hall.resources.get().capacity == 60
    assert hall.slots.count() == 2
    assert hall.themes.count() == 1


def test_a_need_comes_back_too(bricoleuses, alice):
    need = make_need(bricoleuses, person=alice, why="Réparer")
    record = need.history.latest("history_id")
    changed = NeedFacts(title="Des archives", kinds=["data"], capacity=3)
    write_need(organisation=bricoleuses, facts=changed, person=alice, need=need)
    restore(listing=Need.objects.get(pk=need.pk), record=record, person=alice)
    need = Need.objects.get(pk=need.pk)
    assert (need.title, need.kinds, need.capacity, need.why) == (
        "Une salle pour réparer des objets",
        ["place"],
        40,
        "Réparer",
    )


def test_a_copy_is_a_draft_without_dates(hall, brest, bob):
    image = read_picture(BytesIO(picture()), 1)
    add_photo(offer=hall, image=image, text="La salle")
    listing = Offer.objects.get(pk=hall.pk)
    copied = copy(listing=listing, organisation=brest, person=bob, title="Copie de Salle Watt")
    copied = Offer.objects.get(pk=copied.pk)
    assert (copied.title, copied.status, copied.published_at) == ("Copie de Salle Watt", "draft", None)
    assert (copied.starts, copied.ends, copied.opens, copied.closes) == (None, None, None, None)
    assert (copied.text, copied.legal_forms, copied.provides) == ("Une salle", ["association"], "Les clés")
    assert copied.resources.get().capacity == 60
    assert week_of(copied) == WEEK
    assert [photo.text for photo in copied.photos.all()] == ["La salle"]
    assert copied.themes.count() == 1
    assert (copied.source, copied.external_id) == ("", "")
    assert copied.history.count() >= 1
    hall.refresh_from_db()
    assert hall.title == "Salle Watt"


def test_a_double_click_copies_once(hall, brest, bob):
    key = uuid4()
    for _click in range(2):
        copy(listing=Offer.objects.get(pk=hall.pk), organisation=brest, person=bob, title="Copie", form_key=key)
    assert Offer.objects.count() == 2


def test_a_need_is_copied_with_a_title_that_fits(bricoleuses, alice):
    need = make_need(bricoleuses, person=alice, ends=date(2027, 1, 1))
    copied = copy(listing=need, organisation=bricoleuses, person=alice, title="x" * 400)
    assert len(copied.title) == 160
    assert (copied.ends, copied.kinds, copied.capacity, copied.status) == (None, ["place"], 40, "draft")


def test_several_are_set_aside_together_each_with_its_past(brest, bob):
    offers = [make_offer(brest, person=bob, title=f"Salle {number}") for number in range(3)]
    pause(listing=offers[0])
    before = offers[0].history.count()
    changed = set_aside(listings=offers, status="paused")
    assert len(changed) == 2
    assert set(Offer.objects.values_list("status", flat=True)) == {"paused"}
    assert offers[0].history.count() == before
    assert offers[1].history.latest("history_id").status == "paused"


def test_all_are_set_aside_or_none(brest, bob, monkeypatch):
    offers = [make_offer(brest, person=bob, title=f"Salle {number}") for number in range(2)]
    broken = Offer(pk=10**9, organisation=brest, title="Nulle part", status="published")
    with pytest.raises(Exception):  # noqa: B017
        set_aside(listings=[*offers, broken], status="closed")
    assert set(Offer.objects.values_list("status", flat=True)) == {"published"}
    close(listing=Offer.objects.first())
    assert Slot.objects.count() == 0
