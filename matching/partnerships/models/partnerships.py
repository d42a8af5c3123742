"""The partnership itself (PCC): what an accepted application becomes. Amounts in cents."""

import uuid

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from matching.partnerships.querysets import PartnershipQuerySet


class Partnership(models.Model):
    """What an authority and collectives have agreed, from the decision to the end."""

    class State(models.TextChoices):
        PREPARING = "preparing", _("En préparation")
        ACTIVE = "active", _("En cours")
        ENDED = "ended", _("Terminé")
        # Ended before its time, by one side or both: the reason is told.
        BROKEN = "broken", _("Arrêté avant terme")
        # The decision it came from was taken back before anything was signed.
        CANCELLED = "cancelled", _("Annulé avant signature")

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    application = models.OneToOneField("partnerships.Application", on_delete=models.PROTECT, related_name="partnership")
    offer = models.ForeignKey("catalogue.Offer", on_delete=models.PROTECT, related_name="partnerships")
    authority = models.ForeignKey("organisations.Organisation", on_delete=models.PROTECT, related_name="partnerships")
    title = models.CharField(_("objet"), max_length=256)
    state = models.CharField(max_length=9, choices=State.choices, default=State.PREPARING)
    # What is given: money, and the value of what is given in kind.
    granted_cents = models.PositiveBigIntegerField(_("montant accordé (centimes)"), default=0)
    in_kind_cents = models.PositiveBigIntegerField(_("valeur en nature (centimes)"), default=0)
    in_kind_text = models.CharField(_("ce qui est donné en nature"), max_length=500, blank=True)
    # The act that binds: a délibération or a decision of the mayor.
    act_reference = models.CharField(_("référence de l’acte"), max_length=100, blank=True)
    act_date = models.DateField(_("date de l’acte"), null=True, blank=True)
    starts = models.DateField(_("à partir du"), null=True, blank=True)
    ends = models.DateField(_("jusqu’au"), null=True, blank=True)
    review_on = models.DateField(_("on se revoit le"), null=True, blank=True)
    ending = models.TextField(_("pourquoi il s’arrête"), max_length=3000, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)
    # When both sides had agreed to the same version of the convention.
    signed_on = models.DateField(_("signé le"), null=True, blank=True)
    ended_on = models.DateField(_("terminé le"), null=True, blank=True)

    objects = PartnershipQuerySet.as_manager()

    class Meta:
        verbose_name = _("partenariat")
        verbose_name_plural = _("partenariats")
        ordering = ["-created_at", "-id"]
        indexes = [models.Index(fields=["state", "-signed_on", "-id"])]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends__isnull=True) | Q(starts__isnull=True) | Q(ends__gte=F("starts")),
                name="partnership_ends_after_start",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["preparing", "cancelled"]) | Q(signed_on__isnull=False),
                name="partnership_signed_on",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def is_agreed(self) -> bool:
        """Whether both sides have signed, whatever came after."""
        return self.signed_on is not None


class PartnershipParty(models.Model):
    """A side of the partnership beside the authority: who receives, and who carries an informal group."""

    class Role(models.TextChoices):
        BENEFICIARY = "beneficiary", _("bénéficiaire")
        CARRIER = "carrier", _("structure porteuse")

    partnership = models.ForeignKey(Partnership, on_delete=models.CASCADE, related_name="parties")
    organisation = models.ForeignKey(
        "organisations.Organisation", on_delete=models.PROTECT, related_name="partnership_parties"
    )
    role = models.CharField(max_length=11, choices=Role.choices)
    # Of the whole, in ten-thousandths: 10,000 for a single beneficiary.
    share = models.PositiveSmallIntegerField(_("part"), default=0)
    # When it subscribed to the contrat d’engagement républicain, which an association does before any award.
    engaged_on = models.DateField(_("contrat d’engagement républicain souscrit le"), null=True, blank=True)

    class Meta:
        verbose_name = _("partie du partenariat")
        verbose_name_plural = _("parties des partenariats")
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["partnership", "organisation"], name="partnership_party_once"),
            models.CheckConstraint(condition=Q(share__lte=10_000), name="partnership_share_at_most_all"),
        ]

    def __str__(self) -> str:
        return f"{self.organisation_id} · {self.partnership_id}"
