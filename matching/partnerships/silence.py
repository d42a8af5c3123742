"""Who owes an answer, since when, and what happens while they keep silent. People decide; the clock only reminds.

Whoever owes it is left in peace for some days, then reminded once. If the authority still says nothing, a second
officer is asked to look. Any sign of theirs begins the wait anew; the day by which an answer is expected stays.
"""

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Case, Value, When
from django.utils import timezone

from matching import events
from matching.organisations.models import Membership, Role
from matching.partnerships.models import Application, State, Verb

#: An answer is expected by then.
ANSWER_WITHIN = timedelta(days=30)
QUIET_DAYS = timedelta(days=10)
#: After the reminder.
SECOND_AFTER = timedelta(days=10)
_AT_ONCE = 500

_BEGINS = (Verb.FILE, Verb.CORRECT, Verb.REEXAMINE)
_GOES_ON = (Verb.TAKE_UP, Verb.GIVE_BACK, Verb.ASK_CORRECTION)


def follow_move(application: Application, verb: Verb, now: datetime) -> None:
    """Where the wait stands after this move; whoever calls saves the row."""
    application.reminded_at = application.second_told_at = application.second_officer = None
    application.quiet_since = now if verb in (*_BEGINS, *_GOES_ON) else None
    if verb in _BEGINS:
        application.due_on = timezone.localdate(now) + ANSWER_WITHIN
    elif verb not in (Verb.TAKE_UP, Verb.GIVE_BACK):
        application.due_on = None


def note_sign(application: Application) -> None:
    """The authority has written: its silence is over, and what it owes is still owed."""
    Application.objects.filter(pk=application.pk, quiet_since__isnull=False, correction="").update(
        quiet_since=timezone.now(), reminded_at=None, second_told_at=None, second_officer=None
    )


def remind_silent(*, now: datetime | None = None) -> int:
    """Remind whoever keeps silent, once; then ask a second officer, once. Two workers do it once. Returns how many."""
    now = now or timezone.now()
    waiting = Application.objects.filter(state__in=[State.FILED, State.EXAMINATION])
    first = waiting.filter(reminded_at__isnull=True, quiet_since__lte=now - QUIET_DAYS)
    second = waiting.filter(correction="", second_told_at__isnull=True, reminded_at__lte=now - SECOND_AFTER)
    told = sum(_remind(row, now) for row in first.select_related("offer").order_by("pk")[:_AT_ONCE])
    told += sum(
        _ask_second(row, now)
        for row in second.select_related("offer__organisation", "officer").order_by("pk")[:_AT_ONCE]
    )
    return told


@transaction.atomic
def _remind(application: Application, now: datetime) -> bool:
    # A one-row update: whoever makes it tells, and nobody else.
    rows = Application.objects.filter(pk=application.pk, reminded_at__isnull=True, quiet_since=application.quiet_since)
    mine = rows.update(reminded_at=now)
    if mine:
        events.application_silent.send(sender=Application, application=application)
    return bool(mine)


@transaction.atomic
def _ask_second(application: Application, now: datetime) -> bool:
    second = _second_officer(application)
    rows = Application.objects.filter(
        pk=application.pk, second_told_at__isnull=True, reminded_at=application.reminded_at
    )
    mine = rows.update(second_told_at=now, second_officer=second.person if second else None)
    if mine and second:
        application.second_officer = second.person
        events.application_silent.send(sender=Application, application=application)
    return bool(mine and second)


def _second_officer(application: Application) -> Membership | None:
    """An owner of the authority before a member, who does not follow the file already; None where there is nobody."""
    others = Membership.objects.confirmed().filter(
        organisation=application.offer.organisation, role__in=(Role.OWNER, Role.MEMBER), person__is_active=True
    )
    by_role = Case(When(role=Role.OWNER, then=Value(0)), default=Value(1))
    found: Membership | None = (
        others.exclude(person=application.officer)
        .select_related("person")
        .order_by(by_role, "confirmed_at", "pk")
        .first()
    )
    return found
