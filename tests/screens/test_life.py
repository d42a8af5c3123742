"""Copies, differences, coming back, several at once: the life of listings at the desk."""

from datetime import date
from uuid import uuid4

import pytest
from django.urls import reverse

from matching.catalogue.models import Need, Offer
from matching.catalogue.services import OfferFacts, ResourceFacts, write_offer
from matching.screens.differences import Piece, differences
from tests.factories import make_need, make_offer
from tests.screens.conftest import matched, signed_in, suggest


@pytest.fixture
def desk(officers):
    return signed_in(officers["owner"])


def rewrite(offer, bob, **told):
    facts = {"title": offer.title, "text": offer.text, "territory": offer.territory, "provides": "Les clés", **told}
    resources = [ResourceFacts(kind="place", capacity=60)]
    write_offer(
        organisation=offer.organisation, person=bob, offer=offer, facts=OfferFacts(resources=resources, **facts)
    )


def page(client, name, listing, *rest):
    return client.get(reverse(name, args=[listing.organisation.slug, listing.uuid, *rest])).content.decode()


LONG = "Une salle claire au rez-de-chaussée, avec cuisine, soixante chaises et huit tables pliantes, près du tram."


def test_a_text_is_compared_word_by_word():
    assert differences("une salle claire", "une grande salle") == [
        Piece("same", "une"),
        Piece("new", " grande"),
        Piece("same", " salle"),
        Piece("gone", " claire"),
    ]
    far = " ".join(f"mot{number}" for number in range(100))
    shown = differences(far, far.replace("mot50", "autre"))
    assert [piece.kind for piece in shown] == ["cut", "same", "gone", "new", "same", "cut"]
    assert differences("", "") == []


def test_a_wholly_rewritten_long_text_is_compared_at_once():
    old, new = (" ".join(f"{letter}{number % 97}" for number in range(4000)) for letter in "ab")
    assert [piece.kind for piece in differences(old, new)] == ["gone", "new"]


def test_the_history_tells_what_changed_word_by_word(desk, brest, bob, room):
    rewrite(room, bob, text=LONG)
    rewrite(room, bob, text=LONG.replace("soixante", "quatre-vingts"), ends=date(2030, 1, 1))
    html = page(desk, "offer_history", room)
    assert "soixante" in html.partition("<del>")[2].partition("</del>")[0]
    assert "quatre-vingts" in html.partition("<ins>")[2].partition("</ins>")[0]
    assert "rien → 1er\u00a0janvier 2030" in html
    assert "Revenir à cette version" in html


def test_coming_back_is_confirmed_then_told(desk, brest, bob, room):
    record = room.history.latest("history_id")
    rewrite(room, bob, text=LONG, title="Bureau")
    html = page(desk, "offer_version", room, record.history_id)
    assert "Ce qui changerait" in html
    room.refresh_from_db()
    assert room.title == "Bureau", "reading changes nothing"
    address = reverse("offer_version", args=[brest.slug, room.uuid, record.history_id])
    assert desk.post(address).status_code == 302
    room.refresh_from_db()
    assert room.title == record.title
    assert room.is_published
    assert room.is_stale
    history = page(desk, "offer_history", room)
    assert "a repris la version du" in history
    assert "L’annonce dit déjà exactement cela" in page(desk, "offer_version", room, record.history_id)


def test_a_published_listing_never_comes_back_to_half_a_version(desk, brest, bob, room):
    rewrite(room, bob, text="", provides="")
    half = room.history.latest("history_id")
    rewrite(room, bob, text=LONG)
    assert "ne dit pas tout" in page(desk, "offer_version", room, half.history_id)
    desk.post(reverse("offer_version", args=[brest.slug, room.uuid, half.history_id]))
    room.refresh_from_db()
    assert room.text == LONG


def test_a_version_of_another_listing_is_out_of_reach(desk, brest, room):
    other = make_offer(brest, title="Autre")
    address = reverse("offer_version", args=[brest.slug, room.uuid, other.history.latest("history_id").history_id])
    assert desk.post(address).status_code == 404


def test_a_reader_is_not_offered_to_come_back(officers, room, bob):
    rewrite(room, bob, text=LONG)
    assert "Revenir à cette version" not in page(signed_in(officers["reader"]), "offer_history", room)


def test_a_listing_is_copied_once_by_a_double_click(desk, brest, room):
    data = {"form_key": str(uuid4())}
    for _click in range(2):
        response = desk.post(reverse("offer_copy", args=[brest.slug, room.uuid]), data)
    copied = Offer.objects.exclude(pk=room.pk).get()
    assert response.url == reverse("offer_edit", args=[brest.slug, copied.uuid])
    assert (copied.title, copied.status) == (f"Copie de {room.title}", "draft")
    assert "Copier" in page(desk, "offer_desk", room)


def test_a_need_is_copied_and_comes_back_too(collective_people, bricoleuses, repair):
    client = signed_in(collective_people["owner"])
    client.post(reverse("need_copy", args=[bricoleuses.slug, repair.uuid]))
    assert Need.objects.filter(title__startswith="Copie de").count() == 1
    record = repair.history.latest("history_id").history_id
    assert "L’annonce dit déjà" in page(client, "need_version", repair, record)


# Several at once


@pytest.fixture
def many(brest, bob):
    return [make_offer(brest, person=bob, title=f"Salle {number:02}") for number in range(25)]


def several(brest):
    return reverse("desk_several", args=[brest.slug])


def test_several_are_named_then_closed(desk, brest, many):
    ticked = [str(offer.uuid) for offer in many[:3]]
    html = desk.get(several(brest), {"listing": ticked, "action": "close"}).content.decode()
    assert "Clore 3 annonces" in html
    assert all(offer.title in html for offer in many[:3])
    assert not Offer.objects.filter(status="closed").exists()
    response = desk.post(several(brest), {"listing": ticked, "action": "close"}, follow=True)
    assert "3 annonces sont closes" in response.content.decode()
    assert Offer.objects.filter(status="closed").count() == 3
    assert many[0].history.latest("history_id").status == "closed"


def test_all_of_a_filtered_list_are_paused(desk, brest, many):
    make_offer(brest, title="Archives")
    html = desk.get(several(brest), {"all": "1", "q": "salle", "action": "pause"}).content.decode()
    assert "Mettre 25 annonces en pause" in html
    listed = [str(offer.uuid) for offer in many]
    desk.post(several(brest), {"listing": listed, "action": "pause"})
    assert Offer.objects.filter(status="paused").count() == 25
    assert Offer.objects.get(title="Archives").is_published


def test_what_belongs_to_others_stays(desk, brest, territories, officers):
    from matching.organisations.services import authority_of

    theirs = make_offer(authority_of(territory=territories["commune", "59512"]))
    response = desk.post(several(brest), {"listing": [str(theirs.uuid), "x", ""], "action": "close"}, follow=True)
    assert "Cochez au moins une annonce" in response.content.decode()
    theirs.refresh_from_db()
    assert theirs.is_published


def test_an_unknown_action_does_nothing(desk, brest, many):
    assert desk.post(several(brest), {"all": "1", "action": "delete"}).status_code == 404
    assert Offer.objects.filter(status="published").count() == 25


def test_the_list_is_filtered_and_paged(desk, brest, many):
    make_offer(brest, title="Archives", published=False)
    address = reverse("desk_of", args=[brest.slug])
    rows = "row__title"
    assert desk.get(address).content.decode().count('class="pick"') == 20
    html = desk.get(address, {"q": "archi"}).content.decode()
    assert html.count('class="pick"') == 1
    assert html.count('class="pick"') == desk.get(address, {"status": "draft"}).content.decode().count('class="pick"')
    assert "Aucune annonce ne répond à ce filtre" in desk.get(address, {"q": "zzz"}).content.decode()
    assert desk.get(address, {"status": "licorne"}).status_code == 200
    assert rows in html


def test_five_hundred_listings_cost_as_much_as_ten(
    desk, brest, bricoleuses, many, django_assert_max_num_queries, django_assert_num_queries
):
    address = reverse("desk_of", args=[brest.slug])
    need = matched(make_need(bricoleuses))
    suggest(many[0], need)
    desk.get(address)
    with django_assert_max_num_queries(30) as few:
        desk.get(address)
    Offer.objects.bulk_create(
        Offer(organisation=brest, title=f"Local {number}", status="published", version=1, matched_version=1)
        for number in range(475)
    )
    with django_assert_num_queries(len(few)):
        html = desk.get(address, {"page": 2}).content.decode()
    assert "Page 2 sur 25" in html
