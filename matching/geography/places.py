"""What a place is: a level and an official code, both text."""

import re
from typing import NamedTuple

COMMUNE, EPCI, DEPARTEMENT, REGION, COUNTRY = LEVELS = ("commune", "epci", "departement", "region", "country")

CURRENT_COMMUNE = "commune-actuelle"
MERGED_COMMUNES = ("commune-deleguee", "commune-associee")
MUNICIPAL_ARRONDISSEMENT = "arrondissement-municipal"
EPT = "EPT"
OVERSEAS_COLLECTIVITY = "collectivite-outre-mer"

# The form of a code says nothing about its being known. Corsican communes were 20xxx before 2A and 2B, and
# old codes must still be read; 69D, 69M, 6AE, 20R are INSEE's codes for councils in place of a département.
_FORMS = {
    COMMUNE: re.compile(r"(?:[0-9]{2}|2[AB])[0-9]{3}"),
    EPCI: re.compile(r"[0-9]{9}"),
    DEPARTEMENT: re.compile(r"[0-9]{2}|2[AB]|9[78][0-9]|69[DM]|6AE|20R"),
    REGION: re.compile(r"[0-9]{2}|9[78][0-9]"),
    COUNTRY: re.compile(r"FR"),
}


class Place(NamedTuple):
    """A territory by its level (one of LEVELS) and its official code, always text: "01001", "2A004"."""

    level: str
    code: str


FRANCE = Place(COUNTRY, "FR")


def well_formed(level: str, code: str) -> bool:
    """Whether the code has the form of its level, known or not. False for an unknown level."""
    form = _FORMS.get(level)
    return form is not None and form.fullmatch(code) is not None
