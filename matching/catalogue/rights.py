"""What may be said of use rights: a bundle as facts, the presets of each kind, what does not hold together."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, fields, replace
from itertools import pairwise
from typing import Any, NamedTuple

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from matching.catalogue.models import Kind, Offer
from matching.catalogue.models.rights import (
    CHAIN,
    KEEPERS,
    RIGHTS_OF,
    Domain,
    Extent,
    Holder,
    Revocable,
    Right,
    column,
)

_REACH = {Extent.NO: 0, Extent.CONDITIONS: 1, Extent.GRANTED: 2}
#: Through whom a collective comes to a right.
_FOR_THE_COLLECTIVE = (Holder.COLLECTIVE, Holder.TOGETHER, Holder.PUBLIC)


@dataclass(frozen=True, kw_only=True)
class Bundle:
    """Who holds which right, how far, on which terms: the facts of a RightsBundle, under the same names."""

    public_access: str = Extent.NO
    public_withdrawal: str = Extent.NO
    collective_access: str = Extent.NO
    collective_withdrawal: str = Extent.NO
    collective_management: str = Extent.NO
    collective_exclusion: str = Extent.NO
    collective_alienation: str = Extent.NO
    together_access: str = Extent.NO
    together_withdrawal: str = Extent.NO
    together_management: str = Extent.NO
    together_exclusion: str = Extent.NO
    together_alienation: str = Extent.NO
    authority_access: str = Extent.GRANTED
    authority_withdrawal: str = Extent.GRANTED
    authority_management: str = Extent.GRANTED
    authority_exclusion: str = Extent.GRANTED
    authority_alienation: str = Extent.GRANTED
    access_condition: str = ""
    withdrawal_condition: str = ""
    management_condition: str = ""
    exclusion_condition: str = ""
    alienation_condition: str = ""
    domain: str = ""
    duration_months: int | None = None
    hours: str = ""
    revocable: str = ""
    notice_days: int | None = None
    counterpart: str = ""
    output_licence: str = ""
    decides: str = ""
    watches: str = ""
    leaving: str = ""

    @classmethod
    def granting(cls, extents: Mapping[str, str], **others: Any) -> Bundle:
        """One that tells how far each right of the collective goes; the authority keeps all of them."""
        return cls(**{column(Holder.COLLECTIVE, right): extent for right, extent in extents.items()}, **others)

    @classmethod
    def from_plain(cls, plain: Mapping[str, Any]) -> Bundle:
        """A bundle from as_plain(); names that nobody knows any more are left out."""
        return cls(**{name: value for name, value in plain.items() if name in NAMES})

    def as_plain(self) -> dict[str, Any]:
        """What it says beyond what every bundle says, as plain values."""
        said = {name: getattr(self, name) for name in NAMES}
        return {name: _plain(value) for name, value in said.items() if value != getattr(_BARE, name)}

    def extent(self, holder: str, right: str) -> Extent:
        """How far this right of this holder goes."""
        return Extent(getattr(self, column(holder, right), Extent.NO))

    def condition(self, right: str) -> str:
        """On which condition, in the words of the officer; empty where none is told."""
        return str(getattr(self, f"{right}_condition"))

    def reach(self, right: str) -> Extent:
        """How far the collective comes: by itself, with the authority, or as everybody."""
        return max((self.extent(holder, right) for holder in _FOR_THE_COLLECTIVE), key=_reach)

    def is_shared(self, right: str) -> bool:
        """The collective comes further with the authority than by itself."""
        alone = max(_reach(self.extent(holder, right)) for holder in (Holder.COLLECTIVE, Holder.PUBLIC))
        return _reach(self.extent(Holder.TOGETHER, right)) > alone

    def is_kept(self, right: str) -> bool:
        """The authority has it and the collective does not come to it."""
        return self.reach(right) == Extent.NO and self.extent(Holder.AUTHORITY, right) != Extent.NO

    @property
    def extents(self) -> dict[str, str]:
        """How far the collective comes, by right."""
        return {right.value: self.reach(right).value for right in Right}


#: The names of the facts, in the order of the table.
NAMES = tuple(item.name for item in fields(Bundle))
_BARE = Bundle()
#: Those that are words of an officer.
TEXTS = (*(f"{right}_condition" for right in Right), "hours", "decides", "watches", "leaving")


class Preset(NamedTuple):
    """A bundle that officers know by a name."""

    key: str
    label: Promise
    bundle: Bundle


def _preset(key: str, label: Promise, granted: str, conditions: str = "", **others: Any) -> Preset:
    extents = dict.fromkeys(granted.split(), Extent.GRANTED) | dict.fromkeys(conditions.split(), Extent.CONDITIONS)
    return Preset(key, label, Bundle.granting(extents, **others))


_TOGETHER = {
    column(Holder.TOGETHER, right): Extent.GRANTED for right in (Right.ACCESS, Right.WITHDRAWAL, Right.MANAGEMENT)
}
_OPEN = {column(Holder.PUBLIC, right): Extent.GRANTED for right in RIGHTS_OF[Holder.PUBLIC]}
#: The usual bundles of each kind, the commonest first; an officer may change everything in them.
PRESETS: dict[str, tuple[Preset, ...]] = {
    Kind.PLACE: (
        _preset("lent", _("Prêter le lieu"), "access withdrawal"),
        _preset("shared", _("Le gérer ensemble"), "access withdrawal", **_TOGETHER, together_exclusion=Extent.GRANTED),
        _preset("entrusted", _("Le confier"), "access withdrawal management", "exclusion"),
        _preset("open", _("L’ouvrir à tous"), "access withdrawal", "management", **_OPEN),
    ),
    Kind.DATA: (
        _preset("reused", _("Laisser réutiliser"), "access withdrawal", "management"),
        _preset("open", _("Ouvrir à tous"), "access withdrawal", "management", **_OPEN),
        _preset("enriched", _("Enrichir ensemble"), "access withdrawal", **_TOGETHER),
        _preset("asked", _("Sur demande"), "", "access withdrawal"),
    ),
    Kind.FUNDING: (
        _preset("granted", _("Accorder un budget"), "access withdrawal", "management"),
        _preset("fixed", _("Financer des dépenses fixées"), "access withdrawal"),
        _preset("decided", _("En décider ensemble"), "access withdrawal", **_TOGETHER),
        _preset(
            "entrusted", _("Confier une enveloppe à répartir"), "access withdrawal management", "exclusion alienation"
        ),
    ),
}


def usual(kind: str) -> Bundle:
    """What an offer of this kind grants where nobody said anything else."""
    return PRESETS[kind][0].bundle


def rights_of(offer: Offer) -> Bundle:
    """The rights of a stored offer; no query where a queryset has fetched its bundle."""
    row = getattr(offer, "bundle", None)
    return Bundle(**{name: getattr(row, name) for name in NAMES}) if row else Bundle()


class Compared(NamedTuple):
    """One right where a need meets an offer: what is asked, how far it is given, and the gap between them."""

    right: str
    is_asked: bool
    extent: Extent
    is_shared: bool
    gap: str
    """ "" where nothing is left to say; else "missing", "conditions" or "together"."""


def compare(needed: Iterable[str], bundle: Bundle) -> list[Compared]:
    """The five rights of a need beside those of an offer; a right asked for asks for those that it needs."""
    asked = with_needed(needed)
    return [_compared(right, right in asked, bundle) for right in Right]


def with_needed(rights: Iterable[str]) -> set[str]:
    """These rights and, for each of the chain, those before it."""
    told = set(rights)
    last = max((at for at, right in enumerate(CHAIN) if right in told), default=-1)
    return told | {right.value for right in CHAIN[: last + 1]}


def _compared(right: Right, is_asked: bool, bundle: Bundle) -> Compared:
    extent, is_shared = bundle.reach(right), bundle.is_shared(right)
    gap = ""
    if is_asked and extent == Extent.NO:
        gap = "missing"
    elif is_asked and extent == Extent.CONDITIONS:
        gap = "conditions"
    elif is_asked and is_shared:
        gap = "together"
    return Compared(right.value, is_asked, extent, is_shared, gap)


class AtOdds(NamedTuple):
    """What does not hold together in a bundle: which of the rules, and the fact to change."""

    rule: str
    name: str
    holder: str = ""
    wider: str = ""
    needed: str = ""


class IncoherentRights(ValueError):
    """The bundle breaks a rule that every bundle keeps."""


def at_odds(bundle: Bundle) -> list[AtOdds]:
    """Everything in a bundle that breaks a rule, the chain first; nothing for a sound one."""
    return [*_chain_at_odds(bundle), *_others_at_odds(bundle)]


def _chain_at_odds(bundle: Bundle) -> Iterator[AtOdds]:
    for holder in Holder:
        for needed, wider in pairwise(right for right in CHAIN if right in RIGHTS_OF[holder]):
            if _reach(bundle.extent(holder, wider)) > _reach(bundle.extent(holder, needed)):
                yield AtOdds("chain", column(holder, wider), holder, wider, needed)


def _others_at_odds(bundle: Bundle) -> Iterator[AtOdds]:
    if all(bundle.extent(holder, Right.EXCLUSION) != Extent.GRANTED for holder in KEEPERS):
        yield AtOdds("exclusion", column(Holder.AUTHORITY, Right.EXCLUSION))
    if bundle.domain == Domain.PUBLIC:
        for holder in KEEPERS:
            if bundle.extent(holder, Right.ALIENATION) != Extent.NO:
                yield AtOdds("inalienable", column(holder, Right.ALIENATION), holder)
        if bundle.revocable == Revocable.FIRM:
            yield AtOdds("precarious", "revocable")


def of_public_domain(bundle: Bundle) -> Bundle:
    """The same over the public domain: the authority itself may not part with it."""
    return replace(bundle, domain=Domain.PUBLIC, authority_alienation=Extent.NO)


def _reach(extent: Extent) -> int:
    return _REACH[extent]


def _plain(value: Any) -> Any:
    return str(value) if isinstance(value, str) else value
