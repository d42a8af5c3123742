"""The ledger and the queue: one row per start, one transaction with the fact, safe to repeat."""

from datetime import timedelta

import pytest
from django.db import transaction
from django.utils import timezone
from django_q.models import OrmQ

from matching.catalogue.models import Need
from matching.catalogue.services import NeedFacts, write_need
from matching.suggestions.models import Suggestion
from tasks import jobs, queue
from tasks.models import Heartbeat, Run
from tests.background import run_task, work_off
from tests.factories import make_need, make_offer

pytestmark = pytest.mark.django_db


@pytest.fixture
def calls(monkeypatch):
    """A job that only notes what it was asked."""
    made = []
    monkeypatch.setitem(jobs.JOBS, "noted", made.append)
    return made


@pytest.fixture
def failing(monkeypatch):
    """A job that always raises."""

    def fail(subject):
        raise ValueError(f"no luck with {subject}")

    monkeypatch.setitem(jobs.JOBS, "failing", fail)


def overdue(run):
    Run.objects.filter(pk=run.pk).update(due_at=timezone.now() - timedelta(seconds=1))


def test_a_job_runs_once_and_its_row_says_so(calls):
    run = queue.enqueue("noted", 7)
    assert work_off() == 1
    run.refresh_from_db()
    assert calls == [7]
    assert (run.state, run.starts) == (Run.State.DONE, 1)
    assert run.finished_at >= run.started_at


def test_what_waits_is_asked_for_once(calls):
    assert queue.enqueue("noted", 7) == queue.enqueue("noted", 7)
    queue.enqueue("noted", 8)
    assert OrmQ.objects.count() == 2
    work_off()
    assert calls == [7, 8]


def test_what_is_under_way_is_asked_for_again(calls):
    run = queue.enqueue("noted", 7)
    queue.claim(run.pk)
    assert queue.enqueue("noted", 7) != run


def test_a_fact_that_is_rolled_back_leaves_no_task(brest):
    runs, tasks = Run.objects.count(), OrmQ.objects.count()
    with pytest.raises(RuntimeError), transaction.atomic():
        make_offer(brest)
        assert OrmQ.objects.count() > tasks
        raise RuntimeError
    assert (Run.objects.count(), OrmQ.objects.count()) == (runs, tasks)


def test_a_task_delivered_twice_works_once(calls):
    queue.enqueue("noted", 7)
    row = OrmQ.objects.get()
    run_task(row)
    run_task(row)
    assert calls == [7]


def test_a_task_under_way_elsewhere_is_left_alone(calls):
    run = queue.enqueue("noted", 7)
    queue.claim(run.pk)
    run_task(OrmQ.objects.get())
    assert calls == []


def test_a_run_that_is_gone_is_done_quietly(calls):
    queue.enqueue("noted", 7)
    Run.objects.all().delete()
    work_off()
    assert calls == []


def test_a_listing_that_is_gone_is_done_quietly(bricoleuses):
    need = make_need(bricoleuses)
    Need.objects.filter(pk=need.pk).delete()
    work_off()
    assert Run.objects.get(job="match_need").state == Run.State.DONE


def test_what_raises_waits_for_the_sweep_and_is_parked_after_three_starts(failing, caplog):
    run = queue.enqueue("failing", 7)
    for start in (1, 2, 3):
        work_off()
        run.refresh_from_db()
        assert run.starts == start
        assert "no luck with 7" in run.error
        overdue(run)
        queue.hand_in_lost()
    assert run.state == Run.State.PARKED
    assert OrmQ.objects.count() == 0
    assert "failing" in caplog.text


def test_what_kills_its_worker_is_parked_after_three_starts(calls):
    run = queue.enqueue("noted", 7)
    for _ in range(3):
        assert queue.claim(run.pk)
        overdue(run)
    assert queue.claim(run.pk) is None
    jobs.sweep()
    run.refresh_from_db()
    assert run.state == Run.State.PARKED
    assert run.error
    work_off()
    assert calls == []


def test_staff_give_a_parked_run_three_more_starts(calls):
    run = queue.enqueue("noted", 7)
    OrmQ.objects.all().delete()
    Run.objects.update(state=Run.State.PARKED, starts=3, finished_at=timezone.now())
    assert queue.restart(run)
    work_off()
    assert calls == [7]


def test_a_lost_task_is_handed_in_again(calls):
    run = queue.enqueue("noted", 7)
    OrmQ.objects.all().delete()
    assert jobs.sweep().handed_in_again == 0
    overdue(run)
    assert jobs.sweep().handed_in_again == 1
    assert jobs.sweep().handed_in_again == 0
    work_off()
    assert calls == [7]


def test_a_lost_run_whose_work_waits_already_ends_there(calls):
    lost = queue.enqueue("noted", 7)
    queue.claim(lost.pk)
    queue.enqueue("noted", 7)
    overdue(lost)
    assert queue.hand_in_lost() == 0
    lost.refresh_from_db()
    assert lost.state == Run.State.DONE
    work_off()
    assert calls == [7]


def test_a_recurring_job_keeps_one_row_and_never_overlaps_itself(monkeypatch):
    rounds = []

    def round_within_a_round(_):
        rounds.append(1)
        jobs.tick("often")

    monkeypatch.setitem(jobs.JOBS, "often", round_within_a_round)
    jobs.tick("often")
    jobs.tick("often")
    assert len(rounds) == 2
    assert Run.objects.get(job="often").state == Run.State.DONE


def test_a_recurring_job_that_was_parked_gets_another_chance_later(calls):
    run = Run.objects.create(
        job="noted", state=Run.State.PARKED, starts=3, finished_at=timezone.now(), due_at=timezone.now()
    )
    jobs.tick("noted")
    assert calls == []
    Run.objects.filter(pk=run.pk).update(finished_at=timezone.now() - queue.SECOND_CHANCE)
    jobs.tick("noted")
    assert calls == [0]


def test_the_queue_is_drained_once_nothing_waits_for_a_listing(calls):
    queue.enqueue("noted", 0)
    assert queue.is_drained()
    queue.enqueue("noted", 7)
    assert not queue.is_drained()
    work_off()
    assert queue.is_drained()


def test_what_an_older_engine_matched_is_matched_again_once(brest, bricoleuses):
    make_offer(brest)
    make_need(bricoleuses)
    work_off()
    Suggestion.objects.update(matcher_version="0.1/base")
    assert jobs.sweep().stale == 2
    work_off()
    assert not Suggestion.objects.filter(matcher_version="0.1/base").exists()
    assert jobs.sweep().stale == 0


def test_publishing_needs_no_worker_and_the_sweep_catches_up(brest, bricoleuses):
    offer, need = make_offer(brest), make_need(bricoleuses)
    OrmQ.objects.all().delete()
    Run.objects.all().delete()
    assert offer.is_published and need.is_stale
    assert jobs.sweep().stale == 2
    assert jobs.sweep().stale == 0
    work_off()
    assert Suggestion.objects.filter(offer=offer, need=need).exists()
    assert jobs.sweep().stale == 0


def test_a_parked_listing_is_left_alone_until_it_is_edited(bricoleuses):
    need = make_need(bricoleuses)
    OrmQ.objects.all().delete()
    Run.objects.update(state=Run.State.PARKED, starts=3, finished_at=timezone.now())
    assert jobs.sweep().stale == 0
    write_need(organisation=bricoleuses, need=need, person=None, facts=NeedFacts(title="Une autre salle"))
    assert not queue.is_drained()


def test_prune_forgets_old_ended_runs_and_keeps_what_was_parked(calls):
    long_ago = timezone.now() - timedelta(days=30)
    for number, state in enumerate((Run.State.DONE, Run.State.PARKED)):
        Run.objects.create(job="noted", subject=number, state=state, finished_at=long_ago, due_at=long_ago)
    Heartbeat.objects.create(name="gone", beaten_at=long_ago)
    jobs.prune()
    assert Run.objects.get().state == Run.State.PARKED
    assert not Heartbeat.objects.exists()


@pytest.mark.parametrize("job", sorted(jobs.JOBS))
def test_every_job_of_the_table_runs(job, brest, bricoleuses, settings, tmp_path):
    settings.MATCHER_DIR = tmp_path
    offer, need = make_offer(brest), make_need(bricoleuses)
    work_off()
    run = queue.enqueue(job, {"match_offer": offer.pk, "match_need": need.pk}.get(job, 0))
    work_off()
    run.refresh_from_db()
    assert (run.state, run.error) == (Run.State.DONE, "")


# A new beginning


def test_what_a_stopped_cluster_left_is_handed_in_at_once(db):
    waiting, running = queue.enqueue("match_need", 7), queue.enqueue("match_offer", 8)
    done = queue.enqueue("match_need", 9)
    for run in (running, done):
        assert queue.claim(run.pk)
    queue.finish(Run.objects.get(pk=done.pk))
    OrmQ.objects.update(lock=timezone.now() + timedelta(seconds=300))
    assert queue.begin_anew() == 2
    assert OrmQ.objects.filter(lock__lte=timezone.now()).count() == OrmQ.objects.count() == 2
    running.refresh_from_db()
    assert (running.state, running.starts) == (Run.State.QUEUED, 0)
    assert queue.claim(running.pk) and queue.claim(waiting.pk) and not queue.claim(done.pk)


def test_beginning_anew_twice_hands_in_once_each(db):
    queue.enqueue("match_need", 7)
    assert queue.begin_anew() == queue.begin_anew() == 1
    assert OrmQ.objects.count() == 1
