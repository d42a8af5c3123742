"""Texts as they arrive, and as they are read."""

from time import perf_counter

import pytest

from matching.engine.cleaning import clean


@pytest.mark.parametrize(
    ("raw", "cleaned"),
    [
        ("<p>Un <b>jar</b>din</p><p>partag&eacute;</p>", "Un jardin partagé"),
        ("salle&nbsp;: 3&lt;br/&gt;ateliers", "salle : 3 ateliers"),
        ("&amp;lt;p&amp;gt;double", "double"),
        ("<script>alert('jardin')</script>compost<!-- vélo --> <style>p{}</style>", "compost"),
        ("jar\u00addin \u200bvé\u200dlo\ufeff", "jardin vélo"),
        ("a\x00b \ud800c\r\nd\te", "ab c d e"),
        ("e\u0301cole", "école"),
        ("3 < 5 et 7 > 2", "3 < 5 et 7 > 2"),
        ("", ""),
    ],
)
def test_what_is_no_word_of_the_author_falls_away(raw: str, cleaned: str) -> None:
    assert clean(raw) == cleaned


@pytest.mark.parametrize(
    "piece",
    ["<", "<!--", "<script>", "<a ", "&#" + "9" * 20, "&", "&lt;", "a\u0301", "\u0301", "<b>", "\ud800", "\x00"],
)
def test_hostile_texts_of_100_000_characters_are_read_in_a_moment(piece: str) -> None:
    text = piece * (100_000 // len(piece))
    started = perf_counter()
    clean(text).encode()
    assert perf_counter() - started < 2
