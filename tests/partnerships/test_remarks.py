"""Inside a file, both sides talk; what the authority notes apart, nobody else ever reads."""

from uuid import uuid4

import pytest

from matching import events
from matching.organisations.services import NotAllowed
from matching.partnerships import applications, remarks
from matching.partnerships.applications import ApplicationFacts
from matching.partnerships.attachments import storage
from matching.partnerships.files import CleanFile
from matching.partnerships.models import Remark, RemarkFile
from matching.partnerships.services import ConversationFull, UnfitText
from tests.factories import make_offer

pytestmark = pytest.mark.django_db

PLAN = CleanFile("plan.txt", "text/plain", b"plan")


@pytest.fixture
def draft(bricoleuses, brest, alice):
    facts = ApplicationFacts(title="Ateliers", purpose="Réparer")
    return applications.begin(
        offer=make_offer(brest), applicant=bricoleuses, person=alice, facts=facts, form_key=uuid4()
    )


@pytest.fixture
def filed(draft, alice):
    return applications.file(application=draft, person=alice, filed={})


def say(application, organisation, person, text="Combien serez-vous ?", **facts):
    facts = {"form_key": uuid4(), **facts}
    return remarks.say(application=application, organisation=organisation, person=person, text=text, **facts)


def test_both_sides_talk_and_the_notes_stay_apart(filed, brest, bricoleuses, alice, bob):
    say(filed, brest, bob)
    say(filed, bricoleuses, alice, "Dix.", files=[PLAN])
    say(filed, brest, bob, "À vérifier.", is_internal=True, files=[PLAN])
    assert [one.text for one in remarks.remarks_for(filed, "applicant")] == ["Combien serez-vous ?", "Dix."]
    assert remarks.remarks_for(filed, "authority").count() == 3
    assert (remarks.files_for(filed, "applicant").count(), remarks.files_for(filed, "authority").count()) == (1, 2)


def test_nobody_writes_in_a_draft_nor_for_somebody_else(draft, brest, bricoleuses, alice, bob, charlie, staff):
    with pytest.raises(NotAllowed):
        say(draft, bricoleuses, alice)
    applications.file(application=draft, person=alice, filed={})
    draft.refresh_from_db()
    for organisation, person in ((brest, alice), (bricoleuses, bob), (bricoleuses, charlie), (brest, staff)):
        with pytest.raises(NotAllowed):
            say(draft, organisation, person)
    with pytest.raises(NotAllowed):
        say(draft, bricoleuses, alice, is_internal=True)
    assert not Remark.objects.exists()


def test_a_double_click_writes_one_and_a_key_of_elsewhere_none(filed, brest, bricoleuses, alice, bob):
    key = uuid4()
    assert say(filed, brest, bob, form_key=key) == say(filed, brest, bob, form_key=key, files=[PLAN])
    with pytest.raises(NotAllowed):
        say(filed, bricoleuses, alice, form_key=key)
    assert Remark.objects.count() == 1 and storage().listdir("")[1] == []


@pytest.mark.parametrize("text", ["", " \n ", "x" * 5001])
def test_an_unfit_text_is_refused(filed, brest, bob, text):
    with pytest.raises(UnfitText):
        say(filed, brest, bob, text)


def test_a_file_holds_so_many_bytes(filed, brest, bob, settings):
    settings.ATTACHMENTS_LARGEST_CONVERSATION = 6
    say(filed, brest, bob, files=[PLAN])
    with pytest.raises(ConversationFull):
        say(filed, brest, bob, files=[PLAN])
    assert RemarkFile.objects.count() == len(storage().listdir("")[1]) == 1


def test_what_is_said_is_told_and_what_is_noted_is_not(filed, brest, bob):
    heard = []
    events.application_said.connect(lambda remark, **_: heard.append(remark.text), weak=False, dispatch_uid="test said")
    try:
        say(filed, brest, bob)
        say(filed, brest, bob, "Note", is_internal=True)
    finally:
        events.application_said.disconnect(dispatch_uid="test said")
    assert heard == ["Combien serez-vous ?"]
