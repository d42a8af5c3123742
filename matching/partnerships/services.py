"""Verbs about what follows a suggestion: relay a message, read it."""

from collections.abc import Iterable, Sequence
from uuid import UUID

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import Count, Max, OuterRef, QuerySet, Subquery, Sum
from django.utils import timezone

from matching import events
from matching.catalogue.models import Listing, Need, Offer
from matching.catalogue.texts import tidy
from matching.organisations.models import Membership
from matching.organisations.services import NotAllowed
from matching.partnerships.attachments import keep, laid_down
from matching.partnerships.files import CleanFile
from matching.partnerships.models import Attachment, Message, Reading
from matching.partnerships.querysets import unread_by
from matching.partnerships.solicitations import check_may_solicit
from matching.people.models import Person
from matching.suggestions.initiatives import propose
from matching.suggestions.models import Proposer, State, Suggestion
from matching.suggestions.permissions import may_act, organisation_of, other_side
from matching.suggestions.services import express_interest

LONGEST = 5000


class UnfitText(ValueError):
    """The text is empty, or longer than LONGEST characters."""


class ConversationFull(ValueError):
    """The files of this conversation already weigh what they may weigh in all."""


def send_message(
    *, suggestion: Suggestion, side: str, author: Person, text: str, form_key: UUID, files: Sequence[CleanFile] = ()
) -> Message:
    """Relay a message to the other side; writing to it marks interest. The same form_key writes one row.

    Raises NotAllowed if the author does not speak for that side, UnfitText, ConversationFull, SetAside if the other
    side has dismissed the suggestion, and TooManySolicited or SolicitedTooOften for first words too many.
    """
    if not may_act(author, suggestion, side):
        raise NotAllowed
    text = tidy(text)
    if not text or len(text) > LONGEST:
        raise UnfitText
    with laid_down(files) as names:
        return _write(suggestion, side, author, text, form_key, files, names)


@transaction.atomic
def _write(
    suggestion: Suggestion,
    side: str,
    author: Person,
    text: str,
    form_key: UUID,
    files: Sequence[CleanFile],
    names: Sequence[str],
) -> Message:
    message = _written_already(form_key, suggestion, side)
    if message:
        return message
    opens = is_solicitation(suggestion, side)
    if opens:
        ours, theirs = organisation_of(suggestion, side), organisation_of(suggestion, other_side(side))
        check_may_solicit(by=ours, readers=[theirs])
    # The row of the suggestion is locked from here on: what is counted below stays true.
    express_interest(suggestion=suggestion, side=side, person=author)
    _check_room(suggestion, files)
    before = Message.objects.filter(suggestion=suggestion).order_by("sent_at", "id").last()
    try:
        with transaction.atomic():
            message = Message.objects.create(
                suggestion=suggestion,
                side=side,
                author=author,
                text=text,
                form_key=form_key,
                opens=opens,
                # Who was reminded of this silence is not reminded again because we write again.
                reminded_at=before.reminded_at if before and before.side == side else None,
            )
    except IntegrityError:
        # A double click: the other request wrote it a moment ago.
        return Message.objects.get(form_key=form_key, suggestion=suggestion, side=side)
    keep(Attachment, files, names, message=message)
    events.message_sent.send(sender=Message, message=message)
    return message


@transaction.atomic
def propose_match(
    *, offer: Offer, need: Need, proposer: str, person: Person, note: str = ""
) -> tuple[Suggestion, bool]:
    """Propose two listings to each other, as initiatives.propose does, within what a week allows.

    Raises what it raises, TooManySolicited and SolicitedTooOften.
    """
    known = Suggestion.objects.standing().filter(offer=offer, need=need).exists()
    if not known:
        sides: dict[Proposer, tuple[Listing | None, list[Listing]]] = {
            Proposer.NEED: (need, [offer]),
            Proposer.OFFER: (offer, [need]),
            Proposer.STAFF: (None, [need, offer]),
        }
        ours, theirs = sides[Proposer(proposer)]
        check_may_solicit(by=ours.organisation if ours else None, readers=[listing.organisation for listing in theirs])
    suggestion, is_new = propose(offer=offer, need=need, proposer=proposer, person=person, note=note)
    if is_new:
        events.match_proposed.send(sender=Suggestion, suggestion=suggestion)
    return suggestion, is_new


@transaction.atomic
def hide_message(*, message: Message, hidden: bool) -> None:
    """Moderation hides what a message says from both sides, or shows it again. Nothing is deleted."""
    Message.objects.filter(pk=message.pk).update(hidden_at=timezone.now() if hidden else None)


def is_solicitation(suggestion: Suggestion, side: str) -> bool:
    """Whether a message of this side would be the first word to somebody who has not said that they are interested."""
    current = Suggestion.objects.filter(pk=suggestion.pk).values_list(f"{other_side(side)}_state", flat=True).first()
    return current in (State.NEW, State.SEEN) and not Message.objects.filter(suggestion=suggestion).exists()


def mark_read(*, messages: Iterable[Message], side: str, person: Person, answers: bool) -> set[int]:
    """This person of that side has these before their eyes. answers: they speak for it, so that the side has read them.

    Returns the keys of those that were new to the person.
    """
    theirs = {message.pk for message in messages if message.side != side}
    new = theirs - set(Reading.objects.filter(person=person, message__in=theirs).values_list("message_id", flat=True))
    if new:
        Reading.objects.bulk_create(
            [Reading(message_id=key, person=person) for key in sorted(new)], ignore_conflicts=True
        )
    if answers and theirs:
        Message.objects.filter(pk__in=theirs, read_at__isnull=True).update(read_at=timezone.now())
    return new


def threads_of(*, member: Membership) -> QuerySet[Suggestion]:
    """The conversations of a member's organisation, latest first, each with `last_sent_at`, the `last_side` that wrote
    and how many messages are still `unread` by this very person."""
    return (
        Suggestion.objects.of(member.organisation)
        .filter(messages__isnull=False)
        .select_related("need__organisation", "offer__organisation")
        .annotate(
            last_sent_at=Max("messages__sent_at"),
            last_side=Subquery(
                Message.objects.filter(suggestion=OuterRef("pk")).order_by("-sent_at", "-id").values("side")[:1]
            ),
            unread=Count("messages", filter=unread_by(member, "messages__"), distinct=True),
        )
        .order_by("-last_sent_at", "-id")
    )


def _check_room(suggestion: Suggestion, files: Sequence[CleanFile]) -> None:
    if files:
        held = Attachment.objects.of(suggestion).aggregate(size=Sum("size"))["size"] or 0
        if held + sum(len(file.content) for file in files) > settings.ATTACHMENTS_LARGEST_CONVERSATION:
            raise ConversationFull


def _written_already(form_key: UUID, suggestion: Suggestion, side: str) -> Message | None:
    message = Message.objects.filter(form_key=form_key).first()
    if message and (message.suggestion_id, message.side) != (suggestion.pk, side):
        raise NotAllowed
    return message
