"""A pair of listings whose two sides hear of each other by mail."""

from email import message_from_bytes
from email.policy import default
from uuid import uuid4

import pytest

from matching.partnerships.services import send_message
from matching.suggestions.services import match_listing
from tests.factories import make_need, make_offer


@pytest.fixture
def pair(brest, bricoleuses):
    """A suggestion that the workers have just made: both sides have a notice waiting."""
    make_offer(brest)
    (suggestion,) = match_listing(listing=make_need(bricoleuses))
    return suggestion


@pytest.fixture
def write(pair):
    """Write a message for one side."""

    def write(author, side, text="Bonjour, la salle est-elle libre ?"):
        return send_message(suggestion=pair, side=side, author=author, text=text, form_key=uuid4())

    return write


@pytest.fixture
def received(mailoutbox):
    """The mails as their readers' programs parse them."""
    return lambda: [message_from_bytes(mail.message().as_bytes(), policy=default) for mail in mailoutbox]


@pytest.fixture
def mail_to(received):
    """The one mail that somebody got."""

    def mail_to(person):
        (mail,) = [mail for mail in received() if mail["To"] == person.email]
        return mail

    return mail_to
