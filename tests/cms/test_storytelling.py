"""From a partnership to its story: words of both sides, a draft from what is known, their agreement, publication."""

import pytest
from django.contrib.auth.models import Group
from django.urls import reverse
from wagtail.models import Revision

from cms import models, storytelling
from cms.models import StoryPage
from cms.models.pages import AwaitsPartners
from cms.services import EDITORS, build_site
from cms.storytelling import Changed, answer_reading, draft_story, readers_awaited, send_to_partners, story_of
from matching.organisations.services import NotAllowed
from matching.partnerships.following import offer_story
from tests.factories import make_offer, make_person
from tests.partnerships.making import prepared, signed
from tests.screens.conftest import signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def partnership(territories, brest, bricoleuses, alice, bob):
    build_site()
    found = prepared(make_offer(brest, person=bob), bricoleuses, member=alice, officer=bob)
    return signed(found, member=alice, officer=bob)


@pytest.fixture
def lead(partnership, bricoleuses, alice):
    text = "La salle ne désemplit pas.\nOn y répare <tout>."
    return offer_story(partnership=partnership, organisation=bricoleuses, person=alice, text=text)


@pytest.fixture
def editor(partnership):
    person = make_person("plume@exemple.fr", "Plume")
    person.groups.add(Group.objects.get(name=EDITORS))
    return person


def agree(story, organisation, person, **facts):
    facts = {"revision": story.latest_revision_id, "agrees": True, **facts}
    return answer_reading(partnership=story.partnership, organisation=organisation, person=person, **facts)


def test_a_draft_says_what_is_known_and_quotes_only_who_consents(lead, editor, brest, bricoleuses, alice, bob):
    storytelling.testify(
        partnership=lead.partnership, organisation=bricoleuses, person=alice, words="Oui !", who="Alice", may_quote=True
    )
    storytelling.testify(
        partnership=lead.partnership, organisation=brest, person=bob, words="Non dit", who="Bob", hard="La clé."
    )
    story = draft_story(lead=lead, person=editor)
    assert not story.live and story.rests_on == StoryPage.RestsOn.AGREEMENT
    assert (story.authority, story.collective, story.partnership) == (brest, bricoleuses, lead.partnership)
    body = str(story.body)
    assert "Oui !" in body and "La clé." in body and "&lt;tout&gt;" in body
    assert "Non dit" not in body
    assert [block.block_type for block in story.body].count("partnership_figures") == 1
    assert draft_story(lead=lead, person=editor) == story  # pressed twice


def test_nothing_comes_out_before_all_parties_agree_to_that_version(lead, editor, brest, bricoleuses, alice, bob):
    story = draft_story(lead=lead, person=editor)
    send_to_partners(story=story, person=editor)
    assert not story.permissions_for_user(editor).can_publish()
    with pytest.raises(AwaitsPartners):
        story.latest_revision.publish()
    agree(story, brest, bob)
    assert readers_awaited(story) == [bricoleuses]
    story.intro = "Autrement."
    story.save_revision()
    with pytest.raises(Changed):
        agree(story, bricoleuses, alice, revision=Revision.objects.order_by("pk").first().pk)
    agree(story, bricoleuses, alice, agrees=False, remark="Le toit n’est pas à nous.")
    assert set(readers_awaited(story)) == {brest, bricoleuses}
    agree(story, brest, bob)
    agree(story, bricoleuses, alice)
    story = story_of(lead.partnership)
    assert readers_awaited(story) == []
    assert story.current_workflow_task.name == "Publication par la rédaction"
    assert models.Testimony.objects.get(organisation=bricoleuses).remark == ""
    story.latest_revision.publish()
    assert StoryPage.objects.get(pk=story.pk).live


def test_only_those_who_speak_for_a_party_answer(lead, editor, brest, charlie, alice):
    story = draft_story(lead=lead, person=editor)
    with pytest.raises(NotAllowed):
        agree(story, brest, alice)
    with pytest.raises(NotAllowed):
        storytelling.testify(partnership=lead.partnership, organisation=brest, person=charlie, words="x")


def test_the_partners_page_takes_words_then_an_answer(lead, editor, bricoleuses, alice, bob, brest):
    client = signed_in(alice)
    address = reverse("story_reading", args=[lead.partnership.uuid])
    assert "ne l’a pas encore commencé" in client.get(address).content.decode()
    assert address in client.get(reverse("desk_of", args=[bricoleuses.slug])).content.decode()
    page = client.post(address, {"do": "say", "words": "Une phrase", "may_quote": "on", "who": ""})
    assert "une citation a un nom" in page.content.decode() and "Une phrase" in page.content.decode()
    client.post(address, {"do": "say", "words": "Une phrase", "may_quote": "on", "who": "Alice"})
    assert models.Testimony.objects.get().words == "Une phrase"
    story = draft_story(lead=lead, person=editor)
    text = client.get(address).content.decode()
    assert "Une phrase" in text and "À relire" in text
    answer = {"do": "answer", "revision": story.latest_revision_id, "agrees": "0", "remark": ""}
    assert "en quelques mots" in client.post(address, answer).content.decode()
    client.post(address, answer | {"agrees": "1"})
    assert readers_awaited(story_of(lead.partnership)) == [brest]
    assert "donné votre accord" in client.get(address).content.decode()
    stale = answer | {"agrees": "1", "revision": story.latest_revision_id + 99}
    assert "a changé entre-temps" in client.post(address, stale, follow=True).content.decode()
    assert signed_in(bob).get(address).status_code == 200


def test_editors_find_leads_and_draft_in_one_press(lead, editor, charlie):
    client = signed_in(editor)
    address = reverse("story_leads")
    assert "La salle ne désemplit pas" in client.get(address).content.decode()
    answer = client.post(address, {"lead": lead.pk, "do": "draft"})
    story = StoryPage.objects.get()
    assert answer["Location"] == reverse("wagtailadmin_pages:edit", args=[story.pk])
    assert client.get(answer["Location"]).status_code == 200
    client.post(address, {"lead": lead.pk, "do": "send"})
    assert StoryPage.objects.get().current_workflow_state is not None
    assert "Attend l’accord de" in client.get(address).content.decode()
    assert client.post(address, {"lead": "rien"}).status_code == 404
    assert signed_in(charlie).get(address).status_code == 302


def test_a_published_story_says_what_it_rests_on(lead, editor, brest, bricoleuses, alice, bob, client):
    story = draft_story(lead=lead, person=editor)
    story.critique = "Le quartier d’à côté n’a rien vu."
    story.save_revision()
    agree(story, brest, bob)
    agree(story, bricoleuses, alice)
    story_of(lead.partnership).latest_revision.publish()
    text = client.get(StoryPage.objects.get().url).content.decode()
    assert "Un accord signé" in text and reverse("register_entry", args=[lead.partnership.uuid]) in text
    assert "n’a rien vu" in text and "Comptés dans le partenariat lui-même" in text
