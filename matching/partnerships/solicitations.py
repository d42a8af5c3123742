"""How often somebody may be solicited: counted from rows, by weeks of seven days.

To solicit is to write first to somebody who has not said that they are interested, to propose a match, or to pass a
listing on to another authority. An answer never is one.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import Q
from django.utils import timezone

from matching.organisations.models import Organisation
from matching.partnerships.models import Message, Transmission
from matching.suggestions.models import Suggestion

WEEK = timedelta(days=7)


class TooManySolicited(Exception):
    """The organisation has solicited as many others as a week allows."""


class SolicitedTooOften(Exception):
    """The collective has been solicited as often as a week allows: it is let time to answer."""


@dataclass(frozen=True)
class Room:
    """How many more organisations may be solicited this week, of how many."""

    left: int
    most: int


def room_of(organisation: Organisation, *, now: datetime | None = None) -> Room:
    """What this organisation may still do this week."""
    most = settings.SOLICITATIONS_A_WEEK
    return Room(max(most - len(solicited_by(organisation, _since(now))), 0), most)


def check_may_solicit(*, by: Organisation | None, readers: list[Organisation], now: datetime | None = None) -> None:
    """Lock the organisations until the commit, and count. by: None for the staff.

    Raises TooManySolicited and SolicitedTooOften.
    """
    since = _since(now)
    keys = [reader.pk for reader in readers] + ([by.pk] if by else [])
    # In one order, so that two who solicit at once wait for each other and never for ever.
    list(Organisation.objects.filter(pk__in=keys).order_by("pk").select_for_update(no_key=True))
    if by:
        already = solicited_by(by, since)
        new = {reader.pk for reader in readers} - already
        if new and len(already | new) > settings.SOLICITATIONS_A_WEEK:
            raise TooManySolicited
    for reader in readers:
        if not reader.is_authority and received_by(reader, since) >= settings.SOLICITATIONS_RECEIVED_A_WEEK:
            raise SolicitedTooOften


def solicited_by(organisation: Organisation, since: datetime) -> set[int]:
    """The keys of the organisations that this one has solicited since then."""
    side, other = ("offer", "need") if organisation.is_authority else ("need", "offer")
    written = Message.objects.filter(
        opens=True, sent_at__gt=since, side=side, **{f"suggestion__{side}__organisation": organisation}
    )
    proposed = Suggestion.objects.filter(
        proposed_from=side, proposed_at__gt=since, **{f"{side}__organisation": organisation}
    )
    passed_on = Transmission.objects.filter(organisation=organisation, sent_at__gt=since, person__isnull=True)
    return {
        *written.values_list(f"suggestion__{other}__organisation", flat=True),
        *proposed.values_list(f"{other}__organisation", flat=True),
        *passed_on.values_list("desk", flat=True),
    }


def received_by(organisation: Organisation, since: datetime) -> int:
    """How many others have written first or proposed something to this organisation since then."""
    side, other = ("offer", "need") if organisation.is_authority else ("need", "offer")
    written = Message.objects.filter(
        opens=True, sent_at__gt=since, side=other, **{f"suggestion__{side}__organisation": organisation}
    )
    proposed = Suggestion.objects.filter(
        ~Q(proposed_from__in=["", side]), proposed_at__gt=since, **{f"{side}__organisation": organisation}
    )
    # Who proposes and then writes has solicited once.
    return len({*written.values_list("suggestion", flat=True), *proposed.values_list("pk", flat=True)})


def _since(now: datetime | None) -> datetime:
    return (now or timezone.now()) - WEEK
