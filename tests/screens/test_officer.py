"""The desk of an authority: who enters, what waits, sharing a resource in two minutes."""

from datetime import date, timedelta
from uuid import uuid4

import pytest
from django.db import IntegrityError
from django.urls import reverse
from django.utils.timezone import localdate

from matching.catalogue.models import Extent, Offer, Status, Theme
from matching.catalogue.rights import rights_of
from matching.catalogue.services import ResourceFacts, write_offer
from matching.organisations.models import COLLECTIVE_FORMS
from matching.partnerships.services import send_message
from matching.screens.access import Desk
from matching.screens.waiting import errands
from matching.suggestions.models import State
from tests.factories import make_need, make_offer
from tests.screens.conftest import matched, signed_in, suggest

WRITERS = ("owner", "member")
READERS = ("owner", "member", "reader")
EVERYBODY = ("owner", "member", "reader", "pending", "other", "stranger", "staff", "nobody")


def typed(**changes):
    """What an officer types to share a room."""
    return {
        "form_key": str(uuid4()),
        "title": "Salle Watt",
        "text": "Une salle claire avec cuisine.",
        "territory": "Brest (Finistère)",
        "perimeter": "Brest (Finistère)",
        "legal_forms": [form.value for form in COLLECTIVE_FORMS],
        "provides": "La salle.",
        "capacity": "60 personnes",
        "price": "0",
        "action": "publish",
        **changes,
    }


# Who enters


def addresses(organisation, offer):
    at = [organisation.slug, offer.uuid]
    return {
        "desk_of": (reverse("desk_of", args=[organisation.slug]), (*READERS, "pending")),
        "offer_choose": (reverse("offer_choose", args=[organisation.slug]), (*WRITERS, "pending")),
        "offer_new": (reverse("offer_new", args=[organisation.slug, "place"]), (*WRITERS, "pending")),
        "offer_desk": (reverse("offer_desk", args=at), READERS),
        "offer_edit": (reverse("offer_edit", args=at), WRITERS),
        "offer_history": (reverse("offer_history", args=at), READERS),
    }


def status_for(person, address):
    return signed_in(person).get(address).status_code


@pytest.mark.parametrize("name", ["desk_of", "offer_choose", "offer_new", "offer_desk", "offer_edit", "offer_history"])
def test_who_opens_which_page(officers, brest, room, name):
    address, allowed = addresses(brest, room)[name]
    expected = {who: 200 if who in allowed else 404 for who in EVERYBODY} | {"nobody": 302}
    assert {who: status_for(officers[who], address) for who in EVERYBODY} == expected


@pytest.mark.parametrize("who", EVERYBODY)
def test_who_changes_the_state(officers, brest, room, who):
    address = reverse("offer_status", args=[brest.slug, room.uuid])
    response = signed_in(officers[who]).post(address, {"action": "pause"})
    room.refresh_from_db()
    assert (room.status == Status.PAUSED) == (who in WRITERS)
    assert response.status_code == (302 if who in (*WRITERS, "nobody") else 404)


def test_somebody_waiting_sees_their_own_drafts_and_nothing_else(officers, brest, room):
    draft = make_offer(brest, published=False, person=officers["pending"], title="Mon brouillon")
    client = signed_in(officers["pending"])
    html = client.get(reverse("desk_of", args=[brest.slug])).content.decode()
    assert "Mon brouillon" in html
    assert room.title not in html
    assert client.get(reverse("offer_edit", args=[brest.slug, draft.uuid])).status_code == 200
    assert client.get(reverse("offer_desk", args=[brest.slug, room.uuid])).status_code == 404


def test_an_offer_of_another_authority_is_nowhere_on_this_desk(officers, brest, room):
    other = officers["other"].memberships.get().organisation
    theirs = make_offer(other)
    for name in ("offer_desk", "offer_edit", "offer_history", "offer_suggestions"):
        assert signed_in(officers["owner"]).get(reverse(name, args=[brest.slug, theirs.uuid])).status_code == 404


def test_an_unknown_kind_is_not_a_page(officers, brest):
    assert status_for(officers["owner"], reverse("offer_new", args=[brest.slug, "licorne"])) == 404


# Sharing


def test_the_needs_around_are_shown_before_anything_is_published(officers, brest, repair, territories):
    make_need(repair.organisation, title="Un besoin lointain", territory=territories["commune", "75056"])
    make_need(repair.organisation, title="Un besoin en brouillon", published=False)
    html = signed_in(officers["owner"]).get(reverse("offer_choose", args=[brest.slug])).content.decode()
    assert repair.title in html
    assert "Un besoin lointain" not in html
    assert "Un besoin en brouillon" not in html


def test_an_offer_is_published_in_one_page(officers, brest):
    client = signed_in(officers["member"])
    response = client.post(reverse("offer_new", args=[brest.slug, "place"]), typed())
    offer = Offer.objects.get()
    assert response.url == reverse("offer_desk", args=[brest.slug, offer.uuid])
    assert (offer.status, offer.territory, offer.perimeter) == (
        Status.PUBLISHED,
        brest.territory,
        brest.territory,
    )
    assert (offer.legal_forms, offer.has_means, offer.created_by) == ([], True, officers["member"])
    resource = offer.resources.get()
    assert (resource.kind, resource.capacity, resource.price) == ("place", 60, 0)
    assert "est en cours" in client.get(response.url).content.decode()


def test_the_form_begins_with_the_authoritys_own_territory(officers, brest):
    html = signed_in(officers["owner"]).get(reverse("offer_new", args=[brest.slug, "place"])).content.decode()
    assert html.count('value="Brest (Finistère)"') == 2


def test_sent_twice_it_is_written_once(officers, brest):
    client, data = signed_in(officers["owner"]), typed()
    for _click in range(2):
        assert client.post(reverse("offer_new", args=[brest.slug, "place"]), data).status_code == 302
    assert Offer.objects.count() == 1


def test_a_key_that_is_already_somebody_elses_is_not_a_way_in(officers, brest, room):
    other = officers["other"].memberships.get().organisation
    data = typed(form_key=str(room.uuid), title="Autre salle")
    response = signed_in(officers["other"]).post(reverse("offer_new", args=[other.slug, "place"]), data)
    assert response.status_code == 302
    room.refresh_from_db()
    assert (room.title, room.organisation) == ("Salle Watt en rez-de-chaussée", brest)
    assert Offer.objects.filter(organisation=other, title="Autre salle").count() == 1


def test_a_draft_needs_only_a_title(officers, brest):
    client = signed_in(officers["owner"])
    data = typed(action="draft", text="", territory="", provides="")
    assert client.post(reverse("offer_new", args=[brest.slug, "place"]), data).status_code == 302
    draft = Offer.objects.get()
    assert draft.status == Status.DRAFT
    response = client.post(reverse("offer_status", args=[brest.slug, draft.uuid]), {"action": "publish"})
    assert response.url.startswith(reverse("offer_edit", args=[brest.slug, draft.uuid]))
    draft.refresh_from_db()
    assert draft.status == Status.DRAFT


def test_what_somebody_waiting_publishes_waits_too(officers, brest):
    client = signed_in(officers["pending"])
    client.post(reverse("offer_new", args=[brest.slug, "place"]), typed())
    assert Offer.objects.get().status == Status.WAITING


@pytest.mark.parametrize(
    ("kind", "data", "facts"),
    [
        (
            "data",
            {"subkind": "archive", "licence": "etalab-2.0", "url": "exemple.fr", "rights_cleared": "no"},
            {
                "subkind": "archive",
                "licence": "etalab-2.0",
                "url": "https://exemple.fr",
                "rights_cleared": False,
            },
        ),
        (
            "funding",
            {
                "subkind": "grant",
                "amount_min": "500",
                "amount_max": "4 000,50",
                "rate": "80",
                "is_call": "on",
            },
            {"subkind": "grant", "amount_min": 50000, "amount_max": 400050, "rate": 80, "is_call": True},
        ),
    ],
)
def test_the_facts_of_each_kind(officers, brest, kind, data, facts):
    signed_in(officers["owner"]).post(reverse("offer_new", args=[brest.slug, kind]), typed(**data))
    resource = Offer.objects.get().resources.get()
    assert {name: getattr(resource, name) for name in facts} == facts


BAD = {
    "title": ("", "Donnez un titre"),
    "text": ("mot " * 25_000, "signes"),
    "territory": ("Atlantide", "Nous ne connaissons pas"),
    "capacity": ("-4", "négatif"),
    "surface_m2": ("1e9", "nombre entier"),
    "price": ("-10", "négatif"),
    "rental_value": ("9" * 40, "Écrivez un montant"),
    "starts": ("31/02/2026", "n’existe pas"),
    "subkind": ("licorne", "licorne"),
    "themes_0": ("licornes", "pas dans la liste"),
    "collective_access": ("tout", "tout"),
    "legal_forms": ([], "au moins une forme"),
    "provides": ("", "Aucun moyen"),
}


@pytest.mark.parametrize("name", BAD)
def test_bad_input_is_said_and_nothing_typed_is_lost(officers, brest, name):
    value, sentence = BAD[name]
    data = typed(**{"expects": "Une fête à la fin", name: value})
    response = signed_in(officers["owner"]).post(reverse("offer_new", args=[brest.slug, "place"]), data)
    html = response.content.decode()
    assert response.status_code == 200
    assert not Offer.objects.exists()
    assert sentence in html
    assert "Une fête à la fin" in html
    if isinstance(value, str) and name not in ("subkind", "themes_0", "collective_access"):
        assert value.strip()[:50] in html


@pytest.mark.parametrize(
    ("kind", "first", "last"),
    [("place", "starts", "ends"), ("place", "opens", "closes"), ("funding", "amount_min", "amount_max")],
)
def test_the_wrong_order_is_refused(officers, brest, kind, first, last):
    values = {first: "2027-01-02", last: "2027-01-01"} if kind == "place" else {first: "20", last: "10"}
    response = signed_in(officers["owner"]).post(reverse("offer_new", args=[brest.slug, kind]), typed(**values))
    assert "Vérifiez les deux" in response.content.decode()
    assert not Offer.objects.exists()


def test_nul_and_exotic_signs_are_tidied(officers, brest):
    signed_in(officers["owner"]).post(
        reverse("offer_new", args=[brest.slug, "place"]),
        typed(title="Sal\x00le \U0001f33b", text="a\x00b\r\nc"),
    )
    offer = Offer.objects.get()
    assert (offer.title, offer.text) == ("Salle \U0001f33b", "ab\nc")


def test_what_people_type_is_never_markup(officers, brest):
    client = signed_in(officers["owner"])
    response = client.post(
        reverse("offer_new", args=[brest.slug, "place"]),
        typed(title="<script>alert(1)</script>"),
        follow=True,
    )
    assert "<script>alert(1)" not in response.content.decode()


def test_rights_start_from_the_preset_and_may_change(officers, brest):
    client = signed_in(officers["owner"])
    client.post(reverse("offer_new", args=[brest.slug, "place"]), typed(collective_management=Extent.CONDITIONS))
    assert rights_of(Offer.objects.get()).extents == {
        "access": "granted",
        "withdrawal": "granted",
        "management": "conditions",
        "exclusion": "no",
        "alienation": "no",
    }


def test_a_wider_right_needs_the_one_before_it(officers, brest):
    data = typed(collective_withdrawal=Extent.NO, collective_management=Extent.GRANTED)
    response = signed_in(officers["owner"]).post(reverse("offer_new", args=[brest.slug, "place"]), data)
    assert "a besoin de l’autre" in response.content.decode()
    assert not Offer.objects.exists()


def test_an_edit_keeps_what_the_form_does_not_show(officers, brest, room):
    other = ResourceFacts(kind="data", subkind="archive", formats="PDF")
    from matching.catalogue.services import OfferFacts

    write_offer(
        organisation=brest,
        person=None,
        offer=room,
        facts=OfferFacts(
            title=room.title,
            text=room.text,
            resources=[ResourceFacts(kind="place", capacity=60), other],
            provides="x",
        ),
    )
    client = signed_in(officers["owner"])
    address = reverse("offer_edit", args=[brest.slug, room.uuid])
    kind = Offer.objects.get(pk=room.pk).kinds[0]
    response = client.post(address, typed(action="save", formats="PDF"))
    assert response.status_code == 302
    assert kind == "data"
    held = {resource.kind: resource for resource in Offer.objects.get(pk=room.pk).resources.all()}
    assert held["place"].capacity == 60
    assert held["data"].formats == "PDF"


def test_a_published_offer_cannot_lose_its_words(officers, brest, room):
    client = signed_in(officers["owner"])
    response = client.post(reverse("offer_edit", args=[brest.slug, room.uuid]), typed(action="save", text=""))
    assert "Décrivez la ressource" in response.content.decode()
    room.refresh_from_db()
    assert room.text


# Its life and its past


@pytest.mark.parametrize(
    ("start", "action", "end"),
    [
        ("draft", "publish", "published"),
        ("published", "pause", "paused"),
        ("published", "close", "closed"),
        ("paused", "publish", "published"),
        ("closed", "publish", "published"),
        ("draft", "pause", "draft"),
        ("published", "explode", "published"),
    ],
)
def test_the_life_of_an_offer(officers, brest, room, start, action, end):
    Offer.objects.filter(pk=room.pk).update(status=start)
    address = reverse("offer_status", args=[brest.slug, room.uuid])
    assert signed_in(officers["owner"]).post(address, {"action": action}).status_code == 302
    room.refresh_from_db()
    assert room.status == end


def test_history_says_who_changed_what(officers, brest):
    client = signed_in(officers["member"])
    client.post(reverse("offer_new", args=[brest.slug, "place"]), typed())
    offer = Offer.objects.get()
    client.post(
        reverse("offer_edit", args=[brest.slug, offer.uuid]),
        typed(action="save", title="Salle Ampère", ends="31/12/2030", perimeter=""),
    )
    html = client.get(reverse("offer_history", args=[brest.slug, offer.uuid])).content.decode()
    assert "Member" in html
    assert "Salle Watt → Salle Ampère" in html
    assert "31\u00a0décembre 2030" in html
    assert "Brest (Finistère) → rien" in html
    assert "a publié" in html


def test_history_keeps_the_past_of_resources_rights_and_themes(officers, brest):
    nature = Theme.objects.create(slug="nature", name_fr="Nature", name_en="Nature", position=1)
    client = signed_in(officers["member"])
    client.post(reverse("offer_new", args=[brest.slug, "place"]), typed(subkind="room", accessible="no"))
    offer = Offer.objects.get()
    client.post(
        reverse("offer_edit", args=[brest.slug, offer.uuid]),
        typed(
            action="save",
            subkind="kitchen",
            capacity="80",
            price="12,50",
            accessible="yes",
            themes_0=nature.slug,
            collective_management=Extent.CONDITIONS,
        ),
    )
    html = client.get(reverse("offer_history", args=[brest.slug, offer.uuid])).content.decode()
    for line in (
        "Salle → Cuisine",
        "60 → 80",
        "0\u00a0€ → 12,50\u00a0€",
        "non → oui",
        "rien → Nature",
        "non → sous conditions",
    ):
        assert line in html, line


# What waits, and the suggestions


def test_what_waits_comes_first(officers, brest, room, pair, bob):
    make_offer(brest, published=False, person=bob, title="Un brouillon")
    soon = make_offer(brest, title="Bientôt finie", ends=localdate() + timedelta(days=3))
    past = make_offer(brest, title="Déjà finie", ends=localdate() - timedelta(days=3))
    html = signed_in(officers["owner"]).get(reverse("desk_of", args=[brest.slug])).content.decode()
    for words in (
        "1 nouveau rapprochement",
        "Pending demande à vous rejoindre",
        "Un brouillon",
        soon.title,
        past.title,
    ):
        assert words in html
    assert html.index("Pending demande") < html.index("1 nouveau rapprochement") < html.index("Brouillon, que")
    assert "Terminé depuis le" in html


def test_the_most_urgent_comes_first_each_with_one_action(officers, brest, bricoleuses, room, pair, repair, alice, bob):
    awaited = suggest(room, make_need(bricoleuses, title="Une salle de danse"), need_state=State.INTERESTED)
    send_message(suggestion=pair, author=alice, side="need", text="Bonjour", form_key=uuid4())
    make_offer(brest, published=False, person=bob, title="Un brouillon")
    make_offer(brest, title="Bientôt finie", ends=localdate() + timedelta(days=3))
    suggest(make_offer(brest, title="Autre salle"), repair)
    found = errands(Desk(brest, brest.memberships.get(person=bob), bob))
    assert [errand.action for errand in found] == [
        "Lire et répondre",
        "Répondre",
        "Confirmer ou refuser",
        "Prolonger ou clore",
        "Regarder",
        "Reprendre",
    ]
    assert str(awaited.uuid) in found[1].url


def test_what_was_read_and_not_answered_still_waits(officers, brest, pair, alice, bob):
    send_message(suggestion=pair, author=alice, side="need", text="Bonjour", form_key=uuid4())
    client, desk = signed_in(bob), reverse("desk_of", args=[brest.slug])
    client.get(reverse("thread", args=[pair.uuid]))
    assert "Les Bricoleuses du port est intéressé et attend votre réponse" in client.get(desk).content.decode()
    send_message(suggestion=pair, author=bob, side="offer", text="Bonjour !", form_key=uuid4())
    assert "attend votre réponse" not in client.get(desk).content.decode()


def test_what_is_less_urgent_is_folded(officers, brest):
    for number in range(9):
        make_offer(brest, published=False, title=f"Brouillon {number}")
    html = signed_in(officers["member"]).get(reverse("desk_of", args=[brest.slug])).content.decode()
    opened, folded = html.split('<details class="more push-top">')
    assert opened.count(">Reprendre<") == 6
    assert "3 autres choses à faire" in folded


def test_nothing_waits_and_what_to_do_is_said(officers, brest):
    html = signed_in(officers["member"]).get(reverse("desk_of", args=[brest.slug])).content.decode()
    assert "Rien ne vous attend." in html and "lisez ce que cherchent les collectifs" in html
    reader = signed_in(officers["reader"]).get(reverse("desk_of", args=[brest.slug])).content.decode()
    assert "En attendant" not in reader


def test_members_who_are_not_owners_are_not_asked_to_confirm(officers, brest):
    html = signed_in(officers["member"]).get(reverse("desk_of", args=[brest.slug])).content.decode()
    assert "demande à vous rejoindre" not in html


def test_suggestions_show_reasons_and_never_a_percentage(officers, brest, room, pair):
    html = signed_in(officers["owner"]).get(reverse("offer_desk", args=[brest.slug, room.uuid])).content.decode()
    main = html[html.index("<main") : html.index("</main>")]
    assert "Mots en commun" in main
    assert "réparation" in main
    assert "%" not in main
    assert "1.5" not in main and "1,5" not in main


@pytest.mark.parametrize(("who", "state"), [("owner", State.SEEN), ("reader", State.NEW)])
def test_a_look_marks_them_seen_unless_it_is_a_readers(officers, brest, room, pair, who, state):
    signed_in(officers[who]).get(reverse("offer_desk", args=[brest.slug, room.uuid]))
    pair.refresh_from_db()
    assert pair.offer_state == state
    assert pair.need_state == State.NEW


def test_near_misses_are_named_with_what_would_change_them(officers, brest, room, repair):
    refusal = {
        "gate": "capacity",
        "code": "refused.capacity",
        "params": {"capacity": "60", "asked": "400"},
        "mend": {"code": "mend.capacity.offer", "params": {"capacity": "60", "asked": "400"}},
    }
    Offer.objects.filter(pk=room.pk).update(
        near_misses=[{"id": repair.pk, "refused_by": [refusal]}, {"id": 0, "refused_by": []}]
    )
    html = signed_in(officers["owner"]).get(reverse("offer_desk", args=[brest.slug, room.uuid])).content.decode()
    assert "Aucun besoin ne convient" in html
    assert repair.title in html
    assert "400" in html


def test_while_the_worker_has_not_run_the_page_asks_again(officers, brest):
    offer = make_offer(brest)
    client = signed_in(officers["owner"])
    fragment = reverse("offer_suggestions", args=[brest.slug, offer.uuid])
    page = client.get(reverse("offer_desk", args=[brest.slug, offer.uuid])).content.decode()
    assert f'hx-get="{fragment}"' in page
    assert "Actualiser" in page
    assert client.get(fragment).status_code == 302
    asked = client.get(fragment, headers={"HX-Request": "true"}).content.decode()
    assert "<html" not in asked
    assert "hx-get" in asked
    matched(offer)
    assert "hx-get" not in client.get(fragment, headers={"HX-Request": "true"}).content.decode()


def count_queries(client, address, django_assert_max_num_queries):
    with django_assert_max_num_queries(200) as counted:
        assert client.get(address).status_code == 200
    return len(counted)


def test_the_number_of_queries_does_not_grow(officers, brest, bricoleuses, room, pair, django_assert_max_num_queries):
    client = signed_in(officers["reader"])
    addresses = [reverse("desk_of", args=[brest.slug]), reverse("offer_desk", args=[brest.slug, room.uuid])]
    # The first visit writes in the session for whom the person acts.
    client.get(addresses[0])
    few = [count_queries(client, address, django_assert_max_num_queries) for address in addresses]
    for number in range(30):
        matched(make_offer(brest, title=f"Salle {number}", ends=date(2030, 1, 1)))
        suggest(room, make_need(bricoleuses, title=f"Besoin {number}"))
    many = [count_queries(client, address, django_assert_max_num_queries) for address in addresses]
    assert many == few


def test_two_clicks_at_the_same_moment_lead_to_the_same_offer(officers, brest, monkeypatch):
    def beaten(**arguments):
        """The other request writes between our look and our own write."""
        write_offer(**arguments)
        raise IntegrityError

    monkeypatch.setattr("matching.screens.writing.write_offer", beaten)
    response = signed_in(officers["owner"]).post(reverse("offer_new", args=[brest.slug, "place"]), typed())
    offer = Offer.objects.get()
    assert response.url == reverse("offer_desk", args=[brest.slug, offer.uuid])
    assert offer.status == Status.PUBLISHED


def test_a_desk_never_says_that_nothing_waits_above_what_waits(officers, pair):
    page = reverse("desk_of", args=[pair.offer.organisation.slug])
    client = signed_in(officers["member"])
    assert "1 nouveau rapprochement" in client.get(page).content.decode()
    type(pair).objects.update(offer_state="seen")
    html = client.get(page).content.decode()
    assert pair.need.title in html and "Rien ne vous attend" not in html
    type(pair).objects.update(offer_state="dismissed")
    assert "Rien ne vous attend" in client.get(page).content.decode()
