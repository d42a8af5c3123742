"""What is said of a thing that is reported, and what the moderation answers."""

from typing import Any
from uuid import uuid4

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from matching.moderation.models import LONGEST, Case, Reason, Step
from matching.moderation.services import choices_of
from matching.screens.fields import FormKeyField, TidyCharField, text_area


class ReportForm(forms.Form):
    """What is wrong. `form_key` makes a double click report once; `website` is a trap that people do not see."""

    form_key = FormKeyField(initial=uuid4)
    reason = forms.ChoiceField(
        label=gettext_lazy("Qu’est-ce qui ne va pas ?"),
        choices=Reason.choices,
        widget=forms.RadioSelect,
        error_messages={
            "required": gettext_lazy("Choisissez ce qui s’en approche le plus, ou « Autre chose »."),
            "invalid_choice": gettext_lazy("Choisissez une raison dans la liste."),
        },
    )
    text = TidyCharField(
        label=gettext_lazy("Expliquez en quelques mots"),
        help_text=gettext_lazy("Quelle phrase, quelle image, pourquoi. L’organisation concernée ne lira pas ce texte."),
        required=False,
        max_length=LONGEST,
        widget=text_area(5),
    )
    email = forms.EmailField(
        label=gettext_lazy("Votre e-mail, pour recevoir notre réponse"),
        help_text=gettext_lazy("Il ne sert qu’à cela et n’est montré à personne d’autre."),
        required=False,
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
        error_messages={
            "invalid": gettext_lazy("Cette adresse n’est pas complète. Écrivez nom@exemple.fr, ou laissez vide.")
        },
    )
    website = forms.CharField(
        label=gettext_lazy("Laissez ce champ vide"),
        required=False,
        widget=forms.TextInput(attrs={"tabindex": "-1", "autocomplete": "off"}),
    )

    @property
    def is_trapped(self) -> bool:
        """Filled in by something that reads no screen."""
        return bool(self.data.get("website"))

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        if values.get("reason") == Reason.OTHER and not values.get("text") and not self.has_error("text"):
            self.add_error("text", _("Dites ce qui ne va pas : sans cela, nous ne saurons quoi chercher."))
        return values


class DecisionForm(forms.Form):
    """A decision on what stands there now, and its reason, which both sides read."""

    form_key = FormKeyField(initial=uuid4)
    seen = forms.CharField(widget=forms.HiddenInput)
    verdict = forms.ChoiceField(
        label=gettext_lazy("Que décidez-vous ?"),
        widget=forms.RadioSelect,
        error_messages={
            "required": gettext_lazy("Choisissez une décision."),
            "invalid_choice": gettext_lazy("Choisissez une décision dans la liste."),
        },
    )
    reason = TidyCharField(
        label=gettext_lazy("Pourquoi ?"),
        help_text=gettext_lazy(
            "L’organisation et la personne qui a signalé lisent ce texte : le fait, la règle, ce qui la respecterait."
        ),
        max_length=LONGEST,
        widget=text_area(5),
        error_messages={"required": gettext_lazy("Dites pourquoi : une décision sans raison ne se comprend pas.")},
    )

    def __init__(self, *arguments: Any, case: Case, **options: Any) -> None:
        super().__init__(*arguments, **options)
        labels = {
            Step.Kind.NOTHING: _("Rien à changer"),
            Step.Kind.CORRECT: _("Demander une correction : cela reste visible"),
            Step.Kind.HIDDEN: _("Laisser masqué") if case.is_hidden else _("Masquer, jusqu’à un nouvel examen"),
            Step.Kind.RESTORED: _("Rétablir : tout le monde le voit de nouveau"),
        }
        self.fields["verdict"].choices = [(kind.value, labels[kind]) for kind in choices_of(case)]  # type: ignore[attr-defined]


class UndoForm(forms.Form):
    """Why a decision is taken back."""

    form_key = FormKeyField(initial=uuid4)
    reason = TidyCharField(
        label=gettext_lazy("Pourquoi annuler ?"),
        max_length=LONGEST,
        widget=text_area(2),
        error_messages={"required": gettext_lazy("Dites pourquoi vous annulez cette décision.")},
    )


class AskAgainForm(forms.Form):
    """What was changed since, or why the decision is contested."""

    form_key = FormKeyField(initial=uuid4)
    text = TidyCharField(
        label=gettext_lazy("Ce que vous avez changé, ou pourquoi vous n’êtes pas d’accord"),
        max_length=LONGEST,
        widget=text_area(5),
        error_messages={"required": gettext_lazy("Écrivez quelques mots : ils guideront le nouvel examen.")},
    )
