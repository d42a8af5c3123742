"""Pages that gather others, formal pages, and the blocks that they are made of."""

import datetime

import pytest
from django.core.cache import caches
from django.core.exceptions import ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from wagtail.blocks import StructBlockValidationError
from wagtail.models import PageViewRestriction

from cms.blocks import CallToActionBlock, VideoBlock
from cms.models import (
    AccessibilityPage,
    DossierPage,
    EssayPage,
    MethodPage,
    NewsPage,
    StoryPage,
    TerritoryPage,
    ThemePage,
)
from cms.services import EDITORS, add_picture, build_site, write_page, write_story
from matching.catalogue.models import Theme
from matching.catalogue.vocabulary import load_themes
from matching.partnerships.models import Commitment, Contribution
from pcc.demo_pictures import draw
from tests.factories import make_offer, make_person
from tests.partnerships.making import prepared, signed
from tests.screens.conftest import signed_in

pytestmark = pytest.mark.django_db
TEXT = [{"type": "paragraph", "value": "<p>Ce qui se fait ici.</p>"}]


@pytest.fixture
def site(territories):
    load_themes()
    return build_site()


def story_about(slug, *, themes=(), territory=None, picture=None):
    return write_story(
        slug=slug,
        title=f"Récit {slug}",
        intro="Une salle prêtée.",
        when=datetime.date(2026, 5, 1),
        body=TEXT,
        rests_on="nothing",
        territory=territory,
        themes=list(Theme.objects.filter(slug__in=themes)),
        picture=picture,
    )


def page_of(model, under="", **facts):
    facts = {"title": "Une page", "slug": "une-page", "intro": "Pour lire.", "body": TEXT, **facts}
    return write_page(page=model(**facts), under=under)


def queries_of(client, address):
    """How many a page takes that nobody has kept."""
    assert client.get(address).status_code == 200
    caches["pages"].clear()
    with CaptureQueriesContext(connection) as asked:
        client.get(address)
    return len(asked)


def test_a_theme_gathers_what_is_told_of_it_and_of_the_themes_below(client, site):
    story_about("un", themes=["reemploi/reparation"])
    story_about("deux", themes=["nature/jardins"])
    page_of(ThemePage, "themes", theme=Theme.objects.get(slug="reemploi"))
    text = client.get("/themes/une-page/").content.decode()
    assert "Récit un" in text and "Récit deux" not in text
    assert "?theme=reemploi" in text
    assert "Une page" in client.get("/themes/").content.decode()


def test_a_territory_gathers_what_happened_in_it(client, site, territories):
    story_about("ici", territory=territories["commune", "29019"])
    story_about("ailleurs", territory=territories["commune", "59512"])
    page_of(TerritoryPage, "nos-territoires", territory=territories["departement", "29"])
    text = client.get("/nos-territoires/une-page/").content.decode()
    assert "Récit ici" in text and "Récit ailleurs" not in text
    assert "territory_place=departement-29" in text


def test_a_dossier_keeps_its_order_and_says_when_nothing_is_left(client, site):
    first, second = story_about("un"), story_about("deux")
    page_of(DossierPage, "dossiers", pages=[{"type": "page", "value": one.pk} for one in (second, first)])
    text = client.get("/dossiers/une-page/").content.decode()
    assert text.index("Récit deux") < text.index("Récit un")
    first.unpublish()
    second.unpublish()
    assert "n’est plus publié" in client.get("/dossiers/une-page/").content.decode()


def test_news_tell_when_and_where(client, site, territories):
    noon = datetime.datetime(2026, 12, 1, 12, tzinfo=datetime.UTC)
    page_of(
        NewsPage, "actualites", date=datetime.date(2026, 11, 2), starts=noon, place="La halle",
        territory=territories["commune", "29019"],
    )  # fmt: skip
    text = client.get("/actualites/une-page/").content.decode()
    assert "La halle" in text and "13" in text  # by the clock of Paris
    page = NewsPage(title="x", intro="x", date=noon.date(), starts=noon, ends=noon - datetime.timedelta(hours=1))
    with pytest.raises(ValidationError, match="fin vient après"):
        page.clean()


def test_the_method_and_the_essay_have_their_own_page(client, site):
    page_of(MethodPage)
    assert reverse("public:method") in client.get("/une-page/").content.decode()
    reference = {"authors": "Elinor Ostrom", "title": "Gouvernance", "published": "2010", "url": "", "note": ""}
    page_of(EssayPage, slug="l-essai", source="2013", bibliography=[{"type": "reference", "value": reference}])
    assert "<cite>Gouvernance</cite>" in client.get("/l-essai/").content.decode()


def test_the_first_declaration_says_not_conform_and_gives_no_rate(client, site):
    text = client.get("/accessibilite/").content.decode()
    heads = [
        "État de conformité",
        "Contenus non accessibles",
        "Établissement de cette déclaration",
        "Retour d’information et contact",
        "Voies de recours",
    ]
    places = [text.index(f"<h2>{head}") for head in heads]
    assert places == sorted(places)
    assert "non conforme" in text and "aucun taux n’est donné" in text


@pytest.mark.parametrize(
    ("rate", "by", "said", "is_right"),
    [
        (None, "", "none", True),
        (None, "", "partial", False),
        (100, "", "total", False),
        (100, "Un cabinet", "total", True),
        (50, "Un cabinet", "partial", True),
        (49, "Un cabinet", "partial", False),
        (60, "Un cabinet", "total", False),
    ],
)
def test_what_is_declared_follows_from_the_audit(site, rate, by, said, is_right):
    page = AccessibilityPage.objects.get()
    page.rate, page.audited_by, page.conformity = rate, by, said
    if is_right:
        page.clean()
    else:
        with pytest.raises(ValidationError):
            page.clean()


def test_key_figures_come_from_the_partnership_and_follow_it(client, site, brest, bricoleuses, alice, bob):
    partnership = prepared(make_offer(brest, person=bob), bricoleuses, member=alice, officer=bob)
    story = story_about("chiffres")
    which = ["kept", "hours", "since"]
    story.body = [{"type": "partnership_figures", "value": {"partnership": partnership.pk, "which": which}}]
    story.save_revision().publish()
    assert "Comptés dans le partenariat" not in client.get(story.url).content.decode()  # nothing is signed
    signed(partnership, member=alice, officer=bob)
    Commitment.objects.filter(partnership=partnership).delete()
    assert "Engagements tenus" not in client.get(story.url).content.decode()
    Commitment.objects.create(partnership=partnership, bearer="both", measure="step", text="Ouvrir")
    Contribution.objects.create(
        partnership=partnership, form_key="7d1e2c9a-5b1f-4c7e-9d7d-3f0d9a3a2b11", organisation=brest, measure="hours",
        quantity=120, text="Médiation", given_on=datetime.date(2026, 5, 1),
    )  # fmt: skip
    caches["pages"].clear()
    text = client.get(story.url).content.decode()
    assert "0 sur 1" in text and "120 heures" in text
    assert queries_of(client, story.url) <= 8


def test_the_blocks_of_a_page_say_what_they_hold(client, site, territories):
    image = add_picture(title="Salle", text="Dessin", content=draw("lot-les-boites-a-chaussures")[0])
    shown = {"image": image.pk, "decorative": False, "alt_text": "Dessin : une salle."}
    where = {"territory": territories["commune", "29019"].pk, "text": "Un atelier"}
    video = {"title": "Une cafetière", "url": "https://tube.exemple.fr/w/1", "transcript": "<p>Sans parole.</p>"}
    story = story_about("blocs")
    story.body = [
        {"type": "gallery", "value": {"pictures": [{"image": shown, "caption": "Un"}, {"image": shown}]}},
        {"type": "before_after", "value": {"before": {"text": "Vide"}, "after": {"text": "Plein", "image": shown}}},
        {"type": "ingredients", "value": {"rows": [{"kind": "place", "text": "Une salle"}]}},
        {"type": "map", "value": {"places": [where]}},
        {"type": "video", "value": video},
        {"type": "call_to_action", "value": {"kind": "publish", "text": "Et vous ?"}},
        {"type": "quote", "value": {"text": "Oui.", "who": "Une voisine", "consent": "written"}},
    ]
    story.save_revision().publish()
    text = client.get(story.url).content.decode()
    for words in ("Vide", "Plein", "Une salle", "Un atelier", "tube.exemple.fr", "Et vous ?", "acceptée par écrit"):
        assert words in text
    assert text.count('alt="Dessin : une salle."') == 3 and "srcset=" in text
    assert "<iframe" not in text and 'id="carte"' not in text  # no point is loaded: the list says it all
    territories["commune", "29019"].__class__.objects.filter(code="29019").update(latitude=48.39, longitude=-4.49)
    caches["pages"].clear()
    from matching.catalogue.editions import new_edition

    new_edition()
    with_map = client.get(story.url).content.decode()
    assert 'id="carte"' in with_map and "#lieu-commune-29019" in with_map and "leaflet.js" in with_map


def test_a_video_is_asked_for_over_a_safe_line():
    with pytest.raises(StructBlockValidationError):
        VideoBlock().clean(VideoBlock().to_python({"title": "x", "url": "http://a.fr/", "transcript": "<p>x</p>"}))


@pytest.mark.parametrize("kind", ["apply", "adapt"])
def test_an_invitation_leads_somewhere(kind):
    block = CallToActionBlock()
    with pytest.raises(StructBlockValidationError):
        block.clean(block.to_python({"kind": kind, "text": "Venez"}))


def test_pages_take_few_queries_and_none_once_kept(client, site, territories, brest):
    png = draw("lot-les-boites-a-chaussures")[0]
    for number in range(4):
        picture = add_picture(title=f"Image {number}", text="Un dessin", content=png)
        where = territories["commune", "29019"]
        story_about(f"s{number}", themes=["reemploi/reparation"], territory=where, picture=picture)
    page_of(ThemePage, "themes", theme=Theme.objects.get(slug="reemploi"))
    page_of(TerritoryPage, "nos-territoires", territory=territories["departement", "29"])
    chosen = [{"type": "page", "value": one.pk} for one in StoryPage.objects.all()]
    page_of(DossierPage, "dossiers", pages=chosen)
    page_of(MethodPage)
    addresses = [
        "/", "/reussites/", "/reussites/s1/", "/recettes/", "/themes/", "/themes/une-page/", "/dossiers/une-page/",
        "/nos-territoires/une-page/", "/une-page/", "/accessibilite/", "/mentions-legales/",
    ]  # fmt: skip
    asked = {address: queries_of(client, address) for address in addresses}
    assert {address: count for address, count in asked.items() if count > 8} == {}
    client.get("/reussites/s1/")
    with CaptureQueriesContext(connection) as again:
        client.get("/reussites/s1/")
    assert len(again) == 1  # which edition is current, and nothing else


def test_a_page_that_is_not_for_everybody_stays_so(client, site):
    story = story_about("secret")
    assert client.get(story.url).status_code == 200
    PageViewRestriction.objects.create(page=story, restriction_type=PageViewRestriction.LOGIN)
    assert client.get(story.url).status_code == 302
    assert "Récit secret" not in client.get("/reussites/").content.decode()


@pytest.mark.parametrize("address", ["/themes/rien/", "/themes/une-page/plus-loin/", "/rien/du/tout/"])
def test_what_is_not_there_is_not_found(client, site, address):
    page_of(ThemePage, "themes", theme=Theme.objects.get(slug="reemploi"))
    assert client.get(address).status_code == 404


def test_editors_choose_only_what_anybody_may_read(site, brest, bricoleuses, alice, bob):
    partnership = prepared(make_offer(brest, person=bob), bricoleuses, member=alice, officer=bob)
    editor = make_person("plume@exemple.fr", "Plume")
    from django.contrib.auth.models import Group

    editor.groups.add(Group.objects.get(name=EDITORS))
    client = signed_in(editor)
    address = reverse("partnership_chooser:choose")
    assert partnership.title not in client.get(address).content.decode()
    assert client.get(reverse("partnership_chooser:chosen", args=[partnership.pk])).status_code == 404
    signed(partnership, member=alice, officer=bob)
    assert partnership.title in client.get(address, {"q": "atelier"}).content.decode()
    assert "Brest" in client.get(reverse("territory_chooser:choose_results"), {"q": "brest"}).content.decode()
    assert signed_in(alice).get(address).status_code == 302
