"""What staff see of the background, and what they may set going again."""

import pytest
from django.core.management import call_command
from django.urls import reverse
from django.utils import timezone

from matching.suggestions.models import Artefact
from matching.suggestions.services import match_listing
from tasks import queue
from tasks.models import Heartbeat, Run
from tests.factories import make_need, make_offer

pytestmark = pytest.mark.django_db


@pytest.fixture
def parked(bricoleuses):
    run = queue.enqueue("match_need", make_need(bricoleuses).pk)
    Run.objects.update(state=Run.State.PARKED, starts=3, error="Mémoire", finished_at=timezone.now())
    return run


@pytest.mark.parametrize("model", ["tasks_run", "tasks_heartbeat", "suggestions_suggestion", "suggestions_artefact"])
def test_staff_read_and_write_nothing(client, staff, alice, brest, bricoleuses, parked, model):
    make_offer(brest)
    match_listing(listing=make_need(bricoleuses))
    Heartbeat.objects.create(name="here", beaten_at=timezone.now())
    client.force_login(staff)
    assert client.get(reverse(f"admin:{model}_changelist")).status_code == 200
    assert client.get(reverse(f"admin:{model}_add")).status_code == 403
    client.force_login(alice)
    assert client.get(reverse(f"admin:{model}_changelist")).status_code in (302, 403)


def test_staff_see_what_was_parked_and_set_it_going_again(client, staff, parked):
    client.force_login(staff)
    page = reverse("admin:tasks_run_changelist")
    assert "mis de côté" in client.get(page).content.decode()
    client.post(page, {"action": "restart_parked", "_selected_action": [parked.pk]})
    parked.refresh_from_db()
    assert (parked.state, parked.starts) == (Run.State.QUEUED, 0)


def test_staff_make_the_state_of_the_matcher_anew(client, staff, brest, settings, tmp_path):
    settings.MATCHER_DIR = tmp_path
    make_offer(brest)
    old = Artefact.objects.create(version="old", folder="old", engine_version="0", offers=1)
    client.force_login(staff)
    page = reverse("admin:suggestions_artefact_changelist")
    client.post(page, {"action": "make_anew", "_selected_action": [old.pk]})
    assert Artefact.objects.count() == 2


def test_the_sweep_by_hand_says_what_it_found(bricoleuses, capsys):
    make_need(bricoleuses)
    Run.objects.all().delete()
    call_command("sweep")
    assert "Annonces à rapprocher : 1." in capsys.readouterr().out
