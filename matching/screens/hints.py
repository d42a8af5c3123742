"""What a form proposes while somebody writes a listing. Nothing changes unless they take it."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from django.utils.datastructures import MultiValueDict
from django.utils.text import Truncator

from matching import geography
from matching.catalogue.models import Kind
from matching.catalogue.reading import cents_in, kinds_in, people_in, square_metres_in
from matching.catalogue.services import NeedFacts, OfferFacts
from matching.screens.facts import people, surface
from matching.screens.listing_form import ListingForm
from matching.screens.numbers import euros
from matching.screens.territory_field import by_key, key_of
from matching.screens.typed import as_sent
from matching.suggestions.mirror import themes_said
from matching.territories.models import Territory
from matching.territories.reading import territory_in

_MOST_THEMES = 3
_MOST_SENTENCES = 3
# Beyond so many words a sentence is hard to follow; in a summary for whoever reads with difficulty, much sooner.
_LONG = 25
_LONG_IN_EASY_READ = 12
_SENTENCE = re.compile(r"[^.!?…;\n]+")
_WORD = re.compile(r"[^\W_]+(?:[’'-][^\W_]+)*")
_NUMBERS = {"capacity": people_in, "surface_m2": square_metres_in, "amount_max": cents_in}
_NUMBERS_IN_WORDS = {"capacity": people, "surface_m2": surface, "amount_max": euros}


@dataclass(frozen=True)
class Hint:
    """Something that the text seems to say: `take` is what the form sends to accept it for the field of `name`."""

    name: str
    value: str
    words: str

    @property
    def anchor(self) -> str:
        """Where the page shows the field."""
        return f"id_{self.name}_0" if self.name in ("kinds", "themes") else f"id_{self.name}"

    @property
    def take(self) -> str:
        return f"{self.name}:{self.value}"


@dataclass(frozen=True)
class LongSentence:
    """A sentence that is hard to follow: of which field, how it begins, how many words it has."""

    label: str
    beginning: str
    words: int


def hints(form: ListingForm, told: OfferFacts | NeedFacts, common_themes: Sequence[str]) -> list[Hint]:
    """What the title and the text say that the form does not say yet. common_themes: slugs of its neighbours'."""
    text = f"{told.title}. {told.text}"
    return [
        *_kinds(form, told, text),
        *_territory(told, text),
        *_numbers(form, text),
        *_themes(form, told, text, common_themes),
    ]


def _kinds(form: ListingForm, told: OfferFacts | NeedFacts, text: str) -> Iterator[Hint]:
    if isinstance(told, NeedFacts):
        for kind in kinds_in(text):
            if kind not in told.kinds:
                yield Hint("kinds", kind, str(dict(form.fields["kinds"].choices)[kind]))


def _territory(told: OfferFacts | NeedFacts, text: str) -> Iterator[Hint]:
    named = territory_in(text)
    if named and not _overlap(named.territory, told.territory):
        yield Hint("territory", key_of(named.territory), str(named.territory))


def _overlap(a: Territory, b: Territory | None) -> bool:
    if b is None:
        return False
    table = geography.load()
    here, there = table.resolve(a.level, a.code), table.resolve(b.level, b.code)
    return bool(here and there and table.overlaps(here, there))


def _numbers(form: ListingForm, text: str) -> Iterator[Hint]:
    for name, read in _NUMBERS.items():
        if name in form.fields and not form[name].value() and (found := read(text)) is not None:
            yield Hint(name, str(found), _NUMBERS_IN_WORDS[name](found))


def _themes(form: ListingForm, told: OfferFacts | NeedFacts, text: str, common_themes: Sequence[str]) -> Iterator[Hint]:
    chosen = [theme.slug for theme in told.themes]
    known = form.fields["themes"].known
    if len(chosen) < _MOST_THEMES:
        # The names are matched in French, the language of the texts.
        said = themes_said(text, [(slug, theme.name_fr) for slug, theme in known.items()])
        # Said and common first; then what is said, then what is common.
        found = [slug for slug in said if slug in common_themes]
        found += [slug for slug in [*said, *common_themes] if slug not in found]
        for slug in [slug for slug in found if slug in known and slug not in chosen][:_MOST_THEMES]:
            yield Hint("themes", slug, known[slug].name)


def take(form: ListingForm, data: MultiValueDict, what: str) -> MultiValueDict:
    """The typed values with one proposal taken, or with the listing's own version of one field ("stored:title")."""
    name, _colon, value = what.partition(":")
    taken = data.copy()
    for key, texts in _taken(form, data, name, value).items():
        taken.setlist(key, texts)
    return taken


def _taken(form: ListingForm, data: MultiValueDict, name: str, value: str) -> dict[str, list[str]]:
    if name == "stored" and value in form.fields:
        return as_sent(form, value, form.get_initial_for_field(form.fields[value], value))
    if name == "themes" and value in form.fields["themes"].known:
        slugs = [data.get(f"themes_{place}", "") for place in range(_MOST_THEMES)]
        free = next((place for place, slug in enumerate(slugs) if not slug), None)
        return {} if free is None or value in slugs else {f"themes_{free}": [value]}
    if name == "kinds" and value in Kind.values:
        return {"kinds": list(dict.fromkeys([*data.getlist("kinds"), value]))}
    if name == "territory" and (territory := by_key(value)):
        return as_sent(form, "territory", territory)
    if name in _NUMBERS and name in form.fields and re.fullmatch(r"[0-9]{1,12}", value):
        return as_sent(form, name, int(value))
    return {}


def long_sentences(form: ListingForm) -> list[LongSentence]:
    """Sentences that would better be two. A note, never a condition."""
    found = []
    for name in ("title", "text", "why", "provides", "expects", "contribution", "easy_read"):
        if name in form.fields:
            most = _LONG_IN_EASY_READ if name == "easy_read" else _LONG
            found += _long_ones(str(form.fields[name].label), form.cleaned_data.get(name) or "", most)
    return found[:_MOST_SENTENCES]


def _long_ones(label: str, text: str, most: int) -> Iterator[LongSentence]:
    for sentence in _SENTENCE.findall(text):
        words = len(_WORD.findall(sentence))
        if words > most:
            yield LongSentence(label, Truncator(" ".join(sentence.split())).words(8, truncate="…"), words)
