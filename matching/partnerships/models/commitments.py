"""What each side has promised, and what was really given. Quantities of euros are cents."""

import uuid

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class Bearer(models.TextChoices):
    """Whose promise it is."""

    AUTHORITY = "authority", _("La collectivité")
    COLLECTIVE = "collective", _("Le collectif")
    BOTH = "both", _("Les deux ensemble")


class Measure(models.TextChoices):
    """What is counted of a promise or of a contribution."""

    STEP = "step", _("Une étape")
    HOURS = "hours", _("Heures")
    EUROS = "euros", _("Euros")
    SURFACE = "surface", _("Mètres carrés")
    DATASETS = "datasets", _("Jeux de données")
    ENRICHED = "enriched", _("Données enrichies rendues à la collectivité")
    OTHER = "other", _("Autre chose")


class Commitment(models.Model):
    """A promise or a milestone of the signed version. Each side says on its own that it is kept."""

    partnership = models.ForeignKey("partnerships.Partnership", on_delete=models.CASCADE, related_name="commitments")
    # The same through every version that keeps it.
    key = models.UUIDField(default=uuid.uuid4)
    bearer = models.CharField(max_length=10, choices=Bearer.choices)
    measure = models.CharField(max_length=8, choices=Measure.choices)
    text = models.CharField(_("engagement"), max_length=300)
    quantity = models.PositiveBigIntegerField(null=True, blank=True)
    due = models.DateField(_("pour le"), null=True, blank=True)
    # An amendment has left it out.
    is_dropped = models.BooleanField(default=False)
    position = models.PositiveSmallIntegerField(default=0)
    authority_ticked_at = models.DateTimeField(null=True, blank=True)
    collective_ticked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("engagement")
        verbose_name_plural = _("engagements")
        ordering = ["position", "id"]
        constraints = [models.UniqueConstraint(fields=["partnership", "key"], name="commitment_once")]

    def __str__(self) -> str:
        return self.text

    @property
    def is_kept(self) -> bool:
        """Both sides say so."""
        return self.authority_ticked_at is not None and self.collective_ticked_at is not None


class Contribution(models.Model):
    """What was really given, on one day, by one of the parties."""

    partnership = models.ForeignKey("partnerships.Partnership", on_delete=models.CASCADE, related_name="contributions")
    form_key = models.UUIDField(unique=True)
    commitment = models.ForeignKey(
        Commitment, null=True, blank=True, on_delete=models.SET_NULL, related_name="contributions"
    )
    organisation = models.ForeignKey("organisations.Organisation", on_delete=models.PROTECT, related_name="+")
    measure = models.CharField(_("nature"), max_length=8, choices=Measure.choices)
    quantity = models.PositiveBigIntegerField(_("quantité"), null=True, blank=True)
    text = models.CharField(_("ce qui a été donné"), max_length=300)
    given_on = models.DateField(_("le"))
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("apport")
        verbose_name_plural = _("apports")
        ordering = ["-given_on", "-id"]

    def __str__(self) -> str:
        return self.text
