from importlib import import_module

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class TasksConfig(AppConfig):
    name = "tasks"
    verbose_name = _("Tâches de fond")

    def ready(self) -> None:
        import_module("tasks.receivers")
