"""The matcher follows every change at once, by increments where offers are many, and swaps states beside service."""

from datetime import date

import pytest
from django.core.management import call_command

from matching.catalogue.models import Offer
from matching.suggestions import artefacts, index, services, shelves
from matching.suggestions.services import match_listing, match_text
from tests.factories import make_need, make_offer

pytestmark = pytest.mark.django_db

TODAY = date(2026, 11, 23)
QUESTION = "Une salle pour réparer des objets"


class Beside:
    """A thread that runs when the test says so."""

    started: list = []

    def __init__(self, target, **options) -> None:
        self._target = target
        self._done = False

    def start(self) -> None:
        Beside.started.append(self)

    def is_alive(self) -> bool:
        return not self._done

    def run(self) -> None:
        self._target()
        self._done = True


@pytest.fixture
def many(settings, tmp_path, monkeypatch):
    """Every collection is taken for a large one."""
    settings.MATCHER_DIR = tmp_path / "matcher"
    for name, value in {"_current": None, "_needs": None, "_beside": None, "READ_AT_ONCE": 0, "Thread": Beside}.items():
        monkeypatch.setattr(index, name, value)
    monkeypatch.setattr(index, "DRIFT", 9.0)
    monkeypatch.setattr(index.connections, "close_all", lambda: None)
    Beside.started = []


@pytest.mark.usefixtures("many")
def test_many_offers_are_followed_without_being_read_again(room, garden):
    before = index.current(TODAY)
    late = make_offer(room.organisation, title="Préau pour réparer des objets", text="Un préau.")
    after = index.current(TODAY)
    assert after.matcher.statistics_ is before.matcher.statistics_
    assert after.matcher.held_.blocks[0].texts is before.matcher.held_.blocks[0].texts
    assert {offer.pk for offer, _ in match_text(text=QUESTION, today=TODAY).matches} == {room.pk, late.pk}
    Offer.objects.filter(pk=late.pk).update(title="Piscine", text="Un bassin.", version=late.version + 1)
    Offer.objects.filter(pk=room.pk).delete()
    assert match_text(text=QUESTION, today=TODAY).matches == []
    assert index.current(TODAY).matcher.statistics_ is before.matcher.statistics_
    assert Beside.started == []


@pytest.mark.usefixtures("many")
def test_needs_are_held_ready_and_followed(room, bricoleuses):
    need = make_need(bricoleuses)
    assert [pair.need_id for pair in match_listing(listing=room, today=TODAY)] == [need.pk]
    held = index.needs(index.current(TODAY))[1]
    other = make_need(bricoleuses, title="Réparer des objets dans une salle du quartier")
    assert {pair.need_id for pair in match_listing(listing=room, today=TODAY)} == {need.pk, other.pk}
    again = index.needs(index.current(TODAY))[1]
    assert again.blocks[0].texts is held.blocks[0].texts and len(again.blocks) == 2


@pytest.mark.usefixtures("many")
def test_a_new_state_is_read_beside_the_service_and_swapped(room, garden):
    first = index.current(TODAY)
    state = artefacts.refresh_artefact(today=TODAY)
    meanwhile = index.current(TODAY)
    assert meanwhile.artefact is None and meanwhile.matcher.statistics_ is first.matcher.statistics_
    index.current(TODAY)
    assert len(Beside.started) == 1
    Beside.started[0].run()
    assert index.current(TODAY).artefact == state
    late = make_offer(room.organisation, title="Préau pour réparer des objets")
    assert late.pk in {offer.pk for offer, _ in match_text(text=QUESTION, today=TODAY).matches}


@pytest.mark.usefixtures("many")
def test_needs_are_read_beside_too_so_that_nobody_waits_after_the_swap(room, bricoleuses, monkeypatch):
    need = make_need(bricoleuses)
    match_listing(listing=room, today=TODAY)
    artefacts.refresh_artefact(today=TODAY)
    index.current(TODAY)
    Beside.started[0].run()
    at_hand = index.current(TODAY)
    monkeypatch.setattr(index, "_held_by", None)
    assert index.needs(at_hand)[0].keys() == {need.pk}
    assert index.needs(at_hand)[1] is index._needs.held


@pytest.mark.usefixtures("many")
def test_what_drifted_from_what_was_learned_is_read_again(room, monkeypatch):
    monkeypatch.setattr(index, "DRIFT", 0.4)
    first = index.current(TODAY)
    for title in ("Préau", "Verger", "Gymnase"):
        make_offer(room.organisation, title=title)
    assert index.current(TODAY).matcher.statistics_ is first.matcher.statistics_
    Beside.started[0].run()
    assert index.current(TODAY).matcher.statistics_ is not first.matcher.statistics_
    assert len(index.current(TODAY).offers) == 4


@pytest.mark.usefixtures("many")
def test_another_day_needs_no_new_reading(room):
    first = index.current(TODAY)
    tomorrow = index.current(date(2026, 11, 24))
    assert tomorrow.matcher.statistics_ is first.matcher.statistics_
    assert (tomorrow.matcher.today, first.matcher.today) == (date(2026, 11, 24), TODAY)


@pytest.mark.usefixtures("many")
def test_of_many_only_sums_are_asked_and_every_change_is_seen(room, garden, monkeypatch, django_assert_num_queries):
    shelf = shelves.Shelf(Offer, ("resources",), shelves.offer_in_engine)
    monkeypatch.setattr(shelves, "_SOON_READ", 0)
    shelf.listings(TODAY)
    assert set(shelf.listings(TODAY)) == {room.pk, garden.pk}
    with django_assert_num_queries(1):
        before = shelf.listings(TODAY)
    Offer.objects.filter(pk=room.pk).update(title="Piscine", version=room.version + 1)
    edited = shelf.listings(TODAY)
    assert edited[room.pk].title == "Piscine" and edited[garden.pk] is before[garden.pk]
    Offer.objects.filter(pk=garden.pk).update(status="closed")
    assert set(shelf.listings(TODAY)) == {room.pk}
    late = make_offer(room.organisation, title="Préau")
    assert set(shelf.listings(TODAY)) == {room.pk, late.pk}
    room.organisation.save()
    assert shelf.listings(TODAY)[late.pk] is not None
    with django_assert_num_queries(1):
        again = shelf.listings(TODAY)
    Offer.objects.filter(pk=late.pk).update(closes=date(2026, 11, 23))
    assert shelf.listings(date(2026, 11, 24)).keys() == {room.pk} and again.keys() == {room.pk, late.pk}


@pytest.mark.usefixtures("many")
def test_an_old_look_never_shows_a_listing_as_it_was(room, monkeypatch):
    monkeypatch.setattr(shelves, "_SOON_READ", 0)
    monkeypatch.setattr(services, "SECONDS_OLD", 3600.0)
    assert match_text(text=QUESTION, today=TODAY).matches
    Offer.objects.filter(pk=room.pk).update(title="Piscine", text="Un bassin.", version=room.version + 1)
    assert match_text(text=QUESTION, today=TODAY).matches == []
    Offer.objects.filter(pk=room.pk).update(status="closed")
    assert match_text(text="Une piscine et son bassin", today=TODAY).matches == []


def test_points_loaded_while_it_serves_reach_the_matcher_at_once(brest, tmp_path):
    make_offer(brest)
    match_text(text=QUESTION)
    assert not index.current(TODAY).matcher.geography_.is_located
    points = tmp_path / "points.csv"
    points.write_text("code,lon,lat\n29019,-4.5,48.4\n")
    call_command("load_coordinates", str(points))
    assert index.current(TODAY).matcher.geography_.is_located
