"""What a passer-by types on the home page."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from matching.catalogue.services import ResourceFacts
from matching.suggestions.models import Suggestion
from matching.suggestions.services import match_text
from tests.factories import make_offer

pytestmark = pytest.mark.django_db

QUESTION = "Une salle pour réparer des objets le samedi"


def test_offers_that_fit_come_with_their_reasons_and_nothing_is_written(room, garden):
    found = match_text(text=QUESTION)
    ((offer, match),) = found.matches
    assert offer == room
    assert str(match.reasons[0])
    assert not Suggestion.objects.exists()


def test_territory_people_and_kinds_count(room, territories):
    assert not match_text(text=QUESTION, capacity=400).matches
    assert not match_text(text=QUESTION, kinds=["data"]).matches
    assert not match_text(text=QUESTION, territory=territories["commune", "46042"]).matches
    assert match_text(text=QUESTION, territory=territories["commune", "29019"], capacity=20).matches


def test_a_room_far_away_comes_after_the_one_that_is_near(room, brest, territories):
    same = "Une salle pour réparer des objets le samedi"
    far = make_offer(brest, title=same, text=same, territory=territories["commune", "59512"], perimeter=None)
    assert [offer for offer, _ in match_text(text=QUESTION).matches] == [far, room]
    in_brest = match_text(text=QUESTION, territory=territories["commune", "29019"])
    assert [offer for offer, _ in in_brest.matches] == [room, far]


def test_what_is_nearly_a_match_says_what_refused_it(room, territories):
    ((offer, refusals),) = match_text(text=QUESTION, capacity=400).near
    assert offer == room
    assert [refusal.gate for refusal in refusals] == ["capacity"]
    assert str(refusals[0]) and str(refusals[0].mend)


@pytest.mark.parametrize(
    "text",
    ["", "   ", "\x00", "le la les", "verger", "x" * 100_000, "réparer " * 12_500, "🜁 \u202e\u200b ﷽", "<script>"],
)
def test_any_text_gets_an_answer(room, text):
    assert {offer for offer, _ in match_text(text=text).matches} <= {room}


def test_a_long_text_is_answered_by_its_beginning(room):
    assert match_text(text=f"{QUESTION} {'x ' * 60_000}").matches


def test_only_what_is_published_is_found(brest):
    make_offer(brest, published=False)
    assert not match_text(text=QUESTION).matches


def test_an_edit_is_found_at_once(room):
    assert not match_text(text="un verger de pommiers").matches
    make_offer(room.organisation, title="Verger", text="Un verger de pommiers.")
    assert match_text(text="un verger de pommiers").matches


def test_the_number_of_queries_does_not_grow_with_the_catalogue(brest):
    counts = []
    for number in (1, 6):
        for each in range(number):
            make_offer(
                brest,
                title=f"Salle de réparation {number} {each}",
                resource=ResourceFacts(kind="place", capacity=50 + each),
            )
        match_text(text=QUESTION)
        with CaptureQueriesContext(connection) as queries:
            found = match_text(text=QUESTION)
        counts.append(len(queries))
    assert len(found.matches) == 7
    assert counts[0] == counts[1]


# Nothing is said but what, where and how many


@pytest.fixture
def land(brest):
    """A place that is no room."""
    facts = ResourceFacts(kind="place", capacity=40)
    return make_offer(brest, title="Parcelles à cultiver", text="Vingt pommiers.", resource=facts)


@pytest.fixture
def registers(brest):
    """Another kind."""
    return make_offer(brest, title="Registres", text="Des registres.", resource=ResourceFacts(kind="data"))


def test_a_kind_and_a_territory_are_enough(room, land, registers, territories):
    found = match_text(
        text="Un lieu à Brest", place_said=(10, 15), territory=territories["commune", "29019"], kinds=["place"]
    )
    assert found.without_subject
    assert {offer for offer, _ in found.matches} == {room, land}
    for _, match in found.matches:
        assert "territory.same" in {reason.code for reason in match.reasons}
        assert "need_perimeter" not in {reason.code for reason in match.reasons}


def test_a_territory_alone_is_enough(room, land, registers, territories):
    found = match_text(text="brest", place_said=(0, 5), territory=territories["commune", "29019"])
    assert {offer for offer, _ in found.matches} == {room, land, registers}


def test_a_room_is_asked_for_not_land(room, land, territories):
    found = match_text(text="une salle", territory=territories["commune", "29019"], kinds=["place"])
    assert [offer for offer, _ in found.matches] == [room]
    found = match_text(text="un terrain", territory=territories["commune", "29019"], kinds=["place"])
    assert [offer for offer, _ in found.matches] == [land]


def test_too_many_people_give_near_misses_by_name(room, land, registers, territories):
    found = match_text(
        text="une salle de 400 personnes", territory=territories["commune", "29019"], kinds=["place"], capacity=400
    )
    assert not found.matches
    ((offer, refusals),) = found.near
    assert offer == room
    assert [refusal.gate for refusal in refusals] == ["capacity"]


def test_a_place_far_away_is_a_near_miss(brest, territories):
    far = make_offer(brest, perimeter=None)
    found = match_text(text="un lieu", territory=territories["commune", "46042"], kinds=["place"])
    assert not found.matches
    ((offer, refusals),) = found.near
    assert offer == far
    assert "need_perimeter" in {refusal.gate for refusal in refusals}


def test_a_subject_still_comes_first(room, land, territories):
    found = match_text(text=QUESTION, territory=territories["commune", "29019"], kinds=["place"])
    assert not found.without_subject
    assert [offer for offer, _ in found.matches] == [room]
