"""What is asked of the register, and what an authority adds to a grant."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from matching.catalogue.models import Kind
from matching.partnerships.models import GrantNotice
from matching.screens.fields import TidyCharField
from matching.screens.territory_field import TerritoryField

_FIRST_YEAR, _LAST_YEAR = 2000, 2100


class RegisterFilterForm(forms.Form):
    """Where, of what kind, signed in which year."""

    territory = TerritoryField(label=_("Où ?"), required=False)
    kind = forms.ChoiceField(
        label=_("Quoi ?"),
        choices=[("", _("Tout")), *Kind.choices],
        required=False,
        error_messages={"invalid_choice": _("Choisissez dans la liste.")},
    )
    year = forms.IntegerField(
        label=_("Signé en"),
        required=False,
        min_value=_FIRST_YEAR,
        max_value=_LAST_YEAR,
        localize=False,
        error_messages={
            "invalid": _("Écrivez une année, par exemple 2026."),
            "min_value": _("Écrivez une année, par exemple 2026."),
            "max_value": _("Écrivez une année, par exemple 2026."),
        },
        widget=forms.TextInput(attrs={"inputmode": "numeric", "size": 4}),
    )


class NoticeForm(forms.Form):
    """How a grant is paid, in three questions."""

    payment = forms.ChoiceField(
        label=_("Comment est-il versé ?"),
        choices=GrantNotice.Payment.choices,
        widget=forms.RadioSelect,
        error_messages={
            "required": _("Choisissez comment le montant est versé."),
            "invalid_choice": _("Choisissez dans la liste."),
        },
    )
    payment_text = TidyCharField(
        label=_("Si c’est autrement, comment ?"),
        help_text=_("Par exemple : la moitié à la signature, le reste après le bilan."),
        max_length=256,
        required=False,
    )
    pays_from = forms.DateField(
        label=_("Versé le, ou à partir du"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={"invalid": _("Écrivez une date, par exemple 31/12/2026.")},
    )
    pays_until = forms.DateField(
        label=_("Jusqu’au"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={"invalid": _("Écrivez une date, par exemple 31/12/2026.")},
    )
    notified = forms.BooleanField(label=_("Cette aide a été notifiée à la Commission européenne"), required=False)
    de_minimis = forms.BooleanField(
        label=_("C’est une aide de minimis"),
        help_text=_("Elle va à une activité économique, sous le plafond de 300 000 € en trois ans."),
        required=False,
    )

    @classmethod
    def of(cls, notice: GrantNotice | None, data: Any = None) -> "NoticeForm":
        """The form with what was said already."""
        names = ("payment", "payment_text", "pays_from", "pays_until", "notified", "de_minimis")
        return cls(data, initial={name: getattr(notice, name) for name in names} if notice else None)
