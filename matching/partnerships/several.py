"""Verbs about applying to several offers at once: the same project, one draft for each, filed together."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple
from uuid import UUID, uuid5

from django.db import transaction

from matching.catalogue.models import Offer
from matching.organisations.services import NotAllowed
from matching.partnerships import parties
from matching.partnerships.applications import ApplicationFacts, begin, file
from matching.partnerships.models import Application, Party, State
from matching.partnerships.moves import ImpossibleMove
from matching.partnerships.permissions import may_change
from matching.partnerships.snapshots import snapshot
from matching.people.models import Person
from matching.suggestions.models import Suggestion

#: At once: more would be a mailing, not an application.
MOST_AT_ONCE = 10


class TooManyAtOnce(ValueError):
    """More than MOST_AT_ONCE offers."""


class Outcome(NamedTuple):
    """What became of one draft that was to be filed; why is empty once it is filed."""

    application: Application
    why: str


def elsewhere(application: Application) -> list[Offer]:
    """The published offers that were suggested to the collective and to which it does not apply already."""
    standing = Suggestion.objects.standing().not_dismissed().filter(need__organisation=application.applicant)
    applied = Application.objects.filter(applicant=application.applicant).exclude(
        state__in=[State.WITHDRAWN, State.DECLINED, State.CLOSED]
    )
    offers = Offer.objects.published().filter(pk__in=standing.values("offer"))
    return list(offers.exclude(pk__in=applied.values("offer")).for_cards().order_by("title", "pk")[:50])


@transaction.atomic
def copy_to(*, application: Application, offers: Sequence[Offer], person: Person, form_key: UUID) -> list[Application]:
    """Begin the same project for these offers; who takes part is asked for each. The same form_key begins them once.

    Raises NotAllowed, TooManyAtOnce.
    """
    if not may_change(person, application):
        raise NotAllowed
    if len(offers) > MOST_AT_ONCE:
        raise TooManyAtOnce
    names = ("title", "purpose", "brings", "asked_cents", "starts", "ends", "budget")
    facts = ApplicationFacts(**{name: getattr(application, name) for name in names})
    partners = [one for one in application.parties.select_related("organisation") if one.takes_part]
    copies = []
    for offer in offers:
        copy = begin(
            offer=offer,
            applicant=application.applicant,
            person=person,
            facts=facts,
            form_key=uuid5(form_key, str(offer.uuid)),
            need=application.need,
        )
        present = set(copy.parties.values_list("organisation_id", flat=True))
        for one in partners:
            is_theirs = one.organisation_id == offer.organisation_id
            if one.role == Party.Role.PARTNER and one.organisation_id not in present and not is_theirs:
                parties.ask(copy, one.organisation, one.role)
        copies.append(copy)
    return copies


def file_several(*, applications: Iterable[Application], person: Person) -> list[Outcome]:
    """File each draft that can be; for the others, say why. Each stands or falls alone. Raises NotAllowed."""
    outcomes = []
    for application in applications:
        try:
            filed = file(application=application, person=person, filed=snapshot(application))
        except ImpossibleMove as error:
            outcomes.append(Outcome(application, str(error)))
        else:
            outcomes.append(Outcome(filed, ""))
    return outcomes
