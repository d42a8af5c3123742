"""Rows of the official geography, as the database needs them. The relations themselves live in matching.geography."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from matching.territories.querysets import TerritoryQuerySet


class Territory(models.Model):
    """One territory of the official table. Never deleted: an old one points to what replaced it."""

    class Level(models.TextChoices):
        COMMUNE = "commune", _("Commune")
        EPCI = "epci", _("Intercommunalité")
        DEPARTEMENT = "departement", _("Département")
        REGION = "region", _("Région")
        COUNTRY = "country", _("Pays")

    level = models.CharField(max_length=12, choices=Level.choices)
    type = models.CharField(max_length=24)
    code = models.CharField(max_length=9)
    name = models.CharField(max_length=120)
    # What tells homonyms apart: "Finistère" for a commune, "département" for Vienne.
    context = models.CharField(max_length=120, blank=True)
    siren = models.CharField(max_length=9, blank=True)
    population = models.PositiveIntegerField(null=True)
    vintage = models.CharField(max_length=4)
    # Of a commune, in degrees, where somebody has loaded them: the service works by relation without.
    latitude = models.FloatField(null=True, blank=True)
    longitude = models.FloatField(null=True, blank=True)
    replaced_by = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="replaces")
    # Every territory that contains this one entirely, itself left out.
    containers = models.ManyToManyField("self", symmetrical=False, related_name="contents", through="Containment")

    objects = TerritoryQuerySet.as_manager()

    class Meta:
        verbose_name = _("territoire")
        verbose_name_plural = _("territoires")
        constraints = [
            models.UniqueConstraint(fields=["level", "type", "code"], name="territory_once"),
            models.CheckConstraint(
                condition=models.Q(latitude__isnull=True, longitude__isnull=True)
                | models.Q(
                    latitude__isnull=False,
                    longitude__isnull=False,
                    latitude__range=(-90, 90),
                    longitude__range=(-180, 180),
                ),
                name="territory_lies_on_earth",
            ),
        ]
        indexes = [models.Index(fields=["level", "code"]), models.Index(fields=["siren"])]

    def __str__(self) -> str:
        return f"{self.name} ({self.context})" if self.context else self.name


class Containment(models.Model):
    """`container` contains `contained` entirely (a closure: also through levels between)."""

    # The index of the unique constraint begins with this column.
    contained = models.ForeignKey(Territory, on_delete=models.CASCADE, related_name="containments", db_index=False)
    container = models.ForeignKey(Territory, on_delete=models.CASCADE, related_name="contained_rows")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["contained", "container"], name="containment_once")]

    def __str__(self) -> str:
        return f"{self.container_id} > {self.contained_id}"


class TerritoryName(models.Model):
    """One way to find a territory by typing: its name, an alias or a postcode, normalised."""

    # The index of the unique constraint begins with this column.
    territory = models.ForeignKey(Territory, on_delete=models.CASCADE, related_name="search_names", db_index=False)
    key = models.CharField(max_length=140, db_index=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["territory", "key"], name="territory_name_once")]

    def __str__(self) -> str:
        return self.key


class Outline(models.Model):
    """The outline of a territory, where somebody has loaded one: what a map draws."""

    territory = models.OneToOneField(Territory, on_delete=models.CASCADE, related_name="outline")
    # GeoJSON: a Polygon or a MultiPolygon, longitudes before latitudes.
    geometry = models.JSONField()

    class Meta:
        verbose_name = _("contour")
        verbose_name_plural = _("contours")

    def __str__(self) -> str:
        return str(self.territory)
