"""Training: learns what was planted, keeps the rule where it cannot tell better, and spoils nothing when it fails."""

import json
import random
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest

from matching.engine import Matcher, Need, Offer, Place, learning, worlds
from matching.engine.cli import main
from matching.engine.decisions import Decision, read_decisions
from matching.engine.heads import BASE, FILE, Heads
from matching.engine.learning_sentences import LEARNING_SENTENCES
from matching.engine.lessons import OVERSEAS, RURAL, UNTOLD, URBAN, territory_class
from matching.engine.simulation import _decision, _listing
from matching.geography import load
from tests.engine.command import write_lines

PLACE = next(nature for nature in worlds.NATURES if nature.name == "place")


@pytest.fixture(scope="module")
def world() -> worlds.World:
    return worlds.plant(8, needs=260, offers=120, nature=PLACE)


@pytest.fixture(scope="module")
def decisions(world: worlds.World) -> list[Decision]:
    return worlds.logged(world, 300, among=range(200))


@pytest.fixture(scope="module")
def trained(world: worlds.World, decisions: list[Decision]) -> learning.Trained:
    return learning.train(world.needs, world.offers, decisions)


def quality(world: worlds.World, heads: Heads | None, judged: Sequence[int] = range(200, 260)) -> float:
    """The share of the hidden chances that the first five of each list have of the best five."""
    at = {offer.id: place for place, offer in enumerate(world.offers)}
    lists = Matcher(heads=heads).fit(world.offers).rank([world.needs[need] for need in judged], top=5)
    got = [
        sum(world.agreed[need, at[match.id]] for match in line.matches)
        for need, line in zip(judged, lists, strict=True)
    ]
    return float(np.sum(got) / np.sort(world.agreed[list(judged)], axis=1)[:, -5:].sum())


def test_what_was_planted_is_learned(world: worlds.World, trained: learning.Trained) -> None:
    assert trained.report.promoted and trained.report.rung == "drawn"
    assert quality(world, trained.heads) > quality(world, None) + 0.02
    told = trained.report.as_json()
    assert json.loads(json.dumps(told, allow_nan=False)) == told
    assert told["decisions"] == sum(told["counts"][name] for name in ("accepted", "declined"))
    assert told["metrics"]["two_heads"] and set(told["metrics"]["weights"]) == {"wanted", "granted"}
    assert [reason["code"] for reason in told["reasons"]] == ["promoted.better"]


@pytest.mark.parametrize("seed", range(3))
def test_what_is_promoted_is_not_below_the_rule(seed: int) -> None:
    world = worlds.plant(seed, needs=160, offers=80)
    made = worlds.logged(world, 120, among=range(100))
    found = learning.train(world.needs, world.offers, made)
    judged = range(100, 160)
    assert quality(world, found.heads, judged) >= quality(world, None, judged)


def test_few_decisions_keep_the_rule(world: worlds.World, decisions: list[Decision]) -> None:
    few = learning.train(world.needs, world.offers, decisions[:40])
    assert few.heads is None and few.candidate is None and not few.report.promoted
    assert [reason.code for reason in few.report.reasons] == ["rule.few"]
    assert "30" in str(few.report.reasons[0])
    yes = [replace(each, outcome="accepted", reason=None) for each in decisions]
    assert learning.train(world.needs, world.offers, yes).report.rung == "rule"
    assert learning.train([], [], decisions).report.counts["left_out"] == len(decisions)


def test_answers_at_random_are_not_promoted(world: worlds.World, decisions: list[Decision]) -> None:
    chance = random.Random(3)
    spoken = [each for each in decisions if each.outcome != "ignored" and each.side == "need"]
    noise = [replace(each, outcome=chance.choice(("accepted", "declined")), reason=None) for each in spoken]
    found = learning.train(world.needs, world.offers, noise)
    assert found.heads is None and found.candidate is not None
    assert {reason.code for reason in found.report.reasons} & {"refused.not_better", "refused.order"}


@pytest.mark.parametrize("labels", [40, 120, 300])
def test_answers_given_to_other_pairs_are_not_promoted(world: worlds.World, labels: int) -> None:
    made = worlds.logged(world, labels, among=range(200))
    for seed in range(4):
        found = learning.train(world.needs, world.offers, worlds.shuffled(made, seed))
        assert found.heads is None and found.candidate is not None
        assert "refused.chance" in {reason.code for reason in found.report.reasons}


def test_answers_turned_round_are_not_promoted(world: worlds.World, decisions: list[Decision]) -> None:
    opposite = {"accepted": "declined", "declined": "accepted", "ignored": "ignored"}
    turned = [replace(each, outcome=opposite[each.outcome], reason=None) for each in decisions]
    found = learning.train(world.needs, world.offers, turned)
    assert found.heads is None and found.report.metrics["by_chance"] > 0.99


def test_the_order_of_lines_changes_nothing(
    world: worlds.World, decisions: list[Decision], trained: learning.Trained
) -> None:
    shuffled = random.Random(5).sample(decisions, len(decisions))
    again = learning.train(world.needs, world.offers, shuffled)
    assert trained.heads is not None and again.heads is not None
    assert again.heads.packed() == trained.heads.packed()


def test_one_side_alone_makes_one_head(world: worlds.World, decisions: list[Decision]) -> None:
    found = learning.train(world.needs, world.offers, [each for each in decisions if each.side == "need"])
    assert found.candidate is not None and found.candidate.granted is None


def test_where_nobody_says_no_silences_speak(world: worlds.World, decisions: list[Decision]) -> None:
    silent = [
        replace(each, outcome="ignored", reason=None) if each.outcome == "declined" else each
        for each in decisions
        if each.side == "need"
    ]
    found = learning.train(world.needs, world.offers, silent)
    assert found.candidate is not None
    assert quality(world, found.candidate) > quality(world, None)


def test_a_reason_speaks_of_its_features(world: worlds.World, decisions: list[Decision]) -> None:
    def weight(reason: str | None) -> float:
        told = [replace(each, reason=reason if each.outcome == "declined" else None) for each in decisions]
        candidate = learning.train(world.needs, world.offers, told).candidate
        assert candidate is not None
        return candidate.wanted.weights["territory"] + candidate.wanted.weights["near"]

    assert weight("place") > weight(None)


def test_what_serves_is_held_against_newer_needs_only(
    world: worlds.World, decisions: list[Decision], trained: learning.Trained
) -> None:
    champion = trained.heads
    assert champion is not None
    again = learning.train(world.needs, world.offers, decisions, champion=champion)
    assert again.heads is None, "the same decisions teach nothing new"
    assert set(again.report.metrics["champion"]) == {"ndcg", "brier", "ece"}


def test_trees_are_tried_and_never_shipped(
    world: worlds.World, decisions: list[Decision], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(learning, "ENOUGH_FOR_TREES", 200)
    found = learning.train(world.needs, world.offers, decisions)
    trees = found.report.metrics["trees"]
    assert trees["shipped"] is False and 0 < trees["ndcg"] <= 1
    assert found.report.rung == "drawn"


def test_territories_are_told_apart() -> None:
    geography = load()
    classes = {
        ("commune", "29019"): URBAN, ("commune", "01002"): RURAL, ("commune", "97411"): OVERSEAS,
        ("departement", "29"): UNTOLD, ("departement", "974"): OVERSEAS,
    }  # fmt: skip
    assert {place: territory_class(Place(*place), geography) for place in classes} == classes
    assert territory_class(None, geography) == UNTOLD


def test_every_reason_has_a_sentence() -> None:
    source = Path(learning.__file__).read_text(encoding="utf-8")
    for code in LEARNING_SENTENCES:
        assert code in source or code.startswith("refused.territory.")


LINE = {"need": "n", "offer": "o", "outcome": "accepted", "side": "need", "at": "2026-01-31"}
BAD = {
    'outcome: "maybe" is unknown, one of accepted, declined, ignored is expected': {"outcome": "maybe"},
    'side: "mayor" is unknown': {"side": "mayor"},
    'need: "x" is no need of its file': {"need": "x"},
    "offer: missing": {"offer": None},
    "rank: 0 is no rank, a whole number from 1": {"rank": 0},
    "rank: true is a truth value": {"rank": True},
    "propensity: 1.5 is no chance": {"propensity": 1.5},
    "propensity: 0 is no chance": {"propensity": 0},
    'at: "31/01/2026" is another form of date': {"at": "31/01/2026"},
    'at: "2026-02-31" is no day': {"at": "2026-02-31"},
    'at: "2026-01-31T25:00:00Z" is a text': {"at": "2026-01-31T25:00:00Z"},
    "at: missing": {"at": ""},
    "reason: 3 is a number": {"reason": 3},
    "who: no field of a decision": {"who": "the mayor"},
}


@pytest.mark.parametrize("fault", BAD)
def test_a_bad_line_is_named(fault: str, tmp_path: Path) -> None:
    path = write_lines(tmp_path / "d.jsonl", [LINE, "", LINE | BAD[fault]])
    reading = read_decisions(str(path), needs=["n"], offers=["o"])
    assert not reading.decisions
    (named,) = reading.faults
    assert named.startswith(f"{path}:3: {fault}")


def test_good_lines_are_read(tmp_path: Path) -> None:
    more = {"rank": 2.0, "reason": "place", "propensity": 0.9, "at": "2026-01-31T12:00:00Z", "outcome": "declined"}
    path = write_lines(tmp_path / "d.jsonl", [LINE | {"rank": None, "reason": ""}, LINE | more])
    first, second = read_decisions(str(path)).decisions
    assert (first.at, first.rank, first.reason) == (date(2026, 1, 31), None, None)
    assert isinstance(second.at, datetime) and second.day == first.day
    assert (second.rank, second.reason, second.propensity) == (2, "place", 0.9)


@pytest.fixture(scope="module")
def files(world: worlds.World, decisions: list[Decision], tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("files")
    write_lines(folder / "needs.jsonl", map(_listing, world.needs))
    write_lines(folder / "offers.jsonl", map(_listing, world.offers))
    write_lines(folder / "decisions.jsonl", map(_decision, decisions))
    return folder


def _train(files: Path, model: Path, **other: Path) -> int:
    named = {name: files / f"{name}.jsonl" for name in ("needs", "offers", "decisions")} | {"model": model} | other
    return main(["train", *(text for name, path in named.items() for text in (f"--{name}", str(path)))])


def test_train_and_rank_go_together(
    files: Path, world: worlds.World, trained: learning.Trained, tmp_path: Path
) -> None:
    model, out, report = tmp_path / "model", tmp_path / "out.jsonl", tmp_path / "report.json"
    assert _train(files, model, report=report) == 0
    ranked = ["rank", "--needs", str(files / "needs.jsonl"), "--offers", str(files / "offers.jsonl"), "--out", str(out)]
    assert main([*ranked, "--model", str(model)]) == 0
    told = json.loads(report.read_text(encoding="utf-8"))
    assert told["promoted"] and told["rung"] == "drawn" and told["needs"] == len(world.needs)
    first = json.loads(out.read_text(encoding="utf-8").splitlines()[0])
    expected = Matcher(heads=trained.heads).fit(world.offers).rank(world.needs[:1])[0].matches
    assert [(match["offer"], match["score"]) for match in first["matches"]] == [(m.id, m.score) for m in expected]
    assert BASE in first["matches"][0]["parts"]
    earlier = {path.name: path.read_bytes() for path in model.iterdir()}
    assert _train(files, model) == 0
    assert {path.name: path.read_bytes() for path in model.iterdir()} == earlier
    (model / FILE).write_bytes((model / FILE).read_bytes()[:-9])
    before = out.read_bytes()
    assert main([*ranked, "--model", str(model)]) == 1
    (model / FILE).unlink()
    assert main([*ranked, "--model", str(model)]) == 1
    assert out.read_bytes() == before


def test_a_failed_training_leaves_everything_as_it_was(files: Path, tmp_path: Path, capsys) -> None:
    model, other = tmp_path / "model", tmp_path / "other"
    few = write_lines(tmp_path / "few.jsonl", [LINE | {"need": "b00000", "offer": "o00000"}])
    assert _train(files, model, decisions=few) == 0
    assert "trop peu de réponses" in capsys.readouterr().out
    assert json.loads((model / FILE).read_text(encoding="utf-8"))["heads"] is None
    earlier = {path.name: path.read_bytes() for path in model.iterdir()}
    bad = write_lines(tmp_path / "bad.jsonl", ["{", LINE])
    assert _train(files, model, decisions=bad) == 2
    told = capsys.readouterr().err
    assert f"{bad}:1: line: not JSON" in told and f"{bad}:2: need: " in told
    assert _train(files, model, decisions=tmp_path / "none.jsonl") == 1
    assert _train(files, model, report=tmp_path / "nowhere" / "report.json") == 1
    other.mkdir()
    (other / "letter.txt").write_text("dear mayor")
    assert _train(files, other) == 1 and [path.name for path in other.iterdir()] == ["letter.txt"]
    assert _train(files, tmp_path / "no" / "model") == 1
    assert {path.name: path.read_bytes() for path in model.iterdir()} == earlier
    assert sorted(path.name for path in tmp_path.iterdir()) == ["bad.jsonl", "few.jsonl", "model", "other"]


def test_the_last_word_counts_and_a_silence_gives_way() -> None:
    need, offer = Need(id="n", title="jardin"), Offer(id="o", title="jardin")
    day = date(2026, 1, 1)

    def said(*outcomes: str) -> dict[str, int]:
        made = [
            Decision(need="n", offer="o", outcome=outcome, side="need", at=day + timedelta(at))
            for at, outcome in enumerate(outcomes)
        ]
        counts = learning.train([need], [offer], made).report.counts
        return {name: counts[name] for name in ("accepted", "declined", "ignored") if counts[name]}

    assert said("declined", "accepted") == {"accepted": 1}
    assert said("accepted", "ignored") == {"accepted": 1}
    assert said("ignored", "ignored") == {"ignored": 1}
