"""The clock on the wall of a territory: overseas keeps other hours than Paris."""

from zoneinfo import ZoneInfo

from matching import geography
from matching.territories.models import Territory

PARIS = "Europe/Paris"
_OVERSEAS = {
    "971": "America/Guadeloupe",
    "972": "America/Martinique",
    "973": "America/Cayenne",
    "974": "Indian/Reunion",
    "975": "America/Miquelon",
    "976": "Indian/Mayotte",
    "977": "America/St_Barthelemy",
    "978": "America/Marigot",
    "984": "Indian/Kerguelen",
    "986": "Pacific/Wallis",
    "987": "Pacific/Tahiti",
    "988": "Pacific/Noumea",
}
_REGIONS = {"01": "971", "02": "972", "03": "973", "04": "974", "06": "976"}


def department_of(territory: Territory | None) -> str:
    """The code of the département, or of the overseas collectivity, that holds it; "" for none. No query: the official
    table tells it."""
    if territory is None:
        return ""
    code = territory.code
    if territory.level == Territory.Level.COMMUNE:
        return code[:3] if code.startswith(("97", "98")) else code[:2]
    if territory.level == Territory.Level.DEPARTEMENT:
        return code
    if territory.level == Territory.Level.REGION:
        return _REGIONS.get(code, "")
    table = geography.load()
    place = table.resolve(territory.level, code)
    around = table.within(place) if place else ()
    return min((area.code for area in around if area.level == Territory.Level.DEPARTEMENT), default="")


def zone_of(territory: Territory | None) -> ZoneInfo:
    """The time zone of a territory; that of Paris where nothing says otherwise."""
    return ZoneInfo(_OVERSEAS.get(department_of(territory), PARIS))
