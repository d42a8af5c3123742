"""Stored reasons in the reader's language, with the words that their author used set apart."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _


@dataclass(frozen=True)
class Wording:
    """One sentence; `words` are those of it that the author of the reader's own listing wrote."""

    text: str
    words: tuple[str, ...] = ()


def template(code: str) -> str:
    """The sentence of a code of the engine in the reader's language, its parameters still named: %(words)s."""
    # Here, because the engine's package brings scikit-learn along, and a page without a reason needs none.
    from matching.engine.sentences import SENTENCES

    return _(SENTENCES[code])


def sentence(reason: Mapping[str, Any]) -> Wording:
    """The sentence of one stored reason, {"code", "params"}."""
    params = reason["params"]
    words = tuple(params.get("words", ()))
    shown = {**params, "words": ", ".join(_("« %(word)s »") % {"word": word} for word in words)}
    return Wording(template(reason["code"]) % shown, words)


def sentences(reasons: Iterable[Mapping[str, Any]]) -> list[Wording]:
    """The sentences of stored reasons, in their order."""
    return [sentence(reason) for reason in reasons]
