"""The paper that was signed by hand: kept once, with its SHA-256, beside the version that binds."""

import hashlib

import pytest

from matching.organisations.services import NotAllowed
from matching.partnerships.attachments import forget_orphans, opened, storage
from matching.partnerships.conventions import Unfit
from matching.partnerships.files import CleanFile
from matching.partnerships.models import SignedCopy, What
from matching.partnerships.moves import ImpossibleMove
from matching.partnerships.signed_copies import MOST_COPIES, add_copy
from tests.factories import make_offer
from tests.partnerships.making import prepared, signed

pytestmark = pytest.mark.django_db
PAPER = CleanFile("convention signée.pdf", "application/pdf", b"%PDF-1.7 signed by hand")


@pytest.fixture
def draft(brest, bricoleuses, alice, bob):
    return prepared(make_offer(brest), bricoleuses, member=alice, officer=bob)


def add(partnership, person, file=PAPER):
    return add_copy(partnership=partnership, organisation=partnership.authority, person=person, file=file)


def test_a_copy_is_kept_once_with_its_digest_and_told(draft, alice, bob):
    partnership = signed(draft, member=alice, officer=bob)
    copy = add(partnership, bob)
    assert copy.sha256 == hashlib.sha256(PAPER.content).hexdigest()
    assert copy.version.is_signed
    with opened(copy) as file:
        assert file.read() == PAPER.content
    assert partnership.steps.filter(what=What.COPY, text=PAPER.name).count() == 1

    assert add(partnership, bob) == copy
    assert SignedCopy.objects.count() == 1
    assert len(storage().listdir("")[1]) == 1
    assert forget_orphans() == 0


def test_nothing_is_kept_before_everybody_has_agreed_nor_from_a_stranger(draft, alice, bob, charlie):
    with pytest.raises(ImpossibleMove):
        add(draft, bob)
    partnership = signed(draft, member=alice, officer=bob)
    for stranger in (charlie, alice):
        with pytest.raises(NotAllowed):
            add(partnership, stranger)
    assert not SignedCopy.objects.exists()
    assert not storage().exists("") or storage().listdir("")[1] == []


def test_a_version_holds_only_so_many(draft, alice, bob):
    partnership = signed(draft, member=alice, officer=bob)
    for number in range(MOST_COPIES):
        add(partnership, bob, CleanFile(f"page {number}.pdf", "application/pdf", b"%%PDF-1.7 %d" % number))
    with pytest.raises(Unfit):
        add(partnership, bob)
    assert SignedCopy.objects.count() == MOST_COPIES
