"""What the forms of offers and needs have in common: words, themes, place, dates, and easy drafts."""

import re
from textwrap import shorten
from typing import Any, ClassVar
from uuid import UUID, uuid4

from django import forms
from django.forms.utils import ErrorDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from matching.catalogue.models import Listing
from matching.catalogue.models.rights import Right
from matching.catalogue.services import NeedFacts, OfferFacts
from matching.screens.fields import DayField, FormKeyField, ThemesField, TidyCharField, VersionField, text_area
from matching.screens.territory_field import TerritoryField

#: What a right lets a collective do, in words for somebody who never read Ostrom.
RIGHTS_IN_FORMS = {
    Right.ACCESS: gettext_lazy("Accès : entrer, consulter"),
    Right.WITHDRAWAL: gettext_lazy("Utilisation : se servir de la ressource"),
    Right.MANAGEMENT: gettext_lazy("Gestion : aménager, programmer, enrichir"),
    Right.EXCLUSION: gettext_lazy("Exclusion : choisir qui d’autre l’utilise"),
}


def begun_with(text: str) -> dict[str, str]:
    """A listing begun with a few words typed elsewhere: their first sentence makes a title to correct."""
    first = re.split(r"(?<=[.!?])\s|\n", text, maxsplit=1)[0].rstrip(".")
    return {"text": text, "title": shorten(first, 100, placeholder="…")} if text else {}


class ListingForm(forms.Form):
    """Base of both forms. A draft needs a title only; publishing needs what `to_publish` names.

    `listing`: the one being changed, or None. `publishing`: the person asks that everybody reads it.
    """

    to_publish: ClassVar[dict[str, Any]] = {}

    #: How what is typed in this form is kept: a kind of offer, or "need".
    stored_as: ClassVar[str]

    form_key = FormKeyField(required=False)
    version = VersionField(required=False)
    #: Which page of this opening it is: what is kept of an earlier one never takes the place of what is typed later.
    turn = VersionField(required=False, initial=0)
    title = TidyCharField(
        max_length=160,
        error_messages={"required": gettext_lazy("Donnez un titre : c’est la première chose que l’on lira.")},
    )
    text = TidyCharField(required=False, max_length=20_000, widget=text_area(6))
    easy_read = TidyCharField(
        label=gettext_lazy("Résumé facile à lire"),
        help_text=gettext_lazy(
            "Des phrases de dix mots, des mots de tous les jours, une idée par phrase. Par exemple : « Nous prêtons "
            "une salle. Elle est gratuite. Vous pouvez venir le mardi. »"
        ),
        required=False,
        max_length=800,
        widget=text_area(3),
    )
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
        self.fields["version"].initial = listing.version if listing else None
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

    def told(self) -> OfferFacts | NeedFacts:
        """What a valid form says, for the service."""
        raise NotImplementedError

    def told_so_far(self) -> OfferFacts | NeedFacts:
        """What a form says that somebody is still filling in: what cannot be read yet says nothing."""
        for name, field in self.fields.items():
            self.cleaned_data.setdefault(name, getattr(field, "empty_value", None))
        return self.told()

    def overlook_errors(self) -> None:
        """Nobody has asked for anything yet: what is typed is shown without a word on what lacks."""
        self.full_clean()
        self._errors = ErrorDict()

    def differing(self) -> list[str]:
        """The fields that say something else than the listing does, in the order of the form."""
        shown = (name for name in self.changed_data if name not in ("form_key", "version", "turn"))
        sent = (
            name
            for name in shown
            if not self.fields[name].widget.value_omitted_from_data(self.data, self.files, self.add_prefix(name))
        )
        return list(sent)

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
