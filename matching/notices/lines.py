"""One line of a mail, and what may stand in it."""

import unicodedata
from dataclasses import dataclass

from django.conf import settings
from django.urls import reverse

from matching.suggestions.models import Suggestion
from matching.suggestions.permissions import listing_of, other_side

_LONGEST_NAME = 80


@dataclass(frozen=True)
class Line:
    """One thing to know, and where to read it."""

    text: str
    url: str
    # Somebody waits for this person's answer.
    is_awaited: bool = False
    # The best of the suggestions that it speaks of, and the side that reads them: named under it.
    suggestions: tuple[Suggestion, ...] = ()
    side: str = ""

    @property
    def titles(self) -> list[str]:
        """The listings of the other side that it names."""
        return [one_line(listing_of(each, other_side(self.side)).title) for each in self.suggestions]


def one_line(text: str, longest: int = _LONGEST_NAME) -> str:
    """A name fit for a header or a sentence: one line, nothing invisible, not too long."""
    visible = "".join(" " if unicodedata.category(mark) in ("Cc", "Zl", "Zp") else mark for mark in text)
    kept = "".join(mark for mark in visible if unicodedata.category(mark) not in ("Cf", "Cs", "Co", "Cn"))
    words = " ".join(kept.split())
    return words if len(words) <= longest else f"{words[: longest - 1].rstrip()}…"


def absolute(name: str, *arguments: object) -> str:
    """The whole address of a page."""
    return f"{settings.BASE_URL}{reverse(name, args=arguments)}"
