"""A group that does not live online: somebody of the team types its paper, the group takes over with its code."""

import re

from playwright.sync_api import expect

NEED = "Une salle chauffée le lundi pour tricoter"


def test_a_mediator_publishes_for_a_group_that_takes_over_with_its_code(open_window, instance):
    helper = open_window()
    page = helper.page
    helper.sign_in("Administrateur")
    page.locator("summary").filter(visible=True).first.click()
    helper.press("Aider un groupe", role="link")
    helper.press("Saisir pour un groupe", role="link")
    page.get_by_label(re.compile(r"^1\.")).fill("Les tricoteuses de Kérinou")
    page.get_by_label(re.compile(r"^2\.")).fill("Yvonne Le Bris")
    page.get_by_label(re.compile(r"^3\.")).fill("29200")
    page.get_by_role("checkbox", name="Un lieu").check()
    page.get_by_label(re.compile(r"^5\.")).fill(NEED)
    page.get_by_label(re.compile(r"^6\.")).fill("Nous tricotons pour la maternité. Il nous faut une salle.")
    # Something lacks: nothing typed is lost, and nothing is published.
    helper.press("Enregistrer et finir")
    helper.sees(re.compile("à corriger"))
    expect(page.get_by_label(re.compile(r"^2\."))).to_have_value("Yvonne Le Bris")
    page.get_by_label(re.compile(r"^8\.")).fill("Des bonnets pour les nouveau-nés")
    page.get_by_label("de vive voix, la personne était là").check()
    helper.press("Enregistrer et finir")
    code = page.locator(".code").inner_text()
    assert re.fullmatch(r"(?:[A-Z2-9]{4}-){2}[A-Z2-9]{4}", code)
    helper.go("/aide/")
    helper.sees(NEED)
    assert code not in page.content()

    # On a small telephone, in small letters and without dashes.
    group = open_window(320)
    group.sign_in("Rédactrice")
    group.go("/reprendre/")
    group.page.get_by_label("Code écrit sur votre papier").fill(code.lower().replace("-", " "))
    group.press("Reprendre")
    group.sees("« Les tricoteuses de Kérinou » est à vous.")
    group.press(NEED, role="link")
    group.press("Voir la page publique", role="link")
    group.sees(re.compile("^Saisi avec l’aide de"))
    assert "Yvonne" not in group.page.content()

    # A code serves once.
    other = open_window(320)
    other.sign_in("Agente")
    other.go("/reprendre/")
    other.page.get_by_label("Code écrit sur votre papier").fill(code)
    other.press("Reprendre")
    other.sees(re.compile("^Ce code n’ouvre rien"))
