"""What is kept of the life of a partnership: the state of a place, what people can do by now, a success to tell."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class InventoryRow(models.Model):
    """How one part of a place was found, when it was received or given back. Rows are added, none changes."""

    class Moment(models.TextChoices):
        ENTRY = "entry", _("À l’entrée")
        EXIT = "exit", _("À la sortie")

    class Condition(models.TextChoices):
        GOOD = "good", _("Bon état")
        WORN = "worn", _("Usé")
        DAMAGED = "damaged", _("Abîmé")
        MISSING = "missing", _("Absent")

    partnership = models.ForeignKey("partnerships.Partnership", on_delete=models.CASCADE, related_name="inventory")
    form_key = models.UUIDField(unique=True, default=uuid.uuid4)
    moment = models.CharField(_("quand"), max_length=5, choices=Moment.choices)
    part = models.CharField(_("quoi"), max_length=120)
    condition = models.CharField(_("état"), max_length=7, choices=Condition.choices)
    note = models.CharField(_("précision"), max_length=500, blank=True)
    seen_on = models.DateField(_("vu le"))
    organisation = models.ForeignKey("organisations.Organisation", on_delete=models.PROTECT, related_name="+")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("ligne d’état des lieux")
        verbose_name_plural = _("lignes d’état des lieux")
        ordering = ["moment", "id"]

    def __str__(self) -> str:
        return self.part


class PowerAssessment(models.Model):
    """What an organisation says that it can do by now. Its own, until it shares it."""

    partnership = models.ForeignKey("partnerships.Partnership", on_delete=models.CASCADE, related_name="assessments")
    organisation = models.ForeignKey("organisations.Organisation", on_delete=models.CASCADE, related_name="+")
    # From 1, not at all, to 4, wholly.
    decides = models.PositiveSmallIntegerField(_("Nous décidons de ce qui nous concerne"))
    knows = models.PositiveSmallIntegerField(_("Nous savons faire ce que nous ne savions pas faire"))
    heard = models.PositiveSmallIntegerField(_("On nous écoute, et cela change quelque chose"))
    reaches = models.PositiveSmallIntegerField(_("D’autres habitants agissent avec nous"))
    goes_on = models.PositiveSmallIntegerField(_("Nous pourrions continuer seuls"))
    is_shared = models.BooleanField(_("le montrer aux autres parties"), default=False)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    at = models.DateTimeField(auto_now=True)

    class Meta:
        verbose_name = _("pouvoir d’agir")
        verbose_name_plural = _("pouvoirs d’agir")
        constraints = [
            models.UniqueConstraint(fields=["partnership", "organisation"], name="power_once"),
            *(
                models.CheckConstraint(condition=Q(**{f"{name}__range": (1, 4)}), name=f"power_{name}_on_the_scale")
                for name in ("decides", "knows", "heard", "reaches", "goes_on")
            ),
        ]

    def __str__(self) -> str:
        return f"{self.organisation_id} · {self.partnership_id}"


class Lead(models.Model):
    """A success that editors may tell: what one party would say of it first."""

    partnership = models.OneToOneField("partnerships.Partnership", on_delete=models.CASCADE, related_name="lead")
    text = models.TextField(_("ce qui a changé"), max_length=2000)
    organisation = models.ForeignKey("organisations.Organisation", on_delete=models.PROTECT, related_name="+")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    at = models.DateTimeField(auto_now=True)

    class Meta:
        verbose_name = _("réussite à raconter")
        verbose_name_plural = _("réussites à raconter")

    def __str__(self) -> str:
        return str(self.partnership_id)
