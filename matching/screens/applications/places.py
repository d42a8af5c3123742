"""From where a person reads an application: their side, and what they may do there."""

from dataclasses import dataclass
from uuid import UUID

from django.http import Http404, HttpRequest

from matching.organisations.models import Membership, Role
from matching.partnerships.models import Application
from matching.partnerships.moves import Side
from matching.screens.acting import acting_organisation, memberships_of


@dataclass(frozen=True)
class Place:
    """An application as one of its people meets it."""

    application: Application
    side: Side
    member: Membership

    @property
    def may_act(self) -> bool:
        """May write and decide for their organisation: confirmed owners and members."""
        return self.member.is_confirmed and self.member.role in (Role.OWNER, Role.MEMBER)

    @property
    def is_authority(self) -> bool:
        return self.side == Side.AUTHORITY

    @property
    def may_talk(self) -> bool:
        """Whether there is somebody to write to: it is filed, and theirs is a side that has agreed to it."""
        own = next(
            (p for p in self.application.parties.all() if p.organisation_id == self.member.organisation_id), None
        )
        return self.application.filed_at is not None and (self.leads or (own is not None and own.has_agreed))

    @property
    def leads(self) -> bool:
        """Whether theirs is the organisation that leads the application, or the authority that receives it."""
        return self.side == Side.AUTHORITY or self.member.organisation_id == self.application.applicant_id


def place_of(request: HttpRequest, uuid: UUID) -> Place:
    """The side of the organisation for which the person acts now, else the first they may read. Raises Http404."""
    application = Application.objects.with_sides().filter(uuid=uuid).first()
    if application is None:
        raise Http404
    acting = acting_organisation(request)
    own = sorted(
        (member for member in memberships_of(request) if member.is_confirmed),
        key=lambda member: (member.organisation != acting, member.organisation_id != application.applicant_id),
    )
    for member in own:
        side = side_of(member, application)
        if side is not None:
            return Place(application, side, member)
    raise Http404


def side_of(member: Membership, application: Application) -> Side | None:
    """The side on which this member's organisation stands; a draft exists for its authors alone."""
    key = member.organisation_id
    taking_part = {party.organisation_id for party in application.parties.all() if party.takes_part}
    if key == application.applicant_id or key in taking_part:
        return Side.APPLICANT
    if key == application.offer.organisation_id and application.filed_at is not None:
        return Side.AUTHORITY
    return None
