"""One project, several offers: a draft each, filed together; and what the matcher hears of the answers."""

from uuid import uuid4

import pytest
from django.urls import reverse

from matching.organisations.services import NotAllowed, create_collective
from matching.partnerships import applications, parties, several
from matching.partnerships.applications import ApplicationFacts
from matching.partnerships.models import Application, Party
from matching.partnerships.several import TooManyAtOnce
from matching.suggestions.models import Decision, Suggestion
from tests.factories import make_need, make_offer, make_person
from tests.screens.conftest import signed_in, suggest

pytestmark = pytest.mark.django_db


@pytest.fixture
def need(bricoleuses):
    return make_need(bricoleuses)


@pytest.fixture
def offers(brest, need):
    found = [make_offer(brest, title=f"Salle {number}") for number in range(3)]
    for offer in found:
        suggest(offer, need)
    return found


@pytest.fixture
def draft(offers, need, bricoleuses, alice):
    facts = ApplicationFacts(title="Ateliers", purpose="Réparer", budget={"60": 5, "74": 5})
    return applications.begin(
        offer=offers[0], applicant=bricoleuses, person=alice, facts=facts, form_key=uuid4(), need=need
    )


def copied(draft, offers, alice, key=None):
    return several.copy_to(application=draft, offers=offers, person=alice, form_key=key or uuid4())


def test_the_same_project_goes_to_other_offers_once_each(draft, offers, alice):
    assert several.elsewhere(draft) == offers[1:]
    key = uuid4()
    copies = copied(draft, offers[1:], alice, key)
    assert copied(draft, offers[1:], alice, key) == copies
    assert [(one.title, one.budget, one.state) for one in copies] == [("Ateliers", {"60": 5, "74": 5}, "draft")] * 2
    assert several.elsewhere(draft) == [] and Application.objects.count() == 3


def test_who_takes_part_is_asked_for_each(draft, offers, alice, territories):
    dora = make_person("dora@exemple.fr", "Dora")
    partner = create_collective(person=dora, name="Les Tisserands", legal_form="association", territory=None)
    asked = parties.invite(application=draft, person=alice, organisation=partner, role=Party.Role.PARTNER)
    parties.answer(party=asked, person=dora, agrees=True)
    (copy,) = copied(draft, offers[1:2], alice)
    assert copy.parties.get().consent == "asked"
    outcomes = several.file_several(applications=[draft, copy], person=alice)
    assert [bool(one.why) for one in outcomes] == [False, True] and "Les Tisserands" in outcomes[1].why


def test_nobody_copies_for_others_nor_too_many(draft, offers, alice, charlie, monkeypatch):
    with pytest.raises(NotAllowed):
        copied(draft, offers[1:], charlie)
    monkeypatch.setattr(several, "MOST_AT_ONCE", 1)
    with pytest.raises(TooManyAtOnce):
        copied(draft, offers[1:], alice)


def test_the_page_prepares_drafts_and_the_list_files_those_that_are_ticked(draft, offers, alice, bob):
    browser = signed_in(alice)
    address = reverse("application_elsewhere", args=[draft.uuid])
    assert address in browser.get(reverse("application", args=[draft.uuid])).text
    assert "Cochez au moins une offre" in browser.post(address, {"form_key": uuid4()}).text
    said = browser.post(address, {"form_key": uuid4(), "offers": [offers[1].uuid, offers[2].uuid]}, follow=True).text
    assert "2 brouillons sont prêts" in said and "Déposer les brouillons cochés" in said
    first, second, _third = Application.objects.order_by("pk")
    filing = {"application": [first.uuid, second.uuid, "x"]}
    assert "2 candidatures déposées" in browser.post(reverse("applications_file"), filing, follow=True).text
    assert "Cochez au moins un" in browser.post(reverse("applications_file"), filing, follow=True).text
    assert sorted(Application.objects.values_list("state", flat=True)) == ["draft", "filed", "filed"]
    assert signed_in(bob).post(reverse("applications_file"), filing).status_code == 404


def test_an_offer_that_is_not_proposed_cannot_be_slipped_in(draft, alice, brest):
    hidden = make_offer(brest, title="Ailleurs")
    address = reverse("application_elsewhere", args=[draft.uuid])
    page = signed_in(alice).post(address, {"form_key": uuid4(), "offers": [hidden.uuid]}).text
    assert "plus proposée" in page and Application.objects.count() == 1


def test_the_matcher_hears_of_each_answer_and_no_screen_of_it(draft, alice, bob):
    applications.file(application=draft, person=alice, filed={})
    applications.take_up(application=draft, person=bob)
    page = signed_in(bob).get(reverse("application", args=[draft.uuid])).text
    assert "Pourquoi cette suggestion" not in page and "score" not in page
    applications.decline(application=draft, person=bob, reason="Salle prise.")
    applications.reexamine(application=draft, person=bob, reason="Elle se libère.")
    applications.accept(application=draft, person=bob, reason="Oui.")
    rows = Decision.objects.in_order().values_list("side", "act", "outcome", "reason")
    assert list(rows) == [
        ("need", "applied", "accepted", ""),
        ("offer", "refused", "declined", ""),
        ("offer", "agreed", "accepted", ""),
    ]
    pair = Suggestion.objects.get(pk=draft.suggestion_id)
    assert (pair.need_state, pair.offer_state) == ("interested", "interested")


def test_closed_without_follow_up_teaches_nothing(draft, alice, bob):
    applications.file(application=draft, person=alice, filed={})
    applications.take_up(application=draft, person=bob)
    applications.close(application=draft, person=bob, reason="Appel annulé.")
    assert [row.act for row in Decision.objects.all()] == ["applied"]


def test_an_application_that_no_suggestion_brought_teaches_nothing(bricoleuses, brest, alice):
    facts = ApplicationFacts(title="Ateliers", purpose="Réparer")
    draft = applications.begin(
        offer=make_offer(brest), applicant=bricoleuses, person=alice, facts=facts, form_key=uuid4()
    )
    applications.file(application=draft, person=alice, filed={})
    assert not Decision.objects.exists()
