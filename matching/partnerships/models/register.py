"""What the law wants told of a grant, and the convention does not say: how it is paid, whether Europe was notified."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _


class GrantNotice(models.Model):
    """What an authority adds to a partnership for the export of essential data of conventions (SCDL subventions)."""

    class Payment(models.TextChoices):
        SINGLE = "unique", _("en une fois")
        STAGGERED = "échelonné", _("en plusieurs fois")
        OTHER = "autre", _("autrement")

    partnership = models.OneToOneField(
        "partnerships.Partnership", on_delete=models.CASCADE, related_name="grant_notice"
    )
    payment = models.CharField(_("versement"), max_length=10, choices=Payment.choices, default=Payment.SINGLE)
    # Only where it is paid otherwise.
    payment_text = models.CharField(_("façon de verser"), max_length=256, blank=True)
    pays_from = models.DateField(_("versé le, ou à partir du"), null=True, blank=True)
    pays_until = models.DateField(_("jusqu’au"), null=True, blank=True)
    # Whether the aid was notified to the European Commission. A de minimis aid is not: it has its own flag.
    notified = models.BooleanField(_("aide notifiée à la Commission européenne"), default=False)
    de_minimis = models.BooleanField(_("aide de minimis"), default=False)
    written_by = models.ForeignKey("people.Person", null=True, on_delete=models.SET_NULL, related_name="+")
    written_at = models.DateTimeField(auto_now=True)

    class Meta:
        verbose_name = _("données du versement")
        verbose_name_plural = _("données des versements")
        constraints = [
            models.CheckConstraint(
                condition=Q(pays_until__isnull=True) | Q(pays_from__isnull=False, pays_until__gte=F("pays_from")),
                name="grant_notice_days_in_order",
            ),
            models.CheckConstraint(condition=~Q(payment="autre") | ~Q(payment_text=""), name="grant_notice_says_how"),
        ]

    def __str__(self) -> str:
        return f"{self.get_payment_display()} · {self.partnership_id}"
