"""The bundle of use rights (Schlager and Ostrom, 1992): who may do what with a resource, how far, on which terms.

Exclusion needs management, which needs withdrawal, which needs access, for the same holder; somebody always keeps
exclusion; alienation stands apart, and nobody has it over the public domain. The database holds these too: one row
per offer tells all holders at once.
"""

from itertools import pairwise

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from matching.catalogue.models.listings import Offer
from matching.catalogue.models.resources import LICENCES


class Right(models.TextChoices):
    ACCESS = "access", _("Accès")
    WITHDRAWAL = "withdrawal", _("Usage")
    MANAGEMENT = "management", _("Gestion")
    EXCLUSION = "exclusion", _("Exclusion")
    ALIENATION = "alienation", _("Cession")


#: Each right of the chain needs the one before it; alienation stands apart.
CHAIN = (Right.ACCESS, Right.WITHDRAWAL, Right.MANAGEMENT, Right.EXCLUSION)


class Holder(models.TextChoices):
    PUBLIC = "public", _("Tout le monde")
    COLLECTIVE = "collective", _("Le collectif")
    # Neither side alone: what both decide with one another.
    TOGETHER = "together", _("Les deux ensemble")
    AUTHORITY = "authority", _("La collectivité")


#: What each holder may hold: what everybody manages, nobody does.
RIGHTS_OF: dict[Holder, tuple[Right, ...]] = {
    Holder.PUBLIC: (Right.ACCESS, Right.WITHDRAWAL),
    Holder.COLLECTIVE: tuple(Right),
    Holder.TOGETHER: tuple(Right),
    Holder.AUTHORITY: tuple(Right),
}
#: Those of whom one must keep exclusion.
KEEPERS = (Holder.COLLECTIVE, Holder.TOGETHER, Holder.AUTHORITY)


class Extent(models.TextChoices):
    GRANTED = "granted", _("accordé")
    CONDITIONS = "conditions", _("sous conditions")
    NO = "no", _("non")


class Domain(models.TextChoices):
    PUBLIC = "public", _("Domaine public")
    PRIVATE = "private", _("Domaine privé")


class Revocable(models.TextChoices):
    """Whether the authority may end it before its term."""

    FIRM = "firm", _("Non, sauf faute")
    NOTICE = "notice", _("Oui, avec un préavis")
    ANYTIME = "anytime", _("Oui, à tout moment, pour un motif d’intérêt général")


class Counterpart(models.TextChoices):
    """How firm is what the offer expects in return."""

    NONE = "none", _("Aucune")
    HOPED = "hoped", _("Espérée, sans engagement")
    AGREED = "agreed", _("Convenue, écrite dans l’accord")


def column(holder: str, right: str) -> str:
    """The name under which a bundle keeps how far this right of this holder goes."""
    return f"{holder}_{right}"


def _extent(default: Extent = Extent.NO) -> models.CharField:
    return models.CharField(max_length=10, choices=Extent.choices, default=default)


def _condition() -> models.CharField:
    return models.CharField(_("condition"), max_length=300, blank=True)


def _no_further(holder: Holder, needed: Right, wider: Right) -> Q:
    """A right goes no further than the one that it needs."""
    needs, has = column(holder, needed), column(holder, wider)
    return (
        Q(**{needs: Extent.GRANTED}) | Q(**{has: Extent.NO}) | Q(**{needs: Extent.CONDITIONS, has: Extent.CONDITIONS})
    )


def _chain(holder: Holder) -> models.CheckConstraint:
    condition = Q()
    for needed, wider in pairwise(right for right in CHAIN if right in RIGHTS_OF[holder]):
        condition &= _no_further(holder, needed, wider)
    return models.CheckConstraint(condition=condition, name=f"bundle_chain_of_{holder.value}")


def _somebody_keeps_exclusion() -> models.CheckConstraint:
    condition = Q()
    for holder in KEEPERS:
        condition |= Q(**{column(holder, Right.EXCLUSION): Extent.GRANTED})
    return models.CheckConstraint(condition=condition, name="bundle_somebody_keeps_exclusion")


def _public_domain_is_inalienable() -> models.CheckConstraint:
    nobody = Q(**{column(holder, Right.ALIENATION): Extent.NO for holder in KEEPERS})
    return models.CheckConstraint(
        condition=~Q(domain=Domain.PUBLIC) | nobody, name="bundle_public_domain_is_inalienable"
    )


def _public_domain_is_precarious() -> models.CheckConstraint:
    """A title over the public domain may always be taken back in the general interest."""
    return models.CheckConstraint(
        condition=~Q(domain=Domain.PUBLIC, revocable=Revocable.FIRM), name="bundle_public_domain_is_precarious"
    )


class RightsBundle(models.Model):
    """Who holds which right over what an offer shares, and on which terms."""

    offer = models.OneToOneField(Offer, on_delete=models.CASCADE, related_name="bundle")
    public_access = _extent()
    public_withdrawal = _extent()
    collective_access = _extent()
    collective_withdrawal = _extent()
    collective_management = _extent()
    collective_exclusion = _extent()
    collective_alienation = _extent()
    together_access = _extent()
    together_withdrawal = _extent()
    together_management = _extent()
    together_exclusion = _extent()
    together_alienation = _extent()
    authority_access = _extent(Extent.GRANTED)
    authority_withdrawal = _extent(Extent.GRANTED)
    authority_management = _extent(Extent.GRANTED)
    authority_exclusion = _extent(Extent.GRANTED)
    authority_alienation = _extent(Extent.GRANTED)
    access_condition = _condition()
    withdrawal_condition = _condition()
    management_condition = _condition()
    exclusion_condition = _condition()
    alienation_condition = _condition()
    # Of a place only.
    domain = models.CharField(_("domaine"), max_length=8, choices=Domain.choices, blank=True)
    duration_months = models.PositiveSmallIntegerField(_("durée en mois"), null=True, blank=True)
    hours = models.CharField(_("heures d’usage"), max_length=300, blank=True)
    revocable = models.CharField(_("révocable"), max_length=8, choices=Revocable.choices, blank=True)
    notice_days = models.PositiveSmallIntegerField(_("préavis en jours"), null=True, blank=True)
    # Which counterpart, the offer says in `expects`.
    counterpart = models.CharField(_("contrepartie"), max_length=8, choices=Counterpart.choices, blank=True)
    # Of what comes out of it; that of the data themselves is their resource's.
    output_licence = models.CharField(_("licence de ce qui est produit"), max_length=24, choices=LICENCES, blank=True)
    decides = models.CharField(_("qui décide"), max_length=200, blank=True)
    watches = models.CharField(_("qui veille"), max_length=200, blank=True)
    leaving = models.CharField(_("clause de sortie"), max_length=500, blank=True)

    class Meta:
        verbose_name = _("bouquet de droits d’usage")
        verbose_name_plural = _("bouquets de droits d’usage")
        constraints = [
            *map(_chain, Holder),
            _somebody_keeps_exclusion(),
            _public_domain_is_inalienable(),
            _public_domain_is_precarious(),
        ]

    def __str__(self) -> str:
        return str(self.offer)
