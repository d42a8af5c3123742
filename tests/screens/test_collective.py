"""The desk of a collective: who enters, saying a need, what was typed on the home page."""

from uuid import uuid4

import pytest
from django.urls import reverse

from matching.catalogue.models import Need, Offer, Status
from matching.organisations.models import Organisation
from matching.suggestions.models import State
from tests.factories import make_need, make_offer
from tests.screens.conftest import matched, signed_in, suggest

WRITERS = ("owner", "member")
READERS = ("owner", "member", "reader")
EVERYBODY = ("owner", "member", "reader", "pending", "other", "stranger", "staff", "nobody")


def typed(**changes):
    """What a collective types to say a need."""
    return {
        "form_key": str(uuid4()),
        "title": "Une salle le mardi soir",
        "text": "Nous distribuons des paniers et cherchons une salle.",
        "territory": "Brest (Finistère)",
        "kinds": ["place"],
        "capacity": "35",
        "contribution": "Des paniers solidaires pour cinq foyers.",
        "action": "publish",
        **changes,
    }


def addresses(organisation, need):
    at = [organisation.slug, need.uuid]
    return {
        "desk_of": (reverse("desk_of", args=[organisation.slug]), (*READERS, "pending")),
        "need_new": (reverse("need_new", args=[organisation.slug]), (*WRITERS, "pending")),
        "need_desk": (reverse("need_desk", args=at), READERS),
        "need_edit": (reverse("need_edit", args=at), WRITERS),
        "need_history": (reverse("need_history", args=at), READERS),
    }


@pytest.mark.parametrize("name", ["desk_of", "need_new", "need_desk", "need_edit", "need_history"])
def test_who_opens_which_page(collective_people, bricoleuses, repair, name):
    address, allowed = addresses(bricoleuses, repair)[name]
    expected = {who: 200 if who in allowed else 404 for who in EVERYBODY} | {"nobody": 302}
    assert {who: signed_in(collective_people[who]).get(address).status_code for who in EVERYBODY} == expected


@pytest.mark.parametrize("who", EVERYBODY)
def test_who_changes_the_state(collective_people, bricoleuses, repair, who):
    address = reverse("need_status", args=[bricoleuses.slug, repair.uuid])
    response = signed_in(collective_people[who]).post(address, {"action": "close"})
    repair.refresh_from_db()
    assert (repair.status == Status.CLOSED) == (who in WRITERS)
    assert response.status_code == (302 if who in (*WRITERS, "nobody") else 404)


def test_a_collective_does_not_share_and_an_authority_has_no_need(collective_people, bricoleuses, brest):
    assert (
        signed_in(collective_people["owner"]).get(reverse("offer_choose", args=[bricoleuses.slug])).status_code == 404
    )
    assert signed_in(collective_people["other"]).get(reverse("need_new", args=[brest.slug])).status_code == 404


# Saying a need


def test_a_need_is_published_in_one_page(collective_people, bricoleuses):
    client = signed_in(collective_people["member"])
    data = typed(amount_min="500", amount_max="1 500,50", rights=["withdrawal"], data_subject="Plans")
    response = client.post(reverse("need_new", args=[bricoleuses.slug]), data)
    need = Need.objects.get()
    assert response.url == reverse("need_desk", args=[bricoleuses.slug, need.uuid])
    assert (need.status, need.kinds, need.capacity) == (Status.PUBLISHED, ["place"], 35)
    assert (need.amount_min, need.amount_max, need.rights) == (50000, 150050, ["withdrawal"])
    assert need.contribution == "Des paniers solidaires pour cinq foyers."


def test_no_kind_is_an_answer(collective_people, bricoleuses):
    client = signed_in(collective_people["owner"])
    assert client.post(reverse("need_new", args=[bricoleuses.slug]), typed(kinds=[])).status_code == 302
    assert Need.objects.get().kinds == []


def test_the_contribution_is_required_to_publish_and_not_to_draft(collective_people, bricoleuses):
    client = signed_in(collective_people["owner"])
    address = reverse("need_new", args=[bricoleuses.slug])
    refused = client.post(address, typed(contribution=" "))
    assert "Dites ce que vous apportez" in refused.content.decode()
    assert not Need.objects.exists()
    assert client.post(address, typed(contribution="", action="draft")).status_code == 302
    assert Need.objects.get().status == Status.DRAFT


def test_an_imported_need_without_contribution_asks_for_it_before_it_is_published_again(collective_people, bricoleuses):
    need = make_need(bricoleuses, contribution="")
    Need.objects.filter(pk=need.pk).update(status=Status.PAUSED)
    response = signed_in(collective_people["owner"]).post(
        reverse("need_status", args=[bricoleuses.slug, need.uuid]), {"action": "publish"}
    )
    assert response.url.startswith(reverse("need_edit", args=[bricoleuses.slug, need.uuid]))


def test_sent_twice_it_is_written_once(collective_people, bricoleuses):
    client, data = signed_in(collective_people["owner"]), typed()
    for _click in range(2):
        client.post(reverse("need_new", args=[bricoleuses.slug]), data)
    assert Need.objects.count() == 1


BAD = {
    "title": ("x" * 161, "161 signes"),
    "text": ("y" * 100_000, "signes"),
    "territory": ("Atlantide", "Nous ne connaissons pas"),
    "kinds": (["licorne"], "licorne"),
    "capacity": ("-4", "négatif"),
    "amount_min": ("-1", "négatif"),
    "amount_max": ("1e999", "Écrivez un montant"),
    "ends": ("2026-02-31", "n’existe pas"),
    "rights": (["alienation"], "alienation"),
    "contribution": ("\x00", "Dites ce que vous apportez"),
}


@pytest.mark.parametrize("name", BAD)
def test_bad_input_is_said_and_nothing_typed_is_lost(collective_people, bricoleuses, name):
    value, sentence = BAD[name]
    data = typed(**{"why": "Pour nos voisins", name: value})
    response = signed_in(collective_people["owner"]).post(reverse("need_new", args=[bricoleuses.slug]), data)
    html = response.content.decode()
    assert response.status_code == 200
    assert not Need.objects.exists()
    assert sentence in html
    assert "Pour nos voisins" in html
    if isinstance(value, str) and value != "\x00":
        assert value in html


def test_homonyms_come_back_as_a_choice(collective_people, bricoleuses):
    client = signed_in(collective_people["owner"])
    address = reverse("need_new", args=[bricoleuses.slug])
    html = client.post(address, typed(territory="saint")).content.decode()
    assert 'type="radio"' in html
    assert not Need.objects.exists()


# From the home page


def carry(client, text="Nous cherchons une salle pour 40 personnes. Le mardi si possible."):
    response = client.post(
        "/trouver/publier/", {"text": text, "territory": "Brest (Finistère)", "people": "40", "kinds": ["place"]}
    )
    assert response.url == reverse("publish_need")
    return response


def test_a_stranger_signs_in_and_finds_their_words_again(client, alice, bricoleuses):
    assert "est gardé" not in client.get(reverse("account_signup")).content.decode()
    carry(client)
    asked = client.get(reverse("publish_need"))
    assert asked.url.startswith(reverse("account_login"))
    for door in (asked.url, reverse("account_signup")):
        assert "Ce que vous avez écrit est gardé" in client.get(door).content.decode()
    signed = client.post(
        asked.url, {"login": alice.email, "password": "motdepasse-long", "next": reverse("publish_need")}
    )
    assert signed.url == reverse("publish_need")
    page = client.get(reverse("publish_need"), follow=True)
    html = page.content.decode()
    assert page.redirect_chain[-1][0] == reverse("need_new", args=[bricoleuses.slug])
    assert "Nous cherchons une salle pour 40 personnes. Le mardi si possible." in html
    assert 'value="Nous cherchons une salle pour 40 personnes"' in html
    assert 'value="40"' in html
    # What fits is asked at once: the words are there already.
    assert "change from:#annonce delay:300ms, load" in html
    assert 'value="Brest (Finistère)"' in html


def test_without_a_collective_one_is_founded_first(client, charlie, territories):
    carry(client)
    client.force_login(charlie)
    assert client.get(reverse("desk")).url == reverse("publish_need")
    assert client.get(reverse("publish_need")).url == reverse("collective_new")
    page = client.get(reverse("collective_new")).content.decode()
    assert "Votre besoin est gardé" in page
    founded = client.post(
        reverse("collective_new"), {"name": "Les Jardins", "legal_form": "informal", "territory": "Brest (Finistère)"}
    )
    assert founded.url == reverse("publish_need")
    collective = Organisation.objects.collectives().get()
    html = client.get(founded.url, follow=True).content.decode()
    assert "Nous cherchons une salle pour 40 personnes" in html
    client.post(reverse("need_new", args=[collective.slug]), typed())
    assert client.get(reverse("desk")).url == reverse("desk_of", args=[collective.slug])


def test_very_long_words_make_a_short_title(client, alice, bricoleuses):
    client.force_login(alice)
    carry(client, text="mot " * 1000)
    html = client.get(reverse("need_new", args=[bricoleuses.slug])).content.decode()
    assert "mot mot mot" in html


# Suggestions


def test_offers_show_their_reasons_in_the_words_of_the_need(collective_people, bricoleuses, repair, pair):
    html = (
        signed_in(collective_people["owner"])
        .get(reverse("need_desk", args=[bricoleuses.slug, repair.uuid]))
        .content.decode()
    )
    assert "Salle Watt" in html
    assert "Mots en commun" in html
    pair.refresh_from_db()
    assert (pair.need_state, pair.offer_state) == (State.SEEN, State.NEW)


def test_the_other_sides_paused_offer_is_not_proposed_on_the_desk(collective_people, bricoleuses, room, repair, pair):
    Need.objects.filter(pk=repair.pk).update(status=Status.PAUSED)
    html = signed_in(collective_people["owner"]).get(reverse("desk_of", args=[bricoleuses.slug])).content.decode()
    assert "Offres qui peuvent vous convenir" not in html


def test_the_number_of_queries_does_not_grow(
    collective_people, bricoleuses, brest, repair, pair, django_assert_max_num_queries
):
    client = signed_in(collective_people["reader"])
    addresses = [
        reverse("desk_of", args=[bricoleuses.slug]),
        reverse("need_desk", args=[bricoleuses.slug, repair.uuid]),
        reverse("need_history", args=[bricoleuses.slug, repair.uuid]),
    ]

    def counts():
        found = []
        for address in addresses:
            with django_assert_max_num_queries(200) as counted:
                assert client.get(address).status_code == 200
            found.append(len(counted))
        return found

    client.get(addresses[0])
    few = counts()
    for number in range(30):
        matched(make_need(bricoleuses, title=f"Besoin {number}"))
        suggest(make_offer(brest, title=f"Salle {number}"), repair)
        repair.title = f"Salle, version {number}"
        repair.save()
    assert counts() == few
    assert Offer.objects.count() == 31
