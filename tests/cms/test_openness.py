"""What other sites and machines read: feeds, the calendar, facts in pages."""

import datetime

import pytest
from django.urls import reverse

from cms.feeds import _folded
from cms.models import NewsPage
from cms.services import build_site, write_page, write_story
from matching.catalogue.models import Theme
from matching.catalogue.vocabulary import load_themes

pytestmark = pytest.mark.django_db
BODY = [{"type": "paragraph", "value": "<p>Ce qui se fait.</p>"}]


@pytest.fixture
def story(territories):
    load_themes()
    build_site()
    return write_story(
        slug="un",
        title="Un récit </script><b>",
        intro="Une salle & une clé.",
        when=datetime.date(2026, 5, 1),
        body=BODY,
        rests_on="nothing",
        territory=territories["commune", "29019"],
        themes=list(Theme.objects.filter(slug="reemploi/reparation")),
    )


@pytest.mark.parametrize(
    ("asked", "entries"),
    [
        ({}, 1),
        ({"theme": "reemploi"}, 1),
        ({"theme": "reemploi/reparation"}, 1),
        ({"theme": "nature"}, 0),
        ({"territoire": "departement-29"}, 1),
        ({"territoire": "commune-59512"}, 0),
    ],
)
def test_stories_are_followed_by_theme_and_territory(client, story, asked, entries):
    answer = client.get(reverse("stories_feed"), asked)
    assert answer.content.count(b"<entry>") == entries
    assert answer["Content-Type"].startswith("application/atom+xml")


@pytest.mark.parametrize("asked", [{"theme": "rien"}, {"territoire": "commune-99999"}, {"territoire": "x"}])
def test_what_nobody_knows_has_no_feed(client, story, asked):
    assert client.get(reverse("stories_feed"), asked).status_code == 404


def test_appointments_go_into_calendars(client, story):
    noon = datetime.datetime(2036, 12, 1, 12, tzinfo=datetime.UTC)
    page = NewsPage(
        title="Un jour ; deux, trois",
        slug="jour",
        intro="é" * 100,
        body=BODY,
        date=noon.date(),
        starts=noon,
        place="Ici",
    )
    write_page(page=page, under="actualites")
    text = client.get(reverse("agenda")).content.decode()
    assert "DTSTART:20361201T120000Z\r\n" in text
    assert "SUMMARY:Un jour \\; deux\\, trois\r\n" in text
    assert all(len(line.encode()) <= 75 for line in text.split("\r\n"))
    assert "".join(part.removeprefix(" ") for part in _folded("x" + "é" * 100)) == "x" + "é" * 100


def test_a_story_says_what_it_is_to_machines(client, story):
    text = client.get(story.url).content.decode()
    assert '"@type": "Article"' in text and 'property="og:title"' in text
    assert "</script><b>" not in text
