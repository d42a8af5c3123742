"""What people have typed and not sent."""

import uuid

from django.db import models
from django.utils.translation import gettext_lazy as _


class UnsentForm(models.Model):
    """What one person has typed in the form of a listing and has not sent. Nobody else ever reads it.

    The listing itself, if there is one, is not touched. Each opening of a form draws a `key` of its own, so that two
    tabs never write over one another. Once sent, the row stays a while without its words: what a slow browser still
    brings in after the sending is not kept as if it were new.
    """

    person = models.ForeignKey("people.Person", on_delete=models.CASCADE, related_name="+")
    organisation = models.ForeignKey("organisations.Organisation", on_delete=models.CASCADE, related_name="+")
    form = models.CharField(max_length=10)
    """A kind of offer, or "need"."""
    key = models.UUIDField(default=uuid.uuid4)
    listing = models.UUIDField(null=True, blank=True)
    """The uuid of the listing that the person was changing; None: a new one."""
    values = models.JSONField(default=dict, blank=True)
    """As the browser sent them: {name: [texts]}."""
    turn = models.PositiveIntegerField(default=0)
    """Grows with each page that shows the text anew: what an earlier page still brings in is older."""
    kept_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("texte en cours")
        verbose_name_plural = _("textes en cours")
        constraints = [models.UniqueConstraint(fields=["person", "key"], name="unsent_form_once")]
        indexes = [models.Index(fields=["kept_at"])]

    def __str__(self) -> str:
        return self.title

    @property
    def title(self) -> str:
        """The title as far as it was typed."""
        return next(iter(self.values.get("title", [])), "")
