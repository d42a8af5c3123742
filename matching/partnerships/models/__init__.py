"""What follows a suggestion: the conversation, the application, the partnership."""

from matching.partnerships.models.applications import Application, Correction, Party, State, Step, Verb
from matching.partnerships.models.messages import Attachment, Author, Message, Reading, Transmission
from matching.partnerships.models.partnerships import Partnership, PartnershipParty

__all__ = [
    "Application",
    "Attachment",
    "Author",
    "Correction",
    "Message",
    "Partnership",
    "PartnershipParty",
    "Party",
    "Reading",
    "State",
    "Step",
    "Transmission",
    "Verb",
]
