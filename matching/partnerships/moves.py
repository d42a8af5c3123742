"""Which moves an application may make, from where, and by which side. The one table that screens and services read."""

from typing import NamedTuple

from django.db import models
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from matching.organisations.models import Organisation
from matching.partnerships.models import Application, State, Verb


class Side(models.TextChoices):
    """Who moves an application."""

    APPLICANT = "applicant", gettext_lazy("le collectif")
    AUTHORITY = "authority", gettext_lazy("la collectivité")


class Move(NamedTuple):
    """From these states to that one; with a reason where others must be told why."""

    side: Side
    sources: tuple[State, ...]
    target: State
    needs_reason: bool = False


MOVES: dict[Verb, Move] = {
    Verb.FILE: Move(Side.APPLICANT, (State.DRAFT,), State.FILED),
    Verb.CORRECT: Move(Side.APPLICANT, (State.FILED,), State.FILED),
    Verb.WITHDRAW: Move(Side.APPLICANT, (State.DRAFT, State.FILED, State.EXAMINATION, State.ACCEPTED), State.WITHDRAWN),
    Verb.RESUME: Move(Side.APPLICANT, (State.WITHDRAWN,), State.DRAFT),
    # A file under examination that lacks something goes back to its authors, who may change it again.
    Verb.ASK_CORRECTION: Move(Side.AUTHORITY, (State.FILED, State.EXAMINATION), State.FILED, needs_reason=True),
    Verb.TAKE_UP: Move(Side.AUTHORITY, (State.FILED,), State.EXAMINATION),
    Verb.GIVE_BACK: Move(Side.AUTHORITY, (State.EXAMINATION,), State.FILED),
    Verb.ACCEPT: Move(Side.AUTHORITY, (State.EXAMINATION,), State.ACCEPTED, needs_reason=True),
    Verb.DECLINE: Move(Side.AUTHORITY, (State.EXAMINATION,), State.DECLINED, needs_reason=True),
    Verb.CLOSE: Move(Side.AUTHORITY, (State.EXAMINATION,), State.CLOSED, needs_reason=True),
    Verb.REEXAMINE: Move(
        Side.AUTHORITY, (State.ACCEPTED, State.DECLINED, State.CLOSED), State.EXAMINATION, needs_reason=True
    ),
}


class ImpossibleMove(Exception):
    """The application stands where this cannot be done; str() says so to people, and what can be done."""


def check_move(application: Application, verb: Verb) -> Move:
    """The move, if it may be made from where the application stands. Raises ImpossibleMove."""
    move = MOVES[verb]
    if application.state not in move.sources:
        raise ImpossibleMove(_wrong_state(application))
    if verb == Verb.TAKE_UP and application.correction:
        raise ImpossibleMove(_("Une correction est attendue du collectif : l’instruction commence après."))
    if verb == Verb.CORRECT and not application.correction:
        raise ImpossibleMove(_("Aucune correction n’est demandée."))
    return move


def possible(application: Application, side: Side) -> list[Verb]:
    """What that side may do now, in the order of the table."""
    found = []
    for verb, move in MOVES.items():
        if move.side == side:
            try:
                check_move(application, verb)
            except ImpossibleMove:
                continue
            found.append(verb)
    return found


def organisation_of(application: Application, side: Side) -> Organisation:
    """Who moves it on that side."""
    return application.applicant if side == Side.APPLICANT else application.offer.organisation


def _wrong_state(application: Application) -> str:
    return {
        State.DRAFT: _("La candidature est encore un brouillon : elle n’est pas déposée."),
        State.FILED: _("La candidature est déposée ; son instruction n’a pas commencé."),
        State.EXAMINATION: _("La candidature est en instruction : son contenu ne change plus."),
        State.ACCEPTED: _("La candidature est déjà retenue."),
        State.DECLINED: _("La candidature est déjà non retenue. On peut en reprendre l’instruction."),
        State.CLOSED: _("La candidature est déjà classée sans suite. On peut en reprendre l’instruction."),
        State.WITHDRAWN: _("La candidature est retirée par le collectif."),
    }[State(application.state)]
