"""The pages of the demo that gather others, told in pcc/demo/pages.jsonl with names in place of database keys."""

import html
from collections.abc import Callable
from datetime import date, datetime, time
from typing import Any

from django.core.files.base import ContentFile
from django.utils.timezone import make_aware
from wagtail.documents.models import Document
from wagtail.models import Page

from cms import models
from cms.services import add_picture, write_page
from matching.catalogue.models import Theme
from matching.territories.models import Territory
from pcc.demo_pictures import PLACES

_TEN = time(10)
_SHEETS = {
    "fiche-accueil": ("Fiche d’accueil de l’atelier", "Prénom :\nCe que j’apporte :\nCe que nous avons fait :\n"),
}
_SCENES = {
    "room": "Dessin : une grande salle claire, des tables et des chaises empilées.",
    "kitchen": "Dessin : une cuisine, un plan de travail et un évier.",
    "hangar": "Dessin : un hangar haut, une porte ouverte sur la cour.",
}


def write_demo_page(row: dict[str, Any]) -> None:
    """Publish one of them, unless it is there already."""
    facts = {name: row[name] for name in ("slug", "title", "intro")}
    facts["body"] = [demo_block(block) for block in row["blocks"]]
    page = _KINDS[row["kind"]](facts, row)
    themes = list(Theme.objects.filter(slug__in=row.get("themes", [])))
    write_page(page=page, under=row["under"], themes=themes)


def demo_block(block: dict[str, Any]) -> dict[str, Any]:
    """A block of a demo file as pages store it: paragraphs are rich text, names of things become their keys."""
    if block["type"] == "paragraph":
        return {"type": "paragraph", "value": f"<p>{html.escape(block['text'], quote=False)}</p>"}
    if block["type"] == "heading":
        return block
    value = {name: _with_keys(name, part) for name, part in block.items() if name != "type"}
    return {"type": block["type"], "value": value}


def _with_keys(name: str, part: Any) -> Any:
    if isinstance(part, list):
        return [_with_keys(name, one) for one in part]
    if isinstance(part, dict):
        return {inner: _with_keys(inner, one) for inner, one in part.items()}
    return _KEYS[name](part) if name in _KEYS and part else part


def _territory(key: str) -> Territory | None:
    if not key:
        return None
    level, _dash, code = key.partition("-")
    return Territory.objects.at(level, code).get()


def _page(slug: str) -> int:
    return Page.objects.get(slug=slug).pk


def _document(name: str) -> int:
    title, text = _SHEETS[name]
    found = Document.objects.filter(title=title).first()
    return (found or Document.objects.create(title=title, file=ContentFile(text.encode(), name=f"{name}.txt"))).pk


def _picture(name: str) -> dict[str, Any]:
    scene = name.removeprefix("place:")
    text = _SCENES[scene]
    image = add_picture(title=f"Dessin {scene}", text=text, content=PLACES[scene]().png())
    return {"image": image.pk, "decorative": False, "alt_text": text}


def _news(facts: dict[str, Any], row: dict[str, Any]) -> models.NewsPage:
    starts = make_aware(datetime.combine(date.fromisoformat(row["starts"]), _TEN)) if "starts" in row else None
    return models.NewsPage(
        **facts,
        date=date.fromisoformat(row["date"]),
        territory=_territory(row["territory"]),
        starts=starts,
        place=row.get("place", ""),
    )


_KEYS: dict[str, Callable[[Any], Any]] = {
    "territory": lambda key: _territory(key).pk,  # type: ignore[union-attr]
    "recipe": _page,
    "document": _document,
    "image": _picture,
}
_Facts = dict[str, Any]
_KINDS: dict[str, Callable[[_Facts, _Facts], models.PublicPage]] = {
    "theme": lambda facts, row: models.ThemePage(**facts, theme=Theme.objects.get(slug=row["theme"])),
    "territory": lambda facts, row: models.TerritoryPage(**facts, territory=_territory(row["territory"])),
    "dossier": lambda facts, row: models.DossierPage(
        **facts, pages=[{"type": "page", "value": _page(slug)} for slug in row["pages"]]
    ),
    "news": _news,
    "method": lambda facts, _row: models.MethodPage(**facts),
    "essay": lambda facts, row: models.EssayPage(
        **facts,
        source=row["source"],
        bibliography=[{"type": "reference", "value": one} for one in row["bibliography"]],
    ),
}
