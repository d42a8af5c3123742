"""The map of a page: the places of its list whose coordinates are loaded. The list says the same without it."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse

from matching.screens.anonymous import edition_of
from matching.screens.public.lists import OnMap, known
from matching.territories.points import point_of


def map_of(rows: Sequence[Mapping[str, Any]], request: HttpRequest | None) -> dict[str, Any]:
    """What public/_map.html draws of these rows ({"territory", "text"}); nothing where no place has a point."""
    if request is None or not rows:
        return {}
    knows = known(edition_of(request))
    places = []
    for row in rows:
        point = point_of(knows.located, row["territory"]) if knows.located.is_located else None
        if point:
            listing = {"title": row["text"], "url": f"#{anchor_of(row['territory'])}"}
            places.append({"name": str(row["territory"]), "lat": point[0], "lon": point[1], "listings": [listing]})
    if not places:
        return {}
    return {
        "on_map": OnMap(places, 0),
        "outlines_url": reverse("public:outlines") if knows.has_outlines else "",
        "tiles_url": settings.TILES_URL,
        "tiles_credit": settings.TILES_CREDIT,
    }


def anchor_of(territory: Any) -> str:
    """Where the list of a map tells of this territory."""
    return f"lieu-{territory.level}-{territory.code}"
