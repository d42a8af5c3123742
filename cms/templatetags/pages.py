"""What templates of pages need."""

from typing import Any
from urllib.parse import urlencode

from django import template
from django.conf import settings
from django.template.loader import render_to_string
from django.utils.safestring import SafeString, mark_safe
from wagtail.models import Page

from cms.json_ld import json_ld
from cms.maps import anchor_of
from cms.models import StoryPage
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


@register.filter
def whole_url(page: Page) -> str:
    """The address of a page as other sites link to it."""
    return settings.BASE_URL + (page.url or "/")


@register.filter
def story_json_ld(story: StoryPage) -> SafeString:
    """The story as schema.org Article, for machines that read pages."""
    sides = [side for side in (story.authority, story.collective) if side]
    return json_ld(
        {
            "@type": "Article",
            "headline": story.title,
            "description": story.intro,
            "inLanguage": "fr",
            "url": whole_url(story),
            "datePublished": f"{(story.first_published_at or story.date):%Y-%m-%d}",
            "about": [{"@type": "Organization", "name": side.name} for side in sides],
            "contentLocation": {"@type": "Place", "name": str(story.territory)} if story.territory else None,
        }
    )
