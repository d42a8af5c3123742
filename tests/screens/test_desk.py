"""A desk where everything waits at once: every errand is there, and it asks the database no more than twelve times."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.contrib.auth.models import Group
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils.timezone import localdate, now

from cms.services import EDITORS, build_site
from matching.catalogue.unsent import keep_unsent
from matching.moderation.models import Case
from matching.organisations.models import Organisation, Role
from matching.organisations.services import create_collective
from matching.partnerships import applications
from matching.partnerships.applications import ApplicationFacts
from matching.partnerships.models import Application, Party, Transmission
from matching.partnerships.services import send_message
from matching.screens.desk_list import page_with_matches
from matching.suggestions.models import State
from tests.factories import make_need, make_offer, make_person
from tests.partnerships.making import prepared
from tests.screens.conftest import join, matched, signed_in, suggest

pytestmark = pytest.mark.django_db

# What a desk may ask of the database, session and account included.
MOST = 12


def desk_of(organisation):
    return reverse("desk_of", args=[organisation.slug])


def asked(client, address):
    """How many queries, once the session knows for whom the person acts; and the page."""
    client.get(address)
    with CaptureQueriesContext(
        connection,
    ) as queries:
        html = client.get(address).content.decode()
    return len(queries), html


def moderated(organisation, count):
    for number in range(count):
        case = Case.objects.create(
            kind="organisation", key=uuid4(), title=f"À mendier {number}", state="correct", decided_at=now()
        )
        case.organisations.add(organisation)


def typed_and_passed_on(organisation, person, listing, count):
    """What the person has typed, and what a colleague passed on."""
    colleague = make_person(f"collegue-{organisation.pk}@exemple.fr", "Camille")
    join(colleague, organisation, Role.MEMBER)
    form = "place" if organisation.is_authority else "need"
    for number in range(count):
        values = {"title": [f"Commencé {number}"]}
        keep_unsent(person=person, organisation=organisation, form=form, key=uuid4(), values=values)
        Transmission.objects.create(
            form_key=uuid4(), author=colleague, organisation=organisation, desk=organisation, person=person,
            **{"offer" if not organisation.is_authority else "need": listing},
        )  # fmt: skip
        join(make_person(f"attend-{organisation.pk}-{number}@exemple.fr", f"Attend {number}"), organisation,
             Role.MEMBER, confirmed=False)  # fmt: skip


@pytest.fixture
def both_busy(brest, bricoleuses, room, repair, pair, alice, bob, territories):
    """Everything waits on both desks, `count` times each sort."""

    def fill(count):
        soon = localdate() + timedelta(days=3)
        for number in range(count):
            offer = matched(make_offer(brest, title=f"Salle {number}", ends=soon))
            need = matched(make_need(bricoleuses, title=f"Besoin {number}", ends=soon))
            first, second = suggest(offer, repair), suggest(room, need)
            suggest(offer, need, need_state=State.INTERESTED)
            send_message(suggestion=first, author=alice, side="need", text="Bonjour", form_key=uuid4())
            send_message(suggestion=second, author=bob, side="offer", text="Bonjour", form_key=uuid4())
            make_offer(brest, published=False, person=bob, title=f"Brouillon {number}")
            make_need(bricoleuses, published=False, person=alice, title=f"Brouillon {number}")
            prepared(offer, bricoleuses, member=alice, officer=bob)
            asks = make_person(f"asks-{number}@exemple.fr", f"Asks {number}")
            other = create_collective(
                person=asks, name=f"Autre collectif {number}", legal_form="informal", territory=brest.territory
            )
            Organisation.objects.filter(pk=other.pk).update(host=brest if number % 2 else bricoleuses)
            theirs = applications.begin(
                offer=room, applicant=other, person=asks, form_key=uuid4(),
                facts=ApplicationFacts(title=f"Ensemble {number}", purpose="Pour voir.", brings="Du temps."),
            )  # fmt: skip
            Party.objects.create(
                application=theirs, organisation=bricoleuses, role=Party.Role.CARRIER, consent=Party.Consent.ASKED,
                asked_at=now(),
            )  # fmt: skip
            ours = ApplicationFacts(title=f"À déposer {number}", purpose="Pour voir.", brings="Du temps.")
            applications.begin(offer=offer, applicant=bricoleuses, person=alice, facts=ours, form_key=uuid4())
        for organisation, person, listing in ((brest, bob, repair), (bricoleuses, alice, room)):
            moderated(organisation, count)
            typed_and_passed_on(organisation, person, listing, count)

    return fill


def test_whatever_waits_a_desk_asks_at_most_twelve_times(both_busy, brest, bricoleuses, alice, bob):
    both_busy(2)
    counts = []
    for person, organisation in ((bob, brest), (alice, bricoleuses)):
        count, html = asked(signed_in(person), desk_of(organisation))
        counts.append(count)
        for said in (
            "à corriger", "message à lire", "demande à vous rejoindre", "Camille vous transmet", "Commencé 1",
            "Se termine le", "Une convention à relire", "porté par vous", "Brouillon, que seule",
        ):  # fmt: skip
            assert said in html, said
    assert max(counts) <= MOST, counts
    _count, html = asked(signed_in(alice), desk_of(bricoleuses))
    assert "vous demande de porter sa candidature" in html and "pas encore déposée" in html
    Application.objects.filter(title__startswith="À déposer").update(state="filed", filed_at=now())
    count, html = asked(signed_in(bob), desk_of(brest))
    assert "candidatures à décider" in html or "candidature à décider" in html
    assert count <= MOST


def test_what_a_desk_asks_does_not_grow_with_what_waits(brest, room, bob, repair, pair):
    moderated(brest, 1)
    few, _html = asked(signed_in(bob), desk_of(brest))
    moderated(brest, 40)
    typed_and_passed_on(brest, bob, repair, 5)
    many, html = asked(signed_in(bob), desk_of(brest))
    assert many == few
    # The latest first, and thirty of a sort: the others wait their turn.
    assert html.count("À mendier") == 60  # in its line, and in what a screen reader hears of its button
    assert html.index("À mendier 39") < html.index("À mendier 38")


def test_a_page_counts_everything_and_its_own_matches(brest, room, pair, repair):
    for number in range(4):
        make_offer(brest, title=f"Salle {number}")
    rows = type(room).objects.of(brest).order_by("pk")
    page = page_with_matches(rows, "1", 2)
    assert (page.paginator.count, page.number, page.has_next()) == (5, 1, True)
    assert (page.object_list[0].open_matches, page.object_list[0].new_matches) == (1, 1)
    type(pair).objects.update(offer_state="seen")
    assert page_with_matches(rows, None, 2).object_list[0].new_matches == 0
    assert [len(page_with_matches(rows, number, 2)) for number in ("2", "3", "4", "0", "-1", "x", "9" * 40)] == [
        2, 1, 1, 1, 2, 2, 2,
    ]  # fmt: skip
    assert page_with_matches(rows.none(), "1", 2).paginator.count == 0


@pytest.mark.parametrize(("is_member", "edits"), [(True, True), (False, False)])
def test_the_header_leads_those_who_edit_pages_to_them(bob, brest, is_member, edits):
    build_site()
    if is_member:
        bob.groups.add(Group.objects.get(name=EDITORS))
    assert (reverse("wagtailadmin_home") in signed_in(bob).get(desk_of(brest)).content.decode()) is edits
