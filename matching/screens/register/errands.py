"""What waits on an authority's desk because the law wants its grants published in time."""

from collections.abc import Iterator
from datetime import timedelta

from django.db.models import Count, Exists, Min, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from matching.catalogue.models import Kind, Resource
from matching.exchange.scdl import RNA_OF_SCHEMA
from matching.organisations.models import Organisation
from matching.partnerships.models import Partnership, PartnershipParty
from matching.screens.access import Desk
from matching.screens.errand import Errand
from matching.screens.gathering import Row, Sort, day_of
from matching.screens.numbers import day

# Décret 2017-779: published three months after the signature at the latest.
PUBLISHED_WITHIN = timedelta(days=91)
Role = PartnershipParty.Role


def grants_to_complete(desk: Desk) -> Sort:
    """How many of this authority's grants the file cannot hold yet, and since when; no row where there is none."""
    parties = PartnershipParty.objects.filter(partnership=OuterRef("pk"))
    without = Q(organisation__siret="") & ~Q(organisation__rna__regex=f"^{RNA_OF_SCHEMA.pattern}$")
    lent = Resource.objects.filter(offer=OuterRef("offer"), kind__in=[Kind.PLACE, Kind.FUNDING])
    is_grant = Q(granted_cents__gt=0) | Q(in_kind_cents__gt=0) | Exists(lent)
    lacks = (
        Q(authority__siret="")
        | Q(granted_cents__gt=0, grant_notice__isnull=True)
        | Q(granted_cents=0, in_kind_cents=0)
        | Exists(parties.filter(without, role=Role.BENEFICIARY)) & ~Exists(parties.filter(~without, role=Role.CARRIER))
    )
    found = Partnership.objects.agreed().filter(is_grant, lacks, authority=desk.organisation).order_by()
    of_all = found.values("authority")
    rows = Organisation.objects.filter(pk=desk.organisation.pk).annotate(
        count=Coalesce(Subquery(of_all.annotate(many=Count("pk")).values("many")), 0),
        first=Subquery(of_all.annotate(oldest=Min("signed_on")).values("oldest")),
    )
    return Sort("register", rows.filter(count__gt=0), ("pk",), {"count": "count", "first": "first"})


def register_errands(desk: Desk, rows: list[Row]) -> Iterator[Errand]:
    """One for all that the file cannot hold yet. The page behind it says what lacks in each."""
    if not rows:
        return
    [waiting] = rows
    signed_on = day_of(waiting["first"]) or localdate()
    by = signed_on + PUBLISHED_WITHIN
    is_late = by < localdate()
    said = _("La loi le demandait pour le %(day)s.") if is_late else _("La loi le demande pour le %(day)s.")
    yield Errand(
        icon="file",
        title=ngettext(
            "%(count)s convention à compléter avant publication",
            "%(count)s conventions à compléter avant publication",
            waiting["count"],
        )
        % {"count": waiting["count"]},
        note=said % {"day": day(by)},
        action=_("Compléter"),
        url=reverse("desk_register", args=[desk.organisation.slug]),
        mark=_("en retard") if is_late else _("à publier"),
        tone="warn" if is_late else "info",
    )
