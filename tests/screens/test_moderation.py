"""« Signaler », the queue of the staff, what an organisation reads: as people meet them."""

from datetime import date
from uuid import uuid4

import pytest
from django.contrib.auth.models import Group
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from cms.models.told import HiddenByModeration
from cms.services import EDITORS, build_site, write_story
from matching.moderation.models import Case, Report, Step
from matching.moderation.services import ask_again, follow_token, report, undo
from matching.moderation.things import kind_named
from matching.organisations.models import Organisation
from matching.organisations.services import NotAllowed
from matching.partnerships.services import send_message
from matching.screens.limits import REPORTS
from tests.factories import make_offer, make_person
from tests.screens.conftest import signed_in

pytestmark = pytest.mark.django_db

HOSTILE = "<script>alert('x')</script> =cmd|'/C calc'!A0"


def page_of(offer):
    return reverse("report", args=["offre", offer.uuid])


def report_words(**words):
    return {"reason": "misleading", "text": "Fermée.", "email": "", "website": "", "form_key": str(uuid4()), **words}


def decision(client, case, **words):
    """What the staff's form sends, as the page drew it."""
    page = client.get(reverse("moderation_case", args=[case.uuid]))
    seen = page.context["form"]["seen"].value()
    return {"verdict": "hidden", "reason": "Parce que.", "form_key": str(uuid4()), "seen": seen, **words}


def decide(client, case, **words):
    return client.post(reverse("moderation_case", args=[case.uuid]), decision(client, case, **words))


def test_every_public_thing_has_its_way_to_report(room, repair, brest, client):
    build_site()
    story = write_story(
        slug="une",
        title="Une réussite",
        intro="Ensemble.",
        when=date(2026, 1, 1),
        body=[{"type": "paragraph", "value": "<p>Ils ont fait.</p>"}],
        rests_on="nothing",
        authority=brest,
    )
    pages = {
        reverse("public:offer", args=[room.uuid, room.slug]): ("offre", room.uuid),
        reverse("public:need", args=[repair.uuid, repair.slug]): ("besoin", repair.uuid),
        reverse("public:organisation", args=[brest.slug]): ("organisation", brest.uuid),
        story.url: ("reussite", story.translation_key),
    }
    for page, words in pages.items():
        address = reverse("report", args=words)
        assert address in client.get(page).content.decode()
        assert client.post(address, report_words()).status_code == 302
    assert sorted(Case.objects.values_list("kind", flat=True)) == ["need", "offer", "organisation", "story"]
    (copy,) = Report.objects.filter(case__kind="story").values_list("copy", flat=True)
    assert "Ils ont fait." in str(copy)


def test_what_was_typed_is_kept_and_what_is_wrong_is_said(room, client):
    typed = report_words(reason="", text="La salle est fermée", email="pas une adresse")
    answer = client.post(page_of(room), typed)
    shown = answer.content.decode()
    assert "La salle est fermée" in shown and "pas une adresse" in shown
    assert set(answer.context["form"].errors) == {"reason", "email"}
    answer = client.post(page_of(room), report_words(reason="other", text=""))
    assert set(answer.context["form"].errors) == {"text"}
    assert not Report.objects.exists()


def test_a_double_click_writes_one_row(room, client):
    words = report_words()
    assert [client.post(page_of(room), words).status_code for _ in range(2)] == [302, 302]
    assert Report.objects.count() == 1


def test_what_reads_no_screen_is_thanked_and_forgotten(room, client):
    assert client.post(page_of(room), report_words(website="https://x.example")).status_code == 302
    assert not Report.objects.exists()


def test_too_many_reports_wait_with_their_text(room, client):
    for _ in range(REPORTS.most):
        client.post(page_of(room), report_words())
    answer = client.post(page_of(room), report_words(text="Celui-ci aussi"))
    assert answer.status_code == 429
    assert "Celui-ci aussi" in answer.content.decode()
    assert Report.objects.count() == REPORTS.most


def test_hostile_words_are_only_words_everywhere(brest, staff, bob, client):
    offer = make_offer(brest, title=HOSTILE, text=HOSTILE)
    client.post(page_of(offer), report_words(text=HOSTILE))
    case = Case.objects.get()
    desk = signed_in(staff)
    decide(desk, case, reason=HOSTILE)
    for browser, address in (
        (client, reverse("report_follow", args=[follow_token(case.reports.get())])),
        (desk, reverse("moderation") + "?etat=traites"),
        (desk, reverse("moderation_case", args=[case.uuid])),
        (signed_in(bob), reverse("case", args=[brest.slug, case.uuid])),
    ):
        answer = browser.get(address)
        assert answer.status_code == 200
        assert "<script>alert" not in answer.content.decode()


def test_the_queue_shows_the_oldest_first_in_fixed_queries(brest, staff):
    desk = signed_in(staff)
    counts = []
    for wanted in (1, 12):
        while Case.objects.count() < wanted:
            offer = make_offer(brest, title=f"Salle {Case.objects.count():02}")
            for _ in range(2):
                report(kind=kind_named("offer"), thing=offer, reason="illegal", text="", form_key=uuid4())
        with CaptureQueriesContext(
            connection,
        ) as queries:
            page = desk.get(reverse("moderation"))
        counts.append(len(queries))
    assert counts[0] == counts[1] <= 12
    titles = [case.title for case, _kind, _reasons in page.context["rows"]]
    assert titles == sorted(titles)


def test_one_case_is_drawn_in_fixed_queries(room, staff):
    desk = signed_in(staff)
    counts = []
    for more in (1, 10):
        for _ in range(more):
            report(kind=kind_named("offer"), thing=room, reason="illegal", text="Là", form_key=uuid4())
        address = reverse("moderation_case", args=[Case.objects.get().uuid])
        with CaptureQueriesContext(connection) as queries:
            desk.get(address)
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_the_staff_reads_what_it_was_beside_what_it_is(room, staff, client):
    client.post(page_of(room), report_words())
    type(room).objects.filter(pk=room.pk).update(text="Tout autre chose")
    page = signed_in(staff).get(reverse("moderation_case", args=[Case.objects.get().uuid])).content.decode()
    assert f"<del>{room.text}</del>" in page and "<ins>Tout autre chose</ins>" in page


def test_two_at_once_decide_once_and_the_second_keeps_its_text(room, staff, client):
    client.post(page_of(room), report_words())
    case, desk = Case.objects.get(), signed_in(staff)
    late = decision(desk, case, reason="Ma raison à moi")
    decide(desk, case, verdict="nothing")
    answer = desk.post(reverse("moderation_case", args=[case.uuid]), late)
    assert answer.status_code == 200 and "Ma raison à moi" in answer.content.decode()
    assert Step.objects.count() == 1
    # What stands there now is on the page: the next click counts.
    again = late | {"seen": answer.context["form"]["seen"].value()}
    assert desk.post(reverse("moderation_case", args=[case.uuid]), again).status_code == 302


def test_an_organisation_reads_why_and_asks_again(room, brest, bob, staff, client):
    client.post(page_of(room), report_words(text="Dénonciation secrète"))
    case, desk = Case.objects.get(), signed_in(bob)
    decide(signed_in(staff), case, reason="La salle est démolie.")
    listing = desk.get(reverse("offer_desk", args=[brest.slug, room.uuid])).content.decode()
    address = reverse("case", args=[brest.slug, case.uuid])
    assert address in listing and "Publier de nouveau" not in listing
    assert client.get(reverse("public:offer", args=[room.uuid, room.slug])).status_code == 404
    answer = desk.post(reverse("offer_status", args=[brest.slug, room.uuid]), {"action": "publish"}, follow=True)
    assert "masquée par la modération" in answer.content.decode()
    answer = desk.post(reverse("offer_copy", args=[brest.slug, room.uuid]), {"form_key": str(uuid4())}, follow=True)
    assert "masquée par la modération" in answer.content.decode() and type(room).objects.count() == 1
    page = desk.get(address).content.decode()
    assert "La salle est démolie." in page
    assert "Dénonciation secrète" not in page and "Sacha" not in page
    assert "Sacha" not in desk.get(reverse("offer_history", args=[brest.slug, room.uuid])).content.decode()
    words = {"text": "Reconstruite.", "form_key": str(uuid4())}
    for _ in range(2):
        assert desk.post(address, words).status_code == 302
    assert Step.objects.filter(kind="review").count() == 1
    decide(signed_in(staff), case, verdict="restored", reason="En effet.")
    assert client.get(reverse("public:offer", args=[room.uuid, room.slug])).status_code == 200


def test_whoever_reported_confirms_reads_and_contests_by_the_link(room, staff, client):
    client.post(page_of(room), report_words(email="temoin@exemple.fr"))
    made = Report.objects.get()
    address = reverse("report_follow", args=[follow_token(made)])
    client.get(address)
    made.refresh_from_db()
    assert made.verified_at is None  # mail programs fetch addresses
    client.post(address, {"action": "confirm"})
    made.refresh_from_db()
    assert made.verified_at
    decide(signed_in(staff), made.case, verdict="nothing", reason="Elle est ouverte.")
    page = client.get(address).content.decode()
    assert "Elle est ouverte." in page and "rien à changer" in page
    assert client.post(address, {"text": "Non.", "form_key": str(uuid4())}).status_code == 302
    assert Case.objects.get().waits_since


def test_undoing_at_the_desk_puts_it_back(room, staff, client):
    client.post(page_of(room), report_words())
    case, desk = Case.objects.get(), signed_in(staff)
    decide(desk, case)
    undo = {"reason": "Erreur.", "form_key": str(uuid4())}
    for _ in range(2):
        assert desk.post(reverse("moderation_undo", args=[case.uuid]), undo).status_code == 302
    assert client.get(reverse("public:offer", args=[room.uuid, room.slug])).status_code == 200
    assert Step.objects.count() == 2


def test_a_message_is_reported_by_its_reader_and_hidden_from_both(pair, alice, bob, staff):
    message = send_message(suggestion=pair, side="need", author=alice, text="Menaces", form_key=uuid4())
    address = reverse("report_message", args=[message.uuid])
    thread = reverse("thread", args=[pair.uuid])
    assert address in signed_in(bob).get(thread).content.decode()
    assert address not in signed_in(alice).get(thread).content.decode()
    assert signed_in(alice).get(address).status_code == 404
    assert signed_in(bob).post(address, report_words(reason="illegal")).status_code == 302
    case = Case.objects.get()
    decide(signed_in(staff), case)
    for person in (alice, bob):
        shown = signed_in(person).get(thread).content.decode()
        assert "Menaces" not in shown and "masqué par la modération" in shown
    decide(signed_in(staff), case, verdict="restored")
    assert "Menaces" in signed_in(bob).get(thread).content.decode()


def test_what_was_typed_about_a_message_outlives_the_session(pair, alice, bob, client):
    message = send_message(suggestion=pair, side="need", author=alice, text="Menaces", form_key=uuid4())
    address = reverse("report_message", args=[message.uuid])
    client.post(address, report_words(text="Lisez donc"))
    client.force_login(bob)
    assert "Lisez donc" in client.get(address).content.decode()


def test_a_story_goes_and_comes_back(brest, staff, client):
    build_site()
    body = [{"type": "paragraph", "value": "<p>Ils ont fait.</p>"}]
    facts = {"slug": "une", "title": "Une réussite", "intro": "Ensemble.", "when": date(2026, 1, 1)}
    story = write_story(**facts, body=body, rests_on="nothing", authority=brest)
    client.post(reverse("report", args=["reussite", story.translation_key]), report_words())
    case = Case.objects.get()
    assert [*case.organisations.all()] == [brest]
    decide(signed_in(staff), case)
    assert client.get(story.url).status_code == 404
    decide(signed_in(staff), case, verdict="restored")
    assert client.get(story.url).status_code == 200


@pytest.fixture
def hidden_story(brest, staff):
    """A published story of Brest that moderation hides."""
    build_site()
    story = write_story(
        slug="une",
        title="Une réussite",
        intro="Ensemble.",
        when=date(2026, 1, 1),
        body=[{"type": "paragraph", "value": "<p>Ils ont fait.</p>"}],
        rests_on="nothing",
        authority=brest,
    )
    report(kind=kind_named("story"), thing=story, reason="personal", text="", form_key=uuid4())
    decide(signed_in(staff), Case.objects.get())
    story.refresh_from_db()
    return story


def test_no_editor_shows_what_moderation_hides(hidden_story, staff, client):
    editor = make_person("redaction@exemple.fr", "Dominique")
    editor.groups.add(Group.objects.get(name=EDITORS))
    assert not hidden_story.live
    for person in (editor, staff):
        may = hidden_story.permissions_for_user(person)
        assert may.can_edit() and not may.can_publish() and not may.can_copy()
    page = signed_in(editor).get(reverse("wagtailadmin_pages:edit", args=[hidden_story.pk]))
    assert page.status_code == 200 and 'name="action-publish"' not in page.content.decode()
    # Nor a schedule, nor a command.
    with pytest.raises(HiddenByModeration):
        hidden_story.save_revision().publish()
    assert client.get(hidden_story.url).status_code == 404
    decide(signed_in(staff), Case.objects.get(), verdict="restored")
    assert client.get(hidden_story.url).status_code == 200
    assert hidden_story.permissions_for_user(editor).can_publish()


def test_undoing_brings_a_story_back_and_away_again(hidden_story, staff, client):
    case = Case.objects.get()
    undo(step=case.steps.get(), by=staff, reason="Mauvaise page.", form_key=uuid4())
    assert client.get(hidden_story.url).status_code == 200
    hidden_story.refresh_from_db()
    hidden_story.save_revision().publish()


def test_what_is_to_be_mended_waits_on_the_desk_until_another_look_is_asked(room, brest, bob, staff):
    report(kind=kind_named("offer"), thing=room, reason="misleading", text="", form_key=uuid4())
    case, desk = Case.objects.get(), reverse("desk_of", args=[brest.slug])
    assert "à corriger" not in signed_in(bob).get(desk).content.decode()
    for verdict, said in (("correct", "demande une correction"), ("hidden", "Masqué par la modération")):
        decide(signed_in(staff), case, verdict=verdict)
        html = signed_in(bob).get(desk).content.decode()
        assert "à corriger" in html and said in html
        assert reverse("case", args=[brest.slug, case.uuid]) in html
    ask_again(case=case, text="Corrigé.", form_key=uuid4(), by=bob, organisation=brest)
    assert "à corriger" not in signed_in(bob).get(desk).content.decode()


@pytest.mark.parametrize(
    "name", ["case", "moderation_case", "assisted_new", "suggestion_propose", "pass_on", "suggestion_dismiss"]
)
def test_what_was_typed_in_any_of_these_outlives_the_session(name, pair, room, brest, alice, bob, staff, client):
    Organisation.objects.filter(pk=brest.pk).update(mediates=True)
    made = report(kind=kind_named("offer"), thing=room, reason="misleading", text="", form_key=uuid4())
    decide(signed_in(staff), made.case, verdict="correct")
    addresses = {
        "case": [brest.slug, made.case.uuid],
        "moderation_case": [made.case.uuid],
        "assisted_new": [],
        "suggestion_propose": ["offre", room.uuid],
        "pass_on": ["offre", room.uuid],
        "suggestion_dismiss": [pair.uuid],
    }
    address = reverse(name, args=addresses[name])
    words = dict.fromkeys(("text", "reason", "note", "territory", "authority"), "Longuement écrit")
    assert client.post(address, words).url.startswith(reverse("account_login"))
    client.force_login({"moderation_case": staff, "suggestion_propose": alice}.get(name, bob))
    assert "Longuement écrit" in client.get(address).content.decode()
    assert "Longuement écrit" not in client.get(address).content.decode()


def test_an_organisation_asks_nothing_before_a_decision(room, brest, bob):
    made = report(kind=kind_named("offer"), thing=room, reason="illegal", text="", form_key=uuid4())
    assert signed_in(bob).get(reverse("case", args=[brest.slug, made.case.uuid])).status_code == 404
    with pytest.raises(NotAllowed):
        ask_again(case=made.case, text="Et ?", form_key=uuid4(), by=bob, organisation=brest)
