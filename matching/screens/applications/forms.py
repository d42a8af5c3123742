"""What a collective writes to apply, and what an authority answers."""

from typing import Any
from uuid import uuid4

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from matching.catalogue.envelopes import room_read
from matching.catalogue.models import Kind, Need, Offer
from matching.partnerships.applications import LONGEST_REASON, ApplicationFacts
from matching.partnerships.budgets import SUBSIDIES
from matching.partnerships.models import Application, Correction, Verb
from matching.screens.applications.budget_form import BudgetForm
from matching.screens.fields import DayField, EurosField, FormKeyField, TidyCharField, text_area
from matching.screens.numbers import euros


class ApplicationForm(BudgetForm):
    """What the project is. Money is asked for where the offer holds some, and then the project has a budget."""

    form_key = FormKeyField(initial=uuid4)
    title = TidyCharField(
        label=gettext_lazy("Nom du projet"),
        help_text=gettext_lazy("Quelques mots, comme sur une affiche."),
        max_length=160,
    )
    purpose = TidyCharField(
        label=gettext_lazy("Ce que vous voulez faire"),
        help_text=gettext_lazy("Quoi, avec qui, pour qui. Dix lignes suffisent."),
        max_length=5000,
        widget=text_area(7),
        error_messages={"required": gettext_lazy("Dites en quelques phrases ce que vous voulez faire.")},
    )
    brings = TidyCharField(
        label=gettext_lazy("Ce que vous apportez"),
        help_text=gettext_lazy("Du temps, du matériel, un savoir-faire, un public."),
        required=False,
        max_length=3000,
        widget=text_area(3),
    )
    asked_cents = EurosField(label=gettext_lazy("Montant demandé"), required=False)
    starts = DayField(label=gettext_lazy("À partir du"), required=False)
    ends = DayField(label=gettext_lazy("Jusqu’au"), required=False)
    need = forms.ChoiceField(
        label=gettext_lazy("Pour lequel de vos besoins ?"),
        help_text=gettext_lazy("La collectivité verra l’annonce à côté de votre candidature."),
        required=False,
        error_messages={"invalid_choice": gettext_lazy("Choisissez un besoin dans la liste.")},
    )

    def __init__(self, *args: Any, offer: Offer, needs: list[Need], **options: Any) -> None:
        super().__init__(*args, **options)
        if Kind.FUNDING in offer.kinds:
            self.add_budget(self.initial.get("budget", {}))
        else:
            del self.fields["asked_cents"]
        self.needs = {str(need.uuid): need for need in needs}
        if needs:
            nothing = ("", _("Aucun en particulier"))
            self.fields["need"].choices = [nothing, *((key, need.title) for key, need in self.needs.items())]
        else:
            del self.fields["need"]

    def clean(self) -> dict[str, Any]:
        values: dict[str, Any] = super().clean()
        starts, ends = values.get("starts"), values.get("ends")
        if starts and ends and ends < starts:
            self.add_error("ends", _("La fin vient avant le début. Vérifiez les deux dates."))
        asked, expected = values.get("asked_cents") or 0, values.get(f"budget_{SUBSIDIES}") or 0
        if expected and asked > expected:
            self.add_error(
                "asked_cents",
                _("Vous demandez plus que la ligne 74 de votre budget, %(expected)s. Mettez les deux d’accord.")
                % {"expected": euros(expected)},
            )
        return values

    @property
    def facts(self) -> ApplicationFacts:
        """What was written."""
        values = self.cleaned_data
        names = ("title", "purpose", "brings", "asked_cents", "starts", "ends")
        return ApplicationFacts(**{name: values[name] for name in names if name in values}, budget=self.budget)

    @property
    def chosen_need(self) -> Need | None:
        """The need that it is for, if one was chosen."""
        return self.needs.get(self.cleaned_data.get("need", ""))


def written(application: Application) -> dict[str, Any]:
    """What an application says, as the form begins with it."""
    names = ("title", "purpose", "brings", "asked_cents", "starts", "ends", "budget")
    return {name: getattr(application, name) for name in names}


class ReasonForm(forms.Form):
    """Why. The other side reads it."""

    reason = TidyCharField(
        label=gettext_lazy("Pourquoi ?"),
        help_text=gettext_lazy("L’autre partie le lira tel quel."),
        max_length=LONGEST_REASON,
        widget=text_area(4),
        error_messages={"required": gettext_lazy("Dites pourquoi : deux phrases suffisent.")},
    )


class WithdrawForm(ReasonForm):
    """Why a collective gives up, if it wants to say so."""

    reason = TidyCharField(
        label=gettext_lazy("Un mot pour la collectivité"),
        required=False,
        max_length=LONGEST_REASON,
        widget=text_area(2),
    )


class DecisionForm(forms.Form):
    """The decision and its reason, which the collective reads as they are."""

    verdict = forms.ChoiceField(
        label=gettext_lazy("Votre décision"),
        choices=[
            (Verb.ACCEPT, gettext_lazy("Retenir la candidature")),
            (Verb.DECLINE, gettext_lazy("Ne pas la retenir")),
            (Verb.CLOSE, gettext_lazy("La classer sans suite")),
        ],
        widget=forms.RadioSelect,
        error_messages={
            "required": gettext_lazy("Choisissez une décision."),
            "invalid_choice": gettext_lazy("Choisissez une décision dans la liste."),
        },
    )
    reason = ReasonForm.base_fields["reason"]
    granted_cents = EurosField(
        label=gettext_lazy("Montant accordé"),
        help_text=gettext_lazy("Si vous retenez la candidature. Il peut être plus petit que le montant demandé."),
        required=False,
    )

    def __init__(self, *args: Any, application: Application, **options: Any) -> None:
        super().__init__(*args, **options)
        self._has_envelope = room_read(application.offer).total_cents is not None
        if Kind.FUNDING not in application.offer.kinds:
            del self.fields["granted_cents"]

    def clean(self) -> dict[str, Any]:
        values: dict[str, Any] = super().clean()
        if values.get("granted_cents") and values.get("verdict") not in (Verb.ACCEPT, None):
            raise ValidationError(
                _("Un montant est accordé avec une candidature retenue. Effacez-le, ou retenez la candidature.")
            )
        is_unsaid = "granted_cents" in values and values["granted_cents"] is None
        if self._has_envelope and is_unsaid and values.get("verdict") == Verb.ACCEPT:
            self.add_error("granted_cents", _("Dites combien vous accordez de l’enveloppe, même 0."))
        return values


class CorrectionForm(forms.Form):
    """What is to be mended before the examination goes on."""

    kind = forms.ChoiceField(
        label=gettext_lazy("Qu’est-ce qui ne va pas ?"),
        choices=Correction.choices,
        widget=forms.RadioSelect,
        error_messages={
            "required": gettext_lazy("Choisissez ce qui ne va pas."),
            "invalid_choice": gettext_lazy("Choisissez une réponse dans la liste."),
        },
    )
    reason = TidyCharField(
        label=gettext_lazy("Ce qu’il faut corriger"),
        help_text=gettext_lazy("Le collectif le lira tel quel, et pourra changer son dossier."),
        max_length=LONGEST_REASON,
        widget=text_area(3),
        error_messages={"required": gettext_lazy("Dites ce qu’il faut corriger, et comment.")},
    )
