"""Verbs about what came of a suggestion after the first answer: told by those who know, learnt from like any."""

from django.db import transaction

from matching.suggestions.models import Act, State, Suggestion
from matching.suggestions.traces import record_decision

_INTERESTED = (Act.APPLIED, Act.AGREED)


@transaction.atomic
def tell_outcome(*, suggestion: Suggestion, act: Act) -> None:
    """The collective has applied, or the authority has agreed or refused. A suggestion that is gone teaches nothing."""
    side = "need" if act == Act.APPLIED else "offer"
    current = Suggestion.objects.select_for_update(of=("self",)).filter(pk=suggestion.pk).first()
    if current is None:
        return
    record_decision(suggestion=current, side=side, act=act)
    if act in _INTERESTED and getattr(current, f"{side}_state") != State.INTERESTED:
        setattr(current, f"{side}_state", State.INTERESTED)
        setattr(current, f"{side}_because", "")
        current.save()
