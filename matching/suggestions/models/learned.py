"""What the matcher learned: statistics of the offers, and models trained on the answers."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from matching.suggestions.querysets import TrainedModelQuerySet


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


class TrainedModel(models.Model):
    """A candidate trained on people's answers: judged once, promoted or refused, and the reasons why.

    At most one is active; where none is, the rule that people wrote serves alone.
    """

    class Rung(models.TextChoices):
        RULE = "rule", _("règle écrite à la main")
        DRAWN = "drawn", _("régression ramenée vers la règle")
        PLAIN = "plain", _("régression")
        BOOSTED = "boosted", _("arbres à variation imposée")

    class Verdict(models.TextChoices):
        PROMOTED = "promoted", _("mis en service")
        REFUSED = "refused", _("refusé")

    version = models.CharField(_("version"), max_length=32, unique=True)
    folder = models.CharField(max_length=200)
    engine_version = models.CharField(_("moteur"), max_length=40)
    rung = models.CharField(_("échelon"), max_length=8, choices=Rung.choices)
    decisions = models.PositiveIntegerField(_("réponses apprises"))
    verdict = models.CharField(_("décision"), max_length=8, choices=Verdict.choices)
    # The engine's sentences: [{"code": ..., "params": {...}}].
    reasons = models.JSONField(_("raisons"), default=list)
    metrics = models.JSONField(_("mesures"), default=dict)
    is_active = models.BooleanField(_("en service"), default=False)
    created_at = models.DateTimeField(_("appris le"), auto_now_add=True)
    broken_at = models.DateTimeField(null=True, blank=True)
    broken_because = models.CharField(max_length=300, blank=True)

    objects = TrainedModelQuerySet.as_manager()

    class Meta:
        verbose_name = _("modèle appris")
        verbose_name_plural = _("modèles appris")
        ordering = ["-created_at", "-id"]
        constraints = [
            models.UniqueConstraint(fields=["is_active"], condition=Q(is_active=True), name="one_model_is_active"),
            models.CheckConstraint(
                condition=Q(broken_at__isnull=True) | ~Q(broken_because=""), name="broken_model_says_why"
            ),
        ]

    def __str__(self) -> str:
        return self.version


class ModelChange(models.Model):
    """What serves changed: from when, to which model (none: the rule), why, and by whom (nobody: the service)."""

    class Why(models.TextChoices):
        PROMOTED = "promoted", _("meilleur sur les réponses suivantes")
        BACK = "back", _("retour au précédent")
        CHOSEN = "chosen", _("choisi par l’équipe du service")
        BROKEN = "broken", _("le modèle en service était illisible")

    model = models.ForeignKey(
        TrainedModel, null=True, blank=True, on_delete=models.PROTECT, related_name="changes", verbose_name=_("modèle")
    )
    why = models.CharField(_("pourquoi"), max_length=8, choices=Why.choices)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        verbose_name=_("par"),
    )
    at = models.DateTimeField(_("le"), auto_now_add=True)

    class Meta:
        verbose_name = _("changement de modèle")
        verbose_name_plural = _("changements de modèle")
        ordering = ["-at", "-id"]

    def __str__(self) -> str:
        return f"{self.model_id or 'rule'} · {self.why}"
