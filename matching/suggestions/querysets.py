"""Phrases about suggestions."""

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Coalesce


class SuggestionQuerySet(models.QuerySet):
    """Filters that read aloud."""

    def standing(self):
        """Still proposed, or kept because a person acted."""
        return self.filter(withdrawn_at__isnull=True)

    def by_matcher(self):
        """Brought together by the matcher."""
        return self.filter(proposed_at__isnull=True)

    def by_people(self):
        """Brought together by somebody."""
        return self.filter(proposed_at__isnull=False)

    def not_dismissed(self):
        return self.exclude(need_state="dismissed").exclude(offer_state="dismissed")

    def dismissed(self):
        """Set aside by one side or the other."""
        return self.filter(Q(need_state="dismissed") | Q(offer_state="dismissed"))

    def untouched(self):
        """No side has even looked."""
        return self.filter(need_state="new", offer_state="new")

    def not_acted_on(self):
        """Nobody has shown interest or dismissed."""
        return self.filter(need_state__in=("new", "seen"), offer_state__in=("new", "seen"))

    def best_first(self):
        return self.order_by("-score", "id")

    def as_listed_for(self, side, *first):
        """In the order of this side's lists: what somebody proposed, then the best first, what is scarce a little
        lower, what was hardly ever seen a little higher. first: what comes before it."""
        worth = F("score") + F(f"{side}_lift")
        if side == "need":
            worth -= Coalesce(F("offer__scarcity__taken_off"), 0.0)
        return self.order_by(*first, F("proposed_at").desc(nulls_last=True), worth.desc(), "-score", "id")

    def of(self, organisation):
        """Those of this organisation's offers or needs."""
        return self.filter(Q(offer__organisation=organisation) | Q(need__organisation=organisation))

    def with_both_sides(self):
        """With everything that a conversation or a card shows of both listings, in a fixed number of queries."""
        return self.select_related(
            "offer__organisation__territory",
            "offer__territory",
            "offer__perimeter",
            "offer__bundle",
            "need__organisation__territory",
            "need__territory",
            "need__perimeter",
            "proposed_by",
        ).prefetch_related("offer__resources", "offer__themes", "need__themes")


class DecisionQuerySet(models.QuerySet):
    """What people answered. Rows are never changed."""

    def update(self, **values: object) -> int:
        raise TypeError("A decision is never changed: write another one")

    def of_the_matcher(self):
        """About pairs that the matcher proposed: it learns from no others."""
        return self.filter(is_proposed=False)

    def in_order(self):
        return self.order_by("at", "id")


class TrainedModelQuerySet(models.QuerySet):
    """Filters that read aloud."""

    def sound(self):
        """Can be read, as far as anybody knows."""
        return self.filter(broken_at__isnull=True)

    def active(self):
        return self.filter(is_active=True)
