"""What others may read of where a discreet collective is."""

import re
import unicodedata
from collections.abc import Iterable

from matching.organisations.models import Discretion, Organisation
from matching.territories.models import Territory

# A shorter part of an address ("Bât. B") says nothing by itself, and may stand in any text.
_TELLING = 8
_POSTCODE = re.compile(r"\d{5}\b")


def told_territory(organisation: Organisation, territory: Territory | None) -> Territory | None:
    """This territory as far as everybody may read it: itself, its commune or its département."""
    if territory is None or not organisation.is_discreet:
        return territory
    levels = Territory.Level
    if territory.level == levels.COMMUNE and territory.type == "arrondissement-municipal":
        territory = _first_around(territory, levels.COMMUNE) or territory
    if organisation.discretion == Discretion.DEPARTEMENT and territory.level in (levels.COMMUNE, levels.EPCI):
        return _first_around(territory, levels.DEPARTEMENT) or _first_around(territory, levels.REGION)
    return territory


def said_of_the_place(organisation: Organisation, texts: Iterable[str]) -> str:
    """The part of a hidden meeting place that one of these texts gives away; empty if none does."""
    if not organisation.is_discreet:
        return ""
    written = [_plain(text) for text in texts]
    for part in re.split(r"[,;\n]", organisation.meeting_place):
        plain = _plain(part)
        if len(plain) >= _TELLING and not _POSTCODE.match(plain) and any(plain in text for text in written):
            return part.strip()
    return ""


def _first_around(territory: Territory, level: str) -> Territory | None:
    return territory.containers.filter(level=level, replaced_by=None).order_by("pk").first()


def _plain(text: str) -> str:
    """Lower case, without accents or signs, one space between words."""
    apart = unicodedata.normalize("NFKD", text.lower())
    return " ".join(re.findall(r"[a-z0-9]+", "".join(mark for mark in apart if not unicodedata.combining(mark))))
