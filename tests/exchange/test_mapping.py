"""A mapping file is data: what it may say, and what is told when it is wrong."""

import pytest

from matching.exchange.mapping import BrokenMapping, load_mapping, shipped
from matching.exchange.reading import UnreadableFile

SMALL = """
listing = "offers"
source = "essai"
empty = ["?"]
ignored = ["Notes"]

[constants]
kinds = ["funding"]

[[field]]
to = "id"
from = "Code"

[[field]]
to = "title"
from = "Nom"
transforms = ["one_line"]

[[field]]
to = "text"
from = "Nom"

[[field]]
to = "text"
from = "Rue"
transforms = [{ name = "prefix", text = "Rue : " }]

[[field]]
to = "perimeter"
from = "Ville"
transforms = [{ name = "place", level = "commune" }]
otherwise = { level = "country", code = "FR" }
flag = "perimeter_assumed"

[[field]]
to = "closes"
from = "Fin"
transforms = ["french_day"]
"""
HEADER = "Code,Nom,Rue,Ville,Fin,Notes\n"


@pytest.fixture
def mapping(tmp_path):
    return load_mapping(str(write(tmp_path, SMALL)))


def write(tmp_path, text):
    path = tmp_path / "mapping.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_columns_become_fields(mapping):
    [row] = mapping.rows(HEADER + "a1,<b>Salle</b>,Watt,29019,31/12/2026,bof\n")
    assert row.record == {
        "kinds": ["funding"],
        "id": "a1",
        "title": "Salle",
        "text": "<b>Salle</b>\nRue : Watt",
        "perimeter": {"level": "commune", "code": "29019"},
        "closes": "2026-12-31",
    }
    assert row.columns["closes"] == "Fin"
    assert not row.flags


def test_a_cell_that_says_nothing_takes_the_other_value_and_is_flagged(mapping):
    [row] = mapping.rows(HEADER + "a1,Salle,?,?,?,\n")
    assert row.record["perimeter"] == {"level": "country", "code": "FR"}
    assert row.record["closes"] is None
    assert row.record["text"] == "Salle"
    assert row.flags == ["perimeter_assumed"]


def test_a_fault_names_the_column_of_the_file(mapping):
    [row] = mapping.rows(HEADER + "a1,Salle,,,32/13/2026,\n")
    assert [(fault.column, fault.reason) for fault in row.faults] == [("Fin", "bad_date")]


def test_a_column_that_nobody_provided_for_is_told(mapping):
    with pytest.raises(UnreadableFile, match="« Surprise »"):
        list(mapping.rows("Code,Nom,Rue,Ville,Fin,Notes,Surprise\n"))


def test_shipped_mappings_are_sound():
    assert shipped() == ["aides-2023", "paris-budget-participatif"]
    assert [load_mapping(name).listing for name in shipped()] == ["offers", "needs"]


@pytest.mark.parametrize(
    ("before", "after", "told"),
    [
        ('listing = "offers"', 'listing = "choses"', "offers, needs"),
        ('source = "essai"', "", "n’est pas un texte"),
        ('to = "closes"', 'to = "close"', "peut-être « closes »"),
        ('"french_day"', '"jour"', "french_day"),
        ('text = "Rue : "', 'texte = "Rue : "', "options de prefix"),
        ('flag = "perimeter_assumed"', 'flag = "bizarre"', "perimeter_assumed"),
        ('ignored = ["Notes"]', 'ignore = ["Notes"]', "ignored"),
        ('from = "Fin"', 'depuis = "Fin"', "« depuis »"),
        ("[constants]", "[constants", "mal écrite"),
    ],
)
def test_a_wrong_mapping_says_where(tmp_path, before, after, told):
    assert before in SMALL
    with pytest.raises(BrokenMapping, match=told):
        load_mapping(str(write(tmp_path, SMALL.replace(before, after))))


@pytest.mark.parametrize("name", ["absente", "../mappings/aides-2023", ""])
def test_an_unknown_mapping_lists_those_that_exist(name):
    with pytest.raises(BrokenMapping, match="aides-2023, paris-budget-participatif"):
        load_mapping(name)
