"""The pages of a partnership: what waits, the convention that is read, rewritten, compared and validated."""

import io
import zipfile
from uuid import uuid4
from xml.etree import ElementTree

import pytest
from django.urls import reverse
from django.utils.timezone import localdate

from matching.partnerships.conventions import latest_of
from matching.partnerships.models import ClauseComment
from matching.screens.partnerships.forms import VersionForm
from tests.factories import make_offer
from tests.partnerships.making import prepared, signed
from tests.screens.conftest import signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def partnership(brest, bricoleuses, alice, bob):
    return prepared(make_offer(brest), bricoleuses, member=alice, officer=bob, granted_cents=100_000)


def page(person, name, partnership, *rest):
    response = signed_in(person).get(reverse(name, args=[partnership.uuid, *rest]))
    assert response.status_code == 200
    return response.content.decode()


def sent(partnership, **changes):
    """The form of the next version as its page sends it, with these changes."""
    form = VersionForm(partnership=partnership, version=latest_of(partnership))
    same = {bound.html_name: "" if bound.value() is None else bound.value() for bound in form}
    return same | {"form_key": str(uuid4())} | changes


def post(person, name, partnership, *rest, **data):
    return signed_in(person).post(reverse(name, args=[partnership.uuid, *rest]), data)


def test_the_page_says_what_waits_for_each_side(partnership, alice, bob):
    assert "Indiquer l’acte" in page(bob, "partnership", partnership)
    theirs = page(alice, "partnership", partnership)
    assert "Indiquer l’acte" not in theirs
    assert "Relire et valider la version 1" in theirs


def test_both_sides_validate_on_their_pages_and_it_begins(partnership, alice, bob):
    post(alice, "convention_validate", partnership, 1)
    answer = post(bob, "convention_validate", partnership, 1)
    assert answer.url == reverse("partnership", args=[partnership.uuid])
    partnership.refresh_from_db()
    assert partnership.state == "preparing"
    post(bob, "partnership_do", partnership, "acte", reference="2026-11-042", on=localdate().isoformat())
    post(bob, "convention_validate", partnership, 1)
    partnership.refresh_from_db()
    assert partnership.state == "active"
    assert "2026-11-042" in page(alice, "convention", partnership, 1)


def test_the_text_is_french_on_an_english_screen(partnership, alice):
    response = signed_in(alice).get(f"/en{reverse('convention', args=[partnership.uuid, 1])}")
    content = response.content.decode()
    assert '<article class="convention" lang="fr">' in content
    assert "Pacte de collaboration" in content and "Accord des parties" in content


def test_writing_again_makes_the_next_version_and_keeps_what_was_typed(partnership, alice):
    answer = post(
        alice,
        "convention_write",
        partnership,
        **sent(
            partnership,
            clause_purpose="Réparer des vélos, <b>sans</b> vendre.",
            new_title="Vélos",
            new_text="Les vélos restent au lieu.",
            promise_2_text="Deux ateliers par mois",
            promise_2_measure="hours",
            promise_2_quantity="1 200 h",
        ),
    )
    assert answer.status_code == 302
    version = latest_of(partnership)
    assert version.number == 2
    content = page(alice, "convention", partnership, 2)
    assert "&lt;b&gt;sans&lt;/b&gt;" in content and "Les vélos restent au lieu." in content
    assert "(1\u202f200 heures)" in content or "(1\u00a0200 heures)" in content
    compared = page(alice, "convention_compare", partnership)
    assert "<ins>" in compared and "vélos" in compared
    # What somebody added is there to be changed again.
    assert "Les vélos restent au lieu." in page(alice, "convention_write", partnership)


@pytest.mark.parametrize(
    ("changes", "part"),
    [
        ({"in_kind_cents": "-3"}, "négatif"),
        ({"in_kind_cents": "beaucoup"}, "montant en euros"),
        ({"in_kind_cents": "23 000"}, "la loi"),
        ({"ends": "31/02/2027"}, "n’existe pas"),
        ({"ends": "2000-01-01"}, "fin vient avant"),
        ({"clause_purpose": " "}, "ne peuvent pas rester vides"),
        ({"promise_2_due": "2027-01-01"}, "ce qui est promis"),
        ({"promise_2_text": "Argent", "promise_2_measure": "euros", "promise_2_quantity": "1e9"}, "montant en euros"),
        ({"promise_2_text": "Temps", "promise_2_measure": "licorne"}, ""),
        ({"form": "charte"}, ""),
    ],
)
def test_what_is_refused_comes_back_as_it_was_typed(partnership, alice, changes, part):
    response = post(alice, "convention_write", partnership, **sent(partnership, note="Ma note", **changes))
    content = response.content.decode()
    assert response.status_code == 200
    assert part in content.replace("\u00a0", " ") and "Ma note" in content
    assert latest_of(partnership).number == 1


def test_two_writers_at_once_see_both_texts_side_by_side(partnership, alice, bob):
    hers, his = sent(partnership, clause_purpose="Le sien."), sent(partnership, clause_purpose="Celui du maire.")
    post(bob, "convention_write", partnership, **his)
    response = post(alice, "convention_write", partnership, **hers)
    content = response.content.decode()
    assert "La version 2 a été écrite" in content and "Le sien." in content and "Celui du maire." in content
    assert 'name="seen" value="2"' in content
    assert post(alice, "convention_write", partnership, **{**hers, "seen": 2}).status_code == 302
    assert latest_of(partnership).number == 3


def test_validating_an_old_version_leads_to_the_new_one(partnership, alice, bob):
    post(bob, "convention_write", partnership, **sent(partnership))
    answer = post(alice, "convention_validate", partnership, 1)
    assert answer.url == reverse("convention", args=[partnership.uuid, 2])


def test_a_remark_stands_under_its_clause_and_once(partnership, alice, bob):
    key = str(uuid4())
    for _twice in range(2):
        post(alice, "convention_comment", partnership, 1, clause="purpose", text="<i>Qui ?</i>", form_key=key)
    assert ClauseComment.objects.count() == 1
    assert "&lt;i&gt;Qui ?&lt;/i&gt;" in page(bob, "convention", partnership, 1)
    refused = post(alice, "convention_comment", partnership, 1, clause="purpose", text=" ", form_key=str(uuid4()))
    assert "Écrivez quelques mots" in refused.content.decode()


def test_after_signature_the_form_asks_what_the_amendment_changes(partnership, alice, bob):
    signed(partnership, member=alice, officer=bob)
    assert "Proposer un avenant" in page(alice, "partnership", partnership)
    refused = post(alice, "convention_write", partnership, **sent(partnership))
    assert "Dites ce que l’avenant change" in refused.content.decode()
    assert post(alice, "convention_write", partnership, **sent(partnership, note="Plus long")).status_code == 302


def test_the_pages_ask_the_same_number_of_queries_however_long_they_are(
    partnership, alice, django_assert_max_num_queries
):
    for number in range(6):
        post(alice, "convention_write", partnership, **sent(partnership))
        post(alice, "convention_comment", partnership, number + 2, clause="purpose", text="Oui", form_key=str(uuid4()))
    client = signed_in(alice)
    for name, rest, most in (("partnership", (), 12), ("convention", (7,), 16), ("convention_compare", (), 16)):
        client.get(reverse(name, args=[partnership.uuid, *rest]))
        with django_assert_max_num_queries(most):
            client.get(reverse(name, args=[partnership.uuid, *rest]))


def test_each_side_ticks_on_the_page_and_notes_what_it_gave(partnership, alice, bob):
    signed(partnership, member=alice, officer=bob)
    key = partnership.commitments.first().key
    for person in (alice, bob):
        assert post(person, "commitment_tick", partnership, key, kept="1").status_code == 302
    assert partnership.commitments.first().is_kept
    gift = {"measure": "euros", "quantity": "150,50", "text": "Outils", "given_on": "2026-01-05"}
    answer = post(alice, "partnership_do", partnership, "apport", **gift, form_key=str(uuid4()))
    assert answer.status_code == 302
    assert partnership.contributions.get().quantity == 15_050
    assert "150,50" in page(bob, "partnership", partnership)


@pytest.mark.parametrize(
    ("deed", "data", "part"),
    [
        ("apport", {"measure": "hours", "quantity": "-2", "text": "Temps", "given_on": "2026-01-05"}, "négatif"),
        ("apport", {"measure": "hours", "quantity": "1e309", "text": "Temps", "given_on": "2026-01-05"}, "entier"),
        ("apport", {"measure": "licorne", "text": "Temps", "given_on": "31/02/2026"}, "n’existe pas"),
        ("apport", {"measure": "hours", "text": "\x00", "given_on": ""}, "vide"),
        ("apport", {"measure": "other", "text": "x", "given_on": "2026-01-05", "commitment": "x"}, ""),
        ("point", {"text": "Bien", "next_on": "2020-01-01"}, "à venir"),
        ("conciliation", {"text": "Fini", "closes": "on"}, "Aucune conciliation"),
        ("etat-des-lieux", {"moment": "entry", "part": "Mur", "condition": "licorne"}, ""),
        ("pouvoir-d-agir", {"decides": "9"}, ""),
        ("raconter", {"text": "x" * 3001}, "signes"),
        ("fin", {"text": " "}, "Écrivez quelques mots"),
    ],
)
def test_bad_words_of_its_life_come_back_with_a_sentence(partnership, alice, bob, deed, data, part):
    signed(partnership, member=alice, officer=bob)
    response = post(alice, "partnership_do", partnership, deed, form_key=str(uuid4()), **data)
    assert response.status_code == 200
    content = response.content.decode()
    assert part in content and "error-summary" in content


@pytest.mark.parametrize(
    ("deed", "data"),
    [
        ("point", {"text": "Bien"}),
        ("conciliation", {"text": "Parlons"}),
        ("etat-des-lieux", {"moment": "entry", "part": "Mur", "condition": "good", "seen_on": "2026-01-05"}),
        ("pouvoir-d-agir", dict.fromkeys(("decides", "knows", "heard", "reaches", "goes_on"), "3")),
        ("raconter", {"text": "Le quartier répare."}),
        ("fin", {"text": "Le local a brûlé."}),
    ],
)
def test_its_life_is_told_on_pages_of_its_own(partnership, alice, bob, deed, data):
    signed(partnership, member=alice, officer=bob)
    assert "<h1>" in page(alice, "partnership_do", partnership, deed)
    response = post(alice, "partnership_do", partnership, deed, form_key=str(uuid4()), **data)
    assert response.status_code == 302
    page(bob, "partnership", partnership)


def test_what_one_side_says_of_its_power_is_not_shown_to_the_other(partnership, alice, bob):
    signed(partnership, member=alice, officer=bob)
    answers = dict.fromkeys(("decides", "knows", "heard", "reaches", "goes_on"), "3")
    post(alice, "partnership_do", partnership, "pouvoir-d-agir", **answers)
    assert "seule le lit" in page(alice, "partnership", partnership)
    assert "Pouvoir d’agir ·" not in page(bob, "partnership", partnership)
    post(alice, "partnership_do", partnership, "pouvoir-d-agir", **answers, is_shared="on")
    assert "Pouvoir d’agir ·" in page(bob, "partnership", partnership)


def test_the_desk_says_that_a_convention_waits(partnership, alice, bricoleuses):
    address = reverse("desk_of", args=[bricoleuses.slug])
    assert "Une convention à relire" in signed_in(alice).get(address).content.decode()
    post(alice, "convention_validate", partnership, 1)
    assert "Une convention à relire" not in signed_in(alice).get(address).content.decode()


def file_of(person, partnership, ending):
    response = signed_in(person).get(reverse("convention_file", args=[partnership.uuid, 1, ending]))
    assert response.status_code == 200
    assert "attachment" in response["Content-Disposition"] and "no-store" in response["Cache-Control"]
    return response.content


def test_the_pdf_tells_its_language_and_title_and_carries_its_font(partnership, alice):
    content = file_of(alice, partnership, "pdf")
    assert content.startswith(b"%PDF-")
    assert b"/Lang (fr)" in content and b"/FontFile2" in content and b"/Outlines" in content


def test_the_odt_is_one_and_says_what_the_page_says(partnership, alice):
    with zipfile.ZipFile(io.BytesIO(file_of(alice, partnership, "odt"))) as archive:
        assert archive.infolist()[0].filename == "mimetype"
        assert archive.read("mimetype") == b"application/vnd.oasis.opendocument.text"
        content = archive.read("content.xml").decode()
        for name in ("content.xml", "meta.xml", "styles.xml", "META-INF/manifest.xml"):
            ElementTree.fromstring(archive.read(name))  # noqa: S314 (we wrote it)
    assert "Réparer ensemble." in content and 'text:outline-level="2"' in content
    assert signed_in(alice).get(reverse("convention_file", args=[partnership.uuid, 1, "exe"])).status_code == 404
