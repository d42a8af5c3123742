"""Editions of the public side: what was read or drawn for one holds as long as it is the current one.

Every change that a stranger could see makes a new edition, in its own transaction. Who keeps something (a page, the
choices of a form, words to search in) asks for the current edition before reading, and keeps it under that name.
"""

from typing import Any

from django.db import connection
from django.db.models import Model
from django.db.models.signals import post_delete, post_save

from matching import events
from matching.catalogue.models import Edition, Need, Offer, Theme
from matching.organisations.models import Organisation

# Older rows go, now and then: to read the current edition takes no time.
_KEPT, _EVERY = 200, 200
# Asked with nearly every page: to put these few words together again each time took longer than the answer.
_CURRENT = f"SELECT MAX(id), MIN(id), COUNT(*), SUM(mark) FROM {Edition._meta.db_table}"  # noqa: S608 (a name of ours)


def new_edition(**_: Any) -> None:
    """Something public has changed."""
    made = Edition.objects.create()
    if made.pk % _EVERY == 0:
        Edition.objects.filter(pk__lte=made.pk - _KEPT).delete()


def current_edition() -> str:
    """A name that no earlier or later edition bears. Transactions may end in another order than they began: the row
    that arrives late changes the sum."""
    with connection.cursor() as cursor:
        cursor.execute(_CURRENT)
        return "-".join(str(number or 0) for number in cursor.fetchone())


def follow_changes() -> None:
    """Make an edition of whatever is written from now on."""
    for model in (Offer, Need, Theme, Organisation):
        for signal in (post_save, post_delete):
            signal.connect(_if_public, sender=model, dispatch_uid=f"editions.{model.__name__}")
    events.listing_changed.connect(_if_ever_shown, dispatch_uid="editions.listing_changed")
    for event in (events.membership_confirmed, events.carrier_changed):
        event.connect(new_edition, dispatch_uid="editions.organisation")


def _if_public(sender: type[Model], instance: Model, **_: Any) -> None:
    # A draft is nobody's news.
    if getattr(instance, "published_at", True):
        new_edition()


def _if_ever_shown(listing: Offer | Need, **_: Any) -> None:
    if listing.published_at:
        new_edition()
