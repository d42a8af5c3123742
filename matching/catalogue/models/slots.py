"""When a place is open: recurring slots of a week, and the days on which they do not hold.

Hours are those of the clock on the wall there: a slot at 18:00 stays at 18:00 when the clocks change.
"""

from datetime import time

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from matching.catalogue.models.listings import Offer

MIDNIGHT = time(0)


class Weekday(models.IntegerChoices):
    """Numbered as datetime.date.weekday() does."""

    MONDAY = 0, _("lundi")
    TUESDAY = 1, _("mardi")
    WEDNESDAY = 2, _("mercredi")
    THURSDAY = 3, _("jeudi")
    FRIDAY = 4, _("vendredi")
    SATURDAY = 5, _("samedi")
    SUNDAY = 6, _("dimanche")


def _in_order(name: str) -> models.CheckConstraint:
    condition = Q(starts__isnull=True) | Q(ends__isnull=True) | Q(ends__gte=F("starts"))
    return models.CheckConstraint(condition=condition, name=name)


class Slot(models.Model):
    """Each week on this day from `opens` to `closes`; 00:00 as the end is midnight. A row keeps its id while it
    says the same: what is booked may point to it."""

    offer = models.ForeignKey(Offer, on_delete=models.CASCADE, related_name="slots")
    weekday = models.PositiveSmallIntegerField(choices=Weekday.choices)
    opens = models.TimeField()
    closes = models.TimeField()
    # The season, both days included; an open end has none.
    starts = models.DateField(null=True, blank=True)
    ends = models.DateField(null=True, blank=True)

    class Meta:
        verbose_name = _("créneau")
        verbose_name_plural = _("créneaux")
        ordering = ["weekday", "opens", "id"]
        constraints = [
            models.CheckConstraint(condition=Q(weekday__lte=6), name="slot_on_a_weekday"),
            models.CheckConstraint(
                condition=Q(closes__gt=F("opens")) | Q(closes=MIDNIGHT), name="slot_ends_after_start"
            ),
            _in_order("slot_season_in_order"),
        ]

    def __str__(self) -> str:
        return f"{self.get_weekday_display()} {self.opens:%H:%M}–{self.closes:%H:%M}"


class Closure(models.Model):
    """Days on which no slot holds, both included."""

    offer = models.ForeignKey(Offer, on_delete=models.CASCADE, related_name="closures")
    starts = models.DateField()
    ends = models.DateField()
    reason = models.CharField(max_length=100, blank=True)

    class Meta:
        verbose_name = _("fermeture")
        verbose_name_plural = _("fermetures")
        ordering = ["starts", "id"]
        constraints = [_in_order("closure_in_order")]

    def __str__(self) -> str:
        return f"{self.starts} – {self.ends}"
