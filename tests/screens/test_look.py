"""The design system keeps its word: contrast in both themes, one known family of icons, nothing inline."""

import re
from itertools import product
from pathlib import Path

import pytest

from matching.screens.templatetags.ui import unbroken

ROOT = Path(__file__).resolve().parents[2]
STATIC = ROOT / "pcc" / "static" / "pcc"
TOKENS = (STATIC / "css" / "tokens.css").read_text()
TEMPLATES = [
    *sorted((ROOT / "pcc" / "templates").rglob("*.html")),
    *sorted((ROOT / "matching" / "screens" / "templates").rglob("*.html")),
    *sorted((ROOT / "cms" / "templates").rglob("*.html")),
]

# Text on its grounds: 4.5 to 1 (WCAG AA). Every accent is used on paper, on a card and on its own tint.
ACCENTS = ["data", "place", "funding", "ok", "warn", "danger", "primary"]
TEXT = [
    *product(["ink", "soft", "primary", "primary-strong", "place", "ok", "danger"], ["paper", "card", "sunken"]),
    *((accent, f"{accent}-tint") for accent in ACCENTS),
    *product(["ink"], [f"{accent}-tint" for accent in ACCENTS]),
    *product(["soft"], ["data-tint", "place-tint", "funding-tint"]),
    ("on-primary", "primary"),
    ("on-primary", "primary-strong"),
]
# Borders of fields, rules of cards, icons: 3 to 1.
PARTS = [*product(["soft", "primary", "danger"], ["paper", "card"]), *product(ACCENTS[:3], ["paper", "card"])]


def theme(name: str) -> dict[str, str]:
    """The colours of a theme by token."""
    light, dark = TOKENS.split("prefers-color-scheme: dark")
    colours = dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6});", light))
    if name == "dark":
        colours |= dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6});", dark))
    return colours


def luminance(colour: str) -> float:
    channels = [int(colour[start : start + 2], 16) / 255 for start in (1, 3, 5)]
    red, green, blue = (value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4 for value in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def test_contrast_is_measured_right():
    assert round(contrast("#000000", "#ffffff")) == 21
    assert contrast("#1d2330", "#1d2330") == 1


@pytest.mark.parametrize("name", ["light", "dark"])
def test_text_can_be_read(name):
    colours = theme(name)
    faint = [
        (front, back, round(contrast(colours[front], colours[back]), 2))
        for front, back in TEXT
        if contrast(colours[front], colours[back]) < 4.5
    ]
    assert faint == []


@pytest.mark.parametrize("name", ["light", "dark"])
def test_borders_and_icons_can_be_seen(name):
    colours = theme(name)
    assert [pair for pair in PARTS if contrast(colours[pair[0]], colours[pair[1]]) < 3] == []


def test_both_themes_set_the_same_colours():
    light, dark = TOKENS.split("prefers-color-scheme: dark")
    names = re.compile(r"--([\w-]+): #")
    assert set(names.findall(light)) == set(names.findall(dark))


def test_every_icon_asked_for_is_drawn():
    drawn = set(re.findall(r'<symbol id="([\w-]+)"', (STATIC / "icons.svg").read_text()))
    asked = {name for template in TEMPLATES for name in re.findall(r'{% icon "([\w-]+)"', template.read_text())}
    asked |= set(re.findall(r'Fact\(\s*"([\w-]+)"', (ROOT / "matching" / "screens" / "facts.py").read_text()))
    assert asked - drawn == set()


# Where somebody goes of their own will; nothing is loaded from there. The law wants both in the declaration.
LINKS_OF_THE_LAW = re.compile(r'<a href="https://(?:formulaire|www)\.defenseurdesdroits\.fr/')


def test_templates_hold_no_inline_style_script_or_foreign_address():
    forbidden = re.compile(
        r"""\sstyle=|<style|<script(?![^>]*\ssrc=)|\son[a-z]+=["']|(?:src|href)=["'](?:https?:)?//"""
    )
    found = [
        (template.name, hit)
        for template in TEMPLATES
        for hit in forbidden.findall(LINKS_OF_THE_LAW.sub("", template.read_text()))
    ]
    assert found == []


def test_style_sheets_ask_nobody_else():
    for sheet in sorted((STATIC / "css").glob("*.css")):
        assert "url(" not in sheet.read_text()
        assert "@import" not in sheet.read_text()


@pytest.mark.parametrize(
    ("title", "held"),
    [
        ("Grange : 40 places", "Grange\u00a0: 40 places"),
        ("« Rues » à lire", "«\u00a0Rues\u00a0» à lire"),
        ("Inventaire de 54 000 arbres", "Inventaire de 54\u00a0000 arbres"),
        ("12 3456", "12 3456"),
        ("<b> ?", "&lt;b&gt;\u00a0?"),
    ],
)
def test_no_line_of_a_title_begins_with_a_sign_or_inside_a_number(title, held):
    assert unbroken(title) == held
