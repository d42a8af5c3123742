"""The mails as they are received: who, what, in which words, under which headers."""

import re
import uuid

import pytest

from matching.notices.lines import one_line
from matching.notices.mails import Mail
from matching.notices.models import Notice
from matching.notices.services import send_due_notices, stop_token
from matching.organisations.services import authority_of, request_membership
from matching.suggestions.models import Impression
from matching.suggestions.services import dismiss, mark_seen, match_listing
from tests.factories import make_need, make_offer

pytestmark = pytest.mark.django_db


def text_of(mail):
    return mail.get_body(("plain",)).get_content()


def subject_of(mail):
    """Long headers are folded: readers unfold them."""
    return " ".join(mail["Subject"].split())


def html_of(mail):
    return mail.get_body(("html",)).get_content()


def test_each_side_hears_of_a_new_suggestion(pair, alice, bob, mail_to):
    Notice.objects.filter(kind=Notice.Kind.CONFIRMED).delete()
    assert send_due_notices() == 2
    assert "1 besoin pourrait rejoindre votre offre" in text_of(mail_to(bob))
    assert "1 offre pourrait répondre à votre besoin" in text_of(mail_to(alice))
    assert subject_of(mail_to(alice)).startswith("1 offre pourrait répondre")


def test_all_that_waits_for_a_person_is_one_mail(pair, write, alice, bob, mail_to):
    Notice.objects.filter(kind=Notice.Kind.CONFIRMED).delete()
    write(alice, "need")
    write(alice, "need", text="Et le dimanche ?")
    # Alice has answered her suggestion: nothing of it is news to her.
    assert send_due_notices() == 1
    assert text_of(mail_to(bob)).count("\n- ") == 2
    assert "Les Bricoleuses du port vous a écrit" in text_of(mail_to(bob))
    assert "1 besoin pourrait rejoindre votre offre" in text_of(mail_to(bob))
    assert subject_of(mail_to(bob)) == "2 nouvelles de vos partenariats"


def test_links_are_absolute_and_lead_to_the_right_pages(pair, write, alice, bob, mail_to, settings):
    settings.BASE_URL = "https://pcc.exemple.fr"
    write(alice, "need")
    send_due_notices()
    links = re.findall(r"https://pcc\.exemple\.fr(/\S+)", text_of(mail_to(bob)))
    assert f"/conversations/{pair.uuid}/" in links
    assert any(str(pair.offer.uuid) in link for link in links)
    assert all(f'href="https://pcc.exemple.fr{link}"' in html_of(mail_to(bob)) for link in links)


def test_no_mail_shows_anybody_else_s_address(pair, write, alice, bob, mail_to):
    write(alice, "need", text="Écrivez-moi.")
    send_due_notices()
    mail = mail_to(bob)
    assert set(re.findall(r"[\w.-]+@exemple\.fr", mail.as_string())) == {bob.email}
    assert alice.email not in text_of(mail) + html_of(mail)
    assert mail["Cc"] is None and mail["Reply-To"] is None


def test_the_headers_of_a_one_click_stop_are_there(pair, alice, mail_to, settings):
    send_due_notices()
    mail = mail_to(alice)
    address = mail["List-Unsubscribe"].strip()
    assert address == f"<{settings.BASE_URL}/desabonnement/{stop_token(alice)}/>"
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert alice.email not in address
    assert mail["Auto-Submitted"] == "auto-generated"
    assert address.strip("<>") in text_of(mail)


def test_mails_speak_the_language_of_their_reader(pair, alice, mail_to):
    type(alice).objects.filter(pk=alice.pk).update(language="en")
    send_due_notices()
    mail = mail_to(alice)
    assert '<html lang="en">' in html_of(mail)
    assert "/en/" in text_of(mail)


def test_what_a_person_wrote_is_text_in_the_mail_and_never_a_header(pair, alice, bob, write, mail_to):
    organisation = pair.need.organisation
    organisation.name = "Malin\r\nBcc: victime@exemple.org\u202e <b>gras</b> \u2028fin"
    organisation.save()
    Notice.objects.all().delete()
    write(alice, "need")
    send_due_notices()
    mail = mail_to(bob)
    assert mail["Bcc"] is None and mail["To"] == bob.email
    assert "\u202e" not in subject_of(mail) and "Bcc: victime@exemple.org" in subject_of(mail)
    assert "<b>gras</b>" not in html_of(mail) and "&lt;b&gt;gras" in html_of(mail)
    assert "<b>gras</b>" in text_of(mail)


@pytest.mark.parametrize(
    ("name", "clean"),
    [
        ("Ville de Brest", "Ville de Brest"),
        ("a\r\nBcc: b", "a Bcc: b"),
        ("\x00a\u2028b\u200bc\ud800", "a bc"),
        ("É" * 100, "É" * 79 + "…"),
        ("", ""),
    ],
)
def test_names_are_fit_for_one_line(name, clean):
    assert one_line(name) == clean


def test_what_has_been_seen_in_between_is_not_told(pair, alice, bob, mailoutbox):
    Notice.objects.filter(kind=Notice.Kind.CONFIRMED).delete()
    mark_seen(suggestions=[pair], side="need")
    dismiss(suggestion=pair, side="offer", person=bob, reason="dates")
    assert send_due_notices() == 0
    assert mailoutbox == []
    assert not Notice.objects.exists()


def test_somebody_who_has_left_hears_nothing_more(pair, alice, bob, mailoutbox):
    Notice.objects.filter(kind=Notice.Kind.CONFIRMED).delete()
    alice.memberships.all().delete()
    send_due_notices()
    assert [mail.to for mail in mailoutbox] == [[bob.email]]


def test_the_right_person_hears_of_a_request_and_its_author_of_the_answer(
    bob, charlie, staff, brest, territories, mail_to
):
    request_membership(person=charlie, organisation=brest)
    request_membership(person=charlie, organisation=authority_of(territory=territories["departement", "29"]))
    send_due_notices()
    assert "Charlie demande à agir pour" in text_of(mail_to(bob))
    assert "Vous pouvez maintenant agir pour" in text_of(mail_to(bob))
    assert "Département" in text_of(mail_to(staff)) and "Commune" not in text_of(mail_to(staff))


def test_an_identifier_is_that_of_its_rows(pair, alice, bob, mailoutbox, settings):
    settings.BASE_URL = "https://pcc.exemple.fr"
    send_due_notices()
    identifiers = {mail.extra_headers["Message-ID"] for mail in mailoutbox}
    assert len(identifiers) == len(mailoutbox) == 2
    assert all(re.fullmatch(r"<notices-[0-9a-f]{32}@pcc\.exemple\.fr>", each) for each in identifiers)


def test_the_number_of_queries_does_not_grow_with_what_waits(
    pair, bob, brest, bricoleuses, mailoutbox, django_assert_max_num_queries
):
    Notice.objects.exclude(person=bob).delete()
    for number in range(5):
        make_offer(brest, title=f"Salle de réparation {uuid.uuid4()}")
        match_listing(listing=make_need(bricoleuses, title=f"Réparer {number}"))
    Notice.objects.exclude(person=bob).delete()
    assert Notice.objects.filter(person=bob).count() > 5
    # A handful for all the lines, and one claim for each row.
    with django_assert_max_num_queries(14 + Notice.objects.count()):
        assert send_due_notices() == 1
    assert len(mailoutbox) == 1


def test_a_mail_names_the_best_and_notes_that_it_showed_them(pair, alice, bob, mail_to):
    send_due_notices()
    assert f"· {pair.need.title}" in text_of(mail_to(bob))
    assert f"· {pair.offer.title}" in html_of(mail_to(alice))
    shown = Impression.objects.order_by("side").values_list("side", "rank", "need", "offer")
    assert list(shown) == [(side, 1, pair.need_id, pair.offer_id) for side in ("need", "offer")]


def test_what_could_not_be_sent_was_shown_to_nobody(pair, monkeypatch):
    def refused(mail):
        raise OSError("no server")

    monkeypatch.setattr(Mail, "send", refused)
    assert send_due_notices() == 0
    assert not Impression.objects.exists()
