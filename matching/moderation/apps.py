from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ModerationConfig(AppConfig):
    name = "matching.moderation"
    label = "moderation"
    verbose_name = _("Modération")

    def ready(self) -> None:
        from matching.moderation.things import register_own

        register_own()
