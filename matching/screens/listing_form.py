"""What the forms of offers and needs have in common: words, themes, place, dates, and easy drafts."""

from typing import Any, ClassVar
from uuid import UUID, uuid4

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from matching.catalogue.models import Listing
from matching.catalogue.models.rights import Right
from matching.screens.fields import DayField, FormKeyField, ThemesField, TidyCharField, text_area
from matching.screens.territory_field import TerritoryField

#: What a right lets a collective do, in words for somebody who never read Ostrom.
RIGHTS_IN_FORMS = {
    Right.ACCESS: gettext_lazy("Accès : entrer, consulter"),
    Right.WITHDRAWAL: gettext_lazy("Utilisation : se servir de la ressource"),
    Right.MANAGEMENT: gettext_lazy("Gestion : aménager, programmer, enrichir"),
    Right.EXCLUSION: gettext_lazy("Exclusion : choisir qui d’autre l’utilise"),
}


class ListingForm(forms.Form):
    """Base of both forms. A draft needs a title only; publishing needs what `to_publish` names.

    `listing`: the one being changed, or None. `publishing`: the person asks that everybody reads it.
    """

    to_publish: ClassVar[dict[str, Any]] = {}

    form_key = FormKeyField(required=False)
    title = TidyCharField(
        max_length=160,
        error_messages={"required": gettext_lazy("Donnez un titre : c’est la première chose que l’on lira.")},
    )
    text = TidyCharField(required=False, max_length=20_000, widget=text_area(6))
    themes = ThemesField(
        label=gettext_lazy("Thèmes"),
        help_text=gettext_lazy("Trois au plus. Ils aident à vous trouver même sans les mêmes mots."),
        required=False,
    )
    territory = TerritoryField(label=gettext_lazy("Territoire"), required=False)
    starts = DayField(label=gettext_lazy("À partir du"), required=False)
    ends = DayField(label=gettext_lazy("Jusqu’au"), required=False)

    def __init__(self, *args: Any, listing: Listing | None = None, publishing: bool = False, **options: Any) -> None:
        self.listing = listing
        self.publishing = publishing
        super().__init__(*args, **options)
        self.fields["themes"].offer_choices()
        self.fields["form_key"].initial = uuid4
        for name, sentence in self.to_publish.items():
            self.fields[name].error_messages["required"] = sentence
        self._require_what_is_published(True)

    def full_clean(self) -> None:
        """Shown as required, checked only when publishing: a draft may stop anywhere."""
        self._require_what_is_published(self.publishing)
        super().full_clean()
        self._require_what_is_published(True)

    def clean(self) -> dict[str, Any]:
        values = super().clean()
        self._check_order("starts", "ends", _("La fin vient avant le début. Vérifiez les deux dates."))
        return values

    def clean_form_key(self) -> UUID:
        """The key of this form, or a new one."""
        return self.cleaned_data["form_key"] or uuid4()

    def _require_what_is_published(self, required: bool) -> None:
        for name in self.to_publish:
            self.fields[name].required = required

    def _check_order(self, first: str, last: str, sentence: str) -> None:
        """Both known: the first is not above the last. The sentence stands at the last."""
        low, high = self.cleaned_data.get(first), self.cleaned_data.get(last)
        if low is not None and high is not None and low > high:
            self.add_error(last, sentence)
