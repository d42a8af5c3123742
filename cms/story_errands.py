"""What waits on a desk because a story is being written: words to give, a version to read."""

from collections.abc import Iterator

from django.db.models import Exists, F, OuterRef, Q, Subquery
from django.urls import reverse
from django.utils.translation import gettext as _

from cms.models import StoryPage, Testimony
from matching.partnerships.models import Partnership
from matching.screens.access import Desk
from matching.screens.errand import Errand

_AT_MOST = 10


def story_errands(desk: Desk) -> Iterator[Errand]:
    """Of the partnerships that somebody would tell, in one query."""
    if not desk.is_confirmed:
        return
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
        .order_by("-pk")[:_AT_MOST]
    )
    for row in rows:
        reads = row.version is not None
        yield Errand(
            icon="story",
            title=_("Votre récit est à relire") if reads else _("Un récit se prépare : que voulez-vous en dire ?"),
            note=row.title,
            action=_("Relire") if reads else _("Écrire"),
            url=reverse("story_reading", args=[row.uuid]),
            mark=_("à relire") if reads else "",
            tone="warn" if reads else "info",
        )
