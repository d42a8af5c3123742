"""Is this number well formed? "Well formed" is not "exists": the messages say so."""

import re

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from stdnum.fr import siren, siret

from matching.geography import normalise

# Wider than the pattern of the subsidies schema, which refuses Corsican and overseas associations.
RNA = re.compile(r"W\d[0-9A-Z]\d{7}")

# How authorities are named, as geography.normalise writes it. "Ville en transition" is nobody's town hall.
_AUTHORITY_NAMES = re.compile(
    r"(mairie|prefecture|ministere|region)\b"
    r"|(commune|ville|metropole|departement|communaute (urbaine|de communes|d agglomeration)) (de|du|des|d)\b"
    r"|conseil (municipal|departemental|regional)\b"
)


def validate_collective_name(value: str) -> None:
    """Raise ValidationError for a name that would pass for an authority's."""
    if _AUTHORITY_NAMES.match(normalise(value)):
        raise ValidationError(
            _(
                "Ce nom est celui d’une collectivité. Si vous travaillez pour elle, rejoignez-la ; "
                "sinon, donnez le nom de votre groupe."
            )
        )


def validate_siren(value: str) -> None:
    """Raise ValidationError unless nine digits with a right check digit."""
    if not siren.is_valid(value):
        raise ValidationError(_("Ce SIREN n’est pas bien formé. Il a neuf chiffres, par exemple 212 900 195."))


def validate_siret(value: str) -> None:
    """Raise ValidationError unless fourteen digits with right check digits."""
    if not siret.is_valid(value):
        raise ValidationError(_("Ce SIRET n’est pas bien formé. Il a quatorze chiffres : le SIREN, puis cinq."))


def validate_rna(value: str) -> None:
    """Raise ValidationError unless W and nine characters (a letter may stand third: Corsica, overseas)."""
    if not RNA.fullmatch(value):
        raise ValidationError(
            _("Ce numéro RNA n’est pas bien formé. Il commence par W, suivi de neuf caractères : W291000123.")
        )
