"""A file lies as long as its row: neither without the other."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.core.files.base import ContentFile
from django.utils import timezone

from matching.partnerships.attachments import forget_orphans, opened, storage
from matching.partnerships.files import CleanFile
from matching.partnerships.models import Attachment, Message
from matching.partnerships.services import ConversationFull, send_message
from matching.suggestions.services import SetAside, dismiss, match_listing
from tests.factories import make_need, make_offer

pytestmark = pytest.mark.django_db


@pytest.fixture
def pair(brest, bricoleuses):
    make_offer(brest)
    (suggestion,) = match_listing(listing=make_need(bricoleuses))
    return suggestion


def write(pair, author, *contents, form_key=None):
    files = [CleanFile(f"{number}.txt", "text/plain", content) for number, content in enumerate(contents)]
    return send_message(
        suggestion=pair, side="need", author=author, text="Voici", form_key=form_key or uuid4(), files=files
    )


def held(attachment):
    with opened(attachment) as file:
        return file.read()


def lying():
    return storage().listdir("")[1] if storage().exists("") else []


def test_files_lie_under_drawn_names(pair, alice):
    first, second = write(pair, alice, b"un", b"deux").attachments.all()
    assert (held(first), held(second)) == (b"un", b"deux")
    assert sorted(lying()) == sorted([first.stored_as, second.stored_as])
    assert all(len(name) == 32 and "." not in name for name in lying())


def test_a_double_click_lays_them_down_once(pair, alice):
    key = uuid4()
    assert write(pair, alice, b"un", form_key=key) == write(pair, alice, b"un", form_key=key)
    assert len(lying()) == Attachment.objects.count() == 1


def test_what_is_not_sent_leaves_nothing(pair, alice, bob, settings):
    settings.ATTACHMENTS_LARGEST_CONVERSATION = 5
    write(pair, alice, b"trois")
    with pytest.raises(ConversationFull):
        write(pair, alice, b"x")
    dismiss(suggestion=pair, side="offer", person=bob, reason="dates")
    with pytest.raises(SetAside):
        write(pair, alice, b"")
    assert len(lying()) == Attachment.objects.count() == Message.objects.count() == 1


@pytest.mark.parametrize("gone", ["messages", "suggestion", "need"])
def test_a_file_goes_with_its_message(pair, alice, django_capture_on_commit_callbacks, gone):
    write(pair, alice, b"un")
    with django_capture_on_commit_callbacks(execute=True):
        {"messages": Message.objects.all(), "suggestion": pair, "need": pair.need}[gone].delete()
    assert lying() == []


def test_orphans_are_removed_once_they_are_old(pair, alice):
    kept = write(pair, alice, b"un").attachments.get()
    Attachment.objects.exclude(pk=kept.pk).delete()
    storage().save("0" * 32, ContentFile(b"x"))
    assert forget_orphans() == 0
    assert forget_orphans(now=timezone.now() + timedelta(days=2)) == 1
    assert lying() == [kept.stored_as]
