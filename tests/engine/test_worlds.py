"""Planted worlds: the same seed plants the same, lists are drawn as told, the truth holds more than is told."""

import json
from collections import Counter
from pathlib import Path

import numpy as np
import pytest

from matching.engine import worlds
from matching.engine.cli import main


@pytest.fixture(scope="module")
def world() -> worlds.World:
    return worlds.plant(1, needs=60, offers=50)


def test_the_same_seed_plants_the_same_world(world: worlds.World) -> None:
    again, other = (worlds.plant(seed, needs=60, offers=50) for seed in (1, 2))
    assert (again.needs, again.offers) == (world.needs, world.offers)
    assert np.array_equal(again.agreed, world.agreed)
    assert other.needs != world.needs and other.nature != world.nature


def test_every_kind_of_world_has_chances_and_something_to_gain() -> None:
    for seed, nature in enumerate(worlds.NATURES):
        planted = worlds.plant(seed, needs=20, offers=30)
        assert planted.nature == nature
        assert planted.agreed.min() > 0 and planted.agreed.max() < 1
        assert (np.ptp(planted.agreed, axis=1) > 0).all()


def test_the_truth_holds_terms_that_no_field_tells() -> None:
    blind = worlds.plant(1, needs=20, offers=30)
    told = worlds.plant(1, needs=20, offers=30, nature=worlds.replace(worlds.NATURES[1], hidden=0.0))
    assert told.needs == blind.needs and told.offers == blind.offers
    assert not np.allclose(told.agreed, blind.agreed)


def test_lists_are_shown_as_told(world: worlds.World) -> None:
    made = worlds.logged(world, 60)
    assert made == worlds.logged(world, 60)
    of_needs = [each for each in made if each.side == "need"]
    assert sum(each.outcome != "ignored" for each in of_needs) == 60
    assert {each.rank for each in of_needs} == set(range(1, worlds.SHOWN + 1))
    assert all(each.propensity is not None and 0 < each.propensity <= 1 for each in of_needs)
    wanted = {(each.need, each.offer) for each in of_needs if each.outcome == "accepted"}
    assert {(each.need, each.offer) for each in made if each.side == "offer"} == wanted
    heard = Counter(each.rank for each in of_needs if each.outcome != "ignored")
    assert heard[1] > heard[worlds.SHOWN]
    assert [each.at for each in made] == sorted(each.at for each in made)


def test_simulate_goes_the_whole_way(tmp_path: Path, capsys) -> None:
    report = tmp_path / "report.json"
    chosen = ["--seeds", "1", "--needs", "90", "--offers", "40", "--labels", "60", "--keep", str(tmp_path / "kept")]
    assert main(["simulate", *chosen, "--report", str(report)]) == 0
    first, second = json.loads(report.read_text())
    assert first["labels"] == 0 and first["ndcg"] == first["rule"]
    assert 0 < second["ndcg"] <= 1 and 0 <= second["ece"] < 0.5
    assert "mean of 1 worlds, 60 labels" in capsys.readouterr().out
    kept = {path.name for path in (tmp_path / "kept" / "world-1").iterdir()}
    assert {"needs.jsonl", "offers.jsonl", "decisions-60.jsonl", "model-60"} <= kept
