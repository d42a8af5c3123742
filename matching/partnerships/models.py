"""What follows a suggestion. For now: the conversation between the two sides."""

import uuid

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from matching.partnerships.querysets import AttachmentQuerySet, MessageQuerySet


class Author(models.TextChoices):
    """The side of a suggestion that writes."""

    NEED = "need", _("le collectif")
    OFFER = "offer", _("la collectivité")


class Message(models.Model):
    """A message relayed to the other side of a suggestion: addresses are never shown."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    suggestion = models.ForeignKey("suggestions.Suggestion", on_delete=models.CASCADE, related_name="messages")
    side = models.CharField(max_length=5, choices=Author.choices)
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="messages_written"
    )
    text = models.TextField(_("message"), max_length=5000)
    # Unguessable key of the form that sent it: a double click writes one row.
    form_key = models.UUIDField(unique=True)
    sent_at = models.DateTimeField(auto_now_add=True)
    # When somebody who answers for the other side first opened it; who exactly has read it is in Reading.
    read_at = models.DateTimeField(null=True, blank=True)

    objects = MessageQuerySet.as_manager()

    class Meta:
        verbose_name = _("message")
        verbose_name_plural = _("messages")
        ordering = ["sent_at", "id"]

    def __str__(self) -> str:
        return f"{self.get_side_display()} · {self.sent_at:%Y-%m-%d %H:%M}"


class Reading(models.Model):
    """One person has had one message before their eyes: what a colleague opened is still to be read by the others."""

    message = models.ForeignKey(Message, on_delete=models.CASCADE, related_name="readings")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    read_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("lecture")
        verbose_name_plural = _("lectures")
        constraints = [models.UniqueConstraint(fields=["message", "person"], name="message_read_once_by_each")]

    def __str__(self) -> str:
        return f"{self.message_id} · {self.person_id}"


class Attachment(models.Model):
    """A file that goes with a message. It lies under a drawn name in a folder that no web server serves."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    message = models.ForeignKey(Message, on_delete=models.CASCADE, related_name="attachments")
    # What it is called for its readers: no path, nothing invisible, the ending of what it really is.
    name = models.CharField(_("nom"), max_length=120)
    content_type = models.CharField(max_length=80)
    size = models.PositiveIntegerField(_("taille"))
    stored_as = models.CharField(max_length=32, unique=True, editable=False)

    objects = AttachmentQuerySet.as_manager()

    class Meta:
        verbose_name = _("pièce jointe")
        verbose_name_plural = _("pièces jointes")
        ordering = ["id"]

    def __str__(self) -> str:
        return self.name
