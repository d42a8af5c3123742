"""Whom a collective asks to take part in its application."""

from django import forms
from django.utils.translation import gettext_lazy

from matching.partnerships.models import Party
from matching.screens.organisation_field import OrganisationField


class InviteForm(forms.Form):
    """Another organisation, by its exact name."""

    role = forms.ChoiceField(
        label=gettext_lazy("Son rôle"),
        choices=[
            (Party.Role.PARTNER, gettext_lazy("Candidate avec vous")),
            (Party.Role.CARRIER, gettext_lazy("Porte votre candidature : elle signe et reçoit pour vous")),
        ],
        initial=Party.Role.PARTNER,
        widget=forms.RadioSelect,
        error_messages={
            "required": gettext_lazy("Choisissez un rôle."),
            "invalid_choice": gettext_lazy("Choisissez un rôle dans la liste."),
        },
    )
    organisation = OrganisationField(
        label=gettext_lazy("Quelle organisation ?"),
        help_text=gettext_lazy("Son nom exact ici. Elle lira votre candidature et répondra elle-même."),
        error_messages={"required": gettext_lazy("Écrivez le nom de l’organisation.")},
    )
