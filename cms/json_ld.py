"""Facts for machines that read pages, as a script that holds no script."""

import json
from typing import Any

from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

# Inside a script element these could end it, or begin another.
_HARMLESS = {ord("<"): "\\u003C", ord(">"): "\\u003E", ord("&"): "\\u0026"}


def json_ld(facts: dict[str, Any]) -> SafeString:
    """schema.org facts as a page carries them."""
    text = json.dumps({"@context": "https://schema.org", **facts}, ensure_ascii=False).translate(_HARMLESS)
    return format_html('<script type="application/ld+json">{}</script>', mark_safe(text))  # noqa: S308 (translated above)
