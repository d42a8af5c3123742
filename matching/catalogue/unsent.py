"""Verbs about what people type and have not sent yet. No event: nobody but the person is concerned."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from matching.catalogue.models import UnsentForm
from matching.catalogue.texts import tidy
from matching.organisations.models import Organisation
from matching.people.models import Person

# Signs of all fields together: far above what a form takes.
_LONGEST = 200_000
# Of one person for one organisation; the oldest leave first.
_MOST = 20
_KEPT = timedelta(days=365)
_SENT_KEPT = timedelta(days=1)


class TooLong(Exception):
    """More than anybody types by hand: not kept."""


class OutOfDate(Exception):
    """The form of this key has been sent, or a later page shows it: this comes late, or was typed after going back."""


@transaction.atomic
def keep_unsent(
    *,
    person: Person,
    organisation: Organisation,
    form: str,
    key: UUID,
    values: Mapping[str, Sequence[str]],
    listing: UUID | None = None,
    turn: int = 0,
) -> UnsentForm:
    """Keep what is typed in this form by now. Raises TooLong and OutOfDate."""
    tidied = {tidy(name): [tidy(text) for text in texts] for name, texts in values.items()}
    if sum(len(text) for texts in tidied.values() for text in texts) > _LONGEST:
        raise TooLong
    now = timezone.now()
    facts = {
        "organisation": organisation,
        "form": form,
        "listing": listing,
        "values": tidied,
        "turn": turn,
        "kept_at": now,
    }
    row, created = UnsentForm.objects.select_for_update().get_or_create(person=person, key=key, defaults=facts)
    if row.sent_at or turn < row.turn:
        raise OutOfDate
    if not created:
        for name, value in facts.items():
            setattr(row, name, value)
        row.save()
    elif surplus := list(unsent_of(person, organisation).values_list("pk", flat=True)[_MOST:]):
        UnsentForm.objects.filter(pk__in=surplus).delete()
    return row


@transaction.atomic
def mark_sent(
    *, person: Person, organisation: Organisation, form: str, key: UUID, listing: UUID | None = None
) -> UnsentForm:
    """The form of this key has been sent: its words are in the listing."""
    now = timezone.now()
    facts = {"organisation": organisation, "form": form, "listing": listing, "values": {}}
    row, _created = UnsentForm.objects.update_or_create(
        person=person, key=key, defaults={**facts, "kept_at": now, "sent_at": now}
    )
    return row


@transaction.atomic
def drop_unsent(*, person: Person, key: UUID) -> int:
    """The person does not want this text any more. Returns how many were dropped."""
    return UnsentForm.objects.filter(person=person, key=key, sent_at=None).delete()[0]


def unsent_of(person: Person, organisation: Organisation) -> QuerySet[UnsentForm]:
    """What this person has typed for this organisation and not sent, latest first."""
    rows = UnsentForm.objects.filter(person=person, organisation=organisation, sent_at=None)
    return rows.order_by("-kept_at", "-id")


@transaction.atomic
def forget_old_unsent() -> int:
    """Texts that nobody came back to for a year, and the marks of what was sent. Returns how many rows."""
    now = timezone.now()
    sent = UnsentForm.objects.filter(sent_at__lt=now - _SENT_KEPT).delete()[0]
    return sent + UnsentForm.objects.filter(kept_at__lt=now - _KEPT).delete()[0]
