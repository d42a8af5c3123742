"""Verbs about the models trained on people's answers: learn one, promote or refuse it, go back, put one aside.

At most one serves; where none does, the rule that people wrote serves alone. Folders lie beside the artefacts', in
MATCHER_DIR, which every host of the service must share.
"""

from __future__ import annotations

import shutil
from datetime import date, datetime, timedelta
from pathlib import Path
from secrets import token_hex
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from matching.catalogue.models import Need, Offer
from matching.people.models import Person
from matching.suggestions import shelves
from matching.suggestions.bridge import decision_in_engine
from matching.suggestions.models import Decision, ModelChange, TrainedModel

if TYPE_CHECKING:
    from matching import engine
    from matching.engine import decisions
    from matching.engine.heads import Heads
    from matching.engine.learning import Trained

# So many answers since the last candidate are worth another; a few are, once a week.
ENOUGH_NEW = 30
A_WHILE = timedelta(days=7)
# The rule is the name of what serves where no model does.
RULE = "rule"
_FOLDER = "models"
_LONGEST_REASON = 300


class NoSuchModel(Exception):
    """No model of that version can serve: it is unknown, spoiled, or nothing served before."""


def active() -> TrainedModel | None:
    """The model that serves; None where the rule serves alone."""
    return TrainedModel.objects.active().sound().first()


def folder_of(model: TrainedModel) -> Path:
    """Where its files lie."""
    return Path(settings.MATCHER_DIR) / _FOLDER / model.folder


def load(model: TrainedModel | None) -> Heads | None:
    """What that model learned, None for the rule. Raises engine.BrokenModel."""
    from matching.engine import heads

    return heads.load(folder_of(model)) if model else None


def made_by(model: TrainedModel | None) -> Q:
    """Suggestions that this model, or the rule, has scored: see `version_suffix`."""
    suffix = version_suffix(model)
    return Q(matcher_version__endswith=suffix) if suffix else ~Q(matcher_version__contains="+")


def version_suffix(model: TrainedModel | None) -> str:
    """What a matcher's version bears at its end for that model."""
    return f"+{model.version}" if model else ""


def is_due(*, now: datetime | None = None) -> bool:
    """Whether people have answered enough since the last candidate."""
    now = now or timezone.now()
    last = TrainedModel.objects.first()
    fresh = (
        Decision.objects.of_the_matcher().filter(at__gt=last.created_at) if last else Decision.objects.of_the_matcher()
    )
    count = fresh.count()
    return count >= ENOUGH_NEW or bool(last and count and last.created_at <= now - A_WHILE)


def learn(*, now: datetime | None = None) -> TrainedModel | None:
    """Train one candidate on all answers, judge it, and let it serve only if it is better. Safe to repeat.

    None where too few have answered since the last one: a second run of the same task does nothing.
    """
    if not is_due(now=now):
        return None
    from matching.engine import ENGINE_VERSION

    champion, heads = serving()
    trained = _train(heads, timezone.localdate(now))
    report = trained.report.as_json()
    version = f"{timezone.now():%Y%m%dT%H%M%S}-{token_hex(3)}"
    candidate = trained.heads or trained.candidate
    if candidate is not None:
        _save(candidate, version)
    promoted = report["promoted"] and trained.heads is not None
    with transaction.atomic():
        model = TrainedModel.objects.create(
            version=version,
            folder=version if candidate is not None else "",
            engine_version=ENGINE_VERSION,
            rung=report["rung"],
            decisions=report["decisions"],
            verdict=TrainedModel.Verdict.PROMOTED if promoted else TrainedModel.Verdict.REFUSED,
            reasons=report["reasons"],
            metrics={name: value for name, value in report.items() if name not in _TOLD_APART},
        )
        # Somebody has changed what serves in the meantime: the candidate was judged against another one.
        if promoted and active() == champion:
            _serve(model, ModelChange.Why.PROMOTED)
    return model


def _train(champion: Heads | None, today: date) -> Trained:
    from matching.engine import learning

    return learning.train(*lessons(), champion=champion, today=today)


_TOLD_APART = {"rung", "decisions", "promoted", "reasons"}


def serving() -> tuple[TrainedModel | None, Heads | None]:
    """The model that serves and what it learned; spoiled ones are put aside on the way, to the rule in the end."""
    from matching import engine

    while model := active():
        try:
            return model, load(model)
        except engine.BrokenModel as fault:
            put_aside(model, str(fault))
    return None, None


def lessons() -> tuple[list[engine.Need], list[engine.Offer], list[decisions.Decision]]:
    """Everything to learn from: live listings and those that answers speak of, and each side's last answer."""
    answers = last_answers()
    today = timezone.localdate()
    needs = dict(shelves.NEEDS.listings(today))
    offers = dict(shelves.OFFERS.listings(today))
    missing_needs = {answer.need_id for answer in answers} - needs.keys()
    missing_offers = {answer.offer_id for answer in answers} - offers.keys()
    needs |= shelves.NEEDS.read(Need.objects.filter(pk__in=missing_needs))
    offers |= shelves.OFFERS.read(Offer.objects.filter(pk__in=missing_offers))
    by_key = sorted(needs.items()), sorted(offers.items())
    return (
        [need for _key, need in by_key[0]],
        [offer for _key, offer in by_key[1]],
        [decision_in_engine(answer) for answer in answers],
    )


def last_answers() -> list[Decision]:
    """The last answer of each side about each pair, in the order in which they were given."""
    last = {(row.need_id, row.offer_id, row.side): row for row in Decision.objects.of_the_matcher().in_order()}
    return sorted(last.values(), key=lambda row: (row.at, row.pk))


@transaction.atomic
def go_back(*, by: Person | None = None) -> TrainedModel | None:
    """Let what served before the present model serve again. Returns it, None for the rule. Raises NoSuchModel."""
    current = active()
    if current is None:
        raise NoSuchModel(_("Aucun modèle appris n’est en service : la règle sert déjà."))
    before = _served_before(current)
    _serve(before, ModelChange.Why.BACK, by)
    return before


@transaction.atomic
def use(*, version: str, by: Person | None = None) -> TrainedModel | None:
    """Let that model serve, or the rule ("rule"). Choosing what serves changes nothing. Raises NoSuchModel."""
    model = None
    if version != RULE:
        model = TrainedModel.objects.sound().filter(version=version).exclude(folder="").first()
        if model is None:
            raise NoSuchModel(_("Aucun modèle utilisable ne porte la version %(version)s.") % {"version": version})
    if active() != model:
        _serve(model, ModelChange.Why.CHOSEN, by)
    return model


@transaction.atomic
def put_aside(model: TrainedModel, reason: str) -> None:
    """Mark a spoiled model, with the reason for the staff; what served before serves again."""
    rows = TrainedModel.objects.filter(pk=model.pk, broken_at__isnull=True)
    if not rows.update(broken_at=timezone.now(), broken_because=(reason or "?")[:_LONGEST_REASON]):
        return
    if TrainedModel.objects.filter(pk=model.pk, is_active=True).exists():
        _serve(_served_before(model), ModelChange.Why.BROKEN)


def warning() -> str | None:
    """A sentence for staff when the model in service had to be put aside; None when all is well."""
    change = ModelChange.objects.select_related("model").first()
    if change is None or change.why != ModelChange.Why.BROKEN:
        return None
    broken = TrainedModel.objects.filter(broken_at__isnull=False).order_by("-broken_at").first()
    if broken is None:
        return None
    instead = (
        _("Le modèle du %(day)s sert à sa place.") % {"day": _day(change.model)}
        if change.model
        else _("La règle écrite à la main sert à sa place.")
    )
    said = _("Le modèle appris du %(day)s est inutilisable : %(reason)s. %(instead)s")
    return said % {"day": _day(broken), "reason": broken.broken_because.rstrip("."), "instead": instead}


def _served_before(model: TrainedModel) -> TrainedModel | None:
    """What served before this model came into service, as far as it still can; None: the rule."""
    # Going back undoes what was chosen since: to go back twice is two steps, not a step to and fro.
    stack: list[TrainedModel | None] = [None]
    for change in ModelChange.objects.select_related("model").order_by("at", "id"):
        if change.why in (ModelChange.Why.BACK, ModelChange.Why.BROKEN):
            while len(stack) > 1 and stack[-1] != change.model:
                stack.pop()
        else:
            stack.append(change.model)
    earlier = stack[: _last_place_of(model, stack)]
    return next(
        (each for each in reversed(earlier) if each is None or (each.broken_at is None and each != model)), None
    )


def _last_place_of(model: TrainedModel, stack: list[TrainedModel | None]) -> int:
    return max((place for place, each in enumerate(stack) if each == model), default=len(stack))


def _serve(model: TrainedModel | None, why: str, by: Person | None = None) -> None:
    TrainedModel.objects.active().update(is_active=False)
    if model is not None:
        TrainedModel.objects.filter(pk=model.pk).update(is_active=True)
        model.is_active = True
    ModelChange.objects.create(model=model, why=why, by=by)


def _save(heads: Heads, version: str) -> None:
    """Write beside, then rename: a folder that bears its name is whole. What an interrupted run left goes."""
    root = Path(settings.MATCHER_DIR) / _FOLDER
    root.mkdir(parents=True, exist_ok=True)
    for leftover in root.glob("*.partial"):
        shutil.rmtree(leftover, ignore_errors=True)
    unfinished = root / f"{version}.partial"
    unfinished.mkdir()
    heads.save(unfinished)
    unfinished.rename(root / version)


def _day(model: TrainedModel) -> str:
    return date_format(timezone.localtime(model.created_at), "DATETIME_FORMAT")
