"""Ask again, by hand, for what the background has lost or left behind."""

from django.core.management.base import BaseCommand

from tasks.jobs import sweep


class Command(BaseCommand):
    help = "Hand in lost tasks again, match stale listings, withdraw what has expired. The workers do it each minute."

    def handle(self, **options: object) -> None:
        swept = sweep()
        self.stdout.write(
            f"Tâches rendues à la file : {swept.handed_in_again}. Mises de côté : {swept.parked}. "
            f"Annonces à rapprocher : {swept.stale}. Rapprochements retirés : {swept.withdrawn}."
        )
