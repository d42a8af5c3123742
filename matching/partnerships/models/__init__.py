"""What follows a suggestion: the conversation, the application, the partnership."""

from matching.partnerships.models.applications import DECIDED, Application, Correction, Party, State, Step, Verb
from matching.partnerships.models.calls import Assessment, Assessor, Call, Criterion, Mark
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
    "DECIDED",
    "Application",
    "Assessment",
    "Assessor",
    "Attachment",
    "Author",
    "Bearer",
    "Booking",
    "Call",
    "ClauseComment",
    "Commitment",
    "Contribution",
    "ConventionVersion",
    "Correction",
    "Criterion",
    "DocumentKind",
    "Form",
    "GrantNotice",
    "GroupDocument",
    "GroupFile",
    "InventoryRow",
    "Lead",
    "Mark",
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
