"""Offers and their resources, needs, themes, use rights."""

from matching.catalogue.models.assisted import Agreement, AssistedEntry
from matching.catalogue.models.editions import Edition
from matching.catalogue.models.eligibility import Audience, EligibilityAnswers, EligibilityRule, RuleKind
from matching.catalogue.models.envelopes import Envelope
from matching.catalogue.models.listings import Kind, Listing, Need, Offer, Status
from matching.catalogue.models.photos import Photo
from matching.catalogue.models.resources import LICENCES, Resource, Subkind
from matching.catalogue.models.rights import Extent, Holder, Right, RightsBundle
from matching.catalogue.models.slots import Closure, Slot, Weekday
from matching.catalogue.models.themes import Theme
from matching.catalogue.models.unsent import UnsentForm

__all__ = [
    "LICENCES",
    "Agreement",
    "AssistedEntry",
    "Audience",
    "Closure",
    "Edition",
    "EligibilityAnswers",
    "EligibilityRule",
    "Envelope",
    "Extent",
    "Holder",
    "Kind",
    "Listing",
    "Need",
    "Offer",
    "Photo",
    "Resource",
    "Right",
    "RightsBundle",
    "RuleKind",
    "Slot",
    "Status",
    "Subkind",
    "Theme",
    "UnsentForm",
    "Weekday",
]
