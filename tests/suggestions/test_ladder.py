"""Models trained on people's answers: judged once, kept with their reasons, one step back at any time."""

from dataclasses import dataclass, field
from datetime import timedelta

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import override

from matching import engine
from matching.catalogue.models import Offer
from matching.suggestions import index, ladder
from matching.suggestions.ladder import NoSuchModel, active, go_back, learn, use, warning
from matching.suggestions.models import Decision, ModelChange, Suggestion, TrainedModel
from matching.suggestions.services import dismiss, doubt_older_matches, express_interest, match_listing, match_text
from matching.suggestions.wording import learned_reason

pytestmark = pytest.mark.django_db

PROMOTED, REFUSED = TrainedModel.Verdict.PROMOTED, TrainedModel.Verdict.REFUSED
BETTER = [{"code": "of an older engine", "params": {}, "sentence": "Meilleur sur douze besoins."}]


@pytest.fixture(autouse=True)
def _fresh(monkeypatch):
    monkeypatch.setattr(index, "_current", None)
    monkeypatch.setattr(ladder, "ENOUGH_NEW", 1)


@dataclass
class FakeHeads:
    """Heads whose file says nothing but that it is whole."""

    def save(self, folder):
        (folder / "heads.json").write_text("{}")


@dataclass
class FakeTrained:
    """What the engine answers."""

    promoted: bool = True
    heads: FakeHeads | None = field(default_factory=FakeHeads)
    candidate: FakeHeads | None = None

    @property
    def report(self):
        return self

    def as_json(self):
        return {
            "rung": "drawn",
            "decisions": 40,
            "promoted": self.promoted,
            "reasons": BETTER,
            "metrics": {"candidate": {"ndcg": 0.9}},
        }


@pytest.fixture
def trains(monkeypatch):
    """Sets what training answers, and counts how often it was asked."""
    asked = []

    def trains(trained=None, meanwhile=lambda: None):
        def train(champion, today):
            asked.append(champion)
            meanwhile()
            return trained or FakeTrained()

        monkeypatch.setattr(ladder, "_train", train)
        return asked

    return trains


def candidate(version, *, days_ago=0, verdict=PROMOTED, folder=None):
    made = TrainedModel.objects.create(
        version=version,
        folder=version if folder is None else folder,
        engine_version="1",
        rung="drawn",
        decisions=40,
        verdict=verdict,
        reasons=BETTER,
    )
    TrainedModel.objects.filter(pk=made.pk).update(created_at=timezone.now() - timedelta(days=days_ago))
    return made


# Learning


def test_nothing_is_learned_before_anybody_answered(trains):
    assert learn() is None
    assert trains() == []


def test_a_better_candidate_serves_and_keeps_its_reasons(pair, alice, trains, settings):
    asked = trains()
    express_interest(suggestion=pair, side="need", person=alice)
    model = learn()
    assert (model.verdict, model.reasons, model.rung, model.decisions) == (PROMOTED, BETTER, "drawn", 40)
    assert model.metrics == {"metrics": {"candidate": {"ndcg": 0.9}}}
    assert active() == model
    assert (ladder.folder_of(model) / "heads.json").exists()
    assert asked == [None]
    assert list(ModelChange.objects.values_list("model", "why", "by")) == [(model.pk, "promoted", None)]


@pytest.mark.parametrize("kept", [True, False])
def test_a_refused_candidate_leaves_the_present_one_in_service(pair, alice, trains, kept):
    trains(FakeTrained(promoted=False, heads=None, candidate=FakeHeads() if kept else None))
    express_interest(suggestion=pair, side="need", person=alice)
    model = learn()
    assert (model.verdict, bool(model.folder)) == (REFUSED, kept)
    assert active() is None
    assert not ModelChange.objects.exists()


def test_a_second_run_of_the_same_task_does_nothing(pair, alice, trains):
    asked = trains()
    express_interest(suggestion=pair, side="need", person=alice)
    assert learn()
    assert learn() is None
    assert len(asked) == 1


def test_few_answers_wait_for_the_week_and_many_do_not(pair, alice, trains, monkeypatch):
    trains()
    monkeypatch.setattr(ladder, "ENOUGH_NEW", 2)
    candidate("first", days_ago=3)
    express_interest(suggestion=pair, side="need", person=alice)
    assert learn() is None
    assert ladder.is_due(now=timezone.now() + timedelta(days=5))
    dismiss(suggestion=pair, side="need", person=alice, reason="place")
    assert learn()


def test_what_serves_was_changed_during_training_and_stays_so(pair, alice, trains):
    candidate("chosen")
    trains(meanwhile=lambda: use(version="chosen"))
    express_interest(suggestion=pair, side="need", person=alice)
    assert learn().verdict == PROMOTED
    assert active().version == "chosen"


def test_lessons_hold_the_last_answer_of_each_side_and_its_listings(pair, alice, bob):
    express_interest(suggestion=pair, side="need", person=alice)
    dismiss(suggestion=pair, side="offer", person=bob, reason="dates")
    dismiss(suggestion=pair, side="need", person=alice, reason="place")
    Offer.objects.update(status="closed")
    needs, offers, answers = ladder.lessons()
    assert [int(need.id) for need in needs] == [pair.need_id]
    assert [int(offer.id) for offer in offers] == [pair.offer_id]
    told = [(answer.side, answer.outcome, answer.reason) for answer in answers]
    assert told == [("offer", "declined", "dates"), ("need", "declined", "place")]


# What serves


def test_one_model_serves_at_most(db):
    TrainedModel.objects.filter(pk=candidate("a").pk).update(is_active=True)
    other = candidate("b")
    with pytest.raises(IntegrityError), transaction.atomic():
        TrainedModel.objects.filter(pk=other.pk).update(is_active=True)


def test_one_step_back_and_another_to_the_rule(db, alice):
    for version in ("a", "b", "c"):
        candidate(version)
    use(version="a", by=alice)
    use(version="b")
    use(version="b")
    assert go_back(by=alice).version == "a"
    assert go_back() is None
    assert active() is None
    with pytest.raises(NoSuchModel):
        go_back()
    told = [(change.model and change.model.version, change.why, change.by) for change in ModelChange.objects.all()]
    assert told[::-1] == [
        ("a", "chosen", alice),
        ("b", "chosen", None),
        ("a", "back", alice),
        (None, "back", None),
    ]


def test_what_is_spoiled_or_unknown_is_never_chosen(db):
    ladder.put_aside(candidate("spoiled"), "heads.json is not what was saved")
    candidate("nothing kept", folder="")
    for version in ("spoiled", "nothing kept", "unknown"):
        with pytest.raises(NoSuchModel):
            use(version=version)
    assert use(version="rule") is None


@pytest.mark.parametrize("before", [None, "good"])
def test_a_spoiled_model_is_put_aside_and_the_last_good_one_serves(room, monkeypatch, before):
    def load(model):
        if model is not None and model.version == "spoiled":
            raise engine.BrokenModel("heads.json is not what was saved.")

    monkeypatch.setattr(ladder, "load", load)
    for version in filter(None, (before, "spoiled")):
        candidate(version)
        use(version=version)
    assert warning() is None
    assert match_text(text="Une salle pour réparer des objets").matches
    assert (active() and active().version) == before
    assert "heads.json is not what was saved" in warning()
    spoiled = TrainedModel.objects.get(version="spoiled")
    assert spoiled.broken_at and not spoiled.is_active
    assert ModelChange.objects.first().why == "broken"
    candidate("next")
    use(version="next")
    assert warning() is None


def test_staff_read_the_warning_and_nobody_else(client, staff, alice, monkeypatch):
    candidate("spoiled")
    use(version="spoiled")
    ladder.put_aside(active(), "heads.json is not what was saved")
    for person, told in ((staff, True), (alice, False)):
        client.force_login(person)
        assert ("heads.json is not what was saved" in client.get("/offres/").content.decode()) is told


# What suggestions keep of it


def test_a_suggestion_names_the_model_and_another_model_doubts_it(pair, repair, monkeypatch):
    monkeypatch.setattr(ladder, "load", lambda model: None)
    assert doubt_older_matches() == 0
    candidate("20261123T081500-abcdef")
    use(version="20261123T081500-abcdef")
    assert doubt_older_matches() == 2
    match_listing(listing=repair)
    pair.refresh_from_db()
    assert pair.matcher_version.endswith("+20261123T081500-abcdef")
    assert doubt_older_matches() == 0
    go_back()
    assert doubt_older_matches() == 2
    match_listing(listing=repair)
    assert "+" not in Suggestion.objects.get().matcher_version


def test_a_version_fits_its_column(db):
    model = candidate("20261123T081500-abcdef")
    longest = index.Index(None, {}, timezone.localdate(), model, model).version
    assert longest.endswith("+20261123T081500-abcdef")
    assert len(longest) <= Suggestion._meta.get_field("matcher_version").max_length


# The command


def told(capsys, *options):
    call_command("matcher", *options)
    return capsys.readouterr().out


def test_the_command_lists_chooses_and_goes_back(db, capsys):
    candidate("a", verdict=REFUSED)
    assert "la règle" in told(capsys, "--list")
    assert "En service : a." in told(capsys, "--use", "a")
    listed = told(capsys)
    assert "refusé : Meilleur sur douze besoins." in listed and "40 réponses" in listed
    assert "la règle" in told(capsys, "--back")
    for wrong in (["--back"], ["--use", "b"]):
        with pytest.raises(CommandError):
            call_command("matcher", *wrong)


# For the staff


def test_staff_read_reasons_and_go_back_in_the_administration(client, staff, db):
    candidate("a")
    model = candidate("b", verdict=REFUSED)
    use(version="a")
    client.force_login(staff)
    page = "/gestion/suggestions/trainedmodel/"
    assert "b" in client.get(page).content.decode()
    assert client.get(f"{page}{model.pk}/change/").status_code == 200
    assert client.get(f"{page}add/").status_code == 403
    client.post(page, {"action": "use_this_one", "_selected_action": [model.pk]})
    assert active() == model
    client.post(page, {"action": "go_back", "_selected_action": [model.pk]})
    assert active().version == "a"
    client.post(page, {"action": "use_the_rule", "_selected_action": [model.pk]})
    assert active() is None
    assert ModelChange.objects.first().by == staff
    assert Decision.objects.count() == 0


@pytest.mark.parametrize("params", [{}, {"loss": 0.03, "more": 1}])
def test_a_reason_outlives_the_engine_that_gave_it(params):
    kept = {"code": "refused.territory.rural", "params": params, "sentence": "Les campagnes y perdraient."}
    told = (
        "Pour les besoins des communes rurales, la liste serait moins bien rangée\u00a0: 0,03 de moins, sur 1."
        if params
        else kept["sentence"]
    )
    assert learned_reason(kept) == told


@pytest.mark.parametrize(("language", "gain"), [("fr", "+0,012"), ("en", "+0.012")])
def test_a_reason_writes_its_figures_as_the_reader_does(language, gain):
    kept = {"code": "promoted.better", "params": {"foretold": 98, "needs": 40, "share": 61, "gain": "+0.012"}}
    with override(language):
        assert gain in learned_reason(kept)
