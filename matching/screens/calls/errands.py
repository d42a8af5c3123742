"""What waits on a desk because of calls for projects: applications that this very person was asked to assess."""

from collections.abc import Iterator
from uuid import UUID

from django.db.models import Count, OuterRef, Subquery
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from matching.partnerships.models import Application, Assessment, Assessor, Call
from matching.screens.access import Desk
from matching.screens.errand import Errand
from matching.screens.gathering import Row, Sort


def calls_to_assess(desk: Desk) -> Sort:
    """The calls of this authority where this very person has applications left to assess."""
    done = Assessment.objects.filter(assessor__person=desk.person)
    left = (
        Application.objects.undecided()
        .filter(offer__call=OuterRef("pk"))
        .exclude(pk__in=done.values("application"))
        .order_by()
        .values("offer__call")
        .annotate(count=Count("pk"))
        .values("count")
    )
    rows = Call.objects.filter(
        pk__in=Assessor.objects.filter(person=desk.person).values("call"), offer__organisation=desk.organisation
    ).annotate(count=Coalesce(Subquery(left), 0))
    facts = {"uuid": "offer__uuid", "title": "offer__title", "count": "count"}
    return Sort("calls", rows.filter(count__gt=0), ("offer__title", "pk"), facts)


def call_errands(rows: list[Row]) -> Iterator[Errand]:
    """One for each call of calls_to_assess()."""
    for row in rows:
        yield Errand(
            icon="star",
            title=ngettext("%(count)s candidature à évaluer", "%(count)s candidatures à évaluer", row["count"])
            % {"count": row["count"]},
            note=row["title"],
            action=_("Évaluer"),
            url=reverse("call_assess", args=[UUID(row["uuid"])]),
            mark=_("on vous le demande"),
            tone="warn",
        )
