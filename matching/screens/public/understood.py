"""What a search understands of its sentence where no field says it: what, where, how many, how much."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import ngettext

from matching.catalogue.models import Kind
from matching.catalogue.reading import cents_in, kinds_in, people_in
from matching.screens.numbers import amounts, number
from matching.territories.models import Territory
from matching.territories.reading import Named, territory_in


@dataclass(frozen=True)
class Understood:
    """Read in the text, shown to whoever wrote it, and never against what they chose. Amounts are in cents."""

    place: Named | None = None
    kinds: Sequence[str] = ()
    people: int | None = None
    amount_max: int | None = None

    def __bool__(self) -> bool:
        return any((self.place, self.kinds, self.people, self.amount_max))

    @property
    def territory(self) -> Territory | None:
        """Where the sentence says it is."""
        return self.place.territory if self.place else None

    def said(self) -> Iterator[str]:
        """Each thing that was understood, in words."""
        for kind in self.kinds:
            yield str(Kind(kind).label)
        if self.territory:
            yield str(self.territory)
        if self.people:
            words = ngettext("%(count)s personne", "%(count)s personnes", self.people)
            yield words % {"count": number(self.people)}
        if self.amount_max:
            yield amounts(None, self.amount_max)


def understood(values: dict[str, Any]) -> Understood:
    """From the cleaned values of a NeedSearchForm; nothing where the sentence is to be taken as it is."""
    if values["as_is"]:
        return Understood()
    text = values["text"]
    return Understood(
        place=None if values["territory"] else territory_in(text),
        kinds=() if values["kinds"] else kinds_in(text),
        people=None if values["people"] is not None else people_in(text),
        amount_max=cents_in(text),
    )
