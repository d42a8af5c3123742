"""What templates of pages need."""

from typing import Any
from urllib.parse import urlencode

from django import template
from django.template.loader import render_to_string
from django.utils.safestring import SafeString, mark_safe

from cms.maps import anchor_of
from matching.screens.territory_field import key_of
from matching.territories.models import Territory

register = template.Library()

register.filter("place_anchor", anchor_of)


@register.filter
def where_query(territory: Territory) -> str:
    """What a list of ours is asked to stay on this ground."""
    return urlencode({"territory": str(territory), "territory_place": key_of(territory)})


@register.simple_tag
def sample_block(name: str, value: dict[str, Any]) -> SafeString:
    """A block drawn by its own template, for the page of components."""
    return mark_safe(render_to_string(f"cms/blocks/{name}.html", value))  # noqa: S308 (our template)
