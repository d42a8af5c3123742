"""Where a partnership may go from where it stands. Until signature, the application takes a decision back."""

from django.utils.translation import gettext as _

from matching.partnerships.models import Partnership
from matching.partnerships.moves import ImpossibleMove

State = Partnership.State

MOVES: dict[State, tuple[State, ...]] = {
    State.PREPARING: (State.ACTIVE, State.CANCELLED),
    State.ACTIVE: (State.ENDED, State.BROKEN),
    State.ENDED: (),
    State.BROKEN: (),
    # Its application may be accepted anew.
    State.CANCELLED: (State.PREPARING,),
}


def check_course(partnership: Partnership, target: State) -> None:
    """Raises ImpossibleMove if it cannot go there from where it stands."""
    if target not in MOVES[State(partnership.state)]:
        raise ImpossibleMove(_stands(partnership))


def check_stands(partnership: Partnership, *states: State) -> None:
    """Raises ImpossibleMove unless it stands in one of these states."""
    if partnership.state not in states:
        raise ImpossibleMove(_stands(partnership))


def _stands(partnership: Partnership) -> str:
    return {
        State.PREPARING: _("La convention n’est pas encore signée : préparez-la et validez-la d’abord."),
        State.ACTIVE: _("La convention est signée. Elle se change par un avenant, ou s’arrête avec une raison."),
        State.ENDED: _("Le partenariat est terminé : on peut le relire, plus le changer."),
        State.BROKEN: _("Le partenariat s’est arrêté avant terme : on peut le relire, plus le changer."),
        State.CANCELLED: _("La décision a été reprise avant la signature : ce partenariat est annulé."),
    }[State(partnership.state)]
