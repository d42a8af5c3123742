"""Key figures of a signed partnership, counted from its rows each time they are shown: nobody types them twice."""

from collections.abc import Callable, Collection
from typing import NamedTuple

from django.db.models import Count, IntegerField, OuterRef, Q, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from matching.partnerships.models import Commitment, Contribution, Measure, Partnership
from matching.screens.numbers import day, euros, number


class Figure(NamedTuple):
    """One number and what it counts, as it is shown."""

    label: str
    value: str


CHOICES: list[tuple[str, str | Promise]] = [
    ("cash", gettext_lazy("Argent accordé")),
    ("kind", gettext_lazy("Valeur de ce qui est prêté")),
    ("since", gettext_lazy("Date de signature")),
    ("kept", gettext_lazy("Engagements tenus")),
    ("hours", gettext_lazy("Heures données")),
    ("data", gettext_lazy("Jeux de données ouverts ou enrichis")),
]


def figures_of(partnership: Partnership, which: Collection[str]) -> list[Figure]:
    """Those asked for that have something to say, in the order of CHOICES; none before it is signed. One query."""
    if not partnership.is_agreed:
        return []
    counts = _counted(partnership)
    told = ((label, _READ[name](partnership, counts)) for name, label in CHOICES if name in which)
    return [Figure(str(label), value) for label, value in told if value]


def _counted(partnership: Partnership) -> dict[str, int]:
    kept = Q(authority_ticked_at__isnull=False, collective_ticked_at__isnull=False)
    promises = Commitment.objects.filter(partnership=OuterRef("pk"), is_dropped=False).order_by().values("partnership")
    given = Contribution.objects.filter(partnership=OuterRef("pk")).order_by().values("partnership")
    row: dict[str, int] = (
        Partnership.objects.filter(pk=partnership.pk)
        .order_by()
        .values(
            promised=_number(promises.annotate(n=Count("pk"))),
            kept=_number(promises.annotate(n=Count("pk", filter=kept))),
            hours=_number(given.filter(measure=Measure.HOURS).annotate(n=Sum("quantity"))),
            data=_number(given.filter(measure__in=[Measure.DATASETS, Measure.ENRICHED]).annotate(n=Sum("quantity"))),
        )
        .get()
    )
    return row


def _number(rows: QuerySet) -> Coalesce:
    return Coalesce(Subquery(rows.values("n"), output_field=IntegerField()), 0)


def _kept(_partnership: Partnership, counts: dict[str, int]) -> str:
    if not counts["promised"]:
        return ""
    return _("%(kept)s sur %(promised)s") % counts


_Read = Callable[[Partnership, dict[str, int]], str]
_READ: dict[str, _Read] = {
    "cash": lambda one, _counts: euros(one.granted_cents) if one.granted_cents else "",
    "kind": lambda one, _counts: euros(one.in_kind_cents) if one.in_kind_cents else "",
    "since": lambda one, _counts: day(one.signed_on) if one.signed_on else "",
    "kept": _kept,
    "hours": lambda _one, counts: (
        ngettext("%(n)s heure", "%(n)s heures", counts["hours"]) % {"n": number(counts["hours"])}
        if counts["hours"]
        else ""
    ),
    "data": lambda _one, counts: number(counts["data"]) if counts["data"] else "",
}
