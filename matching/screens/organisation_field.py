"""A box for the exact name of an organisation that everybody sees."""

from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from matching.organisations.models import Organisation
from matching.screens.fields import TidyCharField


class OrganisationField(TidyCharField):
    """Cleans to an Organisation, or None when empty."""

    def __init__(self, **options: Any) -> None:
        super().__init__(max_length=160, **options)

    def clean(self, value: object) -> Organisation | None:
        name = super().clean(value)
        if not name:
            return None
        found = list(Organisation.objects.verified().filter(name__iexact=name)[:2])
        if len(found) != 1:
            raise ValidationError(self._not_found() if not found else self._several())
        return found[0]

    def _not_found(self) -> str:
        if self.required:
            return _("Nous ne trouvons pas d’organisation de ce nom. Vérifiez-le.")
        return _("Nous ne trouvons pas d’organisation de ce nom. Vérifiez-le, ou laissez vide.")

    def _several(self) -> str:
        if self.required:
            return _("Plusieurs organisations portent ce nom. Demandez-lui d’en prendre un plus précis.")
        return _("Plusieurs organisations portent ce nom. Laissez vide : vous le préciserez plus tard.")
