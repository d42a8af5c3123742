"""What an offer holds: data, a place or funding, each with its typed facts."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from matching.catalogue.models.listings import Kind, Offer

# SPDX identifiers. An administration may choose the first two for public information; the others are for
# content of third parties and for software (domain rule D323-2-1 of the code on public relations).
LICENCES = [
    ("etalab-2.0", "Licence Ouverte 2.0"),
    ("ODbL-1.0", "ODbL 1.0"),
    ("CC0-1.0", "CC0 1.0"),
    ("CC-BY-4.0", "CC BY 4.0"),
    ("CC-BY-SA-4.0", "CC BY-SA 4.0"),
    ("LAL-1.3", "Licence Art Libre 1.3"),
    ("MIT", "MIT"),
    ("Apache-2.0", "Apache 2.0"),
    ("GPL-3.0-or-later", "GPL 3.0"),
    ("AGPL-3.0-or-later", "AGPL 3.0"),
    ("EUPL-1.2", "EUPL 1.2"),
    ("CECILL-2.1", "CeCILL 2.1"),
]


class Subkind(models.TextChoices):
    DATASET = "dataset", _("Jeu de données")
    ARCHIVE = "archive", _("Archives")
    DIGITISED = "digitised", _("Contenus numérisés")
    SOFTWARE = "software", _("Logiciel libre")
    ROOM = "room", _("Salle")
    WORKSHOP = "workshop", _("Atelier")
    LAND = "land", _("Terrain ou jardin")
    KITCHEN = "kitchen", _("Cuisine")
    STORAGE = "storage", _("Stockage")
    OFFICE = "office", _("Bureau")
    EXHIBITION = "exhibition", _("Lieu d’exposition ou de scène")
    GRANT = "grant", _("Subvention")
    LOAN = "loan", _("Prêt ou avance")
    ENGINEERING = "engineering", _("Ingénierie, conseil")
    TRAINING = "training", _("Formation")
    EQUIPMENT = "equipment", _("Prêt de matériel")


SUBKINDS: dict[str, tuple[Subkind, ...]] = {
    Kind.DATA: (Subkind.DATASET, Subkind.ARCHIVE, Subkind.DIGITISED, Subkind.SOFTWARE),
    Kind.PLACE: (
        Subkind.ROOM,
        Subkind.WORKSHOP,
        Subkind.LAND,
        Subkind.KITCHEN,
        Subkind.STORAGE,
        Subkind.OFFICE,
        Subkind.EXHIBITION,
    ),
    Kind.FUNDING: (
        Subkind.GRANT,
        Subkind.LOAN,
        Subkind.ENGINEERING,
        Subkind.TRAINING,
        Subkind.EQUIPMENT,
    ),
}
# Support in kind: the authority gives work or things, not money.
IN_KIND = (Subkind.ENGINEERING, Subkind.TRAINING, Subkind.EQUIPMENT)


class FundingUse(models.TextChoices):
    OPERATING = "operating", _("Fonctionnement")
    INVESTMENT = "investment", _("Investissement")
    BOTH = "both", _("Fonctionnement et investissement")


class Resource(models.Model):
    """One resource of an offer. Facts of another kind stay empty; amounts are in cents."""

    offer = models.ForeignKey(Offer, on_delete=models.CASCADE, related_name="resources")
    kind = models.CharField(max_length=8, choices=Kind.choices)
    subkind = models.CharField(_("nature"), max_length=12, choices=Subkind.choices, blank=True)
    # Data.
    licence = models.CharField(_("licence"), max_length=24, choices=LICENCES, blank=True)
    formats = models.CharField(_("formats"), max_length=200, blank=True)
    url = models.URLField(_("adresse de la ressource"), blank=True, max_length=500)
    rights_cleared = models.BooleanField(_("ayants droit vérifiés"), null=True, blank=True)
    # Places.
    capacity = models.PositiveIntegerField(_("personnes au plus"), null=True, blank=True)
    surface_m2 = models.PositiveIntegerField(_("surface (m²)"), null=True, blank=True)
    address = models.CharField(_("adresse"), max_length=300, blank=True)
    equipment = models.TextField(_("équipements"), blank=True, max_length=2000)
    opening = models.CharField(_("horaires"), max_length=300, blank=True)
    closed_on_holidays = models.BooleanField(_("fermé les jours fériés"), default=False)
    accessible = models.BooleanField(_("accessible en fauteuil"), null=True, blank=True)
    price = models.PositiveIntegerField(_("prix de la demi-journée (centimes)"), null=True, blank=True)
    rental_value = models.PositiveIntegerField(_("valeur locative (centimes)"), null=True, blank=True)
    # Funding.
    amount_min = models.PositiveBigIntegerField(_("plus petit montant (centimes)"), null=True, blank=True)
    amount_max = models.PositiveBigIntegerField(_("plus grand montant (centimes)"), null=True, blank=True)
    funding_use = models.CharField(_("usage"), max_length=10, choices=FundingUse.choices, blank=True)
    rate = models.PositiveSmallIntegerField(_("part financée au plus (%)"), null=True, blank=True)
    is_call = models.BooleanField(_("appel à projets"), default=False)

    class Meta:
        verbose_name = _("ressource")
        verbose_name_plural = _("ressources")
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(amount_max__isnull=True) | Q(amount_min__isnull=True) | Q(amount_max__gte=F("amount_min")),
                name="resource_amounts_in_order",
            ),
            models.CheckConstraint(condition=Q(rate__isnull=True) | Q(rate__lte=100), name="resource_rate_at_most_100"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} · {self.offer}"

    @property
    def is_in_kind(self) -> bool:
        return self.subkind in IN_KIND
