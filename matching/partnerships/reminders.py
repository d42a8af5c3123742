"""Verb about silence: the side that owes an answer is reminded once, after some quiet days."""

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Exists, OuterRef
from django.utils import timezone

from matching import events
from matching.partnerships.models import Message
from matching.suggestions.models import State

QUIET_DAYS = timedelta(days=5)
# Nobody is reminded of what is that old.
FORGOTTEN_AFTER = timedelta(days=30)
_AT_ONCE = 500


def remind_unanswered(*, now: datetime | None = None) -> int:
    """Remind those who owe an answer, each once for each wait. Two workers remind once. Returns how many."""
    now = now or timezone.now()
    later = Message.objects.filter(suggestion=OuterRef("suggestion"), sent_at__gt=OuterRef("sent_at"))
    last_words = (
        Message.objects.filter(
            ~Exists(later), reminded_at__isnull=True, sent_at__lte=now - QUIET_DAYS, sent_at__gt=now - FORGOTTEN_AFTER
        )
        .exclude(suggestion__need_state=State.DISMISSED)
        .exclude(suggestion__offer_state=State.DISMISSED)
        .select_related("suggestion__need__organisation", "suggestion__offer__organisation")
        .order_by("pk")[:_AT_ONCE]
    )
    return sum(_remind(message, now) for message in last_words)


@transaction.atomic
def _remind(message: Message, now: datetime) -> bool:
    # A one-row update: whoever makes it tells, and nobody else.
    mine = Message.objects.filter(pk=message.pk, reminded_at__isnull=True).update(reminded_at=now)
    if mine:
        events.answer_awaited.send(sender=Message, message=message)
    return bool(mine)
