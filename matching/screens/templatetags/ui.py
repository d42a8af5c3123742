"""Small tags of the design system: icons, titles, numbers, facts, reasons, the current link, the other language."""

import re
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from functools import lru_cache
from typing import Any
from uuid import uuid4

from django import template
from django.forms import BaseForm, BoundField, CheckboxInput
from django.template.context import Context
from django.templatetags.static import static
from django.urls import NoReverseMatch, reverse, translate_url
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString
from django.utils.translation import override

from matching.catalogue.eligibility import rules_of
from matching.catalogue.models import Need, Offer, Right
from matching.catalogue.rights import rights_of
from matching.organisations.models import LegalForm
from matching.partnerships.files import weight
from matching.screens import compared_rights, disclosure, eligibility, facts, numbers, reasons, rights
from matching.screens.calls.window import call_window
from matching.screens.week import shown_week
from matching.suggestions.wording import learned_reason

register = template.Library()

_HELD_TO_THE_NEXT = re.compile(r"(?<=«) | (?=[:;!?»])|(?<=\d) (?=\d{3}\b)")
_HYPHENATED = re.compile(r"[\w’]+(?:-[\w’]+)+")
_SECTION = re.compile(r"/(?:en/)?[^/]+/")
# A longer word may need its hyphen to fit a narrow screen.
_FITS_A_LINE = 20

register.filter("number", numbers.number)
register.filter("euros", numbers.euros)
register.filter("weight", weight)
register.simple_tag(numbers.amounts, name="amounts")
register.filter("data_read", disclosure.data_read)
register.filter("part_name", disclosure.part_name)
register.filter("part_manner", disclosure.part_manner)
register.filter("gate_name", disclosure.gate_name)
register.filter("territory_kind", disclosure.territory_kind)
register.filter("served_by", disclosure.served_by)
register.filter("learned_reason", learned_reason)
register.simple_tag(disclosure.bare_sentence, name="bare_sentence")
register.simple_tag(shown_week)
register.simple_tag(call_window)


@register.simple_tag
def new_key() -> str:
    """A key for a form that stands several times on one page."""
    return str(uuid4())


@register.filter
def day(value: date | None) -> str:
    """A day in words, nothing for no day."""
    return numbers.day(value) if value else ""


@register.filter
def clock(value: datetime | None) -> str:
    """A time of the day, nothing for none."""
    return numbers.clock(value) if value else ""


@register.filter
def field_named(form: BaseForm, name: str) -> BoundField:
    """The field of this name, where a template learns the name while it runs."""
    return form[name]


@register.filter
def unbroken(title: str) -> SafeString:
    """A title whose words with a letter alone at a hyphen stay on one line: « a-t-il », « e-mail ».

    Nor does a line begin with a colon or in the middle of a number, whatever space its author typed there.
    """
    held = _HELD_TO_THE_NEXT.sub("\u00a0", title)
    return SafeString(_HYPHENATED.sub(_kept_whole, conditional_escape(held)))


def _kept_whole(word: re.Match[str]) -> str:
    pieces = (piece.rpartition("’")[2] for piece in word[0].split("-"))
    is_kept = len(word[0]) <= _FITS_A_LINE and any(len(piece) == 1 for piece in pieces)
    return f'<span class="nowrap">{word[0]}</span>' if is_kept else word[0]


@register.simple_tag
def icon(name: str, *, large: bool = False) -> SafeString:
    """An icon of the sprite. It repeats what the word beside it says, so screen readers skip it."""
    return _icon(name, large, static("pcc/icons.svg"))


@lru_cache(maxsize=500)
def _icon(name: str, large: bool, sprite: str) -> SafeString:
    return format_html(
        '<svg class="icon{}" aria-hidden="true" focusable="false"><use href="{}#{}"></use></svg>',
        " icon--large" if large else "",
        sprite,
        name,
    )


@register.filter
def offer_facts(offer: Offer) -> list[facts.Fact]:
    """The decision facts of an offer."""
    return facts.offer_facts(offer)


@register.filter
def need_facts(need: Need) -> list[facts.Fact]:
    """The decision facts of a need."""
    return facts.need_facts(need)


@register.simple_tag(takes_context=True)
def facts_here(context: Context, listing: Offer | Need) -> list[facts.Fact]:
    """The decision facts of a listing, and how far it is where the list knows (`told`)."""
    away = getattr(context.get("told"), "kilometres", None)
    return facts.offer_facts(listing, away) if isinstance(listing, Offer) else facts.need_facts(listing, away)


@register.simple_tag
def rights_sentence(offer: Offer) -> str:
    """ "Votre collectif peut … ; la collectivité garde …" """
    return rights.sentence(offer.kinds, rights_of(offer))


@register.filter
def rights_chips(offer: Offer) -> list[rights.Chip]:
    """The five rights as they stand for the collective."""
    return rights.chips(rights_of(offer))


@register.simple_tag
def rights_table(offer: Offer) -> rights.Table:
    """Who holds which right, and on which terms."""
    return rights.table(offer)


@register.simple_tag
def rights_side_by_side(suggestion: Any) -> compared_rights.SideBySide:
    """The rights that the need of a suggestion asks for, beside those that its offer gives."""
    return compared_rights.side_by_side(suggestion.need, suggestion.offer)


@register.simple_tag
def reason_sentence(reason: Any) -> SafeString:
    """A reason or a refusal of the engine, or the same as stored: {"code": ..., "params": {...}}."""
    if isinstance(reason, Mapping):
        return reasons.sentence(reason["code"], reason["params"])
    return reasons.sentence(reason.code, reason.params)


@register.simple_tag
def legal_forms(forms: Sequence[str]) -> str:
    """ "association, coopérative et collectif informel" """
    return facts.enumeration([LegalForm(form).label.lower() for form in forms])


@register.simple_tag
def conditions(offer: Offer) -> list[str]:
    """On which conditions a collective may apply for this offer."""
    return eligibility.rules_in_words(rules_of(offer))


@register.simple_tag
def condition_names(kinds: Sequence[str]) -> str:
    """ "assurance et ancienneté" """
    return eligibility.labels_of(kinds)


@register.simple_tag
def right_names(rights: Sequence[str]) -> str:
    """ "accès et usage" """
    return facts.enumeration([Right(right).label.lower() for right in rights])


@register.simple_tag(takes_context=True)
def without_filter(context: Context, name: str) -> str:
    """The address of this list with one filter less, from its first page; a distance goes with its commune."""
    parameters = context["request"].GET.copy()
    for parameter in (name, f"{name}_place", "page", *(("radius",) if name == "territory" else ())):
        parameters.pop(parameter, None)
    return f"?{parameters.urlencode()}"


@register.filter
def widget_shape(field: BoundField) -> str:
    """How components/field.html lays a field out: "group" (fieldset), "checkbox" or "line"."""
    if field.use_fieldset:
        return "group"
    return "checkbox" if isinstance(field.field.widget, CheckboxInput) else "line"


@register.simple_tag(takes_context=True)
def current(context: Context, url: str) -> SafeString | str:
    """`aria-current` where the page shown is that link's or below it."""
    request = context.get("request")
    if request is None or not request.path.startswith(url):
        return ""
    return format_html(' aria-current="{}"', "page" if request.path == url else "true")


@register.simple_tag(takes_context=True)
def nav_section(context: Context) -> str:
    """What of an address tells how the menu looks: its section, and whether it is the section's own page."""
    request = context.get("request")
    if request is None:
        return ""
    section = _SECTION.match(request.path)
    return request.path if section is None else f"{section[0]}{'…' if section.end() < len(request.path) else ''}"


@register.simple_tag
def home_url() -> str:
    """The front page in the language of the screen; the search page where no page tree is served."""
    try:
        return reverse("wagtail_serve", args=[""])
    except NoReverseMatch:
        return reverse("public:find")


@register.simple_tag(takes_context=True)
def language_url(context: Context, language: str) -> str:
    """This page in another language; its front page where this page has no other."""
    request = context.get("request")
    if request is not None:
        here = request.get_full_path()
        # The header says it twice: in a line, and in the menu of small screens.
        known = getattr(request, "_in_other_language", None)
        there = known or translate_url(here, language)
        request._in_other_language = there
        # "//somewhere.example/" is an address of ours that nobody knows; as a link it would lead there.
        if there != here and not there.startswith("//"):
            return there
    with override(language):
        return home_url()
