"""A model gives back what was learned, and a spoiled one is refused by name."""

import hashlib
import json
import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from matching.engine import BrokenModel, Matcher, Need, Offer
from matching.engine import model as model_files
from matching.engine.cli import main
from matching.engine.text import FAMILIES
from tests.engine.command import write_lines

WORDS = "jardin partagé salle atelier vélo compost école musée archive données carte numérique médiation".split()
OFFERS = [
    Offer(id=str(at), title=" ".join(WORDS[at % 9 : at % 9 + 4]), text=f"mot{at} {WORDS[at % 13]}") for at in range(40)
]
NEEDS = [Need(id=word, title=f"{word} de quartier", text="jardin numérique") for word in WORDS]


@pytest.fixture
def model(tmp_path: Path) -> Path:
    Matcher().fit(OFFERS).save(tmp_path / "model")
    return tmp_path / "model"


def test_a_model_gives_the_scores_of_the_offers_that_it_learned_from(model: Path) -> None:
    learned, loaded = Matcher().fit(OFFERS), Matcher().fit(OFFERS, model=model)
    assert loaded.rank(NEEDS, top=40) == learned.rank(NEEDS, top=40)
    assert loaded.rank_offers(NEEDS) == learned.rank_offers(NEEDS)


def test_the_statistics_are_the_models_and_not_those_of_the_run(model: Path) -> None:
    (alone,) = Matcher().fit(OFFERS[:1]).rank(NEEDS[:1])
    (known,) = Matcher().fit(OFFERS[:1], model=model).rank(NEEDS[:1])
    (among,) = Matcher().fit(OFFERS).rank(NEEDS[:1], top=40)
    assert alone.matches[0].score != known.matches[0].score
    assert known.matches[0] == next(match for match in among.matches if match.id == OFFERS[0].id)


def test_words_that_the_model_never_met_still_match(model: Path) -> None:
    (ranking,) = Matcher().fit([Offer(id="o", title="xylophone")], model=model).rank([Need(id="n", title="Xylophones")])
    assert [match.id for match in ranking.matches] == ["o"]


def test_saving_twice_writes_the_same_bytes(model: Path, tmp_path: Path) -> None:
    Matcher().fit(OFFERS).save(tmp_path / "again")
    first, second = ({p.name: p.read_bytes() for p in folder.iterdir()} for folder in (model, tmp_path / "again"))
    assert first == second


def test_a_model_of_nothing_is_a_model(tmp_path: Path) -> None:
    Matcher().fit([]).save(tmp_path)
    assert Matcher().fit(OFFERS, model=tmp_path).rank(NEEDS)[0].matches


def _truncate(folder: Path) -> None:
    path = folder / "latent.npy"
    path.write_bytes(path.read_bytes()[:-40])


def _flip_a_byte(folder: Path) -> None:
    path = folder / "stems.json"
    content = bytearray(path.read_bytes())
    content[5] ^= 1
    path.write_bytes(bytes(content))


def _rewrite(folder: Path, name: str, change: Callable[[np.ndarray], np.ndarray]) -> None:
    """Change an array and vouch for it: what a checksum cannot find."""
    path = folder / f"{name}.npy"
    np.save(path, change(np.load(path)))
    sums = json.loads((folder / "manifest.json").read_text())["sha256"]
    _manifest(folder, sha256=sums | {path.name: hashlib.sha256(path.read_bytes()).hexdigest()})


def _manifest(folder: Path, **changes) -> None:
    manifest = json.loads((folder / "manifest.json").read_text())
    sealed = manifest | changes
    if "seal" not in changes:
        sealed["seal"] = model_files._seal(sealed)
    (folder / "manifest.json").write_text(json.dumps(sealed))


SPOILED = {
    "truncated": _truncate,
    "one bit changed": _flip_a_byte,
    "another analyser": lambda folder: _manifest(folder, analyser="0" * 64),
    "another thesaurus": lambda folder: _manifest(folder, thesaurus="0" * 64),
    "a newer format": lambda folder: _manifest(folder, format=99),
    "an older format": lambda folder: _manifest(folder, format=1),
    "pickled": lambda folder: _rewrite(folder, "latent", lambda latent: latent.astype(object)),
    "emptied": lambda folder: (folder / "stems.npy").write_bytes(b""),
    "NaN": lambda folder: _rewrite(folder, "latent", lambda latent: latent * np.nan),
    "cut vectors": lambda folder: _rewrite(folder, "latent", lambda latent: latent[1:]),
    "impossible counts": lambda folder: _rewrite(folder, "stems", lambda counts: counts + 1000),
    "fewer counts": lambda folder: _rewrite(folder, "grams", lambda counts: counts[1:]),
    "no length": lambda folder: _manifest(folder, mean_lengths=dict.fromkeys(FAMILIES, 0)),
    "missing manifest": lambda folder: (folder / "manifest.json").unlink(),
    "missing terms": lambda folder: (folder / "grams.json").unlink(),
    "manifest of nothing": lambda folder: (folder / "manifest.json").write_text("{}"),
    "no JSON": lambda folder: (folder / "manifest.json").write_text("{"),
    "a list": lambda folder: (folder / "manifest.json").write_text("[]"),
    "offers as text": lambda folder: _manifest(folder, offers="many"),
    "offers below 0": lambda folder: _manifest(folder, offers=-5),
    "a changed manifest": lambda folder: (folder / "manifest.json").write_text(
        (folder / "manifest.json").read_text().replace('"offers": 40', '"offers": 41')
    ),
    "another program's": lambda folder: (folder / "manifest.json").write_text('{"name": "an app", "icons": []}'),
    "no folder": shutil.rmtree,
}
WHY = {
    "an older format": "older",
    "a newer format": "newer",
    "another analyser": "another",
    "another thesaurus": "another",
    "another program's": "foreign",
    "manifest of nothing": "foreign",
    "a list": "foreign",
    "missing manifest": "missing",
    "missing terms": "missing",
    "no folder": "missing",
}


@pytest.mark.parametrize("how", SPOILED)
def test_a_spoiled_model_is_refused_by_name(model: Path, tmp_path: Path, how: str, capfd) -> None:
    SPOILED[how](model)
    with pytest.raises(BrokenModel, match=str(model)) as refused:
        Matcher().fit(OFFERS, model=model)
    assert refused.value.why == WHY.get(how, "spoiled")
    lines = str(write_lines(tmp_path / "lines.jsonl", [{"id": "a", "title": "jardin"}]))
    out = tmp_path / "out.jsonl"
    assert main(["rank", "--needs", lines, "--offers", lines, "--out", str(out), "--model", str(model)]) == 1
    assert str(model) in capfd.readouterr().err and not out.exists()
