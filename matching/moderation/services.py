"""Verbs about what is reported: report, decide, ask for another look, undo. Each step is a row; nothing is lost."""

from hashlib import sha256
from json import dumps
from typing import Any
from uuid import UUID

from django.core import signing
from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils import timezone

from matching import events
from matching.catalogue.texts import tidy
from matching.moderation.models import LONGEST, Case, Report, State, Step
from matching.moderation.permissions import may_ask_again, may_moderate
from matching.moderation.things import Kind, kind_named
from matching.organisations.models import Organisation
from matching.organisations.services import NotAllowed
from matching.people.models import Person

# What may be decided, by where the thing stands.
_OF_SHOWN = (Step.Kind.NOTHING, Step.Kind.CORRECT, Step.Kind.HIDDEN)
_OF_HIDDEN = (Step.Kind.RESTORED, Step.Kind.HIDDEN)


class ChangedMeanwhile(Exception):
    """What was looked at is not what stands there now: another report, decision or version has come."""


class UnfitReason(ValueError):
    """The reason is empty, or longer than LONGEST characters."""


class Gone(Exception):
    """The thing exists no more."""


def report(
    *,
    kind: Kind,
    thing: Any,
    reason: str,
    text: str,
    form_key: UUID,
    person: Person | None = None,
    email: str = "",
    language: str = "fr",
) -> Report:
    """Say what is wrong with a thing; the same form_key says it once. The answer goes to `email`, once confirmed.

    The address of somebody signed in is known already. Raises UnfitReason for a text that is too long.
    """
    text = tidy(text)
    if len(text) > LONGEST:
        raise UnfitReason
    is_own = person is not None and email.lower() == person.email.lower()
    try:
        with transaction.atomic():
            case = _case_of(kind, thing)
            made = Report.objects.create(
                form_key=form_key,
                case=case,
                reason=reason,
                text=text,
                copy=kind.copy(thing),
                person=person,
                email=email,
                verified_at=timezone.now() if is_own else None,
                language=language,
            )
            case.waits_since = case.waits_since or timezone.now()
            case.save(update_fields=["waits_since"])
            events.reported.send(sender=Report, report=made)
            return made
    except IntegrityError:
        # A double click: the other request wrote it a moment ago.
        return Report.objects.get(form_key=form_key)


@transaction.atomic
def confirm_address(*, report: Report) -> None:
    """Whoever opened the link reads that mailbox: it may have the answer. Safe to repeat."""
    if Report.objects.filter(pk=report.pk, verified_at=None).exclude(email="").update(verified_at=timezone.now()):
        report.refresh_from_db()
        events.report_confirmed.send(sender=Report, report=report)


def follow_token(report: Report) -> str:
    """What the link in the mail holds: it names nobody and cannot be guessed."""
    return _signer().sign(report.uuid.hex)


def report_of(token: str) -> Report | None:
    """The report of a token, None if it is not one of ours."""
    try:
        return Report.objects.select_related("case", "answer").filter(uuid=_signer().unsign(token)).first()
    except signing.BadSignature:
        return None


def state_seen(*, case: Case) -> str:
    """What stands there now, in a few letters: the last step, the last report, the words of the thing."""
    kind = kind_named(case.kind)
    thing = kind.find(case.key) if kind else None
    last = [rows.order_by("-pk").values_list("pk", flat=True).first() for rows in (case.steps, case.reports)]
    return sha256(dumps([last, kind.copy(thing) if kind and thing else None]).encode()).hexdigest()[:20]


def choices_of(case: Case) -> tuple[Step.Kind, ...]:
    """What may be decided of it now."""
    return _OF_HIDDEN if case.is_hidden else _OF_SHOWN


@transaction.atomic
def decide(*, case: Case, verdict: str, reason: str, by: Person, form_key: UUID, seen: str) -> Step:
    """Decide of a thing and say why: both sides read that reason. The same form_key decides once.

    `seen`: state_seen() of what was read. Raises NotAllowed, UnfitReason, ChangedMeanwhile, Gone.
    """
    if not may_moderate(by):
        raise NotAllowed
    case = Case.objects.select_for_update().get(pk=case.pk)
    if written := Step.objects.filter(form_key=form_key, case=case).first():
        return written
    if seen != state_seen(case=case):
        raise ChangedMeanwhile
    if verdict not in choices_of(case):
        raise ValueError("Not a decision on what stands there")
    kind, thing = _thing_of(case)
    step = _add(case, verdict, reason, form_key, by=by, copy=kind.copy(thing))
    was_hidden = case.is_hidden
    # First where it stands: pages that are shown again ask whether they may be.
    _settle(case, State(verdict), kind.title(thing))
    if verdict == Step.Kind.HIDDEN and not was_hidden:
        step.taken_away = kind.hide(thing)
        step.save(update_fields=["taken_away"])
    elif verdict == Step.Kind.RESTORED:
        kind.show(thing, _taken_away(case))
    answered = case.reports.all() if verdict == Step.Kind.RESTORED else case.reports.filter(answer=None)
    answered.update(answer=step)
    events.case_decided.send(sender=Step, step=step)
    return step


@transaction.atomic
def undo(*, step: Step, by: Person, reason: str, form_key: UUID) -> Step:
    """Take the last decision back: all is again as before it, and waits as it did. Undoing twice undoes once.

    Raises NotAllowed, UnfitReason, Gone, ChangedMeanwhile where something has followed.
    """
    if not may_moderate(by):
        raise NotAllowed
    case = Case.objects.select_for_update().get(pk=step.case_id)
    if undone := Step.objects.filter(undoes=step).first():
        return undone
    if not is_undoable(step):
        raise ChangedMeanwhile
    kind, thing = _thing_of(case)
    was_hidden = step.state_before == State.HIDDEN
    undoing = _add(case, Step.Kind.UNDONE, reason, form_key, by=by, copy=kind.copy(thing), undoes=step)
    is_hidden = case.is_hidden
    case.state, case.waits_since = step.state_before, step.waited_since
    case.save(update_fields=["state", "waits_since"])
    if is_hidden and not was_hidden:
        kind.show(thing, step.taken_away)
    elif was_hidden and not is_hidden:
        undoing.taken_away = kind.hide(thing)
        undoing.save(update_fields=["taken_away"])
    Report.objects.filter(answer=step).update(answer=None)
    events.case_decided.send(sender=Step, step=undoing)
    return undoing


def is_undoable(step: Step) -> bool:
    """A decision that nothing has followed."""
    later = Step.objects.filter(case=step.case_id, pk__gt=step.pk)
    return step.is_decision and not step.is_undone and not later.exists()


@transaction.atomic
def ask_again(
    *,
    case: Case,
    text: str,
    form_key: UUID,
    by: Person | None = None,
    organisation: Organisation | None = None,
    report: Report | None = None,
) -> Step:
    """Contest what was decided, or say what was changed since: somebody looks again. Each asks once of each decision.

    For an organisation concerned, or for the author of a report who confirmed their address. Raises NotAllowed,
    UnfitReason.
    """
    case = Case.objects.select_for_update().get(pk=case.pk)
    if case.state == State.NEW or not _is_party(case, by, organisation, report):
        raise NotAllowed
    if asked := last_review(case=case, organisation=organisation, report=report):
        return asked
    kind = kind_named(case.kind)
    thing = kind.find(case.key) if kind else None
    copy = kind.copy(thing) if kind and thing else {}
    step = _add(case, Step.Kind.REVIEW, text, form_key, by=by, organisation=organisation, report=report, copy=copy)
    case.waits_since = case.waits_since or timezone.now()
    case.save(update_fields=["waits_since"])
    return step


def last_review(*, case: Case, organisation: Organisation | None = None, report: Report | None = None) -> Step | None:
    """What this party has asked since the last decision, and nobody has answered."""
    decided = case.steps.told().order_by("-pk").values_list("pk", flat=True).first() or 0
    asked = case.steps.filter(kind=Step.Kind.REVIEW, pk__gt=decided)
    return asked.filter(organisation=organisation, report=report).order_by("pk").first()


def _is_party(case: Case, by: Person | None, organisation: Organisation | None, report: Report | None) -> bool:
    if organisation is not None:
        return by is not None and may_ask_again(by, case, organisation)
    return report is not None and report.case_id == case.pk and report.verified_at is not None


def _case_of(kind: Kind, thing: Any) -> Case:
    """The case of this thing, locked."""
    title = kind.title(thing)[: Case._meta.get_field("title").max_length or 0]
    case, _created = Case.objects.select_for_update().get_or_create(
        kind=kind.name, key=kind.key(thing), defaults={"title": title}
    )
    case.organisations.add(*kind.organisations(thing))
    if case.title != title:
        case.title = title
        case.save(update_fields=["title"])
    return case


def _thing_of(case: Case) -> tuple[Kind, Any]:
    kind = kind_named(case.kind)
    thing = kind.find(case.key) if kind else None
    if kind is None or thing is None:
        raise Gone
    return kind, thing


def _add(case: Case, kind: str, reason: str, form_key: UUID, **fields: Any) -> Step:
    reason = tidy(reason)
    if not reason or len(reason) > LONGEST:
        raise UnfitReason
    return Step.objects.create(
        case=case,
        kind=kind,
        reason=reason,
        form_key=form_key,
        state_before=case.state,
        waited_since=case.waits_since,
        **fields,
    )


def _settle(case: Case, state: State, title: str) -> None:
    case.state, case.waits_since, case.decided_at = state, None, timezone.now()
    case.title = title[: Case._meta.get_field("title").max_length or 0]
    case.save(update_fields=["state", "waits_since", "decided_at", "title"])


def _taken_away(case: Case) -> list[list[str]]:
    """What went out of sight when it was hidden last."""
    hidden = Q(kind=Step.Kind.HIDDEN) & ~Q(state_before=State.HIDDEN) | Q(undoes__kind=Step.Kind.RESTORED)
    return case.steps.filter(hidden).order_by("-pk").values_list("taken_away", flat=True).first() or []


def _signer() -> signing.Signer:
    return signing.Signer(salt="moderation.report", sep=".")
