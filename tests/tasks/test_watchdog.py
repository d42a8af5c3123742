"""A cluster that dies or falls silent is started again, whole; nothing is left behind."""

import os
import signal
import sys
import time
from contextlib import suppress
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import DatabaseError
from django.utils import timezone
from django_q.models import OrmQ

from tasks.models import Heartbeat
from tasks.watchdog import GRACE, Watchdog

pytestmark = pytest.mark.django_db

# Stands for a cluster: a process with a child of its own. It stops when asked, its child does not.
CLUSTER = """
import signal, subprocess, sys, time
child = subprocess.Popen([sys.executable, "-c", "import signal, time\\n"
    "signal.signal(signal.SIGTERM, signal.SIG_IGN)\\ntime.sleep(600)"])
time.sleep(600)
"""


@pytest.fixture
def watchdog(monkeypatch):
    # The test's own transaction must survive.
    monkeypatch.setattr("tasks.watchdog.close_old_connections", lambda: None)
    dog = Watchdog(name="test", silence=60, probe_every=0, command=(sys.executable, "-c", CLUSTER))
    dog._start()
    yield dog
    dog._stop()


def living(group):
    """How many processes of a group still run; the dead that nobody has buried do not count."""
    return sum(process_group == group and state != "Z" for state, process_group in processes())


def processes():
    """State and group of every process of this machine."""
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):
            state, _, process_group = stat.read_text().rpartition(")")[2].split()[:3]
            yield state, int(process_group)


def wait_for(condition):
    deadline = time.monotonic() + 20
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def group_of(watchdog):
    group = watchdog._cluster.pid
    wait_for(lambda: living(group) == 2)
    return group


def test_a_cluster_that_beats_is_left_alone_and_probed(watchdog):
    group = group_of(watchdog)
    watchdog._since = timezone.now() - timedelta(hours=1)
    Heartbeat.objects.create(name="test", beaten_at=timezone.now())
    watchdog._look()
    watchdog._look()
    assert watchdog._cluster.pid == group
    assert OrmQ.objects.get().key == "probe test"


def test_a_silent_cluster_is_killed_whole_and_started_again(watchdog):
    group = group_of(watchdog)
    watchdog._since = timezone.now() - timedelta(seconds=61)
    Heartbeat.objects.create(name="elsewhere", beaten_at=timezone.now())
    watchdog._look()
    assert watchdog._cluster.pid != group
    wait_for(lambda: living(group) == 0)
    assert living(watchdog._cluster.pid) >= 1


def test_a_new_cluster_has_time_to_start(watchdog):
    group = group_of(watchdog)
    Heartbeat.objects.create(name="test", beaten_at=timezone.now() - timedelta(hours=1))
    watchdog._look()
    assert watchdog._cluster.pid == group


def test_a_dead_cluster_is_started_again_and_its_orphans_end(watchdog):
    group = group_of(watchdog)
    os.kill(group, signal.SIGKILL)
    wait_for(lambda: watchdog._cluster.poll() is not None)
    watchdog._look()
    assert watchdog._cluster.pid != group
    wait_for(lambda: living(group) == 0)


def test_without_a_database_nothing_is_killed(watchdog, monkeypatch):
    group = group_of(watchdog)
    watchdog._since = timezone.now() - timedelta(hours=1)

    def unreachable(*_, **__):
        raise DatabaseError

    with monkeypatch.context() as patched:
        patched.setattr(Heartbeat.objects, "filter", unreachable)
        watchdog._look()
    assert watchdog._cluster.pid == group


def test_stopping_leaves_no_process_and_no_probe_behind(watchdog):
    group = group_of(watchdog)
    watchdog._look()
    assert OrmQ.objects.exists()
    watchdog._stop()
    wait_for(lambda: living(group) == 0)
    assert not OrmQ.objects.exists()


STUBBORN = """
import signal, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
print("ready", flush=True)
time.sleep(600)
"""


def test_a_cluster_that_takes_too_long_is_killed_after_its_grace(monkeypatch):
    dog = Watchdog(name="stubborn", grace=0.2, command=(sys.executable, "-c", STUBBORN))
    dog._start()
    group = dog._cluster.pid
    wait_for(lambda: living(group) == 1)
    time.sleep(0.3)
    begun = time.monotonic()
    dog._stop()
    assert living(group) == 0
    assert time.monotonic() - begun < GRACE
