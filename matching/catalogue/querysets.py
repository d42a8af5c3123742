"""Phrases about listings."""

from datetime import date

from django.db import models
from django.db.models import F, Q


class ListingQuerySet(models.QuerySet):
    """What holds for offers and needs alike."""

    def published(self):
        return self.filter(status="published")

    def of(self, organisation):
        return self.filter(organisation=organisation)

    def suggestible(self):
        """Published, and neither the listing nor its organisation has opted out of suggestions."""
        return self.published().filter(wants_suggestions=True, organisation__wants_suggestions=True)

    def stale(self):
        """May be suggested, and the matcher has not seen the current version."""
        return self.suggestible().exclude(matched_version=F("version"))

    def prepared_by(self, membership):
        """Written by somebody who waits to be confirmed, since they asked; nobody has ever published it."""
        return self.of(membership.organisation).filter(
            created_by=membership.person, created_at__gte=membership.requested_at, published_at=None
        )


class OfferQuerySet(ListingQuerySet):
    """Filters of offers that read aloud."""

    def live(self, today: date):
        """Published, and its dates are not behind us."""
        return self.published().filter(
            Q(closes__isnull=True) | Q(closes__gte=today), Q(ends__isnull=True) | Q(ends__gte=today)
        )

    def for_rows(self):
        """What a line of its organisation's own list shows."""
        return self.select_related("organisation").prefetch_related("resources")

    def for_cards(self):
        """Everything a card shows, in a fixed number of queries."""
        return self.select_related("organisation", "territory", "bundle").prefetch_related("resources")

    def for_page(self):
        """Everything its page shows, in a fixed number of queries."""
        return self.select_related("organisation__territory", "territory", "perimeter", "bundle").prefetch_related(
            "resources", "photos", "slots", "closures", "themes__parent", "eligibility_rules"
        )


class NeedQuerySet(ListingQuerySet):
    """Filters of needs that read aloud."""

    def live(self, today: date):
        """Published, and its dates are not behind us."""
        return self.published().filter(Q(ends__isnull=True) | Q(ends__gte=today))

    def for_rows(self):
        """What a line of its organisation's own list shows."""
        return self.select_related("organisation")

    def for_cards(self):
        """Everything a card shows, in a fixed number of queries."""
        return self.select_related("organisation", "territory")

    def for_page(self):
        """Everything its page shows, in a fixed number of queries."""
        return self.select_related(
            *("organisation__territory", "territory", "perimeter", "exact_territory", "exact_perimeter"),
            "assisted__helper",
        ).prefetch_related("themes__parent")
