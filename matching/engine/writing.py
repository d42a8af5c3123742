"""Files are written whole or not at all: beside their place first, then moved there together."""

from __future__ import annotations

import gzip
import io
import os
import secrets
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from errno import EISDIR
from pathlib import Path


class UnwritableFile(Exception):
    """A file that cannot be written: the message names it."""


def write_all(contents: Mapping[str, bytes]) -> None:
    """Write every file, or none. Raises UnwritableFile; what stood there before then stays as it was.

    A name that ends in .gz is compressed, the same bytes for the same content. A pipe or a device is written to, never
    replaced.
    """
    contents = {name: _compressed(content) if name.endswith(".gz") else content for name, content in contents.items()}
    beside: dict[str, Path] = {}
    try:
        for name, content in contents.items():
            if not _is_stream(name):
                beside[name] = _write_beside(name, content)
        # Streams first: one that fails leaves the files as they were.
        for name, content in contents.items():
            if name not in beside:
                with _naming(name):
                    Path(name).write_bytes(content)
        for name, written in beside.items():
            with _naming(name):
                written.replace(os.path.realpath(name))
    finally:
        for written in beside.values():
            written.unlink(missing_ok=True)


def check_writable(name: str) -> None:
    """Raises UnwritableFile for a place where no file can be written, before any work is done for it."""
    if not _is_stream(name):
        _write_beside(name, b"").unlink(missing_ok=True)


def _is_stream(name: str) -> bool:
    with _naming(name):
        place = Path(name)
        return place.exists() and not place.is_file() and not place.is_dir()


@contextmanager
def _naming(name: str) -> Iterator[None]:
    try:
        yield
    except (OSError, ValueError) as fault:
        raise UnwritableFile(f"{name}: cannot be written ({getattr(fault, 'strerror', None) or fault})") from fault


def _compressed(content: bytes) -> bytes:
    packed = io.BytesIO()
    # No name and no time in the header: they would make two runs differ.
    with gzip.GzipFile(filename="", mode="wb", fileobj=packed, compresslevel=6, mtime=0) as file:
        file.write(content)
    return packed.getvalue()


def _write_beside(name: str, content: bytes) -> Path:
    with _naming(name):
        # A link stays a link to the file that is replaced.
        place = Path(os.path.realpath(name))
        if place.is_dir():
            raise IsADirectoryError(EISDIR, os.strerror(EISDIR))
        beside = place.with_name(f".{secrets.token_hex(8)}.part")
        try:
            beside.write_bytes(content)
        except OSError:
            beside.unlink(missing_ok=True)
            raise
        return beside
