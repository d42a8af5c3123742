"""`allocate` as its users start it."""

import json
from pathlib import Path
from typing import Any

import pytest

from matching.engine.cli import main
from tests.engine.command import write_lines

NEEDS: list[dict[str, Any]] = [
    {"id": f"n{at}", "title": "Jardin partagé", "kinds": ["place"], "amount_min": 400} for at in range(3)
]
PLACE = {"id": "terrain", "title": "Jardin partagé", "kinds": ["place"]}
ENVELOPE = {"id": "aide", "title": "Jardin partagé", "kinds": ["funding"]}


def allocate(folder: Path, *options: str, **files: list) -> tuple[int, list[dict[str, Any]], dict[str, Any]]:
    """The exit code, the lines and the report; each file under its option's name."""
    paths = [arg for name, lines in files.items() for arg in (f"--{name}", str(write_lines(folder / name, lines)))]
    out, report = folder / "out.jsonl", folder / "report.json"
    code = main(["allocate", *paths, *options, "--out", str(out), "--report", str(report)])
    if code:
        return code, [], {}
    return code, [json.loads(line) for line in out.read_text().splitlines()], json.loads(report.read_text())


def test_a_place_serves_one_at_a_time_and_slots_are_told_apart(tmp_path: Path, capfd) -> None:
    code, lines, report = allocate(tmp_path, needs=NEEDS, offers=[PLACE])
    assert (code, [line["need"] for line in lines]) == (0, ["n0"])
    assert {*lines[0]} == {"need", "offer", "score"}
    assert "1 of 3 needs" in capfd.readouterr().err
    assert [each["need"] for each in report["unserved"]] == ["n1", "n2"]
    assert all("terrain" in each["why"] for each in report["unserved"])
    assert report["value"] <= report["bound"] and report["gap"] < 1e-6 and report["prices"].keys() == {"terrain"}
    _, lines, _ = allocate(tmp_path, needs=NEEDS, offers=[PLACE], capacities=[{"offer": "terrain", "slots": 2}])
    assert len(lines) == 2


def test_an_envelope_is_never_exceeded_and_one_that_is_not_told_has_no_end(tmp_path: Path) -> None:
    needs = [{**need, "kinds": ["funding"]} for need in NEEDS]
    _, lines, _ = allocate(tmp_path, needs=needs, offers=[ENVELOPE])
    assert len(lines) == 3
    _, lines, report = allocate(
        tmp_path, needs=needs, offers=[ENVELOPE], capacities=[{"offer": "aide", "amount": 1000}]
    )
    assert [line["amount"] for line in lines] == [400, 400]
    assert report["served"] == 2
    _, lines, report = allocate(tmp_path, needs=needs, offers=[ENVELOPE], capacities=[{"offer": "aide", "amount": 399}])
    assert lines == [] and "aide" in report["unserved"][0]["why"]


def test_pairs_may_be_given(tmp_path: Path) -> None:
    pairs = [
        {"need": "b", "offer": "o", "score": 0.5},
        {"need": "a", "offer": "o", "score": 0.9},
        {"need": "b", "offer": "p", "score": 0.2, "amount": 500},
        {"need": "c", "offer": "o", "score": -1},
    ]
    _, lines, report = allocate(tmp_path, pairs=pairs, capacities=[{"offer": "p", "amount": 500.5}])
    assert lines == [
        {"need": "b", "offer": "p", "score": 0.2, "amount": 500},
        {"need": "a", "offer": "o", "score": 0.9},
    ]
    assert [each["need"] for each in report["unserved"]] == ["c"]


FAULTS = {
    '{"offer": "terrain", "slots": 1.5}': "slots",
    '{"offer": "terrain", "amount": -1}': "amount",
    '{"offer": "terrain"}': "slots",
    '{"slots": 1}': "offer",
    '{"offer": "nobody", "slots": 1}': "offer",
    '{"offer": "terrain", "places": 1}': "places",
    '{"offer": "terrain", "slots": true}': "slots",
    "[]": "line",
}


@pytest.mark.parametrize("line", FAULTS)
def test_a_fault_is_named_and_the_earlier_file_stays(tmp_path: Path, line: str, capfd) -> None:
    (tmp_path / "out.jsonl").write_text("earlier")
    code, _, _ = allocate(tmp_path, needs=NEEDS, offers=[PLACE], capacities=[line])
    assert code == 2
    assert f"capacities:1: {FAULTS[line]}: " in capfd.readouterr().err
    assert (tmp_path / "out.jsonl").read_text() == "earlier"


def test_options_that_do_not_go_together_and_files_that_are_missing(tmp_path: Path, capfd) -> None:
    for options in (["--pairs", "p", "--needs", "n"], ["--needs", "n"], []):
        with pytest.raises(SystemExit) as ended:
            main(["allocate", *options, "--out", str(tmp_path / "out")])
        assert ended.value.code == 2
    assert main(["allocate", "--pairs", str(tmp_path / "none"), "--out", str(tmp_path / "out")]) == 1
    assert "none" in capfd.readouterr().err and not (tmp_path / "out").exists()


def test_the_table_of_fairness_is_printed(capfd, monkeypatch) -> None:
    from matching.engine import fairness

    small = fairness.table(1, needs=100, offers=30)
    monkeypatch.setattr(fairness, "table", lambda seed: small)
    assert main(["fairness", "--seed", "2"]) == 0
    assert "by score" in capfd.readouterr().out
