"""What was learned, on disk: arrays without pickles, terms as text, and a manifest that vouches for every byte."""

from __future__ import annotations

import hashlib
import io
import json
from pathlib import Path

import numpy as np

from matching.engine import analyser
from matching.engine.text import FAMILIES, STEMS, FamilyStatistics, Statistics
from matching.engine.version import ENGINE_VERSION

FORMAT = 1
_MANIFEST, _ARRAYS = "manifest.json", "statistics.npz"


class BrokenModel(Exception):
    """A saved model that is missing, spoiled, or made by another analyser: the message says which."""


def save_statistics(statistics: Statistics, folder: Path) -> None:
    """Write the manifest last: without it the folder is no model. Raises OSError."""
    folder.mkdir(parents=True, exist_ok=True)
    files = {_terms_file(name): "\n".join(family.terms).encode() for name, family in statistics.families.items()}
    files[_ARRAYS] = _packed(statistics)
    for name, content in files.items():
        (folder / name).write_bytes(content)
    manifest = {
        "format": FORMAT,
        "engine": ENGINE_VERSION,
        "analyser": analyser.fingerprint(),
        "offers": statistics.offers,
        "sha256": {name: hashlib.sha256(content).hexdigest() for name, content in files.items()},
    }
    (folder / _MANIFEST).write_text(json.dumps(manifest, indent=1, sort_keys=True) + "\n", encoding="utf-8")


def _terms_file(family: str) -> str:
    return f"{family}.txt"


def _packed(statistics: Statistics) -> bytes:
    arrays = {"latent": statistics.latent}
    for name, family in statistics.families.items():
        arrays[f"{name}_offers_with"] = family.offers_with
        arrays[f"{name}_mean_length"] = np.array(family.mean_length)
    packed = io.BytesIO()
    np.savez_compressed(packed, allow_pickle=False, **arrays)
    return packed.getvalue()


def load_statistics(folder: Path) -> Statistics:
    """The statistics of a saved model. Raises BrokenModel."""
    try:
        manifest = json.loads((folder / _MANIFEST).read_text(encoding="utf-8"))
        files = {name: (folder / name).read_bytes() for name in (*map(_terms_file, FAMILIES), _ARRAYS)}
        _check(manifest, files)
        with np.load(io.BytesIO(files[_ARRAYS]), allow_pickle=False) as arrays:
            return _unpacked(manifest, files, dict(arrays))
    except BrokenModel as fault:
        raise BrokenModel(f"{folder}: {fault}") from fault
    except OSError as fault:
        raise BrokenModel(f"{folder}: cannot be read ({fault.strerror}: {fault.filename})") from fault
    except Exception as fault:  # zipfile, numpy and json each have their own ways to stumble over spoiled bytes.
        raise BrokenModel(f"{folder}: spoiled ({type(fault).__name__}: {fault})") from fault


def _check(manifest: dict, files: dict[str, bytes]) -> None:
    if manifest["format"] != FORMAT:
        raise BrokenModel(f"written in format {manifest['format']}, format {FORMAT} is expected")
    if manifest["analyser"] != analyser.fingerprint():
        raise BrokenModel("made by another analyser, learn it again")
    for name, content in files.items():
        if hashlib.sha256(content).hexdigest() != manifest["sha256"][name]:
            raise BrokenModel(f"{name} is not what was saved")


def _unpacked(manifest: dict, files: dict[str, bytes], arrays: dict[str, np.ndarray]) -> Statistics:
    families = {}
    for name in FAMILIES:
        content = files[_terms_file(name)].decode()
        terms = tuple(content.split("\n")) if content else ()
        offers_with, mean_length = arrays[f"{name}_offers_with"], float(arrays[f"{name}_mean_length"])
        if offers_with.shape != (len(terms),) or not np.issubdtype(offers_with.dtype, np.integer):
            raise BrokenModel(f"{name} holds {len(terms)} terms and counts of {offers_with.shape}")
        if offers_with.size and not 0 < offers_with.min() <= offers_with.max() <= manifest["offers"]:
            raise BrokenModel(f"{name} holds impossible counts")
        if not (np.isfinite(mean_length) and mean_length > 0):
            raise BrokenModel(f"{name} has a mean length of {mean_length}")
        families[name] = FamilyStatistics(terms, offers_with, mean_length)
    latent = arrays["latent"]
    if latent.ndim != 2 or len(latent) != len(families[STEMS].terms) or not np.isfinite(latent).all():
        raise BrokenModel("the latent space is not made of one finite line for each stem")
    return Statistics(manifest["offers"], families, latent)
