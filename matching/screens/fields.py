"""Fields that take what people really type: exotic signs, « 1 500,50 € », « 60 personnes », 31/12/2026.

A field never loses what was typed: what it refuses comes back as it was, with a sentence to mend it.
"""

import re
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any
from uuid import UUID

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from django.utils.formats import number_format
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from matching.catalogue.models import Theme
from matching.catalogue.texts import tidy
from matching.screens.numbers import number

_SPACES = re.compile(r"[\s\u00a0\u202f]+")
_ENGLISH_GROUPS = re.compile(r",(?=\d{3}(?!\d))")
# Far above any real quantity, and below what the database can hold.
_MOST = 1_000_000
_MOST_EUROS = 1_000_000_000


class TidyCharField(forms.CharField):
    """A text that is tidied rather than refused for its signs. Too long: kept as typed, and said how much."""

    default_error_messages = {"required": gettext_lazy("Ce champ ne peut pas rester vide. Écrivez quelques mots.")}

    def to_python(self, value: object) -> str:
        text = tidy(str(value)) if value is not None else ""
        if self.max_length and len(text) > self.max_length:
            raise ValidationError(
                _("Ce texte a %(size)s signes ; il en faut %(most)s au plus. Raccourcissez-le.")
                % {"size": number(len(text)), "most": number(self.max_length)},
                code="max_length",
            )
        return super().to_python(text)

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        # No maxlength: the browser would cut a pasted text without a word.
        attributes = super().widget_attrs(widget)
        attributes.pop("maxlength", None)
        return attributes


def text_area(rows: int = 4) -> forms.Textarea:
    """A box for several lines."""
    return forms.Textarea(attrs={"rows": rows})


class WebAddressField(TidyCharField):
    """An address of the web; « exemple.fr » is read as https://exemple.fr."""

    widget = forms.TextInput(attrs={"inputmode": "url", "autocapitalize": "none", "spellcheck": "false"})

    def clean(self, value: object) -> str:
        address = super().clean(value)
        if not address:
            return ""
        address = address if "://" in address else f"https://{address}"
        try:
            URLValidator(schemes=["http", "https"])(address)
        except ValidationError:
            raise ValidationError(
                _("Cette adresse n’est pas complète. Écrivez-la comme https://exemple.fr/page.")
            ) from None
        return address


def _figures(value: object) -> str:
    """What was typed without its spaces; on English screens "€1,500" is 1500, where French reads 1,500 as 1.5."""
    text = _SPACES.sub("", tidy(str(value)))
    return _ENGLISH_GROUPS.sub("", text).removeprefix("€") if get_language() == "en" else text


class CountField(forms.Field):
    """A whole number of people, square metres… « 1 200 » and « 60 personnes » are read; None when empty."""

    widget = forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"})

    def to_python(self, value: object) -> int | None:
        text = _figures(value) if value not in self.empty_values else ""
        if not text:
            return None
        found = re.fullmatch(r"(-?\d{1,30})(?:[a-zA-Zé²]{0,20})", text)
        if not found:
            raise ValidationError(_("Écrivez un nombre entier en chiffres, par exemple 40."))
        count = int(found[1])
        if count < 0:
            raise ValidationError(_("Ce nombre ne peut pas être négatif. Écrivez par exemple 40."))
        if count > self.most:
            raise ValidationError(
                _("Ce nombre est trop grand : %(most)s au plus. Vérifiez les zéros.") % {"most": number(self.most)}
            )
        return count

    def __init__(self, *, most: int = _MOST, **options: Any) -> None:
        self.most = most
        super().__init__(**options)


class EurosField(forms.Field):
    """An amount typed in euros (« 1 500,50 € »), kept in cents; None when empty."""

    widget = forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"})

    def to_python(self, value: object) -> int | None:
        text = _figures(value) if value not in self.empty_values else ""
        text = text.removesuffix("€").removesuffix("euros").replace(",", ".")
        if not text:
            return None
        try:
            euros = Decimal(text) if re.fullmatch(r"-?\d{1,30}(\.\d{1,6})?", text) else None
        except InvalidOperation:
            euros = None
        if euros is None:
            raise ValidationError(_("Écrivez un montant en euros, par exemple 1 500 ou 1 500,50."))
        if euros < 0:
            raise ValidationError(_("Un montant ne peut pas être négatif. Écrivez par exemple 1 500."))
        if euros > self.most:
            raise ValidationError(
                _("Ce montant est trop grand : %(most)s € au plus. Vérifiez les zéros.") % {"most": number(self.most)}
            )
        return int((euros * 100).to_integral_value())

    def prepare_value(self, value: object) -> object:
        """Cents come back as euros; what was typed comes back as typed."""
        if not isinstance(value, int):
            return value
        return number_format(Decimal(value) / 100, decimal_pos=2 if value % 100 else 0, use_l10n=True)

    def __init__(self, *, most: int = _MOST_EUROS, **options: Any) -> None:
        self.most = most
        super().__init__(**options)


class DayInput(forms.DateInput):
    """The browser's calendar; a plain box where it holds what a calendar would drop (31/02/2026)."""

    input_type = "date"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%d")

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        typed = context["widget"]["value"]
        if typed:
            try:
                date.fromisoformat(typed)
            except ValueError:
                context["widget"]["type"] = "text"
        return context


class DayField(forms.DateField):
    """A day between 1900 and 2200, chosen in a calendar or typed 31/12/2026."""

    widget = DayInput
    default_error_messages = {
        "invalid": gettext_lazy("Cette date n’existe pas. Écrivez jour/mois/année, par exemple 31/12/2026.")
    }

    def __init__(self, **options: Any) -> None:
        super().__init__(input_formats=["%Y-%m-%d", "%d/%m/%Y", "%d.%m.%Y", "%d-%m-%Y"], **options)

    def to_python(self, value: object) -> date | None:
        day = super().to_python(tidy(value) if isinstance(value, str) else value)
        if day and not 1900 <= day.year <= 2200:
            raise ValidationError(_("Vérifiez l’année : elle est trop loin."), code="far")
        return day


class YesNoField(forms.TypedChoiceField):
    """Yes, no, or not said: an answer that nobody gave is never invented."""

    def __init__(self, **options: Any) -> None:
        choices = [
            ("", gettext_lazy("Je ne sais pas")),
            ("yes", gettext_lazy("Oui")),
            ("no", gettext_lazy("Non")),
        ]
        super().__init__(
            choices=choices,
            coerce=lambda answer: answer == "yes",
            empty_value=None,
            required=False,
            **options,
        )

    def prepare_value(self, value: object) -> object:
        return {True: "yes", False: "no", None: ""}.get(value, value) if not isinstance(value, str) else value

    def has_changed(self, initial: object, data: object) -> bool:
        return self.prepare_value(initial) != (data or "")


_MOST_THEMES = 3


class ThemesWidget(forms.MultiWidget):
    """Three lists, one theme each: calmer than eighty boxes to tick, and never more than three."""

    template_name = "desk/themes_widget.html"
    use_fieldset = True

    def __init__(self) -> None:
        super().__init__([forms.Select() for _place in range(_MOST_THEMES)])

    def decompress(self, value: list[str] | None) -> list[str]:
        held = list(value or [])[: len(self.widgets)]
        return held + [""] * (len(self.widgets) - len(held))


class ThemesField(forms.MultiValueField):
    """At most three themes of the two levels. Cleans to a list of Theme, each once; initial: their slugs."""

    widget = ThemesWidget
    known: dict[str, Theme]
    """The vocabulary by slug, once offer_choices() has read it."""

    def __init__(self, **options: Any) -> None:
        fields = [forms.ChoiceField(required=False) for _place in range(_MOST_THEMES)]
        super().__init__(fields=fields, require_all_fields=False, **options)

    def offer_choices(self) -> None:
        """Read the vocabulary; called by the form when it is built, never at import time."""
        themes = list(Theme.objects.select_related("parent").order_by("position", "id"))
        self.known = {theme.slug: theme for theme in themes}
        choices: list[Any] = [("", _("Aucun"))]
        for parent in themes:
            if parent.parent_id is None:
                children = [theme for theme in themes if theme.parent_id == parent.pk]
                general = _("%(theme)s, en général") % {"theme": parent.name}
                choices.append(
                    (parent.name, [(parent.slug, general), *((child.slug, child.name) for child in children)])
                )
        for field, widget in zip(self.fields, self.widget.widgets, strict=True):
            field.choices = choices
            field.error_messages["invalid_choice"] = _("Ce thème n’est pas dans la liste. Choisissez-en un autre.")
            widget.choices = choices

    def compress(self, values: list[str]) -> list[Theme]:
        return [self.known[slug] for slug in dict.fromkeys(values) if slug]


class VersionField(forms.Field):
    """A hidden number, such as the version of the listing that a form began with. An unreadable one is none."""

    widget = forms.HiddenInput

    def to_python(self, value: object) -> int | None:
        return int(str(value)) if re.fullmatch(r"[0-9]{1,9}", str(value)) else None


class FormKeyField(forms.UUIDField):
    """The hidden key that a form draws when it opens: sent twice, it writes once. An unreadable one is none."""

    widget = forms.HiddenInput
    default_error_messages = {"required": gettext_lazy("Rechargez la page, puis envoyez de nouveau.")}

    def to_python(self, value: object) -> UUID | None:
        try:
            return super().to_python(tidy(str(value)) if value is not None else None)
        except ValidationError:
            return None
