"""The facts that decide, in the order in which people ask: who, where, how many, when, how much."""

from collections.abc import Callable, Iterator, Sequence
from datetime import date
from typing import NamedTuple

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from matching.catalogue.models import Kind, Need, Offer, Resource
from matching.catalogue.models.resources import IN_KIND
from matching.screens.numbers import amounts, day, euros, number, period
from matching.territories.models import Territory

_NBSP = "\u00a0"


class Fact(NamedTuple):
    """One fact: an icon's name, what it is about, and its sentence with the part to see first in `strong`."""

    icon: str
    label: str
    strong: str = ""
    before: str = ""
    after: str = ""


def offer_facts(offer: Offer, kilometres: float | None = None) -> list[Fact]:
    """What a card says of an offer, without a query where `for_cards()` has fetched it; kilometres: how far it is."""
    facts = [Fact("organisation", _("Collectivité"), strong=offer.organisation.name)]
    if offer.territory and (kilometres is not None or offer.territory.name not in offer.organisation.name):
        facts.append(_territory(offer.territory, kilometres))
    for resource in offer.resources.all():
        facts.extend(_RESOURCE_FACTS[resource.kind](resource))
    return [*facts, *_dates(offer.starts, offer.ends), *_window(offer.opens, offer.closes)]


def need_facts(need: Need, kilometres: float | None = None) -> list[Fact]:
    """What a card says of a need, without a query where `for_cards()` has fetched it; kilometres: how far it is."""
    organisation = need.organisation
    form = organisation.get_legal_form_display().lower()
    facts = [Fact("collective", _("Collectif"), strong=organisation.name, after=form)]
    if need.territory:
        facts.append(_territory(need.territory, kilometres))
    if need.capacity:
        facts.append(Fact("people", _("Personnes"), strong=people(need.capacity)))
    if need.surface_m2:
        facts.append(Fact("surface", _("Surface"), strong=surface(need.surface_m2)))
    if amount := amounts(need.amount_min, need.amount_max):
        facts.append(Fact("euro", _("Montant"), strong=amount))
    if need.data_subject:
        facts.append(Fact("data", _("Données cherchées"), after=need.data_subject))
    return [*facts, *_dates(need.starts, need.ends)]


def _territory(territory: Territory, kilometres: float | None) -> Fact:
    if kilometres is None:
        return Fact("pin", _("Territoire"), after=str(territory))
    return Fact("pin", _("Territoire"), strong=distance(kilometres), after=str(territory))


def distance(kilometres: float) -> str:
    """ "à 12 km", "à moins de 1 km" """
    if kilometres < 1:
        return _("à moins de 1 km")
    return _("à %(count)s km") % {"count": number(round(kilometres))}


def people(count: int) -> str:
    """ "60 personnes" """
    return ngettext("%(count)s personne", "%(count)s personnes", count) % {"count": number(count)}


def surface(square_metres: int) -> str:
    """ "110 m²" """
    return f"{number(square_metres)}{_NBSP}m²"


def _data(resource: Resource) -> Iterator[Fact]:
    if resource.subkind:
        yield Fact("data", _("Nature"), after=resource.get_subkind_display())
    if resource.formats:
        yield Fact("tag", _("Formats"), strong=resource.formats)
    if resource.licence:
        yield Fact("licence", _("Licence"), after=resource.get_licence_display())
    if resource.rights_cleared is not None:
        said = _("ayants droit vérifiés") if resource.rights_cleared else _("ayants droit à vérifier")
        yield Fact("check" if resource.rights_cleared else "warning", _("Ayants droit"), after=said)


def _place(resource: Resource) -> Iterator[Fact]:
    if resource.capacity:
        yield Fact("people", _("Personnes au plus"), strong=people(resource.capacity))
    if resource.surface_m2:
        yield Fact("surface", _("Surface"), after=surface(resource.surface_m2))
    if resource.opening:
        yield Fact("clock", _("Horaires"), after=resource.opening)
    if resource.price is not None:
        yield _price(resource)


def _price(resource: Resource) -> Fact:
    value = resource.rental_value
    worth = _("(valeur %(amount)s la demi-journée)") % {"amount": euros(value)} if value else ""
    if not resource.price:
        return Fact("euro", _("Prix"), strong=_("gratuit"), after=worth)
    return Fact("euro", _("Prix"), strong=euros(resource.price), after=_("la demi-journée"))


def _funding(resource: Resource) -> Iterator[Fact]:
    if resource.subkind in IN_KIND:
        yield Fact("hand", _("Soutien"), strong=resource.get_subkind_display(), after=_("soutien sans argent"))
    if amount := amounts(resource.amount_min, resource.amount_max):
        yield Fact("euro", _("Montant"), strong=amount)
    if resource.rate:
        share = _("%(rate)s %% des dépenses au plus") % {"rate": resource.rate}
        yield Fact("funding", _("Part financée"), after=share)
    if resource.funding_use:
        yield Fact("tag", _("Pour quoi"), after=resource.get_funding_use_display().lower())
    if resource.is_call:
        yield Fact("message", _("Procédure"), after=_("appel à projets"))


_RESOURCE_FACTS: dict[str, Callable[[Resource], Iterator[Fact]]] = {
    Kind.DATA: _data,
    Kind.PLACE: _place,
    Kind.FUNDING: _funding,
}


def _dates(starts: date | None, ends: date | None) -> Iterator[Fact]:
    if said := period(starts, ends):
        yield Fact("calendar", _("Dates"), after=said)


def _window(opens: date | None, closes: date | None) -> Iterator[Fact]:
    if closes:
        yield Fact("calendar", _("Demandes"), before=_("demandes avant le"), strong=day(closes))
    elif opens:
        yield Fact("calendar", _("Demandes"), before=_("demandes dès le"), strong=day(opens))


def enumeration(words: Sequence[str]) -> str:
    """ "a, b et c" """
    if len(words) < 2:
        return "".join(words)
    return _("%(first)s et %(last)s") % {"first": ", ".join(words[:-1]), "last": words[-1]}
