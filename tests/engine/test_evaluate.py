"""`evaluate`: figures that are right, on files and on real collections, and faults told by file and line."""

import json
import math
from pathlib import Path

import numpy as np
import pytest

from matching.engine import Need, Offer
from matching.engine.baselines import ANCHOR, RANKERS
from matching.engine.cli import main
from matching.engine.evaluate import MATCHER, Collection, auc, evaluate
from tests.engine.command import write_lines

OFFERS = [
    Offer(id="a", title="Jardin partagé", text="Des parcelles à cultiver au jardin."),
    Offer(id="b", title="Salle des fêtes", text="Une salle pour les concerts."),
    Offer(id="c", title="Pistes cyclables", text="Aménager des bandes cyclables."),
    Offer(id="d", title="Jardin public", text="Un banc au jardin."),
]


def files(folder: Path, judgements: list) -> list[str]:
    """The options for three files."""
    needs = write_lines(
        folder / "n.jsonl", [{"id": "1", "title": "Un jardin partagé"}, {"id": "2", "title": "Piscine"}]
    )
    offers = write_lines(folder / "o.jsonl", [{"id": o.id, "title": o.title, "text": o.text} for o in OFFERS])
    told = write_lines(folder / "j.jsonl", judgements)
    return ["evaluate", "--needs", str(needs), "--offers", str(offers), "--judgements", str(told)]


def test_figures_are_those_of_the_definition() -> None:
    collection = Collection("c", [Need(id="1", title="jardin partagé")], OFFERS, {0: {0: 1.0, 3: 2.0, 2: 1.0}})
    found = {figures.ranker: figures for figures in evaluate(collection)}
    assert found.keys() == {*RANKERS, MATCHER}
    # "a" (1) comes before "d" (2), and "c" is not listed by the anchor.
    gained = 1 / math.log2(2) + 2 / math.log2(3)
    best = 2 / math.log2(2) + 1 / math.log2(3) + 1 / math.log2(4)
    assert found[ANCHOR].ndcg.tolist() == [pytest.approx(gained / best)]
    assert found[ANCHOR].recall == found[ANCHOR].share_in_first_ten == pytest.approx(2 / 3)
    assert found[ANCHOR].reciprocal_rank == 1
    assert found[ANCHOR].difference == (0, 0, 0)
    assert found["every_stem"].recall == pytest.approx(1 / 3)
    assert found[MATCHER].auc is None


def test_auc_counts_ties_half() -> None:
    fits = np.array([True, True, False, False])
    assert auc(np.array([3.0, 1.0, 1.0, 0.0]), fits) == pytest.approx((1 + 1 + 0.5 + 1) / 4)
    assert auc(np.array([1.0, 2.0]), np.array([True, True])) is None


@pytest.mark.parametrize("name", RANKERS)
def test_each_dull_ranker_finds_what_it_should_and_bears_empty_texts(name: str) -> None:
    needs = [Need(id="1", title="jardin partagé"), Need(id="2"), Need(id="3", title="zythologie")]
    scores = RANKERS[name](needs, [*OFFERS, Offer(id="e")])
    assert scores.shape == (3, 5)
    assert scores[0].argmax() == 0
    assert not scores[1].any() and not scores[:, 4].any()
    assert not RANKERS[name](needs, [Offer(id="e")]).any()
    assert RANKERS[name]([], OFFERS).shape == (0, 4)


def test_files_are_evaluated_and_told_as_a_table_and_a_report(tmp_path: Path, capsys: pytest.CaptureFixture) -> None:
    judgements = [{"need": "1", "offer": "a", "grade": 2}, {"need": "1", "offer": "b", "grade": 0}]
    report = tmp_path / "r.json"
    assert main([*files(tmp_path, judgements), "--all-judged", "--report", str(report)]) == 0
    told = capsys.readouterr().out
    assert "1 needs that something fits, 1 that nothing fits, 4 offers" in told
    assert "| matcher | 1.000 |" in told
    figures = {each["ranker"]: each for each in json.loads(report.read_text())["judgements"]}
    assert figures["matcher"]["auc"] == 1
    assert figures["matcher"]["recall_100"] == 1
    assert main(files(tmp_path, judgements)) == 0
    assert "nothing fits" not in capsys.readouterr().out


@pytest.mark.parametrize(
    ("line", "fault"),
    [
        ({"need": "1", "offer": "z", "grade": 1}, 'j.jsonl:2: offer: "z" is the id of no offer'),
        ({"need": "9", "offer": "a", "grade": 1}, 'j.jsonl:2: need: "9" is the id of no need'),
        ({"need": "1", "offer": "a"}, "j.jsonl:2: grade: missing"),
        ("[1]", "j.jsonl:2: [1] is a list"),
        ({"need": "1", "offer": "a", "grade": "x"}, "j.jsonl:2:"),
    ],
)
def test_faults_are_told_by_file_and_line(
    tmp_path: Path, capsys: pytest.CaptureFixture, line: object, fault: str
) -> None:
    assert main(files(tmp_path, [{"need": "1", "offer": "a", "grade": 1}, line])) == 2
    assert fault in capsys.readouterr().err


def test_real_files_become_collections(tmp_path: Path, capsys: pytest.CaptureFixture) -> None:
    aids, projects = tmp_path / "aids.csv", tmp_path / "projects.csv"
    aids.write_text("Nom,Descriptif\nDes pistes cyclables,Aménager des pistes\nUn jardin,Cultiver un jardin\n", "utf-8")
    lines = [f"Jardin {at},Nature,Espaces verts" if at % 4 < 2 else f"Vélo {at},Rue,Voirie" for at in range(12)]
    projects.write_text(
        "titre_projet_gagnant,thematique,direction_pilote_projet\n" + "\n".join(lines) + "\nNON REGISTRÉ,Rue,Voirie\n",
        "utf-8",
    )
    assert main(["evaluate", "--aids", str(aids), "--projects", str(projects)]) == 0
    told = capsys.readouterr().out
    assert told.count("## aids") == told.count("## projects") == 2
    assert "6 needs that something fits, 6 offers" in told


@pytest.mark.parametrize(
    ("options", "code", "said"),
    [
        (["--needs", "x"], 2, "go together"),
        ([], 2, "nothing to evaluate"),
        (["--aids", "missing.csv"], 1, "missing.csv: cannot be read"),
    ],
)
def test_options_and_files_that_will_not_do(
    options: list[str], code: int, said: str, capsys: pytest.CaptureFixture
) -> None:
    assert main(["evaluate", *options]) == code
    assert said in capsys.readouterr().err


def test_a_file_of_other_columns_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture) -> None:
    other = tmp_path / "other.csv"
    other.write_text("a,b\n1,2\n", "utf-8")
    assert main(["evaluate", "--aids", str(other)]) == 2
    assert "other.csv:1: no column Nom, Descriptif" in capsys.readouterr().err
