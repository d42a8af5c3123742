"""What the clock starts."""

from datetime import datetime, time, timedelta

import pytest
from django.core.management import call_command
from django.utils import timezone
from django_q.models import Schedule
from django_q.scheduler import scheduler

from tasks.models import Run
from tasks.schedules import TABLE, Recurring, install_schedules
from tests.background import work_off

pytestmark = pytest.mark.django_db


def test_installing_twice_changes_nothing_and_removes_what_left_the_table():
    install_schedules()
    rows = list(Schedule.objects.order_by("id").values())
    Schedule.objects.create(name="gone", func="tasks.jobs.tick", args="'gone'")
    Schedule.objects.create(name="foreign", func="elsewhere.job")
    call_command("install_schedules", verbosity=0)
    assert list(Schedule.objects.exclude(name="foreign").order_by("id").values()) == rows
    assert {row["name"] for row in rows} == {recurring.job for recurring in TABLE}


def test_what_is_due_runs_through_the_ledger(monkeypatch):
    # The test's own transaction must survive.
    monkeypatch.setattr("django_q.scheduler.close_old_django_connections", lambda: None)
    install_schedules()
    Schedule.objects.filter(name="sweep").update(next_run=timezone.now() - timedelta(seconds=1))
    scheduler()
    work_off()
    assert Run.objects.get(job="sweep").state == Run.State.DONE
    assert Schedule.objects.get(name="sweep").next_run > timezone.now()


def test_a_nightly_job_comes_next_night():
    noon = datetime(2026, 11, 23, 12, 0, tzinfo=timezone.get_default_timezone())
    first = Recurring("nightly", at=time(3, 15)).first_run(noon)
    assert timezone.localtime(first).isoformat() == "2026-11-24T03:15:00+01:00"
