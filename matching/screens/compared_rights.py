"""Where a need meets an offer: their rights side by side, the gap in words, and what is left to talk about."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

from django.utils.translation import gettext as _

from matching.catalogue.models import Extent, Need, Offer, Right
from matching.catalogue.models.rights import Counterpart, Revocable
from matching.catalogue.rights import Bundle, Compared, compare, rights_of
from matching.screens.facts import enumeration
from matching.screens.numbers import day
from matching.screens.rights import months


class Row(NamedTuple):
    """One right: whether it is asked for, what is given, on which condition, and the gap in words."""

    right: str
    label: str
    is_asked: bool
    extent: str
    given: str
    condition: str
    gap: str
    is_gap: bool


@dataclass(frozen=True)
class SideBySide:
    """The rights of a need beside those of an offer."""

    rows: list[Row]
    sentence: str
    points: list[str]
    """What both sides have to talk about, in their order; empty where nothing is left open."""
    asks: bool
    """Whether the need says which rights it requires."""


def side_by_side(need: Need, offer: Offer, bundle: Bundle | None = None) -> SideBySide:
    """A need beside an offer; no query where its bundle was fetched. bundle: the rights that were agreed on since."""
    held = bundle if bundle is not None else rights_of(offer)
    compared = compare(need.rights, held)
    return SideBySide(
        rows=[_row(each, held) for each in compared],
        sentence=_sentence(compared, asks=bool(need.rights)),
        points=list(_points(compared, held, need, offer)),
        asks=bool(need.rights),
    )


def agenda(points: list[str]) -> str:
    """A first message that proposes to talk about these points; empty for none."""
    if not points:
        return ""
    listed = "\n".join(f"– {point}" for point in points)
    return _(
        "Bonjour,\n\nVoici ce que nous proposons de voir ensemble :\n%(points)s\n\nQuand pouvons-nous en parler ?"
    ) % {"points": listed}


def _row(compared: Compared, bundle: Bundle) -> Row:
    label = str(Right(compared.right).label)
    return Row(
        compared.right,
        label,
        compared.is_asked,
        compared.extent.value,
        _given(compared),
        bundle.condition(compared.right),
        _gap(compared),
        bool(compared.gap),
    )


def _given(compared: Compared) -> str:
    if compared.extent == Extent.NO:
        return _("non")
    said = [_("oui") if compared.extent == Extent.GRANTED else _("sous conditions")]
    if compared.is_shared:
        said.append(_("ensemble"))
    return ", ".join(said)


def _gap(compared: Compared) -> str:
    return {
        "missing": lambda: _("demandé, pas accordé"),
        "conditions": lambda: _("conditions à convenir"),
        "together": lambda: _("façon de décider ensemble à convenir"),
        "": lambda: _("aucun") if compared.is_asked else _("pas demandé"),
    }[compared.gap]()


def _sentence(compared: list[Compared], *, asks: bool) -> str:
    if not asks:
        return _("Le besoin ne dit pas quels droits il lui faut.")
    by_gap = {gap: _names(compared, gap) for gap in ("missing", "conditions", "together")}
    if missing := by_gap["missing"]:
        return _("L’offre n’accorde pas tout ce que demande le besoin : il manque %(rights)s.") % {"rights": missing}
    if conditions := by_gap["conditions"]:
        return _("L’offre accorde ce que demande le besoin, sous conditions pour : %(rights)s.") % {
            "rights": conditions
        }
    if together := by_gap["together"]:
        return _("L’offre accorde ce que demande le besoin ; à décider ensemble : %(rights)s.") % {"rights": together}
    return _("L’offre accorde tous les droits que demande le besoin.")


def _names(compared: list[Compared], gap: str) -> str:
    return enumeration([str(Right(each.right).label).lower() for each in compared if each.gap == gap])


def _points(compared: list[Compared], bundle: Bundle, need: Need, offer: Offer) -> Iterator[str]:
    for each in compared:
        if each.gap:
            yield _point(each, bundle)
    if bundle.counterpart in (Counterpart.HOPED, Counterpart.AGREED) and offer.expects:
        yield _("Contrepartie : ce que la collectivité espère, et ce que le collectif apporte.")
    if bundle.duration_months and need.ends and need.starts and _is_longer(need, bundle.duration_months):
        yield _("Durée : l’offre dure %(months)s, le besoin va jusqu’au %(day)s.") % {
            "months": months(bundle.duration_months),
            "day": day(need.ends),
        }
    if bundle.revocable == Revocable.ANYTIME and not bundle.leaving:
        yield _("Fin : la collectivité peut reprendre ce qu’elle partage ; avec quel délai, et comment en sortir ?")


def _point(each: Compared, bundle: Bundle) -> str:
    right = str(Right(each.right).label)
    if each.gap == "missing":
        return _("%(right)s : le besoin le demande, l’offre ne l’accorde pas. Que peut-on convenir ?") % {
            "right": right
        }
    if each.gap == "together":
        return _("%(right)s : cela se décide à deux. Qui décide, et comment ?") % {"right": right}
    if condition := bundle.condition(each.right):
        return _("%(right)s : sous conditions (%(condition)s). Est-ce tenable ?") % {
            "right": right,
            "condition": condition.rstrip("."),
        }
    return _("%(right)s : sous conditions. Lesquelles ?") % {"right": right}


def _is_longer(need: Need, count: int) -> bool:
    if need.starts is None or need.ends is None:
        return False
    return (need.ends.year - need.starts.year) * 12 + need.ends.month - need.starts.month > count
