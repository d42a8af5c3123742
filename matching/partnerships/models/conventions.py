"""The convention of a partnership: its versions, who agrees to which, and what is said of a clause.

A version never changes: whoever edits writes the next one, and agreements to the former count no more. Amounts in
cents.
"""

import uuid
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from matching.partnerships.models.stored import StoredFile


class Form(models.TextChoices):
    """How much is written down; above a yearly amount the law asks for a convention."""

    PACT = "pact", _("Pacte simple")
    CONVENTION = "convention", _("Convention")


class Written(Exception):
    """A version is written once."""


class ConventionVersion(models.Model):
    """What is proposed for agreement: clauses, commitments, rights and amounts as they were when it was written."""

    partnership = models.ForeignKey("partnerships.Partnership", on_delete=models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField()
    # Of the form that wrote it: a double click writes one.
    form_key = models.UUIDField(unique=True, default=uuid.uuid4)
    form = models.CharField(_("forme"), max_length=10, choices=Form.choices)
    # [{"key", "title", "text"}], in order; [{"key", "bearer", "measure", "text", "quantity", "due"}];
    # a bundle of use rights as plain values.
    clauses = models.JSONField(default=list)
    commitments = models.JSONField(default=list)
    rights = models.JSONField(default=dict)
    # Names and numbers of the parties on that day: [{"name", "form", "number", "role"}], the authority first.
    parties = models.JSONField(default=list)
    granted_cents = models.PositiveBigIntegerField(_("montant accordé (centimes)"), default=0)
    in_kind_cents = models.PositiveBigIntegerField(_("valeur en nature (centimes)"), default=0)
    in_kind_text = models.CharField(_("ce qui est donné en nature"), max_length=500, blank=True)
    starts = models.DateField(_("à partir du"), null=True, blank=True)
    ends = models.DateField(_("jusqu’au"), null=True, blank=True)
    review_on = models.DateField(_("on se revoit le"), null=True, blank=True)
    # The signed version that it changes, where it is an amendment, and why.
    amends = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="amendments")
    note = models.CharField(_("ce qui change et pourquoi"), max_length=500, blank=True)
    # Nobody for the first, which the service fills in.
    written_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    organisation = models.ForeignKey(
        "organisations.Organisation", null=True, on_delete=models.PROTECT, related_name="+"
    )
    written_at = models.DateTimeField(auto_now_add=True)
    # When the last of the parties agreed to it.
    signed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("version de la convention")
        verbose_name_plural = _("versions des conventions")
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["partnership", "number"], name="convention_version_once"),
            models.CheckConstraint(
                condition=Q(ends__isnull=True) | Q(starts__isnull=True) | Q(ends__gte=F("starts")),
                name="convention_ends_after_start",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_form_display()} · {self.number}"

    def save(self, *args: Any, **options: Any) -> None:
        if self.pk is not None:
            raise Written
        super().save(*args, **options)

    @property
    def is_signed(self) -> bool:
        return self.signed_at is not None


class Validation(models.Model):
    """An organisation agrees to one version."""

    version = models.ForeignKey(ConventionVersion, on_delete=models.CASCADE, related_name="validations")
    organisation = models.ForeignKey("organisations.Organisation", on_delete=models.PROTECT, related_name="+")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("validation")
        verbose_name_plural = _("validations")
        ordering = ["at", "id"]
        constraints = [models.UniqueConstraint(fields=["version", "organisation"], name="convention_validated_once")]

    def __str__(self) -> str:
        return f"{self.organisation_id} · {self.version_id}"


class ClauseComment(models.Model):
    """What one side says of a clause of a version."""

    version = models.ForeignKey(ConventionVersion, on_delete=models.CASCADE, related_name="comments")
    form_key = models.UUIDField(unique=True)
    clause = models.CharField(max_length=40)
    text = models.TextField(_("commentaire"), max_length=2000)
    organisation = models.ForeignKey("organisations.Organisation", on_delete=models.PROTECT, related_name="+")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("commentaire d’une clause")
        verbose_name_plural = _("commentaires des clauses")
        ordering = ["at", "id"]

    def __str__(self) -> str:
        return f"{self.clause} · {self.version_id}"


class SignedCopy(StoredFile):
    """The paper that was signed by hand, as a file; its SHA-256 tells any other file from it."""

    version = models.ForeignKey(ConventionVersion, on_delete=models.CASCADE, related_name="copies")
    sha256 = models.CharField(max_length=64)
    organisation = models.ForeignKey("organisations.Organisation", on_delete=models.PROTECT, related_name="+")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("exemplaire signé")
        verbose_name_plural = _("exemplaires signés")
        ordering = ["at", "id"]
        constraints = [models.UniqueConstraint(fields=["version", "sha256"], name="signed_copy_once")]


class What(models.TextChoices):
    """What happens in a partnership, in the words of its journal."""

    VERSION = "version", _("nouvelle version de la convention")
    COMMENT = "comment", _("commentaire sur une clause")
    ACT = "act", _("acte de la collectivité indiqué")
    ENGAGEMENT = "engagement", _("contrat d’engagement républicain daté")
    VALIDATED = "validated", _("version validée par une partie")
    SIGNED = "signed", _("convention signée par toutes les parties")
    AMENDED = "amended", _("avenant signé par toutes les parties")
    COPY = "copy", _("exemplaire signé joint")
    TICKED = "milestone", _("engagement coché")
    GIVEN = "given", _("apport noté")
    REVIEW_DUE = "review", _("point à faire")
    REVIEWED = "reviewed", _("point fait")
    RENEWAL_DUE = "renewal", _("fin proche : renouveler ou non")
    DISPUTE_OPENED = "dispute_opened", _("conciliation demandée")
    DISPUTE_STEP = "dispute_step", _("étape de conciliation")
    DISPUTE_CLOSED = "dispute_closed", _("conciliation terminée")
    INVENTORY = "inventory", _("état des lieux")
    STORY = "story", _("réussite à raconter")
    ENDED = "ended", _("partenariat terminé")
    BROKEN = "broken", _("partenariat arrêté avant terme")


class PartnershipStep(models.Model):
    """One thing that happened in a partnership: what, by whom, when. Rows are added, none changes."""

    partnership = models.ForeignKey("partnerships.Partnership", on_delete=models.CASCADE, related_name="steps")
    what = models.CharField(max_length=16, choices=What.choices)
    text = models.TextField(max_length=3000, blank=True)
    # Nobody, where the calendar speaks.
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    organisation = models.ForeignKey(
        "organisations.Organisation", null=True, on_delete=models.PROTECT, related_name="+"
    )
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("étape du partenariat")
        verbose_name_plural = _("étapes des partenariats")
        ordering = ["at", "id"]
        indexes = [models.Index(fields=["partnership", "what"])]

    def __str__(self) -> str:
        return f"{self.get_what_display()} · {self.partnership_id}"
