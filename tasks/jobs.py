"""What runs in the background: entries that take a run's id, safe to repeat. numpy loads on first use."""

import logging
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from django.db.models import Exists, F, OuterRef, Q
from django.utils import timezone

from matching.catalogue.models import Need, Offer
from matching.catalogue.photos import forget_orphans
from matching.catalogue.unsent import forget_old_unsent
from matching.catalogue.validity import ask_what_is_due, pause_unanswered
from matching.notices import letters
from matching.notices import services as notices
from matching.partnerships import attachments, following, reminders, silence
from matching.suggestions import ladder, scarcity, traces
from matching.suggestions import services as suggestions
from matching.suggestions.artefacts import refresh_artefact
from tasks import queue
from tasks.broker import cluster_name
from tasks.models import Heartbeat, Run

logger = logging.getLogger(__name__)

MATCH_JOBS: dict[type[Offer] | type[Need], str] = {Offer: "match_offer", Need: "match_need"}
# How many stale listings one sweep takes on; the next one comes a minute later.
SWEEP_LIMIT = 1000
RUNS_KEPT = timedelta(days=7)


@dataclass(frozen=True)
class Swept:
    """What a sweep found."""

    handed_in_again: int
    parked: int
    stale: int
    withdrawn: int


def start(run_id: int) -> None:
    """Entry of every task: count the start, work, write how it ended. What is gone or done is left alone."""
    run = queue.claim(run_id)
    if run is None:
        return
    try:
        JOBS[run.job](run.subject)
    except Exception:
        logger.exception("%s failed", run)
        queue.fail(run, traceback.format_exc())
    else:
        queue.finish(run)


def tick(job: str) -> None:
    """Entry of the schedules: another round of a recurring job, which never overlaps itself."""
    start(queue.next_round(job).pk)


def heartbeat() -> None:
    """The liveness probe: a real task that writes a row."""
    Heartbeat.objects.update_or_create(name=cluster_name(), defaults={"beaten_at": timezone.now()})


def match_offer(offer_id: int) -> None:
    """Match one offer, both ways. An offer that is gone is nobody's fault."""
    offer = Offer.objects.filter(pk=offer_id).first()
    if offer:
        suggestions.match_listing(listing=offer)


def match_need(need_id: int) -> None:
    """Match one need, both ways. A need that is gone is nobody's fault."""
    need = Need.objects.filter(pk=need_id).first()
    if need:
        suggestions.match_listing(listing=need)


def sweep() -> Swept:
    """State is the truth, tasks are hints: ask again for what is lost or stale, withdraw what has expired."""
    suggestions.doubt_older_matches()
    return Swept(
        handed_in_again=queue.hand_in_lost(),
        parked=queue.park_worn_out(),
        stale=sum(_enqueue_stale(model) for model in MATCH_JOBS),
        withdrawn=suggestions.withdraw_expired(),
    )


def prune() -> None:
    """Forget what nobody needs any more: old ended runs, traces of clusters that are gone, texts never sent."""
    long_ago = timezone.now() - RUNS_KEPT
    Run.objects.filter(state=Run.State.DONE, finished_at__lt=long_ago).delete()
    Heartbeat.objects.filter(beaten_at__lt=long_ago).delete()
    queue.forget_old_probes()
    forget_orphans()
    traces.forget_old_impressions()
    attachments.forget_orphans()
    forget_old_unsent()


def ask_validity() -> None:
    """Pause what nobody answered for in a month, then ask about what has been published for six."""
    pause_unanswered()
    ask_what_is_due()


def _enqueue_stale(model: type[Offer] | type[Need]) -> int:
    """Listings whose current version the matcher has not seen, unless a run is on it or was parked for it."""
    job = MATCH_JOBS[model]
    taken = Run.objects.filter(
        Q(state__in=[Run.State.QUEUED, Run.State.RUNNING])
        | Q(state=Run.State.PARKED, finished_at__gte=OuterRef("updated_at")),
        job=job,
        subject=OuterRef("pk"),
    )
    stale = model.objects.stale().exclude(Exists(taken)).order_by(F("updated_at").asc(), "id")
    ids = list(stale.values_list("pk", flat=True)[:SWEEP_LIMIT])
    for listing_id in ids:
        queue.enqueue(job, listing_id)
    return len(ids)


JOBS: dict[str, Callable[[int], object]] = {
    "match_offer": match_offer,
    "match_need": match_need,
    "send_notices": lambda _: (notices.send_due_notices(), letters.send_due_letters()),
    "remind": lambda _: (reminders.remind_unanswered(), silence.remind_silent()),
    "sweep": lambda _: sweep(),
    "refresh_artefact": lambda _: refresh_artefact(),
    "record_left": lambda _: traces.record_left_without_answer(),
    "weigh_scarcity": lambda _: scarcity.weigh_scarcity(),
    "follow_partnerships": lambda _: following.remind_of_dates(),
    "ask_validity": lambda _: ask_validity(),
    "learn": lambda _: ladder.learn(),
    "prune": lambda _: prune(),
}
