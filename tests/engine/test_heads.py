"""Heads weigh pairs by what was learned: parts add up, a better fact never lowers a chance, files hold."""

import json
import math
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from matching.engine import BrokenModel, Matcher, Need, Offer, heads
from matching.engine.features import FEATURES, RULE
from matching.engine.heads import Head, Heads
from matching.engine.scoring import PARTS
from tests.engine.listings import TODAY
from tests.engine.test_scores import AROUND, BETTER, BREST

STEEP = Heads(
    Head(-4.0, {name: 0.1 + 0.1 * (at % 5) for at, name in enumerate(FEATURES)}),
    Head(-1.0, {name: 0.05 * (at % 4) for at, name in enumerate(FEATURES)}),
    "drawn",
)
NEED = Need(
    id="n", title="jardin partagé", kinds=("place",), territory=BREST, capacity=40, amount_min=2000.0,
    amount_max=6000.0, starts=TODAY, ends=TODAY + timedelta(200), rights=("withdrawal",), legal_form="association",
    themes=("nature/jardins", "culture"), contribution="ateliers ouverts à tous",
)  # fmt: skip


@pytest.fixture(scope="module")
def knowing() -> Matcher:
    return Matcher(today=TODAY, heads=STEEP).fit(AROUND)


def test_parts_add_up_to_a_chance_the_same_both_ways(knowing: Matcher) -> None:
    offers = [Offer(id=f"{at}", title="jardin", **facts) for at, facts in enumerate([{}, {"territory": BREST}])]
    needs = [NEED, Need(id="m", title="jardin et compost")]
    forth = {(line.id, m.id): m for line in knowing.rank(needs, offers) for m in line.matches}
    back = {(m.id, line.id): m for line in knowing.rank_offers(needs, offers) for m in line.matches}
    assert forth.keys() == back.keys() and len(forth) == 4
    for pair, match in forth.items():
        assert (match.score, match.parts) == (back[pair].score, back[pair].parts)
        assert 0 < match.score < 1
        assert math.isclose(sum(match.parts.values()), match.score, abs_tol=1e-12)
        assert tuple(match.parts) == (heads.BASE, *PARTS)
        assert min(match.parts.values()) >= 0


@pytest.mark.parametrize("name", BETTER)
def test_a_better_fact_never_lowers_a_chance(name: str, knowing: Matcher) -> None:
    field, steps = BETTER[name]
    scores = []
    for step in steps:
        found = knowing.explain(
            NEED, replace(Offer(id="o", title="jardin", starts=TODAY), **{field: step}), reader="need"
        )
        assert found is not None
        scores.append(found.score)
    assert scores == sorted(scores) and scores[0] < scores[-1]


def test_facts_do_not_lift_what_is_about_something_else(knowing: Matcher) -> None:
    perfect = {field: steps[-1] for field, steps in BETTER.values() if field not in ("themes", "ends")}
    pool = Offer(id="pool", title="piscine", **perfect)
    assert knowing.explain(NEED, pool, reader="need") is None
    # A gate stays shut, whatever was learned.
    small = Offer(id="small", title="jardin partagé", kinds=("place",), capacity=3)
    assert knowing.explain(NEED, small, reader="need") is None


def test_one_head_alone_is_the_chance_of_both(knowing: Matcher) -> None:
    single = Matcher(heads=Heads(STEEP.wanted, None)).fit(AROUND)
    (match,) = single.rank([NEED], [Offer(id="o", title="jardin", territory=BREST)])[0].matches
    (both,) = knowing.rank([NEED], [Offer(id="o", title="jardin", territory=BREST)])[0].matches
    assert math.isclose(sum(match.parts.values()), match.score, abs_tol=1e-12)
    assert match.score > both.score


def test_both_chances_are_told(knowing: Matcher) -> None:
    offer = Offer(id="o", title="jardin", territory=BREST)
    told, of_rule = knowing.chances(NEED, offer), Matcher().fit(AROUND).chances(NEED, offer)
    match = knowing.explain(NEED, offer, reader="need")
    assert match is not None and told.keys() == of_rule.keys() == set(heads.SIDES)
    assert math.isclose(told["wanted"] * told["granted"], match.score, abs_tol=1e-6)
    assert Matcher(heads=Heads(STEEP.wanted, None)).fit(AROUND).chances(NEED, offer).keys() == {"wanted"}


def test_the_calibrated_rule_orders_as_the_rule() -> None:
    rule, calibrated = (Matcher(heads=weighing).fit(AROUND) for weighing in (None, heads.calibrated_rule()))
    for line, other in zip(rule.rank([NEED], top=30), calibrated.rank([NEED], top=30), strict=True):
        assert [match.id for match in line.matches] == [match.id for match in other.matches]
        assert line.matches


def test_a_floor_of_the_rule_has_its_chance() -> None:
    assert 0 < STEEP.floor(0.1) == STEEP.floor(0.2) < 1
    rising = replace(STEEP, of_rule=(-3.0, 1.0))
    assert rising.floor(0.0) < rising.floor(0.1) < rising.floor(0.5)


def test_saved_heads_come_back(tmp_path: Path) -> None:
    STEEP.save(tmp_path)
    assert heads.load(tmp_path) == STEEP
    first = (tmp_path / heads.FILE).read_bytes()
    STEEP.save(tmp_path)
    assert (tmp_path / heads.FILE).read_bytes() == first
    assert ("wanted", RULE, 0.1) in STEEP.weights()


def _rewrite(path: Path, change) -> None:
    content = json.loads(path.read_text())
    change(content)
    content["sha256"] = heads._checksum(content)
    path.write_text(json.dumps(content))


def _weigh(value):
    return lambda content: content["heads"]["wanted"]["weights"].update({RULE: value})


SPOILED = {
    "empty": lambda path: path.write_bytes(b""),
    "truncated": lambda path: path.write_bytes(path.read_bytes()[:-30]),
    "a list": lambda path: path.write_bytes(b"[]"),
    "one figure changed": lambda path: path.write_text(path.read_text().replace("-4.0", "-3.0")),
    "another format": lambda path: _rewrite(path, lambda content: content.update(format=9)),
    "another rule": lambda path: _rewrite(path, lambda content: content.update(features="0" * 64)),
    "NaN": lambda path: path.write_text(path.read_text().replace("-4.0", "NaN")),
    "a weight below 0": lambda path: _rewrite(path, _weigh(-0.1)),
    "a weight beyond reason": lambda path: _rewrite(path, _weigh(1e9)),
    "a weight of text": lambda path: _rewrite(path, _weigh("1")),
    "an unknown feature": lambda path: _rewrite(
        path, lambda c: c["heads"]["wanted"]["weights"].update(name_of_mayor=1)
    ),
    "no heads": lambda path: _rewrite(path, lambda content: content.pop("heads")),
}


@pytest.mark.parametrize("how", SPOILED)
def test_spoiled_heads_are_refused_by_name(how: str, tmp_path: Path) -> None:
    STEEP.save(tmp_path)
    SPOILED[how](tmp_path / heads.FILE)
    with pytest.raises(BrokenModel, match=str(tmp_path / heads.FILE)):
        heads.load(tmp_path)


def test_a_folder_without_heads_keeps_the_rule(tmp_path: Path) -> None:
    assert heads.load_if_any(tmp_path) is None
    with pytest.raises(BrokenModel, match="no learned heads"):
        heads.load(tmp_path)
