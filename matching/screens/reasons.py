"""Reasons and refusals in the reader's language, with the author's own words underlined."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from matching.suggestions.wording import parameters, template

# The engine knows a legal form, not whose it is: an informal group asks with that of its carrier.
_OF_THE_CARRIER = {
    "legal_form.carried.need": gettext_noop("Forme juridique acceptée, grâce à votre structure porteuse : %(form)s"),
    "legal_form.carried.offer": gettext_noop("Forme juridique acceptée, grâce à sa structure porteuse : %(form)s"),
    "refused.legal_form.carried.need": gettext_noop(
        "Réservé à d’autres formes juridiques (%(forms)s) que celle de votre structure porteuse (%(form)s)."
    ),
    "refused.legal_form.carried.offer": gettext_noop(
        "Réservé à d’autres formes juridiques (%(forms)s) que celle de sa structure porteuse (%(form)s)."
    ),
}
# What the other side reads instead of a discreet collective's ground.
_WITHHELD = {
    "withheld.fits": gettext_noop("Le territoire convient ; ce collectif n’en dit pas plus"),
    "withheld.against": gettext_noop("Le territoire convient moins bien ; ce collectif n’en dit pas plus"),
    "withheld.refused": gettext_noop("Le territoire ne convient pas ; ce collectif n’en dit pas plus."),
    "withheld.mend": gettext_noop("Ouvrir l’offre à un territoire plus large."),
}
# Conditions to apply that the mirror reads beside the gates of the engine.
_OF_RULES = {
    "refused.rule_theme": gettext_noop("Votre offre est réservée à d’autres thèmes que les siens."),
    "mend.rule_theme": gettext_noop("Accepter d’autres thèmes."),
    "refused.rule_budget": gettext_noop("Il demande plus que le budget accepté pour un projet."),
    "mend.rule_budget": gettext_noop("Relever le budget accepté."),
}
_OURS = _OF_THE_CARRIER | _WITHHELD | _OF_RULES
# The codes of the engine that speak of a legal form.
CARRIED = frozenset(code.partition(".carried")[0] for code in _OF_THE_CARRIER)

_PARAMETER = re.compile(r"%\((\w+)\)s")


def sentence(code: str, params: Mapping[str, Any]) -> SafeString:
    """The sentence of a code of the engine. Parameters are escaped; lists are the author's own words."""
    texts_and_names = _PARAMETER.split(_(_OURS[code]) if code in _OURS else template(code))
    said = parameters(code, params)
    parts = (
        _spoken(said.get(part, "")) if is_name else part.replace("%%", "%")
        for part, is_name in zip(texts_and_names, _every_other(len(texts_and_names)), strict=True)
    )
    return format_html_join("", "{}", ((part,) for part in parts))


def _every_other(count: int) -> list[bool]:
    return [index % 2 == 1 for index in range(count)]


def _spoken(value: Any) -> Any:
    return own_words(value) if isinstance(value, list) else value


def own_words(words: Sequence[str]) -> SafeString:
    """« salle », « rez-de-chaussée », each word as its author wrote it."""
    before, _word, after = _("« %(word)s »").partition("%(word)s")
    rows = ((before, word, after) for word in words)
    return format_html_join(", ", '{}<span class="own-word">{}</span>{}', rows)
