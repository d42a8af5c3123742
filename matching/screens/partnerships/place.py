"""Who enters a partnership: the confirmed members of its parties. For everybody else it does not exist: 404."""

from dataclasses import dataclass
from typing import cast
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest
from django.shortcuts import get_object_or_404

from matching.organisations.models import Membership, Organisation, Role
from matching.partnerships.conventions import sides_of
from matching.partnerships.models import ConventionVersion, Partnership
from matching.people.models import Person
from matching.screens.acting import acting_organisation, memberships_of


@dataclass(frozen=True)
class Place:
    """Where this person stands in a partnership."""

    partnership: Partnership
    membership: Membership
    person: Person

    @property
    def organisation(self) -> Organisation:
        return self.membership.organisation

    @property
    def is_authority(self) -> bool:
        return self.organisation.pk == self.partnership.authority_id

    @property
    def may_act(self) -> bool:
        return self.membership.role in (Role.OWNER, Role.MEMBER)


def enter(request: HttpRequest, uuid: UUID) -> Place:
    """For the party for which the person acts now, else the first of theirs. Raises Http404."""
    partnership = get_object_or_404(Partnership.objects.with_sides(), uuid=uuid)
    sides = {side.pk for side in sides_of(partnership)}
    theirs = [own for own in memberships_of(request) if own.is_confirmed and own.organisation_id in sides]
    if not theirs:
        raise Http404
    acting = acting_organisation(request)
    chosen = next((own for own in theirs if own.organisation == acting), theirs[0])
    return Place(partnership, chosen, cast(Person, request.user))


def enter_to_act(request: HttpRequest, uuid: UUID) -> Place:
    """The same, for owners and members. Raises Http404, PermissionDenied for readers."""
    place = enter(request, uuid)
    if not place.may_act:
        raise PermissionDenied
    return place


def version_of(place: Place, number: int) -> ConventionVersion:
    """One version of its convention. Raises Http404."""
    version = get_object_or_404(
        ConventionVersion.objects.select_related("written_by", "organisation", "amends"),
        partnership=place.partnership,
        number=number,
    )
    # Read once already, with its sides.
    version.partnership = place.partnership
    return version
