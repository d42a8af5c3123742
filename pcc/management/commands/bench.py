"""`manage.py bench`: figures of speed on this machine. They are printed, never tested: machines differ."""

import os
import time
from argparse import ArgumentParser
from pathlib import Path
from statistics import median, quantiles
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from django.core.management.base import BaseCommand

from matching.catalogue.models import Need, Offer
from matching.catalogue.services import NeedFacts, close, write_need
from matching.organisations.models import Organisation
from matching.suggestions.models import Suggestion
from matching.suggestions.services import match_text
from matching.territories.models import Territory
from pcc.management.commands import _bench_pages, _bench_scarcity, _bench_service

if TYPE_CHECKING:
    from matching.engine import bench

WAIT = 30.0
SIZES = (2_000, 20_000, 100_000)
# Without gates, all pairs of more listings than this take minutes, and the naive way more memory than there is.
MOST_UNGATED = 20_000
HOME_TEXTS = (
    "Nous réparons des objets avec les habitants et cherchons une salle le samedi, pour 40 personnes.",
    "Un terrain pour un jardin partagé et du compost",
    "Des photographies anciennes de la ville, libres de droits",
    "Une subvention pour des ateliers d’écriture numérique avec des retraités",
)


class Command(BaseCommand):
    help = "Mesure la vitesse du rapprochement et du service sur cette machine, à côté d’autres méthodes."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--listings",
            type=int,
            help="une seule taille, de chaque côté ; le service est alors mesuré dans une base à part",
        )
        parser.add_argument("--quick", action="store_true", help="2 000 annonces seulement")
        parser.add_argument("--without-home", action="store_true", help="sans le rapprochement de l’accueil")
        parser.add_argument(
            "--scarcity",
            action="store_true",
            help="ce que plusieurs prennent à la fois, dans une base à part ; avec --quick, dix fois moins",
        )
        parser.add_argument("--service-only", action="store_true", help="ne mesure que le service et sa base")

    def handle(self, *args: object, **options: object) -> None:
        if options["scarcity"]:
            envelopes, bookings = (20, 50) if options["quick"] else (200, 500)
            _bench_scarcity.measure(envelopes, bookings, self._line)
            return
        listings = int(str(options["listings"])) if options["listings"] else None
        sizes = (listings,) if listings else SIZES[:1] if options["quick"] else SIZES
        if not options["service_only"]:
            self._line("charge de la machine, cœurs", f"{os.getloadavg()[0]:.1f} / {os.cpu_count()}")
            self._engine(sizes)
        if listings:
            _bench_service.measure(listings, self._line, matcher=not options["without_home"])
            return
        self._home()
        _bench_pages.ratios(_bench_service.pages(), self._line)
        self._publishing()

    def _engine(self, sizes: tuple[int, ...]) -> None:
        from matching.engine import bench

        answers = {}
        for size in sizes:
            self.stdout.write(f"\n{size} besoins x {size} offres (secondes à l’horloge, et de processeur)")
            for name, figure in bench.peers(size):
                self._line(f"étape des racines sans filtres : {name}", _seconds(figure) if figure else "non installé")
            if size <= MOST_UNGATED:
                self._pairs("sans filtres", bench.Core(size, size, gated=False))
            with TemporaryDirectory() as shared:
                core = bench.Core(size, size, gated=True, shared=Path(shared))
                answers[size] = self._answers(core)
                self._pairs("avec filtres", core)
        if len(answers) > 1:
            self._on_paper(answers)

    def _pairs(self, how: str, core: "bench.Core") -> None:
        self._line(f"apprendre et indexer les offres, {how}", _seconds(core.fit))
        self._line("  lire les besoins", _seconds(core.read))
        self._line(f"étape des racines, dix meilleures, {how}", _seconds(core.stems()))
        self._line(f"cœur entier, dix meilleures, {how}", _seconds(core.pairs()))
        self._line("  raisons, par paire montrée", f"{core.reasons() * 1e6:.0f} µs")
        self._line("  en commun avec toutes les paires pesées", f"{core.overlap():.4f}")

    def _answers(self, core: "bench.Core") -> dict[str, float]:
        need, offer = core.one_need(), core.one_offer()
        self._line("un besoin nouveau, lu, rapproché et expliqué", _milliseconds(need))
        self._line("  avec ce qui manque, comme à l’accueil", _milliseconds(core.one_need(near_misses=5)))
        self._line("une offre nouvelle, de même", _milliseconds(offer))
        self._line("une offre modifiée, jusque dans les listes des autres", _seconds(core.one_change()))
        memory = self._memory()
        self._line("un besoin pendant que tout est réappris à côté", _milliseconds(core.while_refitting()))
        return {"need": need["p50"], "memory": memory}

    def _memory(self) -> float:
        """Tells the memory of this process, and returns it; two processes or more map the same files."""
        from matching.engine import bench

        if (held := bench.memory_mb()) is None:
            self._line("mémoire du processus", "inconnue")
            return 0.0
        own, files = held
        shares = ", ".join(f"à {count} processus {own + files / count:.0f}" for count in (2, 3, 4))
        self._line("mémoire du processus (PSS)", f"{own + files:.0f} Mo dont {files:.0f} de fichiers ; {shares}")
        self._line("  au plus haut, pendant la lecture", f"{bench.peak_mb():.0f} Mo")
        return own + files

    def _on_paper(self, answers: dict[int, dict[str, float]]) -> None:
        """What a million needs and a hundred thousand offers would ask, from a line through what was measured."""
        (small, few), (large, many) = sorted(answers.items())[-2:]
        steps = large - small
        each = (many["need"] - few["need"]) / steps
        at_offers = many["need"] + each * (100_000 - large)
        memory = many["memory"] + (many["memory"] - few["memory"]) / steps * (1_100_000 - 2 * large) / 2
        self.stdout.write("\nsur le papier, 1 000 000 besoins et 100 000 offres")
        self._line("un besoin contre toutes les offres", f"{at_offers * 1000:.0f} ms")
        self._line("tous les besoins, un par un, sur deux cœurs", f"{at_offers * 1_000_000 / 3600 / 2:.1f} h")
        self._line("mémoire, si tout est tenu prêt", f"{memory / 1024:.1f} Go")

    def _home(self) -> None:
        """Server time of a match from the home page, at the size of this database."""
        offers = Offer.objects.published().count()
        town = Territory.objects.current().filter(level="commune").order_by("-population").first()
        match_text(text=HOME_TEXTS[0], territory=town)
        seconds = []
        for text in HOME_TEXTS * 10:
            started = time.perf_counter()
            match_text(text=text, territory=town)
            seconds.append(time.perf_counter() - started)
        said = f"{median(seconds) * 1000:.0f} ms, 95 sur cent sous {quantiles(seconds, n=20)[-1] * 1000:.0f}"
        self._line(f"\naccueil, {offers} offres publiées", said)

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


def _seconds(figure: dict[str, float]) -> str:
    return f"{figure['wall']:.2f} s ({figure['cpu']:.2f})"


def _milliseconds(figure: dict[str, float]) -> str:
    wall = f"{figure['p50'] * 1000:.1f} ms, 95 sur cent sous {figure['p95'] * 1000:.1f}"
    return f"{wall} (processeur {figure['cpu_p50'] * 1000:.1f} et {figure['cpu_p95'] * 1000:.1f})"
