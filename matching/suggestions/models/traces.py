"""What was shown and what was answered: the matcher learns from these rows, and they name nobody."""

from typing import Any

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from matching.suggestions.models.suggestions import DismissReason
from matching.suggestions.querysets import DecisionQuerySet


class Side(models.TextChoices):
    """Who reads a suggestion."""

    NEED = "need", _("collectif")
    OFFER = "offer", _("collectivité")


class Outcome(models.TextChoices):
    """What the matcher learns of an act."""

    ACCEPTED = "accepted", _("retenu")
    DECLINED = "declined", _("écarté")
    IGNORED = "ignored", _("sans réponse")


class Act(models.TextChoices):
    """What a side did, or did not do in time."""

    INTERESTED = "interested", _("intéressé")
    REINSTATED = "reinstated", _("repris après avoir été écarté")
    DISMISSED = "dismissed", _("écarté")
    LEFT = "left", _("sans réponse")
    APPLIED = "applied", _("candidature déposée")
    AGREED = "agreed", _("candidature retenue")
    REFUSED = "refused", _("candidature non retenue")


class Impression(models.Model):
    """A pair stood before the eyes of a side, counted once a day: where in the list, and how likely it was to."""

    need = models.ForeignKey("catalogue.Need", on_delete=models.CASCADE, related_name="impressions")
    offer = models.ForeignKey("catalogue.Offer", on_delete=models.CASCADE, related_name="impressions")
    side = models.CharField(max_length=5, choices=Side.choices)
    # The first time of that day; ranks begin at 1.
    day = models.DateField()
    at = models.DateTimeField()
    rank = models.PositiveSmallIntegerField()
    matcher_version = models.CharField(max_length=60)
    propensity = models.FloatField()

    class Meta:
        verbose_name = _("affichage")
        verbose_name_plural = _("affichages")
        constraints = [
            models.UniqueConstraint(fields=["need", "offer", "side", "day"], name="impression_once_a_day"),
            models.CheckConstraint(condition=Q(rank__gte=1), name="impression_ranks_from_one"),
            models.CheckConstraint(
                condition=Q(propensity__gt=0) & Q(propensity__lte=1), name="impression_propensity_is_a_chance"
            ),
        ]
        indexes = [models.Index(fields=["day"])]

    def __str__(self) -> str:
        return f"{self.need_id} ↔ {self.offer_id} · {self.side} · {self.day}"


class Decision(models.Model):
    """One answer of one side about one pair. Rows are added, never changed: a change of mind is another row."""

    need = models.ForeignKey("catalogue.Need", on_delete=models.CASCADE, related_name="decisions")
    offer = models.ForeignKey("catalogue.Offer", on_delete=models.CASCADE, related_name="decisions")
    side = models.CharField(max_length=5, choices=Side.choices)
    act = models.CharField(max_length=10, choices=Act.choices)
    outcome = models.CharField(max_length=8, choices=Outcome.choices)
    reason = models.CharField(max_length=12, choices=DismissReason.choices, blank=True)
    # As last shown to that side before it answered; no rank where it never was (a message from the other side).
    rank = models.PositiveSmallIntegerField(null=True, blank=True)
    # None where a person had proposed the pair: nothing drew it, and the matcher learns nothing of it.
    propensity = models.FloatField(null=True)
    is_proposed = models.BooleanField(default=False)
    matcher_version = models.CharField(max_length=60)
    at = models.DateTimeField()

    objects = DecisionQuerySet.as_manager()

    class Meta:
        verbose_name = _("réponse")
        verbose_name_plural = _("réponses")
        constraints = [
            models.UniqueConstraint(
                fields=["need", "offer", "side"], condition=Q(act="left"), name="left_without_answer_once"
            ),
            models.CheckConstraint(
                condition=Q(act__in=["interested", "reinstated", "applied", "agreed"], outcome="accepted", reason="")
                | (Q(act="dismissed", outcome="declined") & ~Q(reason=""))
                | Q(act="refused", outcome="declined", reason="")
                | Q(act="left", outcome="ignored", reason=""),
                name="decision_outcome_follows_act",
            ),
            models.CheckConstraint(
                condition=Q(is_proposed=False, propensity__isnull=False) | Q(is_proposed=True, propensity__isnull=True),
                name="decision_tells_no_chance_that_nothing_drew",
            ),
        ]
        indexes = [models.Index(F("at"), F("id"), name="decision_in_order")]

    def __str__(self) -> str:
        return f"{self.need_id} ↔ {self.offer_id} · {self.side} · {self.act}"

    def save(self, *args: Any, **options: Any) -> None:
        """Write a new row. Raises TypeError for one that is written already."""
        if self.pk is not None:
            raise TypeError("A decision is never changed: write another one")
        super().save(*args, **options)
