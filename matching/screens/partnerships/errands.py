"""What waits on a desk because of partnerships: to validate, to review, to renew or end."""

from collections.abc import Iterator
from datetime import timedelta
from uuid import UUID

from django.db.models import Exists, F, OuterRef, Q, Subquery
from django.urls import reverse
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from matching.partnerships.following import RENEWAL_NOTICE
from matching.partnerships.models import ConventionVersion, Partnership, Validation
from matching.screens.access import Desk
from matching.screens.errand import Errand
from matching.screens.gathering import Row, Sort, day_of
from matching.screens.numbers import day

_REVIEW_NOTICE = timedelta(days=14)
State = Partnership.State


def partnerships_waiting(desk: Desk) -> Sort:
    """Those that ask something of this organisation."""
    today = localdate()
    latest = ConventionVersion.objects.filter(partnership=OuterRef("pk")).order_by("-number")
    agreed = Validation.objects.filter(version=OuterRef("latest"), organisation=desk.organisation)
    waiting = (
        Partnership.objects.filter(
            Q(authority=desk.organisation)
            | Q(pk__in=Partnership.objects.filter(parties__organisation=desk.organisation).values("pk")),
            state__in=[State.PREPARING, State.ACTIVE],
        )
        .annotate(latest=Subquery(latest.values("pk")[:1]), signed_at=Subquery(latest.values("signed_at")[:1]))
        .annotate(has_agreed=Exists(agreed))
        .filter(
            Q(latest__isnull=False, signed_at__isnull=True, has_agreed=False)
            | Q(state=State.ACTIVE, review_on__lte=today + _REVIEW_NOTICE)
            | Q(state=State.ACTIVE, ends__lte=today + RENEWAL_NOTICE)
        )
    )
    facts = {name: name for name in ("uuid", "title", "review_on", "ends", "signed_at", "has_agreed")}
    return Sort("partnerships", waiting, (F("review_on").asc(nulls_last=True), "pk"), facts)


def partnership_errands(rows: list[Row]) -> Iterator[Errand]:
    """What each of these rows asks."""
    today = localdate()
    for row in rows:
        url = reverse("partnership", args=[UUID(row["uuid"])])
        review_on, ends = day_of(row["review_on"]), day_of(row["ends"])
        if row["signed_at"] is None and not row["has_agreed"]:
            yield Errand(
                icon="file",
                title=_("Une convention à relire et à valider"),
                note=row["title"],
                action=_("Ouvrir"),
                url=url,
                mark=_("à valider"),
                tone="warn",
            )
        elif review_on and review_on <= today + _REVIEW_NOTICE:
            yield Errand(
                icon="calendar",
                title=_("Un point à faire le %(day)s") % {"day": day(review_on)},
                note=row["title"],
                action=_("Ouvrir"),
                url=url,
                mark=_("à faire"),
                tone="warn" if review_on <= today else "info",
            )
        elif ends:
            yield Errand(
                icon="clock",
                title=_("Ce partenariat se termine le %(day)s : le prolongez-vous ?") % {"day": day(ends)},
                note=row["title"],
                action=_("Décider"),
                url=url,
                mark=_("fin proche"),
                tone="warn",
            )
