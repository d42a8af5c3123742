"""What is stored of a text that a person typed: NFC, no control characters, the rest untouched."""

import unicodedata

_KEPT_CONTROLS = "\n\t"


def tidy(text: str) -> str:
    """Return the text in NFC with one form of line end, without NUL, control characters or lone surrogates."""
    unified = text.replace("\r\n", "\n").replace("\r", "\n")
    kept = (
        character
        for character in unified
        if character in _KEPT_CONTROLS or unicodedata.category(character) not in ("Cc", "Cs")
    )
    return unicodedata.normalize("NFC", "".join(kept)).strip()
