"""What an offer can still give: money, and a number of beneficiaries. Amounts in cents."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from matching.catalogue.models.listings import Offer


class Envelope(models.Model):
    """The balance of one offer. An open end has no limit; what is spent is counted all the same, so that a limit may
    be set later. `matching.catalogue.envelopes` alone writes it, under the row's lock."""

    offer = models.OneToOneField(Offer, on_delete=models.CASCADE, related_name="envelope")
    total_cents = models.PositiveBigIntegerField(_("enveloppe (centimes)"), null=True, blank=True)
    spent_cents = models.PositiveBigIntegerField(_("déjà accordé (centimes)"), default=0)
    places = models.PositiveIntegerField(_("bénéficiaires au plus"), null=True, blank=True)
    taken = models.PositiveIntegerField(_("bénéficiaires retenus"), default=0)

    class Meta:
        verbose_name = _("enveloppe")
        verbose_name_plural = _("enveloppes")
        constraints = [
            models.CheckConstraint(
                condition=Q(total_cents__isnull=True) | Q(spent_cents__lte=F("total_cents")),
                name="envelope_never_overspent",
            ),
            models.CheckConstraint(
                condition=Q(places__isnull=True) | Q(taken__lte=F("places")), name="envelope_never_overbooked"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.spent_cents} / {self.total_cents} · {self.offer_id}"
