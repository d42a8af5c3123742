"""The listings of a desk: which of them, page by page, in a fixed number of queries whatever their number."""

from dataclasses import dataclass
from typing import Any

from django import forms
from django.db.models import Count, Q
from django.utils.translation import gettext_lazy

from matching.catalogue.models import Offer, Status
from matching.screens.fields import TidyCharField
from matching.suggestions.models import State, Suggestion


class ListingFilter(forms.Form):
    """Words of the title, and a state. What it cannot read filters nothing."""

    q = TidyCharField(label=gettext_lazy("Dans le titre"), required=False, max_length=160)
    status = forms.ChoiceField(
        label=gettext_lazy("État"), choices=[("", gettext_lazy("Tous")), *Status.choices], required=False
    )

    def chosen(self, listings: Any) -> Any:
        """Those that it lets through."""
        self.is_valid()
        values = self.cleaned_data
        for word in values.get("q", "").split():
            listings = listings.filter(title__icontains=word)
        return listings.filter(status=values["status"]) if values.get("status") else listings

    @property
    def is_used(self) -> bool:
        return self.is_valid() and any(self.cleaned_data.values())


@dataclass(frozen=True)
class Matches:
    """How many open suggestions a listing has, and how many are new to its side."""

    open: int = 0
    new: int = 0


def matches_of(listings: list[Any]) -> dict[int, Matches]:
    """By key of listing, for one page of them: one query, which reads their suggestions only."""
    if not listings:
        return {}
    side = "offer" if isinstance(listings[0], Offer) else "need"
    rows = (
        Suggestion.objects.standing()
        .not_dismissed()
        .filter(**{f"{side}__in": [listing.pk for listing in listings]})
        .order_by()
        .values(f"{side}_id")
        .annotate(open=Count("id"), new=Count("id", filter=Q(**{f"{side}_state": State.NEW})))
    )
    return {row[f"{side}_id"]: Matches(row["open"], row["new"]) for row in rows}
