"""What is said inside an application: between its two sides, or among those of the authority alone."""

import uuid

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from matching.partnerships.models.stored import StoredFile


class Remark(models.Model):
    """A word in a file. An internal note is read by the members of the authority, and by nobody else."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    # Of the form that sent it: a double click writes one.
    form_key = models.UUIDField(unique=True)
    application = models.ForeignKey("partnerships.Application", on_delete=models.CASCADE, related_name="remarks")
    organisation = models.ForeignKey("organisations.Organisation", on_delete=models.PROTECT, related_name="+")
    author = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    text = models.TextField(_("message"), max_length=5000)
    is_internal = models.BooleanField(_("note interne"), default=False)
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("message d’un dossier")
        verbose_name_plural = _("messages des dossiers")
        ordering = ["at", "id"]
        indexes = [models.Index(fields=["application", "at"])]

    def __str__(self) -> str:
        return f"{self.application_id} · {self.at:%Y-%m-%d %H:%M}"


class RemarkFile(StoredFile):
    """A file that goes with such a word, and is read by whoever reads it."""

    remark = models.ForeignKey(Remark, on_delete=models.CASCADE, related_name="files")

    class Meta:
        verbose_name = _("pièce d’un dossier")
        verbose_name_plural = _("pièces des dossiers")
        ordering = ["id"]
