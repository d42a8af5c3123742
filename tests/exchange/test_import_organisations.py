"""Organisations on their way in: authorities are never doubled, collectives keep what people wrote."""

import pytest

from matching.exchange.services import import_organisations
from matching.organisations.models import LegalForm, Organisation
from matching.organisations.services import authority_of
from tests.exchange.conftest import rows

pytestmark = pytest.mark.django_db

TOWN = {
    "id": "auth-brest",
    "side": "authority",
    "name": "Ville de Brest",
    "legal_form": "commune",
    "territory": {"level": "commune", "code": "29019"},
    "description": "Port et ville universitaire.",
    "posture": None,
    "host": None,
    "siren": None,
    "rna": None,
}
GROUP = {
    "id": "coll-2",
    "side": "collective",
    "name": "Les Bidouilleurs",
    "legal_form": "informal",
    "territory": {"level": "commune", "code": "29019"},
    "posture": "communs",
    "host": "coll-1",
}
HOST = {"id": "coll-1", "side": "collective", "name": "Le Phare", "legal_form": "association", "rna": "W9R1000088"}


@pytest.fixture
def bring(territories, settings_of):
    def bring_in(*records, **changes):
        return import_organisations(rows=rows(*records), settings=settings_of(**changes))

    return bring_in


def test_an_authority_is_the_one_of_its_territory_under_its_own_name(bring, territories):
    known = authority_of(territory=territories["commune", "29019"])
    report = bring(TOWN)
    assert (report.imported, report.updated) == (0, 1)
    town = Organisation.objects.get()
    assert town.pk == known.pk
    assert (town.name, town.siren, town.is_verified) == ("Ville de Brest", "212900195", False)
    assert bring(TOWN).unchanged == 1
    assert authority_of(territory=territories["commune", "29019"]) == town


def test_a_new_authority_is_made_from_the_official_table(bring):
    assert bring(TOWN).imported == 1
    assert bring(TOWN).unchanged == 1
    assert Organisation.objects.get().siren == "212900195"


def test_collectives_are_verified_and_hosts_may_come_later_in_the_file(bring):
    report = bring(GROUP, HOST)
    assert (report.imported, report.flags) == (2, {})
    group = Organisation.objects.get(external_id="coll-2")
    assert (group.host.name, group.is_verified, group.posture) == ("Le Phare", True, "communs")
    assert bring(GROUP, HOST).unchanged == 2


def test_an_unknown_host_is_flagged(bring):
    assert bring(GROUP).flags == {"host_unknown": 1}


def test_a_dry_run_writes_nothing(bring):
    assert bring(TOWN, GROUP, HOST, dry_run=True).imported == 3
    assert not Organisation.objects.exists()


def test_what_people_wrote_on_their_page_stays(bring, charlie):
    bring(HOST)
    host = Organisation.objects.get()
    host.description, host._history_user = "Nous.", charlie
    host.save()
    assert bring({**HOST, "name": "Autre"}).unchanged == 1
    assert Organisation.objects.get().name == "Le Phare"


def test_an_identifier_that_is_the_slug_of_another_organisation_takes_nothing_over(bring, bricoleuses):
    bring({**HOST, "id": bricoleuses.slug})
    bricoleuses.refresh_from_db()
    assert bricoleuses.name == "Les Bricoleuses du port"
    assert Organisation.objects.filter(name="Le Phare").exists()


def test_an_authority_keeps_the_identifier_of_the_first_source(bring):
    bring(TOWN)
    report = bring({**TOWN, "id": "autre"}, source="ailleurs")
    assert report.flags == {"known_elsewhere": 1}
    assert Organisation.objects.get().external_id == "auth-brest"


@pytest.mark.parametrize(
    ("record", "column", "reason"),
    [
        ({**HOST, "name": None}, "name", "missing"),
        ({**HOST, "side": "friend"}, "side", "unknown_value"),
        ({**HOST, "legal_form": "commune"}, "ligne", "unknown_value"),
        ({**TOWN, "legal_form": "association"}, "ligne", "unknown_value"),
        ({**TOWN, "legal_form": "region"}, "ligne", "unknown_value"),
        ({**TOWN, "territory": None}, "ligne", "missing"),
        ({**TOWN, "territory": {"level": "country", "code": "FR"}}, "ligne", "missing"),
        ({**TOWN, "territory": {"level": "commune", "code": "75101"}}, "ligne", "missing"),
        ({**TOWN, "territory": {"level": "commune", "code": "46256"}}, "ligne", "unknown_place"),
        ({**HOST, "rna": "W12"}, "rna", "bad_number_of_organisation"),
        ({**HOST, "siren": "123456789"}, "siren", "bad_number_of_organisation"),
        ({**HOST, "name": "a" * 161}, "name", "too_long"),
    ],
)
def test_a_spoilt_row_is_told_and_the_others_go_through(bring, record, column, reason):
    report = bring(record, GROUP)
    [refusal] = report.refusals
    assert [(fault.column, fault.reason) for fault in refusal.faults] == [(column, reason)]
    assert Organisation.objects.get().name == "Les Bidouilleurs"


def test_a_public_body_stands_beside_the_authority_of_its_territory(bring):
    bring(TOWN, {**TOWN, "id": "ccas", "name": "CCAS de Brest", "legal_form": "public_body"})
    forms = Organisation.objects.order_by("name").values_list("name", "legal_form")
    assert list(forms) == [("CCAS de Brest", LegalForm.PUBLIC_BODY), ("Ville de Brest", LegalForm.COMMUNE)]
