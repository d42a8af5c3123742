"""Whatever is typed in any form of the service: no server error, nothing slow, no text lost.

The forms of publishing and finding are in test_bad_input; here are all the others. PCC_EXAMPLES=5000 tries so many.
"""

from uuid import uuid4

import pytest
from django import forms
from django.test import Client
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from matching.catalogue.services import ResourceFacts
from matching.moderation import services as moderation
from matching.moderation.things import kind_named
from matching.organisations.models import Organisation, Role
from matching.partnerships import applications
from matching.partnerships.applications import ApplicationFacts
from matching.partnerships.conventions import latest_of
from matching.screens.applications import forms as applying
from matching.screens.assisted.forms import ClaimForm, EntryForm
from matching.screens.desk_list import ListingFilter
from matching.screens.member.forms import DiscretionForm
from matching.screens.member.numbers import NumbersForm
from matching.screens.moderation import forms as moderating
from matching.screens.partnerships import forms as agreeing
from matching.screens.partnerships import life_forms
from matching.screens.register.forms import NoticeForm, RegisterFilterForm
from matching.screens.scarcity.forms import EnvelopeForm
from matching.screens.threads.passing import PassOnForm
from matching.screens.threads.proposing import ProposeForm, ProposeOtherForm
from tests.factories import make_need, make_offer, make_person
from tests.partnerships.making import prepared, signed
from tests.screens.conftest import join, signed_in, suggest
from tests.screens.test_bad_input import (
    ANYTHING,
    BAD_TEXTS,
    Sheet,
    anything,
    check_answer,
    fits,
    sent,
    sheets_of_publishing,
)
from tests.screens.test_matrix import PAPER

pytestmark = pytest.mark.django_db

# Files, not words: test_photos. One box each, of one of our values: test_hosting, test_member. Hours that are ticked:
# test_scarcity.
ELSEWHERE = {"PhotoForm", "PhotoTextForm", "HostForm", "RoleForm", "HoursForm", "WeeklyForm"}
# These have tests of their own, and no sheet here yet: whoever gives them one takes them off this list.
NOT_YET = {
    "AssessmentForm", "AssessorsForm", "BudgetForm", "CheckForm", "CopyForm", "CriteriaForm", "DocumentForm",
    "EligibilityPart", "ElsewhereForm", "GroupFileForm", "InviteForm", "NoteForm", "RemarkForm", "WindowForm",
}  # fmt: skip
# What is done before both sides have signed.
BEFORE = ("acte", "engagement")
DONE = {
    "acte": (agreeing.ActForm, {"reference": "2026-1", "on": "2026-01-05"}),
    "engagement": (agreeing.EngagementForm, {"on": "2026-01-05"}),
    "apport": (life_forms.ContributionForm, {"text": "Deux tables", "measure": "step", "given_on": "2026-01-05"}),
    "point": (life_forms.ReviewForm, {"text": "Tout va bien"}),
    "conciliation": (life_forms.DisputeForm, {"text": "Parlons-en"}),
    "etat-des-lieux": (
        life_forms.InventoryForm,
        {"moment": "entry", "part": "Porte", "condition": "good", "seen_on": "2026-01-05"},
    ),
    "pouvoir-d-agir": (life_forms.PowerForm, dict.fromkeys(("decides", "knows", "heard", "reaches", "goes_on"), "3")),
    "raconter": (life_forms.TextForm, {"text": "Ils ont fait."}),
    "fin": (life_forms.TextForm, {"text": "C’est fini."}),
}


@pytest.fixture
def sheets(brest, bricoleuses, bob, alice, staff):
    """Every form that the other file does not hold, where people meet it."""
    Organisation.objects.filter(pk=brest.pk).update(mediates=True)
    room, need = make_offer(brest, person=bob), make_need(bricoleuses, person=alice)
    suggest(room, need)
    grant = make_offer(brest, title="Aide aux fêtes", resource=ResourceFacts(kind="funding", amount_max=100_000))
    officer, member, team, nobody = signed_in(bob), signed_in(alice), signed_in(staff), Client()
    case = moderation.report(
        kind=kind_named("offer"),
        thing=room,
        reason="other",
        text="Fermée.",
        form_key=uuid4(),
        person=alice,
        email=alice.email,
    ).case
    decided = moderation.report(
        kind=kind_named("need"), thing=need, reason="other", text="Fermé.", form_key=uuid4()
    ).case
    seen = moderation.state_seen(case=decided)
    moderation.decide(case=decided, verdict="correct", reason="Vu.", by=staff, form_key=uuid4(), seen=seen)
    facts = ApplicationFacts(title="Ateliers", purpose="Réparer", brings="Du temps")
    begun = {"applicant": bricoleuses, "person": alice, "facts": facts}
    draft = applications.begin(offer=make_offer(brest, title="Halle"), form_key=uuid4(), **begun)
    filed = applications.begin(offer=room, form_key=uuid4(), **begun)
    filed = applications.file(application=filed, person=alice, filed={"title": "Ateliers"})
    filed = applications.take_up(application=filed, person=bob)
    partnership = prepared(make_offer(brest, title="Hangar"), bricoleuses, member=alice, officer=bob)
    active = signed(
        prepared(make_offer(brest, title="Grange"), bricoleuses, member=alice, officer=bob), member=alice, officer=bob
    )
    latest = latest_of(partnership)
    reason = {"reason": "Parce que."}
    project = {"title": "Ateliers", "purpose": "Réparer", "brings": "Du temps"}
    again = agreeing.VersionForm(partnership=partnership, version=latest)
    written = {bound.html_name: "" if bound.value() is None else bound.value() for bound in again}
    colleague = make_person("collegue@exemple.fr", "Camille")
    join(colleague, brest, Role.MEMBER)
    return {
        "report": Sheet(
            moderating.ReportForm,
            reverse("report", args=["offre", room.uuid]),
            nobody,
            {"reason": "other", "text": "Non"},
        ),
        "decision of moderation": Sheet(
            moderating.DecisionForm,
            reverse("moderation_case", args=[case.uuid]),
            team,
            {"verdict": "nothing", "seen": moderation.state_seen(case=case), **reason},
        ),
        "another look": Sheet(
            moderating.AskAgainForm, reverse("case", args=[bricoleuses.slug, decided.uuid]), member, {"text": "Corrigé"}
        ),
        "undoing": Sheet(
            moderating.UndoForm, reverse("moderation_undo", args=[decided.uuid]), team, reason, shown="undo_form"
        ),
        "proposal": Sheet(
            ProposeForm,
            reverse("suggestion_propose", args=["offre", room.uuid]),
            member,
            {"listing": str(need.uuid), "note": "Voyez"},
        ),
        "proposal of the team": Sheet(
            ProposeOtherForm,
            reverse("suggestion_propose", args=["offre", room.uuid]),
            team,
            {"listing": str(need.uuid), "note": "Voyez"},
        ),
        "passing on": Sheet(
            PassOnForm,
            reverse("pass_on", args=["besoin", need.uuid]),
            officer,
            {"note": "Voyez", "colleague": str(colleague.uuid)},
        ),
        "assisted entry": Sheet(EntryForm, reverse("assisted_new"), officer, {**PAPER, "action": "end"}),
        "envelope": Sheet(
            EnvelopeForm,
            reverse("offer_envelope", args=[brest.slug, grant.uuid]),
            officer,
            {"total_cents": "5000", "places": "3"},
        ),
        "claim": Sheet(ClaimForm, reverse("claim"), member, {"code": "AAAA-BBBB-CCCC"}),
        "discretion": Sheet(
            DiscretionForm,
            reverse("discretion", args=[bricoleuses.slug]),
            member,
            {"meeting_place": "Chez Anne", "discretion": ""},
        ),
        "numbers": Sheet(NumbersForm, reverse("organisation_numbers", args=[bricoleuses.slug]), member, {"siret": ""}),
        # What it cannot read filters nothing, and says nothing.
        "listings of a desk": Sheet(
            ListingFilter, reverse("desk_of", args=[brest.slug]), officer, {"q": "salle"}, "GET", shown="none"
        ),
        "register": Sheet(RegisterFilterForm, reverse("register"), nobody, {"year": "2026"}, "GET"),
        "notice of a grant": Sheet(
            NoticeForm, reverse("desk_register_notice", args=[brest.slug, active.uuid]), officer, {"payment": "unique"}
        ),
        "application": Sheet(
            applying.ApplicationForm, reverse("apply", args=[room.uuid]), member, {**project, "need": str(need.uuid)}
        ),
        "application changed": Sheet(
            applying.ApplicationForm, reverse("application_edit", args=[draft.uuid]), member, project
        ),
        "decision on an application": Sheet(
            applying.DecisionForm,
            reverse("application_decide", args=[filed.uuid]),
            officer,
            {"verdict": "decline", **reason},
            shown="decision_form",
        ),
        "correction of an application": Sheet(
            applying.CorrectionForm,
            reverse("application_ask", args=[filed.uuid]),
            officer,
            {"ask-kind": "incomplete", "ask-reason": "Le lieu"},
            shown="ask_form",
            prefix="ask-",
        ),
        "withdrawal": Sheet(
            applying.WithdrawForm,
            reverse("application_move", args=[filed.uuid]),
            member,
            {"verb": "withdraw", "withdraw-reason": "Trop loin"},
            shown="withdraw_form",
            steers=("verb",),
            prefix="withdraw-",
        ),
        "convention": Sheet(
            agreeing.VersionForm, reverse("convention_write", args=[partnership.uuid]), officer, written
        ),
        "remark on a clause": Sheet(
            agreeing.CommentForm,
            reverse("convention_comment", args=[partnership.uuid, latest.number]),
            member,
            {"clause": "purpose", "text": "À préciser"},
            steers=("clause",),
        ),
    } | {
        f"deed: {name}": Sheet(
            form,
            reverse("partnership_do", args=[(partnership if name in BEFORE else active).uuid, name]),
            member if name == "engagement" else officer,
            good,
        )
        for name, (form, good) in DONE.items()
    }


def forms_of_screens():
    """Every form that a screen shows, those that others are made of left out."""
    found, todo = set(), [forms.Form]
    while todo:
        for form in todo.pop().__subclasses__():
            todo.append(form)
            if form.__module__.startswith("matching.screens"):
                found.add(form)
    return {form for form in found if not any(other is not form and issubclass(other, form) for other in found)}


def test_every_form_is_tried_somewhere(sheets, brest, bricoleuses, bob, alice, charlie):
    others = sheets_of_publishing(brest, bricoleuses, bob, alice, charlie)
    tried = {sheet.form for sheet in [*sheets.values(), *others.values()]}
    missing = {form.__name__ for form in forms_of_screens() - tried} - ELSEWHERE - NOT_YET
    assert not missing


def test_the_good_answers_are_good(sheets):
    """Else the tests below would try closed doors only."""
    closed = {}
    for name, sheet in sheets.items():
        response = sent(sheet, sheet.good)
        form = response.context.get(sheet.shown) if response.context else None
        if form is not None and form.is_bound and form.errors and name != "claim":
            closed[name] = form.errors.as_json()
    assert not closed


def test_every_bad_text_somewhere(sheets):
    """Each text in all fields of some forms, each form with some texts: PCC_EXAMPLES tries them all."""
    texts = list(BAD_TEXTS.values())
    for turn, sheet in enumerate(sheets.values()):
        for text in texts[turn % 5 :: 5]:
            names = sheet.names() if len(text) < 10_000 else sheet.names()[turn % 4 :: 4]
            data = dict.fromkeys(names, text)
            if fits(sheet, data):
                check_answer(sent(sheet, data), sheet, data)


@anything(60)
@given(draw=st.data())
def test_anything_anywhere(sheets, draw):
    sheet = sheets[draw.draw(st.sampled_from(list(sheets)))]
    names = draw.draw(st.lists(st.sampled_from(sheet.names()), max_size=5, unique=True))
    data = {**sheet.good, **{field: draw.draw(ANYTHING, label=field) for field in names}}
    if fits(sheet, data):
        check_answer(sent(sheet, data), sheet, data)
