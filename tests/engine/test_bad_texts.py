"""Texts that nobody would write: each is read to its end, and what comes of it is known."""

import random
from pathlib import Path
from typing import Any

import pytest

from tests.engine.command import Ran, run_lines

WORDS = [f"{chr(97 + at % 26)}{chr(97 + at // 26 % 26)}mot{at}" for at in range(100_000)]
GARDEN = {"id": "garden", "title": "Jardin partagé", "text": "Un terrain pour les voisins avec un compost et de l'eau"}
ARABIC = "حديقة مشتركة للجيران مع أدوات وسماد"

# Whether the text meets the garden: those that hold one of its words do, those that hold no word cannot.
TEXTS: dict[str, tuple[str, bool]] = {
    "no word": ("", False),
    "spaces and signs": (" \n\t… — !? «» 🙂", False),
    "one word": ("jardin", True),
    "100,000 times one word": ("jardin " * 100_000, True),
    "100,000 different words": (" ".join([*WORDS, "jardin"]), True),
    "only stop words": ("le la les de du des et ou avec sans pour dans qui que " * 200, False),
    "english": ("A shared garden for neighbours with tools", False),
    "arabic": (ARABIC, False),
    "breton": ("Ul liorzh boutin evit an amezeien gant ostilhoù", False),
    "occitan": ("Un òrt per cultivar amassa", False),
    "only digits": ("123 456 789 2026 75011", False),
    "only emoji": ("🌱🌻🥕🎉👩‍🌾🏳️‍🌈" * 50, False),
    "one endless word": ("a" * 1_000_000, False),
    "accents without letters": ("\u0301" * 300_000, False),
    "tags that never end": ("<" * 300_000, False),
    "references that never end": ("&#" * 300_000, False),
    "only apostrophes": ("l'" * 100_000, False),
}


def ranked(folder: Path, needs: list[dict[str, Any]], offers: list[dict[str, Any]], *options: str) -> Ran:
    """Run `rank`, which must do its work and say nothing."""
    ran = run_lines(folder, needs, offers, *options)
    assert (ran.code, ran.stderr) == (0, "")
    return ran


@pytest.mark.parametrize("name", TEXTS)
def test_each_text_is_read_on_both_sides(tmp_path: Path, name: str) -> None:
    text, meets = TEXTS[name]
    odd = {"id": "odd", "text": text}
    (asked, whole) = ranked(tmp_path, [odd, GARDEN], [GARDEN, odd], "--near-misses", "2").lines
    assert whole["matches"][0]["offer"] == "garden"
    assert ("odd" in [match["offer"] for match in whole["matches"]]) is meets
    assert ("garden" in [match["offer"] for match in asked["matches"]]) is meets
    for line in (asked, whole):
        assert line["near"] == []
        assert all(match["reasons"] and all(match["reasons"]) for match in line["matches"])


@pytest.mark.parametrize(
    "text", [ARABIC, "A shared garden for neighbours", "Ul liorzh boutin evit an amezeien", "2026"]
)
def test_other_languages_meet_themselves(tmp_path: Path, text: str) -> None:
    (line,) = ranked(tmp_path, [{"id": "n", "text": text}], [{"id": "o", "text": text}, GARDEN]).lines
    assert [match["offer"] for match in line["matches"]] == ["o"]


def test_words_without_number_say_less_than_the_word_alone(tmp_path: Path) -> None:
    long = {"id": "long", "text": TEXTS["100,000 different words"][0]}
    (line,) = ranked(tmp_path, [{"id": "n", "text": "jardin"}], [long, {"id": "short", "text": "jardin"}]).lines
    assert [match["offer"] for match in line["matches"]] == ["short", "long"]
    assert line["matches"][0]["score"] > 2 * line["matches"][1]["score"]


def test_themes_without_number_count_as_the_first_of_them(tmp_path: Path) -> None:
    every = [f"t{at}/s{at}" for at in range(10_000)]
    random.Random(3).shuffle(every)
    needs = [{"id": "first", "themes": every[:1]}, {"id": "last", "themes": every[-1:]}, {"id": "all", "themes": every}]
    offers = [{"id": "all", "title": "Tout", "themes": every}, {"id": "one", "title": "Un", "themes": every[:1]}]
    first, last, both = ranked(tmp_path, needs, offers).lines
    assert {match["offer"] for match in first["matches"]} == {"all", "one"}
    assert last["matches"] == []
    assert {match["offer"] for match in both["matches"]} == {"all", "one"}


def test_many_odd_listings_together(tmp_path: Path) -> None:
    odd = [{"id": f"{at}", "title": name, "text": text[:20_000]} for at, (name, (text, _)) in enumerate(TEXTS.items())]
    ran = ranked(tmp_path, odd, odd, "--top", "50")
    assert len(ran.lines) == len(odd)
    for line in ran.lines:
        assert line["matches"][0]["offer"] == line["need"]
