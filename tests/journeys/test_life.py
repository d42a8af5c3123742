"""The life of a place at the desk: a photo, a readable week, and coming back to what it said before."""

import re

from playwright.sync_api import expect

from tests.catalogue.files import telephone_picture

PLACE = "Atelier multimédia de 14 postes"
SHOWN = "L’atelier vu de l’entrée, quatorze postes"


def test_an_officer_shows_a_place_tells_its_week_and_takes_a_change_back(open_window):
    officer = open_window(width=360)
    page = officer.page
    officer.sign_in("Agente")
    page.get_by_label("Dans le titre").fill("multimédia")
    officer.press("Filtrer")
    officer.press(re.compile(PLACE), role="link", within=page.locator("#annonces"))

    officer.press(re.compile("^Photos"), role="link")
    adding = page.locator("form[enctype]")
    adding.get_by_label("Photo", exact=True).set_input_files(
        {"name": "atelier.jpg", "mimeType": "image/jpeg", "buffer": telephone_picture()}
    )
    adding.get_by_label("Ce que montre la photo").fill(SHOWN)
    officer.press("Ajouter la photo", within=adding)
    officer.sees("La photo est ajoutée")
    expect(page.get_by_role("img", name=SHOWN)).to_be_visible()
    officer.press("Revenir à l’offre", role="link")

    officer.press("Modifier", role="link")
    first = page.get_by_role("group", name="Créneau 1", exact=True)
    first.get_by_label("À (heure)").fill("16:00")
    officer.press("Enregistrer")
    officer.sees("14 h – 16 h")

    officer.press("Historique", role="link")
    officer.sees(re.compile("Semaine type"))
    officer.press(re.compile("Revenir à cette version"), role="link")
    officer.sees("Ce qui changerait")
    officer.press("Revenir à cette version")
    officer.sees("l’annonce dit de nouveau ce qu’elle disait")
    officer.sees("14 h – 17 h")
    officer.press("Voir la page publique", role="link")
    officer.sees("Semaine type")
    expect(page.get_by_role("img", name=SHOWN)).to_be_visible()
