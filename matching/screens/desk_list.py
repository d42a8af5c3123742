"""The listings of a desk: which of them, page by page, in a fixed number of queries whatever their number."""

from dataclasses import dataclass
from typing import Any

from django import forms
from django.core.paginator import Page, Paginator
from django.db.models import Count, OuterRef, Subquery, Window
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy

from matching.catalogue.models import Offer, Status
from matching.screens.fields import TidyCharField
from matching.suggestions.models import State, Suggestion

# Of a number of page; longer ones are past every end.
_DIGITS = 6


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


def page_with_matches(listings: Any, asked: str | None, size: int) -> Page:
    """The page of this number, each listing with its matches: one query, which counts all of them on the way."""
    side = "offer" if listings.model is Offer else "need"
    open_ones = Suggestion.objects.standing().not_dismissed().filter(**{side: OuterRef("pk")})
    new_ones = open_ones.filter(**{f"{side}_state": State.NEW})
    rows = listings.annotate(
        in_all=Window(Count("pk")), open_matches=_count_of(open_ones, side), new_matches=_count_of(new_ones, side)
    )
    paginator = Paginator(rows, size)
    number = int(asked) if asked and asked.isascii() and asked.isdecimal() and len(asked) < _DIGITS else 1
    found = list(rows[(number - 1) * size : number * size]) if number else []
    if not found and number != 1:
        # Past the end, or before the beginning: what stands nearest.
        return paginator.get_page(asked)
    # Counted with the rows: the paginator need not.
    paginator.__dict__["count"] = found[0].in_all if found else 0
    return Page(found, number, paginator)


def matches_of(listing: Any) -> Matches:
    """What page_with_matches() has counted for this one."""
    return Matches(listing.open_matches, listing.new_matches)


def _count_of(suggestions: Any, side: str) -> Coalesce:
    counted = suggestions.order_by().values(side).annotate(count=Count("id")).values("count")
    return Coalesce(Subquery(counted), 0)
