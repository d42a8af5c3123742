"""A discreet collective: nobody outside reads where it meets, nor more of its territory than it wishes."""

import pytest
from django.core import mail
from django.urls import reverse
from django.utils import timezone

from matching.catalogue.models import Need
from matching.notices.services import send_due_notices, tell_of_suggestions
from matching.organisations.discretion import said_of_the_place
from matching.organisations.models import Organisation
from matching.organisations.services import create_collective, set_discretion
from matching.suggestions.bridge import need_in_engine
from matching.suggestions.models import State, Suggestion
from tests.factories import make_need
from tests.screens.conftest import signed_in, suggest

HIDDEN = "12 rue du Refuge, porte bleue"
GROUND = {"code": "territory.same_commune", "params": {"place": "Lille"}}
REFUSED = {
    "gate": "perimeter",
    "code": "refused.perimeter",
    "params": {"of": "de Brest", "place": "Lille"},
    "mend": {"code": "mend.perimeter.offer", "params": {"place": "Lille"}},
}


@pytest.fixture
def shelter(charlie, territories):
    """Charlie's collective in Lille, which tells its département only."""
    shelter = create_collective(
        person=charlie, name="Les Veilleuses", legal_form="informal", territory=territories["commune", "59350"]
    )
    return set_discretion(organisation=shelter, by=charlie, discretion="departement", meeting_place=HIDDEN)


@pytest.fixture
def need(shelter, territories):
    lille = territories["commune", "59350"]
    return make_need(shelter, territory=lille, perimeter=lille, title="Une salle calme le soir")


@pytest.fixture
def suggestion(room, need):
    return suggest(room, need, offer_reasons=[GROUND], offer_warnings=[REFUSED], offer_against=GROUND)


def public_addresses(need, territories):
    lists = [
        ("public:needs", ""),
        ("public:needs", "?map=1"),
        ("public:needs", "?q=salle+calme"),
        ("public:needs", "?q=salle+calme&map=1"),
        ("public:organisations", ""),
        ("public:offers", ""),
        ("sitemap", ""),
        ("public:method", ""),
        ("public:outlines", ""),
    ]
    yield from (reverse(name) + asked for name, asked in lists)
    yield reverse("public:needs") + "?territory=Nord&territory_place=departement-59"
    yield reverse("public:need", args=[need.uuid, need.slug])
    yield reverse("public:organisation", args=[need.organisation.slug])
    yield "/"


def test_no_public_answer_says_it(client, need, territories):
    Organisation.objects.filter(pk=need.organisation_id).update(description="Un lieu pour souffler.")
    seen = 0
    for address in public_addresses(need, territories):
        html = client.get(address).content.decode()
        # The page of the method names examples of its own.
        words = ("Refuge", "porte bleue") if "comment" in address or address == "/" else ("Refuge", "bleue", "Lille")
        assert [word for word in words if word in html] == [], address
        seen += need.title in html
    assert seen >= 4


def test_search_by_its_commune_does_not_tell_it_from_the_others(client, need):
    """Found in its département as a whole: asking for Lille and for Dunkerque answers the same."""
    answers = []
    for commune in ("59350", "59009"):
        html = client.get(reverse("public:needs") + f"?territory=x&territory_place=commune-{commune}").content.decode()
        answers.append(need.title in html)
    assert answers == [True, True]
    assert not Need.objects.filter(territory__code="59350").exists()


def test_the_matcher_reads_the_true_territory(need):
    asked = need_in_engine(Need.objects.get(pk=need.pk))
    assert (asked.territory.code, asked.perimeter.code) == ("59350", "59350")


def test_the_other_side_reads_neither_until_both_are_interested(suggestion, bob, need):
    page = reverse("thread", args=[suggestion.uuid])
    client = signed_in(bob)
    for state in ("new", "seen", "dismissed"):
        Suggestion.objects.filter(pk=suggestion.pk).update(need_state=state, offer_state=State.INTERESTED)
        html = client.get(page).content.decode()
        assert "Refuge" not in html
        assert "Lille" not in html
        assert "ce collectif n’en dit pas plus" in html or state == "dismissed"
    Suggestion.objects.filter(pk=suggestion.pk).update(need_state=State.INTERESTED, offer_state=State.INTERESTED)
    assert HIDDEN in client.get(page).content.decode()


def test_its_own_people_read_their_meeting_place(suggestion, charlie):
    assert HIDDEN in signed_in(charlie).get(reverse("thread", args=[suggestion.uuid])).content.decode()


def test_desk_of_the_other_side_says_nothing(suggestion, room, bob, need):
    room.near_misses = [{"id": need.pk, "refused_by": [REFUSED]}]
    room.save(update_fields=["near_misses"])
    client = signed_in(bob)
    for address in (
        reverse("desk_of", args=[room.organisation.slug]),
        reverse("offer_desk", args=[room.organisation.slug, room.uuid]),
    ):
        html = client.get(address).content.decode()
        assert need.title in html
        assert "Refuge" not in html
        assert "Lille" not in html


def test_mails_to_the_other_side_say_nothing(suggestion, bob):
    tell_of_suggestions(suggestion_ids=[suggestion.pk])
    send_due_notices(now=timezone.now() + timezone.timedelta(days=2))
    sent = [message for message in mail.outbox if bob.email in message.to]
    assert sent
    for message in sent:
        told = message.body + message.alternatives[0].content
        assert "Refuge" not in told
        assert "Lille" not in told


def test_it_says_more_again_when_it_wishes(client, need, charlie, shelter):
    set_discretion(organisation=shelter, by=charlie, discretion="", meeting_place=HIDDEN)
    assert HIDDEN in client.get(reverse("public:organisation", args=[shelter.slug])).content.decode()
    need.refresh_from_db()
    assert (need.territory.code, need.perimeter.code, need.exact_territory) == ("59350", "59350", None)


def test_a_municipal_district_is_told_as_its_commune(charlie, territories):
    group = create_collective(
        person=charlie, name="Du 18e", legal_form="informal", territory=territories["commune", "75118"]
    )
    group = set_discretion(organisation=group, by=charlie, discretion="commune", meeting_place="")
    assert (group.territory.code, group.exact_territory.code) == ("75056", "75118")
    assert need_in_engine(make_need(group, territory=territories["commune", "75118"])).territory.code == "75118"


def test_the_form_shows_what_was_typed_and_keeps_it(need, charlie, shelter):
    address = reverse("need_edit", args=[shelter.slug, need.uuid])
    html = signed_in(charlie).get(address).content.decode()
    assert 'value="commune-59350"' in html


def test_a_text_that_says_the_place_is_stopped_before_it_is_published(need, charlie, shelter):
    address = reverse("need_edit", args=[shelter.slug, need.uuid])
    words = {
        "title": "Une salle",
        "text": "Venez au 12, RUE DU REFUGE un soir.",
        "territory": "Lille",
        "territory_place": "commune-59350",
        "contribution": "Du temps",
        "action": "save",
    }
    response = signed_in(charlie).post(address, words)
    assert "et ce texte le dit" in response.content.decode()
    response = signed_in(charlie).post(address, words | {"text": "Venez un soir."})
    assert response.status_code == 302
    need.refresh_from_db()
    assert (need.territory.level, need.exact_territory.code) == ("departement", "59350")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Au 12 rue du refuge", "12 rue du Refuge"),
        ("Sonnez porte  bleue", "porte bleue"),
        ("À Lille, le soir", ""),
        ("", ""),
    ],
)
def test_what_gives_the_place_away(shelter, text, said):
    assert said_of_the_place(shelter, [text]) == said


def test_the_setting_is_kept_and_names_what_still_tells(shelter, charlie, client):
    telling = make_need(shelter, title="Rendez-vous porte bleue")
    page = reverse("discretion", args=[shelter.slug])
    html = signed_in(charlie).get(page).content.decode()
    assert telling.title in html
    assert HIDDEN in html
    response = signed_in(charlie).post(page, {"meeting_place": "Ailleurs", "discretion": "licorne"})
    assert "Choisissez l’une des trois réponses." in response.content.decode()
    assert 'value="Ailleurs"' in response.content.decode()
    signed_in(charlie).post(page, {"meeting_place": "Ailleurs", "discretion": "commune"})
    shelter.refresh_from_db()
    assert (shelter.meeting_place, shelter.discretion, shelter.territory.code) == ("Ailleurs", "commune", "59350")
