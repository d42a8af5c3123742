"""Stories and recipes can be reported: kinds that moderation does not know by itself."""

from collections.abc import Iterable
from operator import attrgetter
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from cms.models import RecipePage, StoryPage
from cms.recipe_markdown import written
from matching.moderation.things import Away, Kind, register
from matching.organisations.models import Organisation

_Told = StoryPage | RecipePage


def register_stories() -> None:
    """What editors publish is told, hidden and shown again as everything else is."""
    for name, word, label, icon, find in (
        ("story", "reussite", _("réussite"), "story", _story),
        ("recipe", "recette", _("recette libre"), "recipe", _recipe),
    ):
        register(
            Kind(
                name=name,
                word=word,
                label=label,
                icon=icon,
                find=find,
                reads=lambda person, page: page.live,
                key=attrgetter("translation_key"),
                title=str,
                says=_says,
                organisations=_organisations,
                address=lambda page: page.url or "/",
                hide=_hide,
                show=_show,
            )
        )


def _story(uuid: UUID) -> StoryPage | None:
    return StoryPage.objects.select_related("authority", "collective").filter(translation_key=uuid).first()


def _recipe(uuid: UUID) -> RecipePage | None:
    return RecipePage.objects.select_related("authority").filter(translation_key=uuid).first()


def _says(page: _Told) -> Iterable[tuple[str, str]]:
    yield _("titre"), page.title
    yield str(page._meta.get_field("intro").verbose_name), page.intro
    if isinstance(page, RecipePage):
        yield _("recette"), written(page)
        return
    for block in page.body:
        yield block.block.label, " ".join(block.block.get_searchable_content(block.value))


def _organisations(page: _Told) -> list[Organisation]:
    concerned = (page.authority, getattr(page, "collective", None))
    return [organisation for organisation in concerned if organisation]


def _hide(page: _Told) -> Away:
    if not page.live:
        return []
    page.unpublish()
    return [["recipe" if isinstance(page, RecipePage) else "story", str(page.translation_key)]]


def _show(page: _Told, away: Away) -> None:
    """The latest version, which is the one that was looked at."""
    if away:
        (page.get_latest_revision() or page.save_revision()).publish()
