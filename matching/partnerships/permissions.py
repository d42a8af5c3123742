"""Who may read a conversation, an application or a partnership, and who may act on it."""

from collections.abc import Iterable

from matching.organisations.models import Membership, Organisation
from matching.organisations.permissions import may_read_desk, may_speak_for
from matching.partnerships.models import Application, Assessment, Assessor, Call, Partnership, Party, State, Verb
from matching.partnerships.moves import MOVES, Side, organisation_of
from matching.people.models import Person
from matching.suggestions.models import Suggestion
from matching.suggestions.permissions import may_act, side_of

__all__ = [
    "awaits_assessment_of",
    "may_act",
    "may_act_in_partnership",
    "may_answer_as_party",
    "may_assess",
    "may_change",
    "may_move",
    "may_read_application",
    "may_read_assessments",
    "may_read_partnership",
    "may_read_thread",
    "may_say",
    "side_in",
    "side_of",
]


def may_read_thread(person: Person, suggestion: Suggestion) -> bool:
    """The confirmed members of the two organisations. Nobody else, staff included: it is private."""
    return side_of(person, suggestion) is not None


def side_in(person: Person, application: Application) -> Side | None:
    """On which side this person reads the application: a confirmed member of the applicant or of who takes part
    or is asked to, or of the authority once it has been filed. None: it does not exist for them."""
    theirs = _organisations_of(person)
    taking_part = {party.organisation_id for party in application.parties.all() if party.takes_part}
    if application.applicant_id in theirs or theirs & taking_part:
        return Side.APPLICANT
    if application.offer.organisation_id in theirs and application.filed_at is not None:
        return Side.AUTHORITY
    return None


def may_read_application(person: Person, application: Application) -> bool:
    """Whoever stands on one of its sides. Nobody else, staff included."""
    return side_in(person, application) is not None


def may_change(person: Person, application: Application) -> bool:
    """May this person write what it says: owners and members of the applicant."""
    return may_speak_for(person, application.applicant)


def may_move(person: Person, application: Application, verb: Verb) -> bool:
    """May this person make that move, wherever it stands: owners and members of the side that makes it; the authority
    only of what has been filed."""
    side = MOVES[verb].side
    if side == Side.AUTHORITY and application.filed_at is None:
        return False
    return may_speak_for(person, organisation_of(application, side))


def may_say(person: Person, application: Application, organisation: Organisation, *, is_internal: bool) -> bool:
    """May this person write inside the file for that organisation, once it is filed: owners and members of who takes
    part and of the authority; internal notes are the authority's."""
    if application.filed_at is None or not may_speak_for(person, organisation):
        return False
    if organisation.pk == application.offer.organisation_id:
        return True
    agreed = application.parties.filter(organisation=organisation, consent=Party.Consent.GIVEN)
    return not is_internal and (organisation.pk == application.applicant_id or agreed.exists())


def may_assess(person: Person, application: Application) -> bool:
    """May this person hand in an assessment: named in its call and still of the authority, before it is decided, once,
    and never of what their own collective asks for."""
    if application.state not in (State.FILED, State.EXAMINATION) or not person.is_authenticated:
        return False
    named = Assessor.objects.active().filter(call__offer=application.offer_id, person=person)
    named = named.exclude(assessments__application=application)
    theirs = {application.applicant_id, *application.parties.values_list("organisation_id", flat=True)}
    return named.exists() and not theirs & _organisations_of(person)


def may_read_assessments(person: Person, application: Application) -> bool:
    """Whoever has handed in their own, and owners and members of the authority; not before, for who is still asked."""
    if application.filed_at is None or may_assess(person, application):
        return False
    done = Assessor.objects.active().filter(assessments__application=application, person=person)
    return may_speak_for(person, application.offer.organisation) or done.exists()


def awaits_assessment_of(person: Person, call: Call, applications: Iterable[Application]) -> set[int]:
    """The keys of those, among these, that this person is asked to assess and has not: nothing of them is shown."""
    if not call.assessors.filter(person=person).exists():
        return set()
    done = Assessment.objects.filter(assessor__call=call, assessor__person=person)
    told = set(done.values_list("application", flat=True))
    return {one.pk for one in applications if not one.is_decided and one.pk not in told}


def may_answer_as_party(person: Person, party: Party) -> bool:
    """May this person say whether that organisation takes part: its owners and members."""
    return may_speak_for(person, party.organisation)


def may_read_partnership(person: Person, partnership: Partnership) -> Organisation | None:
    """The organisation of the partnership for which this person reads it; None: it does not exist for them."""
    members = [partnership.authority, *(party.organisation for party in partnership.parties.all())]
    return next((organisation for organisation in members if may_read_desk(person, organisation)), None)


def may_act_in_partnership(person: Person, partnership: Partnership, organisation: Organisation) -> bool:
    """May this person write, validate and follow it for that organisation: owners and members of one of its parties."""
    sides = {partnership.authority_id, *(party.organisation_id for party in partnership.parties.all())}
    return organisation.pk in sides and may_speak_for(person, organisation)


def _organisations_of(person: Person) -> set[int]:
    if not person.is_authenticated:
        return set()
    return set(Membership.objects.confirmed().filter(person=person).values_list("organisation_id", flat=True))
