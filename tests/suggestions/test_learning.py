"""From people's answers to a model in service, through the files, the task and the engine that are deployed."""

import json
import subprocess
import sys
from datetime import timedelta

import pytest
from django.conf import settings as configured
from django.core.management import call_command
from django.core.management.base import CommandError
from django.utils import timezone

from matching.suggestions import ladder
from matching.suggestions.ladder import active, learn
from matching.suggestions.models import Act, Decision, Outcome, TrainedModel
from matching.suggestions.services import dismiss, express_interest, match_listing
from matching.suggestions.wording import learned_reason
from tasks import jobs, queue
from tests.background import work_off
from tests.factories import make_need, make_offer

pytestmark = pytest.mark.django_db

ROOMS = ("réparation", "couture", "musique", "jardinage", "théâtre", "cuisine")


def answered(need, offer, *, accepted, days_ago, side="need"):
    """An answer as somebody gave it some days ago."""
    act = Act.INTERESTED if accepted else Act.DISMISSED
    Decision.objects.create(
        need=need,
        offer=offer,
        side=side,
        act=act,
        outcome=Outcome.ACCEPTED if accepted else Outcome.DECLINED,
        reason="" if accepted else "off_subject",
        rank=1,
        propensity=1.0,
        matcher_version="essai",
        at=timezone.now() - timedelta(days=days_ago),
    )


@pytest.fixture
def market(brest, bricoleuses):
    """Six subjects on both sides; each need took the room of its own subject and left another."""
    offers = [make_offer(brest, title=f"Salle de {room}", text=f"Pour des ateliers de {room}.") for room in ROOMS]
    for round_ in range(4):
        for number, room in enumerate(ROOMS):
            need = make_need(bricoleuses, title=f"Un lieu de {room}", text=f"Nos ateliers de {room}, groupe {round_}.")
            days = 60 - 10 * round_ - number
            answered(need, offers[number], accepted=True, days_ago=days)
            answered(need, offers[(number + 1) % len(ROOMS)], accepted=False, days_ago=days)
    return offers


def test_the_task_learns_judges_and_writes_down_why(market):
    queue.next_round("learn")
    jobs.tick("learn")
    work_off()
    model = TrainedModel.objects.get()
    assert model.decisions == 8 * len(ROOMS)
    assert model.reasons and all(learned_reason(reason) for reason in model.reasons)
    assert (model.verdict == "promoted") is model.is_active
    assert learn() is None


def test_what_was_learned_serves_in_the_lists(market, repair):
    model = learn()
    if not model.is_active:
        ladder.use(version=model.version)
    found = match_listing(listing=repair)
    assert found[0].matcher_version.endswith(f"+{model.version}")
    assert sum(found[0].parts.values()) == pytest.approx(found[0].score, abs=1e-6)
    assert 0 < found[0].score <= 1
    assert found[0].need_reasons


def test_a_file_that_was_touched_is_put_aside_and_the_rule_serves(market, repair):
    model = learn()
    ladder.use(version=model.version)
    (ladder.folder_of(model) / "heads.json").write_text("{}")
    assert match_listing(listing=repair)
    assert active() is None
    model.refresh_from_db()
    assert model.broken_because


def test_few_answers_are_refused_with_a_sentence(pair, alice, monkeypatch):
    monkeypatch.setattr(ladder, "ENOUGH_NEW", 1)
    express_interest(suggestion=pair, side="need", person=alice)
    model = learn()
    assert (model.verdict, model.folder, active()) == ("refused", "", None)
    assert "trop peu" in learned_reason(model.reasons[0])


# The files


def exported(tmp_path):
    path = tmp_path / "answers.jsonl"
    call_command("export_decisions", str(path))
    return [
        [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]
        for file in (path, tmp_path / "answers.needs.jsonl", tmp_path / "answers.offers.jsonl")
    ]


def test_the_files_hold_the_last_answers_and_nobody_s_name(pair, alice, bob, tmp_path):
    express_interest(suggestion=pair, side="need", person=alice)
    dismiss(suggestion=pair, side="offer", person=bob, reason="dates", note="Bob ne peut pas le samedi")
    answers, needs, offers = exported(tmp_path)
    assert [(line["side"], line["outcome"], line.get("reason")) for line in answers] == [
        ("need", "accepted", None),
        ("offer", "declined", "dates"),
    ]
    assert set().union(*answers) <= {"need", "offer", "outcome", "side", "rank", "reason", "at", "propensity"}
    assert (int(needs[0]["id"]), int(offers[0]["id"])) == (pair.need_id, pair.offer_id)
    assert needs[0]["territory"] == {"level": "commune", "code": "29019"}
    told = json.dumps([answers, needs, offers], ensure_ascii=False)
    assert not [word for word in ("Alice", "Bob", "@", "samedi seulement", "Bricoleuses") if word in told]


def test_nobody_answered_gives_empty_answers(db, tmp_path):
    assert exported(tmp_path) == [[], [], []]


def test_a_file_that_cannot_be_written_is_said(db, tmp_path):
    with pytest.raises(CommandError):
        call_command("export_decisions", str(tmp_path / "nowhere" / "answers.jsonl"))


def test_the_engine_learns_from_these_files(market, tmp_path):
    path = tmp_path / "answers.jsonl"
    call_command("export_decisions", str(path))
    files = {"needs": tmp_path / "answers.needs.jsonl", "offers": tmp_path / "answers.offers.jsonl", "decisions": path}
    options = [f"--{name}={file}" for name, file in files.items()]
    done = subprocess.run(
        [sys.executable, "-m", "matching.engine", "train", *options, f"--model={tmp_path / 'model'}"],
        cwd=configured.BASE_DIR,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
