"""The ledger of background work: each start is a row first, so that a task that kills its worker is seen."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Run(models.Model):
    """One piece of background work, named by job and id; unique while it waits.

    `due_at`: if the run has not moved on by then, its task is lost and the sweep hands it in again.
    """

    class State(models.TextChoices):
        QUEUED = "queued", _("en attente")
        RUNNING = "running", _("en cours")
        DONE = "done", _("terminé")
        PARKED = "parked", _("mis de côté")

    job = models.CharField(_("travail"), max_length=40)
    subject = models.PositiveBigIntegerField(_("numéro"), default=0)
    state = models.CharField(_("état"), max_length=8, choices=State.choices, default=State.QUEUED)
    starts = models.PositiveSmallIntegerField(_("départs"), default=0)
    queued_at = models.DateTimeField(_("demandé"), auto_now_add=True)
    due_at = models.DateTimeField(_("à revoir"))
    started_at = models.DateTimeField(_("commencé"), null=True, blank=True)
    finished_at = models.DateTimeField(_("fini"), null=True, blank=True)
    error = models.TextField(_("erreur"), blank=True)

    class Meta:
        verbose_name = _("tâche")
        verbose_name_plural = _("tâches")
        constraints = [
            models.UniqueConstraint(
                fields=["job", "subject"], condition=models.Q(state="queued"), name="run_waits_once"
            )
        ]
        indexes = [models.Index(fields=["state", "due_at"]), models.Index(fields=["job", "subject"])]

    def __str__(self) -> str:
        return f"{self.job}({self.subject}) {self.state}"


class Heartbeat(models.Model):
    """A real task writes this row regularly for its cluster: the queue moves, or it does not."""

    name = models.CharField(max_length=40, unique=True)
    beaten_at = models.DateTimeField()

    class Meta:
        verbose_name = _("battement")
        verbose_name_plural = _("battements")

    def __str__(self) -> str:
        return f"{self.name} {self.beaten_at:%Y-%m-%d %H:%M:%S}"
