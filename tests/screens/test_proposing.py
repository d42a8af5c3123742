"""Propose a match, pass something on: what each person sees of it, and what waits for the other."""

from uuid import uuid4

import pytest
from django.urls import reverse
from django.utils import timezone

from matching.organisations.models import Organisation
from matching.organisations.services import authority_of
from matching.partnerships.models import Transmission
from matching.partnerships.services import send_message
from matching.suggestions.initiatives import propose
from matching.suggestions.models import State, Suggestion
from tests.factories import make_need, make_offer, make_person
from tests.screens.conftest import join, signed_in, suggest


@pytest.fixture
def archive(brest, bob):
    return make_offer(brest, person=bob, title="Archives du port", text="Photographies numérisées.")


@pytest.fixture
def sewing(bricoleuses, alice):
    return make_need(bricoleuses, person=alice, title="Atelier de couture", text="Coudre le mardi.", capacity=500)


def address(listing):
    return reverse("suggestion_propose", args=["offre" if hasattr(listing, "provides") else "besoin", listing.uuid])


def page_of(listing):
    kind = "offer" if hasattr(listing, "provides") else "need"
    return reverse(f"public:{kind}", args=[listing.uuid, listing.slug])


def test_the_page_of_a_listing_leads_there_only_those_who_may(archive, sewing, alice, bob, charlie, staff):
    for person, may in [(alice, True), (bob, False), (charlie, False), (None, False), (staff, True)]:
        html = signed_in(person).get(page_of(archive)).content.decode()
        assert (address(archive) in html) == may


def test_a_proposal_is_shown_as_a_persons_with_its_warnings_and_no_reason(archive, sewing, alice, bob):
    client = signed_in(alice)
    form = client.get(address(archive)).content.decode()
    assert sewing.title in form and "En sept jours" in form
    response = client.post(address(archive), {"listing": str(sewing.uuid), "note": "Une expo <b>ensemble</b>"})
    suggestion = Suggestion.objects.get()
    assert response.url == reverse("thread", args=[suggestion.uuid])
    theirs = signed_in(bob)
    desk = theirs.get(reverse("desk_of", args=[archive.organisation.slug])).content.decode()
    assert "Alice, Les Bricoleuses du port vous propose un rapprochement" in desk and "réponse attendue" in desk
    thread = theirs.get(response.url).content.decode()
    assert "Proposé par Alice, Les Bricoleuses du port" in thread
    assert "Une expo &lt;b&gt;ensemble" in thread
    assert "ces conditions ne sont pas réunies" in thread and "500" in thread
    assert "Pourquoi cette suggestion" not in thread
    assert "est intéressée" in thread and "n’a pas encore répondu" in thread
    suggestion.refresh_from_db()
    assert suggestion.offer_state == State.SEEN


def test_a_double_click_proposes_once(archive, sewing, alice):
    client = signed_in(alice)
    for _click in range(2):
        assert client.post(address(archive), {"listing": str(sewing.uuid)}).status_code == 302
    assert Suggestion.objects.count() == 1


def test_what_was_set_aside_is_said_and_the_words_are_kept(archive, sewing, alice, bob):
    suggest(archive, sewing, offer_state=State.DISMISSED, offer_because="dates")
    html = signed_in(alice).post(address(archive), {"listing": str(sewing.uuid), "note": "Ma raison"}).content.decode()
    assert "a déjà été écarté" in html and "Ma raison</textarea>" in html


def test_somebody_elses_listing_is_no_choice(archive, sewing, brest, alice, bricoleuses):
    draft = make_need(bricoleuses, published=False)
    for listing in (draft.uuid, archive.uuid, uuid4(), "x"):
        response = signed_in(alice).post(address(archive), {"listing": str(listing)})
        assert response.status_code == 200
    assert not Suggestion.objects.exists()


def test_staff_bring_any_two_together_by_the_address_of_a_page(archive, sewing, staff, alice):
    client = signed_in(staff)
    refused = client.post(address(archive), {"listing": "https://exemple.fr/nulle-part"})
    assert "Nous ne trouvons pas cette annonce" in refused.content.decode()
    done = client.post(address(archive), {"listing": f"https://exemple.fr{page_of(sewing)}", "note": "À voir"})
    assert done.url == page_of(archive)
    html = signed_in(alice).get(reverse("thread", args=[Suggestion.objects.get().uuid])).content.decode()
    assert "Proposé par l’équipe du service" in html


def test_who_has_solicited_enough_is_told_so(archive, sewing, alice, settings):
    settings.SOLICITATIONS_A_WEEK = 0
    html = signed_in(alice).post(address(archive), {"listing": str(sewing.uuid), "note": "Mot"}).content.decode()
    assert "a déjà sollicité 0 organisations en sept jours" in html and "Mot</textarea>" in html
    pair = suggest(archive, sewing)
    data = {"form_key": str(uuid4()), "text": "Bonjour"}
    html = signed_in(alice).post(reverse("thread", args=[pair.uuid]), data).content.decode()
    assert "a déjà sollicité" in html and "Bonjour</textarea>" in html


def test_without_a_listing_of_ones_own_the_page_says_what_to_do(archive, alice, bricoleuses):
    assert "Aucun besoin publié" in signed_in(alice).get(address(archive)).content.decode()


# Passing on


@pytest.fixture
def dora(brest):
    person = make_person("dora@exemple.fr", "Dora")
    join(person, brest, "member")
    return person


def test_a_colleague_finds_it_first_on_their_desk_until_they_open_it(sewing, brest, bob, dora, officers):
    where = reverse("pass_on", args=["besoin", sewing.uuid])
    client = signed_in(bob)
    assert where in client.get(page_of(sewing)).content.decode()
    data = {"form_key": str(uuid4()), "colleague": str(dora.uuid), "note": "Pour toi ?"}
    for _click in range(2):
        assert client.post(where, data).status_code == 302
    found, desk = Transmission.objects.get(), reverse("desk_of", args=[brest.slug])
    assert "Bob vous transmet une annonce" in signed_in(dora).get(desk).content.decode()
    for other in (bob, officers["member"]):
        assert "vous transmet une annonce" not in signed_in(other).get(desk).content.decode()
    html = signed_in(dora).get(reverse("transmission", args=[found.uuid])).content.decode()
    assert "Pour toi ?" in html and page_of(sewing) in html and "@exemple.fr" not in html
    assert "vous transmet une annonce" not in signed_in(dora).get(desk).content.decode()


def test_another_authority_is_reached_by_its_desk_and_never_by_an_address(sewing, bob, officers, territories):
    where, client = reverse("pass_on", args=["besoin", sewing.uuid]), signed_in(bob)
    form = client.get(where).content.decode()
    assert 'type="email"' not in form
    unknown = client.post(where, {"form_key": str(uuid4()), "authority": "Nantes", "note": "Mot"}).content.decode()
    assert "n’est pas encore inscrite" in unknown and "Mot</textarea>" in unknown
    authority_of(territory=territories["commune", "44109"])
    nobody = client.post(where, {"form_key": str(uuid4()), "authority": "Nantes", "note": "Mot"}).content.decode()
    assert "n’est pas encore inscrite" in nobody or "Personne n’agit encore" in nobody
    Organisation.objects.filter(name__contains="Roubaix").update(verified_at=timezone.now())
    both = {"form_key": str(uuid4()), "authority": "Roubaix", "colleague": str(officers["member"].uuid)}
    assert "l’une des deux" in client.post(where, both).content.decode()
    assert not Transmission.objects.exists()
    assert client.post(where, {"form_key": str(uuid4()), "authority": "Roubaix"}).status_code == 302
    roubaix = Transmission.objects.get().desk
    html = signed_in(officers["other"]).get(reverse("desk_of", args=[roubaix.slug])).content.decode()
    assert "vous transmet une annonce" in html


def test_a_suggestion_goes_to_colleagues_only(archive, sewing, bob, dora):
    pair = suggest(archive, sewing)
    where = reverse("pass_on", args=["rapprochement", pair.uuid])
    client = signed_in(bob)
    assert 'name="authority"' not in client.get(where).content.decode()
    data = {"form_key": str(uuid4()), "colleague": str(dora.uuid), "authority": "Roubaix"}
    assert client.post(where, data).status_code == 302
    html = signed_in(dora).get(reverse("transmission", args=[Transmission.objects.get().uuid])).content.decode()
    assert reverse("thread", args=[pair.uuid]) in html


# Lists


def test_a_conversation_says_whose_turn_it_is(archive, sewing, alice, bob):
    pair = suggest(archive, sewing)
    send_message(suggestion=pair, side="need", author=alice, text="Bonjour", form_key=uuid4())
    ours, theirs = signed_in(bob), signed_in(alice)
    assert "Une réponse est attendue" in ours.get(reverse("thread", args=[pair.uuid])).content.decode()
    assert "réponse attendue" in ours.get(reverse("threads")).content.decode()
    assert "réponse attendue" not in theirs.get(reverse("threads")).content.decode()


def test_the_number_of_queries_does_not_grow(
    archive, sewing, brest, bricoleuses, bob, dora, django_assert_max_num_queries
):
    client, desk = signed_in(dora), reverse("desk_of", args=[brest.slug])

    def count():
        with django_assert_max_num_queries(100) as counted:
            assert client.get(desk).status_code == 200
        return len(counted)

    def more(number):
        need = make_need(bricoleuses, title=f"Besoin {number}")
        propose(offer=archive, need=need, proposer="need", person=bricoleuses.memberships.get().person)
        Transmission.objects.create(
            form_key=uuid4(), author=bob, organisation=brest, desk=brest, person=dora, need=need
        )

    more(0)
    client.get(desk)
    few = count()
    for number in range(1, 5):
        more(number)
    assert count() == few
