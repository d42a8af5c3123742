"""What a partnership's page tells of its life: its journal, its places, what people can do by now."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _

from matching.partnerships.models import InventoryRow, PartnershipStep, PowerAssessment, What
from matching.screens.numbers import day
from matching.screens.partnerships.life_forms import POWER, SCALE

_OF_A_VERSION = (What.VALIDATED, What.SIGNED, What.AMENDED)
_OF_A_DAY = (What.REVIEW_DUE, What.RENEWAL_DUE)
Moment = InventoryRow.Moment


@dataclass
class Part:
    """One part of a place, as it was found and as it was given back."""

    name: str
    entry: InventoryRow | None = None
    exit: InventoryRow | None = None


def told_in_journal(step: PartnershipStep) -> str:
    """What a line of the journal adds to what happened."""
    if step.what in _OF_A_VERSION:
        return _("version %(number)s") % {"number": step.text}
    if step.what in _OF_A_DAY:
        return day(date.fromisoformat(step.text))
    return step.text


def inventory_of(rows: Iterable[InventoryRow]) -> list[Part]:
    """One line for each part; the last word on each moment."""
    parts: dict[str, Part] = {}
    for row in rows:
        part = parts.setdefault(row.part.casefold(), Part(row.part))
        setattr(part, "entry" if row.moment == Moment.ENTRY else "exit", row)
    return list(parts.values())


def answers_of(assessment: PowerAssessment) -> list[tuple[str, str]]:
    """Each statement, and how far the organisation says that it holds."""
    words = {int(value): label for value, label in SCALE}
    return [
        (str(PowerAssessment._meta.get_field(name).verbose_name), str(words[getattr(assessment, name)]))  # type: ignore[union-attr]
        for name in POWER
    ]
