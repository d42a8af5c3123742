"""What anybody may read: the search, the lists, the pages. Strangers see what is published, nothing else."""

from datetime import date, timedelta

import pytest
from django.core.cache import caches
from django.urls import reverse
from django.utils.timezone import localdate

from matching.catalogue.models import Resource, Theme
from matching.catalogue.services import ResourceFacts, close, pause
from matching.organisations.services import create_collective
from matching.screens.carried import carried_need
from matching.screens.templatetags.ui import unbroken
from tests.factories import make_need, make_offer

FIND = "/trouver/"
REPAIR = "Nous cherchons une salle avec cuisine pour des ateliers de réparation"


@pytest.fixture
def theme(db):
    parent = Theme.objects.create(slug="numerique", name_fr="Numérique", name_en="Digital", position=1)
    return Theme.objects.create(
        slug="numerique/mediation",
        parent=parent,
        name_fr="Médiation numérique",
        name_en="Mediation",
        position=2,
    )


def page(client, path, **parameters):
    response = client.get(path, parameters)
    assert response.status_code == 200
    return response.content.decode()


# The search


def test_the_question_waits_for_an_answer(client, db):
    html = page(client, FIND)
    assert "De quoi votre collectif a-t-il besoin" in html
    assert "à corriger" not in html
    assert '<h1>De quoi votre collectif <span class="nowrap">a-t-il</span> besoin' in html


@pytest.mark.parametrize(
    ("title", "shown"),
    [
        ("Mon adresse e-mail", 'Mon adresse <span class="nowrap">e-mail</span>'),
        ("Moins d’e-mails", 'Moins <span class="nowrap">d’e-mails</span>'),
        ("Un rendez-vous <b>", "Un rendez-vous &lt;b&gt;"),
        ("a-" + 30 * "b", "a-" + 30 * "b"),
    ],
)
def test_a_title_does_not_break_beside_a_letter_alone(title, shown):
    assert unbroken(title) == shown


def test_a_search_moves_to_an_address_that_can_be_shared(client, brest):
    response = client.post(FIND, {"text": REPAIR, "territory": "brest", "people": "40"})
    assert response.status_code == 302
    assert response.url.startswith("/trouver/?text=")
    assert "territory_place=commune-29019" in response.url
    # On a small screen the form is three screens high: the answer is shown, not the form again.
    assert response.url.endswith("#trouve")
    assert 'id="trouve"' in client.get(response.url).content.decode()


def test_a_passer_by_sees_the_offers_that_fit_and_why(client, brest):
    offer = make_offer(brest)
    records = ResourceFacts(kind="data", subkind="archive")
    make_offer(brest, title="Archives du port", text="Registres.", provides="Les registres.", resource=records)
    html = page(client, FIND, text=REPAIR, territory="29200", people="40")
    assert "1 offre qui peut convenir" in html
    assert reverse("public:offer", args=[offer.uuid, offer.slug]) in html
    assert 'class="own-word">' in html
    assert "Archives du port" not in html
    assert "%" not in html.split("resultats", 1)[1].split("</section>")[0]


def test_nothing_fits_is_an_answer_with_what_to_do_next(client, brest):
    make_offer(brest)
    html = page(client, FIND, text="accordéon diatonique", territory="Brest")
    assert "Aucune offre publiée ne répond encore à ce besoin" in html
    assert "Publier ce besoin" in html


def test_near_misses_say_what_is_missing_and_what_would_mend_it(client, brest):
    make_offer(brest, title="Petite salle", resource=ResourceFacts(kind="place", capacity=12))
    html = page(client, FIND, text=REPAIR, territory="Brest", people="80")
    assert "Presque" in html
    assert "Petite salle" in html
    assert "12" in html.split("presque", 1)[1]


def test_a_text_of_a_hundred_thousand_signs_is_refused_in_words_and_kept(client, db):
    text = "réparer " * 12_500
    response = client.post(FIND, {"text": text})
    html = response.content.decode()
    assert response.status_code == 200
    assert "Raccourcissez-le" in html
    assert text[:5_000] in html


def test_a_long_need_is_answered_without_an_address_to_share(client, brest):
    make_offer(brest)
    response = client.post(FIND, {"text": f"{REPAIR}. " * 60, "territory": "Brest"})
    assert response.status_code == 200
    assert "1 offre qui peut convenir" in response.content.decode()


@pytest.mark.parametrize("text", ["salle", "\x00salle\x00", "𝖘𝖆𝖑𝖑𝖊 🏠 \u202e\u0301", "?!…", "<b>salle</b>"])
def test_odd_texts_get_a_page(client, brest, text):
    make_offer(brest)
    assert "<b>salle</b>" not in page(client, FIND, text=text)


@pytest.mark.parametrize("people", ["-4", "beaucoup", "9" * 40, "1e999"])
def test_an_impossible_number_is_said_and_kept(client, db, people):
    html = page(client, FIND, text=REPAIR, people=people)
    assert 'id="id_people_error"' in html
    assert f'value="{people}"' in html


def test_an_unknown_territory_is_said_and_kept(client, territories):
    html = page(client, FIND, text=REPAIR, territory="Trifouilly")
    assert "Nous ne connaissons pas" in html
    assert 'value="Trifouilly"' in html
    assert REPAIR in html


def test_homonyms_come_back_as_a_choice(client, territories):
    html = page(client, FIND, text=REPAIR, territory="Saint-Denis")
    assert "Choisissez le vôtre" in html
    assert 'type="radio" name="territory_place" value="commune-97411"' in html
    assert "Saint-Denis (Seine-Saint-Denis)" in html
    chosen = page(client, FIND, text=REPAIR, territory="Saint-Denis", territory_place="commune-97411")
    assert "Choisissez le vôtre" not in chosen


def test_a_commune_that_is_its_own_departement_asks_nothing(client, territories):
    assert "Choisissez le vôtre" not in page(client, FIND, text=REPAIR, territory="Paris")


def test_a_place_picked_before_the_text_was_changed_counts_no_more(client, territories):
    html = page(client, FIND, text=REPAIR, territory="Roubaix", territory_place="commune-29019")
    assert 'value="commune-59512"' in html


def test_the_typed_need_is_carried_to_the_form_that_publishes_it(client, territories):
    response = client.post(
        "/trouver/publier/", {"text": REPAIR, "territory": "Brest", "people": "40", "kinds": ["place"]}
    )
    assert response.status_code == 302
    assert response.url == reverse("publish_need")
    request = response.wsgi_request
    assert carried_need(request) == {
        "text": REPAIR,
        "territory": "commune-29019",
        "people": 40,
        "amount_max": 0,
        "kinds": ["place"],
    }


def test_the_counts_by_kind_agree_with_the_list_or_say_why(client, brest):
    make_offer(brest)
    assert "en tout" not in page(client, FIND)
    both = make_offer(brest, title="Salle et registres")
    Resource.objects.create(offer=both, kind="data", subkind="archive")
    html = page(client, FIND)
    assert "2 lieux" in html and "1 offre de données" in html
    assert "2 offres en tout" in html
    assert "2 offres</h2>" in page(client, "/offres/")


# What the sentence says of where, how many, how much


def test_a_place_in_the_sentence_is_read_and_said(client, brest):
    make_offer(brest)
    html = page(client, FIND, text=f"{REPAIR} à Brest, pour 40 personnes")
    assert "Nous avons compris" in html
    assert "<strong>Lieu · Brest (Finistère) · 40 personnes</strong>" in html
    assert 'href="#id_territory"' in html
    assert "Vous n’avez pas dit où" not in html
    assert "1 offre qui peut convenir" in html


def test_what_the_sentence_says_counts(client, brest):
    make_offer(brest)
    assert "1 offre qui peut convenir" in page(client, FIND, text=REPAIR)
    assert "Aucune offre publiée" in page(client, FIND, text=f"{REPAIR} dans le Lot")
    assert "Aucune offre publiée" in page(client, FIND, text=f"{REPAIR} pour 400 personnes")


def test_a_chosen_place_or_number_wins_over_the_sentence(client, brest):
    make_offer(brest)
    html = page(
        client, FIND, text=f"{REPAIR} dans le Lot pour 400 personnes", territory="Brest", people="40", kinds="place"
    )
    assert "Nous avons compris" not in html
    assert "1 offre qui peut convenir" in html


def test_a_kind_that_the_sentence_asks_for_counts(client, brest):
    make_offer(brest)
    make_offer(
        brest,
        title="Objets réparés un samedi : une liste",
        text="Les objets que les habitants ont donnés à réparer.",
        resource=ResourceFacts(kind="data"),
    )
    assert "Objets réparés" in page(client, FIND, text="Réparer des objets le samedi")
    html = page(client, FIND, text="Une salle pour réparer des objets le samedi")
    assert "<strong>Lieu</strong>" in html
    assert 'href="#id_kinds_0"' in html and 'id="id_kinds_0"' in html
    assert "1 offre qui peut convenir" in html
    assert "Objets réparés" not in html.split('id="presque"')[0]
    assert "1 offre qui peut convenir" in page(client, FIND, text="Une salle pour réparer des objets", kinds="data")


def test_a_place_is_no_subject(client, brest):
    make_offer(brest)
    make_offer(brest, title="Rues de Brest", text="Les noms des rues de Brest.", resource=ResourceFacts(kind="data"))
    html = page(client, FIND, text="réparer des objets à Brest, le samedi, dans une pièce")
    assert "1 offre qui peut convenir" in html
    assert "«\u00a0Brest\u00a0»" not in html
    # Where nothing else is said, it is all there is.
    html = page(client, FIND, text="à Brest")
    assert "Rues de Brest" in html and "2 offres qui peuvent convenir" in html


@pytest.mark.parametrize("text", ["Un lieu à Brest", "un lieu à brest", "lieu brest"])
def test_a_kind_and_a_place_find_what_is_there(client, brest, text):
    make_offer(brest)
    html = page(client, FIND, text=text)
    assert "<strong>Lieu · Brest (Finistère)</strong>" in html
    assert "1 offre qui peut convenir" in html
    assert "Dites aussi pour quoi faire" in html


def test_the_sentence_may_be_taken_as_it_is(client, brest):
    make_offer(brest)
    text = f"{REPAIR} dans le Lot"
    response = client.post(FIND, {"text": text, "as_is": "1"})
    html = client.get(response.url).content.decode()
    assert "Nous avons compris" not in html
    assert "1 offre qui peut convenir" in html
    # Another sentence is read anew.
    assert 'name="as_is"' not in html.split('class="search-panel', 1)[1].split("</form>")[0]


def test_what_was_understood_goes_to_the_form_that_publishes(client, territories):
    text = f"{REPAIR} à Brest pour 40 personnes et 500 €"
    request = client.post("/trouver/publier/", {"text": text}).wsgi_request
    carried = carried_need(request)
    assert (carried["territory"], carried["people"], carried["amount_max"]) == ("commune-29019", 40, 50_000)
    assert carried["kinds"] == ["place"]
    request = client.post("/trouver/publier/", {"text": text, "as_is": "1"}).wsgi_request
    carried = carried_need(request)
    assert (carried["territory"], carried["people"], carried["amount_max"]) == ("", 0, 0)


# Territories


def test_suggestions_are_a_fragment_for_the_field_that_asks(client, territories):
    html = page(client, "/territoires/", field="territory", id="id_territory", territory="bres")
    assert "<html" not in html
    assert "Brest (Finistère)" in html
    assert "place=commune-29019" in html


def test_a_suggestion_that_is_picked_fills_the_field(client, territories):
    html = page(client, "/territoires/", field="territory", id="id_territory", place="commune-29019")
    assert 'value="Brest (Finistère)"' in html
    assert 'name="territory_place" value="commune-29019"' in html


@pytest.mark.parametrize("field", ['"><script>', "a b", "", "x" * 61])
def test_a_field_name_is_never_trusted(client, territories, field):
    html = page(client, "/territoires/", field=field, id="id_territory", q="brest")
    assert "<html" in html
    assert '"><script>' not in html


def test_without_javascript_territories_have_a_page(client, territories):
    html = page(client, "/territoires/", q="29200")
    assert "Brest (Finistère)" in html
    assert "<h1>" in html


# Lists and filters


def test_offers_are_filtered_by_kind_theme_and_territory(client, brest, theme, territories):
    make_offer(brest, title="Salle en ville", themes=[theme])
    make_offer(brest, title="Photographies du port", resource=ResourceFacts(kind="data", subkind="archive"))
    make_offer(brest, title="Fonds de la région", territory=territories["region", "53"])
    make_offer(brest, title="Salle ailleurs", territory=territories["commune", "59512"])
    assert "Photographies du port" not in page(client, "/offres/", kind="place")
    by_theme = page(client, "/offres/", theme="numerique")
    assert "Salle en ville" in by_theme
    assert "Photographies" not in by_theme
    around = page(client, "/offres/", territory="Finistère (département)")
    assert "Salle en ville" in around
    assert "Fonds de la région" in around
    assert "Salle ailleurs" not in around


def test_offers_are_filtered_by_deadline(client, brest):
    today = localdate()
    make_offer(brest, title="Bientôt clos", closes=today + timedelta(days=10))
    make_offer(brest, title="Clos plus tard", closes=today + timedelta(days=60))
    make_offer(brest, title="Toujours ouvert")
    soon = page(client, "/offres/", within="30")
    assert "Bientôt clos" in soon
    assert "Clos plus tard" not in soon
    assert "Toujours ouvert" not in soon
    assert "Toujours ouvert" in page(client, "/offres/", within="none")


def test_filters_are_removable_one_by_one(client, brest):
    make_offer(brest)
    html = page(client, "/offres/", kind="place", territory="Brest", page="1")
    assert 'href="?kind=place"' in html
    assert 'href="?territory=Brest"' in html


def test_a_filter_that_means_nothing_is_said_and_filters_nothing(client, brest):
    make_offer(brest, title="Salle en ville")
    html = page(client, "/offres/", kind="château", territory="Trifouilly", within="soon", page="abc")
    assert "Salle en ville" in html
    assert "Nous ne connaissons pas" in html


def test_an_empty_list_says_what_to_do_next(client, db):
    assert "Dire notre besoin" in page(client, "/offres/")
    assert "Dire notre besoin" in page(client, "/besoins/")
    assert "Créer un compte" in page(client, "/organisations/")


def test_over_offers_leave_the_list_but_keep_their_page(client, brest):
    offer = make_offer(brest, title="Appel passé", closes=localdate() - timedelta(days=1))
    assert "Appel passé" not in page(client, "/offres/")
    assert "Les dates sont passées" in page(client, f"/offres/{offer.uuid}/{offer.slug}/")


def test_needs_are_filtered_by_what_they_look_for(client, bricoleuses):
    make_need(bricoleuses, title="Une salle le samedi")
    make_need(bricoleuses, title="Des photographies", kinds=["data"])
    html = page(client, "/besoins/", kind="data")
    assert "Des photographies" in html
    assert "Une salle le samedi" not in html


def test_organisations_are_those_that_take_part(client, alice, bricoleuses, brest, territories):
    create_collective(
        person=alice,
        name="Jardin du Pile",
        legal_form="association",
        territory=territories["commune", "59512"],
    )
    html = page(client, "/organisations/")
    assert bricoleuses.name in html
    assert brest.name in html
    assert "Jardin du Pile" in html
    assert "Jardin du Pile" not in page(client, "/organisations/", territory="Brest")
    assert brest.name not in page(client, "/organisations/", side="collective")
    assert bricoleuses.name in page(client, "/organisations/", q="bricoleuses")


@pytest.mark.parametrize("count", [1, 25])
@pytest.mark.parametrize(
    ("path", "queries"),
    [("/offres/", 5), ("/besoins/", 4), ("/organisations/", 3), ("/offres/?kind=place&q=salle", 4)],
)
def test_a_list_costs_the_same_whatever_its_length(
    client, brest, bricoleuses, theme, django_assert_num_queries, path, queries, count
):
    for number in range(count):
        make_offer(brest, title=f"Salle {number}", themes=[theme])
        make_need(bricoleuses, title=f"Besoin {number}", themes=[theme])
    client.get(path)
    for name in ("pages", "parts"):
        caches[name].clear()
    with django_assert_num_queries(queries):
        assert client.get(path).status_code == 200


@pytest.mark.parametrize("count", [1, 10])
def test_a_search_costs_the_same_whatever_it_finds(client, brest, django_assert_max_num_queries, count):
    for number in range(count):
        make_offer(brest, title=f"Salle de réparation {number}")
    page(client, FIND, text=REPAIR)
    with django_assert_max_num_queries(8):
        assert "peut convenir" in page(client, FIND, text=REPAIR) or count > 1


# Pages


def test_an_offer_says_what_one_may_do_and_what_the_authority_gives(client, brest):
    offer = make_offer(brest, legal_forms=["association", "informal"], has_means=False)
    html = page(client, f"/offres/{offer.uuid}/{offer.slug}/")
    assert "entrer et utiliser le lieu" in html
    assert "association et collectif informel" in html
    assert "Sans moyens associés" in html
    assert "60\u00a0personnes" in html or "60 personnes" in html


def test_a_need_of_a_file_admits_what_it_does_not_know(client, bricoleuses):
    need = make_need(bricoleuses, contribution="")
    assert "vient d’un fichier" in page(client, f"/besoins/{need.uuid}/{need.slug}/")


@pytest.mark.parametrize("hide", [pause, close])
def test_what_is_not_published_does_not_exist_for_strangers(client, charlie, bob, alice, brest, bricoleuses, hide):
    offer, need = make_offer(brest), make_need(bricoleuses)
    hide(listing=offer)
    hide(listing=need)
    paths = [f"/offres/{offer.uuid}/{offer.slug}/", f"/besoins/{need.uuid}/{need.slug}/"]
    for stranger in (None, charlie):
        if stranger:
            client.force_login(stranger)
        assert [client.get(path).status_code for path in paths] == [404, 404]
    for member, path in zip((bob, alice), paths, strict=True):
        client.force_login(member)
        assert "Seule votre organisation voit cette page" in page(client, path)


def test_a_draft_is_seen_by_its_own_side_only(client, alice, bob, brest):
    draft = make_offer(brest, published=False, person=bob)
    path = f"/offres/{draft.uuid}/{draft.slug}/"
    client.force_login(alice)
    assert client.get(path).status_code == 404
    client.force_login(bob)
    assert client.get(path).status_code == 200


def test_what_people_wrote_is_never_markup(client, brest):
    evil = "<script>alert(1)</script>"
    offer = make_offer(brest, title=evil, text=f"réparation {evil}", provides=evil)
    for path in ("/offres/", f"/offres/{offer.uuid}/{offer.slug}/", f"{FIND}?text=réparation+script"):
        html = client.get(path).content.decode()
        assert evil not in html
        assert "&lt;script&gt;" in html


def test_an_organisation_shows_what_it_shares(client, brest, bricoleuses):
    make_offer(brest, title="Salle en ville")
    make_offer(brest, title="Brouillon", published=False)
    html = page(client, f"/organisations/{brest.slug}/")
    assert "Salle en ville" in html
    assert "Brouillon" not in html
    assert "n’a pas de besoin ouvert" in page(client, f"/organisations/{bricoleuses.slug}/")
    assert client.get("/organisations/inconnue/").status_code == 404


def test_dates_read_as_in_french(client, brest):
    year = localdate().year + 1
    make_offer(brest, closes=date(year, 3, 1))
    assert f"1er\u00a0mars {year}" in page(client, "/offres/")


def test_the_method_is_told_in_words(client, db):
    html = page(client, "/comment-ca-marche/")
    assert "Il ne décide de rien" in html
    assert "Ce qu’il n’utilise jamais" in html


def test_every_page_has_its_twin_in_english(client, db):
    assert 'href="/en/offres/?kind=place"' in page(client, "/offres/", kind="place")
    assert 'href="/offres/?kind=place"' in page(client, "/en/offres/", kind="place")


def test_an_unknown_page_helps(client, db):
    response = client.get("/offres/nulle-part/")
    assert response.status_code == 404
    assert "Voir toutes les offres" in response.content.decode()


@pytest.mark.parametrize("path", [FIND, "/offres/", "/besoins/", "/organisations/", "/comment-ca-marche/"])
def test_pages_ask_nobody_else(client, db, path):
    response = client.get(path)
    assert "http://" not in response.content.decode().replace("http://testserver", "")
    assert "unsafe" not in response["Content-Security-Policy"]
