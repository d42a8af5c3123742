"""Pages: the site builds itself once, every block renders, an editor publishes without a developer."""

import datetime
import re

import pytest
from wagtail.models import Site

from cms.models import AccessibilityPage, HomePage, PlainPage, StoryIndexPage, StoryPage
from cms.services import EDITORS, add_picture, build_site, write_story
from pcc.demo_pictures import draw
from tests.factories import make_person

BODY = [
    {"type": "heading", "value": "Ce qui s’est passé"},
    {"type": "paragraph", "value": "<p>Des <b>habitants</b> réparent.</p>"},
    {"type": "quote", "value": {"text": "On y va à pied.", "who": "Une voisine"}},
    {"type": "figures", "value": {"rows": [{"label": "objets réparés", "value": "1 240"}]}},
    {"type": "steps", "value": {"items": ["Trouver la salle", "Former trois bénévoles"]}},
    {"type": "difficulty", "value": {"text": "La clé s’est perdue deux fois."}},
]


@pytest.fixture
def site(db):
    return build_site()


@pytest.fixture
def story(site, brest, bricoleuses):
    return write_story(
        slug="les-samedis",
        title="Les samedis de la réparation",
        intro="Une salle prêtée, cent objets sauvés.",
        when=datetime.date(2026, 5, 1),
        body=BODY,
        rests_on="declared",
        authority=brest,
        collective=bricoleuses,
    )


def test_building_the_site_twice_changes_nothing(site):
    build_site()
    assert HomePage.objects.count() == StoryIndexPage.objects.count() == 1
    assert PlainPage.objects.count() == 2
    assert Site.objects.get(is_default_site=True).root_page_id == site.pk


def test_building_again_keeps_what_an_editor_wrote(site):
    page = PlainPage.objects.get(slug="mentions-legales")
    page.title = "Nos mentions"
    page.save_revision().publish()
    build_site()
    assert PlainPage.objects.get(slug="mentions-legales").title == "Nos mentions"


def test_the_legal_pages_name_who_answers(db, settings):
    settings.OPERATOR, settings.CONTACT = "Syndicat <b>mixte</b>", "contact@exemple.fr"
    build_site()
    notices = str(PlainPage.objects.get(slug="mentions-legales").body)
    assert "Syndicat &lt;b&gt;mixte&lt;/b&gt;" in notices
    assert "contact@exemple.fr" in AccessibilityPage.objects.get().contact


@pytest.mark.parametrize(
    "address", ["/", "/reussites/", "/mentions-legales/", "/donnees-personnelles/", "/accessibilite/"]
)
@pytest.mark.parametrize("prefix", ["", "/en"])
def test_pages_are_open_to_anybody_in_both_languages(client, story, prefix, address):
    answer = client.get(prefix + address)
    assert answer.status_code == 200
    assert f'<html lang="{"en" if prefix else "fr"}"' in answer.content.decode()


def test_a_story_shows_every_block_and_what_it_rests_on(client, story):
    text = client.get("/reussites/les-samedis/").content.decode()
    for words in ("Ce qui s’est passé", "On y va à pied.", "1 240", "Former trois bénévoles", "La clé s’est perdue"):
        assert words in text
    assert "Des chiffres déclarés par les partenaires" in text
    assert story.territory == story.authority.territory


def test_a_story_shows_its_picture_with_its_alternative_text(client, story):
    picture = add_picture(title="Atelier", text="Dessin : un établi.", content=draw("lot-les-boites-a-chaussures")[0])
    assert add_picture(title="Atelier", text="autre", content=b"") == picture
    story.picture = picture
    story.save_revision().publish()
    for address in ("/", "/reussites/", "/reussites/les-samedis/"):
        html = client.get(address).content.decode()
        shown = re.search(r'<img[^>]*alt="Dessin : un établi."[^>]*>', html)
        assert shown and 'src="/media/images/' in shown[0] and ".webp" in shown[0]
    assert all(0 < rendition.file.size < 60_000 for rendition in picture.renditions.all())


def test_a_story_without_a_picture_has_a_card_all_the_same(client, story):
    card = client.get("/reussites/").content.decode().split("card__picture", 1)[1].split("</div>")[0]
    assert "#story" in card


def test_scripts_in_a_story_are_words(client, story):
    story.intro = "<script>alert(1)</script>"
    story.save_revision().publish()
    assert "<script>alert(1)" not in client.get("/reussites/les-samedis/").content.decode()


def test_the_list_of_stories_has_a_fixed_number_of_queries(client, site, django_assert_max_num_queries, story):
    png = draw("lot-les-boites-a-chaussures")[0]

    def write(count):
        for number in range(count):
            write_story(
                slug=f"recit-{number}",
                title=f"Récit {number}",
                intro="…",
                when=datetime.date(2026, 1, 1),
                body=BODY[:1],
                rests_on="nothing",
                territory=story.territory,
                picture=add_picture(title=f"Image {number}", text="Un dessin", content=png),
            )

    story.picture = add_picture(title="La première", text="Un dessin", content=png)
    story.save()
    client.get("/reussites/")
    with django_assert_max_num_queries(12) as few:
        client.get("/reussites/")
    write(10)
    client.get("/reussites/")  # makes the pictures of the cards, once
    with django_assert_max_num_queries(12) as many:
        client.get("/reussites/")
    assert len(few) == len(many)


def test_an_editor_writes_and_publishes_a_story_in_french(client, site, brest):
    editor = make_person("plume@exemple.fr", "Plume")
    from django.contrib.auth.models import Group

    editor.groups.add(Group.objects.get(name=EDITORS))
    client.force_login(editor)
    index = StoryIndexPage.objects.get()
    form = client.get(f"/redaction/pages/add/cms/storypage/{index.pk}/")
    assert form.status_code == 200
    assert 'lang="fr"' in form.content.decode()
    answer = client.post(
        f"/redaction/pages/add/cms/storypage/{index.pk}/",
        {
            "title": "Un jardin sur le toit",
            "slug": "un-jardin",
            "intro": "Des tomates au-dessus de la mairie.",
            "date": "2026-03-01",
            "rests_on": "nothing",
            "authority": brest.pk,
            "collective": "",
            "body-count": "1",
            "body-0-deleted": "",
            "body-0-order": "0",
            "body-0-type": "heading",
            "body-0-id": "",
            "body-0-value": "Le toit",
            "comments-TOTAL_FORMS": "0",
            "comments-INITIAL_FORMS": "0",
            "action-publish": "action-publish",
        },
    )
    assert answer.status_code == 302, answer.context and answer.context["form"].errors
    assert StoryPage.objects.get(slug="un-jardin").live
    client.logout()
    assert "Un jardin sur le toit" in client.get("/reussites/").content.decode()


def test_a_stranger_is_sent_to_the_one_sign_in_page(client, site):
    answer = client.get("/redaction/")
    assert answer.status_code == 302
    assert "/compte/login/" in answer["Location"]
