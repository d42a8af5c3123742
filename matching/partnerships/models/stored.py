"""What every file that people hand in has in common."""

import uuid

from django.db import models
from django.utils.translation import gettext_lazy as _


class StoredFile(models.Model):
    """A file under a drawn name, in a folder that no web server serves. It goes with its row."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    # What it is called for its readers: no path, nothing invisible, the ending of what it really is.
    name = models.CharField(_("nom"), max_length=120)
    content_type = models.CharField(max_length=80)
    size = models.PositiveIntegerField(_("taille"))
    stored_as = models.CharField(max_length=32, unique=True, editable=False)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.name
