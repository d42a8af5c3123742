"""The bundle of use rights (Schlager and Ostrom, 1992): who may do what with a resource.

Exclusion implies management, which implies withdrawal, which implies access, for the same holder; alienation
stands apart and stays with the authority.
"""

from collections.abc import Mapping
from itertools import pairwise

from django.db import models
from django.utils.translation import gettext_lazy as _

from matching.catalogue.models.listings import Kind, Offer


class Right(models.TextChoices):
    ACCESS = "access", _("Accès")
    WITHDRAWAL = "withdrawal", _("Usage")
    MANAGEMENT = "management", _("Gestion")
    EXCLUSION = "exclusion", _("Exclusion")
    ALIENATION = "alienation", _("Cession")


class Extent(models.TextChoices):
    GRANTED = "granted", _("accordé")
    CONDITIONS = "conditions", _("sous conditions")
    NO = "no", _("non")


class UseRight(models.Model):
    """How far one right of the bundle goes for the collective that obtains the resource."""

    offer = models.ForeignKey(Offer, on_delete=models.CASCADE, related_name="use_rights")
    right = models.CharField(max_length=12, choices=Right.choices)
    extent = models.CharField(max_length=10, choices=Extent.choices)
    condition = models.CharField(_("condition"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("droit d’usage")
        verbose_name_plural = _("droits d’usage")
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["offer", "right"], name="right_once_per_offer")]

    def __str__(self) -> str:
        return f"{self.get_right_display()} : {self.get_extent_display()}"


#: What an offer of this kind usually grants; an officer may change it.
PRESETS: dict[str, Mapping[str, str]] = {
    Kind.DATA: {
        Right.ACCESS: Extent.GRANTED,
        Right.WITHDRAWAL: Extent.GRANTED,
        Right.MANAGEMENT: Extent.CONDITIONS,
        Right.EXCLUSION: Extent.NO,
        Right.ALIENATION: Extent.NO,
    },
    Kind.PLACE: {
        Right.ACCESS: Extent.GRANTED,
        Right.WITHDRAWAL: Extent.GRANTED,
        Right.MANAGEMENT: Extent.NO,
        Right.EXCLUSION: Extent.NO,
        Right.ALIENATION: Extent.NO,
    },
    Kind.FUNDING: {
        Right.ACCESS: Extent.GRANTED,
        Right.WITHDRAWAL: Extent.GRANTED,
        Right.MANAGEMENT: Extent.CONDITIONS,
        Right.EXCLUSION: Extent.NO,
        Right.ALIENATION: Extent.NO,
    },
}

#: Each right of the chain needs the one before it; alienation stands apart.
CHAIN = (Right.ACCESS, Right.WITHDRAWAL, Right.MANAGEMENT, Right.EXCLUSION)


def contradiction(extents: Mapping[str, str]) -> tuple[Right, Right] | None:
    """The first right that goes further than the one that it needs, and that one; None if all agree."""
    reach = {Extent.NO: 0, Extent.CONDITIONS: 1, Extent.GRANTED: 2}
    for needed, wider in pairwise(CHAIN):
        if reach[Extent(extents.get(wider, Extent.NO))] > reach[Extent(extents.get(needed, Extent.NO))]:
            return wider, needed
    return None
