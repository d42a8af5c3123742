"""Input that is refused."""

from __future__ import annotations

from collections.abc import Sequence


class BadInput(Exception):
    """Faults of the input files, one sentence each."""

    def __init__(self, faults: Sequence[str]) -> None:
        super().__init__(f"{len(faults)} faults")
        self.faults = faults
