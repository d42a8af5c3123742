"""What was learned, on disk: arrays that processes share, terms as JSON, and a manifest that vouches for every byte.

Nothing is pickled. Arrays are mapped into memory, not read into it: processes that serve the same model share it.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from matching.engine import text, thesaurus
from matching.engine.commons import Commons
from matching.engine.products import packed
from matching.engine.text import FAMILIES, STEMS, FamilyStatistics, Statistics
from matching.engine.version import ENGINE_VERSION

FORMAT = 4
MISSING, OLDER, NEWER, ANOTHER, FOREIGN, SPOILED = "missing", "older", "newer", "another", "foreign", "spoiled"
MANIFEST, _LATENT = "manifest.json", "latent.npy"


class BrokenModel(Exception):
    """A saved model that is missing, spoiled, or made by another analyser: the message says which."""

    def __init__(self, message: str, why: str = SPOILED) -> None:
        """why: one of MISSING, OLDER, NEWER, ANOTHER, FOREIGN and SPOILED, for those who say it in other words."""
        super().__init__(message)
        self.why = why


def save_statistics(
    statistics: Statistics, folder: Path, *, data: str = "", metrics: Mapping[str, float] | None = None
) -> None:
    """Write the manifest last: without it the folder is no model. Raises OSError.

    data: a hash of what it was learned from. metrics: what it was worth, by name.
    """
    folder.mkdir(parents=True, exist_ok=True)
    for name, family in statistics.families.items():
        terms = json.dumps(list(family.terms), ensure_ascii=False, separators=(",", ":"))
        (folder / _terms_file(name)).write_text(terms, encoding="utf-8")
        np.save(folder / _counts_file(name), family.offers_with.astype(np.int64), allow_pickle=False)
    np.save(folder / _LATENT, statistics.latent, allow_pickle=False)
    manifest = {
        "format": FORMAT,
        "engine": ENGINE_VERSION,
        "analyser": text.fingerprint(),
        "thesaurus": thesaurus.load().fingerprint(),
        "data": data,
        "metrics": dict(metrics or {}),
        "offers": statistics.offers,
        "longer": statistics.longer,
        "mean_lengths": {name: family.mean_length for name, family in statistics.families.items()},
        "sha256": {name: _sha256(folder / name) for name in _files()},
    }
    _write_manifest(manifest, folder)


def vouch_for(folder: Path, name: str, content: bytes) -> None:
    """Let the manifest of a saved model answer for one more file. Raises OSError."""
    manifest = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    manifest["sha256"][name] = hashlib.sha256(content).hexdigest()
    _write_manifest(manifest, folder)


def _write_manifest(manifest: dict[str, Any], folder: Path) -> None:
    told = json.dumps(manifest | {"seal": _seal(manifest)}, indent=1, sort_keys=True)
    (folder / MANIFEST).write_text(told + "\n", encoding="utf-8")


def _seal(manifest: Mapping[str, Any]) -> str:
    """The checksum of the manifest itself."""
    told = {name: value for name, value in manifest.items() if name != "seal"}
    return hashlib.sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()


def _terms_file(family: str) -> str:
    return f"{family}.json"


def _counts_file(family: str) -> str:
    return f"{family}.npy"


def _files() -> list[str]:
    return [*map(_terms_file, FAMILIES), *map(_counts_file, FAMILIES), _LATENT]


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def load_statistics(folder: Path) -> Statistics:
    """The statistics of a saved model. Raises BrokenModel."""
    try:
        manifest = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
        _check(manifest, folder)
        return _read(manifest, folder)
    except BrokenModel as fault:
        raise BrokenModel(f"{folder}: {fault}", fault.why) from fault
    except FileNotFoundError as fault:
        raise BrokenModel(f"{folder}: {Path(fault.filename).name} is missing", MISSING) from fault
    except OSError as fault:
        raise BrokenModel(f"{folder}: cannot be read ({fault.strerror}: {fault.filename})", MISSING) from fault
    except Exception as fault:  # numpy and json each have their own ways to stumble over spoiled bytes.
        raise BrokenModel(f"{folder}: spoiled ({type(fault).__name__}: {fault})") from fault


def _check(manifest: Any, folder: Path) -> None:
    if not (isinstance(manifest, dict) and isinstance(manifest.get("format"), int) and "sha256" in manifest):
        raise BrokenModel("its manifest is not one of this matcher", FOREIGN)
    if manifest["format"] != FORMAT:
        age, why = ("an older", OLDER) if manifest["format"] < FORMAT else ("a newer", NEWER)
        raise BrokenModel(f"written by {age} version, in format {manifest['format']}; {FORMAT} is expected", why)
    if manifest["seal"] != _seal(manifest):
        raise BrokenModel(f"{MANIFEST} is not what was saved")
    if manifest["analyser"] != text.fingerprint() or manifest["thesaurus"] != thesaurus.load().fingerprint():
        raise BrokenModel("made by another analyser or thesaurus, learn it again", ANOTHER)
    for name in _files():
        if _sha256(folder / name) != manifest["sha256"][name]:
            raise BrokenModel(f"{name} is not what was saved")


def _read(manifest: dict[str, Any], folder: Path) -> Statistics:
    families = {}
    for name in FAMILIES:
        terms = packed(tuple(json.loads((folder / _terms_file(name)).read_text(encoding="utf-8"))))
        offers_with = _mapped(folder / _counts_file(name))
        mean_length = float(manifest["mean_lengths"][name])
        if offers_with.shape != (len(terms),) or not np.issubdtype(offers_with.dtype, np.integer):
            raise BrokenModel(f"{name} holds {len(terms)} terms and counts of {offers_with.shape}")
        if offers_with.size and not 0 < offers_with.min() <= offers_with.max() <= manifest["offers"]:
            raise BrokenModel(f"{name} holds impossible counts")
        if not (np.isfinite(mean_length) and mean_length > 0):
            raise BrokenModel(f"{name} has a mean length of {mean_length}")
        families[name] = FamilyStatistics(terms, offers_with, mean_length)
    latent = _mapped(folder / _LATENT)
    if latent.ndim != 2 or len(latent) != len(families[STEMS].terms) or not np.isfinite(latent).all():
        raise BrokenModel("the latent space is not made of one finite line for each stem")
    longer = float(manifest["longer"])
    if not (np.isfinite(longer) and longer >= 1):
        raise BrokenModel(f"its offers count as {longer} times as long")
    return Statistics(manifest["offers"], families, latent, longer)


def shared_statistics(statistics: Statistics, commons: Commons) -> Statistics:
    """The same statistics, what is large of them mapped."""
    families = {
        name: FamilyStatistics(commons.terms(family.terms), commons.array(family.offers_with), family.mean_length)
        for name, family in statistics.families.items()
    }
    return Statistics(statistics.offers, families, commons.array(statistics.latent))


def _mapped(path: Path) -> np.ndarray:
    """An array as it lies on disk."""
    array: np.ndarray
    try:
        array = np.load(path, mmap_mode="r", allow_pickle=False)
    except ValueError:
        # One that holds nothing cannot be mapped.
        array = np.load(path, allow_pickle=False)
    return array
