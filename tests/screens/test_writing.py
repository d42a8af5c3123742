"""While somebody writes: what is kept, what is shown beside, what happens when two write at once."""

from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from matching import engine
from matching.catalogue.models import Need, Offer, Status, Theme, UnsentForm
from matching.catalogue.unsent import forget_old_unsent, mark_sent
from matching.screens import writing
from matching.screens.typed import as_sent
from matching.suggestions.mirror import _common_themes, themes_said
from matching.suggestions.services import dismiss
from tests.factories import make_need, make_offer
from tests.screens.conftest import signed_in, suggest
from tests.screens.test_bad_input import BAD_TEXTS
from tests.screens.test_officer import typed

HTMX = {"HX-Request": "true"}
REPAIRS = "Une salle pour réparer des objets le samedi."


@pytest.fixture
def officer(bob):
    return signed_in(bob)


def new(organisation, kind="place"):
    return reverse("offer_new", args=[organisation.slug, kind])


def edit(offer):
    return reverse("offer_edit", args=[offer.organisation.slug, offer.uuid])


def keep(client, address, data):
    """What htmx sends while somebody types."""
    return client.post(address, {**data, "action": "keep"}, headers=HTMX)


def page(response):
    assert response.status_code == 200
    return response.content.decode()


def opened(client, address):
    """What a browser would send of a form just opened, everything as it stands."""
    form = client.get(address).context["form"]
    data = {}
    for name, field in form.fields.items():
        for key, texts in as_sent(form, name, form.get_initial_for_field(field, name)).items():
            data[key] = texts if len(texts) > 1 else (texts[0] if texts else [])
    return data


# --- Kept while typing ---


def test_what_is_typed_is_kept_and_given_back(officer, brest):
    html = page(keep(officer, new(brest), typed(title="Salle sans fin", text="", capacity="beaucoup")))
    assert "Brouillon gardé à" in html
    assert not Offer.objects.exists()
    row = UnsentForm.objects.get()
    html = page(officer.get(new(brest)))
    assert "Vous aviez commencé à taper" in html and "Salle sans fin" in html
    html = page(officer.get(f"{new(brest)}?reprendre={row.key}"))
    assert 'value="Salle sans fin"' in html and 'value="beaucoup"' in html
    assert 'class="error-summary"' not in html


def test_the_latest_text_replaces_the_one_before(officer, brest):
    data = typed()
    for title in ("S", "Sal", "Salle"):
        keep(officer, new(brest), {**data, "title": title})
    assert UnsentForm.objects.get().values["title"] == ["Salle"]


def test_a_published_offer_is_not_touched_while_it_is_changed(officer, brest, room):
    html = page(keep(officer, edit(room), {**opened(officer, edit(room)), "title": "Autre titre"}))
    room.refresh_from_db()
    assert (room.title, room.version, room.status) == ("Salle Watt en rez-de-chaussée", 2, Status.PUBLISHED)
    assert "L’annonce publiée n’a pas changé" in html
    html = page(officer.get(edit(room)))
    assert "Reprendre ce que vous aviez tapé" in html and "Repartir de l’annonce" in html
    assert 'value="Autre titre"' not in html


def test_two_tabs_of_one_person_keep_their_own_text(officer, brest, room):
    first, second = opened(officer, edit(room)), opened(officer, edit(room))
    keep(officer, edit(room), {**first, "title": "De la première"})
    keep(officer, edit(room), {**second, "title": "De la seconde"})
    assert {row.title for row in UnsentForm.objects.all()} == {"De la première", "De la seconde"}


def test_nobody_else_is_given_what_somebody_typed(officers, officer, brest):
    keep(officer, new(brest), typed(title="Rien que pour moi"))
    key = UnsentForm.objects.get().key
    other = signed_in(officers["member"])
    for address in (new(brest), f"{new(brest)}?reprendre={key}"):
        assert "Rien que pour moi" not in page(other.get(address))
    other.post(new(brest), {"action": "drop", "form_key": str(key)})
    assert UnsentForm.objects.count() == 1


def test_once_sent_nothing_is_offered_again_and_what_comes_late_is_not_kept(officer, brest):
    data = typed()
    keep(officer, new(brest), data)
    assert officer.post(new(brest), data).status_code == 302
    html = page(keep(officer, new(brest), {**data, "title": "Trop tard"}))
    assert "déjà été envoyée" in html
    assert "Vous aviez commencé" not in page(officer.get(new(brest)))
    assert UnsentForm.objects.get().values == {}


def test_begun_again_it_is_forgotten(officer, brest, room):
    keep(officer, edit(room), {**opened(officer, edit(room)), "title": "Autre"})
    key = str(UnsentForm.objects.get().key)
    assert officer.post(edit(room), {"action": "drop", "form_key": key}).url == edit(room)
    assert not UnsentForm.objects.exists()


def test_too_much_is_not_kept_and_said(officer, brest):
    html = page(keep(officer, new(brest), typed(text="x " * 150_000)))
    assert "trop long pour être gardé" in html
    assert not UnsentForm.objects.exists()


def test_a_year_later_it_is_forgotten(officer, brest, bob):
    keep(officer, new(brest), typed())
    mark_sent(person=bob, organisation=brest, form="place", key=uuid4())
    assert forget_old_unsent() == 0
    UnsentForm.objects.update(kept_at=timezone.now() - timedelta(days=400))
    assert forget_old_unsent() == 2


def test_somebody_waiting_keeps_theirs_too(officers, brest):
    assert "Brouillon gardé" in page(keep(signed_in(officers["pending"]), new(brest), typed()))


def test_the_button_does_the_same_without_javascript(officer, brest, repair):
    html = page(officer.post(new(brest), typed(action="look", title="", territory="Atlantide", text=REPAIRS)))
    assert "Brouillon gardé à" in html and 'value="Atlantide"' in html
    assert 'class="error-summary"' not in html
    assert repair.title in html


# --- The session ends while typing ---


def test_what_was_sent_signed_out_waits_behind_the_login(brest, bob):
    client = Client()
    response = client.post(new(brest), typed(title="Tapé trop longtemps"))
    assert response.url.startswith(reverse("account_login"))
    client.force_login(bob)
    html = page(client.get(new(brest)))
    assert 'value="Tapé trop longtemps"' in html and "de nouveau connecté" in html
    assert UnsentForm.objects.get().title == "Tapé trop longtemps"
    assert not Offer.objects.exists()
    assert "Tapé trop longtemps" not in page(client.get(new(brest, "data")))


def test_htmx_is_told_that_nobody_is_signed_in_and_the_text_is_kept(brest, bob):
    client = Client()
    html = page(keep(client, new(brest), typed(title="En cours")))
    assert "Vous n’êtes plus connecté" in html
    client.force_login(bob)
    assert 'value="En cours"' in page(client.get(new(brest)))


def test_what_waits_behind_the_login_is_for_that_page_and_those_who_may(brest, charlie):
    client = Client()
    client.post(new(brest), typed(title="Secret"))
    client.force_login(charlie)
    assert client.get(new(brest)).status_code == 404
    assert not UnsentForm.objects.exists()


# --- Two write at once ---


def test_the_second_save_is_told_and_nothing_is_lost(officers, officer, brest, room):
    mine, theirs = opened(officer, edit(room)), opened(signed_in(officers["member"]), edit(room))
    signed_in(officers["member"]).post(edit(room), {**theirs, "capacity": "80", "title": "Titre de Member"})
    html = page(officer.post(edit(room), {**mine, "title": "Titre de Bob", "action": "save"}))
    room.refresh_from_db()
    assert room.title == "Titre de Member"
    assert "a changé pendant que vous écriviez" in html
    told = html[html.index("deux-versions") : html.index("</section>")]
    for words in ("<strong>Member</strong>", "Titre de Member", "Titre de Bob", "80", "60"):
        assert words in told, words
    assert 'value="Titre de Bob"' in html
    # Read, one field taken from the other, then saved over it.
    version = Offer.objects.get(pk=room.pk).version
    mine |= {"version": str(version), "title": "Titre de Bob"}
    html = page(officer.post(edit(room), {**mine, "take": "stored:capacity"}))
    assert 'name="capacity" value="80"' in html and 'value="Titre de Bob"' in html
    assert officer.post(edit(room), {**mine, "capacity": "80", "action": "save"}).status_code == 302
    room.refresh_from_db()
    assert (room.title, room.resources.get().capacity) == ("Titre de Bob", 80)
    assert room.history.filter(title="Titre de Member").exists()


def test_a_pause_meanwhile_is_nothing_to_choose_between(officer, brest, room):
    mine = opened(officer, edit(room))
    officer.post(reverse("offer_status", args=[brest.slug, room.uuid]), {"action": "pause"})
    assert officer.post(edit(room), {**mine, "title": "Autre", "action": "save"}).status_code == 302
    room.refresh_from_db()
    assert (room.title, room.status) == ("Autre", Status.PAUSED)


def test_saved_at_this_very_moment_is_seen_by_the_service(officer, brest, room, monkeypatch):
    real = writing.write_offer

    def after_somebody(**arguments):
        Offer.objects.filter(pk=room.pk).update(version=9, title="Autre main")
        return real(**arguments)

    monkeypatch.setattr(writing, "write_offer", after_somebody)
    html = page(officer.post(edit(room), {**opened(officer, edit(room)), "title": "Ma main", "action": "save"}))
    assert "Autre main" in html and 'value="Ma main"' in html
    room.refresh_from_db()
    assert room.title == "Autre main"


def test_gone_back_and_typed_on_it_does_not_vanish(officer, brest):
    data = {**opened(officer, new(brest)), **typed()}
    officer.post(new(brest), data)
    html = page(officer.post(new(brest), {**data, "title": "Salle Watt, agrandie"}))
    assert "déjà été enregistrée" in html and 'value="Salle Watt, agrandie"' in html
    offer = Offer.objects.get()
    assert f'action="{edit(offer)}"' in html


def test_a_need_is_guarded_too(bricoleuses, alice, repair):
    client, address = signed_in(alice), reverse("need_edit", args=[bricoleuses.slug, repair.uuid])
    mine = opened(client, address)
    client.post(address, {**mine, "why": "Une raison", "action": "save"})
    html = page(client.post(address, {**mine, "contribution": "Un repas", "action": "save"}))
    assert "Une raison" in html and "Un repas" in html
    assert "a changé pendant que vous écriviez" in html


# --- Beside the form ---


def test_the_needs_that_wait_are_shown_before_anything_is_published(officer, brest, repair):
    html = page(keep(officer, new(brest), typed(text=REPAIRS)))
    assert "1 besoin lui correspond" in html
    assert repair.title in html
    assert not Offer.objects.exists()


def test_the_condition_that_removes_most_says_what_would_change_it(officer, brest, bricoleuses):
    for title in ("Une salle pour réparer des vélos", "Une salle pour réparer des objets"):
        make_need(bricoleuses, title=title, capacity=200)
    html = page(keep(officer, new(brest), typed(text=REPAIRS)))
    assert "2 besoins parlent du même sujet" in html
    assert "Proposer un lieu de 200 personnes" in html


def test_what_was_set_aside_does_not_wait(officer, brest, bob, room, repair):
    pair = suggest(room, repair)
    data = opened(officer, edit(room))
    assert repair.title in page(keep(officer, edit(room), data))
    dismiss(suggestion=pair, side="offer", person=bob, reason="place")
    assert repair.title not in page(keep(officer, edit(room), data))


def test_the_offers_that_fit_while_a_need_is_written(bricoleuses, alice, room):
    address = reverse("need_new", args=[bricoleuses.slug])
    data = {"title": "Une salle", "text": "Pour réparer des objets le samedi", "territory": "Brest (Finistère)"}
    html = page(keep(signed_in(alice), address, data))
    assert "1 offre lui correspond" in html and room.title in html
    assert not Need.objects.exists()


def test_likely_the_same_is_shown_and_hinders_nobody(officers, officer, brest, room):
    data = typed(title=room.title, text=room.text)
    html = page(keep(officer, new(brest), data))
    assert "Peut-être déjà publié" in html and room.title in html
    assert "Peut-être déjà publié" not in page(keep(officer, edit(room), opened(officer, edit(room))))
    assert officer.post(new(brest), data).status_code == 302
    # A draft of another authority is nobody's business.
    other = officers["other"].memberships.get().organisation
    draft = make_offer(other, published=False, title="Brouillon des autres", text=room.text)
    html = page(keep(officer, new(brest), typed(title=draft.title, text=draft.text)))
    assert reverse("public:offer", args=[draft.uuid, draft.slug]) not in html


def test_what_the_text_says_is_proposed_and_taken_only_by_hand(officer, brest):
    theme = Theme.objects.create(slug="reparation", name_fr="Réparation et réemploi", name_en="Repair", position=1)
    data = typed(text="Une salle de 85 m² pour 30 personnes à Quimper, pour la réparation.", capacity="")
    html = page(keep(officer, new(brest), data))
    for hint in ("surface_m2:85", "capacity:30", "territory:commune-29232", f"themes:{theme.slug}"):
        assert f'value="{hint}"' in html, hint
    row = UnsentForm.objects.get()
    assert (row.values["capacity"], row.values.get("themes_0")) == ([""], None)
    html = page(officer.post(new(brest), {**data, "take": "capacity:30"}))
    assert 'name="capacity" value="30"' in html and 'value="capacity:30"' not in html
    html = page(officer.post(new(brest), {**data, "take": f"themes:{theme.slug}"}))
    assert f'<option value="{theme.slug}" selected>' in html
    html = page(officer.post(new(brest), {**data, "take": "territory:commune-29232"}))
    assert 'value="Quimper (Finistère)"' in html
    assert not Offer.objects.exists()


def test_kinds_are_proposed_to_a_need(bricoleuses, alice):
    client, address = signed_in(alice), reverse("need_new", args=[bricoleuses.slug])
    data = {"title": "Nous cherchons une salle et une subvention de 3 000 €", "text": "", "form_key": str(uuid4())}
    html = page(keep(client, address, data))
    for hint in ("kinds:place", "kinds:funding", "amount_max:300000"):
        assert f'value="{hint}"' in html, hint
    html = page(client.post(address, {**data, "take": "amount_max:300000"}))
    assert 'name="amount_max" value="3\u00a0000"' in html


@pytest.mark.parametrize("what", ["", ":", "stored:", "stored:x", "themes:x", "kinds:x", "territory:x-1", "capacity:x"])
def test_an_unknown_proposal_changes_nothing(officer, brest, what):
    assert 'value="Salle Watt"' in page(officer.post(new(brest), typed(take=what)))


def test_a_long_sentence_is_noted_and_hinders_nobody(officer, brest):
    text = "Nous prêtons une salle " + "et encore une chaise " * 10 + "."
    html = page(keep(officer, new(brest), typed(text=text)))
    assert "compte 44 mots" in html
    assert "compte" not in page(keep(officer, new(brest), typed(text="Une salle. Elle est claire.")))
    assert officer.post(new(brest), typed(text=text)).status_code == 302


def test_the_easy_summary_is_shown_on_the_public_page(officer, brest):
    officer.post(new(brest), typed(easy_read="Nous prêtons une salle. Elle est gratuite."))
    offer = Offer.objects.get()
    html = page(Client().get(reverse("public:offer", args=[offer.uuid, offer.slug])))
    assert "En facile à lire" in html and "Elle est gratuite." in html
    assert "Elle est gratuite." in page(officer.get(edit(offer)))


def test_queries_stay_few_however_many_listings(officer, brest, bricoleuses):
    for number in range(3):
        make_need(bricoleuses, title=f"Une salle pour réparer {number}")
        make_offer(brest, title=f"Salle {number}")
    data = typed(text=REPAIRS)
    keep(officer, new(brest), data)
    with CaptureQueriesContext(connection) as few:
        keep(officer, new(brest), data)
    for number in range(10):
        make_need(bricoleuses, title=f"Une autre salle pour réparer {number}")
        make_offer(brest, title=f"Autre salle {number}")
    keep(officer, new(brest), data)
    with CaptureQueriesContext(connection) as many:
        keep(officer, new(brest), data)
    print(f"requêtes pendant l’écriture : {len(many)}")
    assert len(many) <= len(few) + 1


# --- Anything at all ---

ANY_TEXT = st.one_of(st.sampled_from([text for text in BAD_TEXTS.values() if len(text) < 10_000]), st.text(max_size=80))
NAMES = ["title", "text", "easy_read", "territory", "territory_place", "perimeter", "capacity", "starts", "ends"]
NAMES += ["amount_max", "themes_0", "kinds", "legal_forms", "version", "form_key", "collective_access", "take", "price"]


@settings(max_examples=40, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    typed_in=st.dictionaries(st.sampled_from(NAMES), ANY_TEXT, max_size=6),
    action=st.sampled_from(["keep", "look", "draft", "publish", "save", "drop"]),
    form=st.sampled_from(["place", "funding", "need", "changed"]),
)
def test_whatever_is_typed_it_is_answered_and_kept(officer, alice, brest, bricoleuses, room, typed_in, action, form):
    address = {"need": reverse("need_new", args=[bricoleuses.slug]), "changed": edit(room)}.get(form) or new(
        brest, form
    )
    client = signed_in(alice) if form == "need" else officer
    texts = {name: text.encode("utf-8", "ignore").decode() for name, text in typed_in.items()}
    response = client.post(address, {"title": "Une salle", **texts, "action": action})
    assert response.status_code in (200, 302)
    if response.status_code == 200 and response.context and "form" in response.context:
        shown = response.context["form"]
        if "take" not in texts:
            assert all(shown.data.get(name) == texts[name] for name in ("title", "text") if name in texts)


def test_those_who_may_not_write_keep_nothing(officers, brest):
    for who in ("reader", "stranger", "other", "staff"):
        assert keep(signed_in(officers[who]), new(brest), typed()).status_code == 404
    assert not UnsentForm.objects.exists()


def test_an_address_is_no_subject_and_two_of_many_neighbours_say_nothing():
    names = [("street", "Espace public et rue"), ("garden", "Jardins partagés")]
    assert themes_said("Salle au 3 rue de Siam, près de la place Guérin", names) == []
    assert themes_said("Peindre la rue avec les habitants", names) == ["street"]
    neighbour = engine.Need(id="1", title="Une salle", text="", themes=("garden",))
    other = replace(neighbour, themes=())
    assert _common_themes({1: neighbour, 2: neighbour, 3: other, 4: other}) == ["garden"]
    assert _common_themes(dict(enumerate([neighbour, neighbour, *[other] * 6]))) == []


# --- Before choosing a form, and coming back ---


def test_a_sentence_shows_who_waits_before_any_form(officer, brest, repair):
    address = reverse("offer_choose", args=[brest.slug])
    html = page(officer.get(address, {"texte": "Nous prêtons une salle pour réparer des objets le samedi."}))
    assert repair.title in html and "1 besoin lui correspond" in html
    assert "Continuer" in html and "Voir qui l’attend" in html
    assert html.index("Nous proposons") < html.index("Un lieu")
    assert f"{new(brest)}?texte=Nous%20pr%C3%AAtons" in html
    fragment = page(officer.get(address, {"texte": "une salle"}, headers=HTMX))
    assert "<html" not in fragment and "Un lieu" in fragment
    html = page(officer.get(new(brest), {"texte": "Nous prêtons une salle. Elle est claire."}))
    assert 'value="Nous prêtons une salle"' in html and "Elle est claire." in html
    assert not UnsentForm.objects.exists()


@pytest.mark.parametrize("text", ["", "\x00", "x" * 5_000, "<script>", "le la les", "😀"])
def test_any_sentence_is_answered(officer, brest, text):
    assert page(officer.get(reverse("offer_choose", args=[brest.slug]), {"texte": text}))
    assert page(officer.get(new(brest), {"texte": text}))


def test_what_is_unsent_waits_on_the_desk_of_its_person_alone(officers, officer, brest, room):
    keep(officer, edit(room), {**opened(officer, edit(room)), "title": "Titre en cours"})
    keep(officer, new(brest, "data"), typed(title=""))
    desk = reverse("desk_of", args=[brest.slug])
    html = page(officer.get(desk))
    for row in UnsentForm.objects.all():
        assert f"?reprendre={row.key}" in html
    assert "Titre en cours" in html and "Une annonce sans titre" in html
    assert page(officer.get(f"{edit(room)}?reprendre={UnsentForm.objects.get(listing=room.uuid).key}"))
    assert "Titre en cours" not in page(signed_in(officers["member"]).get(desk))


def test_what_an_earlier_page_still_sends_never_replaces_what_came_later(officer, brest):
    """The keeping that was under way when a proposal was taken arrives after it."""
    data = opened(officer, new(brest)) | {"title": "Salle", "text": "85 m²"}
    later = officer.post(new(brest), {**data, "take": "surface_m2:85"}).context["form"]
    assert later.data["turn"] == "1"
    assert "reprise ailleurs" in page(keep(officer, new(brest), data))
    assert UnsentForm.objects.get().values["surface_m2"] == ["85"]
    assert "Brouillon gardé" in page(keep(officer, new(brest), {**later.data.dict(), "title": "Salle claire"}))
    assert UnsentForm.objects.get().values["title"] == ["Salle claire"]
