"""The demo world: the files of pcc/demo fed through the importers, one person per role. Safe to repeat."""

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

from allauth.account.models import EmailAddress
from django.contrib.auth.models import Group
from django.db import transaction
from django.utils import timezone
from django.utils.crypto import salted_hmac
from wagtail.images.models import Image

from cms.models import RecipePage, StoryPage
from cms.recipe_import import import_recipes
from cms.services import EDITORS, add_picture, record_replication, write_story
from matching.catalogue.models import Offer, Theme
from matching.catalogue.photos import add_photo
from matching.catalogue.pictures import read_picture
from matching.catalogue.services import write_week
from matching.catalogue.week import Week
from matching.exchange.importing import Settings
from matching.exchange.reading import Row, json_rows
from matching.exchange.report import Report
from matching.exchange.services import import_needs, import_offers, import_organisations
from matching.organisations.models import Organisation
from matching.organisations.services import request_membership
from matching.people.models import Person
from matching.territories.models import Territory
from pcc import demo_partnerships
from pcc.demo_pages import demo_block, write_demo_page
from pcc.demo_pictures import PICTURES, PLACES, draw

SOURCE = "demo"

_FILES = Path(__file__).with_name("demo")
_RELATIVE_DAY = re.compile(r'"today([+-][0-9]+)"')
_TOWN = "auth-brest"


@dataclass(frozen=True)
class DemoPerson:
    """Somebody to sign in as. `role` is for people to read."""

    role: str
    email: str
    name: str

    @property
    def password(self) -> str:
        """The same at each start of one installation, unknown to the others."""
        return f"demo-{salted_hmac('pcc.demo_world', 'password').hexdigest()[:8]}"


OFFICER = DemoPerson("Agente de la Ville de Brest", "agente@brest.example", "Maëlle Kerdoncuff")
COLLEAGUE = DemoPerson("Seconde agente de la Ville de Brest", "collegue@brest.example", "Nolwenn Quéré")
MEMBER = DemoPerson("Membre d’un collectif brestois", "collectif@penfeld.example", "Samir Le Goff")
ASSOCIATION = DemoPerson("Coordinatrice du Phare des mains", "association@phare.example", "Gwenola Pellé")
EDITOR = DemoPerson("Rédactrice des réussites", "redaction@demo.example", "Inès Carrère")
ADMINISTRATOR = DemoPerson("Administrateur du service", "administration@demo.example", "Paul Vasseur")
WAITING = DemoPerson("Agent en attente de confirmation", "nouvel-agent@brest.example", "Thomas Abgrall")
PEOPLE = (OFFICER, COLLEAGUE, MEMBER, ASSOCIATION, EDITOR, ADMINISTRATOR, WAITING)


class RefusedDemo(Exception):
    """A line of the demo files was refused: they are wrong, or the service is not installed."""


def build(progress: Callable[[str], None]) -> list[DemoPerson]:
    """Make or complete the demo world of today, in an installed service, and return who may sign in."""
    today = timezone.localdate()
    settings = Settings(source=SOURCE, today=today)
    for name in ("authorities", "collectives"):
        _check(name, import_organisations(rows=_rows(name, today), settings=settings))
    people = {person: _account(person) for person in PEOPLE}
    team = _give_roles(people, today)
    progress("Offres…")
    _check("offers", import_offers(rows=_rows("offers", today), settings=settings))
    for place in _records("places", today):
        _furnish(place)
    progress("Besoins…")
    _check("needs", import_needs(rows=_rows("needs", today), settings=settings))
    progress("Réussites…")
    for story in _records("stories", today):
        _write_story(story)
    progress("Recettes libres…")
    _write_recipes(today)
    progress("Partenariats…")
    demo_partnerships.write(_records("partnerships", today), source=SOURCE, team=team)
    for page in _records("pages", today):
        write_demo_page(page)
    return list(PEOPLE)


def _write_recipes(today: date) -> None:
    """The recipes of pcc/demo/recipes through their importer, and who takes them up."""
    report = import_recipes(_FILES / "recipes")
    if not report.is_clean:
        told = "\n".join(f"{line.name} : {line.faults}" for line in report.lines if line.faults)
        raise RefusedDemo(told)
    recipes = {recipe.slug: recipe for recipe in RecipePage.objects.all()}
    organisations = {one.name: one for one in Organisation.objects.filter(source=SOURCE)}
    for row in _records("replications", today):
        level, _dash, code = row.pop("territory").partition("-")
        days = {key: date.fromisoformat(row.pop(key)) for key in ("began", "alive_on", "stopped_on") if key in row}
        record_replication(
            recipe=recipes[row.pop("recipe")],
            variant=recipes.get(row.pop("variant", "")),
            territory=Territory.objects.at(level, code).get(),
            organisation=organisations.get(row["who"]),
            **days,
            **row,
        )


def _check(name: str, report: Report) -> None:
    # What a visitor of the demo has rewritten stays as they left it.
    refusals = [refusal for refusal in report.refusals if refusal.reason != "edited_here"]
    if refusals:
        told = "\n".join(f"{name}.jsonl:{refusal.line} : {fault}" for refusal in refusals for fault in refusal.faults)
        raise RefusedDemo(told)


def _rows(name: str, today: date) -> Iterator[Row]:
    return json_rows(in_days_of(today, (_FILES / f"{name}.jsonl").read_text(encoding="utf-8")))


def _records(name: str, today: date) -> list[dict[str, Any]]:
    text = in_days_of(today, (_FILES / f"{name}.jsonl").read_text(encoding="utf-8"))
    return [json.loads(line) for line in text.splitlines()]


def in_days_of(today: date, text: str) -> str:
    """The text of a demo file with "today+45" and "today-10" as days of the calendar."""
    return _RELATIVE_DAY.sub(lambda days: f'"{today + timedelta(days=int(days[1]))}"', text)


@transaction.atomic
def _account(demo: DemoPerson) -> Person:
    """The account of a demo person: its address is verified, its password is the one that is printed."""
    person = Person.objects.filter(email=demo.email).first()
    person = person or Person.objects.create_user(demo.email, demo.password, name=demo.name)
    if not person.check_password(demo.password):
        person.set_password(demo.password)
        person.save()
    EmailAddress.objects.update_or_create(user=person, email=demo.email, defaults={"verified": True, "primary": True})
    return person


@transaction.atomic
def _give_roles(people: dict[DemoPerson, Person], today: date) -> demo_partnerships.Team:
    administrator = people[ADMINISTRATOR]
    administrator.is_staff = administrator.is_superuser = True
    administrator.save()
    people[EDITOR].groups.add(Group.objects.get(name=EDITORS))
    team = demo_partnerships.join(_records("members", today), source=SOURCE, administrator=administrator)
    request_membership(
        person=people[WAITING],
        organisation=_organisation(_TOWN),
        statement="Mission numérique, arrivé ce mois-ci",
    )
    return team


def _furnish(place: dict[str, Any]) -> None:
    """Give a place its week and its photos, where nobody has given it any."""
    offer = Offer.objects.get(source=SOURCE, external_id=place["offer"])
    if not offer.slots.exists():
        write_week(offer=offer, week=Week.from_plain(place["week"]))
    if not offer.photos.exists():
        for scene, text in place["photos"]:
            png = PLACES[scene]().png()
            add_photo(offer=offer, image=read_picture(BytesIO(png), len(png)), text=text)


def _organisation(id: str) -> Organisation:
    return Organisation.objects.get(source=SOURCE, external_id=id)


def _write_story(story: dict[str, Any]) -> None:
    write_story(
        slug=story["slug"],
        title=story["title"],
        intro=story["intro"],
        when=date.fromisoformat(story["date"]),
        body=[demo_block(block) for block in story["blocks"]],
        rests_on=story["rests_on"],
        territory=Territory.objects.get(**story["territory"], replaced_by=None),
        authority=_organisation(story["authority"]),
        collective=_organisation(story["collective"]),
        themes=list(Theme.objects.filter(slug__in=story["themes"])),
        picture=_picture(story),
    )


def _picture(story: dict[str, Any]) -> Image | None:
    """The drawing of a story that is written for the first time."""
    if story["slug"] not in PICTURES or StoryPage.objects.filter(slug=story["slug"]).exists():
        return None
    png, text = draw(story["slug"])
    return add_picture(title=story["title"], text=text, content=png)
