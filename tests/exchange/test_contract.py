"""The importers and the engine's own reader agree on the fields that they share."""

import json

import pytest

from matching.engine.reading import read_needs, read_offers
from matching.exchange.fields import NEED, OFFER, checked
from matching.geography import load

BREST = {"level": "commune", "code": "29019"}
GOOD = [
    {"id": "a"},
    {"id": "a", "title": "", "text": None, "kinds": [], "capacity": "", "territory": None, "starts": []},
    {"id": "a", "kinds": ["place", "data"], "rights": ["access"], "themes": ["nature", "nature/eau"]},
    {"id": "a", "territory": BREST, "perimeter": {"level": "country", "code": "FR"}, "capacity": 12.0},
    {"id": "a", "territory": {"level": "departement", "code": "975"}, "amount_min": 1.5, "amount_max": 1.5},
    {"id": "a", "starts": "2026-01-01", "ends": "2026-01-01", "status": "published"},
]
BAD = [
    {"id": 3},
    {"id": "\ud800"},
    {"id": "a", "titre": "x"},
    {"id": "a", "title": ["x"]},
    {"id": "a", "kinds": "place"},
    {"id": "a", "kinds": ["lieu"]},
    {"id": "a", "rights": ["use"]},
    {"id": "a", "themes": "nature"},
    {"id": "a", "territory": "29019"},
    {"id": "a", "territory": {**BREST, "name": "Brest"}},
    {"id": "a", "territory": {"level": "ville", "code": "29019"}},
    {"id": "a", "territory": {"level": "commune", "code": 29019}},
    {"id": "a", "territory": {"level": "commune", "code": "290190"}},
    {"id": "a", "territory": {"level": "country", "code": "BE"}},
    {"id": "a", "amount_min": "100"},
    {"id": "a", "amount_min": True},
    {"id": "a", "amount_min": -1},
    {"id": "a", "amount_min": 2, "amount_max": 1},
    {"id": "a", "capacity": 1.5},
    {"id": "a", "starts": "2026-02-30"},
    {"id": "a", "starts": "2026/02/03"},
    {"id": "a", "starts": "2026-02-03T10:00"},
    {"id": "a", "starts": "2026-02-03", "ends": "2026-02-02"},
]
SIDES = [(read_offers, OFFER), (read_needs, NEED)]


@pytest.mark.parametrize(("read", "checks"), SIDES, ids=["offers", "needs"])
@pytest.mark.parametrize(("records", "refused"), [(GOOD, False), (BAD, True)], ids=["good", "bad"])
def test_both_accept_and_refuse_the_same(tmp_path, read, checks, records, refused):
    path = tmp_path / "lignes.jsonl"
    for record in records:
        path.write_text(json.dumps(record), encoding="utf-8")
        by_engine = bool(read(str(path), load()).faults)
        by_importer = bool(checked(record, checks)[1])
        assert (by_engine, by_importer) == (refused, refused), record


@pytest.mark.parametrize(
    ("checks", "fields"),
    [(OFFER, "opens closes legal_forms expects"), (NEED, "legal_form contribution")],
    ids=["offers", "needs"],
)
def test_every_field_of_the_contract_may_be_imported(checks, fields):
    shared = "id title text kinds themes territory perimeter amount_min amount_max capacity starts ends rights status"
    assert set(f"{shared} {fields}".split()) <= set(checks)
