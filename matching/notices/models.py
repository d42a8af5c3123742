"""Who is to be told what. A row is the fact; the mail follows from it, once.

A Notice is for somebody with an account; a Letter for somebody who reported something and left an address.
"""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class Notice(models.Model):
    """Something one person should hear of: new suggestions of a listing, a message, a request to join."""

    class Kind(models.TextChoices):
        SUGGESTIONS = "suggestions", _("nouveaux rapprochements")
        MESSAGE = "message", _("nouveau message")
        MEMBERSHIP = "membership", _("demande de rattachement")
        CONFIRMED = "confirmed", _("rattachement confirmé")
        GUEST = "guest", _("collectif à porter")
        VALIDITY = "validity", _("annonce toujours valable ?")
        PAUSED = "paused", _("annonce mise en pause")
        PROPOSAL = "proposal", _("rapprochement proposé par une personne")
        REMINDER = "reminder", _("réponse attendue")
        TRANSMISSION = "sent_on", _("transmission")
        MODERATION = "moderation", _("décision de modération")
        APPLICATION = "application", _("candidature")
        PARTY = "party", _("candidature à plusieurs")
        PARTNERSHIP = "partnership", _("partenariat")

    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="notices")
    kind = models.CharField(max_length=12, choices=Kind.choices)
    # What it speaks of, as matching.notices.subjects writes it: "offer:12". With the person it makes the row
    # unique while unsent, so that ten suggestions in a minute are one line of one mail. What the line says is
    # read when the mail leaves: what has been seen in between is not told again.
    subject = models.CharField(max_length=60)
    created_at = models.DateTimeField(auto_now_add=True)
    # No mail tells it before: the reader's rhythm and quiet hours, by their own clock.
    due_at = models.DateTimeField(default=timezone.now)
    # Claimed by one sender, with a one-row update, before the mail leaves.
    claimed_at = models.DateTimeField(null=True, blank=True)
    sent_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("avis")
        verbose_name_plural = _("avis")
        constraints = [
            models.UniqueConstraint(
                fields=["person", "kind", "subject"],
                condition=Q(claimed_at__isnull=True),
                name="notice_waiting_once",
            )
        ]
        indexes = [models.Index(fields=["sent_at", "created_at"]), models.Index(fields=["claimed_at", "due_at"])]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} → {self.person_id}"

    @property
    def is_owed(self) -> bool:
        """Told to whoever it concerns, whatever mails they have chosen to receive: it is no list."""
        return self.kind in OWED


OWED = (Notice.Kind.MODERATION,)


class Letter(models.Model):
    """One mail to the author of a report: confirm this address, or here is our answer."""

    class Kind(models.TextChoices):
        CONFIRM = "confirm", _("adresse à confirmer")
        ANSWER = "answer", _("réponse à un signalement")

    report = models.ForeignKey("moderation.Report", on_delete=models.CASCADE, related_name="letters")
    kind = models.CharField(max_length=8, choices=Kind.choices)
    # What is answered; None: the address is to be confirmed.
    step = models.ForeignKey("moderation.Step", null=True, on_delete=models.CASCADE, related_name="letters")
    created_at = models.DateTimeField(auto_now_add=True)
    due_at = models.DateTimeField()
    claimed_at = models.DateTimeField(null=True)
    sent_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("lettre")
        verbose_name_plural = _("lettres")
        constraints = [
            models.UniqueConstraint(fields=["report", "step"], name="letter_of_a_step_once"),
            models.UniqueConstraint(fields=["report"], condition=Q(kind="confirm"), name="letter_to_confirm_once"),
        ]
        indexes = [models.Index(fields=["sent_at", "due_at"])]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} → {self.report_id}"
