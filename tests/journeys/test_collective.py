"""A collective: publishes a need, reads why, writes to the authority, sets another offer aside for good."""

import re
import time
from uuid import uuid4

from playwright.sync_api import expect

TITLE = "Une salle à Brest le samedi pour réparer ensemble"
TEXT = (
    "Nous ouvrons un atelier de réparation pour les habitants du quartier : vélos, lampes, ordinateurs. "
    "Il nous faut une salle à Brest le samedi, des tables, et de la place pour former des groupes."
)
LIMIT = 30.0
WHY = re.compile("Mots en commun|thème", re.I)
# What the clock does in the six minutes that nobody waits for here: mails to one person are gathered for five.
SIX_MINUTES_LATER = (
    "from datetime import timedelta; from django.utils import timezone; "
    "from matching.notices.services import send_due_notices; "
    "send_due_notices(now=timezone.now() + timedelta(minutes=6))"
)
ADDRESS = re.compile(r"[\w.+-]+@[\w-]+(\.[\w-]+)*")


def first_suggestion(visitor, pressed):
    """Ask again as one does with the reload button, until the worker has answered; print how long it took."""
    while not visitor.page.get_by_role("article").count():
        assert time.monotonic() - pressed < LIMIT, "No suggestion has come from the worker"
        time.sleep(0.1)
        visitor.page.reload()
    print(f"besoin publié : premier rapprochement enregistré après {time.monotonic() - pressed:.1f} s au plus")


def wait_until_matched(visitor):
    """The page no longer says that the matcher works, without being reloaded by hand."""
    expect(visitor.page.get_by_text("Le rapprochement est en cours")).to_have_count(0, timeout=LIMIT * 1000)


def card_of(visitor, title):
    return visitor.page.get_by_role("article").filter(has=visitor.page.get_by_role("link", name=title, exact=True))


def test_a_collective_reads_why_writes_and_sets_one_aside_for_good(open_window, instance):
    collective = open_window()
    page = collective.page
    collective.sign_in("Membre")
    collective.press("Dire un besoin", role="link")
    page.get_by_label("Titre").fill(TITLE)
    page.get_by_label("Votre besoin").fill(TEXT)
    expect(page.get_by_label("Où agissez-vous ?")).to_have_value("Brest (Finistère)")
    page.get_by_label("Ce que vous apportez").fill("Quatre réparateurs bénévoles et leurs outils.")
    page.get_by_label("Un lieu").check()
    page.get_by_label("Personnes à accueillir").fill("25 personnes")
    page.get_by_role("button", name="Publier").click()
    first_suggestion(collective, time.monotonic())
    wait_until_matched(collective)
    collective.check()

    cards = page.get_by_role("article")
    assert cards.count() >= 2
    for card in cards.all():
        expect(card.get_by_role("listitem").filter(has_text=WHY).first).to_be_visible()
    liked = cards.filter(has=page.get_by_text("Ville de Brest")).first.get_by_role("heading").inner_text()
    titles = [card.get_by_role("heading").inner_text() for card in cards.all()]
    unwanted = next(title for title in titles if title != liked)
    own_page = page.url.removeprefix(instance.url)

    # Written to the authority.
    officer_address = instance.account("Agente")[0]
    before = len(instance.mails_to(officer_address))
    words = f"Bonjour, pourrions-nous voir la salle ? Mot de passe du quartier : {uuid4().hex[:6]}."
    collective.press(re.compile("^Intéressé"), within=card_of(collective, liked))
    page.get_by_label("Votre message").fill(words)
    collective.press("Envoyer")
    collective.sees("Votre message est parti.")

    # One mail tells the officer, with no address in it; the words themselves are read on the site.
    sent = instance.run("shell", "-c", SIX_MINUTES_LATER)
    assert sent.returncode == 0, sent.stderr
    mails = instance.mails_to(officer_address)[before:]
    assert len(mails) == 1, [mail["Subject"] for mail in mails]
    check_mail(mails[0], officer_address, page.url)

    # Another one set aside, with a reason.
    collective.go(own_page)
    collective.press(re.compile("^Pas pour nous"), role="link", within=card_of(collective, unwanted))
    collective.press("Écarter")
    collective.sees("Choisissez une raison")
    page.get_by_role("radio").first.check()
    page.get_by_label("Un mot de plus").fill("Trop loin de chez nous.")
    collective.press("Écarter")
    collective.sees("est écarté et ne reviendra pas")
    expect(card_of(collective, unwanted)).to_have_count(0)

    # Edited, the need is matched again; what was set aside stays away, the conversation stays.
    collective.press("Modifier", role="link")
    page.get_by_label("Votre besoin").fill(f"{TEXT} Nous apprenons aussi à coudre et à réparer des vêtements.")
    collective.press("Enregistrer")
    collective.sees("Vos changements sont enregistrés.")
    wait_until_matched(collective)
    collective.go(own_page)
    expect(card_of(collective, liked)).to_be_visible()
    expect(card_of(collective, unwanted)).to_have_count(0)
    page.get_by_text("rapprochement que vous avez écarté").click()
    expect(page.get_by_text(unwanted)).to_be_visible()
    collective.press("Historique", role="link")
    collective.go("/bureau/")
    expect(card_of(collective, unwanted)).to_have_count(0)

    # The officer reads the message, on a telephone, from the address in the mail.
    officer = open_window(360)
    officer.sign_in("Agente")
    collective.go("/conversations/")
    officer.go("/conversations/")
    officer.page.get_by_role("main").get_by_role("link", name="Les Bidouilleurs de la Penfeld").filter(
        visible=True
    ).first.click()
    officer.check()
    officer.sees(words)
    assert instance.account("Membre")[0] not in officer.page.content()


def check_mail(mail, reader, thread):
    """It leads to the conversation, can be stopped in one click, and holds nobody's address."""
    written = mail.get_body(("plain",)).get_content()
    assert "Les Bidouilleurs de la Penfeld vous a écrit" in written
    assert thread in written
    assert mail["To"] == reader
    assert "List-Unsubscribe=One-Click" in mail["List-Unsubscribe-Post"]
    shown = [mail["Subject"], written, mail.get_body(("html",)).get_content()]
    assert [ADDRESS.search(part) for part in shown] == [None, None, None]
