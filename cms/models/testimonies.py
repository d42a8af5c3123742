"""What each party of a partnership says for its story, and the version of the story to which it agrees."""

from typing import Any

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _
from wagtail.models import Task


class Testimony(models.Model):
    """One party's own words, its hard moments, and its agreement. Nothing is quoted without consent."""

    partnership = models.ForeignKey("partnerships.Partnership", on_delete=models.CASCADE, related_name="testimonies")
    organisation = models.ForeignKey("organisations.Organisation", on_delete=models.CASCADE, related_name="+")
    words = models.TextField(_("ce que vous en dites"), max_length=1000, blank=True)
    who = models.CharField(_("qui parle"), max_length=160, blank=True)
    may_quote = models.BooleanField(_("cette personne accepte d’être citée"), default=False)
    hard = models.TextField(_("ce qui a été difficile"), max_length=2000, blank=True)
    # Of the story as it was read: another version asks for another reading.
    agreed_revision = models.ForeignKey(
        "wagtailcore.Revision", null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    agreed_at = models.DateTimeField(null=True, blank=True)
    remark = models.TextField(_("ce qu’il faut changer"), max_length=2000, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    at = models.DateTimeField(auto_now=True)

    class Meta:
        verbose_name = _("parole d’une partie")
        verbose_name_plural = _("paroles des parties")
        constraints = [models.UniqueConstraint(fields=["partnership", "organisation"], name="testimony_once")]

    def __str__(self) -> str:
        return f"{self.organisation_id} · {self.partnership_id}"


class PartnersReadingTask(Task):
    """The step of a workflow in which the parties read: it ends when all of them agree, on their own page."""

    class Meta:
        verbose_name = _("relecture par les partenaires")
        verbose_name_plural = _("relectures par les partenaires")

    def user_can_access_editor(self, obj: Any, user: Any) -> bool:
        """Editors go on mending while the parties read."""
        return bool(obj.permissions_for_user(user).can_edit())

    def get_actions(self, obj: Any, user: Any) -> list[tuple[str, str, bool]]:
        """No editor answers in place of a party."""
        return []

    @classmethod
    def get_description(cls) -> str:
        return str(_("Chaque partie du partenariat lit le récit et dit si elle est d’accord."))
