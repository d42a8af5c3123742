"""Conditions to apply: composed on the form, checked by a group in a minute, read by both sides, counted beforehand."""

from datetime import date
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from matching.catalogue.eligibility import Answers, Rule, answers_of, remember_answers, rules_of, written_rules
from matching.catalogue.models import EligibilityAnswers, Offer, RuleKind, Theme
from matching.catalogue.services import OfferFacts, ResourceFacts
from matching.organisations.models import COLLECTIVE_FORMS
from matching.partnerships import applications
from matching.partnerships.applications import ApplicationFacts
from matching.partnerships.moves import ImpossibleMove
from matching.partnerships.snapshots import snapshot
from matching.screens.applications.sheets import sheet_of
from matching.screens.changes import changes_of
from matching.suggestions.mirror import mirror_of
from tests.factories import make_need, make_offer
from tests.screens.conftest import signed_in

pytestmark = pytest.mark.django_db

FIRM_AGE = Rule(kind=RuleKind.AGE, months=12, is_firm=True)
RULES = (FIRM_AGE, Rule(kind=RuleKind.INSURANCE), Rule(kind=RuleKind.COMMITMENT))


@pytest.fixture
def nature(db):
    return Theme.objects.create(slug="nature", name_fr="Nature", name_en="Nature", position=1)


@pytest.fixture
def call(brest, bob):
    """An offer with conditions, one of them firm."""
    return make_offer(brest, person=bob, legal_forms=["association", "informal"], eligibility=RULES)


def plain(answer):
    """What a page says, whatever spaces it holds together with."""
    return answer.text.replace("\u00a0", " ").replace("\u202f", " ")


def sent(**changes):
    return {
        "form_key": str(uuid4()),
        "title": "Fonds de quartier",
        "text": "Une aide pour les fêtes de rue.",
        "territory": "Brest (Finistère)",
        "perimeter": "Brest (Finistère)",
        "legal_forms": [form.value for form in COLLECTIVE_FORMS],
        "provides": "L’argent.",
        "action": "publish",
        **changes,
    }


def post_offer(bob, brest, **changes):
    return signed_in(bob).post(reverse("offer_new", args=[brest.slug, "funding"]), sent(**changes))


def test_an_officer_composes_conditions_without_code(brest, bob, nature):
    page = plain(signed_in(bob).get(reverse("offer_new", args=[brest.slug, "funding"])))
    assert "Sans quelles conditions le dépôt est-il impossible" in page
    answer = post_offer(
        bob,
        brest,
        rule_theme=["nature"],
        rule_budget="5 000 €",
        rule_age="12 mois",
        rule_insurance="on",
        rule_firm=["age", "perimeter"],
    )
    assert answer.status_code == 302
    rules = written_rules(Offer.objects.get())
    assert [(rule.kind, rule.is_firm) for rule in rules] == [
        ("perimeter", True),
        ("theme", False),
        ("budget", False),
        ("age", True),
        ("insurance", False),
    ]
    assert (rules[1].among, rules[2].most_cents, rules[3].months) == (("nature",), 500_000, 12)


def test_what_is_typed_stands_there_again_and_its_past_tells(brest, bob, nature):
    post_offer(bob, brest, rule_age="12", rule_commitment="on")
    offer = Offer.objects.get()
    edit = reverse("offer_edit", args=[brest.slug, offer.uuid])
    page = plain(signed_in(bob).get(edit))
    assert 'name="rule_age" value="12"' in page
    changed = sent(rule_age="24", version=offer.version, form_key=str(offer.uuid))
    assert signed_in(bob).post(edit, changed).status_code == 302
    offer.refresh_from_db()
    told = [field for change in changes_of(offer, offer.history.order_by("-history_id")) for field in change.fields]
    (conditions,) = [field for field in told if field.label == "Conditions pour candidater"]
    pieces = " ".join(piece.text for piece in conditions.pieces) or f"{conditions.before} {conditions.after}"
    assert "2 ans" in pieces and "1 an" in pieces


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("rule_budget", "beaucoup", "Écrivez un montant en euros"),
        ("rule_age", "-3", "Ce nombre ne peut pas être négatif"),
        ("rule_age", "9999", "Ce nombre est trop grand"),
        ("rule_firm", ["insurance"], "Vous exigez une condition que l’offre ne pose pas : assurance."),
        ("rule_theme", ["licorne"], "licorne"),
    ],
)
def test_what_does_not_hold_is_said_and_nothing_is_lost(brest, bob, nature, field, value, sentence):
    answer = post_offer(bob, brest, **{"rule_budget": "1234", field: value})
    assert answer.status_code == 200
    assert sentence in plain(answer) and "Fonds de quartier" in plain(answer)
    assert not Offer.objects.exists()


def test_the_offer_says_its_conditions_and_leads_to_the_check(call, client):
    page = plain(client.get(reverse("public:offer", args=[call.uuid, call.slug])))
    assert "Exister depuis 1 an au moins (exigé pour déposer)" in page
    assert reverse("public:check", args=[call.uuid]) in page


def check(client, offer, **answers):
    return client.post(reverse("public:check", args=[offer.uuid]), answers)


def test_a_stranger_checks_in_a_minute_and_nothing_is_kept(call, client):
    address = reverse("public:check", args=[call.uuid])
    page = plain(client.get(address))
    assert "Rien n’est enregistré" in page and "Votre situation" not in page
    page = plain(check(client, call, legal_form="informal", founded="2020-01-01", insured="later"))
    assert "Rien ne s’y oppose" in page
    assert "Une assurance sera demandée avant de commencer." in page
    assert not EligibilityAnswers.objects.exists()
    assert "sessionid" not in client.cookies


def test_red_says_what_would_change_it_and_what_happens(call, client, brest):
    young = f"{date.today():%Y-%m-%d}"
    page = plain(check(client, call, legal_form="association", founded=young, insured="no"))
    assert "exigée, non remplie" in page and "la collectivité n’accepte pas de dépôt" in page
    assert "Ce qui changerait la réponse" in page
    soft = make_offer(brest, title="Sans exigence", eligibility=[Rule(kind=RuleKind.AGE, months=12)])
    page = plain(check(client, soft, founded=young))
    assert "Vous pouvez candidater : la collectivité en jugera" in page


def test_an_answer_that_cannot_be_read_comes_back_with_a_sentence(call, client):
    answer = check(client, call, founded="31/02/2020", insured="yes")
    assert answer.status_code == 200
    assert "Cette date n’existe pas" in plain(answer) and "31/02/2020" in plain(answer)
    assert "Votre situation" not in plain(answer)


def test_a_signed_in_collective_finds_its_answers_again(call, bricoleuses, alice):
    client = signed_in(alice)
    page = plain(client.get(reverse("public:check", args=[call.uuid])))
    assert "Votre situation" in page and "Votre forme est acceptée : collectif informel." in page
    check(client, call, legal_form="informal", founded="2020-01-01", insured="yes", committed="yes")
    assert answers_of(bricoleuses, call).insured == "yes"
    page = plain(client.get(reverse("public:check", args=[call.uuid])))
    assert "Vous êtes assurés" in page and 'value="2020-01-01"' in page


def test_an_officer_checks_like_anybody_else(call, bob):
    assert "Rien n’est enregistré" in plain(signed_in(bob).get(reverse("public:check", args=[call.uuid])))
    assert check(signed_in(bob), call, insured="yes").status_code == 200
    assert not EligibilityAnswers.objects.exists()


def begun(call, bricoleuses, alice):
    facts = ApplicationFacts(title="Ateliers", purpose="Réparer")
    return applications.begin(offer=call, applicant=bricoleuses, person=alice, facts=facts, form_key=uuid4())


def test_applying_begins_with_the_conditions(call, bricoleuses, alice):
    page = plain(signed_in(alice).get(reverse("apply", args=[call.uuid])))
    assert "Les conditions de cette offre" in page and "Il faut exister depuis 1 an." in page
    assert "Votre forme est acceptée" not in page


def test_only_a_firm_red_bars_the_filing(call, bricoleuses, alice):
    application = begun(call, bricoleuses, alice)
    young = Answers(founded=date.today(), insured="no")
    remember_answers(organisation=bricoleuses, offer=call, person=alice, answers=young)
    with pytest.raises(ImpossibleMove, match="ancienneté"):
        applications.file(application=application, person=alice, filed={})
    older = Answers(founded=date(2020, 1, 1), insured="no")
    remember_answers(organisation=bricoleuses, offer=call, person=alice, answers=older)
    assert applications.file(application=application, person=alice, filed={}).state == "filed"


def test_whoever_has_not_answered_may_file(call, bricoleuses, alice):
    application = begun(call, bricoleuses, alice)
    assert applications.file(application=application, person=alice, filed={}).state == "filed"


def test_the_officer_reads_which_conditions_are_met_and_no_answer(call, bricoleuses, alice):
    remember_answers(
        organisation=bricoleuses, offer=call, person=alice, answers=Answers(founded=date(2019, 4, 7), insured="no")
    )
    filed = snapshot(begun(call, bricoleuses, alice))
    (part,) = [part for part in sheet_of(filed) if part.title.startswith("Conditions")]
    assert ("Avoir une assurance de responsabilité civile", "non remplie") in part.answers
    assert "2019" not in str(filed["conditions"])


def test_a_discreet_collective_does_not_tell_where_it_is(call, bricoleuses, alice):
    bricoleuses.discretion = "departement"
    bricoleuses.save()
    kinds = [each["rule"]["kind"] for each in snapshot(begun(call, bricoleuses, alice))["conditions"]]
    assert "legal_form" in kinds and "perimeter" not in kinds


# The mirror, before publishing


def told(brest, *rules):
    return OfferFacts(
        title="Une salle pour réparer des objets",
        text="Une salle pour réparer des objets avec les habitants, le samedi.",
        resources=[ResourceFacts(kind="place", capacity=60)],
        territory=brest.territory,
        eligibility=rules,
    )


def test_the_mirror_counts_the_rules_too(brest, bricoleuses, nature):
    other = Theme.objects.create(slug="culture", name_fr="Culture", name_en="Culture", position=2)
    gardens = make_need(bricoleuses, themes=[nature])
    for number in range(3):
        make_need(bricoleuses, title=f"Une salle pour réparer {number}", themes=[other])
    everybody = mirror_of(facts=told(brest), organisation=brest)
    assert (everybody.count, everybody.barrier) == (4, None)
    rule = Rule(kind=RuleKind.THEME, among=("nature",))
    narrow = mirror_of(facts=told(brest, rule, *RULES), organisation=brest)
    assert [need for need, _reasons in narrow.waiting] == [gardens]
    assert (narrow.count, narrow.barrier.count, narrow.barrier.refusal["code"]) == (1, 3, "refused.rule_theme")
    assert narrow.asked_of_each == ["age", "insurance", "commitment"]


def test_the_mirror_is_shown_beside_the_form(brest, bob, bricoleuses, nature):
    other = Theme.objects.create(slug="culture", name_fr="Culture", name_en="Culture", position=2)
    make_need(bricoleuses, themes=[other])
    typed = sent(action="look", rule_theme=["nature"], rule_insurance="on")
    typed |= {"title": "Une salle pour réparer des objets", "text": "Réparer des objets avec les habitants."}
    page = plain(signed_in(bob).post(reverse("offer_new", args=[brest.slug, "place"]), typed))
    assert "Votre offre est réservée à d’autres thèmes que les siens." in page
    assert "À chaque collectif de répondre, avant de candidater : assurance." in page


def test_pages_cost_the_same_with_all_rules(call, brest, bricoleuses, alice):
    every = [Rule(kind=kind, months=1, most_cents=1, among=()) for kind in RuleKind.values]
    full = make_offer(brest, title="Tout", eligibility=every)
    client = signed_in(alice)
    for name in ("public:check", "apply"):
        counts = []
        for offer in (call, full):
            client.get(reverse(name, args=[offer.uuid]))
            with CaptureQueriesContext(connection) as queries:
                assert client.get(reverse(name, args=[offer.uuid])).status_code == 200
            counts.append(len(queries))
        assert counts[0] == counts[1], (name, counts)
    assert rules_of(full)[0].kind == RuleKind.PERIMETER
