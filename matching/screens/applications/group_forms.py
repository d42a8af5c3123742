"""What a collective writes about itself, once."""

from typing import Any
from uuid import uuid4

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from matching.partnerships.group_files import GroupFacts
from matching.partnerships.models import DocumentKind, GroupFile
from matching.screens.applications.budget_form import BudgetForm
from matching.screens.fields import CountField, FormKeyField, TidyCharField, text_area
from matching.screens.file_fields import OneFileField

_WRITTEN = (
    *("purpose", "representative", "members", "volunteers", "employees", "networks", "approvals"),
    "budget_year",
)


class GroupFileForm(BudgetForm):
    """Everything may stay empty: an informal group has little to say here, and applies all the same."""

    form_key = FormKeyField(initial=uuid4)
    purpose = TidyCharField(
        label=gettext_lazy("Ce que fait votre collectif"),
        help_text=gettext_lazy("Depuis quand, pour qui, où. Cinq lignes suffisent."),
        required=False,
        max_length=3000,
        widget=text_area(5),
    )
    representative = TidyCharField(
        label=gettext_lazy("Qui signe pour vous"),
        help_text=gettext_lazy("Nom et fonction. Seules les collectivités où vous candidatez le lisent."),
        required=False,
        max_length=200,
    )
    members = CountField(label=gettext_lazy("Membres"), required=False)
    volunteers = CountField(label=gettext_lazy("Bénévoles actifs"), required=False)
    employees = CountField(label=gettext_lazy("Salariés"), required=False)
    networks = TidyCharField(
        label=gettext_lazy("Réseaux et fédérations"), required=False, max_length=1000, widget=text_area(2)
    )
    approvals = TidyCharField(
        label=gettext_lazy("Agréments, soutiens publics"),
        help_text=gettext_lazy("Ceux que vous avez déjà, avec leur année."),
        required=False,
        max_length=1000,
        widget=text_area(2),
    )
    budget_year = CountField(
        label=gettext_lazy("Année de ce budget"), help_text=gettext_lazy("Par exemple 2027."), required=False, most=2200
    )

    def __init__(self, *args: Any, own: GroupFile, **options: Any) -> None:
        written = {name: getattr(own, name) for name in _WRITTEN}
        super().__init__(*args, **{**options, "initial": {**written, **options.get("initial", {})}})
        self.add_budget(own.budget)

    def clean_budget_year(self) -> int | None:
        year: int | None = self.cleaned_data["budget_year"]
        if year is not None and year < 1900:
            raise forms.ValidationError(_("Écrivez l’année en quatre chiffres, par exemple 2027."))
        return year

    @property
    def facts(self) -> GroupFacts:
        """What was written."""
        return GroupFacts(**{name: self.cleaned_data[name] for name in _WRITTEN}, budget=self.budget)


class DocumentForm(forms.Form):
    """One document more, or instead of the one of its kind."""

    kind = forms.ChoiceField(
        label=gettext_lazy("Quel document ?"),
        choices=DocumentKind.choices,
        error_messages={"invalid_choice": gettext_lazy("Choisissez un document dans la liste.")},
    )
    file = OneFileField(
        label=gettext_lazy("Fichier"),
        help_text=gettext_lazy("PDF, image ou document sans macros."),
        error_messages={"required": gettext_lazy("Choisissez un fichier.")},
    )
