"""Two versions of one listing: what stands there by now, and what somebody is about to write over it."""

from collections.abc import Sequence
from dataclasses import dataclass

from matching.catalogue.models import Listing
from matching.screens.changes import Change, changes_of
from matching.screens.listing_form import ListingForm
from matching.screens.typed import in_words

_MOST_TOLD = 5


@dataclass(frozen=True)
class Differing:
    """One field whose two versions differ, both in words."""

    name: str
    label: str
    stored: str
    typed: str


@dataclass(frozen=True)
class Meanwhile:
    """Who changed the listing since the form was opened, and where the two versions part."""

    changes: Sequence[Change]
    fields: Sequence[Differing]


def changes_since(listing: Listing, version: int) -> list[Change]:
    """What was changed in the content of the listing since it had this version, latest first."""
    # A record keeps the version that its change began with.
    records = listing.history.filter(version__gte=version).select_related("history_user")
    changes = changes_of(listing, records.order_by("-history_date", "-history_id")[:_MOST_TOLD])
    return [change for change in changes if change.fields]


def meanwhile(form: ListingForm, changes: Sequence[Change]) -> Meanwhile:
    """The versions of a bound form and of its listing, field by field."""
    return Meanwhile(changes, [_differing(form, name) for name in form.differing()])


def _differing(form: ListingForm, name: str) -> Differing:
    stored, typed = form.get_initial_for_field(form.fields[name], name), form.cleaned_data.get(name)
    if name == "themes":
        typed = [theme.slug for theme in typed or ()]
    if name == "legal_forms":
        typed = form[name].value()
    return Differing(name, str(form.fields[name].label), in_words(form, name, stored), in_words(form, name, typed))
