"""Every move of a partnership begins with its row, locked, and ends with a line of its journal and one event."""

from matching import events
from matching.organisations.models import Organisation
from matching.organisations.services import NotAllowed
from matching.partnerships.models import Partnership, PartnershipStep, What
from matching.partnerships.permissions import may_act_in_partnership
from matching.people.models import Person


def locked(partnership: Partnership) -> Partnership:
    """The row, nobody else's until the transaction ends."""
    rows = Partnership.objects.select_for_update(of=("self",)).select_related("authority", "offer", "application")
    return rows.prefetch_related("parties__organisation").get(pk=partnership.pk)


def locked_for(partnership: Partnership, organisation: Organisation, person: Person) -> Partnership:
    """The same, for somebody who acts in it for that organisation. Raises NotAllowed."""
    partnership = locked(partnership)
    if not may_act_in_partnership(person, partnership, organisation):
        raise NotAllowed
    return partnership


def record(
    partnership: Partnership,
    what: What,
    *,
    by: Person | None = None,
    organisation: Organisation | None = None,
    text: str = "",
) -> PartnershipStep:
    """Write the line, and tell whoever listens."""
    step = PartnershipStep.objects.create(
        partnership=partnership, what=what, by=by, organisation=organisation, text=text
    )
    events.partnership_changed.send(sender=Partnership, partnership=partnership, what=what, by=organisation)
    return step
