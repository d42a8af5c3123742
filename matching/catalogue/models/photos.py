"""Pictures of a place: two sizes of one photo, with what it shows in words. The files leave with the row."""

from secrets import token_hex
from typing import Any

from django.db import models, transaction
from django.db.models.signals import post_delete
from django.dispatch import receiver
from django.utils.translation import gettext_lazy as _

from matching.catalogue.models.listings import Offer

FOLDER = "photos"


def _unguessable(photo: "Photo", filename: str) -> str:
    """A drawn name: nothing of what the sender called the file is kept."""
    return f"{FOLDER}/{token_hex(16)}.webp"


class Photo(models.Model):
    """One photo, re-encoded: `small` for cards, `large` for the page."""

    offer = models.ForeignKey(Offer, on_delete=models.CASCADE, related_name="photos")
    text = models.CharField(_("ce que montre la photo"), max_length=300)
    small = models.FileField(upload_to=_unguessable)
    small_width = models.PositiveSmallIntegerField()
    small_height = models.PositiveSmallIntegerField()
    large = models.FileField(upload_to=_unguessable)
    large_width = models.PositiveSmallIntegerField()
    large_height = models.PositiveSmallIntegerField()
    added_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("photo")
        verbose_name_plural = _("photos")
        ordering = ["id"]

    def __str__(self) -> str:
        return self.text


@receiver(post_delete, sender=Photo, dispatch_uid="catalogue.forget_files")
def forget_files(instance: Photo, **_: Any) -> None:
    """The files go once the row is gone for good; a crash in between leaves them to the nightly round."""
    for file in (instance.small, instance.large):
        transaction.on_commit(lambda storage=file.storage, name=file.name: storage.delete(name))
