"""What is scarce stands a little lower in the lists of needs, and what nobody sees a little higher; no score moves."""

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.utils import timezone

from matching.catalogue.models import Offer
from matching.engine.exposure import FLOOR, SHARE
from matching.screens.proposals import open_suggestions
from matching.suggestions.models import Impression, Scarcity, Suggestion
from matching.suggestions.scarcity import SHORT_LIST, weigh_scarcity
from matching.suggestions.services import dismiss, match_listing
from tasks import jobs
from tasks.schedules import TABLE
from tests.factories import make_need, make_offer
from tests.screens.conftest import signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def propose():
    """A suggestion of this score, as if the matcher had made it."""

    def make(need, offer, score):
        return Suggestion.objects.create(
            need=need,
            offer=offer,
            score=score,
            parts={"words": score},
            matcher_version="1/base",
            computed_at=timezone.now(),
        )

    return make


@pytest.fixture
def market(brest, bricoleuses, propose):
    """Two needs that a room would serve, which holds one at a time; one of them has another room nearly as good."""
    wanted, other = make_offer(brest, title="Salle que tous veulent"), make_offer(brest, title="Autre salle")
    here, there = make_need(bricoleuses, title="Ici"), make_need(bricoleuses, title="Là")
    propose(here, wanted, 0.50)
    propose(there, wanted, 0.50)
    propose(here, other, 0.45)
    return {"wanted": wanted, "other": other, "here": here, "there": there}


def listed(need, side="need"):
    return [getattr(row, "offer" if side == "need" else "need") for row in open_suggestions(side, pk=need.pk)]


def test_an_offer_that_many_fit_pays_a_share_of_its_price(market):
    assert listed(market["here"]) == [market["wanted"], market["other"]]
    assert weigh_scarcity() == 1
    row = Scarcity.objects.get()
    # One more room would let « Là » be served at .50 rather than one of them going to .45 or to nobody.
    assert row.offer == market["wanted"]
    assert row.taken_off == pytest.approx(SHARE * row.price)
    assert row.taken_off > 0.05
    assert listed(market["here"]) == [market["other"], market["wanted"]]
    assert listed(market["there"]) == [market["wanted"]], "nobody is refused"


def test_scores_parts_and_officers_lists_do_not_move(market, propose, brest):
    before = list(Suggestion.objects.order_by("pk").values("score", "parts", "need_reasons", "propensity"))
    first = listed(market["wanted"], "offer")
    weigh_scarcity()
    assert list(Suggestion.objects.order_by("pk").values("score", "parts", "need_reasons", "propensity")) == before
    assert listed(market["wanted"], "offer") == first


def test_without_prices_lists_are_by_score(market):
    weigh_scarcity()
    Scarcity.objects.all().delete()
    assert listed(market["here"]) == [market["wanted"], market["other"]]


@pytest.mark.parametrize("nonsense", [float("nan"), float("inf"), -1.0, 1e9])
def test_a_price_that_is_no_price_is_never_kept(market, nonsense):
    with pytest.raises(DatabaseError), transaction.atomic():
        Scarcity.objects.create(offer=market["wanted"], price=nonsense, taken_off=nonsense, computed_at=timezone.now())
    with pytest.raises(IntegrityError), transaction.atomic():
        Suggestion.objects.update(need_lift=nonsense)
    assert listed(market["here"]) == [market["wanted"], market["other"]]


def test_a_night_that_fails_leaves_the_prices_of_the_night_before(market, monkeypatch):
    weigh_scarcity()
    before = list(Scarcity.objects.values())

    def fail(*_args, **_options):
        raise ArithmeticError

    monkeypatch.setattr("matching.engine.exposure.prices", fail)
    with pytest.raises(ArithmeticError):
        weigh_scarcity()
    assert list(Scarcity.objects.values()) == before


def test_what_is_no_longer_scarce_costs_nothing(market, alice):
    weigh_scarcity()
    taken = Suggestion.objects.get(need=market["there"])
    dismiss(suggestion=taken, side="need", person=alice, reason="place")
    assert weigh_scarcity() == 0
    assert listed(market["here"]) == [market["wanted"], market["other"]]


def test_only_places_run_out_and_each_place_counts(market):
    market["wanted"].resources.create(kind="place", subkind="room")
    assert weigh_scarcity() == 0
    market["wanted"].resources.filter(subkind="room").last().delete()
    assert weigh_scarcity() == 1
    market["wanted"].resources.update(kind="data")
    assert weigh_scarcity() == 0


@pytest.fixture
def crowd(brest, bricoleuses, propose):
    """More needs than anything runs out for, each with the same offers before one newcomer. Offers of data: no end."""
    offers = [make_offer(brest, title=f"Données {number}") for number in range(SHORT_LIST + 1)]
    for offer in offers:
        offer.resources.update(kind="data")
    needs = [make_need(bricoleuses, title=f"Besoin {number}") for number in range(2 * FLOOR)]
    for need in needs:
        for number, offer in enumerate(offers):
            propose(need, offer, 0.5 - 0.01 * number)
    return needs, offers


def short_lists_with(offer, needs):
    return sum(offer in listed(need)[:SHORT_LIST] for need in needs)


def test_a_newcomer_is_shown_as_often_as_the_floor(crowd):
    needs, offers = crowd
    assert short_lists_with(offers[-1], needs) == 0
    weigh_scarcity()
    assert short_lists_with(offers[-1], needs) == FLOOR
    assert all(listed(need)[0] == offers[0] for need in needs), "the best stays first"
    assert all(len(listed(need)) == len(offers) for need in needs), "nothing leaves a list"
    weigh_scarcity()
    assert short_lists_with(offers[-1], needs) == FLOOR


def test_what_was_seen_already_is_no_newcomer(crowd):
    needs, offers = crowd
    weigh_scarcity()
    Impression.objects.bulk_create(
        Impression(
            need=need, offer=offers[-1], side="need", day=timezone.localdate(), at=timezone.now(), rank=1, propensity=1
        )
        for need in needs[:FLOOR]
    )
    weigh_scarcity()
    assert short_lists_with(offers[-1], needs) == 0
    assert not Suggestion.objects.filter(need_lift__gt=0).exists()


def test_needs_that_no_officer_has_seen_are_lifted_too(brest, bricoleuses, propose):
    needs = [make_need(bricoleuses, title=f"Besoin {number}") for number in range(SHORT_LIST + 1)]
    for offer in [make_offer(brest, title=f"Salle {number}") for number in range(2 * FLOOR)]:
        for number, need in enumerate(needs):
            propose(need, offer, 0.5 - 0.01 * number)
    weigh_scarcity()
    assert sum(needs[-1] in listed(offer, "offer")[:SHORT_LIST] for offer in Offer.objects.all()) == FLOOR


def test_what_left_the_lists_weighs_nothing(market):
    market["there"].wants_suggestions = False
    market["there"].save()
    assert weigh_scarcity() == 0


def test_the_desk_costs_the_same_and_shows_no_number(market, alice, bricoleuses):
    client = signed_in(alice)
    address = f"/bureau/{bricoleuses.slug}/besoins/{market['here'].uuid}/"
    assert client.get(address).status_code == 200
    with CountedQueries() as plain:
        client.get(address)
    weigh_scarcity()
    with CountedQueries() as priced:
        page = client.get(address).content.decode()
    assert priced.count == plain.count
    assert page.index("Autre salle") < page.index("Salle que tous veulent")


class CountedQueries:
    """How many questions were asked inside."""

    def __enter__(self):
        self.count = 0
        self._wrapper = connection.execute_wrapper(self._ask)
        self._wrapper.__enter__()
        return self

    def __exit__(self, *told):
        self._wrapper.__exit__(*told)

    def _ask(self, execute, *args):
        self.count += 1
        return execute(*args)


def test_it_is_done_every_night():
    assert "weigh_scarcity" in {recurring.job for recurring in TABLE}
    assert jobs.JOBS["weigh_scarcity"](0) == 0


def test_a_new_match_leaves_the_lift_until_the_next_night(pair, repair):
    Suggestion.objects.update(need_lift=0.25)
    match_listing(listing=repair)
    pair.refresh_from_db()
    assert pair.need_lift == 0.25
    weigh_scarcity()
    pair.refresh_from_db()
    assert pair.need_lift == 0
