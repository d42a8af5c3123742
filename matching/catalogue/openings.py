"""When a place is open between two instants, on its own clock and within its offer's dates."""

from collections.abc import Iterator
from datetime import datetime

from matching.catalogue.models import Offer
from matching.catalogue.past import week_of
from matching.catalogue.week import public_holidays
from matching.territories.zones import department_of, zone_of


def openings(offer: Offer, first: datetime, last: datetime) -> Iterator[tuple[datetime, datetime]]:
    """Each opening that lies whole between the two instants, in order, as instants in UTC."""
    zone = zone_of(offer.territory)
    begins = first.astimezone(zone).date()
    ends = last.astimezone(zone).date()
    begins = max(begins, offer.starts) if offer.starts else begins
    ends = min(ends, offer.ends) if offer.ends else ends
    keeps_holidays = any(resource.closed_on_holidays for resource in offer.resources.all())
    years = range(begins.year, ends.year + 1) if keeps_holidays else ()
    holidays = [day for year in years for day in public_holidays(year, department_of(offer.territory))]
    for starts, closes in week_of(offer).open_between(begins, ends, zone, holidays):
        if first <= starts and closes <= last:
            yield starts, closes
