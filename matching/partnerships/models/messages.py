"""The conversation between the two sides of a suggestion, and what is passed on."""

import uuid

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from matching.partnerships.models.stored import StoredFile
from matching.partnerships.querysets import AttachmentQuerySet, MessageQuerySet, TransmissionQuerySet


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
    # The first words to somebody who had not said that they are interested: what a week allows is counted from these.
    opens = models.BooleanField(default=False)
    # When the other side was reminded that this waits; what is written while they keep silent reminds them no more.
    reminded_at = models.DateTimeField(null=True, blank=True)
    # Since when moderation hides what it says, and its files.
    hidden_at = models.DateTimeField(null=True, blank=True)

    objects = MessageQuerySet.as_manager()

    class Meta:
        verbose_name = _("message")
        verbose_name_plural = _("messages")
        ordering = ["sent_at", "id"]
        indexes = [models.Index(fields=["sent_at"], condition=models.Q(opens=True), name="message_opens_at")]

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


class Attachment(StoredFile):
    """A file that goes with a message."""

    message = models.ForeignKey(Message, on_delete=models.CASCADE, related_name="attachments")

    objects = AttachmentQuerySet.as_manager()

    class Meta:
        verbose_name = _("pièce jointe")
        verbose_name_plural = _("pièces jointes")
        ordering = ["id"]


class Transmission(models.Model):
    """Something that a person passes on: to a colleague, or to the desk of another authority. To nobody's address."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    form_key = models.UUIDField(unique=True)
    author = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    organisation = models.ForeignKey(
        "organisations.Organisation", on_delete=models.CASCADE, related_name="transmissions_made"
    )
    # The desk where it waits; a colleague, where it is for one person of that desk.
    desk = models.ForeignKey("organisations.Organisation", on_delete=models.CASCADE, related_name="transmissions")
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.CASCADE, related_name="transmissions"
    )
    # One of the three. A suggestion is its two sides' business: it goes to colleagues only.
    offer = models.ForeignKey("catalogue.Offer", null=True, blank=True, on_delete=models.CASCADE, related_name="+")
    need = models.ForeignKey("catalogue.Need", null=True, blank=True, on_delete=models.CASCADE, related_name="+")
    suggestion = models.ForeignKey(
        "suggestions.Suggestion", null=True, blank=True, on_delete=models.CASCADE, related_name="+"
    )
    note = models.CharField(_("mot"), max_length=500, blank=True)
    sent_at = models.DateTimeField(auto_now_add=True)
    seen_at = models.DateTimeField(null=True, blank=True)

    objects = TransmissionQuerySet.as_manager()

    class Meta:
        verbose_name = _("transmission")
        verbose_name_plural = _("transmissions")
        ordering = ["-sent_at", "-id"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(offer__isnull=False, need__isnull=True, suggestion__isnull=True)
                | models.Q(offer__isnull=True, need__isnull=False, suggestion__isnull=True)
                | models.Q(offer__isnull=True, need__isnull=True, suggestion__isnull=False, person__isnull=False),
                name="transmission_of_one_thing",
            ),
            models.CheckConstraint(
                condition=models.Q(person__isnull=True) | models.Q(desk=models.F("organisation")),
                name="transmission_to_a_colleague_or_a_desk",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.organisation_id} → {self.desk_id}"
