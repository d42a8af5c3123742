"""Verbs about what follows a suggestion: relay a message, read it."""

from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import Count, Max, Q, QuerySet
from django.utils import timezone

from matching import events
from matching.catalogue.texts import tidy
from matching.organisations.models import Organisation
from matching.organisations.services import NotAllowed
from matching.partnerships.models import Author, Message
from matching.people.models import Person
from matching.suggestions.models import Suggestion
from matching.suggestions.permissions import may_act
from matching.suggestions.services import express_interest

LONGEST = 5000


class UnfitText(ValueError):
    """The text is empty, or longer than LONGEST characters."""


@transaction.atomic
def send_message(*, suggestion: Suggestion, side: str, author: Person, text: str, form_key: UUID) -> Message:
    """Relay a message to the other side; writing to it marks interest. The same form_key writes one row.

    Raises NotAllowed if the author does not speak for that side, UnfitText, and SetAside if the other side
    has dismissed the suggestion.
    """
    if not may_act(author, suggestion, side):
        raise NotAllowed
    text = tidy(text)
    if not text or len(text) > LONGEST:
        raise UnfitText
    message = _written_already(form_key, suggestion, side)
    if message:
        return message
    express_interest(suggestion=suggestion, side=side, person=author)
    try:
        with transaction.atomic():
            message = Message.objects.create(
                suggestion=suggestion, side=side, author=author, text=text, form_key=form_key
            )
    except IntegrityError:
        # A double click: the other request wrote it a moment ago.
        return Message.objects.get(form_key=form_key, suggestion=suggestion, side=side)
    events.message_sent.send(sender=Message, message=message)
    return message


def mark_read(*, suggestion: Suggestion, side: str) -> int:
    """Somebody of this side has opened the thread. Returns how many messages were new to it."""
    unread = Message.objects.filter(suggestion=suggestion).unread_by(side)
    return unread.update(read_at=timezone.now())


def threads_of(*, organisation: Organisation) -> QuerySet[Suggestion]:
    """The conversations of an organisation, latest first, each with `last_sent_at` and its `unread` count."""
    ours = Q(need__organisation=organisation) | Q(offer__organisation=organisation)
    theirs = Q(messages__read_at__isnull=True) & (
        Q(need__organisation=organisation, messages__side=Author.OFFER)
        | Q(offer__organisation=organisation, messages__side=Author.NEED)
    )
    return (
        Suggestion.objects.filter(ours, messages__isnull=False)
        .select_related("need__organisation", "offer__organisation")
        .annotate(last_sent_at=Max("messages__sent_at"), unread=Count("messages", filter=theirs, distinct=True))
        .order_by("-last_sent_at", "-id")
    )


def _written_already(form_key: UUID, suggestion: Suggestion, side: str) -> Message | None:
    message = Message.objects.filter(form_key=form_key).first()
    if message and (message.suggestion_id, message.side) != (suggestion.pk, side):
        raise NotAllowed
    return message
