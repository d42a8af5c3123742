"""From a partnership to its story: what each party says, a draft from what is known, their reading, their agreement."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone
from django.utils.html import escape
from django.utils.text import slugify
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from wagtail.models import TaskState, Workflow, WorkflowTask

from cms.figures import CHOICES
from cms.models.testimonies import PartnersReadingTask, Testimony
from matching.catalogue.texts import tidy
from matching.organisations.discretion import told_territory
from matching.organisations.models import Organisation
from matching.organisations.services import NotAllowed
from matching.partnerships.conventions import sides_of
from matching.partnerships.models import Lead, Partnership
from matching.partnerships.permissions import may_act_in_partnership
from matching.people.models import Person

if TYPE_CHECKING:
    from cms.models import StoryPage

WORKFLOW = "Récits"
_SLUG = 80


class Changed(ValueError):
    """The story is no longer the version that was read."""


def leads() -> QuerySet[Lead]:
    """What editors may tell, the latest first, each with whether its story is begun and is out."""
    from cms.models import StoryPage

    stories = StoryPage.objects.filter(partnership=OuterRef("partnership"))
    return (
        Lead.objects.select_related("partnership__authority", "organisation")
        .annotate(is_begun=Exists(stories), is_out=Exists(stories.filter(live=True)))
        .order_by("is_out", "-at", "-pk")
    )


def story_of(partnership: Partnership) -> StoryPage | None:
    """The story of this partnership, published or not."""
    from cms.models import StoryPage

    found: StoryPage | None = StoryPage.objects.filter(partnership=partnership).order_by("pk").first()
    return found


@transaction.atomic
def testify(
    *,
    partnership: Partnership,
    organisation: Organisation,
    person: Person,
    words: str = "",
    who: str = "",
    may_quote: bool = False,
    hard: str = "",
) -> Testimony:
    """A party says what it would like told, and what was hard. Raises NotAllowed."""
    _check(person, partnership, organisation)
    row, _new = Testimony.objects.update_or_create(
        partnership=partnership,
        organisation=organisation,
        defaults={"words": tidy(words), "who": tidy(who), "may_quote": may_quote, "hard": tidy(hard), "by": person},
    )
    return row


@transaction.atomic
def draft_story(*, lead: Lead, person: Person) -> StoryPage:
    """Write the story down from what is known, unpublished. The one that is begun already is given back as it is."""
    from cms.models import StoryIndexPage, StoryPage

    partnership = Partnership.objects.select_for_update().get(pk=lead.partnership_id)
    if begun := story_of(partnership):
        return begun
    collective = next((party.organisation for party in partnership.parties.select_related("organisation")), None)
    index = StoryIndexPage.objects.get()
    story = StoryPage(
        title=partnership.title,
        slug=_free_slug(index, partnership.title),
        intro=_sentence(lead.text),
        date=partnership.signed_on or localdate(),
        authority=partnership.authority,
        collective=collective,
        territory=told_territory(partnership.authority, partnership.authority.territory),
        partnership=partnership,
        rests_on=StoryPage.RestsOn.AGREEMENT if partnership.is_agreed else StoryPage.RestsOn.DECLARED,
        body=_body(partnership, lead),
        live=False,
        owner=person,
    )
    index.add_child(instance=story)
    story.themes.set(partnership.offer.themes.all())
    story.save_revision(user=person)
    return story


@transaction.atomic
def send_to_partners(*, story: StoryPage, person: Person) -> None:
    """Ask the parties to read the latest version; then an editor publishes it."""
    if story.current_workflow_state is None:
        story_workflow().start(story, person)


@transaction.atomic
def answer_reading(
    *,
    partnership: Partnership,
    organisation: Organisation,
    person: Person,
    revision: int,
    agrees: bool,
    remark: str = "",
) -> Testimony:
    """A party agrees to the version that it has read, or says what must change. Raises NotAllowed, Changed."""
    _check(person, partnership, organisation)
    Partnership.objects.select_for_update().get(pk=partnership.pk)
    story = story_of(partnership)
    if story is None or story.latest_revision_id != revision:
        raise Changed
    row, _new = Testimony.objects.update_or_create(
        partnership=partnership,
        organisation=organisation,
        defaults={
            "agreed_revision_id": revision if agrees else None,
            "agreed_at": timezone.now() if agrees else None,
            "remark": "" if agrees else tidy(remark),
            "by": person,
        },
    )
    if agrees and not readers_awaited(story):
        _end_of_reading(story, person)
    return row


def readers_awaited(story: StoryPage) -> list[Organisation]:
    """The parties that have not agreed to the latest version; none for a story of no partnership."""
    if story.partnership is None:
        return []
    agreed = Testimony.objects.filter(
        partnership=story.partnership, agreed_revision__isnull=False, agreed_revision=story.latest_revision_id
    ).values_list("organisation_id", flat=True)
    return [side for side in sides_of(story.partnership) if side.pk not in set(agreed)]


def story_workflow() -> Workflow:
    """The parties read, then an editor publishes. Made where it is first needed."""
    from cms.services import editors_approval

    workflow, is_new = Workflow.objects.get_or_create(name=WORKFLOW)
    if is_new:
        reading = PartnersReadingTask.objects.create(name="Relecture par les partenaires")
        WorkflowTask.objects.create(workflow=workflow, task=reading, sort_order=0)
        WorkflowTask.objects.create(workflow=workflow, task=editors_approval(), sort_order=1)
    return workflow


def _end_of_reading(story: StoryPage, person: Person) -> None:
    state = story.current_workflow_task_state
    if state and state.status == TaskState.STATUS_IN_PROGRESS and isinstance(state.task.specific, PartnersReadingTask):
        state.specific.approve(user=person)


def _check(person: Person, partnership: Partnership, organisation: Organisation) -> None:
    if not may_act_in_partnership(person, partnership, organisation):
        raise NotAllowed


def _body(partnership: Partnership, lead: Lead) -> list[dict[str, Any]]:
    body = [{"type": "paragraph", "value": f"<p>{escape(part)}</p>"} for part in lead.text.split("\n") if part.strip()]
    if partnership.offer.title:
        shared = _("Ce qui a été partagé : %(what)s.") % {"what": partnership.offer.title}
        body.append({"type": "paragraph", "value": f"<p>{escape(shared)}</p>"})
    which = [name for name, _label in CHOICES]
    body.append({"type": "partnership_figures", "value": {"partnership": partnership.pk, "which": which}})
    for row in Testimony.objects.filter(partnership=partnership).order_by("pk"):
        if row.words and row.may_quote:
            body.append({"type": "quote", "value": {"text": row.words, "who": row.who, "consent": "written"}})
        if row.hard:
            body.append({"type": "difficulty", "value": {"text": row.hard}})
    return body


def _sentence(text: str) -> str:
    """The first sentence of what was told; an editor makes it shorter or better."""
    first = text.strip().split("\n")[0]
    return first if len(first) <= 240 else first[:237].rpartition(" ")[0] + "…"


def _free_slug(index: Any, title: str) -> str:
    wanted = slugify(title)[:_SLUG] or "recit"
    taken = set(index.get_children().filter(slug__startswith=wanted).values_list("slug", flat=True))
    return next(slug for n in range(len(taken) + 1) if (slug := f"{wanted}-{n + 1}" if n else wanted) not in taken)
