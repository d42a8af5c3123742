"""How far a recipe has gone, from agreements and confirmed declarations, never from prose.

Declared and confirmed are counted apart; only what is confirmed climbs the ladder (isolée, reproduite, diffusée,
structurante). Its thresholds are settings, and are shown. Nobody ranks towns.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet, Sum
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.functional import Promise
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cms.lineage import Branch, branch_of, root_of
from cms.models.replications import Replication
from matching.catalogue.models import Need
from matching.partnerships.models import Partnership
from matching.screens.charts import Chart, lying, standing
from matching.screens.sheets import sheet
from matching.territories.models import Containment, Territory

if TYPE_CHECKING:
    from cms.models import RecipePage

#: Upper bounds of population, with the words for what lies below; as the national lists of aids count.
STRATA = (
    (500, gettext_lazy("moins de 500 habitants")),
    (2_000, gettext_lazy("500 à 2 000 habitants")),
    (10_000, gettext_lazy("2 000 à 10 000 habitants")),
    (50_000, gettext_lazy("10 000 à 50 000 habitants")),
    (200_000, gettext_lazy("50 000 à 200 000 habitants")),
)
_LARGEST = gettext_lazy("plus de 200 000 habitants")
_YEAR = timedelta(days=365)


@dataclass(frozen=True)
class Rung:
    """Where a recipe stands on the ladder."""

    name: str
    label: str
    rule: str


@dataclass(frozen=True)
class Spread:
    """What is known of a recipe and of everything made of it."""

    rung: Rung
    confirmed: list[Replication]
    declared: list[Replication]
    places: int
    departements: int
    variants: int
    strata: list[tuple[str, int]]
    first_jump: Replication | None
    """The first one outside of the département where the recipe was born."""
    looking: int
    """Published needs that adapt it, whatever becomes of them."""
    alive_12: tuple[int, int]
    """Of those confirmed at least twelve months ago: still alive then, out of those that answered."""
    alive_24: tuple[int, int]
    cash_cents: int
    in_kind_cents: int


def ladder() -> list[Rung]:
    """The four rungs and their rules, in words, as the settings say."""
    reproduced, spread = settings.RECIPE_LADDER["reproduced"], settings.RECIPE_LADDER["spread"]
    return [
        Rung("isolated", _("isolée"), _("un seul territoire")),
        Rung(
            "reproduced",
            _("reproduite"),
            _("%(places)s territoires au moins") % {"places": reproduced["places"]},
        ),
        Rung(
            "spread",
            _("diffusée"),
            _(
                "%(places)s territoires au moins, dans %(departements)s départements au moins, "
                "avec %(variants)s variante au moins"
            )
            % spread,
        ),
        Rung(
            "structuring",
            _("structurante"),
            _("diffusée, et reprise dans une politique publique ou un programme régulier"),
        ),
    ]


def spread_of(recipe: RecipePage, branch: Branch | None = None, today: date | None = None) -> Spread:
    """How far the recipe has gone, with all that was made of it."""
    today, branch = today or localdate(), branch or branch_of(recipe)
    rows = list(
        Replication.objects.filter(origin__in=branch.origins).select_related(
            "territory", "territory__replaced_by", "organisation", "partnership"
        )
    )
    confirmed = [row for row in rows if row.is_confirmed]
    departement_of = _departements(
        [*(place_of(row) for row in rows), *([recipe.territory] if recipe.territory else [])]
    )
    places = {place_of(row).pk for row in confirmed} | ({recipe.territory_id} if recipe.territory_id else set())
    departements = {departement_of[key] for key in places if key in departement_of}
    born_in = departement_of.get(recipe.territory_id or 0)
    variants = sum(1 for _each in branch) - 1 + sum(1 for row in confirmed if row.changed and not row.variant)
    gave = Partnership.objects.agreed().filter(pk__in=[row.partnership_id for row in confirmed if row.partnership_id])
    given = gave.aggregate(cash=Sum("granted_cents"), kind=Sum("in_kind_cents"))
    return Spread(
        rung=_rung(len(places), len(departements), variants, any(row.programme for row in confirmed)),
        confirmed=confirmed,
        declared=[row for row in rows if not row.is_confirmed],
        places=len(places),
        departements=len(departements),
        variants=variants,
        strata=_strata(confirmed),
        first_jump=next(
            (row for row in confirmed if departement_of.get(place_of(row).pk) not in (None, born_in)), None
        ),
        looking=Need.objects.published().filter(origin__in=branch.origins).count(),
        alive_12=_alive(confirmed, 1, today),
        alive_24=_alive(confirmed, 2, today),
        cash_cents=given["cash"] or 0,
        in_kind_cents=given["kind"] or 0,
    )


def place_of(row: Replication) -> Territory:
    """Where it is today: communes merge, and two that became one are one place."""
    return row.territory.replaced_by or row.territory


def stratum_of(territory: Territory) -> str | Promise:
    """The words for how many people live there; empty where nobody has counted."""
    if territory.population is None:
        return ""
    return next((words for most, words in STRATA if territory.population < most), _LARGEST)


@transaction.atomic
def follow_agreement(*, partnership: Partnership) -> Replication | None:
    """A signed partnership that adapts a recipe is a confirmed replication of it. Safe to repeat."""
    need = partnership.application.need
    origin = (need.origin if need else None) or partnership.offer.origin
    applicant = partnership.application.applicant
    territory = (need.territory if need else None) or applicant.territory or partnership.authority.territory
    if not origin or not territory or not partnership.signed_on:
        return None
    row, _is_new = Replication.objects.update_or_create(
        origin=origin,
        partnership=partnership,
        defaults={
            "territory": territory,
            "organisation": applicant,
            "who": applicant.name,
            "began": partnership.signed_on,
            "proof": Replication.Proof.AGREEMENT,
            "stopped_on": partnership.ended_on,
        },
    )
    return row


def spread_page(request: HttpRequest, recipe: RecipePage) -> HttpResponse:
    """Anybody: the family tree, where and since when, and what it moved."""
    branch = branch_of(recipe)
    spread = spread_of(recipe, branch)
    return render(
        request,
        "cms/spread_page.html",
        {
            "page": recipe,
            "root": root_of(recipe),
            "branch": branch,
            "spread": spread,
            "ladder": ladder(),
            "charts": _charts(spread),
            "rows": sorted([*spread.confirmed, *spread.declared], key=lambda row: (row.began, row.pk)),
        },
    )


def spread_sheet(recipe: RecipePage) -> HttpResponse:
    """The same as a sheet."""
    spread = spread_of(recipe)
    head = [_("Territoire"), _("Code"), _("Qui"), _("Depuis le"), _("Confirmée"), _("Ce qui a changé"), _("Arrêtée le")]
    rows = [
        [
            str(place_of(row)),
            place_of(row).code,
            row.who,
            row.began,
            row.get_proof_display(),
            row.changed,
            row.stopped_on or "",
        ]
        for row in [*spread.confirmed, *spread.declared]
    ]
    return sheet(f"essaimage-{recipe.slug}", [head, *rows])


def _rung(places: int, departements: int, variants: int, is_regular: bool) -> Rung:
    isolated, reproduced, spread, structuring = ladder()
    needed = settings.RECIPE_LADDER
    is_spread = (
        places >= needed["spread"]["places"]
        and departements >= needed["spread"]["departements"]
        and variants >= needed["spread"]["variants"]
    )
    if is_spread:
        return structuring if is_regular else spread
    return reproduced if places >= needed["reproduced"]["places"] else isolated


def _departements(territories: Sequence[Territory]) -> dict[int, int]:
    """The département of each, by keys; one that is a département is its own."""
    found = {one.pk: one.pk for one in territories if one.level == Territory.Level.DEPARTEMENT}
    rows: QuerySet = Containment.objects.filter(
        contained__in={one.pk for one in territories}, container__level=Territory.Level.DEPARTEMENT
    ).values_list("contained", "container")
    return found | dict(rows)


def _strata(rows: Sequence[Replication]) -> list[tuple[str, int]]:
    counted = Counter(str(stratum_of(place_of(row))) for row in rows)
    words = [*(str(words) for _most, words in STRATA), str(_LARGEST)]
    return [(one, counted[one]) for one in words if counted[one]]


def _alive(rows: Sequence[Replication], years: int, today: date) -> tuple[int, int]:
    old = [row for row in rows if row.began + years * _YEAR <= today]
    told = [row for row in old if row.stopped_on or (row.alive_on and row.alive_on >= row.began + years * _YEAR)]
    lived = [row for row in told if row.stopped_on is None or row.stopped_on >= row.began + years * _YEAR]
    return len(lived), len(told)


def _charts(spread: Spread) -> list[Chart]:
    charts = []
    if spread.strata:
        charts.append(
            lying(
                "strata",
                title=_("Des communes de toutes tailles ?"),
                sentence=_("Où la recette a pris, par nombre d’habitants."),
                counted=_("Taille du territoire"),
                unit=_("Reprises confirmées"),
                rows=spread.strata,
            )
        )
    if spread.confirmed:
        years = Counter(row.began.year for row in spread.confirmed)
        span = range(min(years), max(years) + 1)
        charts.append(
            standing(
                "years",
                title=_("D’année en année"),
                sentence=_("Reprises confirmées, par année où elles ont commencé."),
                counted=_("Année"),
                unit=_("Reprises confirmées"),
                rows=[(str(year), str(year), years[year]) for year in span],
            )
        )
    return charts


def origins_of(territories: Sequence[Territory]) -> set[UUID]:
    """The recipes that are confirmed in one of these territories."""
    rows = Replication.objects.filter(territory__in=territories).exclude(proof=Replication.Proof.NONE)
    return set(rows.values_list("origin", flat=True))
