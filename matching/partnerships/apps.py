from importlib import import_module

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PartnershipsConfig(AppConfig):
    name = "matching.partnerships"
    label = "partnerships"
    verbose_name = _("Partenariats")

    def ready(self) -> None:
        # A file goes with its row, whoever deletes it.
        import_module("matching.partnerships.attachments")
