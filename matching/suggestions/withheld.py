"""What the matcher knows of a discreet collective's place, and the other side may not read."""

from typing import Any

from matching.organisations.models import Organisation

_OF_THE_GROUND = ("territory", "perimeter", "need_perimeter", "far_region", "far_departement", "place_outside")
_MANNERS = ("against", "refused", "mend")


def told_to_offers(reason: dict[str, Any], collective: Organisation) -> dict[str, Any]:
    """A reason or a refusal as the side of the offer may read it: of the ground, only that it fits or does not."""
    if not collective.withholds_ground:
        return reason
    manner, _dot, rest = reason["code"].partition(".")
    family = (rest if manner in _MANNERS else reason["code"]).partition(".")[0]
    if family not in _OF_THE_GROUND:
        return reason
    manner = manner if manner in _MANNERS else "fits"
    withheld = {**reason, "code": f"withheld.{manner}", "params": {}}
    return {**withheld, "mend": {"code": "withheld.mend", "params": {}}} if "mend" in reason else withheld
