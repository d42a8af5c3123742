"""`manage.py demo`: a complete service with a demo world, in one command."""

import json
import shutil
import signal
import socket
import time
from argparse import ArgumentParser
from types import FrameType

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import connection, connections

from matching.catalogue.models import Need, Offer
from matching.organisations.models import Organisation
from matching.people.models import Person
from matching.suggestions.models import Suggestion
from matching.territories.models import Territory
from pcc import demo_world
from pcc.processes import Children
from tasks.queue import begin_anew, is_drained

DRAIN_LIMIT = 300.0
# Seconds for the tasks under way when the demo stops; whoever presses Ctrl-C waits for them.
WORKERS_GRACE = 1.5


class Command(BaseCommand):
    help = "Démarre un service complet avec un monde de démonstration. Ctrl-C arrête tout."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--port", type=int, default=8000, help="port de la page web (8000)")
        parser.add_argument("--reset", action="store_true", help="efface la démonstration et recommence")
        parser.add_argument(
            "--once", action="store_true", help="prépare, attend la fin des rapprochements, puis s’arrête"
        )

    def handle(self, *args: object, **options: object) -> None:
        port = int(str(options["port"]))
        started = time.monotonic()
        if not options["once"]:
            refuse_taken_port(port)
        # The port is known here only: the site's own address follows it, in this process and in its children.
        settings.BASE_URL = f"http://localhost:{port}"
        settings.OPERATOR = settings.OPERATOR or "la démonstration de ce service, sur votre propre machine"
        environment = {"BASE_URL": settings.BASE_URL, "PCC_OPERATOR": settings.OPERATOR}
        children = Children()
        stop_on_signals()
        try:
            if options["reset"]:
                self._say("Remise à zéro…")
                reset()
            people = self._prepare()
            # Nobody else works on a demo: what a Ctrl-C left undone is handed in now, not in five minutes.
            begin_anew()
            connections.close_all()
            children.start(["manage.py", "workers", "--grace", str(WORKERS_GRACE)], environment)
            if options["once"]:
                wait_until_drained()
                self.stdout.write(json.dumps(summary(started)))
            else:
                children.start(web_arguments(port), environment)
                wait_for_port(port)
                self._welcome(port, people, time.monotonic() - started)
                children.wait()
        except KeyboardInterrupt:
            self._say("Arrêt…")
        finally:
            children.stop()

    def _prepare(self) -> list[demo_world.DemoPerson]:
        call_command("install", stderr=self.stderr)
        self._say("Monde de démonstration…")
        people = demo_world.build(progress=self._say)
        connections.close_all()
        return people

    def _welcome(self, port: int, people: list[demo_world.DemoPerson], seconds: float) -> None:
        lines = [
            "",
            f"  Prêt en {seconds:.0f} s : http://localhost:{port}",
            "",
            *(f"  {person.role:<38} {person.email:<34} {person.password}" for person in people),
            "",
            f"  Rédaction : http://localhost:{port}/redaction/   Messages envoyés : {settings.VAR_DIR / 'mail'}",
            "  Ctrl-C arrête tout.",
            "",
        ]
        self.stdout.write("\n".join(lines))
        self.stdout.flush()

    def _say(self, text: str) -> None:
        self.stderr.write(text)


def refuse_taken_port(port: int) -> None:
    """Say at once that the port is taken or impossible, before a minute of work."""
    if not 1 <= port <= 65_535:
        raise CommandError(f"Un port va de 1 à 65535 : {port} n’en est pas un.")
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as error:
            raise CommandError(
                f"Le port {port} n’est pas libre. Choisissez-en un autre : python3 manage.py demo --port {port + 1}"
            ) from error


def wait_for_port(port: int, limit: float = 30.0) -> None:
    """Return once the web server answers."""
    deadline = time.monotonic() + limit
    while time.monotonic() < deadline:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    raise CommandError("Le serveur web n’a pas démarré : lisez les lignes ci-dessus.")


def stop_on_signals() -> None:
    """A polite kill stops the demo like Ctrl-C does; Ctrl-C itself works even where a script's `&` had muted it."""

    def interrupt(number: int, frame: FrameType | None) -> None:
        raise KeyboardInterrupt

    signal.signal(signal.SIGINT, interrupt)
    signal.signal(signal.SIGTERM, interrupt)
    if hasattr(signal, "SIGHUP"):
        signal.signal(signal.SIGHUP, interrupt)


def web_arguments(port: int) -> list[str]:
    """gunicorn, quiet, and leaving no file outside var/."""
    where = ["--bind", f"127.0.0.1:{port}"]
    size = ["--workers", "2", "--threads", "4"]
    return ["-m", "gunicorn", "pcc.wsgi", *where, *size, "--no-control-socket", "--log-level", "warning"]


def reset() -> None:
    """Empty the demo's database and files. Refuses a database whose people are not the demo's."""
    call_command("migrate", verbosity=0, interactive=False)
    if Person.objects.exists() and not Person.objects.filter(email=demo_world.ADMINISTRATOR.email).exists():
        raise CommandError(
            "Cette base n’est pas celle d’une démonstration : elle n’est pas effacée. "
            "Indiquez une autre base avec DATABASE_URL."
        )
    if connection.vendor == "sqlite":
        name = str(connection.settings_dict["NAME"])
        connections.close_all()
        for suffix in ("", "-wal", "-shm"):
            settings.BASE_DIR.joinpath(name + suffix).unlink(missing_ok=True)
    else:
        with connection.cursor() as cursor:
            cursor.execute("DROP SCHEMA public CASCADE; CREATE SCHEMA public")
        connections.close_all()
    for folder in (settings.MATCHER_DIR, settings.MEDIA_ROOT, settings.VAR_DIR / "mail"):
        shutil.rmtree(folder, ignore_errors=True)


def wait_until_drained() -> None:
    """Return once nothing is left to match. Raises CommandError when it takes too long."""
    deadline = time.monotonic() + DRAIN_LIMIT
    while not is_drained():
        if time.monotonic() > deadline:
            raise CommandError("La file d’attente ne se vide pas : lisez les lignes ci-dessus.")
        time.sleep(0.5)


def summary(started: float) -> dict[str, object]:
    """What `--once` prints."""
    return {
        "territories": Territory.objects.count(),
        "organisations": Organisation.objects.count(),
        "offers": Offer.objects.count(),
        "needs": Need.objects.count(),
        "suggestions": Suggestion.objects.standing().count(),
        "seconds": round(time.monotonic() - started, 1),
        "database": {"sqlite": "SQLite", "postgresql": "PostgreSQL"}[connection.vendor],
    }
