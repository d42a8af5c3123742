"""Who takes a recipe up elsewhere: declared by them, confirmed by an agreement or by an editor. Kept apart."""

from uuid import uuid4

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class Replication(models.Model):
    """One taking up (reprise) of a recipe in a territory. Nobody is asked to prove it; what proves it is told."""

    class Proof(models.TextChoices):
        NONE = "", _("déclarée")
        AGREEMENT = "agreement", _("confirmée par un accord")
        STORY = "story", _("confirmée par un récit relu par les deux parties")
        EDITOR = "editor", _("confirmée par la rédaction")

    uuid = models.UUIDField(default=uuid4, unique=True, editable=False)
    # Of the form that declared it: a double click declares it once.
    form_key = models.UUIDField(unique=True, default=uuid4)
    # The recipe's translation_key, as needs keep it: it lasts longer than the page.
    origin = models.UUIDField(db_index=True)
    territory = models.ForeignKey(
        "territories.Territory", on_delete=models.PROTECT, related_name="+", verbose_name=_("où")
    )
    organisation = models.ForeignKey(
        "organisations.Organisation", null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    who = models.CharField(_("qui"), max_length=160, blank=True)
    began = models.DateField(_("depuis le"))
    # What the variant changed there, if anything.
    changed = models.TextField(_("ce qui a changé"), max_length=2000, blank=True)
    variant = models.UUIDField(_("variante"), null=True, blank=True)
    proof = models.CharField(max_length=10, choices=Proof.choices, default=Proof.NONE, blank=True)
    partnership = models.ForeignKey(
        "partnerships.Partnership", null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    # Taken up in a public policy or a regular programme: what makes a recipe structuring.
    programme = models.CharField(_("politique ou programme qui la reprend"), max_length=200, blank=True)
    # The yearly question: still alive? The last day on which somebody said yes, and the day it stopped.
    alive_on = models.DateField(_("toujours vivante le"), null=True, blank=True)
    stopped_on = models.DateField(_("arrêtée le"), null=True, blank=True)
    declared_by = models.ForeignKey("people.Person", null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("reprise")
        verbose_name_plural = _("reprises")
        ordering = ["began", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["origin", "partnership"], condition=Q(partnership__isnull=False), name="replication_of_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.who or self.organisation} · {self.territory}"

    @property
    def is_confirmed(self) -> bool:
        return bool(self.proof)
