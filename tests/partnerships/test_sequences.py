"""Whatever people do in whatever order, an application stands where its table says, and no row is lost.

The suite tries a hundred sequences in the database and thousands on the table alone; PCC_TEST_SEQUENCES tries more.
"""

import os
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from matching.organisations.services import NotAllowed, create_collective
from matching.partnerships import applications, parties
from matching.partnerships.applications import ApplicationFacts
from matching.partnerships.models import Application, Partnership, Party, Spending, State, Step, Verb
from matching.partnerships.models.applications import DECIDED
from matching.partnerships.moves import MOVES, ImpossibleMove, Side, check_move, possible
from tests.factories import make_offer, make_person

SEQUENCES = int(os.environ.get("PCC_TEST_SEQUENCES", "100"))

REASON = {"reason": "Parce que."}
DEEDS = {
    Verb.FILE: lambda one, who: applications.file(application=one, person=who, filed={"title": one.title}),
    Verb.CORRECT: lambda one, who: applications.correct(application=one, person=who, filed={"title": one.title}),
    Verb.WITHDRAW: lambda one, who: applications.withdraw(application=one, person=who),
    Verb.RESUME: lambda one, who: applications.resume(application=one, person=who),
    Verb.ASK_CORRECTION: lambda one, who: applications.ask_correction(
        application=one, person=who, kind="incomplete", **REASON
    ),
    Verb.TAKE_UP: lambda one, who: applications.take_up(application=one, person=who),
    Verb.GIVE_BACK: lambda one, who: applications.give_back(application=one, person=who),
    Verb.ACCEPT: lambda one, who: applications.accept(application=one, person=who, **REASON),
    Verb.DECLINE: lambda one, who: applications.decline(application=one, person=who, **REASON),
    Verb.CLOSE: lambda one, who: applications.close(application=one, person=who, **REASON),
    Verb.REEXAMINE: lambda one, who: applications.reexamine(application=one, person=who, **REASON),
}
#: What changes no state: who takes part, and what is written.
BESIDE = ("write", "invite", "yes", "no", "leave", "remove")
PEOPLE = ("alice", "bob", "dora", "charlie")
# Most of what people try is what they may: otherwise few sequences go far.
ACTS = st.one_of(
    st.sampled_from([("alice" if MOVES[verb].side == Side.APPLICANT else "bob", verb) for verb in DEEDS]),
    st.tuples(st.sampled_from(PEOPLE), st.sampled_from([*DEEDS, *BESIDE])),
)


@settings(max_examples=3000, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.sampled_from([*MOVES]), max_size=20))
def test_the_table_leads_from_each_state_to_a_state_and_says_what_is_possible(verbs):
    application = Application(state=State.DRAFT)
    for verb in verbs:
        allowed = verb in possible(application, MOVES[verb].side)
        try:
            move = check_move(application, verb)
        except ImpossibleMove as error:
            assert not allowed and str(error)
            continue
        assert allowed and application.state in move.sources
        application.state = State(move.target)
        application.correction = "incomplete" if verb == Verb.ASK_CORRECTION else ""


@pytest.fixture
def cast(alice, bob, charlie, brest, bricoleuses):
    dora = make_person("dora@exemple.fr", "Dora")
    partner = create_collective(person=dora, name="Les Tisserands", legal_form="association", territory=None)
    return {
        **{"alice": alice, "bob": bob, "charlie": charlie, "dora": dora, "partner": partner},
        **{"applicant": bricoleuses, "offer": make_offer(brest)},
    }


@pytest.mark.django_db
@settings(
    max_examples=SEQUENCES,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(acts=st.lists(ACTS, min_size=3, max_size=14))
def test_no_sequence_reaches_an_illegal_state_or_loses_a_row(cast, acts):
    facts = ApplicationFacts(title="Ateliers", purpose="Réparer")
    application = applications.begin(
        offer=cast["offer"], applicant=cast["applicant"], person=cast["alice"], facts=facts, form_key=uuid4()
    )
    for number, (who, deed) in enumerate(acts):
        before, steps = state_of(application), application.steps.count()
        try:
            if deed in DEEDS:
                DEEDS[deed](application, cast[who])
            else:
                beside(application, cast, cast[who], deed, number)
        except (ImpossibleMove, NotAllowed):
            assert state_of(application) == before
            assert application.steps.count() == steps
        else:
            assert application.steps.count() == steps + (deed in DEEDS)
        application = Application.objects.get(pk=application.pk)
        check_whole(application, before["filed_at"])


def beside(application, cast, person, deed, number):
    """What people do there that moves nothing."""
    if deed == "write":
        facts = ApplicationFacts(title=f"Ateliers {number}", purpose="Réparer")
        applications.write(application=application, person=person, facts=facts)
        return
    if deed == "invite":
        parties.invite(application=application, person=person, organisation=cast["partner"], role=Party.Role.PARTNER)
        return
    party = application.parties.first()
    if party is None:
        raise NotAllowed
    if deed == "remove":
        parties.remove(party=party, person=person)
    elif deed == "leave":
        parties.leave(party=party, person=person)
    else:
        parties.answer(party=party, person=person, agrees=deed == "yes")


def state_of(application):
    """Everything that its row says, and what each party has answered."""
    row = Application.objects.filter(pk=application.pk).values().get()
    return {**row, "parties": list(application.parties.order_by("pk").values_list("organisation", "consent"))}


def check_whole(application, filed_before):
    steps = list(Step.objects.filter(application=application))
    assert [step.before for step in steps] == [State.DRAFT, *(step.after for step in steps)][: len(steps)]
    assert application.state == (steps[-1].after if steps else State.DRAFT)
    for step in steps:
        move = MOVES[Verb(step.verb)]
        assert step.before in move.sources and step.after == move.target
        assert step.by is not None and (step.reason or not move.needs_reason)
    assert filed_before is None or application.filed_at == filed_before
    assert (application.state in DECIDED) == (application.decided_at is not None) == bool(application.reason)
    assert not application.correction or application.state == State.FILED
    is_open = application.state in (State.FILED, State.EXAMINATION)
    assert is_open == (application.quiet_since is not None)
    prepared = Partnership.objects.filter(application=application, state=Partnership.State.PREPARING)
    assert prepared.exists() == (application.state == State.ACCEPTED)
    assert Spending.objects.filter(partnership__application=application).exists() == prepared.exists()
