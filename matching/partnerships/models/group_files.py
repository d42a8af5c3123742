"""What a collective says of itself once, and hands in with each application."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from matching.partnerships.models.stored import StoredFile


class DocumentKind(models.TextChoices):
    """What authorities usually ask for beside a request."""

    STATUTES = "statutes", _("Statuts")
    LEADERS = "leaders", _("Liste des dirigeants")
    ACCOUNTS = "accounts", _("Comptes approuvés")
    BANK = "bank", _("RIB")
    INSURANCE = "insurance", _("Attestation d’assurance")
    REPORT = "report", _("Rapport d’activité")
    OTHER = "other", _("Autre document")


class GroupFile(models.Model):
    """The file of one collective: purpose, people, a year's budget. Its documents lie beside."""

    organisation = models.OneToOneField(
        "organisations.Organisation", on_delete=models.CASCADE, related_name="group_file"
    )
    purpose = models.TextField(_("ce que vous faites"), max_length=3000, blank=True)
    representative = models.CharField(_("qui signe pour vous"), max_length=200, blank=True)
    members = models.PositiveIntegerField(_("membres"), null=True, blank=True)
    volunteers = models.PositiveIntegerField(_("bénévoles actifs"), null=True, blank=True)
    employees = models.PositiveIntegerField(_("salariés"), null=True, blank=True)
    networks = models.TextField(_("réseaux et fédérations"), max_length=1000, blank=True)
    approvals = models.TextField(_("agréments et soutiens publics"), max_length=1000, blank=True)
    budget_year = models.PositiveSmallIntegerField(_("année du budget"), null=True, blank=True)
    # Cents by account, as matching.partnerships.budgets says.
    budget = models.JSONField(default=dict, blank=True)
    updated_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        verbose_name = _("dossier de collectif")
        verbose_name_plural = _("dossiers de collectifs")

    def __str__(self) -> str:
        return f"{self.organisation_id}"


class GroupDocument(StoredFile):
    """A document of a collective's file. One that was handed in stays for its readers after the group removed it."""

    organisation = models.ForeignKey(
        "organisations.Organisation", on_delete=models.CASCADE, related_name="group_documents"
    )
    kind = models.CharField(_("document"), max_length=10, choices=DocumentKind.choices)
    added_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    added_at = models.DateTimeField(auto_now_add=True)
    removed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("pièce du dossier")
        verbose_name_plural = _("pièces du dossier")
        ordering = ["id"]
