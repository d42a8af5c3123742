"""What follows a suggestion. For now: the conversation between the two sides."""

import uuid

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from matching.partnerships.querysets import MessageQuerySet


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
    read_at = models.DateTimeField(null=True, blank=True)

    objects = MessageQuerySet.as_manager()

    class Meta:
        verbose_name = _("message")
        verbose_name_plural = _("messages")
        ordering = ["sent_at", "id"]

    def __str__(self) -> str:
        return f"{self.get_side_display()} · {self.sent_at:%Y-%m-%d %H:%M}"
