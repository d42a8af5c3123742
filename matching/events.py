"""What has just happened in the domain, told to whoever registered. Imports nothing of ours.

Services send one of these at the end of their transaction's work, still inside it: a receiver that enqueues a
task therefore commits or vanishes with the fact.
"""

from django.dispatch import Signal

#: A listing was written in a way that matters to the matcher. Arguments: listing (Offer or Need).
listing_changed = Signal()

#: Suggestions of a listing were computed anew. Arguments: listing, created (ids of the new suggestions).
suggestions_made = Signal()

#: An organisation opted out of suggestions, or in again. Arguments: organisation.
suggestions_switched = Signal()

#: A collective says more or less of where it is. Arguments: organisation.
discretion_changed = Signal()

#: A message was written to the other side of a suggestion. Arguments: message.
message_sent = Signal()

#: Somebody proposed two listings to each other. Arguments: suggestion.
match_proposed = Signal()

#: A listing or a suggestion was passed on to a colleague, or to another desk. Arguments: transmission.
transmitted = Signal()

#: The last word of a conversation has waited long for an answer. Arguments: message.
answer_awaited = Signal()

#: Somebody asked to act for an organisation. Arguments: membership.
membership_requested = Signal()

#: The right person confirmed a membership. Arguments: membership.
membership_confirmed = Signal()

#: A collective named the organisation that carries it, which has not answered. Arguments: organisation.
host_asked = Signal()

#: Whoever carries a collective has confirmed it, or carries it no more. Arguments: organisation.
carrier_changed = Signal()

#: An organisation is asked whether a listing of its own still holds. Arguments: listing.
validity_asked = Signal()

#: A listing was paused because nobody answered for it. Arguments: listing.
paused_unanswered = Signal()

#: Somebody reported something, and may have given an address for the answer. Arguments: report.
reported = Signal()

#: The author of a report confirmed their address. Arguments: report.
report_confirmed = Signal()

#: Moderation has decided, or has taken a decision back. Arguments: step.
case_decided = Signal()

#: An application has moved: filed, examined, decided… Arguments: application, step.
application_moved = Signal()

#: Somebody has written to the other side inside an application. Arguments: remark.
application_said = Signal()

#: Whoever owes an answer about an application has kept silent: reminded once, or a second officer is asked.
#: Arguments: application.
application_silent = Signal()

#: An organisation is asked whether it takes part in an application, or has answered. Arguments: party.
party_changed = Signal()

#: Something has happened in a partnership: signed, a milestone, a review, its end. Arguments: partnership, what, and by
#: (the organisation that did it) where one did.
partnership_changed = Signal()

#: Somebody is asked to assess what is filed in a call for projects. Arguments: assessor.
assessor_named = Signal()
