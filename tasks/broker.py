"""The queue's table, read in order: django-q's own broker promises none, and a probe must never wait in line."""

import os

from django.db.models import Case, Value, When
from django.utils import timezone
from django_q.brokers.orm import ORM
from django_q.conf import Conf

PROBE = "probe "


def cluster_name() -> str:
    """The cluster that this process belongs to; its watchdog names it."""
    return os.environ.get("PCC_CLUSTER", "qcluster")


def probe_key(cluster: str) -> str:
    """The queue key of the probes that only this cluster answers."""
    return f"{PROBE}{cluster}"


class OrderedBroker(ORM):
    """First in, first out, after this cluster's own probes."""

    def dequeue(self) -> list[tuple[int, str]] | None:
        """Claim the next task, or wait a little and return None when there is none."""
        own = probe_key(cluster_name())
        due = (
            self.get_connection()
            .filter(key__in=[self.list_key, own], lock__lt=timezone.now())
            .order_by(Case(When(key=own, then=Value(0)), default=Value(1)), "lock", "id")
        )
        waiting = list(due[: Conf.BULK])
        if not waiting:
            # The base class sleeps when it finds nothing; so do we, by its own settings.
            return super().dequeue()
        return [(task.pk, task.payload) for task in waiting if self._claim(task)]

    def _claim(self, task) -> bool:
        rows = self.get_connection().filter(pk=task.pk, lock=task.lock)
        return bool(rows.update(lock=self.timeout(task)))
