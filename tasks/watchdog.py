"""Workers that never stop silently.

A killed idle worker can hang a whole cluster without any error, so that "the process exists" proves nothing: a
real task must write a row, again and again, or the whole group is killed and started anew. Tasks are safe to
repeat.
"""

import logging
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime

from django.conf import settings
from django.db import DatabaseError, close_old_connections
from django.utils import timezone

from tasks import queue
from tasks.models import Heartbeat

logger = logging.getLogger(__name__)

# Seconds without a heartbeat before the group is killed; a busy cluster answers probes before anything else.
SILENCE = 60.0
PROBE_EVERY = 15.0
# Seconds that a cluster has to stop by itself: it first ends all the tasks that it has fetched.
GRACE = 6.0
QCLUSTER = (sys.executable, str(settings.BASE_DIR / "manage.py"), "qcluster")
_ROUND = 0.5
# One thread of arithmetic per worker: more would fight over the same cores.
_ONE_THREAD = {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"}


class Watchdog:
    """Runs one cluster as a process group of its own, until it is told to stop."""

    def __init__(
        self,
        *,
        name: str,
        silence: float = SILENCE,
        probe_every: float = PROBE_EVERY,
        grace: float = GRACE,
        command: Sequence[str] = QCLUSTER,
    ) -> None:
        """silence, probe_every, grace: seconds. command: what starts one cluster."""
        self.command = command
        self.grace = grace
        self.name = name
        self.silence = silence
        self.probe_every = probe_every
        self._stopping = threading.Event()
        self._cluster: subprocess.Popen[bytes] | None = None
        self._since = self._probed_at = timezone.now()

    def serve(self) -> None:
        """Start the cluster, watch over it, and leave no process behind on SIGINT or SIGTERM."""
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, lambda *_: self._stopping.set())
        self._start()
        try:
            while not self._stopping.wait(_ROUND):
                self._look()
        finally:
            self._stop()

    def _look(self) -> None:
        try:
            self._revive_or_probe(timezone.now())
        except DatabaseError:
            # Without its database no cluster can answer: nothing to conclude, and nothing to kill.
            logger.exception("The watchdog cannot reach the database")
            self._since = timezone.now()
            close_old_connections()

    def _revive_or_probe(self, now: datetime) -> None:
        if self._cluster is None or self._cluster.poll() is not None:
            logger.warning("The cluster %s has died: starting it again", self.name)
            self._restart()
        elif (now - self._probed_at).total_seconds() >= self.probe_every:
            self._probed_at = now
            self._probe(now)
            close_old_connections()

    def _probe(self, now: datetime) -> None:
        silent_for = (now - self._last_sign()).total_seconds()
        if silent_for > self.silence:
            logger.error("The cluster %s has been silent for %d s: starting it again", self.name, silent_for)
            self._restart()
        else:
            queue.probe(self.name)

    def _last_sign(self) -> datetime:
        beat = Heartbeat.objects.filter(name=self.name).values_list("beaten_at", flat=True).first()
        return max(beat, self._since) if beat else self._since

    def _start(self) -> None:
        queue.forget_probes(self.name)
        self._since = timezone.now()
        self._cluster = subprocess.Popen(
            self.command,
            env={**os.environ, **_ONE_THREAD, "PCC_CLUSTER": self.name, "PCC_NO_BOOTSTRAP": "1"},
            start_new_session=True,
        )

    def _restart(self) -> None:
        self._kill_group()
        self._start()

    def _stop(self) -> None:
        """Ask first, so that what is at work may end; then make sure of the whole group."""
        if self._cluster is not None and self._cluster.poll() is None:
            self._cluster.terminate()
            try:
                self._cluster.wait(self.grace)
            except subprocess.TimeoutExpired:
                logger.warning("The cluster %s takes too long to stop: killing it", self.name)
        self._kill_group()
        queue.forget_probes(self.name)
        Heartbeat.objects.filter(name=self.name).delete()

    def _kill_group(self) -> None:
        if self._cluster is None:
            return
        with suppress(ProcessLookupError):
            os.killpg(self._cluster.pid, signal.SIGKILL)
        self._cluster.wait()
