"""Large arrays that the processes of a host share: each lies once in a folder, and all map it instead of holding it.

A file bears the name of what it holds, so nobody has to agree on anything: processes that read the same listings by the
same statistics come to the same bytes, hence to the same file. What lies there is only ever taken if it is what the
process has just made, so a spoiled file is written anew and never believed.
"""

from __future__ import annotations

import ctypes
import hashlib
import logging
import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from secrets import token_hex
from time import time

import numpy as np

from matching.engine.products import Packed, Weighed, moved

logger = logging.getLogger(__name__)

# Smaller arrays are not worth a file.
_SMALL = 1_000_000
# Files that nobody has taken for so long are no longer those of what is served; who still maps one keeps it.
_UNUSED = 3 * 86_400
_SUFFIX = ".npy"
# Seconds of a thread's turn.
_OFTEN = 1e-4


@dataclass(frozen=True)
class Commons:
    """A folder of shared arrays; it is made where it is missing."""

    folder: Path

    def array(self, array: np.ndarray) -> np.ndarray:
        """The same numbers, mapped, not to be written to; the very array where it is small or the disk fails."""
        if array.nbytes < _SMALL:
            return array
        array = np.ascontiguousarray(array)
        told = f"{array.dtype.str} {array.shape} ".encode()
        name = hashlib.blake2b(told, digest_size=20)
        name.update(array.data)
        path = self.folder / (name.hexdigest() + _SUFFIX)
        try:
            if not _holds(path, array):
                _write(path, array)
            os.utime(path)
            return np.load(path, mmap_mode="r", allow_pickle=False)
        except OSError as fault:
            logger.warning("Arrays of the matcher are not shared: %s", fault)
            return array

    def weighed(self, weighed: Weighed) -> Weighed:
        """The same weights, mapped."""
        return Weighed(self.terms(weighed.terms), moved(weighed.rows, self.array), self.array)

    def terms(self, terms: Sequence[str]) -> Sequence[str]:
        """The same terms, mapped where they are packed."""
        return terms.moved(self.array) if isinstance(terms, Packed) else terms

    def drop_unused(self) -> None:
        """Remove what nobody has taken for days."""
        for path in self.folder.glob(f"*{_SUFFIX}"):
            if path.stat().st_mtime < time() - _UNUSED:
                path.unlink(missing_ok=True)


def _holds(path: Path, array: np.ndarray) -> bool:
    try:
        held = np.load(path, mmap_mode="r", allow_pickle=False)
    except (OSError, ValueError, EOFError):
        return False
    return held.dtype == array.dtype and bool(np.array_equal(held, array))


def _write(path: Path, array: np.ndarray) -> None:
    """Write beside, then rename: a file that bears its name is whole."""
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_name(f"{token_hex(6)}.partial")
    try:
        with unfinished.open("wb") as file:
            np.save(file, array, allow_pickle=False)
        unfinished.rename(path)
    finally:
        unfinished.unlink(missing_ok=True)


@contextmanager
def giving_way() -> Iterator[None]:
    """While it lasts, threads take turns often: one that reads for a minute does not hold up those that serve.

    Each of the many small products of an answer gives its turn away; by Python's own pace it comes back 5 ms later.
    """
    pace = sys.getswitchinterval()
    sys.setswitchinterval(_OFTEN)
    try:
        yield
    finally:
        sys.setswitchinterval(pace)


def release() -> None:
    """Give back to the system what this process has freed: after much was read, that is more than what it holds."""
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None) if os.name == "posix" else None
    if trim:
        trim(0)
