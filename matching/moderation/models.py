"""What people report, what moderation decides of it, and why. Rows are added; none is written over or deleted."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from matching.moderation.querysets import CaseQuerySet, StepQuerySet

LONGEST = 3000


class Reason(models.TextChoices):
    ILLEGAL = "illegal", _("Illégal ou haineux")
    PERSONAL = "personal", _("Des données personnelles y sont montrées")
    MISLEADING = "misleading", _("Trompeur, ou plus à jour")
    ADVERTISING = "advertising", _("De la publicité")
    OTHER = "other", _("Autre chose")


class State(models.TextChoices):
    """Where a thing stands: what was decided of it last."""

    NEW = "", _("pas encore examiné")
    NOTHING = "nothing", _("rien à changer")
    CORRECT = "correct", _("correction demandée")
    HIDDEN = "hidden", _("masqué")
    RESTORED = "restored", _("rétabli")


class Case(models.Model):
    """One thing that somebody reported, with all that follows."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    # What it is about: a kind of matching.moderation.things, and the uuid of the thing.
    kind = models.CharField(max_length=20)
    key = models.UUIDField()
    # What it was called when it was last reported or looked at.
    title = models.CharField(max_length=255)
    organisations = models.ManyToManyField("organisations.Organisation", related_name="cases")
    state = models.CharField(max_length=10, choices=State.choices, default=State.NEW, blank=True)
    # Since when somebody waits for an answer of the moderation; None: nobody does.
    waits_since = models.DateTimeField(null=True, blank=True)
    opened_at = models.DateTimeField(auto_now_add=True)
    decided_at = models.DateTimeField(null=True, blank=True)

    objects = CaseQuerySet.as_manager()

    class Meta:
        verbose_name = _("signalement")
        verbose_name_plural = _("signalements")
        constraints = [models.UniqueConstraint(fields=["kind", "key"], name="case_of_a_thing_once")]
        indexes = [models.Index(fields=["waits_since", "id"]), models.Index(fields=["-decided_at", "-id"])]

    def __str__(self) -> str:
        return self.title

    @property
    def is_hidden(self) -> bool:
        return self.state == State.HIDDEN


class Step(models.Model):
    """One decision of the moderation, one request to look again, or one undoing. The rows tell the whole story."""

    class Kind(models.TextChoices):
        NOTHING = "nothing", _("Rien à changer")
        CORRECT = "correct", _("Demander une correction")
        HIDDEN = "hidden", _("Masquer")
        RESTORED = "restored", _("Rétablir")
        REVIEW = "review", _("Nouvel examen demandé")
        UNDONE = "undone", _("Décision annulée")

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    # Of the form that wrote it: a double click writes one row.
    form_key = models.UUIDField(unique=True)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="steps")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    reason = models.TextField(_("pourquoi"), max_length=LONGEST)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    # Who asks for another look: an organisation concerned, or the author of a report.
    organisation = models.ForeignKey(
        "organisations.Organisation", null=True, on_delete=models.PROTECT, related_name="+"
    )
    report = models.ForeignKey("moderation.Report", null=True, on_delete=models.PROTECT, related_name="reviews")
    at = models.DateTimeField(auto_now_add=True)
    # How it was before, so that the step can be undone.
    state_before = models.CharField(max_length=10, choices=State.choices, blank=True)
    waited_since = models.DateTimeField(null=True)
    # What was published and went out of sight with it: [["offer", "uuid"], …].
    taken_away = models.JSONField(default=list)
    # The thing as it was then, as Report.copy.
    copy = models.JSONField(default=dict)
    undoes = models.OneToOneField("self", null=True, on_delete=models.PROTECT, related_name="undone_by")

    objects = StepQuerySet.as_manager()

    class Meta:
        verbose_name = _("décision de modération")
        verbose_name_plural = _("décisions de modération")
        ordering = ["at", "id"]
        constraints = [
            models.CheckConstraint(condition=~Q(reason=""), name="step_says_why"),
            models.CheckConstraint(
                condition=Q(kind="undone", undoes__isnull=False) | ~Q(kind="undone") & Q(undoes=None),
                name="step_undone_names_it",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} · {self.case_id}"

    @property
    def is_decision(self) -> bool:
        return self.kind in (Step.Kind.NOTHING, Step.Kind.CORRECT, Step.Kind.HIDDEN, Step.Kind.RESTORED)

    @property
    def is_undone(self) -> bool:
        return hasattr(self, "undone_by")


class Report(models.Model):
    """One person says what is wrong with a thing. No account is needed."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    form_key = models.UUIDField(unique=True)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="reports")
    reason = models.CharField(_("raison"), max_length=12, choices=Reason.choices)
    text = models.TextField(_("explication"), max_length=LONGEST, blank=True)
    # The thing as it was then: {"title": "…", "lines": [["Description", "…"], …]}.
    copy = models.JSONField()
    person = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    # Only for the answer, and only once its owner has opened the link that was sent there.
    email = models.EmailField(blank=True)
    verified_at = models.DateTimeField(null=True)
    language = models.CharField(max_length=5, default="fr")
    at = models.DateTimeField(auto_now_add=True)
    # The decision that answers it.
    answer = models.ForeignKey(Step, null=True, on_delete=models.PROTECT, related_name="answered")

    class Meta:
        verbose_name = _("signalement d’une personne")
        verbose_name_plural = _("signalements des personnes")
        ordering = ["at", "id"]

    def __str__(self) -> str:
        return f"{self.get_reason_display()} · {self.case_id}"
