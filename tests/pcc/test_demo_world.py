"""The demo world: its files are right, its people can sign in, and making it twice changes nothing."""

import csv
import io
import json
from datetime import date, timedelta
from pathlib import Path

import pytest
from allauth.account.models import EmailAddress
from django.utils import timezone
from frictionless import Resource, Schema
from wagtail.models import Page

from cms.models import DossierPage, EssayPage, MethodPage, NewsPage, StoryPage, TerritoryPage, ThemePage
from cms.services import build_site
from matching.catalogue.models import Need, Offer, Photo
from matching.catalogue.vocabulary import load_themes
from matching.exchange.scdl import grants_file, told
from matching.notices.models import Notice
from matching.organisations.models import Membership, Organisation
from matching.partnerships.following import in_dispute
from matching.partnerships.models import Application, Partnership, State
from matching.people.models import Person
from matching.territories.services import load_some
from pcc import demo_world

SCHEMA = Path(__file__).parents[1] / "official" / "scdl-subventions-2.1.1.json"
FILES = ("authorities", "collectives", "offers", "needs", "stories")


def places():
    """Every territory that the demo files name."""
    records = [record for name in FILES for record in demo_world._records(name, date(2026, 6, 1))]
    named = [record[key] for record in records for key in ("territory", "perimeter") if record.get(key)]
    return sorted({(place["level"], place["code"]) for place in named})


@pytest.fixture
def installed(db):
    load_some([*places(), ("country", "FR")])
    load_themes()
    build_site()


def test_days_are_relative_to_today():
    text = '{"starts": "today-10", "ends": "today+45", "title": "today+1 matin"}'
    moved = demo_world.in_days_of(date(2026, 1, 5), text)
    assert moved == '{"starts": "2025-12-26", "ends": "2026-02-19", "title": "today+1 matin"}'


def test_the_demo_world_is_whole_and_making_it_twice_changes_nothing(installed, client):
    told = []
    people = demo_world.build(progress=told.append)
    counts = (
        Organisation.objects.count(),
        Offer.objects.count(),
        Need.objects.count(),
        StoryPage.objects.live().count(),
    )
    assert counts == (100, 150, 150, 12)
    assert told
    assert not Organisation.objects.exclude(source__in=[demo_world.SOURCE, "table officielle"]).exists()
    versions = list(Offer.objects.order_by("id").values_list("version")) + list(Need.objects.values_list("version"))

    pages = (ThemePage, TerritoryPage, DossierPage, NewsPage, MethodPage, EssayPage)
    assert [model.objects.live().count() for model in pages] == [2, 1, 1, 2, 1, 1]
    addresses = [page.url for page in Page.objects.live().filter(depth__gt=1)]
    assert {address: status for address in addresses if (status := client.get(address).status_code) != 200} == {}
    assert Photo.objects.count() == 7
    assert Offer.objects.filter(slots__isnull=False).distinct().count() == 6

    assert demo_world.build(progress=told.append) == people
    assert Photo.objects.count() == 7
    assert counts == (
        Organisation.objects.count(),
        Offer.objects.count(),
        Need.objects.count(),
        StoryPage.objects.live().count(),
    )
    assert versions == list(Offer.objects.order_by("id").values_list("version")) + list(
        Need.objects.values_list("version")
    )
    assert Membership.objects.count() == 25
    assert len(people) == 7

    check_partnerships()
    for story in StoryPage.objects.live():
        assert story.picture.description.startswith("Dessin")
        assert story.picture.file.size < 100_000

    for person in people:
        account = Person.objects.get(email=person.email)
        assert account.check_password(person.password)
        assert EmailAddress.objects.get(user=account).verified
    roles = {
        membership.person.email: (membership.organisation.name, membership.role, membership.is_confirmed)
        for membership in Membership.objects.filter(person__email__in=[one.email for one in people])
    }
    assert roles == {
        demo_world.OFFICER.email: ("Ville de Brest", "owner", True),
        demo_world.COLLEAGUE.email: ("Ville de Brest", "member", True),
        demo_world.ASSOCIATION.email: ("Le Phare des mains", "owner", True),
        demo_world.MEMBER.email: ("Les Bidouilleurs de la Penfeld", "owner", True),
        demo_world.WAITING.email: ("Ville de Brest", "member", False),
    }
    assert Person.objects.get(email=demo_world.ADMINISTRATOR.email).is_superuser
    assert Person.objects.get(email=demo_world.EDITOR.email).has_perm("wagtailadmin.access_admin")
    assert not Person.objects.get(email=demo_world.EDITOR.email).is_staff


def check_partnerships():
    """Every state that people meet, in a past that holds together, and nobody is mailed about last year."""
    assert set(Application.objects.values_list("state", flat=True)) == set(State)
    assert Application.objects.exclude(correction="").exists()
    assert set(Partnership.objects.values_list("state", flat=True)) == {"preparing", "active", "ended", "broken"}
    assert [one.title for one in Partnership.objects.filter(state="active") if in_dispute(one)] == [
        "Cultiver la friche avec le quartier"
    ]
    for application in Application.objects.exclude(filed_at=None):
        days = [step.at for step in application.steps.order_by("id")]
        assert application.created_at < application.filed_at == days[0]
        assert days == sorted(days)
        assert days[-1] < timezone.now()
    for partnership in Partnership.objects.agreed():
        assert partnership.act_date < partnership.signed_on <= partnership.starts + timedelta(days=1)
    assert not Notice.objects.filter(kind__in=[Notice.Kind.APPLICATION, Notice.Kind.PARTNERSHIP]).exists()
    found = list(told(Partnership.objects.agreed().with_sides().order_by("id")))
    assert {lack.where for one in found for lack in one.lacks} == {"number"}
    check_grants(grants_file(found))


def check_grants(content):
    """The official schema takes the demo's grants, in money and in kind."""
    schema = Schema.from_descriptor(json.loads(SCHEMA.read_text()))
    report = Resource(data=content, format="csv", schema=schema).validate()
    assert report.valid, report.flatten(["rowNumber", "fieldName", "note"])
    natures = {row["nature"] for row in csv.DictReader(io.StringIO(content.decode()))}
    assert natures == {"aide en numéraire", "aide en nature"}


def test_a_wrong_line_of_the_demo_files_is_named(db):
    with pytest.raises(demo_world.RefusedDemo, match=r"authorities\.jsonl:1 : "):
        demo_world.build(progress=lambda text: None)
