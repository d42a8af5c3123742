"""Who meets what: every address of ours, for everybody, before every kind of object.

The table below has one line per address, method and object, and one letter per person. An address that the
resolver knows and the table does not fails the test, and so does a line of an address that is gone.
"""

import re
from datetime import time, timedelta
from io import BytesIO
from uuid import uuid4

import pytest
from django.db import transaction
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from django.utils import timezone

from cms.services import build_site
from matching.catalogue.assisted import enter_for_group
from matching.catalogue.models import Offer
from matching.catalogue.photos import add_photo
from matching.catalogue.pictures import read_picture
from matching.catalogue.services import NeedFacts, ResourceFacts
from matching.catalogue.validity import answer_token
from matching.moderation.services import decide, follow_token, report, state_seen
from matching.moderation.things import kind_named
from matching.notices.services import stop_token
from matching.organisations.models import Organisation, Role
from matching.organisations.services import ask_host, authority_of, create_collective
from matching.partnerships import applications, calls
from matching.partnerships.files import CleanFile
from matching.partnerships.group_files import add_document
from matching.partnerships.models import Call, Transmission
from matching.partnerships.parties import invite
from matching.partnerships.remarks import say
from matching.partnerships.services import send_message
from matching.partnerships.signed_copies import add_copy
from matching.screens.partnerships.forms import VersionForm
from tests.catalogue.files import picture
from tests.factories import make_need, make_offer, make_person
from tests.partnerships.making import prepared, signed
from tests.screens.conftest import join, signed_in, suggest

PEOPLE = ("anonymous", "stranger", "pending", "reader", "member", "owner", "other", "staff")
# One letter per person, in this order. O: a page. G: sent on inside the service. L: to the login.
# F: 403, M: wrong method (405), N: it does not exist (404).
ANYBODY = "OOOOOOOO"
NOBODY = "NNNNNNNN"
NO_SUCH_METHOD = "LMMMMMMM"
NO_SUCH_METHOD_IN_THE_OPEN = "MMMMMMMM"
SIGNED_IN = "LOOOOOOO"
SIGNED_IN_ACTS = "LGGGGGGG"
HIDDEN = "LNNNNNNN"

# Objects: "own" is of the organisation where pending, reader, member and owner stand; "pending's" was written by
# the one who waits; "theirs" is the organisation of the one called other; "none" is nowhere.
# {name: {(method, object): letters}}; a method without a line is a wrong method for everybody.
READ_LISTING = {
    ("GET", "own draft"): "LNNOOONN",
    ("GET", "own published"): "LNNOOONN",
    ("GET", "pending’s"): "LNOOOONN",
    ("GET", "their draft"): "LNNNNNON",
    ("GET", "their published"): "LNNNNNON",
    ("GET", "their draft on own desk"): HIDDEN,
    ("GET", "their published on own desk"): HIDDEN,
    ("GET", "none"): HIDDEN,
    ("GET", "on no desk"): HIDDEN,
}
CHANGE_LISTING = {
    ("POST", "own draft"): "LNNNGGNN",
    ("POST", "own published"): "LNNNGGNN",
    ("POST", "pending’s"): "LNGNGGNN",
    ("POST", "their draft"): "LNNNNNGN",
    ("POST", "their published"): "LNNNNNGN",
    ("POST", "their draft on own desk"): HIDDEN,
    ("POST", "their published on own desk"): HIDDEN,
    ("POST", "none"): HIDDEN,
    ("POST", "on no desk"): HIDDEN,
}
EDIT_LISTING = CHANGE_LISTING | {
    ("GET", place): letters.replace("G", "O") for (_method, place), letters in CHANGE_LISTING.items()
}
ASK_AGAIN = {key: letters.replace("O", "G") for key, letters in READ_LISTING.items()}
WRITE_NEW = {
    ("GET", "own"): "LNONOONN",
    ("POST", "own"): "LNGNGGNN",
    ("GET", "theirs"): "LNNNNNON",
    ("POST", "theirs"): "LNNNNNGN",
    ("GET", "wrong side"): HIDDEN,
    ("POST", "wrong side"): HIDDEN,
    ("GET", "none"): HIDDEN,
    ("POST", "none"): HIDDEN,
}
PUBLIC_LISTING = {
    ("GET", "own draft"): "NNNOOONO",
    ("GET", "own published"): ANYBODY,
    ("GET", "pending’s"): "NNOOOONO",
    ("GET", "their draft"): "NNNNNNOO",
    ("GET", "their published"): ANYBODY,
    ("GET", "none"): NOBODY,
}

# "own": of the authority's side; "ours": of the collective's.
READ_PARTNERSHIP = {
    ("GET", "own"): "LNNOOONN",
    ("GET", "ours"): "LNNOOONN",
    ("GET", "theirs"): "LNNNNNON",
    ("GET", "none"): HIDDEN,
}
ACT_IN_PARTNERSHIP = {
    ("POST", "own"): "LNNFGGNN",
    ("POST", "ours"): "LNNFGGNN",
    ("POST", "theirs"): "LNNNNNGN",
    ("POST", "none"): HIDDEN,
}
WRITE_IN_PARTNERSHIP = {
    ("GET", "own"): "LNNFOONN",
    ("GET", "ours"): "LNNFOONN",
    ("GET", "theirs"): "LNNNNNON",
    ("GET", "none"): HIDDEN,
}

TALK = {
    ("GET", "received"): "LNNFOONN",
    ("POST", "received"): "LNNFGGNN",
    ("GET", "own draft"): "LNNFNNNN",
    ("POST", "theirs"): "LNNNNNGN",
    ("POST", "none"): HIDDEN,
}

TABLE = {
    "desk": {("GET", ""): SIGNED_IN_ACTS},
    "desk_of": {
        ("GET", "own"): "LNOOOONN",
        ("GET", "own collective"): "LNOOOONN",
        ("GET", "theirs"): "LNNNNNON",
        ("GET", "none"): HIDDEN,
    },
    "member_start": {("GET", ""): SIGNED_IN},
    "collective_new": {("GET", ""): SIGNED_IN, ("POST", ""): SIGNED_IN_ACTS},
    "authority_find": {("GET", ""): SIGNED_IN},
    "authority_join": {
        ("GET", "a territory"): SIGNED_IN,
        ("POST", "a territory"): SIGNED_IN_ACTS,
        ("GET", "none"): HIDDEN,
        ("POST", "none"): HIDDEN,
    },
    "organisation_find": {("GET", ""): SIGNED_IN},
    "organisation_join": {
        ("GET", "own"): SIGNED_IN,
        ("POST", "own"): SIGNED_IN_ACTS,
        ("GET", "unverified"): HIDDEN,
        ("POST", "unverified"): HIDDEN,
        ("GET", "none"): HIDDEN,
        ("POST", "none"): HIDDEN,
    },
    "desk_several": {
        ("GET", "own"): "LNNNOONN",
        ("POST", "own"): "LNNNGGNN",
        ("GET", "theirs"): "LNNNNNON",
        ("POST", "theirs"): "LNNNNNGN",
        ("GET", "none"): HIDDEN,
        ("POST", "none"): HIDDEN,
    },
    "request_withdraw": {("POST", "own"): "LNGNNNNN", ("POST", "theirs"): HIDDEN, ("POST", "none"): HIDDEN},
    "switch_organisation": {
        ("POST", "own"): "LNGGGGNN",
        ("POST", "theirs"): "LNNNNNGN",
        ("POST", "none"): HIDDEN,
    },
    "preferences": {("GET", ""): SIGNED_IN, ("POST", ""): SIGNED_IN_ACTS},
    "membership_requests": {("GET", ""): "LNNNNNNO"},
    "components": {("GET", ""): "LNNNNNNO"},
    "members": {
        ("GET", "own"): "LNNOOONO",
        ("GET", "theirs"): "LNNNNNOO",
        ("GET", "none"): HIDDEN,
    },
    "suggestion_settings": {
        ("GET", "own"): "LNNOOONN",
        ("GET", "own collective"): "LNNOOONN",
        ("GET", "theirs"): "LNNNNNON",
        ("GET", "none"): HIDDEN,
        ("POST", "own"): "LNNFGGNN",
        ("POST", "theirs"): "LNNNNNGN",
        ("POST", "none"): HIDDEN,
    },
    "discretion": {
        ("GET", "own"): "LNNOOONN",
        ("GET", "theirs"): "LNNNNNON",
        ("GET", "wrong side"): HIDDEN,
        ("GET", "none"): HIDDEN,
        ("POST", "own"): "LNNFGGNN",
        ("POST", "theirs"): "LNNNNNGN",
        ("POST", "wrong side"): HIDDEN,
        ("POST", "none"): HIDDEN,
    },
    "desk_figures": {("GET", "own"): "LNNOOONN", ("GET", "theirs"): "LNNNNNON", ("GET", "none"): HIDDEN},
    "desk_figures_table": {("GET", "own"): "LNNOOONN", ("GET", "theirs"): "LNNNNNON", ("GET", "none"): HIDDEN},
    "member_decide": {
        ("POST", "own"): "LNNFFGNG",
        ("POST", "theirs"): "LNNNNNGG",
        ("POST", "theirs as own"): HIDDEN,
        ("POST", "none"): HIDDEN,
    },
    "host_name": {
        ("POST", "own collective"): "LNNFFGNG",
        ("POST", "own"): "LNNFFNNN",
        ("POST", "theirs"): HIDDEN,
        ("POST", "none"): HIDDEN,
    },
    "guest_answer": {
        ("POST", "own"): "LNNFFGNG",
        ("POST", "theirs"): "LNNFFNNN",
        ("POST", "none"): "LNNFFNNN",
    },
    "offer_choose": {
        ("GET", "own"): "LNONOONN",
        ("GET", "theirs"): "LNNNNNON",
        ("GET", "wrong side"): HIDDEN,
        ("GET", "none"): HIDDEN,
    },
    "offer_new": {**WRITE_NEW, ("GET", "no such kind"): HIDDEN, ("POST", "no such kind"): HIDDEN},
    "offer_desk": READ_LISTING,
    "offer_edit": EDIT_LISTING,
    "offer_status": CHANGE_LISTING,
    "offer_history": READ_LISTING,
    "offer_suggestions": ASK_AGAIN,
    "offer_copy": CHANGE_LISTING,
    "offer_version": EDIT_LISTING,
    "offer_photos": EDIT_LISTING | {key: letters.replace("G", "O") for key, letters in CHANGE_LISTING.items()},
    "offer_photo": CHANGE_LISTING,
    "publish_need": {("GET", ""): SIGNED_IN_ACTS},
    "need_new": WRITE_NEW,
    "need_desk": READ_LISTING,
    "need_edit": EDIT_LISTING,
    "need_status": CHANGE_LISTING,
    "need_history": READ_LISTING,
    "need_suggestions": ASK_AGAIN,
    "need_copy": CHANGE_LISTING,
    "need_version": EDIT_LISTING,
    "threads": {("GET", ""): "LGNOOOOG"},
    "thread": {
        ("GET", "own"): "LNNOOONN",
        ("GET", "of a need"): "LNNOOONN",
        ("GET", "theirs"): "LNNNNNON",
        ("GET", "none"): HIDDEN,
        ("POST", "own"): "LNNFGGNN",
        ("POST", "of a need"): "LNNFGGNN",
        ("POST", "theirs"): "LNNNNNGN",
        ("POST", "none"): HIDDEN,
    },
    "attachment": {
        ("GET", "own"): "LNNOOONN",
        ("GET", "of a need"): "LNNOOONN",
        ("GET", "theirs"): "LNNNNNON",
        ("GET", "none"): HIDDEN,
        ("GET", "own, of another"): HIDDEN,
    },
    "suggestion_propose": {
        ("GET", "their need"): "LNNNOOOO",
        ("POST", "their need"): "LNNNGGOG",
        ("GET", "their offer"): "LNNNNNNO",
        ("GET", "draft"): HIDDEN,
        ("GET", "none"): HIDDEN,
        ("GET", "no such kind"): HIDDEN,
    },
    "pass_on": {
        ("GET", "their need"): "LNNNOOON",
        ("POST", "their need"): "LNNNGGON",
        ("GET", "draft"): HIDDEN,
        ("GET", "own suggestion"): "LNNNOONN",
        ("GET", "their suggestion"): "LNNNNNON",
        ("GET", "none"): HIDDEN,
        ("GET", "no such kind"): HIDDEN,
    },
    "transmission": {
        ("GET", "to own desk"): "LNNOOONN",
        ("GET", "to a colleague"): "LNNNONNN",
        ("GET", "to their desk"): "LNNNNNON",
        ("GET", "none"): HIDDEN,
    },
    "suggestion_interested": {
        ("POST", "own"): "LNNFGGNN",
        ("POST", "of a need"): "LNNFGGNN",
        ("POST", "theirs"): "LNNNNNGN",
        ("POST", "none"): HIDDEN,
    },
    "suggestion_dismiss": {
        ("GET", "own"): "LNNFOONN",
        ("GET", "theirs"): "LNNNNNON",
        ("GET", "none"): HIDDEN,
        ("POST", "own"): "LNNFGGNN",
        ("POST", "of a need"): "LNNFGGNN",
        ("POST", "theirs"): "LNNNNNGN",
        ("POST", "none"): HIDDEN,
    },
    "apply": {
        # Whoever acts for no collective reads how to begin one.
        ("GET", "own published"): SIGNED_IN,
        ("POST", "own published"): "LOOOGGGO",
        ("GET", "own draft"): HIDDEN,
        ("POST", "own draft"): HIDDEN,
        ("GET", "none"): HIDDEN,
    },
    "applications": {("GET", ""): "LGGOOOOG"},
    "application": {
        ("GET", "own draft"): "LNNOOONN",
        ("GET", "own filed"): "LNNOOOON",
        ("GET", "received draft"): HIDDEN,
        ("GET", "received"): "LNNOOONN",
        ("GET", "theirs"): "LNNNNNON",
        ("GET", "none"): HIDDEN,
    },
    "application_edit": {
        ("GET", "own draft"): "LNNNOONN",
        ("POST", "own draft"): "LNNNGGNN",
        ("GET", "received"): HIDDEN,
        ("POST", "received"): HIDDEN,
        ("GET", "theirs"): HIDDEN,
        ("GET", "none"): HIDDEN,
    },
    "application_move": {
        ("POST", "own draft"): "LNNFGGNN",
        ("POST", "own filed"): "LNNFGGNN",
        ("POST", "received draft"): HIDDEN,
        ("POST", "received"): "LNNFGGNN",
        ("POST", "none"): HIDDEN,
    },
    "application_decide": {
        ("POST", "own draft"): HIDDEN,
        ("POST", "received"): "LNNFGGNN",
        ("POST", "theirs"): "LNNNNNGN",
        ("POST", "none"): HIDDEN,
    },
    "application_ask": {
        ("POST", "own draft"): HIDDEN,
        ("POST", "received"): "LNNFGGNN",
        ("POST", "theirs"): "LNNNNNGN",
        ("POST", "none"): HIDDEN,
    },
    "application_document": {
        ("GET", "own filed"): "LNNOOOON",
        ("GET", "own draft"): HIDDEN,
        ("GET", "received"): HIDDEN,
        ("GET", "none"): HIDDEN,
    },
    "application_say": TALK,
    "application_note": TALK,
    "applications_file": {("POST", ""): "LNNNNNNN"},
    "application_elsewhere": {
        ("GET", "own draft"): "LNNFOONN",
        ("POST", "own draft"): "LNNFOONN",
        ("GET", "received"): HIDDEN,
        ("GET", "none"): HIDDEN,
    },
    "application_file": {("GET", "received"): "LNNOOONN", ("GET", "theirs"): HIDDEN, ("GET", "none"): HIDDEN},
    "party_invite": {
        ("POST", "own draft"): "LNNFGGNN",
        ("POST", "own filed"): "LNNFOONN",
        ("POST", "received"): HIDDEN,
        ("POST", "none"): HIDDEN,
    },
    "party_remove": {("POST", "own draft"): "LNNFGGNN", ("POST", "asked"): HIDDEN, ("POST", "none"): HIDDEN},
    "party_answer": {("POST", "own draft"): HIDDEN, ("POST", "asked"): "LNNFGGNN", ("POST", "none"): HIDDEN},
    "group_file": {
        ("GET", "own"): "LNNOOONN",
        ("GET", "theirs"): "LNNNNNON",
        ("GET", "wrong side"): HIDDEN,
        ("GET", "none"): HIDDEN,
    },
    "group_file_edit": {
        ("GET", "own"): "LNNFOONN",
        ("POST", "own"): "LNNFGGNN",
        ("GET", "theirs"): "LNNNNNON",
        ("POST", "theirs"): "LNNNNNGN",
        ("GET", "none"): HIDDEN,
        ("POST", "none"): HIDDEN,
    },
    "group_document_add": {
        # Without a file: the page says so.
        ("POST", "own"): "LNNFOONN",
        ("POST", "theirs"): "LNNNNNON",
        ("POST", "none"): HIDDEN,
    },
    "group_document": {("GET", "own"): "LNNOOONN", ("GET", "theirs"): HIDDEN, ("GET", "none"): HIDDEN},
    "group_document_remove": {
        ("POST", "own"): "LNNFGGNN",
        ("POST", "theirs"): "LNNFNNNN",
        ("POST", "none"): "LNNFNNNN",
    },
    "partnerships": {("GET", ""): "LGGOOOOG"},
    "signed_copy": {("GET", "signed"): "LNNOOONN", ("GET", "own"): HIDDEN, ("GET", "none"): HIDDEN},
    "partnership": READ_PARTNERSHIP,
    "stories_feed": {("GET", ""): ANYBODY},
    "agenda": {("GET", ""): ANYBODY},
    "story_reading": READ_PARTNERSHIP
    | {
        ("POST", "own"): "LNNFOONN",
        ("POST", "ours"): "LNNFOONN",
        ("POST", "theirs"): "LNNNNNON",
        ("POST", "none"): HIDDEN,
    },
    "partnership_do": {
        ("GET", "own"): "LNNFOONN",
        ("GET", "ours"): "LNNFNNNN",
        ("GET", "theirs"): "LNNNNNON",
        ("GET", "none"): HIDDEN,
        ("POST", "own"): "LNNFGGNN",
        ("POST", "ours"): "LNNFNNNN",
        ("POST", "theirs"): "LNNNNNGN",
        ("POST", "no such deed"): "LNNFNNNN",
    },
    "commitment_tick": {
        ("POST", "own"): "LNNFGGNN",
        ("POST", "ours"): "LNNFGGNN",
        ("POST", "theirs"): "LNNNNNGN",
        ("POST", "none"): HIDDEN,
    },
    "convention": {**READ_PARTNERSHIP, ("GET", "no such version"): HIDDEN},
    "convention_compare": READ_PARTNERSHIP,
    "convention_file": {**READ_PARTNERSHIP, ("GET", "no such version"): HIDDEN},
    "convention_write": {**ACT_IN_PARTNERSHIP, **WRITE_IN_PARTNERSHIP},
    "convention_validate": {**ACT_IN_PARTNERSHIP, ("POST", "no such version"): "LNNFGGNN"},
    "convention_comment": {**ACT_IN_PARTNERSHIP, ("POST", "no such version"): "LNNFNNNN"},
    "offer_applications": {**READ_LISTING, ("GET", "pending’s"): "LNNOOONN"},
    "offer_envelope": {
        **READ_LISTING,
        ("GET", "pending’s"): "LNNOOONN",
        ("POST", "own published"): "LNNFGGNN",
        ("POST", "their published"): "LNNNNNGN",
        ("POST", "their published on own desk"): HIDDEN,
        ("POST", "none"): HIDDEN,
    },
    "offer_call": {
        ("GET", "own call"): "LNNOOONN",
        ("POST", "own call"): "LNNFGGNN",
        ("GET", "own published"): HIDDEN,  # a place is no call
        ("GET", "their call"): "LNNNNNON",
        ("POST", "their call"): "LNNNNNGN",
        ("GET", "their call on own desk"): HIDDEN,
        ("GET", "none"): HIDDEN,
    },
    "call_compare": {
        ("GET", "own call"): "LNNOOONN",
        ("GET", "own published"): HIDDEN,
        ("GET", "their call"): "LNNNNNON",
        ("GET", "their call on own desk"): HIDDEN,
        ("GET", "none"): HIDDEN,
    },
    # The reader was named to assess.
    "call_assess": {("GET", "own call"): "LNNONNNN", ("GET", "their call"): HIDDEN, ("GET", "none"): HIDDEN},
    "application_assess": {
        ("GET", "in a call"): "LNNOOONN",
        ("POST", "in a call"): "LNNGGGNN",
        ("GET", "received"): HIDDEN,
        ("GET", "own draft"): HIDDEN,
        ("GET", "none"): HIDDEN,
    },
    "offer_calendar": {
        ("GET", "own published"): "LNNOOONN",
        ("GET", "own draft"): HIDDEN,  # without hours there is no calendar
        ("GET", "their published on own desk"): HIDDEN,
        ("GET", "none"): HIDDEN,
    },
    "application_hours": {
        ("GET", "own filed"): "LNNNOONN",
        ("POST", "own filed"): "LNNNGGNN",
        ("GET", "own draft"): HIDDEN,  # that place has told no hours
        ("GET", "received"): HIDDEN,
        ("POST", "received"): HIDDEN,
        ("GET", "none"): HIDDEN,
    },
    "register": {("GET", ""): ANYBODY},
    "register_grants": {("GET", ""): ANYBODY},
    "register_schemes": {("GET", ""): ANYBODY},
    "register_entry": {("GET", "signed"): ANYBODY, ("GET", "own"): NOBODY, ("GET", "none"): NOBODY},
    "desk_register": {
        ("GET", "own"): "LNNOOONN",
        ("GET", "theirs"): "LNNNNNON",
        ("GET", "own collective"): HIDDEN,
        ("GET", "none"): HIDDEN,
    },
    "desk_register_notice": {
        ("GET", "signed"): "LNNNOONN",
        ("POST", "signed"): "LNNNGGNN",
        ("GET", "own"): HIDDEN,
        ("POST", "own"): HIDDEN,
        ("GET", "theirs"): HIDDEN,
        ("POST", "theirs"): HIDDEN,
    },
    "organisation_numbers": {
        ("GET", "own"): "LNNNNONN",
        ("POST", "own"): "LNNNNGNN",
        ("GET", "theirs"): "LNNNNNON",
        ("POST", "theirs"): "LNNNNNGN",
        ("GET", "none"): HIDDEN,
        ("POST", "none"): HIDDEN,
    },
    "assisted": {("GET", ""): "LNNNOONO"},
    "assisted_new": {("GET", ""): "LNNNOONO", ("POST", ""): "LNNNGGNG"},
    "assisted_code": {("POST", "own"): "LNNNNGNN", ("POST", "none"): HIDDEN},
    "claim": {("GET", ""): SIGNED_IN, ("POST", ""): SIGNED_IN},
    "unsubscribe": {
        ("GET", "a token"): ANYBODY,
        ("POST", "a token"): ANYBODY,
        ("GET", "none"): NOBODY,
        ("POST", "none"): NOBODY,
    },
    "still_valid": {
        ("GET", "a token"): ANYBODY,
        ("POST", "a token"): ANYBODY,
        ("GET", "none"): NOBODY,
        ("POST", "none"): NOBODY,
    },
    "report": {
        ("GET", "own published"): ANYBODY,
        ("POST", "own published"): "GGGGGGGG",
        ("GET", "own draft"): NOBODY,
        ("POST", "own draft"): NOBODY,
        ("GET", "none"): NOBODY,
        ("GET", "no such kind"): NOBODY,
    },
    "report_message": {
        # Written by the side of a third collective: ours reads it.
        ("GET", "own"): "LNNOOONN",
        ("POST", "own"): "LNNGGGNN",
        ("GET", "theirs"): "LNNNNNON",
        ("POST", "theirs"): "LNNNNNGN",
        ("GET", "none"): HIDDEN,
    },
    "report_sent": {("GET", ""): ANYBODY},
    "report_follow": {
        ("GET", "a token"): ANYBODY,
        ("POST", "a token"): "GGGGGGGG",
        ("GET", "none"): NOBODY,
        ("POST", "none"): NOBODY,
    },
    "moderation": {("GET", ""): "LNNNNNNO"},
    "moderation_case": {
        ("GET", "own"): "LNNNNNNO",
        ("POST", "own"): "LNNNNNNO",
        ("GET", "none"): HIDDEN,
        ("POST", "none"): HIDDEN,
    },
    "moderation_undo": {("POST", "own"): "LNNNNNNG", ("POST", "none"): HIDDEN},
    "case": {
        ("GET", "own"): "LNNOOONN",
        ("POST", "own"): "LNNFGGNN",
        ("GET", "theirs"): "LNNNNNON",
        ("POST", "theirs"): "LNNNNNGN",
        ("GET", "theirs on own desk"): HIDDEN,
        ("GET", "none"): HIDDEN,
    },
    "public:find": {("GET", ""): ANYBODY, ("POST", ""): "GGGGGGGG"},
    "public:carry": {("POST", ""): "GGGGGGGG"},
    "public:offers": {("GET", ""): ANYBODY},
    "public:offer": PUBLIC_LISTING,
    "public:winners": {("GET", "own call"): ANYBODY, ("GET", "their call"): NOBODY, ("GET", "none"): NOBODY},
    "public:calendar": {("GET", "own published"): ANYBODY, ("GET", "own draft"): NOBODY, ("GET", "none"): NOBODY},
    "public:check": {
        **dict.fromkeys([("GET", "own published"), ("POST", "own published")], ANYBODY),
        **dict.fromkeys([("GET", "own draft"), ("POST", "own draft"), ("GET", "none"), ("POST", "none")], NOBODY),
    },
    "public:needs": {("GET", ""): ANYBODY},
    "public:need": PUBLIC_LISTING,
    "public:paper": {("GET", ""): ANYBODY},
    "public:organisations": {("GET", ""): ANYBODY},
    "public:organisation": {("GET", "own"): ANYBODY, ("GET", "theirs"): ANYBODY, ("GET", "none"): NOBODY},
    "public:outlines": {("GET", ""): ANYBODY},
    "public:territories": {("GET", ""): ANYBODY},
    "public:method": {("GET", ""): ANYBODY},
    "photo": {("GET", "a photo"): ANYBODY, ("GET", "none"): NOBODY},
    "sitemap": {("GET", ""): ANYBODY, ("POST", ""): ANYBODY},
    "": {("GET", "no picture"): NOBODY, ("POST", "no picture"): NOBODY},
}
OPEN = {name for name in TABLE if name.startswith("public:")} | {"unsubscribe", "still_valid", "photo", "sitemap", ""}
OPEN |= {"report", "report_sent", "report_follow"}
OPEN |= {"stories_feed", "agenda"}
OPEN |= {"register", "register_grants", "register_schemes", "register_entry"}

# Wagtail's, Django's and allauth's own addresses: the doors to them are tried below.
OF_LIBRARIES = ("gestion/", "redaction/", "documents/", "compte/")
# Pages of the editors: cms/tests walk them.
PAGES = {"wagtail_serve", "wagtailcore_authenticate_with_password", "wagtailcore_login"}


def our_routes(resolver=None, prefix="", namespace=""):
    """(address pattern, name) of every address that is not a library's."""
    for entry in (resolver or get_resolver()).url_patterns:
        pattern = prefix + str(entry.pattern)
        if isinstance(entry, URLResolver):
            if not str(entry.pattern).startswith(OF_LIBRARIES):
                inner = f"{namespace}{entry.namespace}:" if entry.namespace else namespace
                yield from our_routes(entry, pattern, inner)
        elif isinstance(entry, URLPattern):
            yield pattern, f"{namespace}{entry.name}" if entry.name else ""


def library_routes(start, resolver=None, prefix=""):
    """Address patterns below one of OF_LIBRARIES."""
    for entry in (resolver or get_resolver()).url_patterns:
        pattern = prefix + str(entry.pattern)
        if isinstance(entry, URLResolver):
            if (pattern + " ").startswith(start) or start.startswith(pattern):
                yield from library_routes(start, entry, pattern)
        elif pattern.startswith(start):
            yield pattern


def test_every_route_has_its_lines():
    routes = {name for _pattern, name in our_routes()} - PAGES
    assert routes - set(TABLE) == set(), "addresses without a line in TABLE"
    assert set(TABLE) - routes == set(), "lines of addresses that are gone"


def test_the_walk_finds_the_routes():
    patterns = dict(our_routes())
    assert patterns["bureau/<slug:slug>/offres/<uuid:uuid>/modifier/"] == "offer_edit"
    assert len(patterns) > 40
    assert len(list(library_routes("redaction/"))) > 100


@pytest.fixture
def world(brest, bricoleuses, bob, alice, charlie, staff, territories):
    """Two authorities and two collectives: one of each is "own", one of each "theirs"; and a third pair apart."""
    build_site()
    people = {name: make_person(f"p-{name}@exemple.fr", name) for name in PEOPLE[2:7]}
    own = {"offer": brest, "need": bricoleuses}
    roubaix = authority_of(territory=territories["commune", "59512"])
    place = {"legal_form": "informal", "territory": territories["commune", "59512"]}
    theirs = {
        "offer": roubaix,
        "need": create_collective(person=people["other"], name="Les Tisserands", **place),
    }
    join(people["other"], roubaix, Role.OWNER)
    newcomer = make_person("nouvelle@exemple.fr", "Nouvelle")
    memberships = {}
    for organisations, key in ((own, "own"), (theirs, "theirs")):
        for organisation in organisations.values():
            memberships[key] = join(newcomer, organisation, Role.MEMBER, confirmed=False)
    for organisation in own.values():
        for role in (Role.READER, Role.MEMBER, Role.OWNER):
            join(people[role.value], organisation, role)
        join(people["pending"], organisation, Role.MEMBER, confirmed=False)
    world = {
        "people": {**people, "anonymous": None, "stranger": charlie, "staff": staff},
        "own": own,
        "theirs": theirs,
        "memberships": memberships,
        "unverified": authority_of(territory=territories["commune", "44109"]),
        "token": stop_token(charlie),
    }
    # The collective says that the authority carries it.
    ask_host(guest=own["need"], host=own["offer"], by=staff)
    for kind, make in (("offer", make_offer), ("need", make_need)):
        world[kind] = {
            "own draft": make(own[kind], person=people["owner"], published=False),
            "own published": make(own[kind], person=people["owner"]),
            "pending’s": make(own[kind], person=people["pending"], published=False),
            "their draft": make(theirs[kind], person=people["other"], published=False),
            "their published": make(theirs[kind], person=people["other"]),
        }
    for open_place in ("own published", "their published"):
        world["offer"][open_place].slots.create(weekday=2, opens=time(18), closes=time(22))
    Offer.objects.filter(pk=world["offer"]["own published"].pk).update(asked_at=timezone.now())
    asked = Offer.objects.get(pk=world["offer"]["own published"].pk)
    world["question"] = answer_token(asked, people["owner"])
    image = read_picture(BytesIO(picture(size=(200, 200))), 1)
    photos = {place: add_photo(offer=offer, image=image, text="La salle") for place, offer in world["offer"].items()}
    world["photos"] = {place: photo.pk for place, photo in photos.items()}
    world["a photo"] = photos["own published"].small.url
    Organisation.objects.filter(pk=own["offer"].pk).update(mediates=True)
    # Last in the alphabet: the owner acts for Brest all the same.
    world["assisted"], _code = enter_for_group(
        mediator=people["owner"],
        helper=Organisation.objects.get(pk=own["offer"].pk),
        group="Zèbres",
        contact_name="M. Zèbre",
        agreed_how="paper",
        agreed_on=timezone.localdate(),
        facts=NeedFacts(title="Une salle", text="Une salle", territory=territories["commune", "29019"]),
        form_key=uuid4(),
    )
    third = make_person("tierce@exemple.fr", "Tierce")
    third_collective = create_collective(person=third, name="Les Tierces", **place)
    third_authority = authority_of(territory=territories["commune", "35238"])
    world["suggestion"] = {
        "own": suggest(world["offer"]["own published"], make_need(third_collective)),
        "of a need": suggest(make_offer(third_authority), world["need"]["own published"]),
        "theirs": suggest(world["offer"]["their published"], make_need(third_collective)),
    }
    world["transmission"] = transmissions(world)
    world["joined"] = {
        place: _joined(suggestion, make_person(f"auteur{number}@exemple.fr", "Autrice"))
        for number, (place, suggestion) in enumerate(world["suggestion"].items())
    }
    world["application"] = _applications(world, third, third_collective, make_offer(third_authority))
    world["partnership"] = _partnerships(world, third, third_collective, third_authority)
    world["call"] = _calls(world)
    world["application"]["in a call"] = _applied(third, third_collective, world["call"]["own call"], filed=True)
    world["case"] = {
        "own": _decided(world["offer"]["own published"], staff),
        "theirs": _decided(world["offer"]["their published"], staff),
    }
    world["report token"] = follow_token(world["case"]["own"].reports.get())
    return world


def _applications(world, third, third_collective, elsewhere):
    """Of the own collective, a draft and one that the other authority received; of a third one, the others."""
    own, owner, other = world["own"]["need"], world["people"]["owner"], world["people"]["other"]
    here, there = world["offer"]["own published"], world["offer"]["their published"]
    facts = {"kind": "other", "file": CleanFile("plan.txt", "text/plain", b"plan")}
    world["document"] = {
        "own": add_document(organisation=own, person=owner, **facts),
        "theirs": add_document(organisation=third_collective, person=third, **facts),
    }
    asked = _applied(third, third_collective, elsewhere)
    drafted = _applied(owner, own, elsewhere)
    world["party"] = {
        "asked": invite(application=asked, person=third, organisation=own, role="partner"),
        "own draft": invite(application=drafted, person=owner, organisation=third_collective, role="partner"),
    }
    received = _applied(third, third_collective, here, examined_by=owner)
    remark = {"text": "Note", "is_internal": True, "files": [facts["file"]], "form_key": uuid4()}
    world["remark"] = say(application=received, organisation=world["own"]["offer"], person=owner, **remark)
    return {
        "asked": asked,
        "own draft": drafted,
        "own filed": _applied(owner, own, there, filed=True),
        "received draft": _applied(third, third_collective, here),
        "received": received,
        "theirs": _applied(third, third_collective, there, examined_by=other),
    }


def _calls(world):
    """An offer of money of each authority, open; the own reader assesses what the own one receives."""
    made = {}
    for place, side, person in (("own call", "own", "owner"), ("their call", "theirs", "other")):
        offer = make_offer(world[side]["offer"], resource=ResourceFacts(kind="funding", subkind="grant"))
        now = timezone.now()
        window = {"opens_at": now - timedelta(days=1), "closes_at": now + timedelta(days=30)}
        call = calls.set_window(offer=offer, person=world["people"][person], **window)
        calls.set_criteria(call=call, person=world["people"][person], criteria=[calls.CriterionFacts("Utilité")])
        made[place] = offer
    own = made["own call"].call
    calls.name_assessors(call=own, person=world["people"]["owner"], assessors=[world["people"]["reader"]])
    Call.objects.filter(pk=own.pk).update(published_at=timezone.now())
    return made


def _partnerships(world, third, third_collective, third_authority):
    """One of the own authority with a third collective, one of the own collective with a third authority, one apart."""
    owner, other = world["people"]["owner"], world["people"]["other"]
    officer = make_person("bureau@exemple.fr", "Bureau")
    join(officer, third_authority, Role.OWNER)
    pairs = {
        "own": (third, third_collective, world["offer"]["own published"], owner),
        "ours": (owner, world["own"]["need"], make_offer(third_authority), officer),
        "theirs": (third, third_collective, world["offer"]["their published"], other),
    }
    made = {
        place: prepared(offer, collective, member=member, officer=decides)
        for place, (member, collective, offer, decides) in pairs.items()
    }
    agreed = prepared(make_offer(world["own"]["offer"]), third_collective, member=third, officer=owner)
    agreed = signed(agreed, member=third, officer=owner)
    paper = CleanFile("convention.pdf", "application/pdf", b"%PDF-1.7")
    world["copy"] = add_copy(partnership=agreed, organisation=agreed.authority, person=owner, file=paper)
    return {**made, "signed": agreed}


def partnership_address(world, name, place):
    found = world["partnership"].get("own" if place.startswith("no such") else place)
    rest = ["licorne" if place == "no such deed" else "acte"] if name == "partnership_do" else []
    if name == "commitment_tick":
        rest = [uuid4()]
    if name == "signed_copy":
        rest = [world["copy"].uuid]
    if name == "convention_file":
        rest = [99 if place == "no such version" else 1, "pdf"]
    if name in ("convention", "convention_validate", "convention_comment"):
        rest = [99 if place == "no such version" else 1]
    return reverse(name, args=[found.uuid if found else uuid4(), *rest])


def register_address(world, name, place):
    found = world["partnership"].get(place)
    slug = [world["own"]["offer"].slug] if name == "desk_register_notice" else []
    return reverse(name, args=[*slug, found.uuid if found else uuid4()])


def _applied(person, applicant, offer, *, filed=False, examined_by=None):
    facts = applications.ApplicationFacts(title="Ateliers", purpose="Réparer")
    made = applications.begin(offer=offer, applicant=applicant, person=person, facts=facts, form_key=uuid4())
    if filed or examined_by:
        made = applications.file(application=made, person=person, filed={"title": "Ateliers"})
    if examined_by:
        made = applications.take_up(application=made, person=examined_by)
    return made


def _decided(listing, staff):
    """The case of a listing that somebody reported, with a decision."""
    facts = {"reason": "other", "text": "Regardez", "form_key": uuid4(), "email": "temoin@exemple.fr"}
    case = report(kind=kind_named("offer"), thing=listing, **facts).case
    seen = state_seen(case=case)
    decide(case=case, verdict="correct", reason="À préciser", by=staff, form_key=uuid4(), seen=seen)
    return case


def _joined(suggestion, author):
    """A file that somebody of the need's side, who has left since, joined to their conversation."""
    files = [CleanFile("plan.txt", "text/plain", b"plan")]
    membership = join(author, suggestion.need.organisation, Role.MEMBER)
    message = send_message(
        suggestion=suggestion, side="need", author=author, text="Voici", form_key=uuid4(), files=files
    )
    membership.delete()
    return message.attachments.get()


def transmissions(world):
    """What was passed on to a desk, and to one person of it."""
    listing = world["need"]["their published"]
    kept = {"author": world["people"]["owner"], "need": listing}
    own, theirs = world["own"]["offer"], world["theirs"]["offer"]
    rows = {
        "to own desk": {"organisation": theirs, "desk": own},
        "to a colleague": {"organisation": own, "desk": own, "person": world["people"]["member"]},
        "to their desk": {"organisation": own, "desk": theirs},
    }
    return {place: Transmission.objects.create(form_key=uuid4(), **kept, **row) for place, row in rows.items()}


def proposing_address(world, name, place):
    kind = {"their offer": "offre", "no such kind": "licorne"}.get(place, "besoin")
    if place.endswith("suggestion"):
        return reverse(name, args=["rapprochement", world["suggestion"][{"own": "own"}.get(place[:3], "theirs")].uuid])
    listing = {
        "their need": world["need"]["their published"],
        "their offer": world["offer"]["their published"],
        "draft": world["need"]["their draft"],
        "no such kind": world["need"]["their published"],
    }.get(place)
    return reverse(name, args=[kind, listing.uuid if listing else uuid4()])


def transmission_address(world, name, place):
    found = world["transmission"].get(place)
    return reverse(name, args=[found.uuid if found else uuid4()])


def listing_address(world, name, place):
    kind = name.split("_")[0]
    slug = world["theirs" if place.startswith("their ") else "own"][kind].slug
    if place.endswith(" on own desk"):
        slug, place = world["own"][kind].slug, place.removesuffix(" on own desk")
    if place == "on no desk":
        slug, place = "nulle-part", "own published"
    uuid = uuid4() if place == "none" else world[kind][place].uuid
    rest = []
    if name.endswith("_version"):
        rest = [world[kind][place].history.earliest("history_id").history_id if place != "none" else 1]
    if name == "offer_photo":
        rest = [world["photos"].get(place, 10**9)]
    return reverse(name, args=[slug, uuid, *rest])


def slug_address(world, name, place):
    kind = (
        "need"
        if name.startswith("group_") or name in ("need_new", "discretion") or place == "own collective"
        else "offer"
    )
    kind = {"offer": "need", "need": "offer"}[kind] if place == "wrong side" else kind
    side = "theirs" if place == "theirs" else "own"
    slug = "nulle-part" if place == "none" else world[side][kind].slug
    rest = {"offer_new": ["licorne" if place == "no such kind" else "place"]}.get(name, [])
    return reverse(name, args=[world["unverified"].slug if place == "unverified" else slug, *rest])


def member_address(world, name, place):
    slug = world["theirs" if place == "theirs" else "own"]["need"].slug
    keys = {"own": world["memberships"]["own"].pk, "none": 10**30}
    return reverse(name, args=[slug, keys.get(place, world["memberships"]["theirs"].pk)])


def call_address(world, name, place):
    offer = world["call"].get(place.removesuffix(" on own desk")) or world["offer"].get(place)
    slug = world["theirs" if place == "their call" else "own"]["offer"].slug
    return reverse(
        name, args=[*([slug] if name in ("offer_call", "call_compare") else []), offer.uuid if offer else uuid4()]
    )


def public_listing_address(world, name, place):
    kind = name.removeprefix("public:").replace("calendar", "offer")
    return reverse(name, args=[world[kind][place].uuid if place in world[kind] else uuid4(), "titre"])


def suggestion_address(world, name, place):
    found = world["suggestion"].get(place)
    return reverse(name, args=[found.uuid if found else uuid4()])


def attachment_address(world, name, place):
    found = world["suggestion"].get(place.removesuffix(", of another"))
    joined = world["joined"].get("theirs" if place.endswith(", of another") else place)
    return reverse(name, args=[found.uuid if found else uuid4(), joined.uuid if joined else uuid4()])


def assisted_address(world, name, place):
    return reverse(name, args=[world["assisted"].uuid if place == "own" else uuid4()])


def territory_address(world, name, place):
    return reverse(name, args=["commune", "44109"] if place == "a territory" else ["licorne", "29019"])


def token_address(world, name, place):
    return reverse(name, args=[world["token"] if place == "a token" else "faux.jeton"])


def question_address(world, name, place):
    return reverse(name, args=[world["question"] if place == "a token" else "faux.jeton"])


def photo_address(world, name, place):
    return world["a photo"] if place == "a photo" else f"/media/photos/{'0' * 32}.webp"


def report_address(world, name, place):
    listing = world["offer"].get(place)
    return reverse(name, args=["licorne" if place == "no such kind" else "offre", listing.uuid if listing else uuid4()])


def message_address(world, name, place):
    joined = world["joined"].get(place)
    return reverse(name, args=[joined.message.uuid if joined else uuid4()])


def follow_address(world, name, place):
    return reverse(name, args=[world["report token"] if place == "a token" else "faux.jeton"])


def application_address(world, name, place):
    found = world["application"].get(place)
    return reverse(name, args=[found.uuid if found else uuid4()])


def document_address(world, name, place):
    """Of an application, or of the own collective's file."""
    documents = world["document"]
    if name.startswith("application_"):
        found = world["application"].get(place)
        key = documents["own"].uuid if name == "application_document" else world["remark"].files.get().uuid
        return reverse(name, args=[found.uuid if found else uuid4(), key])
    found = documents.get(place)
    return reverse(name, args=[world["own"]["need"].slug, found.uuid if found else uuid4()])


def party_address(world, name, place):
    found = world["application"].get(place)
    party = world["party"].get(place)
    return reverse(name, args=[found.uuid if found else uuid4(), party.uuid if party else uuid4()])


def apply_address(world, name, place):
    found = world["offer"].get(place)
    return reverse(name, args=[found.uuid if found else uuid4()])


def case_address(world, name, place):
    found = world["case"].get(place.removesuffix(" on own desk"))
    slug = world["theirs" if place == "theirs" else "own"]["offer"].slug
    return reverse(name, args=[*([slug] if name == "case" else []), found.uuid if found else uuid4()])


def picture_address(world, name, place):
    return "/media/images/absente.png"


def guest_address(world, name, place):
    guest = world[place]["need"].uuid if place in ("own", "theirs") else uuid4()
    return reverse(name, args=[world["own"]["offer"].slug, guest])


ADDRESSES = {
    "register_entry": register_address,
    "desk_register_notice": register_address,
    "report": report_address,
    "report_message": message_address,
    "report_follow": follow_address,
    **dict.fromkeys(["moderation_case", "moderation_undo", "case"], case_address),
    "guest_answer": guest_address,
    "member_decide": member_address,
    "public:offer": public_listing_address,
    "public:need": public_listing_address,
    "thread": suggestion_address,
    "suggestion_interested": suggestion_address,
    "suggestion_dismiss": suggestion_address,
    "attachment": attachment_address,
    "suggestion_propose": proposing_address,
    "pass_on": proposing_address,
    "transmission": transmission_address,
    "authority_join": territory_address,
    "assisted_code": assisted_address,
    "unsubscribe": token_address,
    "still_valid": question_address,
    "photo": photo_address,
    "": picture_address,
    **dict.fromkeys(
        [
            *("desk_of", "desk_several", "organisation_join", "request_withdraw", "members", "suggestion_settings"),
            *("desk_figures", "desk_figures_table", "desk_register", "organisation_numbers"),
            *("group_file", "group_file_edit", "group_document_add"),
            *("offer_choose", "offer_new", "need_new", "public:organisation", "host_name", "discretion"),
        ],
        slug_address,
    ),
    **{
        f"{kind}_{page}": listing_address
        for kind in ("offer", "need")
        for page in ("desk", "edit", "status", "history", "suggestions", "copy", "version")
    },
    **dict.fromkeys(
        ["application", "application_edit", "application_move", "application_decide", "application_ask"],
        application_address,
    ),
    **dict.fromkeys(
        ["application_document", "application_file", "group_document", "group_document_remove"], document_address
    ),
    **dict.fromkeys(["party_remove", "party_answer"], party_address),
    **dict.fromkeys(
        ["application_elsewhere", "party_invite", "application_say", "application_note"], application_address
    ),
    "apply": apply_address,
    **dict.fromkeys(["offer_applications", "offer_envelope", "offer_calendar"], listing_address),
    "offer_call": call_address,
    "call_compare": call_address,
    "call_assess": call_address,
    "public:winners": call_address,
    "application_assess": application_address,
    "application_hours": application_address,
    "public:calendar": public_listing_address,
    "public:check": apply_address,
    **dict.fromkeys(
        [
            *(
                "partnership",
                "story_reading",
                "partnership_do",
                "commitment_tick",
                "signed_copy",
                "convention",
                "convention_compare",
                "convention_write",
            ),
            *("convention_file", "convention_write", "convention_validate", "convention_comment"),
        ],
        partnership_address,
    ),
    "offer_photos": listing_address,
    "offer_photo": listing_address,
}


def address_of(world, name, place):
    """The address of this object under this name."""
    return ADDRESSES[name](world, name, place) if name in ADDRESSES else reverse(name)


def data_for(world, name, place):
    """What a person in their right would send there."""
    words = {"title": "Salle", "text": "Une salle le samedi", "legal_forms": "informal", "form_key": str(uuid4())}
    return {
        "collective_new": {"name": "Nous", "legal_form": "informal", "territory": "29200", "form_key": str(uuid4())},
        "authority_join": {"statement": "Vie associative"},
        "organisation_join": {"statement": "Bénévole"},
        "switch_organisation": {"organisation": str(world[place]["offer"].uuid) if place in ("own", "theirs") else "x"},
        "preferences": {"name": "Nom", "notify": "at_once", "language": "fr"},
        "member_decide": {"action": "confirm", "role": "member"},
        "assisted_new": {**PAPER, "form_key": str(uuid4())},
        "claim": {"code": "AAAA-BBBB-CCCC"},
        "discretion": {"meeting_place": "12 rue du Port", "discretion": "commune"},
        "apply": {"title": "Ateliers", "purpose": "Réparer", "form_key": str(uuid4())},
        "application_edit": {"title": "Ateliers", "purpose": "Réparer", "form_key": str(uuid4())},
        "application_move": {"verb": {"own draft": "file", "own filed": "withdraw"}.get(place, "give_back")},
        "party_invite": {"invite-role": "partner", "invite-organisation": "Les Tierces"},
        "application_say": {"say-text": "Combien ?", "say-form_key": str(uuid4())},
        "application_note": {"note-text": "Cher", "note-form_key": str(uuid4())},
        "party_answer": {"answer": "yes"},
        "group_file_edit": {"form_key": str(uuid4()), "purpose": "Réparer"},
        "group_document_add": {"kind": "other"},
        "desk_register_notice": {"payment": "unique"},
        "partnership_do": {"reference": "2026-1", "on": "2026-01-05"},
        "convention_comment": {"clause": "purpose", "text": "À préciser", "form_key": str(uuid4())},
        "convention_write": written_again(world, place) if name == "convention_write" else {},
        "application_decide": {"verdict": "accept", "reason": "Le projet ouvre la salle."},
        "offer_call": {"action": "publish"},
        "application_assess": assessed_again(world) if name == "application_assess" else {},
        "application_hours": {"first": "2026-01-01T00:00:00Z", "last": "2026-01-31T00:00:00Z"},
        "application_ask": {"ask-kind": "incomplete", "ask-reason": "Il manque les statuts."},
        "offer_status": {"action": "close"},
        "offer_photo": {"action": "remove"},
        "desk_several": {"action": "close", "all": "1"},
        "need_status": {"action": "close"},
        "suggestion_dismiss": {"reason": "place"},
        "suggestion_propose": {"listing": str(world["offer"]["own published"].uuid)},
        "pass_on": {"form_key": str(uuid4()), "colleague": str(world["people"]["reader"].uuid)},
        "guest_answer": {"action": "confirm"},
        "report": {"reason": "illegal", "form_key": str(uuid4())},
        "report_message": {"reason": "illegal", "form_key": str(uuid4())},
        "report_follow": {"action": "confirm"},
        "moderation_undo": {"reason": "Erreur", "form_key": str(uuid4())},
    }.get(name, words | {"territory": "29200", "provides": "Des clés", "contribution": "Du temps"})


def assessed_again(world):
    """Full marks for each criterion."""
    criteria = world["call"]["own call"].call.criteria.all()
    return {"comment": "Utile", **{f"mark_{one.pk}": "5" for one in criteria}}


def written_again(world, place):
    """The convention of this partnership as its page sends it, unchanged."""
    partnership = world["partnership"].get(place, world["partnership"]["own"])
    form = VersionForm(partnership=partnership, version=partnership.versions.get())
    return {bound.html_name: "" if bound.value() is None else bound.value() for bound in form}


# What a group wrote on paper.
PAPER = {
    "group": "Les Voisines",
    "contact_name": "Mme Le Gall",
    "territory": "29200",
    "title": "Une salle",
    "text": "Une salle le samedi",
    "contribution": "Du temps",
    "agreed_how": "paper",
    "agreed_on": "2026-01-05",
}


def letter_of(response):
    """The letter of TABLE for what was answered."""
    if response.status_code == 302:
        assert response.url.startswith("/"), response.url
        return "L" if response.url.startswith(reverse("account_login")) else "G"
    if response.streaming:
        b"".join(response.streaming_content)  # a file is open until it is taken
    return {200: "O", 403: "F", 404: "N", 405: "M"}.get(response.status_code, str(response.status_code))


@pytest.mark.parametrize("person", PEOPLE)
def test_everybody_before_every_object(world, person):
    client = signed_in(world["people"][person])
    column = PEOPLE.index(person)
    wrong = []
    for name, lines in TABLE.items():
        refused = NO_SUCH_METHOD_IN_THE_OPEN if name in OPEN else NO_SUCH_METHOD
        some_place = next(place for _method, place in lines)
        missing = {(method, some_place): refused for method in ("GET", "POST")}
        for (method, place), letters in (missing | lines).items():
            if letters is refused and any(known == method for known, _place in lines):
                continue
            address, data = address_of(world, name, place), data_for(world, name, place)
            with transaction.atomic():
                response = getattr(client, method.lower())(
                    address, data if method == "POST" or name == "desk_several" else None
                )
                transaction.set_rollback(True)
            if letter_of(response) != letters[column]:
                wrong.append(f"{method} {name} [{place}]: {letters[column]} expected, {letter_of(response)} met")
    assert wrong == []


@pytest.mark.parametrize("path", ["images/../../manage.py", "images/%2e%2e/%2e%2e/manage.py", "images//etc/passwd"])
def test_pictures_lead_nowhere_else(client, db, path):
    assert client.get(f"/media/{path}").status_code in (400, 404)


# Words and drawings of Wagtail's screens: they answer everybody, and say nothing.
SILENT = ("/redaction/jsi18n/", "/redaction/sprite/")


@pytest.mark.parametrize("start", ["gestion/", "redaction/"])
def test_the_back_doors_open_to_nobody_outside(world, start):
    """Every address of the two administrations, with any arguments, for a stranger and for an owner."""
    opened = []
    for person in (None, world["people"]["stranger"], world["people"]["owner"]):
        client = signed_in(person)
        for pattern in library_routes(start):
            address = "/" + example_of(pattern)
            if address.startswith(SILENT):
                continue
            response = client.get(address)
            if response.status_code not in (301, 302, 403, 404) or ("Location" in response and away(response.url)):
                opened.append(f"{person}: {address} {response.status_code}")
    assert opened == []


@pytest.mark.parametrize("address", ["/redaction/login/", "/gestion/login/", "/_util/login/"])
def test_there_is_one_door_with_its_limit_on_guesses(client, staff, address):
    words = {"username": staff.email, "login": staff.email, "password": "motdepasse-long", "next": "/redaction/"}
    response = client.post(address, words)
    assert response.status_code == 302
    assert response.url.startswith(reverse("account_login"))
    assert "_auth_user_id" not in client.session


def away(url):
    """Whether a redirect leads anywhere but to the login, or to the same administration with another address."""
    return not url.startswith(("/compte/", "/gestion/", "/redaction/"))


def example_of(pattern):
    """An address of this pattern, with arguments that name nothing."""
    plain = re.sub(r"<uuid:\w+>", str(uuid4()), pattern)
    plain = re.sub(r"<int:\w+>", "1", plain)
    plain = re.sub(r"<(?:\w+:)?\w+>", "x", plain)
    return re.sub(r"\(\?P<\w+>[^)]*\)|[\^$\\]", lambda found: "x" if found[0].startswith("(") else "", plain)
