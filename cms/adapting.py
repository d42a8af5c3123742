"""« Adapter à mon territoire »: which ingredients of a recipe exist there, which are missing, who does it nearby."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _

from cms.lineage import branch_of, root_of
from cms.models.replications import Replication
from cms.spreading import place_of, stratum_of
from matching.catalogue.models import Kind, Offer
from matching.screens.carried import CarriedNeed, carry_need
from matching.screens.limits import SEARCHES, TOO_MANY_REQUESTS, is_over
from matching.screens.territory_field import TerritoryField, key_of
from matching.suggestions.services import match_text
from matching.territories.models import Territory

if TYPE_CHECKING:
    from cms.models import RecipePage

_OFFERS_SHOWN = 3
_OTHERS_SHOWN = 10


class AdaptForm(forms.Form):
    """Where."""

    territory = TerritoryField(
        label=_("Votre territoire"),
        help_text=_("Une commune, une intercommunalité, un département. Par exemple Brest ou 29200."),
        error_messages={"required": _("Dites où : c’est là que nous cherchons les ingrédients.")},
    )


@dataclass(frozen=True)
class Sought:
    """One ingredient that authorities may share, and the offers that fit it there."""

    kind: str
    text: str
    quantity: str
    optional: bool
    offers: Sequence[Offer]


def adapt_page(request: HttpRequest, recipe: RecipePage) -> HttpResponse:
    """Anybody: asks where, and shows at once. A POST carries it to the form of a need, by way of an account."""
    asked = request.POST or request.GET
    form = AdaptForm(asked) if "territory" in asked else AdaptForm()
    context: dict[str, Any] = {"page": recipe, "form": form}
    if not form.is_bound or not form.is_valid():
        return render(request, "cms/adapt_page.html", context)
    territory = form.cleaned_data["territory"]
    if request.method == "POST":
        carry_need(request, _need_of(recipe, territory))
        return redirect("publish_need")
    if is_over(request, SEARCHES):
        return render(
            request, "cms/adapt_page.html", {**context, "too_many": SEARCHES.sentence}, status=TOO_MANY_REQUESTS
        )
    found = [_sought(block.value, territory) for block in recipe.ingredients if block.value["kind"] in Kind.values]
    others = _others(recipe, territory)
    return render(
        request,
        "cms/adapt_page.html",
        {
            **context,
            "territory": territory,
            "territory_key": key_of(territory),
            "there": [one for one in found if one.offers],
            "missing": [one for one in found if not one.offers],
            "own": [block.value for block in recipe.ingredients if block.value["kind"] not in Kind.values],
            **others,
        },
    )


def _sought(ingredient: Any, territory: Territory) -> Sought:
    found = match_text(
        text=ingredient["text"], territory=territory, kinds=[ingredient["kind"]], capacity=ingredient["people"]
    )
    return Sought(
        kind=ingredient["kind"],
        text=ingredient["text"],
        quantity=ingredient["quantity"],
        optional=ingredient["optional"],
        offers=[offer for offer, _match in found.matches[:_OFFERS_SHOWN]],
    )


def _others(recipe: RecipePage, territory: Territory) -> dict[str, Any]:
    """Who does it on common ground, and in places of the same size; each place named once, the nearest reason first."""
    branch = branch_of(root_of(recipe))
    rows = list(
        Replication.objects.filter(origin__in=branch.origins, stopped_on__isnull=True).select_related(
            "territory__replaced_by", "organisation"
        )
    )
    containers = territory.containers.exclude(level__in=[Territory.Level.COUNTRY, Territory.Level.REGION])
    near = set(Territory.objects.filter(containers__in=containers).values_list("pk", flat=True)) | {territory.pk}
    size = stratum_of(territory)
    nearby = [row for row in rows if place_of(row).pk in near]
    alike = [row for row in rows if row not in nearby and size and stratum_of(place_of(row)) == size]
    return {"nearby": nearby[:_OTHERS_SHOWN], "alike": alike[:_OTHERS_SHOWN], "size": size}


def _need_of(recipe: RecipePage, territory: Territory) -> CarriedNeed:
    """A need begun with what the recipe asks of authorities; its author makes it their own."""
    sought = [block.value for block in recipe.ingredients if block.value["kind"] in Kind.values]
    wanted = [one for one in sought if not one["optional"]] or sought
    lines = [
        recipe.title + ".",
        *(f"- {one['text']}" + (f" ({one['quantity']})" if one["quantity"] else "") for one in wanted),
    ]
    return CarriedNeed(
        text="\n".join(lines),
        territory=key_of(territory),
        people=max((one["people"] or 0 for one in wanted), default=0),
        kinds=sorted({one["kind"] for one in wanted}),
        origin=str(recipe.translation_key),
    )
