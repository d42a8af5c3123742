"""A budget in the shape that subsidies ask for (Cerfa 12156): two columns of accounts, in cents, that balance.

What is given without money (hours, a loan of a place) has a line on each side, 86 and 87, and balances apart.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.formats import number_format
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

MOST_CENTS = 100_000_000_000

#: By account of the chart that associations keep, in the order of the form.
CHARGES: dict[str, Promise] = {
    "60": gettext_lazy("Achats (matières, fournitures)"),
    "61": gettext_lazy("Services extérieurs (locations, assurance, entretien)"),
    "62": gettext_lazy("Autres services (honoraires, déplacements, publicité, banque)"),
    "63": gettext_lazy("Impôts et taxes"),
    "64": gettext_lazy("Personnel (salaires et cotisations)"),
    "65": gettext_lazy("Autres dépenses courantes"),
    "66": gettext_lazy("Frais financiers"),
    "67": gettext_lazy("Dépenses exceptionnelles"),
    "68": gettext_lazy("Amortissements et provisions"),
}
PRODUCTS: dict[str, Promise] = {
    "70": gettext_lazy("Ventes et prestations"),
    "74": gettext_lazy("Subventions (demandées ou obtenues)"),
    "75": gettext_lazy("Cotisations, dons, mécénat"),
    "76": gettext_lazy("Produits financiers"),
    "77": gettext_lazy("Recettes exceptionnelles"),
    "78": gettext_lazy("Reprises sur provisions"),
    "79": gettext_lazy("Transferts de charges"),
}
GIVEN, RECEIVED = "86", "87"
IN_KIND: dict[str, Promise] = {
    GIVEN: gettext_lazy("Ce qui sert sans être payé (bénévolat, prêts)"),
    RECEIVED: gettext_lazy("D’où cela vient (bénévoles, prêteurs)"),
}
SUBSIDIES = "74"
ACCOUNTS: dict[str, Promise] = {**CHARGES, **PRODUCTS, **IN_KIND}


class Unbalanced(ValueError):
    """The two columns do not say the same total; str() says by how much, and which side lacks it."""


@dataclass(frozen=True)
class Budget:
    """Amounts in cents by account; accounts without an amount are left out."""

    lines: Mapping[str, int]

    @property
    def charges(self) -> int:
        return sum(self.lines.get(account, 0) for account in CHARGES)

    @property
    def products(self) -> int:
        return sum(self.lines.get(account, 0) for account in PRODUCTS)

    @property
    def total_charges(self) -> int:
        """With what is given without money."""
        return self.charges + self.lines.get(GIVEN, 0)

    @property
    def total_products(self) -> int:
        return self.products + self.lines.get(RECEIVED, 0)


def balanced(lines: Mapping[str, int | None]) -> dict[str, int]:
    """The lines that hold something. Raises Unbalanced, ValueError for what is no account or no amount."""
    kept = {account: cents for account, cents in lines.items() if cents}
    if any(account not in ACCOUNTS or not 0 < cents <= MOST_CENTS for account, cents in kept.items()):
        raise ValueError("Not a line of this budget")
    budget = Budget(kept)
    if gap := budget.charges - budget.products:
        raise Unbalanced(
            _("Il manque %(gap)s € de recettes : %(charges)s € de dépenses, %(products)s € de recettes.")
            % _words(gap, budget)
            if gap > 0
            else _("Il manque %(gap)s € de dépenses : %(charges)s € de dépenses, %(products)s € de recettes.")
            % _words(-gap, budget)
        )
    if kept.get(GIVEN, 0) != kept.get(RECEIVED, 0):
        raise Unbalanced(_("Les lignes 86 et 87 disent la même chose des deux côtés : mettez le même montant."))
    return kept


def _words(gap: int, budget: Budget) -> dict[str, str]:
    return {"gap": _euros(gap), "charges": _euros(budget.charges), "products": _euros(budget.products)}


def _euros(cents: int) -> str:
    return number_format(cents // 100 if cents % 100 == 0 else f"{cents // 100}.{cents % 100:02d}", force_grouping=True)
