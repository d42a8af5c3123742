"""Needs that a mediator wrote for a group that agreed, until the group takes them over."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

# So many wrong codes, and it no longer opens anything: the mediator draws another one.
TRIES = 5


class Agreement(models.TextChoices):
    """How a group said that it agrees."""

    PAPER = "paper", _("par écrit, sur papier")
    PRESENT = "present", _("de vive voix, la personne était là")
    PHONE = "phone", _("par téléphone")


class AssistedEntry(models.Model):
    """Who agreed, how, when, before whom; and the code by which the group becomes the owner of what was written.

    Of the code, its reference is kept as it is, and of the rest a digest only.
    """

    need = models.OneToOneField("catalogue.Need", on_delete=models.CASCADE, related_name="assisted")
    # None: the team of the service.
    helper = models.ForeignKey(
        "organisations.Organisation", null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    mediator = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="assisted_entries"
    )
    # Of the group: read by the mediator alone.
    contact_name = models.CharField(_("personne du groupe"), max_length=120)
    agreed_how = models.CharField(_("accord donné"), max_length=8, choices=Agreement.choices)
    agreed_on = models.DateField(_("date de l’accord"))
    written_at = models.DateTimeField(auto_now_add=True)
    reference = models.CharField(max_length=4, unique=True)
    digest = models.CharField(max_length=64)
    expires_at = models.DateTimeField()
    tries_left = models.PositiveSmallIntegerField(default=TRIES)
    claimed_at = models.DateTimeField(null=True, blank=True)
    claimed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )

    class Meta:
        verbose_name = _("saisie aidée")
        verbose_name_plural = _("saisies aidées")
        indexes = [models.Index(fields=["mediator", "-written_at"])]

    def __str__(self) -> str:
        return f"{self.need} ({self.reference})"

    @property
    def helper_name(self) -> str:
        """With whose help it was written, as everybody reads it."""
        return self.helper.name if self.helper else _("l’équipe du service")

    @property
    def is_claimed(self) -> bool:
        return self.claimed_at is not None
