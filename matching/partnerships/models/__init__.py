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
from matching.partnerships.models.group_files import DocumentKind, GroupDocument, GroupFile
from matching.partnerships.models.messages import Attachment, Author, Message, Reading, Transmission
from matching.partnerships.models.partnerships import Partnership, PartnershipParty
from matching.partnerships.models.register import GrantNotice
from matching.partnerships.models.remarks import Remark, RemarkFile
from matching.partnerships.models.scarcity import Booking, Spending
from matching.partnerships.models.stored import StoredFile

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
    "DocumentKind",
    "Form",
    "GrantNotice",
    "GroupDocument",
    "GroupFile",
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
    "Remark",
    "RemarkFile",
    "SignedCopy",
    "Spending",
    "State",
    "Step",
    "StoredFile",
    "Transmission",
    "Validation",
    "Verb",
    "What",
    "Written",
]
