"""What a notice speaks of, as its row writes it: "offer:12", "need:7", "thread:34:need", "application:9"…"""

from matching.catalogue.models import Listing, Offer
from matching.moderation.models import Step
from matching.organisations.models import Membership, Organisation
from matching.partnerships.models import Application, Assessor, Partnership, Party, Transmission
from matching.suggestions.models import Suggestion

THREAD = "thread"
MEMBERSHIP = "membership"
GUEST = "guest"
TRANSMISSION = "transmission"
MODERATION = "moderation"
APPLICATION = "application"
PARTY = "party"
REMARK = "remark"
SILENCE = "silence"
PARTNERSHIP = "partnership"
ASSESSOR = "assessor"


def of_listing(model: type[Listing], key: int) -> str:
    """New suggestions of an offer or a need."""
    return f"{'offer' if model is Offer else 'need'}:{key}"


def of_thread(suggestion: Suggestion, reader: str) -> str:
    """Messages about a suggestion that one side, "need" or "offer", has not read."""
    return f"{THREAD}:{suggestion.pk}:{reader}"


def of_membership(membership: Membership) -> str:
    """A request to join, or its confirmation."""
    return f"{MEMBERSHIP}:{membership.pk}"


def of_guest(guest: Organisation) -> str:
    """A collective that says it is carried by somebody's organisation."""
    return f"{GUEST}:{guest.pk}"


def of_transmission(transmission: Transmission) -> str:
    """What somebody passed on."""
    return f"{TRANSMISSION}:{transmission.pk}"


def of_decision(step: Step) -> str:
    """What moderation decided."""
    return f"{MODERATION}:{step.pk}"


def of_application(application: Application) -> str:
    """Where an application stands."""
    return f"{APPLICATION}:{application.pk}"


def of_remarks(application: Application) -> str:
    """What is said inside an application."""
    return f"{REMARK}:{application.pk}"


def of_silence(application: Application) -> str:
    """An answer that an application waits for."""
    return f"{SILENCE}:{application.pk}"


def of_assessor(assessor: Assessor) -> str:
    """Somebody is asked to assess what is filed in a call."""
    return f"{ASSESSOR}:{assessor.pk}"


def of_party(party: Party) -> str:
    """Whether an organisation takes part in an application."""
    return f"{PARTY}:{party.pk}"


def of_partnership(partnership: Partnership, what: str) -> str:
    """What has happened in a partnership: "signed", "milestone", "review", "ended"…"""
    return f"{PARTNERSHIP}:{partnership.pk}:{what}"


def keys(subjects: list[str], name: str) -> list[int]:
    """The keys of the subjects of that name: keys(["offer:12", "need:7"], "offer") is [12]."""
    return [int(subject.split(":")[1]) for subject in subjects if subject.split(":")[0] == name]
