"""Phrases about messages."""

from django.db import models
from django.db.models import Q


class MessageQuerySet(models.QuerySet):
    """Filters that read aloud."""

    def unread_by(self, side: str):
        """Written by the other side, and nobody of this side has opened the thread since."""
        return self.filter(read_at__isnull=True).exclude(side=side)

    def unread_for(self, organisation):
        """Unread messages of other organisations to this one, whichever side it is on."""
        return self.filter(read_at__isnull=True).filter(
            Q(side="need", suggestion__offer__organisation=organisation)
            | Q(side="offer", suggestion__need__organisation=organisation)
        )

    def between(self, suggestion):
        """The conversation about one suggestion, oldest first."""
        return self.filter(suggestion=suggestion).select_related("author").order_by("sent_at", "id")
