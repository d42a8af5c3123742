"""What templates of recipes need."""

from django import template
from django.conf import settings
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from cms.json_ld import json_ld
from cms.models import RecipePage
from matching.catalogue.models import Right
from matching.screens.numbers import euros

register = template.Library()

_ICONS = {"people": "people", "time": "clock", "material": "tag"}
_LICENCE_URLS = {
    "CC-BY-SA-4.0": "https://creativecommons.org/licenses/by-sa/4.0/",
    "CC-BY-4.0": "https://creativecommons.org/licenses/by/4.0/",
    "CC0-1.0": "https://creativecommons.org/publicdomain/zero/1.0/",
    "etalab-2.0": "https://spdx.org/licenses/etalab-2.0.html",
    "LAL-1.3": "https://artlibre.org/licence/lal/",
}


@register.filter
def ingredient_icon(kind: str) -> str:
    """The icon of a sort of ingredient."""
    return _ICONS.get(kind, kind)


@register.filter
def right_name(right: str) -> str:
    """A use right as people read it."""
    return str(Right(right).label).lower()


@register.filter
def recipe_cost(recipe: RecipePage) -> str:
    """ "de 200 € à 1 500 €", or what is known of it."""
    low, high = recipe.cost_min, recipe.cost_max
    if low is not None and high is not None:
        if low == high:
            return euros(low)
        return _("de %(low)s à %(high)s") % {"low": euros(low), "high": euros(high)}
    if high is not None:
        return _("%(high)s au plus") % {"high": euros(high)}
    return _("à partir de %(low)s") % {"low": euros(low or 0)}


@register.filter
def recipe_json_ld(recipe: RecipePage) -> SafeString:
    """The recipe as schema.org HowTo, for machines that read pages."""
    supplies = [block.value["text"] for block in recipe.ingredients]
    facts = {
        "@type": "HowTo",
        "name": recipe.title,
        "description": recipe.intro,
        "inLanguage": "fr",
        "url": settings.BASE_URL + (recipe.url or "/"),
        "license": _LICENCE_URLS[recipe.licence],
        "author": {"@type": "Organization", "name": recipe.authors},
        "supply": [{"@type": "HowToSupply", "name": text} for text in supplies],
        "tool": [{"@type": "HowToTool", "name": block.value["name"]} for block in recipe.tools],
        "step": [
            {"@type": "HowToStep", "position": number, "text": block.value["text"]}
            for number, block in enumerate(recipe.steps, 1)
        ],
    }
    if recipe.parent_title:
        facts["isBasedOn"] = {"@type": "HowTo", "name": recipe.parent_title}
    if recipe.cost_max is not None:
        cost = {"@type": "MonetaryAmount", "currency": "EUR", "maxValue": recipe.cost_max / 100}
        facts["estimatedCost"] = cost if recipe.cost_min is None else {**cost, "minValue": recipe.cost_min / 100}
    return json_ld(facts)
