"""Needs on their way in."""

from datetime import date

import pytest

from matching.catalogue.models import Need, Status
from matching.exchange.organisations import existing
from matching.exchange.services import import_needs
from tests.exchange.conftest import rows

pytestmark = pytest.mark.django_db


@pytest.fixture
def record(world):
    """A complete need of the Bricoleuses."""
    return {
        "id": "besoin-1",
        "organisation": world["bricoleuses"].slug,
        "title": "Une salle le samedi",
        "text": "Nous réparons des objets.",
        "why": "Les objets partent à la benne.",
        "kinds": ["funding", "place"],
        "themes": ["reemploi/reparation"],
        "territory": {"level": "commune", "code": "29019"},
        "perimeter": {"level": "epci", "code": "242900314"},
        "amount_min": 100,
        "amount_max": 400.55,
        "capacity": 40,
        "surface_m2": 80,
        "data_subject": None,
        "starts": "2026-01-01",
        "ends": None,
        "rights": ["access", "withdrawal"],
        "legal_form": "informal",
        "contribution": "Des ateliers ouverts.",
        "status": "published",
    }


@pytest.fixture
def bring(settings_of):
    def bring_in(*records, **changes):
        return import_needs(rows=rows(*records), settings=settings_of(**changes))

    return bring_in


def test_a_complete_need_is_written_and_published(bring, record, bricoleuses):
    report = bring(record)
    assert (report.imported, report.refusals, report.flags) == (1, [], {})
    need = Need.objects.get()
    assert (need.organisation, need.status) == (bricoleuses, Status.PUBLISHED)
    assert need.kinds == ["place", "funding"]
    assert (need.amount_min, need.amount_max, need.capacity) == (10_000, 40_055, 40)
    assert (need.starts, need.rights, need.why) == (
        date(2026, 1, 1),
        ["access", "withdrawal"],
        "Les objets partent à la benne.",
    )


def test_the_same_file_twice_changes_nothing(bring, record):
    bring(record)
    before = Need.objects.values().get()
    assert bring(record).unchanged == 1
    assert Need.objects.values().get() == before


@pytest.mark.parametrize("change", [{"kinds": ["place"]}, {"contribution": "Autre"}, {"rights": []}, {"why": ""}])
def test_every_kind_of_change_is_seen(bring, record, change):
    bring(record)
    assert bring({**record, **change}).updated == 1


def test_almost_everything_may_be_unknown_and_the_contribution_is_flagged(bring, record):
    report = bring({"id": "b", "organisation": record["organisation"], "title": "Une salle"})
    need = Need.objects.get()
    assert report.flags == {"contribution_unknown": 1}
    assert need.flags == ["contribution_unknown"]
    assert (need.kinds, need.territory, need.amount_max) == ([], None, None)


def test_another_legal_form_than_the_organisations_is_flagged(bring, record):
    assert bring({**record, "legal_form": "association"}).flags == {"legal_form_of_organisation": 1}


@pytest.mark.parametrize(
    ("change", "column", "reason"),
    [
        ({"title": None}, "title", "missing"),
        ({"amount_min": 500}, "amount_min", "order"),
        ({"amount_max": -1}, "amount_max", "bad_number"),
        ({"amount_max": 1e15}, "amount_max", "bad_number"),
        ({"data_subject": "a" * 301}, "data_subject", "too_long"),
        ({"closes": "2026-01-01"}, "closes", "unknown_field"),
        ({"legal_form": "club"}, "legal_form", "unknown_value"),
        ({"rights": ["access", "x"]}, "rights", "unknown_value"),
        ({"organisation": "commune-de-brest-29019"}, "organisation", "wrong_side"),
    ],
)
def test_a_spoilt_row_is_told(bring, record, brest, change, column, reason):
    assert brest.slug == "commune-de-brest-29019"
    [refusal] = bring({**record, **change}).refusals
    assert [(fault.column, fault.reason) for fault in refusal.faults] == [(column, reason)]
    assert not Need.objects.exists()


def test_the_same_identifier_in_another_source_is_another_need(bring, record):
    bring(record)
    assert bring(record, source="ailleurs").imported == 1
    assert Need.objects.count() == 2


def test_the_default_organisation_publishes_what_names_nobody(bring, record, bricoleuses):
    assert bring({**record, "organisation": None}, default=existing(bricoleuses)).imported == 1
