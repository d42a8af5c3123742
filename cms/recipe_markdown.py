"""A recipe as Markdown with a YAML head: how it is written, and how it is read. Words are French: people type them.

The head says what is short (who, where, licence, ingredients); the body holds one section per long part. What lacks
or cannot be read is told as faults, each with what would mend it; nothing is guessed.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import yaml
from django.utils.text import slugify
from django.utils.translation import gettext as _
from markdown_it import MarkdownIt

from matching.catalogue.texts import tidy

if TYPE_CHECKING:
    from cms.models import RecipePage

_WORDS = json.loads(Path(__file__).with_name("recipe_words.json").read_text(encoding="utf-8"))
#: Sections of the body: the field, its heading as written, and other headings that are read the same.
SECTIONS: dict[str, list[str]] = _WORDS["sections"]
_REQUIRED = ("need_answered", "produces", "steps", "knacks", "difficulties", "core", "adaptable", "context_text")
KINDS: dict[str, str] = _WORDS["kinds"]
RIGHTS: dict[str, str] = _WORDS["rights"]
LICENCES = ("CC-BY-SA-4.0", "CC-BY-4.0", "etalab-2.0", "LAL-1.3", "CC0-1.0")
_UNFREE = re.compile(r"(?i)\b(?:NC|ND)\b")
_ABOUT_STEP = re.compile(r"(?i)^(qui|durée|coût)\s*:\s*(.+)$")
_STEP_PARTS = {"qui": "who", "durée": "duration", "coût": "cost"}
_LONGEST = 200_000
_MARKDOWN = MarkdownIt("commonmark")


class Fault(NamedTuple):
    """What is wrong in a file: where, what, and what would mend it."""

    where: str
    sentence: str
    mend: str


class Unreadable(Exception):
    """The file is no recipe: all that is wrong with it."""

    def __init__(self, faults: Iterable[Fault]) -> None:
        self.faults = list(faults)
        super().__init__("; ".join(fault.sentence for fault in self.faults))


@dataclass(frozen=True, kw_only=True)
class RecipeFacts:
    """Everything that a file says of a recipe. Amounts in cents."""

    slug: str
    title: str
    intro: str
    sections: Mapping[str, str]
    steps: list[dict[str, str]]
    ingredients: list[dict[str, Any]]
    tools: list[dict[str, str]] = field(default_factory=list)
    authors: str
    licence: str
    version: str = "1"
    journal: list[dict[str, Any]] = field(default_factory=list)
    cost_min: int | None = None
    cost_max: int | None = None
    territory: str = ""
    """Level and code, "commune-29019"."""
    themes: list[str] = field(default_factory=list)
    parent: str = ""
    """The slug of the recipe that it was made from."""
    support: str = ""
    image: str = ""
    image_text: str = ""


def read(text: str, *, name: str) -> RecipeFacts:
    """The recipe in this file, whose name without its ending is its slug. Raises Unreadable."""
    if len(text) > _LONGEST:
        raise Unreadable([Fault(name, _("Le fichier est trop long."), _("Une recette tient en quelques pages."))])
    head, body = _parted(text, name)
    reader = _Reader(head)
    sections, steps = _sections(body)
    for key in _REQUIRED:
        if key == "steps" and not steps:
            reader.miss(SECTIONS[key][0], _("Numérotez les étapes : 1. 2. 3."))
        elif key != "steps" and not sections.get(key):
            reader.miss(SECTIONS[key][0], _("Ajoutez une section « ## %(name)s ».") % {"name": SECTIONS[key][0]})
    if head.get("parent") and not sections.get("changed"):
        reader.miss(SECTIONS["changed"][0], _("Une variante dit ce qu’elle change."))
    facts = {
        "slug": slugify(str(head.get("slug") or name))[:80],
        "title": reader.text("titre", required=True, most=160),
        "intro": reader.text("chapo", required=True, most=240),
        "authors": reader.text("auteurs", required=True, most=300),
        "licence": reader.licence(),
        "version": reader.text("version", most=12) or "1",
        "territory": reader.text("territoire", most=40),
        "parent": slugify(reader.text("parent", most=80)),
        "support": reader.text("accompagnement", most=1000),
        "image": reader.text("image", most=120),
        "image_text": reader.text("image_texte", most=240),
        "themes": reader.texts("themes"),
        "ingredients": reader.ingredients(),
        "tools": reader.tools(),
        "journal": reader.journal(),
        **reader.costs(),
    }
    if facts["image"] and not facts["image_text"]:
        reader.miss("image_texte", _("Décrivez l’image pour qui ne la voit pas."))
    if reader.faults:
        raise Unreadable(reader.faults)
    return RecipeFacts(sections=sections, steps=steps, **facts)


def written(recipe: RecipePage) -> str:
    """The recipe as read() takes it."""
    kinds, rights = ({value: word for word, value in table.items()} for table in (KINDS, RIGHTS))
    head: dict[str, Any] = {
        "titre": recipe.title,
        "chapo": recipe.intro,
        "auteurs": recipe.authors,
        "licence": recipe.licence,
        "version": recipe.version,
        "territoire": f"{recipe.territory.level}-{recipe.territory.code}" if recipe.territory else None,
        "themes": sorted(theme.slug for theme in recipe.themes.all()),
        "cout": _without_nothing({"min": _euros(recipe.cost_min), "max": _euros(recipe.cost_max)}),
        "parent": recipe.parent.slug if recipe.parent else None,
        "accompagnement": recipe.support,
        "ingredients": [
            _without_nothing(
                {
                    "sorte": kinds[block.value["kind"]],
                    "quoi": block.value["text"],
                    "combien": block.value["quantity"],
                    "personnes": block.value["people"],
                    "droits": [rights[right] for right in block.value["rights"]],
                    "facultatif": block.value["optional"],
                }
            )
            for block in recipe.ingredients
        ],
        "ustensiles": [
            _without_nothing({"nom": block.value["name"], "adresse": block.value["url"]}) for block in recipe.tools
        ],
        "journal": [
            _without_nothing(
                {"date": block.value["date"], "texte": block.value["text"], "merci": block.value["credit"]}
            )
            for block in recipe.journal
        ],
    }
    top = yaml.safe_dump(_without_nothing(head), allow_unicode=True, sort_keys=False, width=100)
    parts = [f"---\n{top}---\n"]
    for key, (heading, *_others) in SECTIONS.items():
        text = _steps_written(recipe) if key == "steps" else getattr(recipe, key)
        if text:
            parts.append(f"## {heading}\n\n{text}\n")
    return "\n".join(parts)


def _steps_written(recipe: RecipePage) -> str:
    words = {value: word.capitalize() for word, value in _STEP_PARTS.items()}
    lines = []
    for number, block in enumerate(recipe.steps, 1):
        about = [f"{words[key]} : {block.value[key]}" for key in _STEP_PARTS.values() if block.value[key]]
        text = block.value["text"].replace("\n", "\n   ")
        lines.append(f"{number}. {text}" + "".join(f"\n   - {part}" for part in about))
    return "\n".join(lines)


def _parted(text: str, name: str) -> tuple[dict[str, Any], str]:
    """The head as a mapping, and the body. Raises Unreadable."""
    text = tidy(text.removeprefix("\ufeff"))
    found = re.match(r"---[ \t]*\n(.*?)\n---[ \t]*(?:\n|$)(.*)", text, re.DOTALL)
    if not found:
        raise Unreadable(
            [Fault(name, _("L’en-tête manque."), _("Commencez par une ligne « --- », puis « titre: … »."))]
        )
    try:
        head = yaml.safe_load(found[1])
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        mark = getattr(error, "problem_mark", None)
        line = mark.line + 2 if mark else 1
        mend = _("Regardez la ligne %(line)s : deux points, retrait ou guillemet.") % {"line": line}
        raise Unreadable([Fault(name, _("L’en-tête ne se lit pas."), mend)]) from None
    if not isinstance(head, dict):
        raise Unreadable([Fault(name, _("L’en-tête est vide."), _("Écrivez au moins « titre: … »."))])
    return {str(key).strip().lower(): value for key, value in head.items()}, found[2]


def _sections(body: str) -> tuple[dict[str, str], list[dict[str, str]]]:
    """The text below each known heading, and the steps of the numbered list."""
    known = {_normal(word): key for key, words in SECTIONS.items() for word in words}
    lines, tokens = body.split("\n"), _MARKDOWN.parse(body)
    marks: list[tuple[int, int, str]] = []
    for place, token in enumerate(tokens):
        if token.type == "heading_open" and token.map:
            marks.append((token.map[0], token.map[1], known.get(_normal(tokens[place + 1].content), "")))
    found: dict[str, str] = {}
    for (_start, begin, key), (end, *_rest) in pairwise([*marks, (len(lines), 0, "")]):
        if key:
            found[key] = tidy("\n".join(lines[begin:end]))
    return found, _steps(found.pop("steps", ""))


def _steps(text: str) -> list[dict[str, str]]:
    """Each item of the numbered list, with what its last lines say of who, how long and how much."""
    found = []
    lines = text.split("\n")
    for token in _MARKDOWN.parse(text):
        # Items of the outer list: those inside say who, how long and how much.
        if token.type == "list_item_open" and token.level == 1 and token.map:
            item = [re.sub(r"^\s*(?:\d+[.)]|[-*])\s+", "", line).strip() for line in lines[slice(*token.map)]]
            step = {"text": "", "who": "", "duration": "", "cost": ""}
            said = []
            for line in item:
                about = _ABOUT_STEP.match(line)
                if about:
                    step[_STEP_PARTS[about[1].lower()]] = about[2].strip()[:60]
                elif line:
                    said.append(line)
            found.append({**step, "text": "\n".join(said)[:1000]})
    return [step for step in found if step["text"]]


def _normal(heading: str) -> str:
    return slugify(heading.replace("’", "'"))


class _Reader:
    """Reads values of the head and keeps what is wrong with them."""

    def __init__(self, head: Mapping[str, Any]) -> None:
        self.head = head
        self.faults: list[Fault] = []

    def miss(self, where: str, mend: str) -> None:
        self.faults.append(Fault(where, _("« %(name)s » manque.") % {"name": where}, mend))

    def wrong(self, where: str, sentence: str, mend: str) -> None:
        self.faults.append(Fault(where, sentence, mend))

    def text(self, key: str, *, required: bool = False, most: int) -> str:
        value = self.head.get(key)
        if isinstance(value, (dict, list)):
            self.wrong(key, _("« %(name)s » n’est pas un texte.") % {"name": key}, _("Mettez-le entre guillemets."))
            return ""
        text = tidy("" if value is None else str(value))
        if not text and required:
            self.miss(key, _("Ajoutez « %(name)s: … » dans l’en-tête.") % {"name": key})
        if len(text) > most:
            self.wrong(
                key,
                _("« %(name)s » est trop long.") % {"name": key},
                _("%(most)s signes au plus.") % {"most": most},
            )
            return ""
        return text

    def texts(self, key: str) -> list[str]:
        value = self.head.get(key) or []
        if not isinstance(value, list):
            value = [value]
        return [tidy(str(one)) for one in value if isinstance(one, (str, int))][:20]

    def licence(self) -> str:
        said = self.text("licence", required=True, most=60)
        found = next((one for one in LICENCES if one.lower() == said.lower().replace(" ", "-")), "")
        if said and not found:
            if _UNFREE.search(said.replace("-", " ")):
                self.wrong(
                    "licence",
                    _("« %(said)s » n’est pas libre : elle interdit de vendre (NC) ou d’adapter (ND).")
                    % {"said": said},
                    _("Une recette libre s’adapte. Choisissez par exemple CC-BY-SA-4.0."),
                )
            else:
                self.wrong(
                    "licence",
                    _("« %(said)s » n’est pas une licence que nous connaissons.") % {"said": said},
                    _("Écrivez l’une de celles-ci : %(known)s.") % {"known": ", ".join(LICENCES)},
                )
        return found

    def costs(self) -> dict[str, int | None]:
        value = self.head.get("cout") or self.head.get("coût") or {}
        if not isinstance(value, dict):
            value = {"max": value}
        found: dict[str, int | None] = {}
        for key in ("min", "max"):
            amount = value.get(key)
            is_number = isinstance(amount, (int, float)) and not isinstance(amount, bool)
            if amount is not None and not (is_number and 0 <= amount < 1e9):
                self.wrong("cout", _("Le coût n’est pas un nombre d’euros."), _("Écrivez par exemple « min: 200 »."))
                amount = None
            found[f"cost_{key}"] = None if amount is None else round(amount * 100)
        low, high = found["cost_min"], found["cost_max"]
        if low is not None and high is not None and low > high:
            self.wrong("cout", _("Le coût le plus bas dépasse le plus haut."), _("Échangez « min » et « max »."))
        return found

    def ingredients(self) -> list[dict[str, Any]]:
        found = self._blocks("ingredients", self._ingredient)
        if not found and not any(fault.where.startswith("ingredients") for fault in self.faults):
            self.miss("ingredients", _("Listez-les : « - sorte: lieu » puis « quoi: une salle »."))
        return found

    def _ingredient(self, where: str, value: Mapping[str, Any]) -> dict[str, Any] | None:
        kind = KINDS.get(str(value.get("sorte", "")).strip().lower().replace("donnees", "données"))
        text = tidy(str(value.get("quoi") or ""))
        if kind is None:
            self.wrong(where, _("La sorte d’ingrédient n’est pas connue."), _("L’une de : ") + ", ".join(KINDS) + ".")
        if not text:
            self.wrong(where, _("On ne sait pas quoi."), _("Ajoutez « quoi: … »."))
        people = value.get("personnes")
        if people is not None and not (isinstance(people, int) and 0 < people <= 100_000):
            self.wrong(where, _("« personnes » n’est pas un nombre."), _("Écrivez par exemple « personnes: 30 »."))
        rights = value.get("droits") or []
        rights = rights if isinstance(rights, list) else [rights]
        known = [RIGHTS.get(str(right).strip().lower().replace("acces", "accès")) for right in rights]
        if None in known:
            self.wrong(where, _("Un droit n’est pas connu."), _("L’un de : ") + ", ".join(RIGHTS) + ".")
        return {
            "kind": kind,
            "text": text[:300],
            "quantity": tidy(str(value.get("combien") or ""))[:80],
            "people": people,
            "rights": [right for right in known if right],
            "optional": value.get("facultatif") is True,
        }

    def tools(self) -> list[dict[str, str]]:
        return self._blocks("ustensiles", self._tool)

    def _tool(self, where: str, value: Mapping[str, Any]) -> dict[str, str] | None:
        url = str(value.get("adresse") or "").strip()
        if url and not re.match(r"https?://[^\s<>\"]+$", url):
            self.wrong(where, _("L’adresse n’est pas celle d’un site."), _("Elle commence par https://."))
            url = ""
        return {"name": tidy(str(value.get("nom") or ""))[:160], "url": url[:200]}

    def journal(self) -> list[dict[str, Any]]:
        return self._blocks("journal", self._entry)

    def _entry(self, where: str, value: Mapping[str, Any]) -> dict[str, Any] | None:
        when = value.get("date")
        if not isinstance(when, date):
            self.wrong(where, _("La date n’est pas lisible."), _("Écrivez-la ainsi : 2026-11-05."))
            return None
        text, credit = (tidy(str(value.get(key) or "")) for key in ("texte", "merci"))
        return {"date": when.isoformat()[:10], "text": text[:300], "credit": credit[:160]}

    def _blocks(self, key: str, read_one: Callable[[str, Mapping[str, Any]], dict[str, Any] | None]) -> list[Any]:
        value = self.head.get(key) or []
        if not isinstance(value, list) or not all(isinstance(one, dict) for one in value):
            self.wrong(key, _("« %(name)s » n’est pas une liste.") % {"name": key}, _("Une ligne « - … » par élément."))
            return []
        rows = [read_one(f"{key} {number}", one) for number, one in enumerate(value[:60], 1)]
        return [row for row in rows if row]


def _euros(cents: int | None) -> float | int | None:
    return None if cents is None else (cents // 100 if cents % 100 == 0 else cents / 100)


def _without_nothing(values: dict[str, Any]) -> dict[str, Any]:
    """Zero is something to say; what is empty is not."""
    return {key: value for key, value in values.items() if value or (value == 0 and value is not False)}
