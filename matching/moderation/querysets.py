"""Phrases about what was reported."""

from django.db import models
from django.db.models import Count, Q


class CaseQuerySet(models.QuerySet):
    """Filters that read aloud."""

    def waiting(self):
        """Somebody waits for an answer; who waits longest comes first."""
        return self.filter(waits_since__isnull=False).order_by("waits_since", "id")

    def settled(self):
        """Nobody waits; the latest decision comes first."""
        return self.filter(waits_since__isnull=True).order_by("-decided_at", "-id")

    def concerning(self, organisation):
        """About something of this organisation."""
        return self.filter(organisations=organisation)

    def counted(self):
        """With how many reports there are, and how many have no answer."""
        return self.annotate(
            told=Count("reports", distinct=True),
            unanswered=Count("reports", filter=Q(reports__answer__isnull=True), distinct=True),
        )


class StepQuerySet(models.QuerySet):
    """Filters that read aloud."""

    def told(self):
        """What the organisations and the authors of reports hear of: decisions, and their undoing."""
        return self.exclude(kind="review")

    def standing(self):
        """Not undone."""
        return self.filter(undone_by__isnull=True)
