"""What mails say of partnerships: each thing in its own words, what somebody waits for first."""

import pytest

from matching.notices import partnership_lines, subjects
from matching.partnerships.models import What
from tests.factories import make_offer
from tests.partnerships.making import prepared

pytestmark = pytest.mark.django_db


def test_everything_that_happens_has_its_own_words_and_who_waits_is_said(brest, bricoleuses, alice, bob):
    partnership = prepared(make_offer(brest), bricoleuses, member=alice, officer=bob)
    told = [subjects.of_partnership(partnership, what) for what in What]
    lines = list(partnership_lines.partnerships(told, {bricoleuses.pk}))
    texts = [line.text for line in lines]
    assert len(set(texts)) == len(What)
    assert not any(text.startswith("Du nouveau") for text in texts)
    assert all(partnership.title in text for text in texts)
    awaited = {What.VERSION, What.VALIDATED, What.REVIEW_DUE, What.RENEWAL_DUE, What.DISPUTE_OPENED, What.DISPUTE_STEP}
    assert {what for what, line in zip(What, lines, strict=True) if line.is_awaited} == awaited
    assert list(partnership_lines.partnerships(told, {brest.pk + 999})) == []
