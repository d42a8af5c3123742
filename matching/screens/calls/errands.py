"""What waits on a desk because of calls for projects: applications that this very person was asked to assess."""

from collections.abc import Iterator

from django.db.models import Count
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from matching.partnerships.models import Application, Assessment, Assessor
from matching.screens.access import Desk
from matching.screens.errand import Errand

_AT_MOST = 30


def call_errands(desk: Desk) -> Iterator[Errand]:
    """One for each call, in one query."""
    if not (desk.is_confirmed and desk.organisation.is_authority):
        return
    asked = Assessor.objects.filter(person=desk.person, call__offer__organisation=desk.organisation)
    done = Assessment.objects.filter(assessor__person=desk.person)
    rows = (
        Application.objects.undecided()
        .filter(offer__call__assessors__in=asked)
        .exclude(pk__in=done.values("application"))
        .order_by()
        .values("offer__uuid", "offer__title")
        .annotate(count=Count("pk", distinct=True))
        .order_by("offer__title", "offer__uuid")[:_AT_MOST]
    )
    for row in rows:
        yield Errand(
            icon="star",
            title=ngettext("%(count)s candidature à évaluer", "%(count)s candidatures à évaluer", row["count"])
            % {"count": row["count"]},
            note=row["offer__title"],
            action=_("Évaluer"),
            url=reverse("call_assess", args=[row["offer__uuid"]]),
            mark=_("on vous le demande"),
            tone="warn",
        )
