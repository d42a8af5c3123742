"""The order of the queue, and the probes that only their own cluster answers."""

import pytest
from django.utils import timezone
from django_q.brokers import get_broker
from django_q.models import OrmQ
from django_q.signing import SignedPackage

from tasks import jobs, queue
from tasks.models import Heartbeat
from tests.background import run_task

pytestmark = pytest.mark.django_db


@pytest.fixture
def cluster(monkeypatch):
    monkeypatch.setenv("PCC_CLUSTER", "here")
    monkeypatch.setattr("django_q.brokers.orm.sleep", lambda _: None)
    return get_broker()


def taken(broker):
    tasks = broker.dequeue() or []
    for key, _ in tasks:
        broker.acknowledge(key)
    return [SignedPackage.loads(payload)["args"] for _, payload in tasks]


def test_first_in_first_out(cluster):
    runs = [queue.enqueue("match_need", number) for number in (3, 1, 2)]
    assert [taken(cluster) for _ in runs] == [[(run.pk,)] for run in runs]
    assert taken(cluster) == []


def test_a_probe_waits_for_no_backlog_and_for_no_other_cluster(cluster):
    queue.enqueue("match_need", 1)
    queue.probe("elsewhere")
    queue.probe("here")
    queue.probe("here")
    assert taken(cluster) == [()]
    assert len(taken(cluster)) == 1
    assert taken(cluster) == []
    assert OrmQ.objects.get().key == "probe elsewhere"


def test_a_claimed_task_is_not_offered_again_at_once(cluster):
    queue.enqueue("match_need", 1)
    cluster.dequeue()
    assert not cluster.dequeue()
    assert OrmQ.objects.get().lock > timezone.now()


def test_the_heartbeat_writes_the_row_of_its_cluster(cluster):
    queue.probe("here")
    run_task(OrmQ.objects.get())
    jobs.heartbeat()
    assert Heartbeat.objects.get().name == "here"
