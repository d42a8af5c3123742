"""Stories can be reported: the kind that moderation does not know by itself."""

from collections.abc import Iterable
from operator import attrgetter
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from cms.models import StoryPage
from matching.moderation.things import Away, Kind, register
from matching.organisations.models import Organisation


def register_stories() -> None:
    """What editors publish is told, hidden and shown again as everything else is."""
    register(
        Kind(
            name="story",
            word="reussite",
            label=_("réussite"),
            icon="story",
            find=_story,
            reads=lambda person, story: story.live,
            key=attrgetter("translation_key"),
            title=str,
            says=_says,
            organisations=_organisations,
            address=lambda story: story.url or "/",
            hide=_hide,
            show=_show,
        )
    )


def _story(uuid: UUID) -> StoryPage | None:
    return StoryPage.objects.select_related("authority", "collective").filter(translation_key=uuid).first()


def _says(story: StoryPage) -> Iterable[tuple[str, str]]:
    yield _("titre"), story.title
    yield str(story._meta.get_field("intro").verbose_name), story.intro
    for block in story.body:
        yield block.block.label, " ".join(block.block.get_searchable_content(block.value))


def _organisations(story: StoryPage) -> list[Organisation]:
    return [organisation for organisation in (story.authority, story.collective) if organisation]


def _hide(story: StoryPage) -> Away:
    if not story.live:
        return []
    story.unpublish()
    return [["story", str(story.translation_key)]]


def _show(story: StoryPage, away: Away) -> None:
    """The latest version, which is the one that was looked at."""
    if away:
        (story.get_latest_revision() or story.save_revision()).publish()
