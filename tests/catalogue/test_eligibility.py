"""Rule by rule: green, orange, red; what nobody answered is never red, and firm rules alone bar."""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from matching.catalogue.eligibility import (
    DE_MINIMIS_CEILING,
    Answers,
    Finding,
    Light,
    Readiness,
    Rule,
    Verdict,
    answers_of,
    check_eligibility,
    remember_answers,
    rules_of,
    verdict_for,
)
from matching.catalogue.models import Audience, EligibilityAnswers, Offer, RuleKind
from matching.catalogue.past import copy, restore
from matching.catalogue.services import OfferFacts, ResourceFacts, write_offer
from matching.geography import Place
from matching.organisations.models import LegalForm
from matching.organisations.services import NotAllowed
from tests.factories import make_offer

TODAY = date(2026, 6, 15)
quietly = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
BREST, FINISTERE, LILLE = Place("commune", "29019"), Place("departement", "29"), Place("commune", "59350")


def found(rule, today=TODAY, closes=None, **answers):
    (finding,) = check_eligibility([rule], Answers(**answers), today=today, closes=closes).findings
    return finding.light, finding.case


FORMS = Rule(kind=RuleKind.LEGAL_FORM, among=("association", "cooperative"))
IN_BREST = Rule(kind=RuleKind.PERIMETER, place=BREST, place_name="Brest")
YOUNG = Rule(kind=RuleKind.AUDIENCE, among=(Audience.YOUTH, Audience.CHILDREN))
NATURE = Rule(kind=RuleKind.THEME, among=("nature",))
GARDENS = Rule(kind=RuleKind.THEME, among=("nature/jardins",))
BUDGET = Rule(kind=RuleKind.BUDGET, most_cents=500_000)
A_YEAR = Rule(kind=RuleKind.AGE, months=12)
INSURED = Rule(kind=RuleKind.INSURANCE)
COMMITTED = Rule(kind=RuleKind.COMMITMENT)
AID = Rule(kind=RuleKind.DE_MINIMIS)
ALL = (FORMS, IN_BREST, YOUNG, NATURE, BUDGET, A_YEAR, INSURED, COMMITTED, AID)


@pytest.mark.parametrize(
    ("rule", "answers", "expected"),
    [
        (FORMS, {"legal_form": "association"}, (Light.GREEN, "fits")),
        (FORMS, {"legal_form": "informal"}, (Light.RED, "informal")),
        (FORMS, {"legal_form": "informal", "carrier_form": "association"}, (Light.GREEN, "carried")),
        (FORMS, {"legal_form": "informal", "carrier_form": "mutual"}, (Light.RED, "informal")),
        # What carries counts for an informal group alone.
        (FORMS, {"legal_form": "mutual", "carrier_form": "association"}, (Light.RED, "other")),
        (IN_BREST, {"place": BREST}, (Light.GREEN, "fits")),
        (IN_BREST, {"place": FINISTERE}, (Light.ORANGE, "wider")),
        (IN_BREST, {"place": LILLE}, (Light.RED, "apart")),
        (IN_BREST, {"place": Place("commune", "99999")}, (Light.ORANGE, "unknown")),
        (YOUNG, {"audiences": (Audience.YOUTH, Audience.ELDERS)}, (Light.GREEN, "fits")),
        (YOUNG, {"audiences": (Audience.EVERYBODY,)}, (Light.ORANGE, "everybody")),
        (YOUNG, {"audiences": (Audience.ELDERS,)}, (Light.RED, "other")),
        (NATURE, {"themes": ("nature/jardins",)}, (Light.GREEN, "fits")),
        (GARDENS, {"themes": ("nature",)}, (Light.ORANGE, "wider")),
        (GARDENS, {"themes": ("nature/eau",)}, (Light.RED, "other")),
        (BUDGET, {"budget_cents": 500_000}, (Light.GREEN, "fits")),
        (BUDGET, {"budget_cents": 500_001}, (Light.RED, "over")),
        (INSURED, {"insured": Readiness.YES}, (Light.GREEN, "yes")),
        (INSURED, {"insured": Readiness.LATER}, (Light.ORANGE, "later")),
        (COMMITTED, {"committed": Readiness.NO}, (Light.RED, "no")),
        (AID, {"sells": False}, (Light.GREEN, "unconcerned")),
        (AID, {"sells": True}, (Light.ORANGE, "add_up")),
        (AID, {"sells": True, "received_cents": DE_MINIMIS_CEILING - 1}, (Light.GREEN, "fits")),
        (AID, {"sells": True, "received_cents": DE_MINIMIS_CEILING}, (Light.RED, "over")),
    ],
)
def test_what_each_rule_says(rule, answers, expected):
    assert found(rule, **answers) == expected


@pytest.mark.parametrize("rule", ALL, ids=lambda rule: rule.kind)
def test_what_nobody_answered_is_orange_and_bars_nobody(rule):
    verdict = check_eligibility([replace(rule, is_firm=True)], Answers(), today=TODAY)
    assert (verdict.light, verdict.bars) == (Light.ORANGE, False)


@pytest.mark.parametrize(
    ("founded", "closes", "expected"),
    [
        (date(2025, 6, 15), None, (Light.GREEN, "fits")),
        (date(2025, 6, 16), None, (Light.RED, "young")),
        (date(2025, 6, 16), date(2026, 6, 16), (Light.ORANGE, "soon")),
        (date(2025, 6, 16), date(2026, 6, 15), (Light.RED, "young")),
    ],
)
def test_a_collective_grows_older(founded, closes, expected):
    assert found(A_YEAR, founded=founded, closes=closes) == expected


def test_a_month_without_such_a_day_ends_on_its_last():
    one_month = Rule(kind=RuleKind.AGE, months=1)
    assert found(one_month, today=date(2026, 2, 28), founded=date(2026, 1, 31)) == (Light.GREEN, "fits")
    assert found(one_month, today=date(2026, 2, 27), founded=date(2026, 1, 31)) == (Light.RED, "young")


@quietly
@given(st.lists(st.tuples(st.sampled_from(Light), st.booleans()), max_size=9))
def test_the_worst_light_counts_and_only_a_firm_red_bars(lights):
    verdict = Verdict(tuple(Finding("age", light, "fits", {}, firm) for light, firm in lights))
    assert verdict.bars == ((Light.RED, True) in lights)
    worst = max((light for light, _firm in lights), key=["green", "orange", "red"].index, default=Light.GREEN)
    assert verdict.light == worst


@quietly
@given(
    st.builds(
        Answers,
        legal_form=st.sampled_from(["", *LegalForm.values]),
        place=st.sampled_from([None, BREST, LILLE]),
        themes=st.lists(st.sampled_from(["nature", "nature/eau", "other"])).map(tuple),
        budget_cents=st.none() | st.integers(0, 10**12),
        founded=st.none() | st.dates(date(1900, 1, 1), date(2200, 1, 1)),
        insured=st.sampled_from(["", *Readiness]),
        sells=st.none() | st.booleans(),
        received_cents=st.none() | st.integers(0, 10**12),
    )
)
def test_answers_and_rules_come_back_from_plain_values(answers):
    assert Answers.from_plain(answers.as_plain()) == answers
    again = [Rule.from_plain(rule.as_plain()) for rule in ALL]
    assert again == list(ALL)
    first = check_eligibility(ALL, answers, today=TODAY)
    assert check_eligibility(again, answers, today=TODAY) == first and len(first.findings) == len(ALL)


@pytest.mark.django_db
class TestStored:
    """Rules of a stored offer, and what a collective answers."""

    def rules(self):
        return [Rule(kind=RuleKind.AGE, months=6, is_firm=True), Rule(kind=RuleKind.PERIMETER, is_firm=True)]

    def test_forms_and_territory_are_those_of_the_offer(self, brest):
        offer = make_offer(brest, legal_forms=["association"], eligibility=self.rules())
        forms, place, age = rules_of(offer)
        assert (forms.kind, forms.among, forms.is_firm) == ("legal_form", ("association",), False)
        assert (place.place, place.is_firm) == (BREST, True)
        assert (age.months, age.is_firm) == (6, True)

    def test_a_copy_and_an_earlier_version_bring_them_along(self, brest, bob):
        offer = make_offer(brest, eligibility=self.rules())
        before, record = rules_of(offer), offer.history.latest("history_date", "history_id")
        assert rules_of(copy(listing=offer, organisation=brest, person=bob, title="Copie")) == before
        told = OfferFacts(title="Salle", resources=[ResourceFacts(kind="place")], perimeter=brest.territory)
        write_offer(organisation=brest, facts=told, person=bob, offer=offer)
        assert rules_of(Offer.objects.get(pk=offer.pk)) == before
        write_offer(organisation=brest, facts=replace(told, eligibility=[]), person=bob, offer=offer)
        assert [rule.kind for rule in rules_of(Offer.objects.get(pk=offer.pk))] == ["perimeter"]
        restore(listing=offer, record=record, person=bob)
        assert rules_of(Offer.objects.get(pk=offer.pk)) == before

    def test_what_is_the_collective_s_own_serves_for_the_next_offer(self, brest, bricoleuses, alice):
        first, second = make_offer(brest, eligibility=self.rules()), make_offer(brest, title="Une autre")
        said = Answers(founded=date(2020, 1, 1), budget_cents=100, insured=Readiness.YES, themes=("nature",))
        remember_answers(organisation=bricoleuses, offer=first, person=alice, answers=said)
        again, elsewhere = answers_of(bricoleuses, first), answers_of(bricoleuses, second)
        assert (again.budget_cents, again.themes, again.founded) == (100, ("nature",), date(2020, 1, 1))
        assert (elsewhere.budget_cents, elsewhere.themes) == (None, ())
        assert (elsewhere.founded, elsewhere.insured) == (date(2020, 1, 1), "yes")
        # Its form and its place are those of its page, whatever it tried out.
        assert (again.legal_form, again.place) == ("informal", BREST)

    def test_nobody_answers_for_others(self, brest, bricoleuses, bob):
        with pytest.raises(NotAllowed):
            remember_answers(organisation=bricoleuses, offer=make_offer(brest), person=bob, answers=Answers())
        assert not EligibilityAnswers.objects.exists()

    def test_a_verdict_costs_the_same_whatever_the_rules(self, brest, bricoleuses, django_assert_num_queries):
        rules = [*self.rules(), INSURED, COMMITTED, AID, NATURE, BUDGET]
        offers = [make_offer(brest, legal_forms=["association"], eligibility=told) for told in (rules[:1], rules)]
        bricoleuses.refresh_from_db()
        verdicts = []
        for offer in Offer.objects.filter(pk__in=[one.pk for one in offers]).select_related("perimeter").order_by("pk"):
            assert bricoleuses.territory
            with django_assert_num_queries(2):
                verdicts.append(verdict_for(bricoleuses, offer, TODAY))
        assert [len(verdict.findings) for verdict in verdicts] == [3, 8]
