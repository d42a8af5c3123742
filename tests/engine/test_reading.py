"""What is read as unknown, what is read as a fact, and what is refused, field by field."""

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from matching.engine.listings import Need, Offer
from matching.engine.reading import read_needs, read_offers
from matching.geography import Place, load

NEED_FIELDS = (
    "title text kinds themes territory perimeter amount_min amount_max capacity starts ends rights legal_form "
    "contribution status"
).split()
OFFER_FIELDS = (
    "title text kinds themes territory perimeter amount_min amount_max capacity starts ends opens closes rights "
    "legal_forms expects status"
).split()


def read_need(folder: Path, line: Any):
    return _read(read_needs, folder, line)


def read_offer(folder: Path, line: Any):
    return _read(read_offers, folder, line)


def _read(read, folder: Path, line: Any):
    path = folder / "lines.jsonl"
    path.write_bytes(line if isinstance(line, bytes) else json.dumps(line).encode())
    return read(str(path), load())


@pytest.mark.parametrize("unknown", [None, "", []])
def test_null_and_the_empty_text_or_list_are_unknown_for_every_field(tmp_path: Path, unknown: Any) -> None:
    need = read_need(tmp_path, {"id": "n", **dict.fromkeys(NEED_FIELDS, unknown)})
    offer = read_offer(tmp_path, {"id": "o", **dict.fromkeys(OFFER_FIELDS, unknown)})
    assert (need.faults, need.listings) == ([], [Need(id="n")])
    assert (offer.faults, offer.listings) == ([], [Offer(id="o")])


def test_facts_are_read_as_they_are_written(tmp_path: Path) -> None:
    line = {
        "id": "o", "title": "T", "text": "t", "kinds": ["place", "data", "place"], "themes": ["a", "b/c"],
        "territory": {"level": "commune", "code": "29019"}, "perimeter": {"level": "country", "code": "FR"},
        "amount_min": 0, "amount_max": 12.5, "capacity": 12.0, "starts": "2026-02-28", "ends": "2026-02-28",
        "opens": "2024-02-29", "closes": "2024-02-29", "rights": ["exclusion"], "legal_forms": ["association", "SCIC"],
        "expects": "e", "status": "published",
    }  # fmt: skip
    (offer,) = read_offer(tmp_path, line).listings
    assert offer == Offer(
        id="o",
        title="T",
        text="t",
        kinds=("place", "data"),
        themes=("a", "b/c"),
        territory=Place("commune", "29019"),
        perimeter=Place("country", "FR"),
        amount_min=0,
        amount_max=12.5,
        capacity=12,
        starts=date(2026, 2, 28),
        ends=date(2026, 2, 28),
        opens=date(2024, 2, 29),
        closes=date(2024, 2, 29),
        rights=("exclusion",),
        legal_forms=("association", "SCIC"),
        expects="e",
    )
    assert isinstance(offer.capacity, int)


@pytest.mark.parametrize(
    ("code", "read_as"),
    [("93059", "93066"), ("20004", "2A004"), ("75111", "75111"), ("75056", "75056")],
    ids=["commune déléguée", "former Corsican code", "arrondissement", "city of arrondissements"],
)
def test_old_commune_codes_are_read_as_todays(tmp_path: Path, code: str, read_as: str) -> None:
    (need,) = read_need(tmp_path, {"id": "n", "territory": {"level": "commune", "code": code}}).listings
    assert need.territory == Place("commune", read_as)


def test_overseas_collectivities_are_read_as_departments(tmp_path: Path) -> None:
    (need,) = read_need(tmp_path, {"id": "n", "territory": {"level": "departement", "code": "987"}}).listings
    assert need.territory is not None


REFUSED = [
    # not a listing
    (b"{", "line"),
    (b"[1]", "line"),
    (b'"a"', "line"),
    (b"null", "line"),
    (b'{"id": "a"} {"id": "b"}', "line"),
    (b'{"id": "a", "capacity": NaN}', "line"),
    (b'{"id": "a", "capacity": -Infinity}', "line"),
    (b'{"id": "a", "title": "\xff"}', "line"),
    (b'{"id": "a", "title": "\xed\xa0\x80"}', "line"),
    (b'{"id": "a", "title": "x", "title": "y"}', "line"),
    (b"[" * 100_000, "line"),
    (b'{"id": "a", "capacity": ' + b"9" * 5000 + b"}", "capacity"),
    # ids
    ({}, "id"),
    ({"id": None}, "id"),
    ({"id": ""}, "id"),
    ({"id": []}, "id"),
    ({"id": 7}, "id"),
    ({"id": ["a"]}, "id"),
    ({"id": "a\ud800"}, "id"),
    # fields
    ({"id": "a", "capcity": 3}, "capcity"),
    ({"id": "a", "opens": None}, "opens"),
    ({"id": "a", "legal_forms": ["association"]}, "legal_forms"),
    ({"id": "a", "expects": "rien"}, "expects"),
    # types
    ({"id": "a", "title": 3}, "title"),
    ({"id": "a", "text": ["jardin"]}, "text"),
    ({"id": "a", "text": {}}, "text"),
    ({"id": "a", "kinds": "place"}, "kinds"),
    ({"id": "a", "kinds": [1]}, "kinds"),
    ({"id": "a", "kinds": [""]}, "kinds"),
    ({"id": "a", "kinds": ["Place"]}, "kinds"),
    ({"id": "a", "kinds": {"place": 1}}, "kinds"),
    ({"id": "a", "themes": "nature"}, "themes"),
    ({"id": "a", "themes": ["a/b/c"]}, "themes"),
    ({"id": "a", "themes": ["a/"]}, "themes"),
    ({"id": "a", "themes": [None]}, "themes"),
    ({"id": "a", "rights": ["access", "usage"]}, "rights"),
    ({"id": "a", "rights": [["access"]]}, "rights"),
    ({"id": "a", "legal_form": ["association"]}, "legal_form"),
    ({"id": "a", "contribution": 1}, "contribution"),
    ({"id": "a", "status": True}, "status"),
    # numbers
    ({"id": "a", "capacity": True}, "capacity"),
    ({"id": "a", "capacity": False}, "capacity"),
    ({"id": "a", "capacity": "12"}, "capacity"),
    ({"id": "a", "capacity": 12.5}, "capacity"),
    ({"id": "a", "capacity": -1}, "capacity"),
    ({"id": "a", "amount_min": -0.01}, "amount_min"),
    ({"id": "a", "amount_max": [5]}, "amount_max"),
    (b'{"id": "a", "amount_max": 1e999}', "amount_max"),
    (b'{"id": "a", "capacity": 1e999}', "capacity"),
    (b'{"id": "a", "amount_max": 1' + b"0" * 400 + b"}", "amount_max"),
    ({"id": "a", "amount_min": 2, "amount_max": 1}, "amount_min"),
    # days
    ({"id": "a", "starts": "2026-02-30"}, "starts"),
    ({"id": "a", "starts": "2025-02-29"}, "starts"),
    ({"id": "a", "starts": "0000-01-01"}, "starts"),
    ({"id": "a", "ends": "20260228"}, "ends"),
    ({"id": "a", "ends": "2026-W01-1"}, "ends"),
    ({"id": "a", "ends": "2026-2-3"}, "ends"),
    ({"id": "a", "ends": "2026-02-03 "}, "ends"),
    ({"id": "a", "ends": "2026-02-03T00:00"}, "ends"),
    ({"id": "a", "ends": "٢٠٢٦-02-03"}, "ends"),
    ({"id": "a", "ends": 20260203}, "ends"),
    ({"id": "a", "starts": "2026-02-04", "ends": "2026-02-03"}, "starts"),
    # places
    ({"id": "a", "territory": "29019"}, "territory"),
    ({"id": "a", "territory": {}}, "territory"),
    ({"id": "a", "territory": {"level": "commune"}}, "territory"),
    ({"id": "a", "territory": {"code": "29019"}}, "territory"),
    ({"id": "a", "territory": {"level": "commune", "code": ""}}, "territory"),
    ({"id": "a", "territory": {"level": "", "code": "29019"}}, "territory"),
    ({"id": "a", "territory": {"level": "commune", "code": None}}, "territory"),
    ({"id": "a", "territory": {"level": "commune", "code": 29019}}, "territory"),
    ({"id": "a", "territory": {"level": ["commune"], "code": "29019"}}, "territory"),
    ({"id": "a", "territory": {"level": "commune", "code": "29019", "name": "Brest"}}, "territory"),
    ({"id": "a", "territory": {"level": "ville", "code": "29019"}}, "territory"),
    ({"id": "a", "perimeter": {"level": "commune", "code": "1001"}}, "perimeter"),
    ({"id": "a", "perimeter": {"level": "country", "code": "DE"}}, "perimeter"),
    ({"id": "a", "perimeter": {"level": "epci", "code": "24290031"}}, "perimeter"),
]


@pytest.mark.parametrize(("line", "field"), REFUSED, ids=[f"{field}-{n}" for n, (_, field) in enumerate(REFUSED)])
def test_a_fault_names_its_line_and_field_and_what_is_expected(tmp_path: Path, line: Any, field: str) -> None:
    reading = read_need(tmp_path, line)
    assert reading.listings == []
    (fault,) = reading.faults
    assert fault.startswith(f"{tmp_path}/lines.jsonl:1: {field}: ")
    assert fault.endswith("expected") or "expected" in fault
    assert "\n" not in fault and fault.encode()


def test_windows_that_close_before_they_open_are_refused(tmp_path: Path) -> None:
    (fault,) = read_offer(tmp_path, {"id": "o", "opens": "2026-02-02", "closes": "2026-02-01"}).faults
    assert ":1: opens: " in fault and "closes" in fault


@pytest.mark.parametrize(("field", "told"), [("kinds", "data, place, funding"), ("rights", "alienation")])
def test_the_list_of_choices_is_told(tmp_path: Path, field: str, told: str) -> None:
    (fault,) = read_need(tmp_path, {"id": "a", field: ["other"]}).faults
    assert told in fault
    (fault,) = read_need(tmp_path, {"id": "a", "territory": {"level": "other", "code": "1"}}).faults
    assert "commune, epci, departement, region, country" in fault


def test_a_repeated_id_is_named_even_where_the_first_line_is_faulty(tmp_path: Path) -> None:
    reading = read_need(tmp_path, b'{"id": "twice", "capacity": -1}\n\n{"id": "twice"}\n')
    assert len(reading.faults) == 2
    assert ":3: id: " in reading.faults[1] and "twice" in reading.faults[1]


def test_every_fault_of_a_line_is_told(tmp_path: Path) -> None:
    faults = read_need(tmp_path, {"capacity": -1, "kinds": ["x"], "surprise": 1}).faults
    assert [fault.split(": ")[1] for fault in faults] == ["capacity", "kinds", "surprise", "id"]


@pytest.mark.parametrize(
    "title", ["a\x00b", "\ud800", "<p>", "&#" + "9" * 9000 + ";", "\u202e\u200b\ufeff", "é" * 100_000, "🚲" * 5000]
)
def test_no_text_is_refused_for_what_it_holds(tmp_path: Path, title: str) -> None:
    reading = read_need(tmp_path, {"id": "a", "title": title, "legal_form": title, "status": title})
    assert reading.faults == []
