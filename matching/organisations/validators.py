"""Is this number well formed? "Well formed" is not "exists": the messages say so."""

import re

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from stdnum.fr import siren, siret

# Wider than the pattern of the subsidies schema, which refuses Corsican and overseas associations.
RNA = re.compile(r"^W\d[0-9A-Z]\d{7}$")


def validate_siren(value: str) -> None:
    """Raise ValidationError unless nine digits with a right check digit."""
    if not siren.is_valid(value):
        raise ValidationError(_("Ce SIREN n’est pas bien formé. Il a neuf chiffres, par exemple 212 900 195."))


def validate_siret(value: str) -> None:
    """Raise ValidationError unless fourteen digits with right check digits."""
    if not siret.is_valid(value):
        raise ValidationError(_("Ce SIRET n’est pas bien formé. Il a quatorze chiffres : le SIREN, puis cinq."))


def validate_rna(value: str) -> None:
    """Raise ValidationError unless W and nine characters (a letter may stand third: Corsica, overseas)."""
    if not RNA.match(value):
        raise ValidationError(
            _("Ce numéro RNA n’est pas bien formé. Il commence par W, suivi de neuf caractères : W291000123.")
        )
