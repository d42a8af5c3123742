"""Who may see and change a listing."""

from matching.catalogue.models import Listing
from matching.organisations.permissions import may_read_desk, may_speak_for, may_write_for
from matching.people.models import Person


def may_see(person: Person, listing: Listing) -> bool:
    """Published ones are everybody's; the others are for their author and the organisation's confirmed members."""
    if listing.is_published:
        return True
    if not person.is_authenticated:
        return False
    return person.is_staff or _wrote(person, listing) or may_read_desk(person, listing.organisation)


def may_change(person: Person, listing: Listing) -> bool:
    """A confirmed owner or member; somebody still waiting to be confirmed: only what they wrote themselves."""
    if not person.is_authenticated:
        return False
    if may_speak_for(person, listing.organisation):
        return True
    return _wrote(person, listing) and may_write_for(person, listing.organisation)


def may_follow(person: Person, listing: Listing) -> bool:
    """May see its desk page (suggestions, history): confirmed members; one still waiting: only their own."""
    if not person.is_authenticated:
        return False
    return may_read_desk(person, listing.organisation) or may_change(person, listing)


def _wrote(person: Person, listing: Listing) -> bool:
    return listing.created_by_id is not None and listing.created_by_id == person.pk
