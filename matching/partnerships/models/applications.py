"""A collective applies to an offer. Where the application stands is its state; how it came there is its steps.

States and words are those that officers know from online procedures (déposée, en instruction, classée sans suite…).
"""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from matching.partnerships.querysets import ApplicationQuerySet


class State(models.TextChoices):
    DRAFT = "draft", _("Brouillon")
    FILED = "filed", _("Déposée")
    EXAMINATION = "examination", _("En instruction")
    ACCEPTED = "accepted", _("Retenue")
    DECLINED = "declined", _("Non retenue")
    CLOSED = "closed", _("Classée sans suite")
    WITHDRAWN = "withdrawn", _("Retirée")


#: A decision of the authority, each with its reason; a person takes it, never the clock.
DECIDED = (State.ACCEPTED, State.DECLINED, State.CLOSED)


class Verb(models.TextChoices):
    """What people do with an application; `matching.partnerships.moves` says who may, and from which state."""

    FILE = "file", _("déposer")
    CORRECT = "correct", _("déposer la correction")
    WITHDRAW = "withdraw", _("retirer")
    RESUME = "resume", _("reprendre comme brouillon")
    ASK_CORRECTION = "ask_correction", _("demander une correction")
    TAKE_UP = "take_up", _("commencer l’instruction")
    GIVE_BACK = "give_back", _("rendre modifiable")
    ACCEPT = "accept", _("retenir")
    DECLINE = "decline", _("ne pas retenir")
    CLOSE = "close", _("classer sans suite")
    REEXAMINE = "reexamine", _("reprendre l’instruction")


class Correction(models.TextChoices):
    """Why a correction is asked for."""

    INCOMPLETE = "incomplete", _("Il manque quelque chose")
    INCORRECT = "incorrect", _("Une information est inexacte")
    OUTDATED = "outdated", _("Une pièce ou une date n’est plus valable")


class Application(models.Model):
    """What a collective asks of an offer. Amounts in cents."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    # Of the form that began it: a double click begins one.
    form_key = models.UUIDField(unique=True)
    offer = models.ForeignKey("catalogue.Offer", on_delete=models.PROTECT, related_name="applications")
    need = models.ForeignKey(
        "catalogue.Need", null=True, blank=True, on_delete=models.SET_NULL, related_name="applications"
    )
    suggestion = models.ForeignKey(
        "suggestions.Suggestion", null=True, blank=True, on_delete=models.SET_NULL, related_name="applications"
    )
    # Who leads; the others, and who carries an informal group, are its parties.
    applicant = models.ForeignKey("organisations.Organisation", on_delete=models.PROTECT, related_name="applications")
    title = models.CharField(_("nom du projet"), max_length=160)
    purpose = models.TextField(_("ce que vous voulez faire"), max_length=5000, blank=True)
    brings = models.TextField(_("ce que vous apportez"), max_length=3000, blank=True)
    asked_cents = models.PositiveBigIntegerField(_("montant demandé (centimes)"), null=True, blank=True)
    starts = models.DateField(_("à partir du"), null=True, blank=True)
    ends = models.DateField(_("jusqu’au"), null=True, blank=True)
    # Of the project, in cents by account, as matching.partnerships.budgets says.
    budget = models.JSONField(default=dict, blank=True)

    state = models.CharField(max_length=12, choices=State.choices, default=State.DRAFT)
    # A flag, not a state: while it stands the examination does not begin.
    correction = models.CharField(max_length=10, choices=Correction.choices, blank=True)
    correction_text = models.TextField(_("ce qu’il faut corriger"), max_length=3000, blank=True)
    # The whole file as it was when last filed, answers to the self-check included: later changes of the group's own
    # file change nothing here.
    filed = models.JSONField(default=dict, blank=True)
    # The documents of that file: they stay as long as somebody may read them there.
    documents = models.ManyToManyField("partnerships.GroupDocument", related_name="applications", blank=True)
    # Who at the authority takes care of it.
    officer = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="applications_followed"
    )
    reason = models.TextField(_("motif"), max_length=3000, blank=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="applications_begun"
    )
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)
    # When it was first filed: the order of the officers' list, which a correction does not change.
    filed_at = models.DateTimeField(null=True, blank=True)
    decided_at = models.DateTimeField(null=True, blank=True)
    # The day by which an answer is expected of the authority; none while a correction is awaited.
    due_on = models.DateField(_("réponse attendue pour le"), null=True, blank=True)
    # Since when whoever owes something keeps silent, and what came of it: matching.partnerships.silence.
    quiet_since = models.DateTimeField(null=True, blank=True)
    reminded_at = models.DateTimeField(null=True, blank=True)
    second_told_at = models.DateTimeField(null=True, blank=True)
    second_officer = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )

    objects = ApplicationQuerySet.as_manager()

    class Meta:
        verbose_name = _("candidature")
        verbose_name_plural = _("candidatures")
        ordering = ["filed_at", "id"]
        indexes = [
            models.Index(fields=["offer", "state", "filed_at", "id"]),
            models.Index(fields=["applicant", "-updated_at"]),
            models.Index(
                fields=["quiet_since"], condition=Q(state__in=["filed", "examination"]), name="application_quiet"
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=["draft", "withdrawn"]) | Q(filed_at__isnull=False), name="application_filed_on"
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["accepted", "declined", "closed"])
                | Q(decided_at__isnull=False) & ~Q(reason=""),
                name="application_decided_says_why",
            ),
            models.CheckConstraint(
                condition=Q(correction="") | Q(state="filed"), name="application_correction_while_filed"
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def is_decided(self) -> bool:
        return self.state in DECIDED

    @property
    def is_late(self) -> bool:
        """Whether the day by which an answer was expected has passed."""
        return self.due_on is not None and self.due_on < timezone.localdate()

    @property
    def is_open_to_applicant(self) -> bool:
        """May its authors still change what it says."""
        return self.state in (State.DRAFT, State.FILED)


class Party(models.Model):
    """An organisation beside the applicant: a partner, or who carries an informal group. Each says yes itself."""

    class Role(models.TextChoices):
        PARTNER = "partner", _("partenaire")
        CARRIER = "carrier", _("structure porteuse")

    class Consent(models.TextChoices):
        ASKED = "asked", _("accord demandé")
        GIVEN = "given", _("d’accord")
        REFUSED = "refused", _("pas d’accord")
        LEFT = "left", _("s’est retirée")

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    application = models.ForeignKey(Application, on_delete=models.CASCADE, related_name="parties")
    organisation = models.ForeignKey(
        "organisations.Organisation", on_delete=models.PROTECT, related_name="application_parties"
    )
    role = models.CharField(max_length=8, choices=Role.choices)
    consent = models.CharField(max_length=8, choices=Consent.choices, default=Consent.ASKED)
    answered_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    asked_at = models.DateTimeField(auto_now_add=True)
    answered_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("partie de la candidature")
        verbose_name_plural = _("parties de la candidature")
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["application", "organisation"], name="party_once")]

    def __str__(self) -> str:
        return f"{self.organisation_id} · {self.application_id}"

    @property
    def has_agreed(self) -> bool:
        return self.consent == self.Consent.GIVEN

    @property
    def takes_part(self) -> bool:
        """Whether it is asked, or has agreed: who has said no or left reads the application no more."""
        return self.consent in TAKING_PART


#: What the consent of a party says as long as the application is its business.
TAKING_PART = (Party.Consent.ASKED, Party.Consent.GIVEN)


class Step(models.Model):
    """One move of an application: from where to where, by whom, when and why. Rows are added, none changes."""

    application = models.ForeignKey(Application, on_delete=models.CASCADE, related_name="steps")
    verb = models.CharField(max_length=16, choices=Verb.choices)
    before = models.CharField(max_length=12, choices=State.choices)
    after = models.CharField(max_length=12, choices=State.choices)
    reason = models.TextField(max_length=3000, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    organisation = models.ForeignKey("organisations.Organisation", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        verbose_name = _("étape de la candidature")
        verbose_name_plural = _("étapes des candidatures")
        ordering = ["at", "id"]

    def __str__(self) -> str:
        return f"{self.get_verb_display()} · {self.application_id}"
