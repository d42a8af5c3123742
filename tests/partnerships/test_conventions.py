"""A convention is filled in, rewritten in versions that never change, and validated by all in the same version."""

from datetime import date, timedelta
from uuid import uuid4

import pytest
from django.utils.timezone import localdate

from matching import events
from matching.catalogue.rights import Bundle, rights_of
from matching.organisations.models import LegalForm
from matching.organisations.services import NotAllowed
from matching.partnerships import applications, conventions
from matching.partnerships.conventions import Overtaken, Promise, Unfit, latest_of, prefill, validate, write_version
from matching.partnerships.models import ConventionVersion, Form, PartnershipStep, Written
from matching.partnerships.moves import ImpossibleMove
from tests.factories import make_offer
from tests.partnerships.making import draft_of, prepared, signed

pytestmark = pytest.mark.django_db


@pytest.fixture
def offer(brest):
    return make_offer(brest)


@pytest.fixture
def partnership(offer, bricoleuses, alice, bob):
    return prepared(offer, bricoleuses, member=alice, officer=bob, granted_cents=100_000)


def rewrite(partnership, person, side, *, key=None, **changes):
    version = latest_of(partnership)
    return write_version(
        partnership=partnership,
        organisation=side,
        person=person,
        draft=draft_of(version, **changes),
        form_key=key or uuid4(),
        based_on=version.number,
    )


def test_the_decision_fills_in_the_first_version_from_what_both_sides_wrote(partnership, brest, bricoleuses):
    version = latest_of(partnership)
    texts = {row["key"]: row["text"] for row in version.clauses}
    assert (version.number, version.form, version.granted_cents) == (1, Form.PACT, 100_000)
    assert "Réparer ensemble." in texts["purpose"]
    assert "110\u00a0m²" in texts["designation"]
    # What the offer does not say is left out, never a hole.
    assert "{" not in "".join(texts.values()) and "Adresse" not in texts["designation"]
    assert [row["name"] for row in version.parties] == [brest.name, bricoleuses.name]
    assert {row["bearer"] for row in version.commitments} == {"authority", "collective"}
    assert Bundle.from_plain(version.rights) == rights_of(partnership.offer)
    assert version.starts <= version.review_on <= version.ends


def test_what_a_fact_says_is_never_read_as_a_name(offer, bricoleuses, alice, bob):
    partnership = prepared(offer, bricoleuses, member=alice, officer=bob, purpose="Dire {authority} et {url}.")
    purpose = latest_of(partnership).clauses[0]["text"]
    assert "Dire {authority} et {url}." in purpose


def test_a_place_has_its_minimum_clauses_in_a_convention(partnership, alice, bricoleuses):
    version = rewrite(
        partnership,
        alice,
        bricoleuses,
        form=Form.CONVENTION,
        clauses=conventions.library_texts(partnership, Form.CONVENTION),
    )
    keys = {row["key"] for row in version.clauses}
    assert keys >= {
        "nature", "designation", "destination", "duration", "inventory", "charges", "upkeep", "safety",
        "insurance_place", "keys", "sublet", "liability", "ending", "public_interest", "usage_report", "return",
    }  # fmt: skip


def test_a_version_never_changes(partnership):
    version = latest_of(partnership)
    version.note = "Autre chose"
    with pytest.raises(Written):
        version.save()


def test_all_parties_validate_the_same_version_and_the_last_signs(partnership, brest, bricoleuses, alice, bob):
    heard = []
    events.partnership_changed.connect(lambda what, **_kw: heard.append(what), weak=False, dispatch_uid="heard")
    try:
        signed(partnership, member=alice, officer=bob)
    finally:
        events.partnership_changed.disconnect(dispatch_uid="heard")
    assert (partnership.state, partnership.signed_on) == ("active", localdate())
    assert heard == ["act", "validated", "validated", "signed"]
    assert [step.what for step in PartnershipStep.objects.all()] == heard
    assert latest_of(partnership).is_signed
    assert partnership.commitments.count() == 2
    # Once more changes nothing.
    validate(partnership=partnership, organisation=brest, person=bob, number=1)
    assert PartnershipStep.objects.count() == 4


def test_a_new_version_voids_what_was_validated(partnership, brest, bricoleuses, alice, bob):
    validate(partnership=partnership, organisation=bricoleuses, person=alice, number=1)
    conventions.give_act(partnership=partnership, person=bob, reference="2026-1", on=localdate())
    rewrite(partnership, bob, brest)
    with pytest.raises(Overtaken) as overtaken:
        validate(partnership=partnership, organisation=brest, person=bob, number=1)
    assert overtaken.value.latest.number == 2
    validate(partnership=partnership, organisation=brest, person=bob, number=2)
    partnership.refresh_from_db()
    assert partnership.state == "preparing"


def test_the_authority_validates_after_its_act(partnership, brest, bob):
    with pytest.raises(Unfit, match="acte"):
        validate(partnership=partnership, organisation=brest, person=bob, number=1)
    with pytest.raises(Unfit, match="venir"):
        conventions.give_act(partnership=partnership, person=bob, reference="1", on=localdate() + timedelta(days=1))


@pytest.mark.parametrize("form", [LegalForm.ASSOCIATION, LegalForm.FOUNDATION])
def test_an_association_says_when_it_subscribed_before_an_award(partnership, bricoleuses, alice, form):
    type(bricoleuses).objects.filter(pk=bricoleuses.pk).update(legal_form=form)
    with pytest.raises(Unfit, match="engagement républicain"):
        validate(partnership=partnership, organisation=bricoleuses, person=alice, number=1)
    for day, part in ((date(2021, 12, 31), "2022"), (localdate() + timedelta(days=1), "venir")):
        with pytest.raises(Unfit, match=part):
            conventions.give_engagement(partnership=partnership, organisation=bricoleuses, person=alice, on=day)
    conventions.give_engagement(partnership=partnership, organisation=bricoleuses, person=alice, on=date(2024, 5, 2))
    validate(partnership=partnership, organisation=bricoleuses, person=alice, number=1)


def test_a_cooperative_or_a_gift_of_nothing_needs_no_such_date(offer, bricoleuses, alice, bob):
    type(bricoleuses).objects.filter(pk=bricoleuses.pk).update(legal_form=LegalForm.ASSOCIATION)
    partnership = prepared(offer, bricoleuses, member=alice, officer=bob)
    assert validate(partnership=partnership, organisation=bricoleuses, person=alice, number=1)


def test_the_same_form_writes_one_version(partnership, alice, bricoleuses):
    key = uuid4()
    first = rewrite(partnership, alice, bricoleuses, key=key)
    version = write_version(
        partnership=partnership,
        organisation=bricoleuses,
        person=alice,
        draft=draft_of(first),
        form_key=key,
        based_on=1,
    )
    assert version == first and ConventionVersion.objects.count() == 2


def test_who_writes_over_a_version_they_have_not_seen_is_told(partnership, alice, bob, brest, bricoleuses):
    rewrite(partnership, bob, brest)
    with pytest.raises(Overtaken):
        write_version(
            partnership=partnership,
            organisation=bricoleuses,
            person=alice,
            draft=draft_of(latest_of(partnership)),
            form_key=uuid4(),
            based_on=1,
        )


@pytest.mark.parametrize(
    ("changes", "part"),
    [
        ({"form": "charter"}, "pacte"),
        ({"starts": date(2027, 2, 1), "ends": date(2027, 1, 1)}, "fin"),
        ({"starts": date(2027, 2, 1), "ends": None, "review_on": date(2027, 1, 1)}, "avant le début"),
        ({"clauses": [("purpose", "Objet", "Seul.")]}, "vides"),
        ({"clauses": [("purpose", "Objet", "x" * 5001)]}, "vides"),
        ({"promises": [Promise(bearer="both", measure="step", text="Un")] * 31}, "30"),
        ({"in_kind_cents": 2_300_000}, "23"),
    ],
)
def test_what_cannot_be_agreed_to_is_refused_with_a_sentence(partnership, alice, bricoleuses, changes, part):
    with pytest.raises(Unfit, match=part):
        rewrite(partnership, alice, bricoleuses, **changes)
    assert ConventionVersion.objects.count() == 1


def test_nobody_else_writes_validates_or_comments(partnership, alice, bob, charlie, staff, brest, bricoleuses):
    for person, side in ((charlie, brest), (staff, brest), (alice, brest), (bob, bricoleuses)):
        with pytest.raises(NotAllowed):
            rewrite(partnership, person, side)
        with pytest.raises(NotAllowed):
            validate(partnership=partnership, organisation=side, person=person, number=1)
    with pytest.raises(NotAllowed):
        conventions.give_act(partnership=partnership, person=alice, reference="1", on=localdate())


def test_after_signature_an_amendment_says_why_and_holds_once_all_agree(partnership, alice, bob, brest, bricoleuses):
    signed(partnership, member=alice, officer=bob)
    later = partnership.ends + timedelta(days=100)
    with pytest.raises(Unfit):
        rewrite(partnership, alice, bricoleuses, ends=later, note="")
    version = rewrite(partnership, alice, bricoleuses, ends=later, note="Une saison de plus.")
    assert version.amends.number == 1
    validate(partnership=partnership, organisation=bricoleuses, person=alice, number=2)
    partnership.refresh_from_db()
    assert partnership.ends != later
    validate(partnership=partnership, organisation=brest, person=bob, number=2)
    partnership.refresh_from_db()
    assert (partnership.ends, partnership.state) == (later, "active")
    assert PartnershipStep.objects.last().what == "amended"
    # What the amendment leaves out is dropped, never lost.
    assert [one.is_dropped for one in partnership.commitments.all()] == [True, True]


def test_a_decision_taken_back_and_taken_again_starts_from_a_version_that_nobody_validated(
    partnership, alice, bob, bricoleuses
):
    validate(partnership=partnership, organisation=bricoleuses, person=alice, number=1)
    application = partnership.application
    applications.reexamine(application=application, person=bob, reason="Une erreur.")
    partnership.refresh_from_db()
    with pytest.raises(ImpossibleMove, match="annulé"):
        validate(partnership=partnership, organisation=bricoleuses, person=alice, number=1)
    applications.accept(application=application, person=bob, reason="Corrigé.", granted_cents=150_000)
    version = latest_of(partnership)
    assert (version.number, version.granted_cents) == (2, 150_000)
    assert not version.validations.exists()


def test_a_comment_belongs_to_a_clause_and_is_said_once(partnership, alice, bricoleuses):
    key = uuid4()
    said = [
        conventions.comment(
            partnership=partnership,
            organisation=bricoleuses,
            person=alice,
            number=1,
            clause="purpose",
            text="  À préciser\x00. ",
            form_key=key,
        )
        for _twice in range(2)
    ]
    assert said[0] == said[1] and said[0].text == "À préciser."
    with pytest.raises(Unfit):
        conventions.comment(
            partnership=partnership,
            organisation=bricoleuses,
            person=alice,
            number=1,
            clause="nowhere",
            text="?",
            form_key=uuid4(),
        )


def test_a_large_amount_begins_as_a_convention(offer, bricoleuses, alice, bob):
    partnership = prepared(offer, bricoleuses, member=alice, officer=bob, granted_cents=2_300_001)
    assert latest_of(partnership).form == Form.CONVENTION
    assert prefill(partnership).number == 2
