"""The seam between the service and its queue: nothing else hands in a task, nothing else moves a run on."""

from datetime import datetime, timedelta

from django.db import IntegrityError, transaction
from django.db.models import F, Q
from django.utils import timezone
from django_q.conf import Conf
from django_q.models import OrmQ
from django_q.tasks import async_task

from tasks.broker import PROBE, probe_key
from tasks.models import Run

STARTS_ALLOWED = 3
_MARGIN = timedelta(minutes=1)
# A started run is lost after the longest time that a worker may take, and a margin.
LEASE = timedelta(seconds=Conf.TIMEOUT) + _MARGIN
# A waiting run is lost after the queue itself would have offered its task again.
PATIENCE = timedelta(seconds=Conf.RETRY) + _MARGIN
# A run that failed waits a little longer each time.
PAUSE = timedelta(seconds=30)
# A recurring job that was parked gets another chance after this long.
SECOND_CHANCE = timedelta(minutes=10)

_ENTRY = "tasks.jobs.start"
_HEARTBEAT = "tasks.jobs.heartbeat"


@transaction.atomic
def enqueue(job: str, subject: int = 0) -> Run:
    """Ask for a job on a row, as part of the caller's transaction. While it waits, asking again changes nothing.

    The waiting row is locked: a worker about to start it sees what the caller has written, or a new row is
    made.
    """
    run, created = Run.objects.select_for_update().get_or_create(
        job=job, subject=subject, state=Run.State.QUEUED, defaults={"due_at": timezone.now() + PATIENCE}
    )
    if created:
        _hand_in(run.pk)
    return run


def next_round(job: str) -> Run:
    """The one row of a recurring job, made ready for another round if the last one has ended."""
    now = timezone.now()
    ended = Q(state=Run.State.DONE) | Q(state=Run.State.PARKED, finished_at__lte=now - SECOND_CHANCE)
    rows = Run.objects.filter(job=job, subject=0)
    rows.filter(ended).update(state=Run.State.QUEUED, starts=0, error="", queued_at=now, due_at=now + PATIENCE)
    run = rows.order_by("id").last()
    return (
        run
        or Run.objects.get_or_create(job=job, subject=0, state=Run.State.QUEUED, defaults={"due_at": now + PATIENCE})[0]
    )


def claim(run_id: int) -> Run | None:
    """Count a start, before any work. None if the run is gone, ended, at work elsewhere or worn out."""
    now = timezone.now()
    started = Run.objects.filter(_startable(now), pk=run_id, starts__lt=STARTS_ALLOWED).update(
        state=Run.State.RUNNING, starts=F("starts") + 1, started_at=now, due_at=now + LEASE
    )
    return Run.objects.filter(pk=run_id).first() if started else None


def finish(run: Run) -> None:
    """The work is done."""
    _of_this_start(run).update(state=Run.State.DONE, finished_at=timezone.now(), error="")


def fail(run: Run, error: str) -> None:
    """The work raised: wait for the sweep to hand it in again, or be parked after the last start allowed."""
    now = timezone.now()
    if run.starts >= STARTS_ALLOWED:
        _of_this_start(run).update(state=Run.State.PARKED, finished_at=now, error=error)
    else:
        _wait_again(_of_this_start(run), due_at=now + PAUSE * run.starts, error=error)


def park_worn_out() -> int:
    """Park the runs whose last start allowed never came to an end. Returns how many."""
    now = timezone.now()
    worn_out = Run.objects.filter(_startable(now), starts__gte=STARTS_ALLOWED)
    return worn_out.update(
        state=Run.State.PARKED,
        finished_at=now,
        error="Chaque départ s’est arrêté sans fin : mémoire, ou durée.",
    )


def hand_in_lost() -> int:
    """Hand in again the runs that have not moved on in time; two sweeps share them. Returns how many."""
    now = timezone.now()
    lost = Run.objects.filter(state__in=[Run.State.QUEUED, Run.State.RUNNING], due_at__lte=now)
    return sum(_hand_in_again(run, now) for run in lost.filter(starts__lt=STARTS_ALLOWED).order_by("id"))


@transaction.atomic
def begin_anew() -> int:
    """No cluster is at work on this database, and none will come back: hand in what the last one left, at once.

    Only whoever starts the one cluster may know that. Returns how many runs were waiting or under way.
    """
    OrmQ.objects.all().delete()
    due_at = timezone.now() + PATIENCE
    for run in Run.objects.filter(state=Run.State.RUNNING).order_by("id"):
        _wait_again(_of_this_start(run), due_at=due_at, starts=0)
    # Recurring jobs come back by the clock.
    waiting = Run.objects.filter(state=Run.State.QUEUED, subject__gt=0).order_by("id")
    for run in waiting:
        _hand_in(run.pk)
    return waiting.update(due_at=due_at)


@transaction.atomic
def restart(run: Run) -> bool:
    """Give a parked run three new starts. False if the same work already waits."""
    parked = Run.objects.filter(pk=run.pk, state=Run.State.PARKED)
    waits = _wait_again(parked, due_at=timezone.now() + PATIENCE, starts=0)
    if waits:
        _hand_in(run.pk)
    return waits


def is_drained() -> bool:
    """True if no work on a listing waits or is under way; recurring jobs always come back and do not count."""
    return not Run.objects.filter(state__in=[Run.State.QUEUED, Run.State.RUNNING], subject__gt=0).exists()


def probe(cluster: str) -> None:
    """Hand in a heartbeat that only this cluster can beat, unless one still waits."""
    key = probe_key(cluster)
    if not OrmQ.objects.filter(key=key).exists():
        async_task(_HEARTBEAT, q_options={"cluster": key, "save": False})


def forget_probes(cluster: str) -> None:
    """Drop what a cluster never answered."""
    OrmQ.objects.filter(key=probe_key(cluster)).delete()


def forget_old_probes() -> None:
    """Drop the probes of clusters that are gone."""
    OrmQ.objects.filter(key__startswith=PROBE, lock__lt=timezone.now() - timedelta(hours=1)).delete()


def _hand_in(run_id: int) -> None:
    # The ledger is Run: the queue keeps no success of its own.
    async_task(_ENTRY, run_id, q_options={"save": False})


def _hand_in_again(run: Run, now: datetime) -> bool:
    as_seen = Run.objects.filter(pk=run.pk, state=run.state, due_at=run.due_at)
    with transaction.atomic():
        waits = _wait_again(as_seen, due_at=now + PATIENCE)
        if waits:
            _hand_in(run.pk)
    return waits


def _wait_again(runs, **changes) -> bool:
    """Put a run back in the queue. Where the same work already waits, this one has nothing left to do."""
    try:
        with transaction.atomic():
            return bool(runs.update(state=Run.State.QUEUED, **changes))
    except IntegrityError:
        runs.update(state=Run.State.DONE, finished_at=timezone.now())
        return False


def _startable(now: datetime) -> Q:
    return Q(state=Run.State.QUEUED) | Q(state=Run.State.RUNNING, due_at__lte=now)


def _of_this_start(run: Run):
    return Run.objects.filter(pk=run.pk, state=Run.State.RUNNING, starts=run.starts)
