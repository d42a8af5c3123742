"""Run the background workers under their watchdog."""

import os
import socket
from argparse import ArgumentParser

from django.core.management.base import BaseCommand

from tasks.watchdog import GRACE, PROBE_EVERY, SILENCE, Watchdog


class Command(BaseCommand):
    help = "Run the background workers, and start them again when they die or fall silent. Ctrl-C stops them all."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--silence", type=float, default=SILENCE, help="seconds without a heartbeat before a restart"
        )
        parser.add_argument("--probe-every", type=float, default=PROBE_EVERY, help="seconds between two heartbeats")
        parser.add_argument("--grace", type=float, default=GRACE, help="seconds to end what is at work when stopped")

    def handle(self, *, silence: float, probe_every: float, grace: float, **options: object) -> None:
        name = f"{socket.gethostname()}-{os.getpid()}"[-40:]
        Watchdog(name=name, silence=silence, probe_every=probe_every, grace=grace).serve()
