"""A group writes its file once; what it hands in stays as it was that day, documents included."""

from uuid import uuid4

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matching.catalogue.services import ResourceFacts
from matching.organisations.services import NotAllowed
from matching.partnerships import applications, group_files
from matching.partnerships.applications import ApplicationFacts
from matching.partnerships.attachments import storage
from matching.partnerships.budgets import ACCOUNTS, CHARGES, PRODUCTS, Unbalanced, balanced
from matching.partnerships.files import CleanFile
from matching.partnerships.group_files import GroupFacts, TooManyDocuments
from matching.partnerships.models import GroupDocument, GroupFile
from matching.partnerships.snapshots import snapshot
from tests.factories import make_offer

pytestmark = pytest.mark.django_db

AMOUNTS = st.integers(min_value=1, max_value=10**9)


def pdf(name="statuts.pdf"):
    return CleanFile(name, "application/pdf", b"%PDF-1.4 statuts")


@pytest.fixture
def own(bricoleuses, alice):
    facts = GroupFacts(purpose="  Réparer ", members=12, budget_year=2027, budget={"60": 5000, "75": 5000, "61": None})
    return group_files.write_group_file(organisation=bricoleuses, person=alice, facts=facts)


@pytest.fixture
def statutes(bricoleuses, alice):
    return group_files.add_document(organisation=bricoleuses, person=alice, kind="statutes", file=pdf())


def begun(offer, applicant, person, **facts):
    facts = ApplicationFacts(**{"title": "Ateliers", "purpose": "Réparer", **facts})
    return applications.begin(offer=offer, applicant=applicant, person=person, facts=facts, form_key=uuid4())


def filed(offer, applicant, person):
    draft = begun(offer, applicant, person)
    return applications.file(application=draft, person=person, filed=snapshot(draft))


@settings(deadline=None)
@given(st.dictionaries(st.sampled_from([*CHARGES]), AMOUNTS), st.dictionaries(st.sampled_from([*PRODUCTS]), AMOUNTS))
def test_a_budget_is_kept_when_its_columns_say_the_same_total_and_never_otherwise(charges, products):
    if sum(charges.values()) == sum(products.values()):
        assert balanced({**charges, **products}) == {**charges, **products}
    else:
        with pytest.raises(Unbalanced, match="Il manque"):
            balanced({**charges, **products})


@pytest.mark.parametrize("lines", [{"99": 100}, {"60": -5, "75": -5}, {"60": 10**12, "75": 10**12}])
def test_what_is_no_line_of_a_budget_is_refused(lines):
    with pytest.raises(ValueError):
        balanced(lines)


def test_what_is_given_without_money_balances_apart():
    assert balanced({"86": 700, "87": 700}) == {"86": 700, "87": 700}
    with pytest.raises(Unbalanced, match="86"):
        balanced({"60": 700, "87": 700, "75": 700})
    assert len(ACCOUNTS) == 18


def test_a_file_is_written_by_who_speaks_for_the_group(own, bricoleuses, brest, bob, charlie):
    assert (own.purpose, own.budget) == ("Réparer", {"60": 5000, "75": 5000})
    for person, organisation in ((charlie, bricoleuses), (bob, brest)):
        with pytest.raises(NotAllowed):
            group_files.write_group_file(organisation=organisation, person=person, facts=GroupFacts())
        with pytest.raises(NotAllowed):
            group_files.add_document(organisation=organisation, person=person, kind="other", file=pdf())
    assert GroupFile.objects.count() == 1 and not GroupDocument.objects.exists()


def test_what_was_handed_in_does_not_change_with_the_file(own, statutes, bricoleuses, brest, alice):
    application = filed(make_offer(brest), bricoleuses, alice)
    group_files.write_group_file(organisation=bricoleuses, person=alice, facts=GroupFacts(purpose="Autre chose"))
    group_files.remove_document(document=statutes, person=alice)
    application.refresh_from_db()
    handed_in = application.filed["applicant"]["file"]
    assert handed_in["purpose"] == "Réparer" and handed_in["members"] == 12
    assert [row["name"] for row in handed_in["documents"]] == ["statuts.pdf"]
    assert list(application.documents.all()) == [statutes]
    assert list(group_files.documents_of(bricoleuses)) == []


def test_a_document_that_nobody_received_goes_with_its_file(
    statutes, bricoleuses, alice, django_capture_on_commit_callbacks
):
    with django_capture_on_commit_callbacks(execute=True):
        newer = group_files.add_document(organisation=bricoleuses, person=alice, kind="statutes", file=pdf("n.pdf"))
    assert list(GroupDocument.objects.all()) == [newer]
    assert storage().listdir("")[1] == [newer.stored_as]


def test_bank_details_go_with_a_request_for_money_alone(bricoleuses, brest, alice):
    group_files.add_document(organisation=bricoleuses, person=alice, kind="bank", file=pdf("rib.pdf"))
    grant = make_offer(brest, resource=ResourceFacts(kind="funding", subkind="grant"))
    assert [row.kind for row in filed(grant, bricoleuses, alice).documents.all()] == ["bank"]
    assert list(filed(make_offer(brest), bricoleuses, alice).documents.all()) == []


def test_a_file_holds_so_many_documents(bricoleuses, alice, monkeypatch):
    monkeypatch.setattr(group_files, "MOST_DOCUMENTS", 1)
    group_files.add_document(organisation=bricoleuses, person=alice, kind="other", file=pdf("un.pdf"))
    with pytest.raises(TooManyDocuments):
        group_files.add_document(organisation=bricoleuses, person=alice, kind="other", file=pdf("deux.pdf"))
    assert len(storage().listdir("")[1]) == 1


def test_the_budget_of_a_project_balances_too(bricoleuses, brest, alice):
    offer = make_offer(brest)
    with pytest.raises(Unbalanced):
        begun(offer, bricoleuses, alice, budget={"60": 100})
    assert begun(offer, bricoleuses, alice, budget={"60": 100, "74": 100}).budget == {"60": 100, "74": 100}
