"""The way in: found a collective, join an organisation, say who you are to it, set your preferences."""

from typing import Any
from uuid import uuid4

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.functional import lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from stdnum.fr import siret

from matching.organisations.models import COLLECTIVE_FORMS, Discretion, LegalForm, Organisation, Posture, Role
from matching.organisations.validators import validate_collective_name, validate_rna, validate_siret
from matching.people.models import Person
from matching.screens.fields import FormKeyField, TidyCharField, text_area
from matching.screens.organisation_field import OrganisationField
from matching.screens.territory_field import TerritoryField


class HostForm(forms.Form):
    """Who carries a collective that exists already."""

    host = OrganisationField(
        label=gettext_lazy("Porté par"),
        help_text=gettext_lazy("Le nom exact d’une organisation inscrite ici. Elle devra le confirmer."),
        error_messages={"required": gettext_lazy("Écrivez le nom de l’organisation qui vous porte.")},
    )

    def __init__(self, *args: Any, guest: Organisation, **options: Any) -> None:
        super().__init__(*args, **options)
        self.guest = guest

    def clean_host(self) -> Organisation:
        host = self.cleaned_data["host"]
        if host == self.guest:
            raise ValidationError(_("Un collectif ne se porte pas lui-même. Nommez une autre organisation."))
        return host


class CollectiveForm(forms.Form):
    """Found a collective. Only its name and its form are required; an informal one has no number at all."""

    form_key = FormKeyField(required=False)
    name = TidyCharField(
        label=gettext_lazy("Nom du collectif"),
        max_length=160,
        validators=[validate_collective_name],
        error_messages={"required": gettext_lazy("Donnez le nom sous lequel on vous connaît.")},
    )
    legal_form = forms.ChoiceField(
        label=gettext_lazy("Forme"),
        help_text=gettext_lazy("Un groupe d’habitants sans statuts est un collectif informel : il est bienvenu."),
        choices=[(form.value, form.label) for form in COLLECTIVE_FORMS],
        widget=forms.RadioSelect,
        error_messages={
            "required": gettext_lazy("Choisissez une forme. Sans statuts : « Collectif informel »."),
            "invalid_choice": gettext_lazy("Choisissez une forme dans la liste."),
        },
    )
    host = OrganisationField(
        label=gettext_lazy("Porté par"),
        help_text=gettext_lazy(
            "Si une organisation inscrite ici vous porte, écrivez son nom exact. Elle devra le confirmer."
        ),
        required=False,
    )
    territory = TerritoryField(
        label=gettext_lazy("Où agissez-vous ?"),
        help_text=gettext_lazy("Une commune, une intercommunalité, un département, une région ou un code postal."),
        required=True,
    )
    description = TidyCharField(
        label=gettext_lazy("Présentation"),
        help_text=gettext_lazy("Deux ou trois phrases : qui vous êtes, ce que vous faites ensemble."),
        required=False,
        max_length=3000,
        widget=text_area(4),
    )
    posture = forms.ChoiceField(
        label=gettext_lazy("Votre rapport au numérique"),
        choices=[("", gettext_lazy("Je préfère ne pas répondre")), *Posture.choices],
        required=False,
    )
    siret = TidyCharField(
        label=gettext_lazy("SIRET"),
        help_text=gettext_lazy("Quatorze chiffres, si vous en avez un."),
        required=False,
        max_length=30,
    )
    rna = TidyCharField(
        label=gettext_lazy("Numéro RNA"),
        help_text=gettext_lazy("Pour une association déclarée : W et neuf caractères."),
        required=False,
        max_length=30,
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["form_key"].initial = uuid4

    def clean_siret(self) -> str:
        number = siret.compact(self.cleaned_data["siret"].replace("\u00a0", "").replace("\u202f", ""))
        if number:
            validate_siret(number)
        return number

    def clean_rna(self) -> str:
        number = "".join(self.cleaned_data["rna"].split()).upper()
        if number:
            validate_rna(number)
        return number

    def clean(self) -> dict[str, Any]:
        values = super().clean()
        if values.get("legal_form") == LegalForm.INFORMAL and (values.get("siret") or values.get("rna")):
            self.add_error(
                "legal_form",
                _("Un collectif informel n’a pas de numéro. Choisissez une autre forme, ou effacez-le."),
            )
        return values


class DiscretionForm(forms.Form):
    """Where a collective meets, and what everybody reads of it."""

    meeting_place = TidyCharField(
        label=gettext_lazy("Où vous réunissez-vous ?"),
        help_text=gettext_lazy("Une adresse, un café, une salle. Par exemple : 12 rue du Port, 29200 Brest."),
        required=False,
        max_length=300,
    )
    discretion = forms.ChoiceField(
        label=gettext_lazy("Que peut lire tout le monde ?"),
        choices=[
            (Discretion.OPEN, gettext_lazy("Notre lieu de réunion : il est public")),
            (Discretion.COMMUNE, gettext_lazy("Notre commune, jamais où nous nous réunissons")),
            (Discretion.DEPARTEMENT, gettext_lazy("Notre département, ni la commune ni le lieu")),
        ],
        widget=forms.RadioSelect,
        required=False,
        error_messages={"invalid_choice": gettext_lazy("Choisissez l’une des trois réponses.")},
    )


class FindAuthorityForm(forms.Form):
    """Which authority? By the name of its territory or a postcode."""

    territory = TerritoryField(
        label=gettext_lazy("Nom du territoire ou code postal"),
        help_text=gettext_lazy("Par exemple : Roubaix, Brest Métropole, Lot, Bretagne, 29200."),
        required=True,
    )


class FindOrganisationForm(forms.Form):
    """Which collective, among those that exist?"""

    q = TidyCharField(
        label=gettext_lazy("Nom du collectif"),
        max_length=160,
        validators=[validate_collective_name],
        error_messages={"required": gettext_lazy("Écrivez au moins un mot de son nom.")},
    )


class StatementForm(forms.Form):
    """Who the person is to that organisation, so that the right person recognises them.

    Asks their name too, if they have never given it. `code`: the HTTP status of the page that shows this form.
    """

    name = TidyCharField(
        label=gettext_lazy("Votre nom"),
        help_text=gettext_lazy("Celui sous lequel on vous connaît là-bas. Votre adresse e-mail n’est pas montrée."),
        max_length=120,
        error_messages={
            "required": gettext_lazy("Dites votre nom : sans lui, personne ne peut confirmer votre demande.")
        },
    )
    statement = TidyCharField(
        label=gettext_lazy("Votre fonction"),
        help_text=gettext_lazy("Par exemple : chargée de la vie associative, service culture."),
        max_length=200,
        error_messages={"required": gettext_lazy("Dites votre fonction : elle permet de vous reconnaître.")},
    )

    def __init__(self, *args: Any, person: Person, **options: Any) -> None:
        super().__init__(*args, **options)
        self.code = 200
        if person.name:
            del self.fields["name"]


class RoleForm(forms.Form):
    """The role of a member."""

    role = forms.ChoiceField(label=gettext_lazy("Rôle"), choices=Role.choices)


def _quiet_hours() -> str:
    if settings.QUIET_HOURS is None:
        return ""
    begins, ends = settings.QUIET_HOURS
    return _("Sinon, rien ne part entre %(begins)s h et %(ends)s h, ni le dimanche, à votre heure.") % {
        "begins": begins,
        "ends": ends,
    }


class PreferencesForm(forms.ModelForm):
    """How a person is named, written to, and in which language."""

    name = TidyCharField(
        label=gettext_lazy("Nom affiché"),
        help_text=gettext_lazy("Montré à l’autre partie quand vous écrivez. Votre adresse ne l’est jamais."),
        required=False,
        max_length=120,
    )
    notify = forms.ChoiceField(
        label=gettext_lazy("Avis par e-mail"),
        help_text=gettext_lazy("Ce qui vous attend est aussi sur votre bureau, toujours."),
        choices=Person.Notify.choices,
        widget=forms.RadioSelect,
    )
    any_hour = forms.BooleanField(
        label=gettext_lazy("M’écrire aussi le soir, la nuit et le dimanche"),
        help_text=lazy(_quiet_hours, str)(),
        required=False,
    )
    time_zone = forms.ChoiceField(
        label=gettext_lazy("Mon heure"),
        choices=[("", gettext_lazy("Celle de mon organisation")), *Person.Zone.choices],
        required=False,
    )
    language = forms.ChoiceField(
        label=gettext_lazy("Langue des e-mails"),
        choices=[("fr", gettext_lazy("Français")), ("en", gettext_lazy("Anglais"))],
        widget=forms.RadioSelect,
    )

    class Meta:
        model = Person
        fields = ("name", "notify", "any_hour", "time_zone", "language")
