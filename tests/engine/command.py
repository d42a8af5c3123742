"""The engine's command line as its users start it."""

import gzip
import io
import json
import os
import subprocess
import sys
from collections.abc import Iterable, Mapping
from contextlib import redirect_stderr
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from matching.engine.cli import main

ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Ran:
    """What a run of the command left behind."""

    code: int
    stderr: str
    out: Path

    @property
    def lines(self) -> list[dict[str, Any]]:
        """The lines of the out file."""
        content = self.out.read_bytes()
        text = gzip.decompress(content) if self.out.suffix == ".gz" else content
        return [json.loads(line) for line in text.decode().splitlines()]


def write_lines(path: Path, lines: Iterable[Mapping[str, Any] | str | bytes]) -> Path:
    """A JSON Lines file; text and bytes are written as they are."""
    written = [line if isinstance(line, bytes) else _line(line).encode() for line in lines]
    path.write_bytes(b"".join(line + b"\n" for line in written))
    return path


def _line(line: Mapping[str, Any] | str) -> str:
    return line if isinstance(line, str) else json.dumps(line)


def run(*options: str | Path, out: Path, environment: Mapping[str, str] | None = None) -> Ran:
    """Run `rank`; in a process of its own where an environment is given, which costs a second."""
    arguments = ["rank", *map(str, options), "--out", str(out)]
    if environment is None:
        told = io.StringIO()
        with redirect_stderr(told):
            try:
                code = main(arguments)
            except SystemExit as left:
                code = int(left.code or 0)
        return Ran(code, told.getvalue(), out)
    done = subprocess.run(
        [sys.executable, "-m", "matching.engine", *arguments],
        cwd=ROOT,
        env={**os.environ, **environment},
        capture_output=True,
        check=False,
        timeout=120,
    )
    return Ran(done.returncode, done.stderr.decode(), out)


def run_lines(
    folder: Path, needs: Iterable, offers: Iterable, *options: str | Path, out: str = "out.jsonl", **more
) -> Ran:
    """Write both files into a folder and run `rank` on them."""
    n, o = write_lines(folder / "needs.jsonl", needs), write_lines(folder / "offers.jsonl", offers)
    return run("--needs", n, "--offers", o, *options, out=folder / out, **more)
