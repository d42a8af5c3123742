"""From a report to its answer: every step is a row, what is hidden stays so until moderation shows it again."""

from uuid import uuid4

import pytest
from django.core import mail as outbox

from matching.catalogue import past
from matching.catalogue.models import Offer
from matching.catalogue.services import Hidden, close, publish
from matching.moderation.models import Case, Report, State, Step
from matching.moderation.services import (
    ChangedMeanwhile,
    UnfitReason,
    ask_again,
    confirm_address,
    decide,
    follow_token,
    report,
    report_of,
    state_seen,
    undo,
)
from matching.moderation.things import kind_named
from matching.notices.letters import MOST_CONFIRMATIONS_A_DAY, send_due_letters
from matching.notices.models import Letter, Notice
from matching.notices.services import note, send_due_notices
from matching.organisations.services import NotAllowed
from matching.people.models import Person
from tests.factories import make_offer
from tests.screens.conftest import signed_in

pytestmark = pytest.mark.django_db


def told(thing, name="offer", **facts):
    """A report of a stranger."""
    facts = {"reason": "misleading", "text": "La salle n’existe plus.", "form_key": uuid4(), **facts}
    return report(kind=kind_named(name), thing=thing, **facts)


def decided(case, verdict, by, reason="Parce que."):
    case.refresh_from_db()
    return decide(case=case, verdict=verdict, reason=reason, by=by, form_key=uuid4(), seen=state_seen(case=case))


@pytest.fixture
def room(brest):
    """A published offer; nobody has a mail waiting."""
    Notice.objects.all().delete()
    return make_offer(brest)


@pytest.fixture
def case(room):
    return told(room).case


def test_reports_of_one_thing_are_one_case_and_keep_what_was_there(room):
    first = told(room)
    Offer.objects.filter(pk=room.pk).update(text="Corrigé entre-temps")
    second = told(Offer.objects.get(pk=room.pk))
    assert first.case == second.case
    assert ["Description", room.text] in first.copy["lines"]
    assert ["Description", "Corrigé entre-temps"] in second.copy["lines"]
    assert second.case.waits_since == first.case.waits_since


def test_a_double_click_reports_once(room):
    key = uuid4()
    assert told(room, form_key=key) == told(room, form_key=key)
    assert Report.objects.count() == 1


def test_only_the_staff_decides_and_says_why(case, bob, staff):
    with pytest.raises(NotAllowed):
        decided(case, "hidden", bob)
    with pytest.raises(UnfitReason):
        decided(case, "hidden", staff, reason="  ")
    assert not Step.objects.exists()


def test_a_decision_on_what_has_changed_meanwhile_is_not_taken(case, room, staff):
    seen = state_seen(case=case)
    told(room)
    with pytest.raises(ChangedMeanwhile):
        decide(case=case, verdict="nothing", reason="Bien.", by=staff, form_key=uuid4(), seen=seen)
    seen = state_seen(case=case)
    Offer.objects.filter(pk=room.pk).update(text="Autre chose")
    with pytest.raises(ChangedMeanwhile):
        decide(case=case, verdict="nothing", reason="Bien.", by=staff, form_key=uuid4(), seen=seen)


def test_a_double_click_decides_once(case, staff):
    facts = {"verdict": "nothing", "reason": "Bien.", "by": staff, "form_key": uuid4(), "seen": state_seen(case=case)}
    assert decide(case=case, **facts) == decide(case=case, **facts)


def test_what_is_hidden_cannot_be_published_again_by_any_way(case, room, bob, staff):
    decided(case, "hidden", staff)
    room.refresh_from_db()
    assert not room.is_published
    with pytest.raises(Hidden):
        publish(listing=room, person=bob)
    close(listing=room)
    with pytest.raises(Hidden):
        publish(listing=room, person=bob)
    with pytest.raises(Hidden):
        past.copy(listing=room, organisation=room.organisation, person=bob, title="Copie")
    # An import says again what its source says: nothing happens, and nothing breaks.
    assert not publish(listing=room, person=None).is_published


def test_hidden_changed_looked_at_again_restored(case, room, bob, staff):
    decided(case, "hidden", staff)
    Offer.objects.filter(pk=room.pk).update(text="Salle de 60 places, ouverte le samedi.")
    step = ask_again(case=case, text="Corrigé.", form_key=uuid4(), by=bob, organisation=room.organisation)
    assert ask_again(case=case, text="Encore.", form_key=uuid4(), by=bob, organisation=room.organisation) == step
    case.refresh_from_db()
    assert case.waits_since
    decided(case, "restored", staff)
    case.refresh_from_db()
    room.refresh_from_db()
    assert room.is_published and room.hidden_at is None
    assert case.state == State.RESTORED and case.waits_since is None
    assert [step.kind for step in case.steps.all()] == ["hidden", "review", "restored"]


def test_what_was_paused_already_comes_back_paused(case, room, staff):
    decided(case, "hidden", staff)
    decided(case, "restored", staff)
    Offer.objects.filter(pk=room.pk).update(status="paused")
    decided(case, "hidden", staff)
    decided(case, "restored", staff)
    room.refresh_from_db()
    assert room.status == "paused"


def test_strangers_ask_nothing_again(case, room, charlie, staff):
    decided(case, "hidden", staff)
    for party in ({"by": charlie, "organisation": room.organisation}, {"report": case.reports.get()}, {"by": charlie}):
        with pytest.raises(NotAllowed):
            ask_again(case=case, text="Non.", form_key=uuid4(), **party)


def test_undoing_brings_everything_back_and_keeps_the_rows(case, room, staff):
    since = case.waits_since
    step = decided(case, "hidden", staff)
    undone = undo(step=step, by=staff, reason="Mauvaise annonce.", form_key=uuid4())
    assert undo(step=step, by=staff, reason="Encore.", form_key=uuid4()) == undone
    case.refresh_from_db()
    room.refresh_from_db()
    assert room.is_published
    assert (case.state, case.waits_since) == (State.NEW, since)
    assert case.reports.get().answer is None
    assert Step.objects.count() == 2


def test_undoing_a_restoration_hides_again(case, room, staff):
    decided(case, "hidden", staff)
    restored = decided(case, "restored", staff)
    undo(step=restored, by=staff, reason="Trop tôt.", form_key=uuid4())
    room.refresh_from_db()
    assert not room.is_published and room.hidden_at
    decided(case, "restored", staff)
    room.refresh_from_db()
    assert room.is_published


def test_a_decision_that_something_followed_is_not_undone(case, room, bob, staff):
    step = decided(case, "hidden", staff)
    ask_again(case=case, text="Corrigé.", form_key=uuid4(), by=bob, organisation=room.organisation)
    with pytest.raises(ChangedMeanwhile):
        undo(step=step, by=staff, reason="Trop tard.", form_key=uuid4())


def test_an_organisation_goes_and_comes_back_with_what_it_publishes(brest, bob, staff):
    shown, paused = make_offer(brest), make_offer(brest, published=False, title="Brouillon")
    case = told(brest, "organisation").case
    decided(case, "hidden", staff)
    assert signed_in(None).get(f"/organisations/{brest.slug}/").status_code == 404
    assert signed_in(bob).get(f"/organisations/{brest.slug}/").status_code == 200
    shown.refresh_from_db()
    assert not shown.is_published
    with pytest.raises(Hidden):
        publish(listing=paused, person=bob)
    decided(case, "restored", staff)
    shown.refresh_from_db()
    paused.refresh_from_db()
    assert shown.is_published and paused.status == "draft"
    assert signed_in(None).get(f"/organisations/{brest.slug}/").status_code == 200


# Who is told


def test_both_are_told_once_in_plain_words(room, bob, staff, mailoutbox):
    made = told(room, email="temoin@exemple.fr")
    assert send_due_letters() == 1
    confirm = mailoutbox.pop()
    assert room.title not in confirm.subject + confirm.body and made.text not in confirm.body
    assert follow_token(made) in confirm.body
    confirm_address(report=report_of(follow_token(made)))
    decided(made.case, "hidden", staff, reason="La salle est démolie.")
    assert send_due_notices() == 1 and send_due_letters() == 1
    assert send_due_notices() == 0 and send_due_letters() == 0
    answers = {message.to[0]: message for message in mailoutbox}
    assert set(answers) == {bob.email, "temoin@exemple.fr"}
    assert "La salle est démolie." in answers["temoin@exemple.fr"].body
    assert "masqué par la modération" in answers[bob.email].body
    for message in mailoutbox:
        assert made.text not in message.body
        assert "List-Unsubscribe" not in message.extra_headers
    assert "temoin@exemple.fr" not in answers[bob.email].body


def test_an_address_that_nobody_confirmed_is_never_answered(room, staff, mailoutbox):
    made = told(room, email="temoin@exemple.fr")
    decided(made.case, "nothing", staff)
    send_due_letters()
    assert [message.subject for message in mailoutbox] == ["Confirmez votre adresse pour recevoir notre réponse"]
    # Confirmed after the answer was given: it leaves then.
    confirm_address(report=made)
    confirm_address(report=made)
    assert send_due_letters() == 1
    assert Letter.objects.filter(kind="answer").count() == 1


def test_nobody_s_mailbox_is_filled_by_reports_of_others(room):
    for _ in range(MOST_CONFIRMATIONS_A_DAY + 2):
        told(room, email="victime@exemple.fr")
    assert send_due_letters() == MOST_CONFIRMATIONS_A_DAY


def test_a_decision_is_told_to_whoever_wants_no_other_mail(case, bob, staff, mailoutbox):
    Person.objects.filter(pk=bob.pk).update(notify=Person.Notify.NEVER)
    decided(case, "correct", staff)
    assert send_due_notices() == 1
    assert outbox.outbox[0].to == [bob.email]


def test_what_is_owed_goes_apart_from_the_list_and_leaves_at_once(case, bob, staff, mailoutbox):
    bob.notify = Person.Notify.WEEKLY
    bob.save()
    decided(case, "correct", staff)
    note(people=[bob], kind=Notice.Kind.SUGGESTIONS, subject=f"offer:{case.pk}")
    assert send_due_notices() == 1
    assert Notice.objects.get(sent_at=None).kind == Notice.Kind.SUGGESTIONS


def test_a_decision_taken_back_before_the_mail_left_is_not_told(room, bob, staff, mailoutbox):
    made = told(room, email=bob.email, person=bob)
    step = decided(made.case, "hidden", staff)
    undo(step=step, by=staff, reason="Mauvaise annonce.", form_key=uuid4())
    send_due_notices()
    assert send_due_letters() == 0
    (message,) = mailoutbox
    assert "annulé" in message.body and "masqué" not in message.body


def test_hostile_words_reach_no_header_and_no_html(brest, bob, staff, mailoutbox):
    room = make_offer(brest, title="=cmd|' /C calc'!A0 <script>alert(1)</script>\r\nBcc: a@b.fr")
    made = told(room, email="temoin@exemple.fr", text="<img src=x onerror=alert(1)>\r\nBcc: x@y.fr")
    confirm_address(report=made)
    decided(made.case, "hidden", staff, reason="<b>non</b>\r\n.\r\nBcc: z@z.fr")
    send_due_letters()
    send_due_notices()
    for message in mailoutbox:
        parsed = message.message()
        assert parsed["Bcc"] is None and "\n" not in message.subject
        for body, _kind in getattr(message, "alternatives", []):
            assert "<script>" not in body


def test_one_case_each(case):
    assert Case.objects.count() == 1
