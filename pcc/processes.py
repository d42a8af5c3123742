"""Child processes that never outlive their parent: each in a group of its own, stopped as a group."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from contextlib import suppress

from django.conf import settings

PATIENCE = 10.0


class Children:
    """The processes of a running demo."""

    def __init__(self) -> None:
        self._running: list[subprocess.Popen[bytes]] = []

    def start(self, arguments: Sequence[str], environment: dict[str, str]) -> subprocess.Popen[bytes]:
        """Start a Python process of this environment, in a new group. Its output goes to stderr."""
        child = subprocess.Popen(
            [sys.executable, *arguments],
            cwd=settings.BASE_DIR,
            env={**os.environ, **environment},
            stdout=sys.stderr.fileno(),
            start_new_session=True,
        )
        self._running.append(child)
        return child

    def wait(self) -> None:
        """Return when one of them has ended."""
        while all(child.poll() is None for child in self._running):
            time.sleep(0.3)

    def stop(self) -> None:
        """Ask every group to stop, then make sure."""
        for child in self._running:
            _signal_group(child, signal.SIGTERM)
        deadline = time.monotonic() + PATIENCE
        for child in self._running:
            with suppress(subprocess.TimeoutExpired):
                child.wait(max(0.1, deadline - time.monotonic()))
            _signal_group(child, signal.SIGKILL)
            child.wait()


def _signal_group(child: subprocess.Popen[bytes], number: int) -> None:
    with suppress(ProcessLookupError):
        os.killpg(child.pid, number)
