"""On which conditions a collective may apply, as an officer composes them; what a collective says of itself once.

The legal forms and the territory are facts of the offer, which the matcher reads too: their rules say only how firm
they are.
"""

from django.db import models
from django.utils.translation import gettext_lazy as _

from matching.catalogue.models.listings import Offer


class RuleKind(models.TextChoices):
    LEGAL_FORM = "legal_form", _("Forme du collectif")
    PERIMETER = "perimeter", _("Territoire")
    AUDIENCE = "audience", _("Publics")
    THEME = "theme", _("Thèmes")
    BUDGET = "budget", _("Budget du projet")
    AGE = "age", _("Ancienneté")
    INSURANCE = "insurance", _("Assurance")
    COMMITMENT = "commitment", _("Engagement républicain")
    DE_MINIMIS = "de_minimis", _("Plafond européen d’aides")


class Audience(models.TextChoices):
    EVERYBODY = "everybody", _("Tous les habitants")
    CHILDREN = "children", _("Enfants")
    YOUTH = "youth", _("Jeunes")
    FAMILIES = "families", _("Familles")
    ELDERS = "elders", _("Personnes âgées")
    DISABLED = "disabled", _("Personnes en situation de handicap")
    INSECURE = "insecure", _("Personnes en difficulté")
    JOBLESS = "jobless", _("Personnes sans emploi")
    PRIORITY = "priority", _("Habitants d’un quartier prioritaire")


class EligibilityRule(models.Model):
    """One condition of an offer. Facts that its kind does not need stay empty; amounts in cents."""

    offer = models.ForeignKey(Offer, on_delete=models.CASCADE, related_name="eligibility_rules")
    kind = models.CharField(_("condition"), max_length=12, choices=RuleKind.choices)
    # Audiences, or slugs of themes.
    among = models.JSONField(_("parmi"), default=list, blank=True)
    most_cents = models.PositiveBigIntegerField(_("au plus (centimes)"), null=True, blank=True)
    months = models.PositiveSmallIntegerField(_("mois d’existence au moins"), null=True, blank=True)
    # Nobody may file who says that they do not meet it. Otherwise people judge.
    is_firm = models.BooleanField(_("sans elle, pas de dépôt"), default=False)

    class Meta:
        verbose_name = _("condition pour candidater")
        verbose_name_plural = _("conditions pour candidater")
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["offer", "kind"], name="one_rule_of_a_kind")]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} · {self.offer_id}"


class EligibilityAnswers(models.Model):
    """What a collective said to check whether it may ask for an offer; its own people alone read it."""

    organisation = models.ForeignKey(
        "organisations.Organisation", on_delete=models.CASCADE, related_name="eligibility_answers"
    )
    offer = models.ForeignKey(Offer, on_delete=models.CASCADE, related_name="+")
    said = models.JSONField(_("réponses"), default=dict, blank=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        verbose_name = _("réponses d’un collectif")
        verbose_name_plural = _("réponses des collectifs")
        constraints = [models.UniqueConstraint(fields=["organisation", "offer"], name="answered_once_for_an_offer")]

    def __str__(self) -> str:
        return str(self.organisation_id)
