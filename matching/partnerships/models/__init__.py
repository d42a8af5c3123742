"""What follows a suggestion: the conversation, the application, the partnership."""

from matching.partnerships.models.applications import Application, Correction, Party, State, Step, Verb
from matching.partnerships.models.commitments import Bearer, Commitment, Contribution, Measure
from matching.partnerships.models.conventions import (
    ClauseComment,
    ConventionVersion,
    Form,
    PartnershipStep,
    SignedCopy,
    Validation,
    What,
    Written,
)
from matching.partnerships.models.following import InventoryRow, Lead, PowerAssessment
from matching.partnerships.models.messages import Attachment, Author, Message, Reading, Transmission
from matching.partnerships.models.partnerships import Partnership, PartnershipParty
from matching.partnerships.models.register import GrantNotice
from matching.partnerships.models.scarcity import Booking, Spending

__all__ = [
    "Application",
    "Attachment",
    "Author",
    "Bearer",
    "Booking",
    "ClauseComment",
    "Commitment",
    "Contribution",
    "ConventionVersion",
    "Correction",
    "Form",
    "GrantNotice",
    "InventoryRow",
    "Lead",
    "Measure",
    "Message",
    "Partnership",
    "PartnershipParty",
    "PartnershipStep",
    "Party",
    "PowerAssessment",
    "Reading",
    "SignedCopy",
    "Spending",
    "State",
    "Step",
    "Transmission",
    "Validation",
    "Verb",
    "What",
    "Written",
]
