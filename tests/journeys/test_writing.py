"""Writing: the text is kept while it is typed, who waits for it is seen before publishing, two tabs lose nothing."""

import re

from playwright.sync_api import expect

from tests.journeys.conftest import PATIENCE_MS

TITLE = "Pièce du bas pour les ateliers de réparation du quartier"
TEXT = "Une salle pour réparer des objets et des vélos le samedi, de 85 m²."


def test_what_is_typed_is_kept_and_two_tabs_lose_nothing(open_window):
    officer = open_window()
    page = officer.page
    officer.sign_in("Agente")
    officer.press(re.compile("^Partager une ressource"), role="link")
    page.get_by_label("Dites-le en une phrase").fill(TEXT)
    choice = page.locator("#choix")
    expect(choice.get_by_text(re.compile("lui corresponde?n?t?$|parlent? du même sujet")).first).to_be_visible(
        timeout=PATIENCE_MS
    )
    expect(choice.get_by_role("link", name=re.compile("Nous proposons Un lieu"))).to_be_visible()
    officer.check()

    choice.get_by_role("link", name=re.compile("Un lieu")).click()
    expect(page.get_by_label("Description")).to_have_value(TEXT)
    page.get_by_label("Titre").fill(TITLE)
    beside = page.get_by_role("complementary", name="Pendant que vous écrivez")
    expect(beside.get_by_text("Brouillon gardé à")).to_be_visible(timeout=PATIENCE_MS)
    expect(beside.get_by_role("heading", name="Nous proposons")).to_be_visible()
    officer.check()

    # A proposal is taken by a press, and nothing else changes.
    surface = page.get_by_label("Surface en m²")
    expect(surface).to_have_value("")
    beside.get_by_role("button", name=re.compile("Surface en m².*85")).click()
    expect(surface).to_have_value("85")
    expect(page.get_by_label("Titre")).to_have_value(TITLE)

    # Left without a word, it waits on the desk and in the form.
    officer.go("/bureau/")
    page.get_by_text(re.compile("moins pressées?$")).click()
    officer.press(TITLE, role="link")
    expect(page.get_by_label("Titre")).to_have_value(TITLE)
    expect(surface).to_have_value("85")
    officer.press("Garder en brouillon")
    officer.sees("est gardé en brouillon")

    # Two tabs on one listing: the second is told, sees both, and decides.
    officer.press("Modifier", role="link")
    other = page.context.new_page()
    other.goto(page.url)
    other.get_by_label("Personnes au plus").fill("25")
    other.get_by_role("button", name="Garder en brouillon").click()
    expect(other.get_by_text("est gardé en brouillon")).to_be_visible()
    page.get_by_label("Titre").fill(f"{TITLE}, côté cour")
    officer.press("Garder en brouillon")
    officer.sees("Cette annonce a changé pendant que vous écriviez")
    officer.press(re.compile("^Reprendre celle-ci Personnes au plus"))
    expect(page.get_by_label("Personnes au plus")).to_have_value("25")
    expect(page.get_by_label("Titre")).to_have_value(f"{TITLE}, côté cour")
    officer.press("Garder en brouillon")
    officer.sees("est gardé en brouillon")
    officer.sees("25 personnes")


def test_without_javascript_buttons_do_the_same_on_a_telephone(open_window):
    member = open_window(360, with_javascript=False)
    page = member.page
    member.sign_in("Membre")
    member.go("/publier-un-besoin/")
    page.get_by_label("Titre").fill("Nous cherchons une salle le samedi pour réparer des objets, pour 30 personnes")
    member.press("Voir les offres")
    member.sees("Brouillon gardé à")
    member.sees(re.compile("lui corresponde?n?t?$|du même sujet"))
    member.press(re.compile("Personnes à accueillir.*30"))
    expect(page.get_by_label("Personnes à accueillir")).to_have_value("30")
    # The session ends; what is sent then is given back behind the login.
    page.get_by_label("Votre besoin").fill("Le samedi, avec des tables.")
    page.context.clear_cookies(name="sessionid")
    page.get_by_role("button", name="Garder en brouillon").click()
    email, password = member.instance.account("Membre")
    main = page.get_by_role("main")
    main.get_by_label("E-mail").fill(email)
    main.get_by_label("Mot de passe").fill(password)
    member.press("Se connecter", within=main)
    member.sees("Vous êtes de nouveau connecté")
    expect(page.get_by_label("Votre besoin")).to_have_value("Le samedi, avec des tables.")
    member.press("Repartir de zéro")
    expect(page.get_by_label("Votre besoin")).to_have_value("")
