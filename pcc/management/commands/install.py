"""Make an installation ready: database, territories, themes, pages, schedules, static files. Safe to repeat."""

from urllib.parse import urlsplit

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand

from cms.services import build_site
from matching.catalogue.editions import new_edition
from matching.catalogue.vocabulary import load_themes
from matching.territories.services import is_loaded, load_all
from pcc.static_files import collect_if_changed
from tasks.schedules import install_schedules


class Command(BaseCommand):
    help = "Prépare une installation : base, territoires, thèmes, pages, tâches régulières. Se relance sans risque."

    def handle(self, *args: object, **options: object) -> None:
        self._say("Base de données…")
        call_command("migrate", verbosity=0, interactive=False)
        if not is_loaded():
            self._say("Territoires officiels…")
            load_all()
        self._say("Thèmes, pages, tâches régulières…")
        load_themes()
        address = urlsplit(settings.BASE_URL)
        build_site(hostname=address.hostname or "localhost", port=address.port or 80)
        install_schedules()
        self._say("Fichiers de présentation…")
        collect_if_changed()
        # Pages that were kept name the files of before.
        new_edition()

    def _say(self, text: str) -> None:
        self.stderr.write(text)
