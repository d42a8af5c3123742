"""The library of clauses: what an agreement says, by the kind of what is shared. Files of our own wording.

The text of a convention is in French whatever the language of the screen: public bodies contract in French.
"""

import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from matching.catalogue.models import Kind
from matching.partnerships.models import Form

_FOLDER = Path(__file__).parent / "clauses"
_NAME = re.compile(r"\{(\w+)\}")


@dataclass(frozen=True)
class Clause:
    """One clause as the library has it."""

    key: str
    order: int
    title: str
    text: str
    forms: tuple[str, ...]
    is_required: bool

    def filled(self, facts: Mapping[str, str]) -> str:
        """Its text with these facts; a line that names one that is not known is left out."""
        return "\n".join(_filled_lines(self.text, facts))


def clauses_for(kinds: Iterable[str], form: str) -> list[Clause]:
    """The clauses of an agreement of that form about resources of these kinds, in order."""
    files = ["common", *(kind for kind in Kind.values if kind in set(kinds))]
    found = [clause for name in files for clause in _library(name) if form in clause.forms]
    return sorted(found, key=lambda clause: clause.order)


def required_keys(kinds: Iterable[str], form: str) -> set[str]:
    """The clauses without which such an agreement is not one."""
    return {clause.key for clause in clauses_for(kinds, form) if clause.is_required}


@cache
def _library(name: str) -> tuple[Clause, ...]:
    with (_FOLDER / f"{name}.toml").open("rb") as file:
        rows = tomllib.load(file)["clause"]
    return tuple(
        Clause(
            key=row["key"],
            order=row["order"],
            title=row["title"],
            text=row["text"].strip(),
            forms=tuple(Form(form) for form in row["forms"]),
            is_required=row.get("required", False),
        )
        for row in rows
    )


def _filled_lines(text: str, facts: Mapping[str, str]) -> Iterator[str]:
    for line in text.splitlines():
        if all(facts.get(name) for name in _NAME.findall(line)):
            # In one pass: what a fact says is never read as a name.
            yield _NAME.sub(lambda found: facts[found[1]], line)
