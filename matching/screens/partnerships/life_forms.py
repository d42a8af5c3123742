"""What people write during the life of a partnership."""

from typing import Any, cast
from uuid import uuid4

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from matching.partnerships.following import LONGEST_TEXT
from matching.partnerships.models import InventoryRow, Measure, Partnership, PowerAssessment
from matching.screens.fields import CountField, DayField, EurosField, FormKeyField, TidyCharField, text_area
from matching.screens.file_fields import OneFileField

SCALE = [
    ("1", gettext_lazy("Pas du tout")),
    ("2", gettext_lazy("Un peu")),
    ("3", gettext_lazy("Plutôt")),
    ("4", gettext_lazy("Tout à fait")),
]

#: The statements of the self-assessment, in their order.
POWER = ("decides", "knows", "heard", "reaches", "goes_on")


class TextForm(forms.Form):
    """A few words."""

    text = TidyCharField(
        label=gettext_lazy("Vos mots"),
        max_length=LONGEST_TEXT,
        widget=text_area(5),
        error_messages={"required": gettext_lazy("Écrivez quelques mots.")},
    )


class CopyForm(forms.Form):
    """The paper that was signed, scanned or photographed."""

    file = OneFileField(
        label=gettext_lazy("L’exemplaire signé"),
        help_text=gettext_lazy("Un PDF, ou une photo lisible de chaque page dans un seul fichier."),
        error_messages={"required": gettext_lazy("Choisissez le fichier.")},
    )


class ReviewForm(TextForm):
    """What was said at a review."""

    next_on = DayField(label=gettext_lazy("Prochain point le"), required=False)


class DisputeForm(TextForm):
    """A step of a conciliation."""

    closes = forms.BooleanField(label=gettext_lazy("La conciliation est terminée"), required=False)


class ContributionForm(forms.Form):
    """What was really given."""

    form_key = FormKeyField(initial=uuid4)
    measure = forms.ChoiceField(label=gettext_lazy("Ce qui a été donné"), choices=Measure.choices)
    quantity = TidyCharField(
        label=gettext_lazy("Combien"),
        help_text=gettext_lazy("Un nombre : 12 heures, 150,50 euros…"),
        max_length=40,
        required=False,
    )
    text = TidyCharField(label=gettext_lazy("En quelques mots"), max_length=300)
    given_on = DayField(label=gettext_lazy("Le"))
    commitment = forms.ChoiceField(label=gettext_lazy("Pour quel engagement ?"), required=False)

    def __init__(self, *args: Any, partnership: Partnership, **options: Any) -> None:
        super().__init__(*args, **options)
        rows = partnership.commitments.filter(is_dropped=False)
        kept = ((str(row.key), row.text) for row in rows)
        cast(forms.ChoiceField, self.fields["commitment"]).choices = [("", _("Aucun en particulier")), *kept]

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        field = EurosField(required=False) if values.get("measure") == Measure.EUROS else CountField(required=False)
        try:
            values["quantity"] = field.clean(values.get("quantity"))
        except forms.ValidationError as error:
            self.add_error("quantity", error)
        return values


class InventoryForm(forms.Form):
    """One line of an état des lieux."""

    form_key = FormKeyField(initial=uuid4)
    moment = forms.ChoiceField(label=gettext_lazy("Quand"), choices=InventoryRow.Moment.choices)
    part = TidyCharField(
        label=gettext_lazy("Quoi"), help_text=gettext_lazy("Un mur, une porte, un appareil…"), max_length=120
    )
    condition = forms.ChoiceField(label=gettext_lazy("État"), choices=InventoryRow.Condition.choices)
    note = TidyCharField(label=gettext_lazy("Une précision"), max_length=500, required=False)
    seen_on = DayField(label=gettext_lazy("Vu le"))


class PowerForm(forms.Form):
    """A few plain statements on a scale of four."""

    is_shared = forms.BooleanField(
        label=gettext_lazy("Le montrer aux autres parties"),
        help_text=gettext_lazy("Sinon, seule votre organisation le lit."),
        required=False,
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        for name in POWER:
            label = getattr(PowerAssessment._meta.get_field(name), "verbose_name", name)
            self.fields[name] = forms.TypedChoiceField(label=label, choices=SCALE, coerce=int, widget=forms.RadioSelect)
        self.order_fields([*POWER, "is_shared"])
