"""Organisations that imports name: found where they exist, made where they do not, never doubled."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.text import slugify

from matching.exchange.authorities import place_of_authority
from matching.exchange.report import Unusable, shown
from matching.geography import Place, load
from matching.organisations.models import AUTHORITY_FORMS, LegalForm, Organisation, Side
from matching.organisations.services import authority_form, authority_of
from matching.territories.models import Territory


@dataclass(frozen=True)
class Publisher:
    """Who publishes a row: the organisation found, and how to make it where it does not exist yet."""

    name: str
    side: str
    legal_form: str
    found: Organisation | None
    make: Callable[[], Organisation]


class Places:
    """Rows of the official geography by place, each read once."""

    def __init__(self) -> None:
        self._rows: dict[Place, Territory] = {}

    def row(self, place: Place | None) -> Territory | None:
        """The row of a place that is known; None for None. Raises Unusable where the database lacks it."""
        if place is None:
            return None
        if place not in self._rows:
            found = Territory.objects.filter(level=place.level, code=place.code, replaced_by=None).first()
            if found is None:
                raise Unusable(
                    "unknown_place",
                    f"le territoire {shown(place.code)} (niveau {place.level}) n’est pas dans la base",
                    "Chargez les territoires : manage.py load_territories",
                )
            self._rows[place] = found
        return self._rows[place]


class Publishers:
    """The organisations of one import, each looked for once."""

    def __init__(self, source: str, side: str, default: Publisher | None, places: Places) -> None:
        self.source = source
        self.side = side
        self.default = default
        self.places = places
        self._by_id: dict[str, Publisher] = {}
        self._by_name: dict[str, Publisher] = {}

    def of(self, id: str | None, funder: str | None) -> Publisher:
        """The publisher that a row names, else the one given for the whole file. Raises Unusable."""
        if id:
            publisher = self._by_id[id] = self._by_id.get(id) or self._known(id)
        elif funder:
            publisher = self._by_name[funder] = self._by_name.get(funder) or self._funder(funder)
        elif self.default:
            publisher = self.default
        else:
            raise Unusable("missing", "l’organisation manque", "Nommez-la, ou donnez --organisation")
        if publisher.side != self.side:
            expected = Side(self.side).label
            raise Unusable("wrong_side", f"{shown(publisher.name)} n’est pas du bon côté", f"Attendu : {expected}")
        return publisher

    def _known(self, id: str) -> Publisher:
        organisation = find_organisation(id, self.source)
        if organisation is None:
            raise Unusable(
                "unknown_organisation",
                f"aucune organisation n’a l’identifiant {shown(id)}",
                "Importez-la d’abord : manage.py import_organisations",
            )
        return existing(organisation)

    def _funder(self, name: str) -> Publisher:
        """An authority by its name, else a public body of that name, made by this import."""
        place = place_of_authority(name, load())
        if place:
            return _authority(self.places.row(place), name)
        return made(
            {
                "id": f"organisme-{slugify(name)}"[:120],
                "side": Side.AUTHORITY,
                "legal_form": LegalForm.PUBLIC_BODY,
                "name": name[:160],
            },
            source=self.source,
            places=self.places,
        )


def own_organisation(id: str, source: str) -> Organisation | None:
    """The organisation that an import of this source brought under this identifier."""
    return Organisation.objects.filter(source=source, external_id=id).first()


def find_organisation(id: str, source: str = "") -> Organisation | None:
    """By the identifier of the same source, else by UUID or slug, else by another source's identifier."""
    if source and (own := own_organisation(id, source)):
        return own
    try:
        named = Q(uuid=UUID(id))
    except ValueError:
        named = Q(slug=id)
    others = Organisation.objects.filter(named).order_by("pk") or Organisation.objects.filter(external_id=id)
    return others[0] if len(others) == 1 else None


def existing(organisation: Organisation) -> Publisher:
    return Publisher(organisation.name, organisation.side, organisation.legal_form, organisation, lambda: organisation)


def made(values: Mapping[str, Any], *, source: str, places: Places) -> Publisher:
    """The organisation that these values describe, written when it is first needed. Raises Unusable."""
    side, form = values["side"], values["legal_form"]
    if (form in AUTHORITY_FORMS) != (side == Side.AUTHORITY):
        raise Unusable("unknown_value", f"la forme {form} n’est pas du côté {side}", "Changez l’une ou l’autre")
    territory = places.row(values.get("territory"))
    found = own_organisation(values["id"], source)
    if found:
        return existing(found)
    if side == Side.AUTHORITY and form != LegalForm.PUBLIC_BODY:
        return _authority(territory, values["name"], form)
    return Publisher(values["name"], side, form, None, _once(lambda: _create(values, territory, source)))


def _authority(territory: Territory | None, name: str, form: str = "") -> Publisher:
    """The authority of a territory: there is one, whatever it is called. Raises Unusable."""
    expected = authority_form(territory) if territory else None
    if territory is None or expected is None:
        raise Unusable(
            "missing",
            "une collectivité a un territoire à elle",
            "Donnez une commune, un EPCI, un département ou une région",
        )
    if form not in ("", expected):
        raise Unusable("unknown_value", f"la forme {form} ne va pas avec ce territoire", f"Attendu : {expected}")
    found = Organisation.objects.authorities().filter(territory=territory).exclude(legal_form=LegalForm.PUBLIC_BODY)
    make = _once(lambda: authority_of(territory=territory))
    return Publisher(name, Side.AUTHORITY, expected, found.first(), make)


@transaction.atomic
def _create(values: Mapping[str, Any], territory: Territory | None, source: str) -> Organisation:
    is_collective = values["side"] == Side.COLLECTIVE
    return Organisation.objects.create(
        side=values["side"],
        legal_form=values["legal_form"],
        name=values["name"],
        slug=Organisation.free_slug(values["name"]),
        territory=territory,
        description=values.get("description", ""),
        siren=values.get("siren", ""),
        rna=values.get("rna", ""),
        posture=values.get("posture", ""),
        # A collective speaks for itself from the start; an authority once one of its members is confirmed.
        verified_at=timezone.now() if is_collective else None,
        source=source,
        external_id=values["id"],
    )


def _once(make: Callable[[], Organisation]) -> Callable[[], Organisation]:
    made: list[Organisation] = []

    def make_once() -> Organisation:
        if not made:
            made.append(make())
        return made[0]

    return make_once
