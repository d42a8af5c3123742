"""The committed table: everything is there, nothing twice, and it is small and quick."""

import gzip
import time
from collections import Counter

import pytest

from matching.geography import BrokenTable, Geography, Territory, load
from matching.geography.table import TABLE, Source, format_line, parse_line, write

geo = load()
everything = list(geo.territories())
first_two_lines = gzip.decompress(TABLE.read_bytes()).split(b"\n")[:2]
by_type = Counter(territory.type for territory in everything)


@pytest.mark.parametrize(
    ("type_", "count"),
    [
        ("commune-actuelle", 34_969),
        ("commune-deleguee", 2_105),
        ("commune-associee", 471),
        ("arrondissement-municipal", 45),
        ("CC", 989),
        ("CA", 230),
        ("METRO", 21),
        ("CU", 14),
        ("MET69", 1),
        ("EPT", 11),
        ("departement", 101),
        ("region", 18),
        ("collectivite-outre-mer", 16),  # eight, each as département and as région
        ("country", 1),
    ],
)
def test_every_territory_is_there(type_, count):
    assert by_type[type_] == count


def test_nothing_else_is_there_and_level_type_code_is_a_key():
    assert len(everything) == 34_969 + 2_105 + 471 + 45 + 1_255 + 11 + 109 + 26 + 1
    assert len({(t.level, t.type, t.code) for t in everything}) == len(everything) == len(geo)


def test_codes_shared_by_a_commune_and_its_commune_deleguee():
    codes = Counter(territory.code for territory in everything if territory.level == "commune")
    assert sum(count == 2 for count in codes.values()) == 584
    assert max(codes.values()) == 2


def test_vintage_is_written_in_the_table_and_beside_it():
    assert (geo.millesime, geo.version) == ("2026", "6.0.0")
    beside = TABLE.with_name("SOURCE.md").read_text(encoding="utf-8")
    for fact in ("@etalab/decoupage-administratif", "6.0.0", "2026", "Licence Ouverte"):
        assert fact in beside


def test_table_is_small():
    assert TABLE.stat().st_size < 1_000_000


def test_geography_is_read_once_and_quickly():
    assert load() is load()
    started = time.process_time()
    Geography(TABLE.read_bytes())
    assert time.process_time() - started < 2  # about 0.1 s; generous, for a busy machine


def test_codes_are_text_with_their_zeros_and_letters():
    assert geo.get(geo.resolve("commune", "01001")).name == "L'Abergement-Clémenciat"
    ajaccio = geo.get(geo.resolve("commune", "2A004"))
    assert (ajaccio.name, ajaccio.department, ajaccio.postcodes[0][:2]) == ("Ajaccio", "2A", "20")


def test_a_line_says_what_the_source_says():
    brest = geo.get(geo.resolve("commune", "29019"))
    assert brest == Territory(
        level="commune",
        type="commune-actuelle",
        code="29019",
        name="Brest",
        department="29",
        region="53",
        epci="242900314",
        siren="212900195",
        population=brest.population,
        postcodes=("29200",),
        old_codes=("29096", "29253", "29258"),
    )
    assert brest.population > 130_000


def test_missing_facts_are_empty_not_invented():
    assert sum(t.type == "commune-actuelle" and not t.siren for t in everything) == 94
    assert sum(t.type == "commune-actuelle" and not t.postcodes for t in everything) == 5
    assert sum(t.type == "commune-actuelle" and t.population is None for t in everything) == 6


def test_populations_add_up():
    population = {t.place: t.population for t in everything if t.type != "commune-deleguee"}
    of_regions = sum(t.population for t in everything if t.level == "region")
    assert population[geo.resolve("country", "FR")] == of_regions
    assert 65_000_000 < of_regions < 75_000_000


def test_lines_survive_writing_and_reading():
    for territory in everything[::97]:
        assert parse_line(format_line(territory)) == territory


def test_same_territories_same_bytes():
    source = Source(version="1.0.0", millesime="2020")
    some = everything[:50]
    assert write(some, source) == write(list(some), source)
    assert write(some, source)[4:8] == b"\0\0\0\0"  # no time of writing in the gzip header


@pytest.mark.parametrize(
    "packed",
    [
        pytest.param(b"", id="empty"),
        pytest.param(b"not gzip", id="not gzip"),
        pytest.param(TABLE.read_bytes()[:5000], id="cut short"),
        pytest.param(gzip.compress(b""), id="no header"),
        pytest.param(gzip.compress(b"millesime\t2026\tversion\t6.0.0\nlevel\tname"), id="other columns"),
        pytest.param(gzip.compress(b"\xff\xfe"), id="not UTF-8"),
        pytest.param(gzip.compress(b"\n".join([*first_two_lines, b"commune\t01001"])), id="broken line"),
    ],
)
def test_a_spoiled_table_is_said_to_be(packed):
    with pytest.raises(BrokenTable):
        Geography(packed)


def test_a_missing_table_is_said_to_be(tmp_path):
    with pytest.raises(BrokenTable, match="cannot be read"):
        load(tmp_path / "nowhere.gz")
