"""The engine's sentences in the reader's language."""

from django.utils.translation import gettext as _


def template(code: str) -> str:
    """The sentence of a code of the engine in the reader's language, its parameters still named: %(words)s."""
    # Here, because the engine's package brings scikit-learn along, and a page without a reason needs none.
    from matching.engine.sentences import SENTENCES

    return _(SENTENCES[code])
