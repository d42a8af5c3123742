"""The engine's sentences in the reader's language, and what fills them."""

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from django.utils.formats import get_format, number_format
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from matching.catalogue.vocabulary import theme_names
from matching.organisations.models import LegalForm

# Codes are "family", "family.detail", or one of these before them: "refused.kinds", "mend.amount_low.need".
_MANNERS = {"against", "refused", "mend"}


def template(code: str) -> str:
    """The sentence of a code of the engine in the reader's language, its parameters still named: %(words)s.

    Empty for a code that only an older engine knew: its rows wait for the sweep, their page does not fail.
    """
    # Here, because the engine's package brings scikit-learn along, and a page without a reason needs none.
    from matching.engine.sentences import SENTENCES

    return _(SENTENCES[code]) if code in SENTENCES else ""


def learned_reason(reason: Mapping[str, Any]) -> str:
    """Why a model was promoted or refused, {"code", "params", "sentence"}, in the reader's language.

    What an older engine said in other words is told as it said it then, in French.
    """
    from matching.engine.learning_sentences import LEARNING_SENTENCES

    try:
        figures = {name: _figure(value) for name, value in reason["params"].items()}
        return _(LEARNING_SENTENCES[reason["code"]]) % figures
    except KeyError:
        return str(reason.get("sentence", ""))


def _figure(value: float | str) -> str:
    """0.012 is "0,012" in French; what comes as text keeps its sign: "+0,012"."""
    if isinstance(value, str):
        return value.replace(".", get_format("DECIMAL_SEPARATOR"))
    return number_format(value, use_l10n=True, force_grouping=True)


def parameters(code: str, params: Mapping[str, Any]) -> dict[str, Any]:
    """What fills that sentence, in the reader's language. Lists are the author's own words, one form of each."""
    parts = code.split(".")
    family = parts[1 if parts[0] in _MANNERS else 0].partition("_")[0]
    in_words = _IN_WORDS.get(family, str)
    filled = {name: in_words(value) if isinstance(value, str) else value for name, value in params.items()}
    return filled | {"words": _one_form_each(filled["words"])} if code == "words" else filled


def _one_form_each(words: Sequence[str]) -> list[str]:
    """ "école" where the engine also names "écoles": it tells every form that counts, a reader wants the word."""
    from matching.engine.analyser import Analyser

    analyser, forms = Analyser(), {}
    for word in words:
        forms.setdefault(analyser.stem(word) or word, word)
    return list(forms.values())


def _kinds(value: str) -> str:
    between = _("et")
    return f" {between} ".join(map(_word, value.split(" et ")))


def _rights(value: str) -> str:
    return ", ".join(map(_word, value.split(", ")))


def _word(french: str) -> str:
    return _(french) if french else ""


def _theme(value: str) -> str:
    """From "nature › jardins partages", which the engine makes of a slug, to the name in the vocabulary."""
    slug = value.replace(" › ", "/").replace(" ", "-")
    return theme_names(get_language() or "fr").get(slug, value)


def _forms(value: str) -> str:
    labels = {str(form): form.label.lower() for form in LegalForm}
    return ", ".join(labels.get(form, form) for form in value.split(", "))


def _numbers(value: str) -> str:
    """ "5 000 – 7 500,50 €" is "€5,000 – €7,500.50" in English."""
    if get_language() != "en":
        return value
    grouped = value.translate({ord(","): ".", ord("\u202f"): ","})
    return re.sub(r"\d[\d.,]*", r"€\g<0>", grouped.removesuffix("\u00a0€")) if grouped.endswith("€") else grouped


_IN_WORDS: dict[str, Callable[[str], str]] = {
    "kinds": _kinds,
    "rights": _rights,
    "theme": _theme,
    "legal": _forms,
    "amount": _numbers,
    "capacity": _numbers,
}
