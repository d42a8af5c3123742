"""What the matcher proposed, and where each side stands towards it."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from matching.suggestions.querysets import SuggestionQuerySet

# No score is anywhere near; beyond it a number is nonsense, and so is what is no number at all.
MOST = 1_000.0


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


class Proposer(models.TextChoices):
    """Which person brought two listings together, where it was not the matcher."""

    NEED = "need", _("le collectif")
    OFFER = "offer", _("la collectivité")
    STAFF = "staff", _("l’équipe du service")


def _who() -> models.ForeignKey:
    return models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )


class Suggestion(models.Model):
    """One row per offer and need. The sum of `parts` is `score`; reasons are the matcher's codes and parameters.

    `withdrawn_at`: the matcher no longer proposes the pair. The row stays when a person has acted on it.
    `proposed_at`: a person proposed it. It then has no score and no reasons, unless the matcher finds it too; it is
    never withdrawn by the matcher, and teaches it nothing.
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
    # How likely the pair was to be proposed: below 1 where the last place of a list is now and then drawn. Nobody
    # knows it of what a person proposed.
    propensity = models.FloatField(default=1.0, null=True)
    # What puts it higher in the list of that side for a while, because the other listing was hardly ever seen.
    need_lift = models.FloatField(default=0.0)
    offer_lift = models.FloatField(default=0.0)
    offer_version = models.PositiveIntegerField(default=0)
    need_version = models.PositiveIntegerField(default=0)
    need_state = models.CharField(max_length=10, choices=State.choices, default=State.NEW)
    offer_state = models.CharField(max_length=10, choices=State.choices, default=State.NEW)
    # Why each side set it aside, and who did: a side's reason is read by that side alone.
    need_because = models.CharField(max_length=12, choices=DismissReason.choices, blank=True)
    need_note = models.CharField(max_length=500, blank=True)
    need_by = _who()
    offer_because = models.CharField(max_length=12, choices=DismissReason.choices, blank=True)
    offer_note = models.CharField(max_length=500, blank=True)
    offer_by = _who()
    proposed_from = models.CharField(max_length=5, choices=Proposer.choices, blank=True)
    proposed_by = _who()
    proposed_at = models.DateTimeField(null=True, blank=True)
    proposal_note = models.CharField(max_length=500, blank=True)
    # Conditions that refused it when it was proposed, in the words of each side, as near misses keep them.
    need_warnings = models.JSONField(default=list)
    offer_warnings = models.JSONField(default=list)
    created_at = models.DateTimeField(auto_now_add=True)
    computed_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    objects = SuggestionQuerySet.as_manager()

    class Meta:
        verbose_name = _("rapprochement")
        verbose_name_plural = _("rapprochements")
        constraints = [
            models.UniqueConstraint(fields=["offer", "need"], name="one_suggestion_per_pair"),
            models.CheckConstraint(
                condition=Q(proposed_at__isnull=True, proposed_from="", propensity__isnull=False)
                | (Q(proposed_at__isnull=False) & ~Q(proposed_from="")),
                name="who_proposed_is_known",
            ),
            models.CheckConstraint(
                condition=Q(need_lift__range=(0, MOST)) & Q(offer_lift__range=(0, MOST)), name="lifts_are_no_nonsense"
            ),
        ]
        indexes = [
            models.Index(fields=["offer", "-score"]),
            models.Index(fields=["need", "-score"]),
            models.Index(fields=["created_at"]),
        ]

    def __str__(self) -> str:
        return f"{self.need} ↔ {self.offer}"

    @property
    def is_proposed(self) -> bool:
        """Whether a person brought the two together, and not the matcher."""
        return self.proposed_at is not None

    @property
    def is_dismissed(self) -> bool:
        return State.DISMISSED in (self.need_state, self.offer_state)


class Scarcity(models.Model):
    """An offer that more needs fit than it has places for; offers without a row have enough for all who fit.

    It orders the lists of needs, and changes neither a score nor who is proposed to whom.
    """

    offer = models.OneToOneField("catalogue.Offer", on_delete=models.CASCADE, related_name="scarcity")
    # What one more place would add to the sum of the scores of all who could be served.
    price = models.FloatField(_("prix de rareté"))
    # The share of it that needs' lists subtract from the score.
    taken_off = models.FloatField()
    computed_at = models.DateTimeField(_("calculé le"))

    class Meta:
        verbose_name = _("offre rare")
        verbose_name_plural = _("offres rares")
        constraints = [
            models.CheckConstraint(
                condition=Q(price__range=(0, MOST)) & Q(taken_off__range=(0, MOST)), name="scarcity_is_no_nonsense"
            )
        ]

    def __str__(self) -> str:
        return str(self.offer)
