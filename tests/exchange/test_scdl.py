"""What is published of grants holds against the official schema, and against what that schema lets through."""

import csv
import io
import json
from datetime import date
from pathlib import Path
from uuid import uuid4

import pytest
from django.conf import settings
from frictionless import Resource, Schema

from matching.catalogue.models import Offer
from matching.catalogue.services import ResourceFacts
from matching.exchange.aid_schemes import schemes_file
from matching.exchange.scdl import COLUMNS, grants_file, told
from matching.organisations.models import Organisation
from matching.partnerships import applications
from matching.partnerships.applications import ApplicationFacts
from matching.partnerships.models import Partnership, PartnershipParty
from matching.partnerships.register import UnfitNotice, write_notice
from matching.screens.register.public import public_partnerships
from tests.factories import make_offer

OFFICIAL = Path(settings.BASE_DIR) / "tests" / "official"
GRANT = ResourceFacts(kind="funding", subkind="grant", amount_max=500_000)

pytestmark = pytest.mark.django_db


def faults(content, schema):
    descriptor = json.loads((OFFICIAL / schema).read_text(encoding="utf-8"))
    resource = Resource(data=content, format="csv", schema=Schema.from_descriptor(descriptor))
    report = resource.validate()
    return [error.message for task in report.tasks for error in task.errors]


@pytest.fixture
def partnership(brest, bricoleuses, alice, bob):
    Organisation.objects.filter(pk=brest.pk).update(siret="21290019500018")
    Organisation.objects.filter(pk=bricoleuses.pk).update(legal_form="association", rna="W291000123")
    draft = applications.begin(
        offer=make_offer(brest, title="Aide aux ateliers", resource=GRANT),
        applicant=bricoleuses,
        person=alice,
        facts=ApplicationFacts(title="=Ateliers, « du samedi »\nœuvre à 3 €", asked_cents=150_050),
        form_key=uuid4(),
    )
    applications.file(application=draft, person=alice, filed={})
    applications.take_up(application=draft, person=bob)
    made = applications.accept(application=draft, person=bob, reason="Oui.", granted_cents=150_050)
    Partnership.objects.filter(pk=made.pk).update(
        signed_on=date(2026, 3, 2),
        state="active",
        act_reference="2026-11",
        starts=date(2026, 4, 1),
        ends=date(2027, 3, 31),
    )
    write_notice(partnership=made, person=bob, payment="unique", pays_from=date(2026, 4, 15))
    return made


def found():
    return list(told(public_partnerships()))


def rows():
    return list(csv.DictReader(io.StringIO(grants_file(found()).decode())))


def lacks():
    return [lack.where for one in found() for lack in one.lacks]


def test_the_file_is_valid_and_each_value_says_what_was_agreed(partnership):
    content = grants_file(found())
    assert faults(content, "scdl-subventions-2.1.1.json") == []
    assert content.startswith(b"nomAttribuant,") and b"\r\n" in content
    (row,) = rows()
    assert list(row) == list(COLUMNS)
    assert row["idAttribuant"] == "21290019500018"
    assert (row["rnaBeneficiaire"], row["idBeneficiaire"]) == ("W291000123", "")
    assert (row["montant"], row["nature"], row["pourcentageSubvention"]) == ("1500.50", "aide en numéraire", "1")
    assert (row["datesPeriodeVersement"], row["notificationUE"]) == ("2026-04-15", "non")
    assert row["dispositifAide"] == str(partnership.offer.uuid)
    assert row["objet"].startswith("'=Ateliers") and "\n" not in row["objet"]


def test_the_official_schema_still_refuses_what_it_must():
    bad = grants_file([]) + b"Brest,x,2026,,Nous,,,objet,1,aide,unique,2026-01-01,,Oui,2,\r\n"
    assert faults(bad, "scdl-subventions-2.1.1.json")


def test_several_beneficiaries_are_several_rows_that_make_the_whole(partnership, bricoleuses):
    other = Organisation.objects.create(
        side="collective", legal_form="association", name="Deux", slug="deux", siret="73282932000074"
    )
    PartnershipParty.objects.filter(organisation=bricoleuses).update(share=3334)
    PartnershipParty.objects.create(partnership=partnership, organisation=other, role="beneficiary", share=6666)
    assert [row["pourcentageSubvention"] for row in rows()] == ["0.3334", "0.6666"]
    assert {row["montant"] for row in rows()} == {"1500.50"}
    assert faults(grants_file(found()), "scdl-subventions-2.1.1.json") == []


def test_what_is_lent_is_valued_beside_what_is_paid(partnership):
    Partnership.objects.update(in_kind_cents=90_000)
    assert [row["nature"] for row in rows()] == ["aide en numéraire;aide en nature"]
    assert rows()[0]["montant"] == "2400.50"
    assert faults(grants_file(found()), "scdl-subventions-2.1.1.json") == []


def test_a_group_without_numbers_receives_through_who_carries_it(partnership, bricoleuses):
    Organisation.objects.filter(pk=bricoleuses.pk).update(legal_form="informal", rna="")
    assert lacks() == ["number"]
    carrier = Organisation.objects.create(
        side="collective", legal_form="association", name="La Maison", slug="maison", siret="73282932000074"
    )
    PartnershipParty.objects.create(partnership=partnership, organisation=carrier, role="carrier")
    assert [row["nomBeneficiaire"] for row in rows()] == ["La Maison"]


@pytest.mark.parametrize(
    ("facts", "where"),
    [
        ({"rna": "W2A1000119"}, "number"),
        ({"rna": "W9R1000088"}, "number"),
        ({"rna": ""}, "number"),
        ({"rna": "", "siret": "73282932000075"}, "number"),
    ],
)
def test_numbers_that_the_schema_refuses_or_lets_through_are_told(partnership, bricoleuses, facts, where):
    Organisation.objects.filter(pk=bricoleuses.pk).update(**facts)
    assert lacks() == [where]
    assert rows() == []


def test_an_overseas_number_with_a_siret_beside_is_published_without_it(partnership, bricoleuses):
    Organisation.objects.filter(pk=bricoleuses.pk).update(rna="W9R1000088", siret="73282932000074")
    assert (rows()[0]["idBeneficiaire"], rows()[0]["rnaBeneficiaire"]) == ("73282932000074", "")
    assert faults(grants_file(found()), "scdl-subventions-2.1.1.json") == []


def test_each_lack_is_told_with_its_mend(partnership, brest):
    Organisation.objects.filter(pk=brest.pk).update(siret="21290019800010")
    partnership.grant_notice.delete()
    PartnershipParty.objects.update(share=4000)
    assert lacks() == ["siret", "share", "notice"]
    assert all(lack.mend for one in found() for lack in one.lacks)


def test_what_has_no_value_is_told_and_open_data_is_nobodys_grant(partnership):
    Partnership.objects.update(granted_cents=0)
    assert lacks() == ["value"]
    partnership.offer.resources.update(kind="data", subkind="dataset")
    assert found() == []


def test_what_is_not_signed_is_not_published(partnership):
    Partnership.objects.update(signed_on=None, state="preparing")
    assert found() == []


@pytest.mark.parametrize(
    "said",
    [
        {"payment": "autre"},
        {"payment": "unique", "pays_until": date(2026, 1, 1)},
        {"payment": "unique", "pays_from": date(2026, 2, 1), "pays_until": date(2026, 1, 1)},
        {"payment": "unique", "notified": True, "de_minimis": True},
    ],
)
def test_a_notice_that_does_not_hold_together_is_refused(partnership, bob, said):
    with pytest.raises(UnfitNotice):
        write_notice(partnership=partnership, person=bob, **said)


def test_published_aids_hold_against_their_schema(brest, bricoleuses):
    make_offer(brest, title="Aide aux ateliers", resource=GRANT, legal_forms=["association"])
    content = schemes_file(Offer.objects.select_related("organisation", "perimeter"), "https://exemple.fr")
    assert faults(content, "etalab-dispositif-aide-0.2.0.json") == []
    (row,) = csv.DictReader(io.StringIO(content.decode()))
    assert (row["eligibilite_geographique"], row["cibles"]) == ("COM-29019", "associations")
