"""From a file to rows: what spoils a line is told on that line, what spoils the file is told once."""

import gzip

import pytest

from matching.exchange.reading import UnreadableFile, is_json_lines, json_rows, read_table, read_text


def written(tmp_path, content: bytes, name="fichier.csv"):
    path = tmp_path / name
    path.write_bytes(content)
    return path


@pytest.mark.parametrize("content", ["titre;prix\nÉté;3", "\ufefftitre;prix\nÉté;3"])
def test_utf8_is_read_with_or_without_a_mark(tmp_path, content):
    assert read_text(written(tmp_path, content.encode())).startswith("titre;prix\nÉté")


def test_a_compressed_file_is_read(tmp_path):
    path = written(tmp_path, gzip.compress("Été".encode()), "a.csv.gz")
    assert read_text(path) == "Été"


@pytest.mark.parametrize(
    ("content", "name", "told"),
    [
        ("titre\nÉté".encode("cp1252"), "a.csv", "Windows-1252"),
        ("titre\nÉté".encode("cp1252"), "a.csv", "ligne 2"),
        ("titre".encode("utf-16"), "a.csv", "UTF-16"),
        (b"PK\x03\x04rest", "a.xlsx", "classeur"),
        (b"not gzip", "a.csv.gz", "mal compressé"),
        (gzip.compress(b"a" * 1000, mtime=0)[:20], "a.csv.gz", "mal compressé"),
    ],
)
def test_another_encoding_is_named_with_what_would_mend_it(tmp_path, content, name, told):
    with pytest.raises(UnreadableFile, match=told):
        read_text(written(tmp_path, content, name))


def test_bytes_that_are_no_windows_1252_are_not_guessed(tmp_path):
    with pytest.raises(UnreadableFile) as refusal:
        read_text(written(tmp_path, b"titre\n\x81\xe9"))
    assert "Windows" not in str(refusal.value)


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(UnreadableFile, match=r"absent\.csv ne s’ouvre pas"):
        read_text(tmp_path / "absent.csv")


def cells(text, columns=("titre", "prix"), **options):
    return list(read_table(text, columns, **options).lines)


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_the_delimiter_is_found_by_the_columns(delimiter):
    table = read_table(f"titre{delimiter}prix\nSalle{delimiter}3\n", ["titre", "prix"])
    assert table.delimiter == delimiter
    assert [line.values for line in table.lines] == [{"titre": "Salle", "prix": "3"}]


def test_blank_lines_count_in_line_numbers_and_line_ends_do_not_matter():
    rows = cells("titre,prix\r\n\r\nSalle,3\rAtelier,4")
    assert [(row.line, row.values["titre"]) for row in rows] == [(3, "Salle"), (4, "Atelier")]


def test_a_cell_may_hold_lines_quotes_and_delimiters():
    rows = cells('titre,prix\n"Salle ""Watt"",\nrez-de-chaussée",3\nAtelier,4\n')
    assert [row.values["titre"] for row in rows] == ['Salle "Watt",\nrez-de-chaussée', "Atelier"]
    assert [row.line for row in rows] == [2, 4]


def test_a_quote_that_nobody_closes_spoils_its_line_alone():
    rows = cells('titre,prix\nA,1\n"B,2\nC,3\n"D, bis",4\nE,5\n')
    assert [row.values["titre"] for row in rows if not row.faults] == ["A", "C", "D, bis", "E"]
    assert [(row.line, row.faults[0].reason) for row in rows if row.faults] == [(3, "unreadable")]


@pytest.mark.parametrize("line", ["seul", "un,deux,trois"])
def test_another_number_of_cells_is_a_fault_of_the_line(line):
    rows = cells(f"titre,prix\n{line}\nSalle,3")
    assert rows[0].faults[0].reason == "cells"
    assert "l’en-tête en a 2" in rows[0].faults[0].problem
    assert rows[1].values["titre"] == "Salle"


def test_a_missing_column_is_named_with_those_that_were_read():
    with pytest.raises(UnreadableFile, match=r"« prix ».*« titre », « cout »"):
        read_table("titre;cout\nA;1", ["titre", "prix"])


def test_a_column_written_twice_is_refused():
    with pytest.raises(UnreadableFile, match="deux fois"):
        read_table("titre,prix,titre\nA,1,B", ["titre", "prix"])


def test_an_empty_file_misses_its_columns():
    with pytest.raises(UnreadableFile, match="Colonnes absentes"):
        read_table("", ["titre"])


def test_a_very_long_cell_is_read():
    assert len(cells(f"titre,prix\n{'a' * 300_000},3")[0].values["titre"]) == 300_000


def test_json_lines_are_told_from_csv():
    assert is_json_lines('\n {"id": "a"}')
    assert not is_json_lines("id,titre")


def test_json_rows_keep_their_line_numbers_and_pass_over_blank_lines():
    rows = list(json_rows('{"id": "a"}\r\n\n{"id": "b"}'))
    assert [(row.line, row.record) for row in rows] == [(1, {"id": "a"}), (3, {"id": "b"})]


@pytest.mark.parametrize(
    "line",
    ["{", "[1]", '"text"', '{"id": NaN}', '{"id": "a", "id": "b"}', "[" * 100_000, '{"n": ' + "9" * 5000 + "}"],
    ids=["cut", "list", "text", "nan", "twice", "deep", "long"],
)
def test_a_line_that_is_no_json_object_does_not_stop_the_others(line):
    rows = list(json_rows(f'{line}\n{{"id": "b"}}'))
    assert [fault.reason for fault in rows[0].faults] == ["unreadable"]
    assert rows[1].record == {"id": "b"}
