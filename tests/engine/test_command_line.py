"""The command line, run as its users run it: the form of what comes out, and what refuses to."""

import gzip
import json
import math
import random
import subprocess
import sys
from pathlib import Path

import pytest

from matching.engine.cli import main
from tests.engine.command import ROOT, run, run_lines, write_lines

NEEDS = [
    {
        "id": "besoin é",
        "title": "Un jardin partagé",
        "text": "Nous cherchons un terrain à Brest, pour composter",
        "kinds": ["place"],
        "themes": ["nature/jardins"],
        "territory": {"level": "commune", "code": "29019"},
        "capacity": 40,
    },
    {"id": "rien", "title": "Une montgolfière"},
]
OFFERS = [
    {
        "id": "terrain",
        "title": "Terrain à jardiner",
        "text": "Un jardin et son compost, à Brest",
        "kinds": ["place"],
        "themes": ["nature"],
        "territory": {"level": "commune", "code": "29019"},
        "perimeter": {"level": "departement", "code": "29"},
        "capacity": 60,
    },
    {"id": "petit", "title": "Petit jardin", "kinds": ["place"], "capacity": 10},
    {"id": "pas encore", "title": "Jardin en projet", "status": "draft"},
    {"id": "clos", "title": "Jardin ouvrier", "closes": "2026-01-31"},
]


def test_lines_matches_and_report_hold_exactly_the_keys_of_the_contract(tmp_path: Path) -> None:
    ran = run_lines(
        tmp_path, NEEDS, OFFERS, "--near-misses", "5", "--today", "2026-02-01", "--report", tmp_path / "report.json"
    )
    assert (ran.code, ran.stderr) == (0, "")
    first, second = ran.lines
    assert set(first) == {"need", "matches", "near"}
    assert [first["need"], second["need"]] == ["besoin é", "rien"]
    (match,) = first["matches"]
    assert set(match) == {"offer", "score", "parts", "reasons", "against"}
    assert match["offer"] == "terrain"
    assert len(match["parts"]) >= 2 and all(isinstance(part, float) for part in match["parts"].values())
    assert math.isclose(sum(match["parts"].values()), match["score"], abs_tol=1e-6)
    assert 1 <= len(match["reasons"]) <= 4 and all(isinstance(reason, str) for reason in match["reasons"])
    assert match["against"] is None
    (miss,) = first["near"]
    assert set(miss) == {"offer", "refused_by"} and miss["offer"] == "petit"
    (refusal,) = miss["refused_by"]
    assert set(refusal) == {"gate", "sentence", "mend"} and refusal["gate"] == "capacity"
    assert "10" in refusal["sentence"] and "40" in refusal["sentence"] and refusal["mend"]
    assert second["matches"] == []

    report = json.loads((tmp_path / "report.json").read_text())
    assert set(report) == {"needs", "offers", "pairs_refused", "seconds", "peak_mb", "version"}
    assert (report["needs"], report["offers"]) == (2, 4)
    assert report["pairs_refused"] == {
        "kinds": 0, "perimeter": 0, "need_perimeter": 0, "amount": 0, "capacity": 1,
        "dates": 0, "rights": 0, "legal_form": 0, "status": 2, "closes": 2,
    }  # fmt: skip
    assert set(report["seconds"]) == {"read", "fit", "rank", "write"}


def test_the_mirror_gives_a_line_for_each_offer_with_the_same_scores(tmp_path: Path) -> None:
    forth = run_lines(tmp_path, NEEDS, OFFERS)
    back = run_lines(tmp_path, NEEDS, OFFERS, "--direction", "offers", out="back.jsonl")
    assert "near" not in forth.lines[0]
    assert [line["offer"] for line in back.lines] == ["terrain", "petit", "pas encore", "clos"]
    scores = {(line["need"], m["offer"]): (m["score"], m["parts"]) for line in forth.lines for m in line["matches"]}
    mirrored = {(m["need"], line["offer"]): (m["score"], m["parts"]) for line in back.lines for m in line["matches"]}
    assert scores == mirrored and len(scores) == 2


def test_the_same_bytes_whatever_the_hash_seed_the_locale_and_the_threads(tmp_path: Path) -> None:
    random.seed(3)
    words = "jardin partagé salle atelier vélo compost école musée archive données carte numérique médiation".split()
    needs = [{"id": str(n), "title": " ".join(random.choices(words, k=5)), "themes": ["a", "b/c"]} for n in range(60)]
    offers = [{"id": str(n), "text": " ".join(random.choices(words, k=9)), "themes": ["b"]} for n in range(60)]
    outs = set()
    for seed, threads, locale in (("0", "1", "C"), ("1", "2", "C.UTF-8"), ("17", "2", "POSIX")):
        environment = {
            "PYTHONHASHSEED": seed, "OMP_NUM_THREADS": threads, "OPENBLAS_NUM_THREADS": threads, "LC_ALL": locale,
            "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0",
        }  # fmt: skip
        ran = run_lines(tmp_path, needs, offers, out=f"{seed}.jsonl.gz", environment=environment)
        assert ran.code == 0, ran.stderr
        outs.add(ran.out.read_bytes())
    assert len(outs) == 1


def test_gzip_bom_blank_lines_and_other_line_ends_are_read(tmp_path: Path) -> None:
    needs = tmp_path / "needs.jsonl.gz"
    needs.write_bytes(gzip.compress(b'\xef\xbb\xbf\r\n{"id": "a", "title": "jardin"}\r\n\n  \n{"id": "b"}'))
    offers = write_lines(tmp_path / "offers.jsonl", [OFFERS[1]])
    ran = run("--needs", needs, "--offers", offers, out=tmp_path / "out.jsonl")
    assert [line["need"] for line in ran.lines] == ["a", "b"]
    assert [match["offer"] for match in ran.lines[0]["matches"]] == ["petit"]


def test_line_numbers_count_blank_lines_and_every_fault_is_named_up_to_twenty(tmp_path: Path) -> None:
    out = tmp_path / "out.jsonl"
    out.write_text("earlier")
    report = tmp_path / "report.json"
    ran = run_lines(
        tmp_path, ["", '{"id": 1}', ""], [{"id": str(n), "capacity": -1} for n in range(30)], "--report", report
    )
    assert ran.code == 2
    lines = ran.stderr.splitlines()
    assert f"{tmp_path}/needs.jsonl:2: id: " in lines[0]
    assert f"{tmp_path}/offers.jsonl:1: capacity: " in lines[1]
    assert sum(":" in line and " capacity: " in line for line in lines) == 19
    assert out.read_text() == "earlier" and not report.exists()
    assert {path.name for path in tmp_path.iterdir()} == {"needs.jsonl", "offers.jsonl", "out.jsonl"}


def test_empty_files_are_files_of_no_listings(tmp_path: Path) -> None:
    assert run_lines(tmp_path, [], OFFERS).lines == []
    ran = run_lines(tmp_path, NEEDS, [], out="other.jsonl")
    assert ran.code == 0
    assert ran.lines == [{"need": need["id"], "matches": []} for need in NEEDS]


@pytest.mark.parametrize(
    ("options", "named"),
    [
        (["--top", "0"], "--top"),
        (["--top", "ten"], "--top"),
        (["--near-misses", "-1"], "--near-misses"),
        (["--today", "2026-02-30"], "--today"),
        (["--today", "20260201"], "--today"),
        (["--direction", "both"], "--direction"),
        (["--tops", "3"], "--tops"),
    ],
)
def test_wrong_options_exit_with_2_and_are_named(tmp_path: Path, capsys, options: list[str], named: str) -> None:
    needs = write_lines(tmp_path / "needs.jsonl", NEEDS)
    with pytest.raises(SystemExit) as ended:
        main(["rank", "--needs", str(needs), "--offers", str(needs), "--out", str(tmp_path / "out"), *options])
    assert ended.value.code == 2
    assert named in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


def test_files_that_cannot_be_read_or_written_exit_with_1_and_are_named(tmp_path: Path, capfd) -> None:
    good = str(write_lines(tmp_path / "good.jsonl", NEEDS))
    offers = str(write_lines(tmp_path / "offers.jsonl", OFFERS))
    packed = gzip.compress(b'{"id": "a"}\n' * 50)
    spoiled = {
        "cut.gz": packed[:-12],
        "not.gz": b'{"id": "a"}\n',
        "bits.gz": packed[:14] + bytes(byte ^ 255 for byte in packed[14:24]) + packed[24:],
        "tail.gz": packed + b"tail",
    }
    for name, content in spoiled.items():
        (tmp_path / name).write_bytes(content)
    (tmp_path / "folder").mkdir()
    out = str(tmp_path / "out.jsonl")
    cases = [
        (["--needs", str(tmp_path / name), "--offers", offers, "--out", out], name)
        for name in (*spoiled, "missing.jsonl", "folder")
    ]
    cases += [
        (["--needs", good, "--offers", offers, "--out", str(tmp_path / "no" / "out")], "no/out"),
        (["--needs", good, "--offers", offers, "--out", str(tmp_path)], str(tmp_path)),
        (["--needs", good, "--offers", offers, "--out", out, "--report", str(tmp_path / "no" / "r")], "no/r"),
        (["--needs", good, "--offers", offers, "--out", out, "--model", str(tmp_path / "model")], "model"),
    ]
    for options, named in cases:
        assert main(["rank", *options]) == 1, options
        stderr = capfd.readouterr().err
        assert named in stderr and "Traceback" not in stderr
        assert not Path(out).exists()


def test_a_well_formed_unknown_territory_warns_and_refuses_nobody(tmp_path: Path) -> None:
    unknown = {"level": "commune", "code": "29999"}
    ran = run_lines(
        tmp_path, [{**NEEDS[0], "territory": unknown}], [{"id": "o", "text": "jardin", "perimeter": unknown}]
    )
    assert ran.code == 0
    assert "needs.jsonl:1: territory: " in ran.stderr and "offers.jsonl:1: perimeter: " in ran.stderr
    assert [match["offer"] for match in ran.lines[0]["matches"]] == ["o"]


def test_no_django_and_no_database_are_loaded(tmp_path: Path) -> None:
    probe = (
        "import sys; from matching.engine.cli import main; code = main(sys.argv[1:]);"
        "print(code, {name.partition('.')[0] for name in sys.modules} & {'django', 'sqlite3', 'psycopg', 'pcc'})"
    )
    needs = str(write_lines(tmp_path / "needs.jsonl", NEEDS))
    offers = str(write_lines(tmp_path / "offers.jsonl", OFFERS))
    options = ["rank", "--needs", needs, "--offers", offers, "--out", str(tmp_path / "out.jsonl")]
    done = subprocess.run([sys.executable, "-c", probe, *options], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "0 set()"


def test_out_may_be_a_link_or_a_device(tmp_path: Path) -> None:
    target = tmp_path / "target.jsonl"
    target.write_text("earlier")
    link = tmp_path / "link.jsonl"
    link.symlink_to(target)
    assert run_lines(tmp_path, NEEDS, OFFERS, out="link.jsonl").code == 0
    assert link.is_symlink() and "besoin" in target.read_text()
    needs = write_lines(tmp_path / "needs.jsonl", NEEDS)
    assert run("--needs", needs, "--offers", tmp_path / "offers.jsonl", out=Path("/dev/null")).code == 0


COMMAND = (sys.executable, "-m", "matching.engine", "rank")


def test_a_report_that_cannot_be_written_leaves_the_earlier_rankings(tmp_path):
    needs, offers, out = (tmp_path / name for name in ("n.jsonl", "o.jsonl", "out.jsonl"))
    needs.write_text('{"id": "n", "title": "Un jardin"}\n')
    offers.write_text('{"id": "o", "title": "Jardin"}\n')
    out.write_text("earlier")
    loop = tmp_path / "loop"
    loop.symlink_to(loop)
    for report in ("/dev/full", str(loop / "r.json")):
        ran = subprocess.run(
            [*COMMAND, "--needs", needs, "--offers", offers, "--out", out, "--report", report],
            cwd=ROOT,
            capture_output=True,
            text=True,
        )
        assert (ran.returncode, out.read_text()) == (1, "earlier"), report
        assert "Traceback" not in ran.stderr


def test_a_number_of_thousands_of_digits_and_an_accented_id_are_named(tmp_path):
    needs, offers, out = (tmp_path / name for name in ("n.jsonl", "o.jsonl", "out.jsonl"))
    needs.write_text('{"id": "besoin-é"}\n{"id": "besoin-é", "capacity": ' + "9" * 5000 + "}\n")
    offers.write_text("")
    ran = subprocess.run(
        [*COMMAND, "--needs", needs, "--offers", offers, "--out", out],
        cwd=ROOT,
        capture_output=True,
        text=True,
        encoding="utf-8",
    )
    assert ran.returncode == 2
    assert f"{needs}:2: capacity: " in ran.stderr
    assert "besoin-é" in ran.stderr
