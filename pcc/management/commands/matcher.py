"""`manage.py matcher`: which learned model serves, go back to the one before, or choose one."""

from argparse import ArgumentParser

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from matching.suggestions import ladder
from matching.suggestions.models import TrainedModel
from matching.suggestions.wording import learned_reason


class Command(BaseCommand):
    help = "Dit quel modèle appris sert aux rapprochements ; revient au précédent ou en choisit un."

    def add_arguments(self, parser: ArgumentParser) -> None:
        what = parser.add_mutually_exclusive_group()
        what.add_argument("--list", action="store_true", help="tous les modèles, avec leurs raisons (par défaut)")
        what.add_argument("--back", action="store_true", help="remet en service ce qui servait avant")
        what.add_argument("--use", metavar="VERSION", help=f"met en service cette version, ou la règle : {ladder.RULE}")

    def handle(self, *args: object, **options: object) -> None:
        try:
            if options["back"]:
                self._say_serving(ladder.go_back())
            elif options["use"]:
                self._say_serving(ladder.use(version=str(options["use"])))
            else:
                self._list()
        except ladder.NoSuchModel as refusal:
            raise CommandError(str(refusal)) from refusal

    def _say_serving(self, model: TrainedModel | None) -> None:
        self.stdout.write(f"En service : {model.version if model else 'la règle écrite à la main'}.")

    def _list(self) -> None:
        self._say_serving(ladder.active())
        for model in TrainedModel.objects.all():
            day = timezone.localtime(model.created_at).strftime("%d/%m/%Y %H:%M")
            verdict = f"{model.get_verdict_display()}{', illisible' if model.broken_at else ''}"
            self.stdout.write(f"\n{model.version}  {day}  {model.get_rung_display()}, {model.decisions} réponses")
            self.stdout.write(f"  {verdict} : {' '.join(map(learned_reason, model.reasons))}")
