"""The controlled vocabulary of themes, from its file to its rows."""

import json
from functools import cache
from pathlib import Path

from django.db import transaction

from matching.catalogue.editions import new_edition
from matching.catalogue.models import Theme

THEMES = Path(__file__).with_name("themes.json")


@cache
def theme_names(language: str) -> dict[str, str]:
    """The name of each theme of the file by its slug, in English for "en" and in French for any other language."""
    written = json.loads(THEMES.read_text(encoding="utf-8"))
    named = "en" if language == "en" else "fr"
    return {theme["slug"]: theme[named] for parent in written for theme in (parent, *parent["children"])}


@transaction.atomic
def load_themes() -> int:
    """Write every theme of the file, parents before children. Safe to repeat; returns how many there are.

    A theme that left the file keeps its row, for listings may still carry it.
    """
    written = json.loads(THEMES.read_text(encoding="utf-8"))
    parents = [(theme, None, position) for position, theme in enumerate(written)]
    _write(parents)
    rows = Theme.objects.in_bulk([theme["slug"] for theme in written], field_name="slug")
    children = [
        (child, rows[theme["slug"]], position) for theme in written for position, child in enumerate(theme["children"])
    ]
    _write(children)
    new_edition()
    return len(parents) + len(children)


def _write(themes: list[tuple[dict, Theme | None, int]]) -> None:
    Theme.objects.bulk_create(
        (
            Theme(
                slug=theme["slug"],
                parent=parent,
                name_fr=theme["fr"],
                name_en=theme["en"],
                position=position,
            )
            for theme, parent, position in themes
        ),
        update_conflicts=True,
        unique_fields=["slug"],
        update_fields=["parent", "name_fr", "name_en", "position"],
    )
