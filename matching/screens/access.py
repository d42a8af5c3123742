"""Who enters a desk. Another organisation's desk does not exist: 404, for strangers as for its neighbours."""

from dataclasses import dataclass

from django.http import Http404, HttpRequest
from django.shortcuts import get_object_or_404

from matching.catalogue.models import Listing
from matching.catalogue.permissions import may_change, may_follow
from matching.organisations.models import Membership, Organisation, Role
from matching.people.models import Person
from matching.screens.acting import act_for, memberships_of


@dataclass(frozen=True)
class Desk:
    """An organisation as one of its members meets it."""

    organisation: Organisation
    membership: Membership
    person: Person

    @property
    def is_confirmed(self) -> bool:
        return self.membership.is_confirmed

    @property
    def may_write(self) -> bool:
        """May prepare listings: owners and members, even those still waiting."""
        return self.membership.role in (Role.OWNER, Role.MEMBER)

    @property
    def may_speak(self) -> bool:
        """May publish, answer and decide."""
        return self.is_confirmed and self.may_write

    @property
    def manages(self) -> bool:
        return self.is_confirmed and self.membership.role == Role.OWNER


def enter_desk(request: HttpRequest, slug: str, *, side: str | None = None) -> Desk:
    """The desk of this organisation for one of its members, who acts for it from now on. Raises Http404."""
    for membership in memberships_of(request):
        organisation = membership.organisation
        if organisation.slug == slug and side in (None, organisation.side):
            act_for(request, organisation)
            return Desk(organisation, membership, request.user)
    raise Http404


def enter_to_write(request: HttpRequest, slug: str, *, side: str | None = None) -> Desk:
    """The desk for somebody who may prepare listings. Raises Http404."""
    desk = enter_desk(request, slug, side=side)
    if not desk.may_write:
        raise Http404
    return desk


def listing_to_read(desk: Desk, model: type[Listing], uuid: str) -> Listing:
    """A listing of this desk that the person may follow. Raises Http404."""
    listing = get_object_or_404(model.objects.for_page(), organisation=desk.organisation, uuid=uuid)
    if not may_follow(desk.person, listing):
        raise Http404
    return listing


def listing_to_change(desk: Desk, model: type[Listing], uuid: str) -> Listing:
    """A listing of this desk that the person may change. Raises Http404."""
    listing = get_object_or_404(model.objects.for_page(), organisation=desk.organisation, uuid=uuid)
    if not may_change(desk.person, listing):
        raise Http404
    return listing
