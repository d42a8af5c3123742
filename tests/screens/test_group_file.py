"""« Notre dossier » and who takes part, as their people meet them."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from matching.catalogue.services import ResourceFacts
from matching.notices.models import Notice
from matching.notices.services import send_due_notices
from matching.organisations.services import create_collective
from matching.partnerships.models import Application, GroupDocument, GroupFile, Party
from tests.factories import make_offer, make_person
from tests.screens.conftest import signed_in

pytestmark = pytest.mark.django_db

KEY = "6f0f5f0e-2ad5-4a68-9a6b-0a4c5b8f4b12"


def send(person, name, *args, **facts):
    return signed_in(person).post(reverse(name, args=args), facts, follow=True)


@pytest.fixture
def documented(bricoleuses, alice):
    file = SimpleUploadedFile("nos statuts.pdf", b"%PDF-1.4 statuts")
    send(alice, "group_document_add", bricoleuses.slug, kind="statutes", file=file)
    return GroupDocument.objects.get()


@pytest.fixture
def applied(room, bricoleuses, alice):
    send(alice, "apply", room.uuid, form_key=KEY, title="Ateliers", purpose="Réparer")
    return Application.objects.get()


def test_the_desk_leads_to_the_file_which_is_written_and_read_again(bricoleuses, alice):
    address = reverse("group_file", args=[bricoleuses.slug])
    assert address in signed_in(alice).get(reverse("desk_of", args=[bricoleuses.slug])).text
    page = send(
        alice,
        "group_file_edit",
        bricoleuses.slug,
        form_key=KEY,
        purpose="Réparer",
        members="1 200",
        budget_60="12,50",
        budget_75="12,50",
    ).text
    assert "Réparer" in page and "1 200 membres" in page.replace("\u202f", " ").replace("\xa0", " ")
    assert GroupFile.objects.get().budget == {"60": 1250, "75": 1250}


def test_what_does_not_balance_says_what_lacks_and_stays_typed(bricoleuses, alice):
    page = send(
        alice, "group_file_edit", bricoleuses.slug, form_key=KEY, purpose="Réparer", budget_60="100", budget_75="40"
    ).text
    assert "Il manque 60 € de recettes" in page.replace("\xa0", " ")
    assert 'value="100"' in page and "Réparer" in page and not GroupFile.objects.exists()


@pytest.mark.parametrize(
    ("field", "typed", "said"),
    [
        ("members", "beaucoup", "nombre entier"),
        ("budget_60", "-5", "négatif"),
        ("budget_year", "26", "quatre chiffres"),
    ],
)
def test_bad_input_is_named(bricoleuses, alice, field, typed, said):
    page = send(alice, "group_file_edit", bricoleuses.slug, form_key=KEY, **{field: typed}).text
    assert said in page and f'value="{typed}"' in page


def test_a_file_that_may_not_go_says_why(bricoleuses, alice):
    for name, content, said in (("x.exe", b"MZ\x00\x01", "pas d’un type"), ("vide.pdf", b"", "vide")):
        page = send(alice, "group_document_add", bricoleuses.slug, kind="other", file=SimpleUploadedFile(name, content))
        assert said in page.text
    assert "Choisissez un fichier" in send(alice, "group_document_add", bricoleuses.slug, kind="other").text
    assert not GroupDocument.objects.exists()


def test_the_authority_takes_what_was_handed_in_and_nothing_before(documented, applied, alice, bob, charlie):
    address = reverse("application_document", args=[applied.uuid, documented.uuid])
    assert signed_in(bob).get(address).status_code == 404
    send(alice, "application_move", applied.uuid, verb="file")
    taken = signed_in(bob).get(address)
    assert taken.getvalue() == b"%PDF-1.4 statuts" and "attachment" in taken["Content-Disposition"]
    assert address in signed_in(bob).get(reverse("application", args=[applied.uuid])).text
    assert signed_in(charlie).get(address).status_code == 404
    assert (
        signed_in(bob).get(reverse("group_document", args=[applied.applicant.slug, documented.uuid])).status_code == 404
    )


def test_its_authors_read_what_they_handed_in_and_not_what_they_wrote_since(documented, applied, bricoleuses, alice):
    send(alice, "group_file_edit", bricoleuses.slug, form_key=KEY, purpose="Réparer ensemble")
    send(alice, "application_move", applied.uuid, verb="file")
    send(alice, "group_file_edit", bricoleuses.slug, form_key=KEY, purpose="Tout autre chose")
    page = signed_in(alice).get(reverse("application", args=[applied.uuid])).text
    assert "Réparer ensemble" in page and "Tout autre chose" not in page


def test_together_each_is_asked_answers_on_the_page_and_hears(applied, documented, alice, bob, territories, mailoutbox):
    dora = make_person("dora@exemple.fr", "Dora")
    partner = create_collective(person=dora, name="Les Tisserands", legal_form="association", territory=None)
    Notice.objects.all().delete()
    facts = {"invite-role": "partner", "invite-organisation": "Les tisserands"}
    assert "demande est partie" in send(alice, "party_invite", applied.uuid, **facts).text
    party = Party.objects.get()
    assert "candidater ensemble" in signed_in(dora).get(reverse("desk_of", args=[partner.slug])).text
    send_due_notices()
    assert [mail.to for mail in mailoutbox] == [[dora.email]]
    waiting = signed_in(alice).get(reverse("application", args=[applied.uuid])).text
    assert "il manque l’accord de" in waiting and 'value="file"' not in waiting
    asked = signed_in(dora).get(reverse("application", args=[applied.uuid])).text
    assert "D’accord" in asked and "nos statuts.pdf" not in asked
    assert "accord est noté" in send(dora, "party_answer", applied.uuid, party.uuid, answer="yes").text
    send(alice, "application_move", applied.uuid, verb="file")
    applied.refresh_from_db()
    assert applied.state == "filed" and applied.filed["parties"][0]["name"] == "Les Tisserands"
    send(dora, "party_answer", applied.uuid, party.uuid, answer="leave")
    send_due_notices()
    told = {mail.to[0]: mail.body for mail in mailoutbox[1:]}
    assert "se retire" in told[alice.email] and "se retire" in told[bob.email]


def test_a_name_that_is_not_found_stays_typed(applied, alice):
    facts = {"invite-role": "partner", "invite-organisation": "Licorne"}
    page = send(alice, "party_invite", applied.uuid, **facts).text
    assert "Nous ne trouvons pas" in page and 'value="Licorne"' in page


def test_asking_for_more_than_one_s_budget_says_is_refused(brest, bricoleuses, alice, bob):
    grant = make_offer(brest, person=bob, resource=ResourceFacts(kind="funding", subkind="grant"))
    page = send(
        alice,
        "apply",
        grant.uuid,
        form_key=KEY,
        title="A",
        purpose="B",
        asked_cents="500",
        budget_60="300",
        budget_74="300",
    )
    assert "ligne 74" in page.text and not Application.objects.exists()


def test_the_page_of_an_application_asks_the_database_a_fixed_number_of_times(
    documented, applied, alice, bob, django_assert_max_num_queries
):
    for number in range(8):
        partner = create_collective(person=alice, name=f"Ami {number}", legal_form="association", territory=None)
        Party.objects.create(application=applied, organisation=partner, role="partner", consent="given")
    send(alice, "application_move", applied.uuid, verb="file")
    client = signed_in(bob)
    client.get(reverse("application", args=[applied.uuid]))
    with django_assert_max_num_queries(12):
        client.get(reverse("application", args=[applied.uuid]))
