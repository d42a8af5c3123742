"""Use rights in words: one sentence for cards, a table for the page, two columns where a need meets an offer."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from django.utils.functional import Promise
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from matching.catalogue.models import LICENCES, Extent, Holder, Kind, Offer, Right, RightsBundle
from matching.catalogue.models.rights import RIGHTS_OF, Counterpart, Domain, Revocable, column
from matching.catalogue.rights import Bundle, rights_of
from matching.screens.facts import enumeration
from matching.screens.numbers import number

# What a holder of each right may do, by kind of resource.
MAY_DO: dict[str, dict[str, Promise]] = {
    Kind.DATA: {
        Right.ACCESS: gettext_lazy("consulter"),
        Right.WITHDRAWAL: gettext_lazy("réutiliser"),
        Right.MANAGEMENT: gettext_lazy("enrichir et corriger"),
        Right.EXCLUSION: gettext_lazy("décider qui y accède"),
        Right.ALIENATION: gettext_lazy("céder à d’autres"),
    },
    Kind.PLACE: {
        Right.ACCESS: gettext_lazy("entrer"),
        Right.WITHDRAWAL: gettext_lazy("utiliser le lieu"),
        Right.MANAGEMENT: gettext_lazy("ouvrir, fermer et programmer"),
        Right.EXCLUSION: gettext_lazy("choisir les autres occupants"),
        Right.ALIENATION: gettext_lazy("sous-louer ou céder"),
    },
    Kind.FUNDING: {
        Right.ACCESS: gettext_lazy("connaître les règles"),
        Right.WITHDRAWAL: gettext_lazy("recevoir et dépenser"),
        Right.MANAGEMENT: gettext_lazy("décider des lignes du budget"),
        Right.EXCLUSION: gettext_lazy("choisir les bénéficiaires"),
        Right.ALIENATION: gettext_lazy("reverser à d’autres"),
    },
}


class Chip(NamedTuple):
    """One right as it stands for the collective."""

    right: str
    extent: str
    label: str
    note: str
    """Said after its name: "sous conditions", "ensemble"."""


def chips(bundle: Bundle) -> list[Chip]:
    """The five rights, in their order."""
    return [Chip(right.value, bundle.reach(right).value, str(right.label), _note(bundle, right)) for right in Right]


def _note(bundle: Bundle, right: Right) -> str:
    said = []
    if bundle.is_shared(right):
        said.append(_("ensemble"))
    if bundle.reach(right) == Extent.CONDITIONS:
        said.append(_("sous conditions"))
    return ", ".join(said)


def sentence(kinds: Sequence[str], bundle: Bundle) -> str:
    """ "Votre collectif peut … ; la collectivité garde …": of several kinds, one sentence each."""
    said = [_of_kind(kind, bundle) for kind in kinds]
    if len(said) < 2:
        return "".join(said)
    return " ".join(
        _("%(kind)s – %(sentence)s") % {"kind": Kind(kind).label, "sentence": each}
        for kind, each in zip(kinds, said, strict=True)
    )


def _of_kind(kind: str, bundle: Bundle) -> str:
    verbs = MAY_DO[kind]
    own = [right for right in Right if not bundle.is_shared(right)]
    parts = [
        (_("Votre collectif peut %(verbs)s"), [right for right in own if bundle.reach(right) == Extent.GRANTED]),
        (_("sous conditions, il peut %(verbs)s"), [right for right in own if bundle.reach(right) == Extent.CONDITIONS]),
        (_("avec la collectivité, il peut %(verbs)s"), [right for right in Right if bundle.is_shared(right)]),
        (_("la collectivité garde : %(verbs)s"), [right for right in Right if bundle.is_kept(right)]),
        (_("personne ne peut %(verbs)s"), [right for right in Right if _is_nobodys(bundle, right)]),
    ]
    told = [words % {"verbs": enumeration([str(verbs[right]) for right in held])} for words, held in parts if held]
    said = _(" ; ").join(told)
    return f"{said[:1].upper()}{said[1:]}." if said else ""


def _is_nobodys(bundle: Bundle, right: Right) -> bool:
    return all(bundle.extent(holder, right) == Extent.NO for holder in Holder)


class Row(NamedTuple):
    """One right, and how far it goes for each holder."""

    right: str
    label: str
    cells: list[tuple[str, str]]
    """(extent, word) by holder; ("", "") where that holder can hold no such right."""
    condition: str


class Term(NamedTuple):
    """One of the terms, in words."""

    label: str
    said: str


@dataclass(frozen=True)
class Table:
    """Who holds which right, and on which terms."""

    holders: list[str]
    rows: list[Row]
    terms: list[Term]


def table(offer: Offer) -> Table:
    """The whole bundle of a stored offer."""
    return table_of(rights_of(offer))


def table_of(bundle: Bundle) -> Table:
    """The whole of a bundle."""
    return Table([str(holder.label) for holder in Holder], [_row(bundle, right) for right in Right], terms(bundle))


def _row(bundle: Bundle, right: Right) -> Row:
    held = [(holder, bundle.extent(holder, right)) for holder in Holder]
    cells = [(extent.value, str(extent.label)) if right in RIGHTS_OF[holder] else ("", "") for holder, extent in held]
    return Row(right.value, str(right.label), cells, bundle.condition(right))


def terms(bundle: Bundle) -> list[Term]:
    """What the bundle says beside who may do what; what it does not say is left out."""
    return list(_terms(bundle))


def _terms(bundle: Bundle) -> Iterator[Term]:
    if bundle.duration_months:
        yield Term(_("Durée"), months(bundle.duration_months))
    if bundle.hours:
        yield Term(_("Heures d’usage"), bundle.hours)
    if bundle.revocable:
        yield Term(_("La collectivité peut y mettre fin"), _revocable(bundle))
    if bundle.counterpart:
        yield Term(_("Contrepartie"), str(Counterpart(bundle.counterpart).label))
    if bundle.output_licence:
        yield Term(_("Licence de ce que vous produirez"), _licence(bundle.output_licence))
    if bundle.decides:
        yield Term(_("Qui décide"), bundle.decides)
    if bundle.watches:
        yield Term(_("Qui veille"), bundle.watches)
    if bundle.leaving:
        yield Term(_("Pour en sortir"), bundle.leaving)
    if bundle.domain:
        yield Term(_("Domaine"), _domain(bundle.domain))


def months(count: int) -> str:
    """ "12 mois", "3 ans" """
    if count % 12 == 0:
        years = count // 12
        return ngettext("%(count)s an", "%(count)s ans", years) % {"count": number(years)}
    return ngettext("%(count)s mois", "%(count)s mois", count) % {"count": number(count)}


def _revocable(bundle: Bundle) -> str:
    said = str(Revocable(bundle.revocable).label)
    if bundle.revocable == Revocable.NOTICE and bundle.notice_days:
        days = ngettext("%(count)s jour", "%(count)s jours", bundle.notice_days)
        return _("%(said)s de %(days)s") % {"said": said, "days": days % {"count": number(bundle.notice_days)}}
    return said


def _licence(identifier: str) -> str:
    return dict(LICENCES).get(identifier, identifier)


def _domain(domain: str) -> str:
    if domain == Domain.PUBLIC:
        return _("domaine public : il ne se cède pas, et l’accord peut toujours être repris")
    return _("domaine privé")


def label_of(name: str) -> str:
    """What a fact of a bundle is called: "Gestion – le collectif", "Durée en mois"."""
    for right in Right:
        if name == f"{right}_condition":
            return _("%(right)s – conditions") % {"right": right.label}
        for holder in Holder:
            if name == column(holder, right):
                return f"{right.label} – {str(holder.label).lower()}"
    return capfirst(str(RightsBundle._meta.get_field(name).verbose_name))
