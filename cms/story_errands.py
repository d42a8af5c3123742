"""What waits on a desk because a story is being written: words to give, a version to read."""

from collections.abc import Iterator
from uuid import UUID

from django.db.models import Exists, F, OuterRef, Q, Subquery
from django.urls import reverse
from django.utils.translation import gettext as _

from cms.models import StoryPage, Testimony
from matching.partnerships.models import Partnership
from matching.screens.access import Desk
from matching.screens.errand import Errand
from matching.screens.gathering import Row, Sort

_AT_MOST = 10


def stories_waiting(desk: Desk) -> Sort:
    """Of the partnerships that somebody would tell: those that want our words, or our agreement."""
    ours = Testimony.objects.filter(partnership=OuterRef("pk"), organisation=desk.organisation)
    draft = StoryPage.objects.filter(partnership=OuterRef("pk"), live=False).order_by("pk")
    rows = (
        Partnership.objects.filter(
            Q(authority=desk.organisation)
            | Q(pk__in=Partnership.objects.filter(parties__organisation=desk.organisation).values("pk")),
            lead__isnull=False,
        )
        .annotate(
            has_spoken=Exists(ours),
            is_out=Exists(StoryPage.objects.filter(partnership=OuterRef("pk"), live=True)),
            version=Subquery(draft.values("latest_revision")[:1]),
            agreed=Subquery(ours.values("agreed_revision")[:1]),
        )
        .filter(is_out=False)
        .exclude(has_spoken=True, version__isnull=True)
        .exclude(version__isnull=False, agreed=F("version"))
    )
    if not desk.is_confirmed:
        rows = rows.filter(pk=None)
    return Sort("stories", rows, ("-pk",), {name: name for name in ("uuid", "title", "version")})


def story_errands(rows: list[Row]) -> Iterator[Errand]:
    """One for each of them."""
    for row in rows[:_AT_MOST]:
        reads = row["version"] is not None
        yield Errand(
            icon="story",
            title=_("Votre récit est à relire") if reads else _("Un récit se prépare : que voulez-vous en dire ?"),
            note=row["title"],
            action=_("Relire") if reads else _("Écrire"),
            url=reverse("story_reading", args=[UUID(row["uuid"])]),
            mark=_("à relire") if reads else "",
            tone="warn" if reads else "info",
        )
