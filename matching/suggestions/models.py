"""What the matcher proposed, what each side did of it, and the artefact it used."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from matching.suggestions.querysets import SuggestionQuerySet


class State(models.TextChoices):
    """Where one side stands towards a suggestion."""

    NEW = "new", _("nouveau")
    SEEN = "seen", _("vu")
    INTERESTED = "interested", _("intéressé")
    DISMISSED = "dismissed", _("écarté")


class DismissReason(models.TextChoices):
    OFF_SUBJECT = "off_subject", _("Hors sujet")
    PLACE = "place", _("Trop loin")
    DATES = "dates", _("Les dates ne conviennent pas")
    QUANTITY = "quantity", _("La taille ou le montant ne convient pas")
    RIGHTS = "rights", _("Les droits ne conviennent pas")
    SOLVED = "solved", _("Nous avons trouvé ailleurs")
    OTHER = "other", _("Autre raison")


class Suggestion(models.Model):
    """One row per offer and need. The sum of `parts` is `score`; reasons are the matcher's codes and parameters.

    `withdrawn_at`: the matcher no longer proposes the pair. The row stays when a person has acted on it.
    """

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    offer = models.ForeignKey("catalogue.Offer", on_delete=models.CASCADE, related_name="suggestions")
    need = models.ForeignKey("catalogue.Need", on_delete=models.CASCADE, related_name="suggestions")
    score = models.FloatField()
    parts = models.JSONField(default=dict)
    # Reasons and the doubt, in the words of the side that reads: [{"code": ..., "params": {...}}].
    need_reasons = models.JSONField(default=list)
    offer_reasons = models.JSONField(default=list)
    need_against = models.JSONField(null=True, blank=True)
    offer_against = models.JSONField(null=True, blank=True)
    matcher_version = models.CharField(max_length=60)
    offer_version = models.PositiveIntegerField(default=0)
    need_version = models.PositiveIntegerField(default=0)
    need_state = models.CharField(max_length=10, choices=State.choices, default=State.NEW)
    offer_state = models.CharField(max_length=10, choices=State.choices, default=State.NEW)
    dismissed_because = models.CharField(max_length=12, choices=DismissReason.choices, blank=True)
    dismissed_note = models.CharField(max_length=500, blank=True)
    dismissed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    created_at = models.DateTimeField(auto_now_add=True)
    computed_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    objects = SuggestionQuerySet.as_manager()

    class Meta:
        verbose_name = _("rapprochement")
        verbose_name_plural = _("rapprochements")
        constraints = [models.UniqueConstraint(fields=["offer", "need"], name="one_suggestion_per_pair")]
        indexes = [
            models.Index(fields=["offer", "-score"]),
            models.Index(fields=["need", "-score"]),
            models.Index(fields=["created_at"]),
        ]

    def __str__(self) -> str:
        return f"{self.need} ↔ {self.offer}"

    @property
    def is_dismissed(self) -> bool:
        return State.DISMISSED in (self.need_state, self.offer_state)


class Artefact(models.Model):
    """A saved state of the matcher's statistics. The newest one that is neither broken nor retired is used."""

    version = models.CharField(max_length=60, unique=True)
    folder = models.CharField(max_length=200)
    engine_version = models.CharField(max_length=40)
    offers = models.PositiveIntegerField()
    created_at = models.DateTimeField(auto_now_add=True)
    broken_at = models.DateTimeField(null=True, blank=True)
    broken_because = models.CharField(max_length=300, blank=True)

    class Meta:
        verbose_name = _("état du rapprochement")
        verbose_name_plural = _("états du rapprochement")
        ordering = ["-created_at", "-id"]
        constraints = [
            models.CheckConstraint(condition=Q(broken_at__isnull=True) | ~Q(broken_because=""), name="broken_says_why")
        ]

    def __str__(self) -> str:
        return self.version
