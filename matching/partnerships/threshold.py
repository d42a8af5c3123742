"""Above a yearly amount the law asks for a written convention; below, a simple pact is enough.

Loi 2000-321, article 10, and décret 2001-495: 23,000 € a year for one beneficiary. What is given in kind has a value
and counts with the money; every partnership of the same authority and beneficiary counts for the years that it touches.
"""

from collections.abc import Iterable
from datetime import date

from django.utils.timezone import localdate

from matching.partnerships.models import Partnership, PartnershipParty

CONVENTION_ABOVE_CENTS = 2_300_000


def years_of(starts: date | None, ends: date | None) -> int:
    """How many periods of twelve months an agreement begins; 1 where its dates are not known."""
    if starts is None or ends is None:
        return 1
    months = (ends.year - starts.year) * 12 + ends.month - starts.month + (ends.day >= starts.day)
    return max(1, -(-months // 12))


def yearly_cents(cents: int, share: int, starts: date | None, ends: date | None) -> int:
    """What one beneficiary gets in a year of an amount, rounded up. share: in ten-thousandths."""
    return -(-cents * share // (10_000 * years_of(starts, ends)))


def most_in_a_year(partnership: Partnership, *, cents: int, starts: date | None, ends: date | None) -> int:
    """What the beneficiary that gets most would get in a year from this authority, this agreement included."""
    shares = {
        party.organisation_id: party.share
        for party in partnership.parties.all()
        if party.role == PartnershipParty.Role.BENEFICIARY
    }
    totals = {pk: yearly_cents(cents, share, starts, ends) for pk, share in shares.items()}
    for party in _others(partnership, totals):
        other = party.partnership
        if _meet(starts, ends, other.starts, other.ends):
            given = other.granted_cents + other.in_kind_cents
            totals[party.organisation_id] += yearly_cents(given, party.share, other.starts, other.ends)
    return max(totals.values(), default=0)


def _others(partnership: Partnership, beneficiaries: Iterable[int]) -> Iterable[PartnershipParty]:
    return (
        PartnershipParty.objects.filter(
            organisation__in=list(beneficiaries),
            role=PartnershipParty.Role.BENEFICIARY,
            partnership__authority=partnership.authority_id,
            partnership__signed_on__isnull=False,
        )
        .exclude(partnership=partnership)
        .select_related("partnership")
    )


def _meet(starts: date | None, ends: date | None, other_starts: date | None, other_ends: date | None) -> bool:
    """Whether two periods share a calendar year."""
    today = localdate()
    first, last = starts or today, ends or date.max
    other_first, other_last = other_starts or today, other_ends or date.max
    return first.year <= other_last.year and other_first.year <= last.year
