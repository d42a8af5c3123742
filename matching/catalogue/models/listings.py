"""What is published: offers and needs."""

import uuid
from typing import Any, NamedTuple

from django.core.files.storage import default_storage
from django.db import models
from django.db.models import F, Q
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _
from simple_history.models import HistoricalRecords

from matching.catalogue.models.themes import Theme
from matching.catalogue.querysets import NeedQuerySet, OfferQuerySet
from matching.territories.models import Territory


class Kind(models.TextChoices):
    DATA = "data", _("Données")
    PLACE = "place", _("Lieu")
    FUNDING = "funding", _("Financement")


class Status(models.TextChoices):
    DRAFT = "draft", _("Brouillon")
    # Asked for by a member nobody has confirmed yet: published on confirmation.
    WAITING = "waiting", _("En attente de confirmation")
    PUBLISHED = "published", _("Publié")
    PAUSED = "paused", _("En pause")
    CLOSED = "closed", _("Clos")


class Cover(NamedTuple):
    """A small photo, and what it shows."""

    url: str
    width: int
    height: int
    text: str


# What the history of a listing leaves out: it changes without anybody having changed the listing.
_UNRECORDED = ["asked_at", "vouched_at", "matched_version", "matched_at", "near_misses"]


class Listing(models.Model):
    """What offers and needs have in common.

    `version` grows with every change that matters to the matcher; `matched_version` is the version that the
    matcher last saw. A published listing whose two numbers differ is stale, whatever happened to its task.
    """

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    organisation = models.ForeignKey("organisations.Organisation", on_delete=models.PROTECT, related_name="%(class)ss")
    title = models.CharField(_("titre"), max_length=160)
    text = models.TextField(_("description"), blank=True, max_length=20_000)
    # The same in short sentences and everyday words (FALC), for whoever reads with difficulty.
    easy_read = models.TextField(_("résumé facile à lire"), blank=True, max_length=800)
    themes = models.ManyToManyField(Theme, blank=True, related_name="%(class)ss", verbose_name=_("thèmes"))
    territory = models.ForeignKey(
        "territories.Territory",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="%(class)ss",
        verbose_name=_("territoire"),
    )
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.DRAFT)
    starts = models.DateField(_("à partir du"), null=True, blank=True)
    ends = models.DateField(_("jusqu’au"), null=True, blank=True)
    created_by = models.ForeignKey("people.Person", null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)
    published_at = models.DateTimeField(null=True, blank=True)
    # Off: it is neither suggested nor given suggestions; the public lists show it all the same.
    wants_suggestions = models.BooleanField(_("rapprochements"), default=True)
    # The recipe that this listing adapts, if any.
    origin = models.UUIDField(null=True, blank=True)
    # Where an imported row came from, what its importer could not know, and what it looked like.
    source = models.CharField(max_length=40, blank=True)
    external_id = models.CharField(max_length=120, blank=True)
    flags = models.JSONField(default=list, blank=True)
    # Its themes, and for an offer its resources, rights, week and photos, as plain values. They have rows of their
    # own; said here once more so that the history of the listing keeps their past too.
    holds = models.JSONField(_("contenu"), default=dict, blank=True, editable=False)
    # Since when its organisation is asked whether it still holds; None: no question stands. One that was paused for
    # want of an answer keeps it, until somebody writes or publishes it.
    asked_at = models.DateTimeField(null=True, blank=True)
    # When somebody last said that it does, other than by changing it.
    vouched_at = models.DateTimeField(null=True, blank=True)
    # Since when moderation hides it: only moderation lets it be published again.
    hidden_at = models.DateTimeField(_("masquée par la modération"), null=True, blank=True, editable=False)
    # The matcher's side of the state.
    version = models.PositiveIntegerField(default=1)
    matched_version = models.PositiveIntegerField(default=0)
    matched_at = models.DateTimeField(null=True, blank=True)
    near_misses = models.JSONField(default=list, blank=True)

    # Read by its history: who changes it; where nobody set it, whoever sent the request.
    _history_user: Any

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.title

    @property
    def slug(self) -> str:
        return slugify(self.title)[:60] or "sans-titre"

    @property
    def is_published(self) -> bool:
        return self.status == Status.PUBLISHED

    @property
    def is_hidden(self) -> bool:
        """Moderation keeps it, or its organisation, from everybody else."""
        return self.hidden_at is not None or self.organisation.hidden_at is not None

    @property
    def is_suggestible(self) -> bool:
        """May the matcher propose it: published, and neither it nor its organisation has opted out."""
        return self.is_published and self.wants_suggestions and self.organisation.wants_suggestions

    @property
    def is_stale(self) -> bool:
        """True while the matcher has not seen the current version."""
        return self.version != self.matched_version


def listing_rules(name: str) -> list[models.BaseConstraint]:
    """Constraints shared by both kinds of listing."""
    return [
        models.UniqueConstraint(
            fields=["source", "external_id"], condition=~Q(external_id=""), name=f"{name}_imported_once"
        ),
        models.CheckConstraint(
            condition=Q(ends__isnull=True) | Q(starts__isnull=True) | Q(ends__gte=F("starts")),
            name=f"{name}_ends_after_start",
        ),
    ]


def listing_indexes(*deadlines: str) -> list[models.Index]:
    """What lists ask: how many are live, the newest first, from this index alone; and what has changed lately."""
    listed = models.Index(fields=["status", "-published_at", "-id", *deadlines])
    return [listed, models.Index(fields=["updated_at"])]


class Offer(Listing):
    """What an authority shares. It holds one or several resources; the form writes one."""

    perimeter = models.ForeignKey(
        "territories.Territory",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="offers_open_to",
        verbose_name=_("qui peut demander"),
    )
    # Empty means: every form, informal groups included.
    legal_forms = models.JSONField(_("formes acceptées"), default=list, blank=True)
    provides = models.TextField(_("ce que la collectivité apporte"), blank=True, max_length=3000)
    # False: the authority gives neither money, nor people, nor things. Said on the card, never hidden.
    has_means = models.BooleanField(_("des moyens accompagnent l’offre"), default=True)
    expects = models.TextField(_("ce que la collectivité espère en retour"), blank=True, max_length=3000)
    opens = models.DateField(_("demandes ouvertes le"), null=True, blank=True)
    closes = models.DateField(_("demandes closes le"), null=True, blank=True)

    history = HistoricalRecords(excluded_fields=_UNRECORDED)
    objects = OfferQuerySet.as_manager()

    class Meta:
        verbose_name = _("offre")
        verbose_name_plural = _("offres")
        indexes = listing_indexes("closes", "ends")
        constraints = [
            *listing_rules("offer"),
            models.CheckConstraint(
                condition=Q(closes__isnull=True) | Q(opens__isnull=True) | Q(closes__gte=F("opens")),
                name="offer_closes_after_opening",
            ),
        ]

    @property
    def cover(self) -> Cover | None:
        """Its first photo, small, without a query: its card shows no other."""
        if not self.holds.get("cover"):
            return None
        name, width, height = self.holds["cover"]
        return Cover(default_storage.url(name), width, height, self.holds["photos"][0])

    @property
    def kinds(self) -> list[str]:
        """The kinds of its resources, each once, in the order of the vocabulary."""
        held = {resource.kind for resource in self.resources.all()}
        return [kind for kind in Kind.values if kind in held]


class Need(Listing):
    """What a collective looks for, and what it brings in return."""

    wants_data = models.BooleanField(_("des données"), default=False)
    wants_place = models.BooleanField(_("un lieu"), default=False)
    wants_funding = models.BooleanField(_("un financement"), default=False)
    why = models.TextField(_("pourquoi"), blank=True, max_length=5000)
    capacity = models.PositiveIntegerField(_("personnes à accueillir"), null=True, blank=True)
    surface_m2 = models.PositiveIntegerField(_("surface (m²)"), null=True, blank=True)
    amount_min = models.PositiveBigIntegerField(_("montant minimal (centimes)"), null=True, blank=True)
    amount_max = models.PositiveBigIntegerField(_("montant maximal (centimes)"), null=True, blank=True)
    data_subject = models.CharField(_("données cherchées"), max_length=300, blank=True)
    perimeter = models.ForeignKey(
        "territories.Territory",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="needs_placed_in",
        verbose_name=_("où doit se trouver le lieu"),
    )
    # What its collective typed, where `territory` and `perimeter`, which everybody reads, say less: for the matcher
    # and the collective itself.
    exact_territory = models.ForeignKey(
        "territories.Territory", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    exact_perimeter = models.ForeignKey(
        "territories.Territory", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    rights = models.JSONField(_("droits nécessaires"), default=list, blank=True)
    # Required on screen. Imports may not know it: empty then, and flagged.
    contribution = models.TextField(_("ce que le collectif apporte"), blank=True, max_length=3000)

    history = HistoricalRecords(excluded_fields=_UNRECORDED)
    objects = NeedQuerySet.as_manager()

    class Meta:
        verbose_name = _("besoin")
        verbose_name_plural = _("besoins")
        indexes = listing_indexes("ends")
        constraints = [
            *listing_rules("need"),
            models.CheckConstraint(
                condition=Q(amount_max__isnull=True) | Q(amount_min__isnull=True) | Q(amount_max__gte=F("amount_min")),
                name="need_amounts_in_order",
            ),
        ]

    @property
    def helped_by(self) -> str:
        """With whose help it was written; empty where its collective wrote it itself."""
        return self.assisted.helper_name if hasattr(self, "assisted") else ""

    @property
    def texts(self) -> list[str]:
        """Everything that its collective wrote and everybody reads."""
        return [self.title, self.text, self.easy_read, self.why, self.data_subject, self.contribution]

    @property
    def typed_territory(self) -> Territory | None:
        """Where its collective acts, as it typed it: never for others' eyes."""
        return self.exact_territory or self.territory

    @property
    def typed_perimeter(self) -> Territory | None:
        """Where the place must lie, as its collective typed it: never for others' eyes."""
        return self.exact_perimeter or self.perimeter

    @property
    def kinds(self) -> list[str]:
        """The kinds looked for; empty when the collective does not know yet."""
        return [kind for kind in Kind.values if getattr(self, f"wants_{kind}")]
