"""`manage.py bench`: figures of speed on this machine. They are printed, never tested: machines differ."""

import time
from argparse import ArgumentParser
from statistics import median

from django.core.management.base import BaseCommand

from matching.catalogue.models import Need, Offer
from matching.catalogue.services import NeedFacts, close, write_need
from matching.organisations.models import Organisation
from matching.suggestions.models import Suggestion
from matching.suggestions.services import match_text
from matching.territories.models import Territory

WAIT = 30.0
HOME_TEXTS = (
    "Nous réparons des objets avec les habitants et cherchons une salle le samedi, pour 40 personnes.",
    "Un terrain pour un jardin partagé et du compost",
    "Des photographies anciennes de la ville, libres de droits",
    "Une subvention pour des ateliers d’écriture numérique avec des retraités",
)


class Command(BaseCommand):
    help = "Mesure la vitesse du rapprochement et du service sur cette machine."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--size", type=int, default=20_000, help="annonces de chaque côté pour l’étape des racines")
        parser.add_argument("--core", type=int, default=2_000, help="annonces de chaque côté pour le cœur entier")
        parser.add_argument("--service-only", action="store_true", help="ne mesure que le service et sa base")

    def handle(self, *args: object, **options: object) -> None:
        if not options["service_only"]:
            self._engine(int(str(options["size"])), int(str(options["core"])))
        self._home()
        self._publishing()

    def _engine(self, size: int, core: int) -> None:
        from matching.engine import bench

        stage = bench.stem_stage(size)
        self._line(f"étape des racines, {size} x {size}", f"{stage['ours']:.2f} s")
        self._line("  scikit-learn, cosinus naïf, même exécution", f"{stage['naive']:.2f} s")
        self._line("  fois plus rapide", f"{stage['times_faster']:.1f}")
        self._line("  plus grand écart entre les deux", f"{stage['difference']:.1e}")
        self._line("  mémoire au plus haut, avant le calcul naïf", f"{stage['peak_mb']:.0f} Mo")
        whole = bench.whole_core(core, core)
        self._line(f"cœur entier, {core} x {core}", f"{whole['rank']:.2f} s (apprentissage {whole['fit']:.2f} s)")
        one = bench.one_need()
        self._line("un besoin contre 150 offres", f"{one['median'] * 1000:.0f} ms")

    def _home(self) -> None:
        """Server time of a match from the home page, at the size of this database."""
        offers = Offer.objects.published().count()
        town = Territory.objects.current().filter(level="commune").order_by("-population").first()
        match_text(text=HOME_TEXTS[0], territory=town)
        seconds = []
        for text in HOME_TEXTS * 5:
            started = time.perf_counter()
            match_text(text=text, territory=town)
            seconds.append(time.perf_counter() - started)
        self._line(
            f"accueil, {offers} offres publiées", f"{median(seconds) * 1000:.0f} ms, au pire {max(seconds) * 1000:.0f}"
        )

    def _publishing(self) -> None:
        """From publishing to the first stored suggestion, through a real worker."""
        organisation = Organisation.objects.collectives().filter(source="demo").order_by("pk").first()
        if organisation is None:
            self._line("publier", "pas de monde de démonstration dans cette base")
            return
        facts = NeedFacts(
            title="Mesure : une salle pour réparer",
            text=HOME_TEXTS[0],
            territory=organisation.territory,
            kinds=["place"],
            contribution="Une mesure, retirée aussitôt.",
        )
        need = write_need(organisation=organisation, person=None, facts=facts, publishes=True)
        started = time.perf_counter()
        found = self._first_suggestion(need)
        waited = time.perf_counter() - started
        close(listing=need)
        need.delete()
        self._line(
            "publier, jusqu’au premier rapprochement", f"{waited:.1f} s" if found else "aucun : pas de workers ?"
        )

    def _first_suggestion(self, need: Need) -> bool:
        deadline = time.perf_counter() + WAIT
        while time.perf_counter() < deadline:
            if Suggestion.objects.filter(need=need).exists():
                return True
            time.sleep(0.05)
        return False

    def _line(self, what: str, figure: str) -> None:
        self.stdout.write(f"{what:<56} {figure}")
        self.stdout.flush()
