"""An editor: signs in by everybody's door, writes a story in French, and everybody reads it."""

import re
from uuid import uuid4

from playwright.sync_api import expect

HEADING = "Ce qui a été difficile"


def test_an_editor_publishes_a_story_without_a_developer(open_window):
    title = f"Le four à pain de la rue basse {uuid4().hex[:6]}"
    editor = open_window()
    page = editor.page
    editor.sign_in("Rédactrice")
    page.goto(f"{editor.instance.url}/redaction/")
    page.get_by_role("link", name=re.compile("Pages cr")).click()
    page.get_by_role("link", name="Explorer les sous-pages de « Réussites »").click()
    page.get_by_role("link", name="Ajouter une sous-page").first.click()
    assert page.locator("html").get_attribute("lang") == "fr"

    page.get_by_role("textbox", name="Titre*").fill(title)
    page.get_by_role("textbox", name="En une phrase*").fill("Un four municipal rallumé par les habitants.")
    page.get_by_role("button", name="Insérer un bloc").click()
    page.get_by_role("option", name="Intertitre").click()
    page.get_by_role("region", name=re.compile("Intertitre")).get_by_role("textbox").fill(HEADING)
    page.get_by_label("Date des faits").fill("2026-06-01")
    # As with a keyboard: leaving the field closes the calendar that has come up beside it.
    calendar = page.locator(".xdsoft_datetimepicker").filter(visible=True)
    expect(calendar).to_be_visible()
    page.get_by_label("Date des faits").press("Tab")
    expect(calendar).to_be_hidden()
    page.get_by_label("Collectivité").select_option(label="Ville de Brest")
    page.get_by_role("button", name="Plus d'actions").click()
    page.get_by_role("button", name="Publier").click()
    expect(page.get_by_text("a été publiée").or_(page.get_by_text("publiée")).first).to_be_visible()
    # Meanwhile the editor saves drafts by itself, and is answered 400 as long as a field that must be filled is empty.
    assert editor.outside == []

    reader = open_window(360)
    reader.go("/reussites/")
    reader.press(title, role="link")
    expect(reader.page.get_by_role("heading", name=HEADING)).to_be_visible()
    reader.sees("Ville de Brest")
