"""What a list may ask of a listing, each as one condition: they are combined, counted and left out at will.

A condition never joins: it says nothing twice about one row. What a listing does not say never meets it.
"""

import json
from collections.abc import Sequence
from datetime import date
from typing import Any

from django.db import models
from django.db.models import Q, TextField
from django.db.models.functions import Cast
from django.db.models.lookups import Contains

from matching.catalogue.models import Need, Offer, Resource, Theme
from matching.territories.models import Territory

_SQLITE_LIST = "(SELECT value FROM json_each({}))"


@models.BigAutoField.register_lookup
class Among(models.Lookup):
    """`pk__among=[…]`: in a list of any length, sent as one parameter."""

    lookup_name = "among"
    prepare_rhs = False

    def get_db_prep_lookup(self, value: Any, connection: Any) -> tuple[str, list[Any]]:
        keys = [int(key) for key in value]
        return "%s", [keys if connection.vendor == "postgresql" else json.dumps(keys)]

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, list[Any]]:
        lhs, lhs_params = self.process_lhs(compiler, connection)
        rhs, rhs_params = self.process_rhs(compiler, connection)
        wanted = f"= ANY({rhs}::bigint[])" if connection.vendor == "postgresql" else f"IN {_SQLITE_LIST}".format(rhs)
        return f"{lhs} {wanted}", [*lhs_params, *rhs_params]


def of_kind(model: type[Offer] | type[Need], kind: str) -> Q:
    """It shares, or looks for, something of this kind."""
    return _holds(kind=kind) if model is Offer else Q(**{f"wants_{kind}": True})


def about(model: type[Offer] | type[Need], theme: Theme) -> Q:
    """Of this theme or of one of its children."""
    name = str(model._meta.model_name)
    ids = Theme.objects.filter(Q(pk=theme.pk) | Q(parent=theme)).values("pk")
    return Q(pk__in=model.themes.through._default_manager.filter(theme__in=ids).values(name))


def around(territory: Territory) -> Q:
    """In this territory, in one of those it contains, or in one that contains it."""
    inside = Territory.objects.within(territory).values("pk")
    holding = Territory.objects.containing(territory).values("pk")
    return Q(territory__in=inside) | Q(territory__in=holding)


def in_one_of(places: Sequence[tuple[str, str]]) -> Q:
    """In one of these territories, by level and code."""
    by_level: dict[str, list[str]] = {}
    for level, code in places:
        by_level.setdefault(level, []).append(code)
    meant = Q(pk__in=[])
    for level, codes in by_level.items():
        meant |= Q(level=level, code__in=codes)
    return Q(territory__in=Territory.objects.filter(meant).values("pk"))


def ending_by(model: type[Offer] | type[Need], day: date | None) -> Q:
    """Its deadline is that day or before; None: it has none."""
    deadline = "closes" if model is Offer else "ends"
    return Q(**{f"{deadline}__isnull": True}) if day is None else Q(**{f"{deadline}__lte": day})


def for_form(model: type[Offer] | type[Need], form: str) -> Q:
    """An offer that this legal form may ask for; a need of a collective of this form."""
    if model is Need:
        return Q(organisation__legal_form=form)
    # As text: SQLite does not look into lists.
    return Q(legal_forms=[]) | Q(Contains(Cast("legal_forms", TextField()), f'"{form}"'))


def for_people(model: type[Offer] | type[Need], count: int) -> Q:
    """A place that holds so many; a need that fits into such a place."""
    return _holds(capacity__gte=count) if model is Offer else Q(capacity__lte=count)


def for_amount(model: type[Offer] | type[Need], cents: int) -> Q:
    """A funding that may reach this amount; a need that asks no more."""
    if model is Need:
        return Q(amount_min__lte=cents) | Q(amount_min__isnull=True, amount_max__lte=cents)
    within = Q(amount_max__gte=cents) & (Q(amount_min__lte=cents) | Q(amount_min__isnull=True))
    return _holds(within)


def accessible() -> Q:
    """An offer of a place that a wheelchair enters."""
    return _holds(accessible=True)


def _holds(*conditions: Q, **facts: Any) -> Q:
    """An offer one of whose resources is so: all such resources once, rather than those of each offer in turn."""
    return Q(pk__in=Resource.objects.filter(*conditions, **facts).order_by().values("offer"))
