"""Verbs about pages: build the site of a new installation, write a story."""

from collections.abc import Sequence
from datetime import date
from hashlib import sha256
from uuid import UUID

from django.conf import settings
from django.contrib.auth.models import Group, Permission
from django.core.files.base import ContentFile
from django.db import transaction
from django.utils.text import slugify
from django.utils.timezone import localdate
from wagtail.images.models import Image
from wagtail.models import (
    Collection,
    GroupApprovalTask,
    GroupCollectionPermission,
    GroupPagePermission,
    Page,
    Site,
    WorkflowPage,
)

from cms.legal import accessibility_declaration, legal_pages
from cms.models import (
    AccessibilityPage,
    HomePage,
    PlainPage,
    PublicPage,
    RecipeIndexPage,
    RecipePage,
    Replication,
    StoryIndexPage,
    StoryPage,
    SubjectIndexPage,
)
from cms.recipe_markdown import SECTIONS, RecipeFacts, written
from matching.catalogue.editions import new_edition
from matching.catalogue.models import Theme
from matching.catalogue.origins import Origin
from matching.catalogue.texts import tidy
from matching.organisations.models import Organisation
from matching.territories.models import Territory

EDITORS = "Rédaction"
ACCESSIBILITY = "accessibilite"
#: Where pages that gather others stand.
SHELVES = {
    "themes": ("Thèmes", "Ce qui se fait, sujet par sujet."),
    "nos-territoires": ("Territoires", "Ce qui se fait, ville par ville, pays par pays."),
    "dossiers": ("Dossiers", "Des réussites et des recettes réunies autour d’une question."),
    "actualites": ("Actualités", "Ce qui arrive, et les rendez-vous."),
}


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
    if not RecipeIndexPage.objects.exists():
        home.add_child(
            instance=RecipeIndexPage(
                title="Recettes libres",
                slug="recettes",
                show_in_menus=True,
                intro="Comment ils ont fait, pour que d’autres l’adaptent. Chacun peut les copier et les changer.",
            )
        )
    for slug, (title, body) in legal_pages(operator=settings.OPERATOR, contact=settings.CONTACT).items():
        if not PlainPage.objects.filter(slug=slug).exists():
            home.add_child(instance=PlainPage(title=title, slug=slug, body=body))
    if not home.get_children().filter(slug=ACCESSIBILITY).exists():
        facts = accessibility_declaration(operator=settings.OPERATOR, contact=settings.CONTACT)
        home.add_child(instance=AccessibilityPage(slug=ACCESSIBILITY, established_on=localdate(), **facts))
    for slug, (title, intro) in SHELVES.items():
        if not home.get_children().filter(slug=slug).exists():
            home.add_child(instance=SubjectIndexPage(title=title, slug=slug, intro=intro))
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


def editors_approval() -> GroupApprovalTask:
    """The step of a workflow in which an editor publishes."""
    found: GroupApprovalTask | None = GroupApprovalTask.objects.filter(name="Publication par la rédaction").first()
    if found is None:
        found = GroupApprovalTask.objects.create(name="Publication par la rédaction")
        found.groups.add(Group.objects.get(name=EDITORS))
    return found


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


@transaction.atomic
def write_page(*, page: PublicPage, under: str = "", themes: Sequence[Theme] = ()) -> PublicPage:
    """Publish a page below the home page, or below its page of slug `under`. One that is there is left alone."""
    home = HomePage.objects.get()
    parent = home.get_children().get(slug=under) if under else home
    found = parent.get_children().filter(slug=page.slug).first()
    if found:
        left: PublicPage = found.specific
        return left
    parent.add_child(instance=page)
    if themes:
        page.themes.set(themes)
        page.save()
    page.save_revision().publish()
    return page


def add_picture(*, title: str, text: str, content: bytes, ending: str = "png") -> Image:
    """A picture of the library, with its alternative text. The one that exists under this title is kept."""
    found = Image.objects.filter(title=title).first()
    if found:
        return found
    name = f"{slugify(title)}.{ending}"
    return Image.objects.create(title=title, description=text, file=ContentFile(content, name=name))


def recipe_named(key: UUID) -> Origin | None:
    """The published recipe of this key, as listings that adapt it name it."""
    recipe = RecipePage.objects.live().public().filter(translation_key=key).first()
    return Origin(recipe.title, recipe.url or "/") if recipe else None


@transaction.atomic
def write_recipe(*, facts: RecipeFacts, picture: Image | None = None) -> tuple[RecipePage, str]:
    """Publish a recipe, or what a file says anew of one that no editor has changed since it was imported.

    Returns the page and "created", "updated", "unchanged" or "edited_here" (left as editors made it).
    Raises UnknownName where the parent, a theme or the territory is not known.
    """
    found = RecipePage.objects.filter(slug=facts.slug).first()
    if found and found.imported_as != _sum(found):
        return found, "edited_here"
    recipe = found or RecipePage(slug=facts.slug)
    before = _sum(found) if found else ""
    themes = _themes(facts.themes)
    _set_recipe(recipe, facts, picture)
    if found is None:
        RecipeIndexPage.objects.get().add_child(instance=recipe)
    recipe.themes.set(themes)
    recipe.save()
    recipe.refresh_from_db()
    recipe.imported_as = _sum(recipe)
    if before == recipe.imported_as:
        return recipe, "unchanged"
    recipe.save()
    revision = recipe.save_revision()
    # What moderation hides is written, and waits until it is shown again.
    if not recipe.is_hidden:
        revision.publish()
    return recipe, "updated" if found else "created"


class UnknownName(ValueError):
    """A theme, a territory or a parent that does not exist: str() names it."""


@transaction.atomic
def record_replication(
    *,
    recipe: RecipePage,
    territory: Territory,
    who: str,
    began: date,
    proof: str = Replication.Proof.NONE,
    changed: str = "",
    variant: RecipePage | None = None,
    programme: str = "",
    organisation: Organisation | None = None,
    alive_on: date | None = None,
    stopped_on: date | None = None,
) -> Replication:
    """Note that a recipe is taken up somewhere by somebody; the same once more is the same row."""
    row, _is_new = Replication.objects.update_or_create(
        origin=recipe.translation_key,
        territory=territory,
        who=tidy(who),
        partnership=None,
        defaults={
            "began": began,
            "proof": proof,
            "changed": tidy(changed),
            "variant": variant.translation_key if variant else None,
            "programme": tidy(programme),
            "organisation": organisation,
            "alive_on": alive_on,
            "stopped_on": stopped_on,
        },
    )
    new_edition()
    return row


def _set_recipe(recipe: RecipePage, facts: RecipeFacts, picture: Image | None) -> None:
    for name in ("title", "intro", "authors", "licence", "version", "support", "cost_min", "cost_max"):
        setattr(recipe, name, getattr(facts, name))
    for name in SECTIONS:
        if name != "steps":
            setattr(recipe, name, facts.sections.get(name, ""))
    recipe.steps = [("step", step) for step in facts.steps]
    recipe.ingredients = [("ingredient", one) for one in facts.ingredients]
    recipe.tools = [("tool", one) for one in facts.tools]
    recipe.journal = [("entry", {**one, "date": date.fromisoformat(one["date"])}) for one in facts.journal]
    recipe.territory = _territory(facts.territory)
    recipe.parent = _parent(facts.parent)
    recipe.picture = picture or recipe.picture


def _themes(slugs: Sequence[str]) -> list[Theme]:
    known = {theme.slug: theme for theme in Theme.objects.filter(slug__in=slugs)}
    if unknown := [slug for slug in slugs if slug not in known]:
        raise UnknownName(", ".join(unknown))
    return list(known.values())


def _territory(key: str) -> Territory | None:
    if not key:
        return None
    level, _dash, code = key.rpartition("-")
    found = Territory.objects.at(level or Territory.Level.COMMUNE, code).first()
    if found is None:
        raise UnknownName(key)
    return found


def _parent(slug: str) -> RecipePage | None:
    if not slug:
        return None
    found = RecipePage.objects.filter(slug=slug).first()
    if found is None:
        raise UnknownName(slug)
    return found


def _sum(recipe: RecipePage) -> str:
    """Of everything that a file may say of it."""
    return sha256(written(recipe).encode()).hexdigest()
