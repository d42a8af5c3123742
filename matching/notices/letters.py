"""Mails to whoever reported something and left an address: a row first, then one mail, in plain text.

Nothing that the author of the report wrote goes into these mails, and a title only once the address is confirmed: they
carry no words of one stranger to another.
"""

import hashlib
import logging
from datetime import datetime, timedelta
from smtplib import SMTPException
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.mail import EmailMessage
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from matching.moderation.models import Report, Step
from matching.moderation.services import follow_token
from matching.notices.hours import due_at
from matching.notices.lines import one_line
from matching.notices.models import Letter
from matching.notices.services import GIVEN_UP_AFTER, LOST_AFTER
from matching.people.models import Person

logger = logging.getLogger(__name__)

# Nobody's mailbox is filled by somebody else's reports: so many addresses to confirm in a day, then silence.
MOST_CONFIRMATIONS_A_DAY = 3


def note_confirmation(*, report: Report) -> None:
    """Ask whoever reads that mailbox to confirm; nothing where no address was left, or it is known. Safe to repeat."""
    if not report.email or report.verified_at:
        return
    now = timezone.now()
    asked = Letter.objects.filter(
        kind=Letter.Kind.CONFIRM, report__email__iexact=report.email, created_at__gt=now - timedelta(days=1)
    )
    if asked.count() < MOST_CONFIRMATIONS_A_DAY:
        _note([Letter(report=report, kind=Letter.Kind.CONFIRM, due_at=now)])


def note_answers(*, step: Step) -> None:
    """Whoever reported, confirmed their address and is answered by this decision."""
    _note([_answer(report, step) for report in step.answered.exclude(verified_at=None).order_by("pk")])


def note_answer(*, report: Report) -> None:
    """An address that was confirmed after the answer was given."""
    if report.answer:
        _note([_answer(report, report.answer)])


def send_due_letters(*, now: datetime | None = None) -> int:
    """Send what is due, once each; one that fails is tried again as the same mail. Returns how many left."""
    now = now or timezone.now()
    new = Letter.objects.filter(claimed_at=None, due_at__lte=now)
    lost = Letter.objects.filter(sent_at=None, claimed_at__lte=now - LOST_AFTER, due_at__gt=now - GIVEN_UP_AFTER)
    return sum(_send(letter) for rows in (lost, new) for letter in _claimed(rows, now))


def _claimed(rows, now: datetime) -> list[Letter]:
    """Those that this call, and no other, has claimed."""
    found = rows.select_related("report__case", "step").order_by("pk")
    same = {letter.pk: letter.claimed_at for letter in found}
    return [
        letter
        for letter in found
        if Letter.objects.filter(pk=letter.pk, claimed_at=same[letter.pk]).update(claimed_at=now)
    ]


def _note(letters: list[Letter]) -> None:
    Letter.objects.bulk_create(letters, ignore_conflicts=True)


def _answer(report: Report, step: Step) -> Letter:
    """Quiet hours are everybody's."""
    due = due_at(Person(), ZoneInfo(settings.TIME_ZONE), timezone.now(), rhythm=Person.Notify.AT_ONCE)
    return Letter(report=report, kind=Letter.Kind.ANSWER, step=step, due_at=due)


def _send(letter: Letter) -> bool:
    if letter.kind == Letter.Kind.ANSWER and letter.report.answer_id != letter.step_id:
        # Taken back before the mail left, or answered anew: nothing is told that no longer holds.
        letter.delete()
        return False
    try:
        _mail(letter).send()
    except (OSError, SMTPException):
        logger.exception("A mail could not be sent; it will be tried again")
        return False
    Letter.objects.filter(pk=letter.pk).update(sent_at=timezone.now())
    return True


def _mail(letter: Letter) -> EmailMessage:
    report = letter.report
    with translation.override(report.language):
        url = f"{settings.BASE_URL}{reverse('report_follow', args=[follow_token(report)])}"
        context = {"url": url, "report": report, "step": letter.step, "title": one_line(report.case.title)}
        subjects = {
            Letter.Kind.CONFIRM: _("Confirmez votre adresse pour recevoir notre réponse"),
            Letter.Kind.ANSWER: _("Notre réponse à votre signalement"),
        }
        return EmailMessage(
            subject=subjects[Letter.Kind(letter.kind)],
            body=render_to_string(f"notices/letter_{letter.kind}.txt", context),
            to=[report.email],
            headers={"Message-ID": _message_id(letter), "Auto-Submitted": "auto-generated"},
        )


def _message_id(letter: Letter) -> str:
    digest = hashlib.sha256(f"letter:{letter.pk}".encode()).hexdigest()[:32]
    return f"<letter-{digest}@{urlsplit(settings.BASE_URL).hostname}>"
