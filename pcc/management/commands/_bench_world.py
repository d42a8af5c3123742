"""A country full of made-up offers and needs, in a database of its own that is gone afterwards."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from uuid import uuid4

import numpy as np
from django.db import connection
from django.test.utils import override_settings
from django.utils import timezone

from matching.catalogue.editions import new_edition
from matching.catalogue.models import Extent, Kind, Need, Offer, Resource, RightsBundle, Theme
from matching.catalogue.vocabulary import load_themes
from matching.organisations.models import COLLECTIVE_FORMS, LegalForm, Membership, Organisation, Role, Side
from matching.people.models import Person
from matching.territories.models import Territory
from matching.territories.points import Line, load_points
from matching.territories.services import load_all

AUTHORITIES, COLLECTIVES = 2_000, 4_000
# So many listings are on one desk.
ON_ONE_DESK = 500
_AT_ONCE = 2_000
_DAYS = 300


@contextmanager
def scratch_database() -> Iterator[None]:
    """An empty database beside the usual one, with its own folder for what the matcher saves."""
    creation, usual = connection.creation, connection.settings_dict["NAME"]
    with TemporaryDirectory() as folder:
        if connection.vendor == "sqlite":
            connection.settings_dict["TEST"]["NAME"] = str(Path(folder) / "bench.sqlite3")
        else:
            connection.settings_dict["TEST"]["NAME"] = f"bench_{uuid4().hex[:8]}"
        # Tables as the models say: to replay every migration takes longer than to fill them.
        connection.settings_dict["TEST"]["MIGRATE"] = False
        creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)
        try:
            with override_settings(MATCHER_DIR=Path(folder) / "matcher", ALLOWED_HOSTS=["*"]):
                yield
        finally:
            creation.destroy_test_db(usual, verbosity=0)


def build(listings: int) -> Organisation:
    """So many offers and as many needs, everywhere in the country. Returns the authority whose desk is full."""
    from matching.engine.bench import made_up_texts

    load_all()
    load_themes()
    chance = np.random.default_rng(5)
    towns = list(Territory.objects.current().filter(level="commune").order_by("-population", "pk")[:12_000])
    _locate(towns, chance)
    authorities = _organisations(Side.AUTHORITY, towns[:AUTHORITIES], chance)
    collectives = _organisations(Side.COLLECTIVE, towns[:COLLECTIVES], chance)
    offers = _offers(authorities, towns, made_up_texts(listings, 2), chance)
    _write(Offer, offers, chance)
    _write(Need, _needs(collectives, towns, made_up_texts(listings, 1), chance), chance)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    new_edition()
    return authorities[0]


def officer_of(organisation: Organisation) -> Person:
    """Somebody who owns this desk."""
    person: Person = Person.objects.create_user("mesure@exemple.fr", name="Mesure")
    now = timezone.now()
    Membership.objects.create(person=person, organisation=organisation, role=Role.OWNER, confirmed_at=now)
    return person


def _locate(towns: list[Territory], chance: np.random.Generator) -> None:
    """Made-up points: the towns of a département lie within some sixty kilometres."""
    middle = {town.code[:2]: (chance.uniform(43, 50), chance.uniform(-3, 7)) for town in towns}
    points = ((town.code, *(middle[town.code[:2]] + chance.uniform(-0.4, 0.4, 2))) for town in towns)
    load_points(Line(at, code, str(lon), str(lat)) for at, (code, lat, lon) in enumerate(points))


def _organisations(side: str, towns: list[Territory], chance: np.random.Generator) -> list[Organisation]:
    is_authority = side == Side.AUTHORITY
    form = LegalForm.COMMUNE if is_authority else None
    return Organisation.objects.bulk_create(
        [
            Organisation(
                name=f"{'Commune' if is_authority else 'Collectif'} {at} de {town.name}"[:120],
                slug=f"{side}-{at}",
                side=side,
                legal_form=form or COLLECTIVE_FORMS[int(chance.integers(len(COLLECTIVE_FORMS)))],
                territory=town,
                verified_at=timezone.now() if is_authority else None,
            )
            for at, town in enumerate(towns)
        ],
        batch_size=_AT_ONCE,
    )


def _offers(
    authorities: list[Organisation], towns: list[Territory], texts: Iterator[str], chance: np.random.Generator
) -> Iterator[Offer]:
    for at, text in enumerate(texts):
        whose = authorities[0 if at < ON_ONE_DESK else int(chance.integers(len(authorities)))]
        closes = date.today() + timedelta(days=int(chance.integers(1, _DAYS))) if chance.random() < 0.3 else None
        forms = [str(form) for form in COLLECTIVE_FORMS[: int(chance.integers(1, 4))]] if chance.random() < 0.3 else []
        ground = _somewhere(whose, towns, chance)
        yield Offer(**_common(whose, ground, text, chance), legal_forms=forms, closes=closes, perimeter=ground)


def _needs(
    collectives: list[Organisation], towns: list[Territory], texts: Iterator[str], chance: np.random.Generator
) -> Iterator[Need]:
    for text in texts:
        whose = collectives[int(chance.integers(len(collectives)))]
        kind = _kind(chance)
        yield Need(
            **_common(whose, _somewhere(whose, towns, chance), text, chance),
            **{f"wants_{kind}": True},
            capacity=int(chance.integers(10, 200)) if kind == Kind.PLACE else None,
            amount_max=int(chance.integers(1, 200)) * 100_00 if kind == Kind.FUNDING else None,
            contribution="Du temps, des savoir-faire et des ateliers ouverts à tous.",
        )


def _common(whose: Organisation, ground: Territory, text: str, chance: np.random.Generator) -> dict[str, Any]:
    words = text.split()
    published = timezone.now() - timedelta(minutes=int(chance.integers(0, 60 * 24 * _DAYS)))
    return {
        "organisation": whose,
        "title": " ".join(words[:6]).capitalize(),
        "text": " ".join(words),
        "territory": ground,
        "status": "published",
        "published_at": published,
        "matched_version": 1,
    }


def _somewhere(whose: Organisation, towns: list[Territory], chance: np.random.Generator) -> Territory:
    return whose.territory if chance.random() < 0.7 else towns[int(chance.integers(len(towns)))]


def _kind(chance: np.random.Generator) -> str:
    return Kind.values[int(chance.integers(len(Kind.values)))]


def _write(model: type[Offer] | type[Need], listings: Iterator[Any], chance: np.random.Generator) -> None:
    themes = list(Theme.objects.filter(parent__isnull=False).values_list("pk", flat=True))
    name = str(model._meta.model_name)
    while batch := list(islice(listings, _AT_ONCE)):
        rows = model.objects.bulk_create(batch)
        links = model.themes.through
        links.objects.bulk_create(
            links(**{f"{name}_id": row.pk, "theme_id": themes[int(chance.integers(len(themes)))]}) for row in rows
        )
        if model is Offer:
            Resource.objects.bulk_create(_resource(row, chance) for row in rows)
            RightsBundle.objects.bulk_create(
                RightsBundle(
                    offer=row,
                    collective_access=Extent.GRANTED,
                    collective_withdrawal=Extent.GRANTED,
                    collective_management=Extent.CONDITIONS,
                )
                for row in rows
            )


def _resource(offer: Offer, chance: np.random.Generator) -> Resource:
    kind = _kind(chance)
    most = int(chance.integers(5, 500)) * 100_00 if kind == Kind.FUNDING else None
    return Resource(
        offer=offer,
        kind=kind,
        capacity=int(chance.integers(10, 300)) if kind == Kind.PLACE else None,
        accessible=bool(chance.random() < 0.6) if kind == Kind.PLACE else None,
        amount_max=most,
    )
