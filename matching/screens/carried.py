"""A need typed on the home page, carried in the session to the form that publishes it."""

from typing import TypedDict

from django.http import HttpRequest

_SESSION_KEY = "carried_need"


class CarriedNeed(TypedDict, total=False):
    """What was typed; `territory` is a key of territory_field ("commune-29019"), `amount_max` is in cents;
    `origin` names the recipe that it adapts."""

    text: str
    territory: str
    people: int
    amount_max: int
    kinds: list[str]
    origin: str


def carry_need(request: HttpRequest, need: CarriedNeed) -> None:
    """Keep the need until somebody publishes it. Signing in keeps it too."""
    request.session[_SESSION_KEY] = need


def carried_need(request: HttpRequest) -> CarriedNeed:
    """What was carried here, or nothing."""
    return request.session.get(_SESSION_KEY, {})


def forget_carried_need(request: HttpRequest) -> None:
    """The need is written: its words are no longer wanted."""
    request.session.pop(_SESSION_KEY, None)
