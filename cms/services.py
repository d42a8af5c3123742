"""Verbs about pages: build the site of a new installation, write a story."""

from collections.abc import Sequence
from datetime import date

from django.conf import settings
from django.contrib.auth.models import Group, Permission
from django.core.files.base import ContentFile
from django.db import transaction
from django.utils.text import slugify
from wagtail.images.models import Image
from wagtail.models import Collection, GroupCollectionPermission, GroupPagePermission, Page, Site, WorkflowPage

from cms.legal import legal_pages
from cms.models import HomePage, PlainPage, StoryIndexPage, StoryPage
from matching.catalogue.models import Theme
from matching.organisations.models import Organisation
from matching.territories.models import Territory

EDITORS = "Rédaction"


@transaction.atomic
def build_site(*, hostname: str = "localhost", port: int = 80) -> HomePage:
    """Make the home page, the index of stories, the legal pages and the editors' group. Safe to repeat.

    Nothing that an editor has changed is written over.
    """
    home = HomePage.objects.first() or _make_home()
    Site.objects.update_or_create(
        is_default_site=True,
        defaults={"hostname": hostname, "port": port, "root_page": home, "site_name": home.title},
    )
    if not StoryIndexPage.objects.exists():
        home.add_child(
            instance=StoryIndexPage(
                title="Réussites",
                slug="reussites",
                show_in_menus=True,
                intro="Ce que des collectifs et des collectivités ont fait ensemble. Avec ce qui a raté.",
            )
        )
    for slug, (title, body) in legal_pages(operator=settings.OPERATOR, contact=settings.CONTACT).items():
        if not PlainPage.objects.filter(slug=slug).exists():
            home.add_child(instance=PlainPage(title=title, slug=slug, body=body))
    make_editors_group(home)
    return home


def _make_home() -> HomePage:
    root = Page.get_first_root_node()
    for welcome in root.get_children().filter(slug="home"):
        welcome.delete()
        root.refresh_from_db()
    # Wagtail begins with an approval by moderators, in English: here editors publish themselves.
    WorkflowPage.objects.all().delete()
    return root.add_child(instance=HomePage(title="Partenariats citoyens", slug="accueil"))


def make_editors_group(home: Page) -> Group:
    """The group whose members write, publish and illustrate pages, without a developer."""
    group, _created = Group.objects.get_or_create(name=EDITORS)
    group.permissions.add(Permission.objects.get(codename="access_admin", content_type__app_label="wagtailadmin"))
    for codename in ("add_page", "change_page", "publish_page"):
        permission = Permission.objects.get(codename=codename, content_type__app_label="wagtailcore")
        GroupPagePermission.objects.get_or_create(group=group, page=home, permission=permission)
    root = Collection.get_first_root_node()
    for codename in ("add_image", "change_image", "choose_image", "add_document", "change_document"):
        permission = Permission.objects.get(codename=codename)
        GroupCollectionPermission.objects.get_or_create(group=group, collection=root, permission=permission)
    return group


@transaction.atomic
def write_story(
    *,
    slug: str,
    title: str,
    intro: str,
    when: date,
    body: Sequence[dict[str, object]],
    rests_on: str,
    territory: Territory | None = None,
    authority: Organisation | None = None,
    collective: Organisation | None = None,
    themes: Sequence[Theme] = (),
    picture: Image | None = None,
) -> StoryPage:
    """Publish a story under the index. One that exists already under this slug is left as editors made it.

    `body`: the blocks of StoryBody as [{"type": ..., "value": ...}].
    """
    index = StoryIndexPage.objects.get()
    found = StoryPage.objects.child_of(index).filter(slug=slug).first()
    if found:
        return found
    story = StoryPage(
        slug=slug,
        title=title,
        intro=intro,
        date=when,
        rests_on=rests_on,
        territory=territory,
        authority=authority,
        collective=collective,
        body=list(body),
        picture=picture,
    )
    index.add_child(instance=story)
    story.themes.set(themes)
    story.save()
    story.save_revision().publish()
    return story


def add_picture(*, title: str, text: str, png: bytes) -> Image:
    """A picture of the library, with its alternative text. The one that exists under this title is kept."""
    found = Image.objects.filter(title=title).first()
    if found:
        return found
    name = f"{slugify(title)}.png"
    return Image.objects.create(title=title, description=text, file=ContentFile(png, name=name))
