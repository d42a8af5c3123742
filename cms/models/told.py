"""Pages that tell of somebody: anybody may report them, and what moderation hides no editor shows again."""

from typing import Any

from django.core.exceptions import PermissionDenied
from wagtail.models import Page, PagePermissionTester

from matching.moderation.models import Case, State


class HiddenByModeration(PermissionDenied):
    """Only moderation shows this page again."""


class _WhileHidden(PagePermissionTester):
    """What somebody may do with a page that moderation hides: mend it, never show it, nor make a twin of it."""

    def can_publish(self) -> bool:
        return False

    def can_copy(self) -> bool:
        return False


class ToldPage(Page):
    """A page that moderation may hide, as it hides offers and needs."""

    class Meta:
        abstract = True

    @property
    def is_hidden(self) -> bool:
        return Case.objects.filter(kind__in=("story", "recipe"), key=self.translation_key, state=State.HIDDEN).exists()

    def permissions_for_user(self, user: Any) -> PagePermissionTester:
        return _WhileHidden(user, self) if self.is_hidden else super().permissions_for_user(user)

    def save(self, *args: Any, **options: Any) -> Any:
        """Whatever asks for it: a button, a schedule, a command. Raises HiddenByModeration."""
        if self.live and self.is_hidden:
            raise HiddenByModeration
        return super().save(*args, **options)
