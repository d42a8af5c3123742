"""What a partnership takes of what is scarce: money and a place in an offer, dated hours of a room."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _


class Spending(models.Model):
    """What one partnership holds of its offer's envelope. Given back, the row goes: nothing is freed twice."""

    partnership = models.OneToOneField("partnerships.Partnership", on_delete=models.PROTECT, related_name="spending")
    cents = models.PositiveBigIntegerField(_("montant (centimes)"))
    places = models.PositiveIntegerField(_("bénéficiaires"), default=1)
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("dépense")
        verbose_name_plural = _("dépenses")

    def __str__(self) -> str:
        return f"{self.cents} · {self.partnership_id}"


class Booking(models.Model):
    """Hours of a place on one day, as instants. Asked for with an application; held once it is accepted.

    Of one place no two held ones meet: PostgreSQL has an exclusion constraint for it, and the place's balance row is
    locked before anybody looks.
    """

    offer = models.ForeignKey("catalogue.Offer", on_delete=models.PROTECT, related_name="bookings")
    application = models.ForeignKey("partnerships.Application", on_delete=models.CASCADE, related_name="bookings")
    starts = models.DateTimeField(_("début"))
    ends = models.DateTimeField(_("fin"))
    is_held = models.BooleanField(_("réservé"), default=False)

    class Meta:
        verbose_name = _("réservation")
        verbose_name_plural = _("réservations")
        ordering = ["starts", "id"]
        indexes = [models.Index(fields=["offer", "starts"], condition=Q(is_held=True), name="booking_held")]
        constraints = [
            models.CheckConstraint(condition=Q(ends__gt=F("starts")), name="booking_ends_after_start"),
            models.UniqueConstraint(fields=["application", "starts"], name="booking_asked_once"),
            models.UniqueConstraint(fields=["offer", "starts"], condition=Q(is_held=True), name="booking_held_once"),
        ]

    def __str__(self) -> str:
        return f"{self.starts:%Y-%m-%d %H:%M} · {self.offer_id}"
