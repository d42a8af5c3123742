"""What the paper form says, in its order; and the code that a group brings."""

from typing import Any
from uuid import UUID, uuid4

from django import forms
from django.core.exceptions import ValidationError
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from matching.catalogue.models import Agreement, Kind
from matching.catalogue.services import NeedFacts
from matching.organisations.models import Organisation
from matching.organisations.validators import validate_collective_name
from matching.screens.fields import CountField, DayField, FormKeyField, TidyCharField, text_area
from matching.screens.territory_field import TerritoryField

#: What the papers of one pile mostly share: kept for the next one.
KEPT = ("helper", "territory", "agreed_how", "agreed_on")


class EntryForm(forms.Form):
    """A need of a group that agreed, field after field as on the paper. `helpers`: in whose name; None: the team."""

    form_key = FormKeyField(required=False)
    group = TidyCharField(
        label=gettext_lazy("1. Nom du groupe"),
        max_length=160,
        validators=[validate_collective_name],
        error_messages={"required": gettext_lazy("Écrivez le nom du groupe, ou comment on l’appelle.")},
    )
    contact_name = TidyCharField(
        label=gettext_lazy("2. Nom de la personne du groupe"),
        help_text=gettext_lazy("Celle qui a donné l’accord, pas vous. Vous seul le lirez."),
        max_length=120,
        error_messages={"required": gettext_lazy("Écrivez le nom de la personne qui a donné l’accord du groupe.")},
    )
    territory = TerritoryField(
        label=gettext_lazy("3. Où agissez-vous ?"),
        error_messages={"required": gettext_lazy("Dites où le groupe agit, par exemple Brest ou 29200.")},
    )
    kinds = forms.MultipleChoiceField(
        label=gettext_lazy("4. Que cherchez-vous ?"),
        choices=[
            (Kind.PLACE, gettext_lazy("Un lieu")),
            (Kind.FUNDING, gettext_lazy("De l’argent ou un soutien")),
            (Kind.DATA, gettext_lazy("Des données, des archives")),
        ],
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    title = TidyCharField(
        label=gettext_lazy("5. Votre besoin en une ligne"),
        max_length=160,
        error_messages={"required": gettext_lazy("Donnez un titre : c’est la première chose que l’on lira.")},
    )
    text = TidyCharField(
        label=gettext_lazy("6. Expliquez en deux ou trois phrases"),
        max_length=20_000,
        widget=text_area(4),
        error_messages={
            "required": gettext_lazy("Décrivez le besoin en deux phrases : le rapprochement se fait sur ces mots.")
        },
    )
    capacity = CountField(label=gettext_lazy("7. Si c’est un lieu : pour combien de personnes ?"), required=False)
    contribution = TidyCharField(
        label=gettext_lazy("8. Ce que vous apportez"),
        max_length=3000,
        widget=text_area(3),
        error_messages={
            "required": gettext_lazy("Dites ce que le groupe apporte : du temps ou un repas partagé comptent.")
        },
    )
    starts = DayField(label=gettext_lazy("9. À partir du"), required=False)
    ends = DayField(label=gettext_lazy("Jusqu’au"), required=False)
    agreed_how = forms.ChoiceField(
        label=gettext_lazy("10. Le groupe est d’accord pour publier"),
        choices=Agreement.choices,
        widget=forms.RadioSelect,
        error_messages={
            "required": gettext_lazy("Dites comment le groupe a donné son accord. Sans accord, rien n’est publié."),
            "invalid_choice": gettext_lazy("Choisissez l’une des trois réponses."),
        },
    )
    agreed_on = DayField(
        label=gettext_lazy("11. Date de l’accord"),
        error_messages={"required": gettext_lazy("Écrivez le jour où le groupe a donné son accord.")},
    )
    helper = forms.ChoiceField(
        label=gettext_lazy("Vous saisissez pour"),
        error_messages={"invalid_choice": gettext_lazy("Choisissez une réponse de la liste.")},
    )

    def __init__(self, *args: Any, helpers: list[Organisation | None], **options: Any) -> None:
        super().__init__(*args, **options)
        self.helpers = {str(helper.uuid) if helper else "": helper for helper in helpers}
        self.fields["form_key"].initial = uuid4
        self.fields["group"].widget.attrs["autofocus"] = True
        if len(helpers) == 1:
            del self.fields["helper"]
        else:
            self.fields["helper"].required = "" not in self.helpers
            self.fields["helper"].choices = [
                (key, helper.name if helper else _("L’équipe du service")) for key, helper in self.helpers.items()
            ]

    def clean_form_key(self) -> UUID:
        """The key of this form, or a new one."""
        return self.cleaned_data["form_key"] or uuid4()

    def clean_agreed_on(self) -> Any:
        day = self.cleaned_data["agreed_on"]
        if day > localdate():
            raise ValidationError(_("Cette date est à venir. Écrivez le jour où l’accord a été donné."))
        return day

    def clean(self) -> dict[str, Any]:
        values = super().clean()
        if values.get("starts") and values.get("ends") and values["starts"] > values["ends"]:
            self.add_error("ends", _("La fin vient avant le début. Vérifiez les deux dates."))
        return values

    def told(self) -> dict[str, Any]:
        """What the paper says, for the service."""
        values = self.cleaned_data
        told = {name: values[name] for name in ("group", "contact_name", "agreed_how", "agreed_on", "form_key")}
        need = ("title", "text", "kinds", "territory", "capacity", "contribution", "starts", "ends")
        helper = self.helpers[values["helper"]] if "helper" in values else next(iter(self.helpers.values()))
        return {**told, "helper": helper, "facts": NeedFacts(**{name: values[name] for name in need})}


class ClaimForm(forms.Form):
    """The code of a paper."""

    code = TidyCharField(
        label=gettext_lazy("Code écrit sur votre papier"),
        help_text=gettext_lazy("Douze lettres et chiffres. Majuscules ou minuscules, avec ou sans tirets."),
        max_length=40,
        error_messages={"required": gettext_lazy("Recopiez le code qui est sur votre papier.")},
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["code"].widget.attrs |= {
            "autocomplete": "off",
            "spellcheck": "false",
            "autocapitalize": "characters",
        }
