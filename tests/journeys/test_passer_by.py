"""A passer-by: no account, a need in their own words, the offers that fit and why; then they publish it."""

import re
from uuid import uuid4

import pytest
from playwright.sync_api import expect

NEED = "Nous réparons des vélos et des objets avec les habitants et cherchons un atelier le samedi."
NONSENSE = "Blorgh zzyx quux, frumious wabe."
WHY = re.compile("Mots en commun|Thème|Même thème")


def ask(visitor, text, where=""):
    """Type a need and a territory in the panel of the page, and ask."""
    visitor.page.get_by_label("Votre besoin").fill(text)
    visitor.page.get_by_label("Où ?").fill(where)
    visitor.press("Voir les offres")


def check_matches(visitor):
    """Offers, each with at least one reason in words, and never a percentage of compatibility."""
    expect(visitor.page.get_by_role("heading", name=re.compile("peu(t|vent) convenir"))).to_be_visible()
    cards = visitor.page.get_by_role("article")
    assert cards.count() > 0
    for card in cards.all():
        expect(card.get_by_role("listitem").filter(has_text=WHY).first).to_be_visible()
    assert not re.search(r"\d\s*%\s*(de )?compatib", visitor.page.get_by_role("main").inner_text())


@pytest.mark.parametrize("width", [320, 360])
@pytest.mark.parametrize("with_javascript", [True, False], ids=["javascript", "no javascript"])
def test_a_passer_by_gets_matches_and_says_which_town(open_window, width, with_javascript):
    visitor = open_window(width, with_javascript=with_javascript)
    visitor.go("/")
    ask(visitor, NEED, "Saint-Denis")
    visitor.sees("Plusieurs territoires peuvent convenir")
    assert visitor.page.get_by_label("Votre besoin").input_value() == NEED
    visitor.page.get_by_label("Saint-Denis (Seine-Saint-Denis)").check()
    visitor.press("Voir les offres")
    check_matches(visitor)
    assert visitor.page.get_by_label("Où ?").input_value() == "Saint-Denis (Seine-Saint-Denis)"
    # The same answer by its address alone.
    visitor.page.reload()
    check_matches(visitor)


def test_a_territory_that_nobody_knows_is_said_and_nothing_typed_is_lost(open_window):
    visitor = open_window(360)
    visitor.go("/")
    ask(visitor, NEED, "Trifouillis-les-Oies")
    visitor.sees("Nous ne connaissons pas « Trifouillis-les-Oies »")
    assert visitor.page.get_by_label("Votre besoin").input_value() == NEED
    ask(visitor, "", "Brest")
    visitor.sees("Écrivez en quelques mots ce que votre collectif cherche.")
    assert visitor.page.get_by_label("Où ?").input_value() == "Brest"


def test_nonsense_gets_an_honest_answer_and_a_way_on(open_window):
    visitor = open_window(360)
    visitor.go("/")
    ask(visitor, NONSENSE)
    visitor.sees("Aucune offre publiée ne répond encore à ce besoin")
    assert visitor.page.get_by_role("article").count() == 0
    expect(visitor.page.get_by_role("button", name="Publier ce besoin")).to_be_visible()


def test_in_english_the_journey_stays_in_english(open_window):
    visitor = open_window(360)
    visitor.go("/en/")
    visitor.page.get_by_label("Your need").fill(NEED)
    visitor.press("See the offers")
    assert visitor.page.locator("html").get_attribute("lang") == "en"
    assert "/en/" in visitor.page.url
    expect(visitor.page.get_by_role("button", name="Publish this need").first).to_be_visible()
    visitor.press(re.compile("^See the offer"), role="link", within=visitor.page.get_by_role("article").first)
    assert "/en/" in visitor.page.url
    expect(visitor.page.get_by_role("heading", level=1)).to_be_visible()


def test_a_passer_by_publishes_their_need(open_window, instance):
    address = f"passante-{uuid4().hex[:8]}@quartier.example"
    password = f"porte-bleue-{uuid4().hex[:8]}"
    visitor = open_window()
    page = visitor.page
    visitor.go("/")
    page.get_by_label("Votre besoin").fill(NEED)
    page.get_by_label("Où ?").press_sequentially("roubai")
    page.get_by_role("button", name="Roubaix (Nord)", exact=True).click()
    expect(page.get_by_label("Où ?")).to_have_value("Roubaix (Nord)")
    expect(page.get_by_label("Où ?")).to_be_focused()
    page.get_by_label("Personnes").fill("40")
    visitor.press("Voir les offres")
    check_matches(visitor)
    answer = page.url

    offer = page.get_by_role("article").first.get_by_role("heading").inner_text()
    visitor.press(re.compile("^Voir l’offre"), role="link")
    expect(page.get_by_role("heading", level=1)).to_have_text(offer)
    visitor.sees("Vos droits d’usage")

    visitor.go(answer.removeprefix(instance.url))
    visitor.press("Publier ce besoin")
    visitor.press("Créez-en un", role="link")
    main = page.get_by_role("main")
    main.get_by_label("E-mail").fill(address)
    main.get_by_label("Mot de passe").fill(password)
    visitor.press("Créer mon compte")
    visitor.sees("Nous venons de vous écrire")

    (mail,) = instance.mails_to(address)
    link = re.search(r"http://\S+/compte/\S+", mail.get_body(("plain",)).get_content())[0]
    assert link.startswith(instance.url)
    visitor.go(link.removeprefix(instance.url))
    visitor.press("Oui, confirmer")

    visitor.sees("Votre besoin est gardé")
    name = f"Les Rayons libres {uuid4().hex[:4]}"
    page.get_by_label("Nom du collectif").fill(name)
    page.get_by_label("Collectif informel").check()
    page.get_by_label("Où agissez-vous ?").fill("Roubaix (Nord)")
    visitor.press("Inscrire le collectif")

    visitor.sees("Nous avons gardé ce que vous aviez écrit")
    expect(page.get_by_label("Votre besoin")).to_have_value(NEED)
    expect(page.get_by_label("Personnes à accueillir")).to_have_value("40")
    page.get_by_label("Titre").fill("Un atelier pour réparer des vélos à Roubaix")
    visitor.press(re.compile("^Publier"))
    visitor.sees("Dites ce que vous apportez")
    expect(page.get_by_label("Votre besoin")).to_have_value(NEED)
    page.get_by_label("Ce que vous apportez").fill("Six bénévoles, leurs outils, et un atelier ouvert chaque samedi.")
    visitor.press(re.compile("^Publier"))
    visitor.sees("« Un atelier pour réparer des vélos à Roubaix » est publié")
    expect(page.get_by_role("article").first).to_be_visible(timeout=30_000)

    stranger = open_window(360)
    stranger.go("/besoins/")
    stranger.press("Un atelier pour réparer des vélos à Roubaix", role="link")
    stranger.sees(NEED)
    stranger.sees(name)
    assert address not in stranger.page.content()
