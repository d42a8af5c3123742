"""What people read of the matcher: why, which version, what is missing, and how to do without. Never a number."""

import re
from pathlib import Path

import pytest
from django.conf import settings as configured
from django.core.cache import caches
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import override

from matching.catalogue.models import Need, Offer
from matching.organisations.models import Organisation
from matching.suggestions.ladder import use
from matching.suggestions.models import Impression, Suggestion, TrainedModel
from tests.factories import make_need, make_offer
from tests.screens.conftest import join, matched, signed_in, suggest

pytestmark = pytest.mark.django_db

REFUSAL = {
    "gate": "capacity",
    "code": "refused.capacity",
    "params": {"capacity": "20", "asked": "40"},
    "mend": {"code": "mend.capacity.need", "params": {"capacity": "20"}},
}


def said(response):
    """The words of a page, spaces made plain."""
    assert response.status_code == 200
    words = re.sub(r"<[^>]*>", " ", response.content.decode())
    return " ".join(words.split()).replace("\u00a0", " ")


def desk_of(listing):
    kind = "offer" if isinstance(listing, Offer) else "need"
    return reverse(f"{kind}_desk", args=[listing.organisation.slug, listing.uuid])


# Why


def test_every_suggestion_says_why_what_was_read_and_by_which_version(pair, alice):
    Suggestion.objects.update(matcher_version="1.7/20261120T031500-ab12cd+20261121T040000-ef34ab")
    Suggestion.objects.update(parts={"words": 0.4, "fragments": 0.1, "territory": 0.2, "dates": 0.0})
    page = said(signed_in(alice).get(desk_of(pair.need)))
    assert "Pourquoi cette suggestion ?" in page
    assert "Lu : les mots des deux annonces, leurs territoires, d’après la géographie officielle." in page
    assert "les dates" not in page.split("Lu :")[1].split("Rien d’autre")[0]
    day = timezone.localtime(pair.computed_at).strftime("%Y, %H:%M")
    assert f"{day} : moteur 1.7, statistiques 20261120T031500-ab12cd, modèle appris 20261121T040000-ef34ab" in page


def test_a_search_says_why_too(client, brest):
    make_offer(brest)
    page = said(client.get(reverse("public:find"), {"text": "Une salle pour réparer des objets"}))
    assert "Pourquoi cette suggestion ?" in page
    assert "Calculé à l’instant : moteur" in page


@pytest.mark.parametrize("place", ["footer", "search", "desk", "card"])
def test_the_public_page_is_one_click_away(client, pair, alice, brest, place):
    address = reverse("public:method")
    if place == "footer":
        html = client.get("/offres/").content.decode().split("<footer")[1]
    elif place == "search":
        html = client.get(reverse("public:find"), {"text": "Une salle pour réparer"}).content.decode()
        html = html.split('id="resultats"')[1].split("<article")[0]
    else:
        html = signed_in(alice).get(desk_of(pair.need)).content.decode()
        html = html.split('id="rapprochements-liste"')[1]
        html = html.split("<article")[0] if place == "desk" else html.split("<article")[1].split("</article")[0]
    assert f'href="{address}"' in html


def test_the_officer_reads_that_nobody_is_excluded(pair, bob):
    client = signed_in(bob)
    for address in (desk_of(pair.offer), reverse("desk_of", args=[pair.offer.organisation.slug])):
        page = said(client.get(address))
        assert "Cette liste n’exclut personne. Une candidature non suggérée a les mêmes chances." in page


def test_no_number_of_the_matcher_is_on_any_screen(pair, alice, bob, client):
    Suggestion.objects.update(score=0.7391, propensity=0.8642, parts={"words": 0.5173, "territory": 0.2218})
    pages = [
        signed_in(person).get(address)
        for person, listing in ((alice, pair.need), (bob, pair.offer))
        for address in (
            desk_of(listing),
            reverse("desk_of", args=[listing.organisation.slug]),
            reverse("thread", args=[pair.uuid]),
            reverse("suggestion_dismiss", args=[pair.uuid]),
        )
    ]
    for page in pages:
        assert re.search(f"{pair.offer.title}|{pair.need.title}", page.content.decode())
        assert not re.search(r"0[.,](73|86|51|22)|7[34]\s*%|8[67]\s*%", page.content.decode())


def test_no_template_reads_a_score():
    folders = [Path(configured.BASE_DIR) / name for name in ("matching", "pcc", "cms")]
    found = [path for folder in folders for path in folder.rglob("templates/**/*.html")]
    assert len(found) > 60
    number = re.compile(r"{[{%][^}]*(\.score\b|propensity|\.parts\b(?!\|data_read))")
    assert [path.name for path in found if number.search(path.read_text(encoding="utf-8"))] == []


# What is missing


def test_near_misses_stand_apart_with_what_would_change_the_answer(repair, brest, alice):
    make_offer(brest, title="La petite salle")
    small = Offer.objects.get()
    Need.objects.update(near_misses=[{"id": small.pk, "refused_by": [REFUSAL]}])
    html = signed_in(alice).get(desk_of(repair)).content.decode()
    page = " ".join(re.sub(r"<[^>]*>", " ", html).split()).replace("\u00a0", " ")
    assert "Offres proches : ce qui manque" in page
    assert "Ce qui changerait la réponse : Accepter 20 personnes" in page
    assert "<article" not in html.split('id="rapprochements-liste"')[1]


def test_a_near_miss_that_opted_out_is_not_shown(repair, brest, alice):
    make_offer(brest, title="La petite salle")
    Need.objects.update(near_misses=[{"id": Offer.objects.get().pk, "refused_by": [REFUSAL]}])
    Offer.objects.update(wants_suggestions=False)
    assert "La petite salle" not in signed_in(alice).get(desk_of(repair)).content.decode()


def test_a_search_tells_what_is_missing(client, brest):
    make_offer(brest)
    page = said(client.get(reverse("public:find"), {"text": "Une salle pour réparer des objets", "people": "400"}))
    assert "Presque : ce qui manque" in page
    assert "Ce qui changerait la réponse : Accepter 60 personnes" in page


# What was shown


def test_a_desk_and_a_listing_note_what_they_showed(room, repair, bricoleuses, brest, alice):
    rows = [suggest(make_offer(brest, title=f"Salle {n}"), repair, score=1 - n / 10) for n in range(4)]
    client = signed_in(alice)
    client.get(reverse("desk_of", args=[bricoleuses.slug]))
    shown = Impression.objects.order_by("rank").values_list("side", "rank", "offer")
    assert list(shown) == [("need", rank, row.offer_id) for rank, row in enumerate(rows[:3], 1)]
    for _again in range(2):
        client.get(desk_of(repair))
    assert Impression.objects.filter(side="need").count() == 4
    assert not Impression.objects.filter(side="offer").exists()


def test_the_second_page_goes_on_counting(repair, brest, alice):
    for number in range(21):
        suggest(make_offer(brest, title=f"Salle {number}"), repair, score=1 - number / 100)
    signed_in(alice).get(desk_of(repair), {"page": 2})
    assert list(Impression.objects.values_list("rank", flat=True)) == [21]


@pytest.mark.parametrize("count", [1, 12])
def test_a_listing_costs_the_same_whatever_it_shows(repair, brest, alice, django_assert_max_num_queries, count):
    for number in range(count):
        suggest(make_offer(brest, title=f"Salle {number}"), repair)
    client = signed_in(alice)
    client.get(desk_of(repair))
    with django_assert_max_num_queries(26):
        client.get(desk_of(repair))


# Doing without


def address_of(organisation):
    return reverse("suggestion_settings", args=[organisation.slug])


def test_one_switch_for_all_and_one_for_each(pair, alice, bricoleuses):
    client = signed_in(alice)
    page = said(client.get(address_of(bricoleuses)))
    assert "Vous recevez des suggestions" in page and "peut être suggérée" in page
    page = said(client.post(address_of(bricoleuses), {"wanted": "no"}, follow=True))
    assert "Vous ne recevez plus de suggestions" in page and "Alice a arrêté les suggestions" in page
    assert not Suggestion.objects.exists()
    assert "Recevoir de nouveau des suggestions" in said(client.get(desk_of(pair.need)))
    page = said(client.post(address_of(bricoleuses), {"wanted": "yes"}, follow=True))
    assert "a demandé de nouveau des suggestions" in page
    client.post(address_of(bricoleuses), {"wanted": "no", "listing": pair.need.uuid})
    assert not Need.objects.get().wants_suggestions
    assert Organisation.objects.get(pk=bricoleuses.pk).wants_suggestions
    page = said(client.get(desk_of(pair.need)))
    assert "Cette annonce n’est suggérée à personne" in page and "en cours" not in page
    history = said(client.get(reverse("need_history", args=[bricoleuses.slug, pair.need.uuid])))
    assert "Rapprochements : oui → non" in history


@pytest.mark.parametrize("listing", ["theirs", "nonsense", "00000000-0000-0000-0000-000000000000"])
def test_another_s_listing_does_not_exist_here(pair, alice, bricoleuses, listing):
    uuid = pair.offer.uuid if listing == "theirs" else listing
    response = signed_in(alice).post(address_of(bricoleuses), {"wanted": "no", "listing": uuid})
    assert response.status_code == 404
    assert Offer.objects.get().wants_suggestions


def test_a_reader_reads_and_does_not_switch(collective_people, bricoleuses):
    client = signed_in(collective_people["reader"])
    assert "<button class=" not in client.get(address_of(bricoleuses)).content.decode().split("<main")[1]
    assert client.post(address_of(bricoleuses), {"wanted": "no"}).status_code == 403


def test_the_desk_leads_there_and_says_what_is_off(pair, alice, bricoleuses):
    Need.objects.update(wants_suggestions=False, matched_version=0)
    Suggestion.objects.all().delete()
    page = signed_in(alice).get(reverse("desk_of", args=[bricoleuses.slug])).content.decode()
    assert address_of(bricoleuses) in page
    assert "sans rapprochements, à votre demande" in page


# The public page


def model(**fields):
    fields = {
        "version": "20261121T040000-ef34ab",
        "folder": "x",
        "engine_version": "1",
        "rung": "drawn",
        "decisions": 1234,
        "verdict": "promoted",
        "reasons": [{"code": "of an older engine", "params": {}, "sentence": "Meilleur sur 31 besoins."}],
        "metrics": {"metrics": {"by_territory": {"rural": {"champion": 0.5, "candidate": 0.625, "needs": 40}}}},
        **fields,
    }
    return TrainedModel.objects.create(**fields)


def test_the_page_reads_what_is_deployed(client, pair):
    from matching.engine import ENGINE_VERSION
    from matching.engine.gates import GATES
    from matching.engine.weights import most_each_part_adds
    from matching.screens.disclosure import GATES as TOLD_GATES
    from matching.screens.disclosure import PARTS

    page = said(client.get(reverse("public:method")))
    assert f"moteur {ENGINE_VERSION}, avec la règle écrite à la main" in page
    assert set(GATES) == set(TOLD_GATES)
    for name, most in most_each_part_adds().items():
        manner = str(PARTS[name][1]).replace("\u00a0", " ")
        assert f"{manner} {most:.3f}".replace(".", ",") in page.replace(".", ","), name
    assert "Le lieu reçoit … personnes, pour … attendues. Accepter … personnes, ou venir en plusieurs groupes." in page
    assert "Il n’y a pas encore assez de réponses" in page
    assert "Aucun modèle n’a encore été appris" in page
    assert "1 suggestion en cours" in page


def test_the_page_tells_the_models_and_why(client, db, monkeypatch):
    monkeypatch.setattr("matching.suggestions.ladder.load", lambda model: None)
    model(
        version="refused-one",
        verdict="refused",
        reasons=[{"code": "refused.territory.rural", "params": {"loss": 0.03}}],
    )
    model()
    use(version="20261121T040000-ef34ab")
    page = said(client.get(reverse("public:method")))
    assert "Campagnes 40 0,500 0,625" in page
    assert "1 234 mis en service (en service) Meilleur sur 31 besoins." in page.replace("\u202f", " ")
    assert "refusé Pour les besoins des communes rurales, la liste serait moins bien rangée : 0,03 de moins" in page
    assert "20261121T040000-ef34ab (choisi par l’équipe du service)" in page


def test_the_learned_weights_are_told_for_both_sides(client, db, monkeypatch):
    class Heads:
        def weights(self):
            return [("wanted", "words", 1.25), ("granted", "words", 0.5), ("wanted", "near", 0.75)]

    monkeypatch.setattr("matching.suggestions.ladder.load", lambda model: model and Heads())
    model()
    use(version="20261121T040000-ef34ab")
    page = said(client.get(reverse("public:method")))
    assert "Les mots en commun 1,250 0,500" in page
    assert "Une grande proximité 0,750 –" in page


def test_the_page_names_who_answers(client, db, settings):
    settings.OPERATOR, settings.CONTACT = "Ville de Brest", "algorithmes@brest.example"
    html = client.get(reverse("public:method")).content.decode()
    assert html.count("Ville de Brest") == 2
    assert 'href="mailto:algorithmes@brest.example"' in html
    settings.OPERATOR = settings.CONTACT = ""
    caches["pages"].clear()  # the service starts anew with other settings
    assert "mentions légales" in client.get(reverse("public:method")).content.decode()


def test_the_page_costs_the_same_whatever_is_known(client, pair, alice, django_assert_max_num_queries):
    for number in range(5):
        model(version=f"v{number}", folder="")
    client.get(reverse("public:method"))
    with django_assert_max_num_queries(8):
        client.get(reverse("public:method"))


def test_the_page_has_its_english(client, db):
    with override("en"):
        address = reverse("public:method")
    assert client.get(address).status_code == 200


def test_other_desks_are_not_counted_in(pair, brest, bob, charlie, room):
    """Somebody who belongs nowhere notes nothing by looking around in public."""
    join(charlie, brest, "reader", confirmed=False)
    signed_in(charlie).get(reverse("public:offer", args=[room.uuid, room.slug]))
    make_need(pair.need.organisation, title="Autre")
    matched(room)
    assert not Impression.objects.exists()
