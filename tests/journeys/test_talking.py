"""Two people talk: an officer proposes what the matcher did not see, joins files; the collective reads and answers."""

import re

from playwright.sync_api import expect

NEED = "Un local à nous pour les imprimantes 3D qui dorment sous nos lits"
OFFER = "Salle de 60 places à la maison de quartier de Bellevue"
PLAN = {"name": "plan d’accès.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.7\n1 0 obj << >> endobj\n"}
LIST = {"name": "inventaire.csv", "mimeType": "text/csv", "buffer": "objet;nombre\nétabli;4\n".encode()}
DRAWING = {"name": "logo.svg", "mimeType": "image/svg+xml", "buffer": b"<svg onload='alert(1)'/>"}
WORDS = "Bonjour, voici le plan et l’inventaire. La salle est libre le mardi soir."
ANSWER = "Merci ! Nous passerons mardi avec deux imprimantes, et nous vous dirons ce qu’il manque."


def test_two_people_talk_with_files_about_what_one_of_them_proposed(open_window, instance):
    member = open_window(360)
    member.sign_in("Membre")
    member.press(NEED, role="link")
    member.press("Voir la page publique", role="link")
    need = member.page.url.removeprefix(instance.url)

    officer = open_window()
    page = officer.page
    officer.sign_in("Agente")
    officer.go(need)
    officer.press("Proposer une de nos offres", role="link")
    officer.press("Proposer")
    officer.sees("Choisissez une de vos annonces.")
    offer = page.get_by_label("Avec laquelle de vos offres ?")
    offer.select_option(label=next(each for each in offer.locator("option").all_inner_texts() if OFFER in each))
    page.get_by_label("Pourquoi les rapprocher ?").fill("La réserve de la salle ferme à clé.")
    officer.press("Proposer")
    officer.sees("C’est proposé.")
    officer.sees("Proposé par")
    thread = page.url.removeprefix(instance.url)

    # What could run is refused, and the words stay; the files then go.
    page.get_by_label("Votre message").fill(WORDS)
    page.get_by_label("Pièces jointes").set_input_files([DRAWING])
    officer.press("Envoyer")
    officer.sees(re.compile("logo.svg.*peut contenir un script"))
    expect(page.get_by_label("Votre message")).to_have_value(WORDS)
    page.get_by_label("Pièces jointes").set_input_files([PLAN, LIST])
    officer.press("Envoyer")
    officer.sees("Votre message est parti.")

    # On a telephone: what waits comes first, the file is kept and not opened.
    member.go("/bureau/")
    member.press("1 message à lire", role="link")
    assert member.page.url.endswith(thread)
    member.sees("Proposé par")
    member.sees("Une réponse est attendue de votre part.")
    with member.page.expect_download() as started:
        member.page.get_by_role("link", name="plan d’accès.pdf").click()
    assert started.value.suggested_filename == "plan d’accès.pdf"
    assert started.value.path().read_bytes() == PLAN["buffer"]

    # The session ends while the answer is being typed: the words come back after the door.
    member.page.get_by_label("Votre message").fill(ANSWER)
    member.page.context.clear_cookies(name="sessionid")
    member.page.get_by_role("button", name="Envoyer").click()
    expect(member.page).to_have_url(re.compile("/compte/login/"))
    email, password = instance.account("Membre")
    main = member.page.get_by_role("main")
    main.get_by_label("E-mail").fill(email)
    main.get_by_label("Mot de passe").fill(password)
    member.press("Se connecter", within=main)
    member.sees("Votre texte est encore là")
    expect(member.page.get_by_label("Votre message")).to_have_value(ANSWER)
    member.press("Envoyer")
    member.sees("Votre message est parti.")

    officer.go("/conversations/")
    expect(page.get_by_role("listitem").filter(has_text="1 à lire")).to_be_visible()
    officer.go(thread)
    officer.sees(ANSWER)
    officer.go("/conversations/")
    expect(page.get_by_text("à lire")).to_have_count(0)
