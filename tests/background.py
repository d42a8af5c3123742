"""The queue without a cluster: its rows are worked off in this process, one by one, as a worker would."""

from django.utils import timezone
from django_q.models import OrmQ
from django_q.signing import SignedPackage

from tasks import jobs


def work_off(limit: int = 200) -> int:
    """Run every waiting task, those that they hand in included. Returns how many ran."""
    ran = 0
    while waiting := OrmQ.objects.filter(lock__lte=timezone.now()).order_by("lock", "id").first():
        assert ran < limit, "the queue never ends"
        run_task(waiting)
        waiting.delete()
        ran += 1
    return ran


def run_task(row: OrmQ) -> None:
    """Run one task and leave its row: what a worker does that dies before it acknowledges."""
    task = SignedPackage.loads(row.payload)
    entry = task["func"].rsplit(".", 1)[1]
    getattr(jobs, entry)(*task["args"], **task["kwargs"])
