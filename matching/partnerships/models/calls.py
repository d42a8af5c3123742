"""A call for projects: an offer with a window, a grid of criteria, and people who assess each on their own."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from matching.partnerships.querysets import AssessorQuerySet


class Call(models.Model):
    """What makes an offer a call. Both ends are instants; screens tell them by the clock of the offer's territory."""

    offer = models.OneToOneField("catalogue.Offer", on_delete=models.CASCADE, related_name="call")
    opens_at = models.DateTimeField(_("ouverture"))
    # The last second in which an application may be filed.
    closes_at = models.DateTimeField(_("clôture"))
    # Since when everybody reads who was chosen, and why.
    published_at = models.DateTimeField(_("lauréats publiés le"), null=True, blank=True)

    class Meta:
        verbose_name = _("appel à projets")
        verbose_name_plural = _("appels à projets")
        constraints = [
            models.CheckConstraint(condition=Q(closes_at__gt=F("opens_at")), name="call_closes_after_opening")
        ]

    def __str__(self) -> str:
        return f"{self.offer_id} · {self.closes_at:%Y-%m-%d %H:%M:%S}"


class Criterion(models.Model):
    """One line of the grid. Marks go from 0 to BEST; of some things little is better (a cost, a risk)."""

    BEST = 5

    call = models.ForeignKey(Call, on_delete=models.CASCADE, related_name="criteria")
    position = models.PositiveSmallIntegerField()
    name = models.CharField(_("critère"), max_length=120)
    weight = models.PositiveSmallIntegerField(_("poids"), default=1)
    low_is_better = models.BooleanField(_("moins il y en a, mieux c’est"), default=False)

    class Meta:
        verbose_name = _("critère")
        verbose_name_plural = _("critères")
        ordering = ["position", "id"]
        constraints = [
            models.CheckConstraint(condition=Q(weight__gte=1, weight__lte=10), name="criterion_weight_1_to_10"),
            models.UniqueConstraint(fields=["call", "name"], name="criterion_named_once"),
        ]

    def __str__(self) -> str:
        return self.name


class Assessor(models.Model):
    """Somebody whom the authority has asked to assess what was filed in a call."""

    call = models.ForeignKey(Call, on_delete=models.CASCADE, related_name="assessors")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="calls_assessed")
    named_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    named_at = models.DateTimeField(auto_now_add=True)

    objects = AssessorQuerySet.as_manager()

    class Meta:
        verbose_name = _("évaluateur")
        verbose_name_plural = _("évaluateurs")
        ordering = ["named_at", "id"]
        constraints = [models.UniqueConstraint(fields=["call", "person"], name="assessor_once")]

    def __str__(self) -> str:
        return f"{self.person_id} · {self.call_id}"


class Assessment(models.Model):
    """What one assessor found, handed in once for all: from then on they read what the others found."""

    assessor = models.ForeignKey(Assessor, on_delete=models.PROTECT, related_name="assessments")
    application = models.ForeignKey("partnerships.Application", on_delete=models.CASCADE, related_name="assessments")
    comment = models.TextField(_("ce que vous en pensez"), max_length=3000)
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("évaluation")
        verbose_name_plural = _("évaluations")
        ordering = ["at", "id"]
        constraints = [models.UniqueConstraint(fields=["assessor", "application"], name="assessment_once")]

    def __str__(self) -> str:
        return f"{self.assessor_id} · {self.application_id}"


class Mark(models.Model):
    """What an assessor gave for one criterion."""

    assessment = models.ForeignKey(Assessment, on_delete=models.CASCADE, related_name="marks")
    criterion = models.ForeignKey(Criterion, on_delete=models.PROTECT, related_name="marks")
    value = models.PositiveSmallIntegerField(_("note"))

    class Meta:
        verbose_name = _("note")
        verbose_name_plural = _("notes")
        ordering = ["criterion__position", "id"]
        constraints = [
            models.CheckConstraint(condition=Q(value__lte=Criterion.BEST), name="mark_at_most_best"),
            models.UniqueConstraint(fields=["assessment", "criterion"], name="mark_once"),
        ]

    def __str__(self) -> str:
        return f"{self.value} · {self.criterion_id}"
