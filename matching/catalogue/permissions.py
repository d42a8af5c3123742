"""Who may see and change a listing."""

from matching.catalogue.models import Need, Offer
from matching.organisations.permissions import may_read_desk, may_speak_for, may_write_for, membership_of
from matching.people.models import Person


def may_see(person: Person, listing: Offer | Need) -> bool:
    """Published ones are everybody's; the others are for those who may follow them, and the staff."""
    return listing.is_published or person.is_staff or may_follow(person, listing)


def may_change(person: Person, listing: Offer | Need) -> bool:
    """A confirmed owner or member; somebody still waiting to be confirmed: only what they prepared themselves."""
    return may_speak_for(person, listing.organisation) or _prepared(person, listing)


def may_follow(person: Person, listing: Offer | Need) -> bool:
    """May see its desk page (suggestions, history): confirmed members; one still waiting: only what they prepared."""
    return may_read_desk(person, listing.organisation) or _prepared(person, listing)


def _prepared(person: Person, listing: Offer | Need) -> bool:
    """Whether this person wrote it while waiting. Whoever left, was refused or asks again has prepared nothing."""
    if not may_write_for(person, listing.organisation):
        return False
    membership = membership_of(person, listing.organisation)
    return type(listing).objects.prepared_by(membership).filter(pk=listing.pk).exists()
