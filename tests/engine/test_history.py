"""What was taken up before foretells what is taken up next, and only what came before is looked at."""

import csv
import json
from pathlib import Path

import pytest

from matching.engine.cli import main
from matching.engine.history import Profiles, Taken, forward

GARDENS, ROADS = "Direction verte", "Direction grise"


def _taken(when: str, count: int) -> list[Taken]:
    made = []
    for at in range(count):
        made.append(Taken(f"jardin partagé et compost {at}", "cadre", GARDENS, when))
        made.append(Taken(f"piste cyclable et trottoir {at}", "cadre", ROADS, when))
    return made


def test_titles_tell_apart_what_the_theme_does_not() -> None:
    ((when, places),) = forward([*_taken("2020", 60), *_taken("2021", 20)])
    assert when == "2021"
    assert (places["profile"] == 1).all() and (places["profile and theme"] == 1).all()
    assert (places["theme"] == 1.5).all()


def test_nothing_is_foretold_without_enough_before() -> None:
    assert not list(forward([*_taken("2020", 40), *_taken("2021", 20)]))


def test_who_never_took_up_anything_is_not_found() -> None:
    new = [Taken("patinoire", "sport", "Direction neuve", "2021")]
    ((_, places),) = forward([*_taken("2020", 60), *new])
    assert places["profile and theme"].tolist() == [float("inf")]


def test_profiles_are_shares() -> None:
    profiles = Profiles().fit(_taken("2020", 5))
    shares = profiles.near([Taken("un jardin", "cadre", "", "")])
    assert shares.sum() == pytest.approx(1) and profiles.names_[int(shares.argmax())] == GARDENS


def test_the_command_prints_its_table(tmp_path: Path, capsys) -> None:
    path, report = tmp_path / "taken.csv", tmp_path / "report.json"
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["title", "theme", "by", "when"])
        writer.writerows([t.title, t.theme, t.by, t.when] for t in [*_taken("2020", 60), *_taken("2021", 20)])
    named = [text for name in ("title", "theme", "by", "when") for text in (f"--{name}", name)]
    assert main(["history", "--file", str(path), *named, "--report", str(report)]) == 0
    assert json.loads(report.read_text())["profile"]["first"] == 1
    assert main(["history", "--file", str(path), *named[:-1], "year"]) == 2
    assert "year: no such column" in capsys.readouterr().err
    assert main(["history", "--file", str(tmp_path / "none.csv"), *named]) == 1
