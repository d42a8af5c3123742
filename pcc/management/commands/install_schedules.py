"""Write the recurring jobs into the queue's schedules."""

from django.core.management.base import BaseCommand

from tasks.schedules import install_schedules


class Command(BaseCommand):
    help = "Install the recurring jobs (safe to repeat)."

    def handle(self, **options: object) -> None:
        self.stdout.write(f"Travaux réguliers installés : {', '.join(install_schedules())}.")
