"""Has a person changed, here, what an import brought? Then the next import must not undo it."""

from itertools import pairwise

from matching.catalogue.models import Need, Offer
from matching.organisations.models import Organisation


def listing_edited_by_people(listing: Offer | Need) -> bool:
    """True when a person changed more than its status since the import."""
    records = list(listing.history.order_by("history_id").values_list("history_user_id", "status"))
    return any(person and status == before for (_, before), (person, status) in pairwise(records))


def organisation_edited_by_people(organisation: Organisation) -> bool:
    """True when a person changed its page."""
    return organisation.history.filter(history_user__isnull=False).exists()
