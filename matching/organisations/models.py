"""Who publishes: authorities and collectives, their members, and who may confirm whom."""

import uuid
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from matching.organisations.querysets import MembershipQuerySet, OrganisationQuerySet
from matching.organisations.validators import validate_rna, validate_siren, validate_siret


class Side(models.TextChoices):
    AUTHORITY = "authority", _("Collectivité")
    COLLECTIVE = "collective", _("Collectif")


class LegalForm(models.TextChoices):
    COMMUNE = "commune", _("Commune")
    EPCI = "epci", _("Intercommunalité")
    DEPARTEMENT = "departement", _("Département")
    REGION = "region", _("Région")
    OVERSEAS = "overseas", _("Collectivité d’outre-mer")
    PUBLIC_BODY = "public_body", _("Autre organisme public")
    ASSOCIATION = "association", _("Association")
    COOPERATIVE = "cooperative", _("Coopérative")
    MUTUAL = "mutual", _("Mutuelle")
    FOUNDATION = "foundation", _("Fondation")
    SOCIAL_COMPANY = "social_company", _("Entreprise à but social")
    INFORMAL = "informal", _("Collectif informel")


AUTHORITY_FORMS = (
    LegalForm.COMMUNE,
    LegalForm.EPCI,
    LegalForm.DEPARTEMENT,
    LegalForm.REGION,
    LegalForm.OVERSEAS,
    LegalForm.PUBLIC_BODY,
)
COLLECTIVE_FORMS = tuple(form for form in LegalForm if form not in AUTHORITY_FORMS)


class Posture(models.TextChoices):
    """The four groups of the essay, by how a collective stands towards the digital."""

    TOOL = "outil", _("Le numérique est un outil parmi d’autres")
    COMMONS = "communs", _("Nous faisons vivre des biens communs")
    COMPANY = "entreprise", _("Entreprise sociale du numérique")
    SOCIAL_DIGITAL = "ess_numerique", _("Économie sociale qui s’est saisie du numérique")


class Discretion(models.TextChoices):
    """What everybody reads of where a collective is, when it does not say where it meets."""

    OPEN = "", _("Notre lieu de réunion est public")
    COMMUNE = "commune", _("Notre commune seulement")
    DEPARTEMENT = "departement", _("Notre département seulement")


class Organisation(models.Model):
    """An authority or a collective. Numbers are optional: an informal group has none."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    slug = models.SlugField(max_length=80, unique=True)
    side = models.CharField(max_length=10, choices=Side.choices)
    legal_form = models.CharField(_("forme"), max_length=16, choices=LegalForm.choices)
    name = models.CharField(_("nom"), max_length=160)
    description = models.TextField(_("présentation"), blank=True, max_length=3000)
    territory = models.ForeignKey(
        "territories.Territory",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="organisations",
        verbose_name=_("territoire"),
    )
    # Where it really is, when `territory`, which everybody reads, says less. Only the matcher and itself read it.
    exact_territory = models.ForeignKey(
        "territories.Territory", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    # Of a discreet one it is told to those alone with whom interest is mutual.
    meeting_place = models.CharField(_("où vous vous réunissez"), max_length=300, blank=True)
    discretion = models.CharField(
        _("ce que chacun lit"), max_length=12, choices=Discretion.choices, default=Discretion.OPEN, blank=True
    )
    siren = models.CharField(_("SIREN"), max_length=9, blank=True, validators=[validate_siren])
    siret = models.CharField(_("SIRET"), max_length=14, blank=True, validators=[validate_siret])
    rna = models.CharField(_("numéro RNA"), max_length=10, blank=True, validators=[validate_rna])
    posture = models.CharField(_("rapport au numérique"), max_length=16, choices=Posture.choices, blank=True)
    host = models.ForeignKey(
        "self",
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="hosted",
        verbose_name=_("porté par"),
    )
    # Who carries is asked first: until its owner has said yes, it is a claim that nobody else reads.
    host_confirmed_at = models.DateTimeField(null=True, blank=True)
    # An authority is verified once one of its members is confirmed; a collective from the start.
    verified_at = models.DateTimeField(null=True, blank=True)
    # Off: its listings are neither suggested nor given suggestions; the public lists show them all the same.
    wants_suggestions = models.BooleanField(_("rapprochements"), default=True)
    # Its owners and members may write needs for groups that agree.
    mediates = models.BooleanField(_("aide des groupes à publier"), default=False)
    # Since when moderation hides its page: nobody else reads it, and it publishes nothing.
    hidden_at = models.DateTimeField(_("masquée par la modération"), null=True, blank=True, editable=False)
    source = models.CharField(max_length=40, blank=True)
    external_id = models.CharField(max_length=120, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    history = HistoricalRecords()
    objects = OrganisationQuerySet.as_manager()

    # Read by its history: who changes it; where nobody set it, whoever sent the request.
    _history_user: Any

    class Meta:
        verbose_name = _("organisation")
        verbose_name_plural = _("organisations")
        constraints = [
            models.UniqueConstraint(
                fields=["territory", "legal_form"],
                condition=Q(side="authority") & ~Q(legal_form="public_body"),
                name="one_authority_per_territory",
            ),
            models.UniqueConstraint(
                fields=["siren"], condition=Q(side="authority") & ~Q(siren=""), name="one_authority_per_siren"
            ),
            models.UniqueConstraint(
                fields=["source", "external_id"], condition=~Q(external_id=""), name="organisation_imported_once"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_authority(self) -> bool:
        return self.side == Side.AUTHORITY

    @property
    def is_informal(self) -> bool:
        return self.legal_form == LegalForm.INFORMAL

    @property
    def is_verified(self) -> bool:
        return self.verified_at is not None

    @property
    def is_discreet(self) -> bool:
        """Whether it meets where not everybody may know."""
        return self.discretion != Discretion.OPEN

    @property
    def withholds_ground(self) -> bool:
        """Whether what the matcher knows of its territory is finer than what others may read."""
        return self.discretion == Discretion.DEPARTEMENT or self.exact_territory_id is not None

    @property
    def public_meeting_place(self) -> str:
        """What everybody may read of where it meets."""
        return "" if self.is_discreet else self.meeting_place

    @property
    def carrier(self) -> "Organisation | None":
        """The organisation that carries this one and has said so."""
        return self.host if self.host_confirmed_at else None

    @property
    def asks_through_its_carrier(self) -> bool:
        """An informal group that is carried has its carrier's legal form where one is required. No query."""
        return self.is_informal and self.host_id is not None and self.host_confirmed_at is not None

    @property
    def awaits_its_host(self) -> bool:
        """It has named who carries it, and waits for their answer. No query."""
        return self.host_id is not None and self.host_confirmed_at is None

    @classmethod
    def free_slug(cls, name: str) -> str:
        """A slug of this name that no organisation has yet."""
        base = slugify(name)[:70] or "organisation"
        if not cls.objects.filter(slug=base).exists():
            return base
        return f"{base}-{uuid.uuid4().hex[:8]}"


class Role(models.TextChoices):
    OWNER = "owner", _("Responsable")
    MEMBER = "member", _("Membre")
    READER = "reader", _("Lecture seule")


class Membership(models.Model):
    """A person acts for an organisation. A row without `confirmed_at` is a request."""

    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="memberships")
    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="memberships")
    role = models.CharField(_("rôle"), max_length=8, choices=Role.choices, default=Role.MEMBER)
    # What the person wrote so that the right person can recognise them: their function, their service.
    statement = models.CharField(_("fonction"), max_length=200, blank=True)
    requested_at = models.DateTimeField(auto_now_add=True)
    confirmed_at = models.DateTimeField(null=True, blank=True)
    confirmed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="confirmations"
    )

    history = HistoricalRecords()
    objects = MembershipQuerySet.as_manager()

    class Meta:
        verbose_name = _("membre")
        verbose_name_plural = _("membres")
        constraints = [models.UniqueConstraint(fields=["person", "organisation"], name="member_once")]

    def __str__(self) -> str:
        return f"{self.person} · {self.organisation}"

    @property
    def is_confirmed(self) -> bool:
        return self.confirmed_at is not None
