"""The two columns of a budget as boxes of a form; what does not balance is said with what lacks, and stays typed."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from django import forms
from django.forms import BoundField
from django.utils.translation import gettext as _

from matching.partnerships.budgets import ACCOUNTS, CHARGES, GIVEN, PRODUCTS, RECEIVED, Budget, Unbalanced, balanced
from matching.screens.fields import EurosField
from matching.screens.numbers import euros


class BudgetForm(forms.Form):
    """A form that holds a budget among other things. `filled` says whether to show it open."""

    def add_budget(self, lines: Mapping[str, int]) -> None:
        """Its boxes, one for each account."""
        for account, label in ACCOUNTS.items():
            self.fields[f"budget_{account}"] = EurosField(
                label=f"{account} · {label}", required=False, initial=lines.get(account)
            )

    @property
    def has_budget(self) -> bool:
        return f"budget_{GIVEN}" in self.fields

    @property
    def budget_columns(self) -> list[tuple[str, list[BoundField]]]:
        """(title, boxes) of what is spent and of what comes in."""
        return [
            (_("Dépenses"), [self[f"budget_{account}"] for account in (*CHARGES, GIVEN)]),
            (_("Recettes"), [self[f"budget_{account}"] for account in (*PRODUCTS, RECEIVED)]),
        ]

    @property
    def budget_is_open(self) -> bool:
        """Whether somebody has written or sent some of it."""
        fields = [field for _title, column in self.budget_columns for field in column]
        return any(field.value() for field in fields) or any(field.errors for field in fields)

    @property
    def budget(self) -> dict[str, int]:
        """What was written, once the form is clean."""
        return {account: self.cleaned_data[f"budget_{account}"] or 0 for account in ACCOUNTS if self.has_budget}

    def clean(self) -> dict[str, Any]:
        values: dict[str, Any] = super().clean() or {}
        if self.has_budget and not any(name.startswith("budget_") for name in self.errors):
            try:
                balanced({account: values.get(f"budget_{account}") for account in ACCOUNTS})
            except Unbalanced as error:
                self.add_error(None, str(error))
        return values


class BudgetColumn(NamedTuple):
    """One side of a budget to be read."""

    title: str
    rows: list[tuple[str, str]]
    total: str


class BudgetTable(NamedTuple):
    """A budget to be read: what is spent, what comes in."""

    caption: str
    columns: tuple[BudgetColumn, BudgetColumn]


def table_of(caption: str, lines: Mapping[str, int]) -> BudgetTable:
    """The table of these lines."""
    budget = Budget(lines)
    return BudgetTable(
        caption,
        (
            BudgetColumn(_("Dépenses"), _rows(budget, (*CHARGES, GIVEN)), euros(budget.total_charges)),
            BudgetColumn(_("Recettes"), _rows(budget, (*PRODUCTS, RECEIVED)), euros(budget.total_products)),
        ),
    )


def _rows(budget: Budget, accounts: tuple[str, ...]) -> list[tuple[str, str]]:
    return [
        (f"{account} · {ACCOUNTS[account]}", euros(budget.lines[account]))
        for account in accounts
        if budget.lines.get(account)
    ]
