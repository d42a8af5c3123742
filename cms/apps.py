from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CmsConfig(AppConfig):
    name = "cms"
    verbose_name = _("Pages")

    def ready(self) -> None:
        from cms.changes import follow_changes
        from cms.moderation import register_stories
        from cms.services import recipe_named
        from cms.story_errands import stories_waiting, story_errands
        from matching.catalogue import origins
        from matching.screens import errand

        follow_changes()
        register_stories()
        origins.register(recipe_named)
        errand.register(stories_waiting, story_errands)
