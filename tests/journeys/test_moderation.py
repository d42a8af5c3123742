"""From « Signaler » to the last word: a passer-by tells, the team decides, the organisation mends and asks again."""

import re

from playwright.sync_api import expect

OFFER = "Relevés de consommation de 120 bâtiments municipaux, mois par mois"
WRONG = "Le fichier s’arrête en 2019 : ce n’est plus à jour."
HIDDEN = "Le fichier n’est plus à jour. Mettez la bonne période, puis demandez un nouvel examen."
MENDED = "La période est corrigée."


def test_what_a_passer_by_reports_is_decided_mended_and_shown_again(open_window, instance):
    passer_by = open_window(360)
    passer_by.go("/offres/?q=relevés")
    passer_by.press(OFFER, role="link")
    offer = passer_by.page.url.removeprefix(instance.url)
    passer_by.press(re.compile("^Signaler"), role="link")
    passer_by.press("Envoyer le signalement")
    passer_by.sees(re.compile("à corriger"))
    passer_by.page.get_by_label("Trompeur, ou plus à jour").check()
    passer_by.page.get_by_label("Expliquez en quelques mots").fill(WRONG)
    passer_by.press("Envoyer le signalement")
    passer_by.sees("Merci, c’est reçu")

    team = open_window()
    team.sign_in("Administrateur")
    team.go("/moderation/")
    team.press(OFFER, role="link")
    case = team.page.url
    team.sees(WRONG)
    decide(team, "Masquer, jusqu’à un nouvel examen", HIDDEN)
    assert passer_by.page.goto(f"{instance.url}{offer}").status == 404

    # The organisation finds it first on its desk, reads why, and never who.
    officer = open_window(360)
    officer.sign_in("Agente")
    officer.sees("Masqué par la modération.")
    officer.press(re.compile("^Lire et corriger"), role="link")
    officer.sees(HIDDEN)
    assert WRONG not in officer.page.content()
    officer.page.get_by_label(re.compile("^Ce que vous avez changé")).fill(MENDED)
    officer.press("Demander un nouvel examen")
    officer.sees(re.compile("^Votre demande est partie"))

    team.go("/moderation/")
    team.sees("nouvel examen")
    team.page.goto(case)
    team.sees(MENDED)
    decide(team, re.compile("Rétablir"), "La période est la bonne.")
    passer_by.go(offer)
    passer_by.sees(OFFER)


def decide(team, verdict, reason):
    """The team decides on the case before it."""
    team.page.get_by_label(verdict).check()
    team.page.get_by_label(re.compile(r"^Pourquoi\s\?")).fill(reason)
    team.press("Décider et prévenir")
    expect(team.page.get_by_text("C’est décidé.")).to_be_visible()
