"""Verbs about applications: begin, write, file, correct, examine, decide. Each move is a row, under a lock."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from matching import events
from matching.catalogue.eligibility import verdict_for
from matching.catalogue.models import Need, Offer, RuleKind
from matching.catalogue.texts import tidy
from matching.organisations.models import Organisation
from matching.organisations.permissions import may_speak_for
from matching.organisations.services import NotAllowed
from matching.partnerships import parties, scarcity
from matching.partnerships.budgets import balanced
from matching.partnerships.calls import check_window
from matching.partnerships.conventions import prefill
from matching.partnerships.models import (
    Application,
    Correction,
    Partnership,
    PartnershipParty,
    Party,
    State,
    Step,
    Verb,
)
from matching.partnerships.moves import ImpossibleMove, Move, check_move, organisation_of
from matching.partnerships.permissions import may_change, may_move
from matching.partnerships.silence import follow_move
from matching.partnerships.snapshots import handed_in, snapshot
from matching.people.models import Person
from matching.suggestions.models import Act, Suggestion
from matching.suggestions.outcomes import tell_outcome

LONGEST_REASON = 3000

#: What the matcher learns from. Closed without follow-up says nothing of whether the two fitted.
_TOLD = {Verb.FILE: Act.APPLIED, Verb.ACCEPT: Act.AGREED, Verb.DECLINE: Act.REFUSED}


class UnfitReason(ValueError):
    """The reason is empty, or longer than LONGEST_REASON characters."""


@dataclass(frozen=True, kw_only=True)
class ApplicationFacts:
    """What an application says. Amounts in cents."""

    title: str
    purpose: str = ""
    brings: str = ""
    asked_cents: int | None = None
    starts: date | None = None
    ends: date | None = None
    budget: Mapping[str, int | None] = field(default_factory=dict)


def begin(
    *,
    offer: Offer,
    applicant: Organisation,
    person: Person,
    facts: ApplicationFacts,
    form_key: UUID,
    need: Need | None = None,
    suggestion: Suggestion | None = None,
) -> Application:
    """Begin a draft; the same form_key begins one. An informal group's carrier is asked for its agreement.

    Raises Unbalanced, and NotAllowed if the person does not speak for the applicant, or the offer is not published.
    """
    if not may_speak_for(person, applicant) or applicant.is_authority or not offer.is_published:
        raise NotAllowed
    try:
        with transaction.atomic():
            application = Application.objects.create(
                form_key=form_key,
                offer=offer,
                applicant=applicant,
                need=need,
                suggestion=suggestion or _suggested(offer, need),
                created_by=person,
                **_tidied(facts),
            )
            # Who receives the application is not asked whether it also carries it.
            if applicant.carrier and applicant.carrier != offer.organisation:
                parties.ask(application, applicant.carrier, Party.Role.CARRIER)
            return application
    except IntegrityError:
        # A double click: the other request wrote it a moment ago.
        return Application.objects.get(form_key=form_key, applicant=applicant, offer=offer)


@transaction.atomic
def write(*, application: Application, person: Person, facts: ApplicationFacts) -> Application:
    """Change what it says, while its authors still may; who takes part is asked again whether they agree to that.

    Raises NotAllowed, ImpossibleMove, Unbalanced.
    """
    application = _locked(application)
    if not may_change(person, application):
        raise NotAllowed
    if not application.is_open_to_applicant:
        raise ImpossibleMove(_("Son contenu ne change plus : demandez à la collectivité de vous la rendre."))
    said = _tidied(facts)
    if all(getattr(application, name) == value for name, value in said.items()):
        return application
    is_received = application.state == State.FILED and not application.correction
    if is_received and application.parties.exists():
        raise ImpossibleMove(
            _("Vous candidatez à plusieurs, et chacun a dit oui à ce qui est déposé. Retirez-la pour la changer.")
        )
    if is_received:
        check_window(application.offer)
    for name, value in said.items():
        setattr(application, name, value)
    if is_received:
        # Received and still theirs to change: the authority reads what they changed. A correction is handed in instead.
        application.filed = snapshot(application)
        application.documents.set(handed_in(application))
    application.save()
    parties.ask_again(application)
    return application


def file(*, application: Application, person: Person, filed: Mapping[str, Any]) -> Application:
    """Hand it in. filed: the whole file as it is now, which the authority reads from here on.

    Raises NotAllowed, ImpossibleMove (also where a party has not said yes).
    """
    return _hand_in(application, Verb.FILE, person, filed)


def correct(*, application: Application, person: Person, filed: Mapping[str, Any]) -> Application:
    """Hand in what was asked to be corrected. Raises what file() raises."""
    return _hand_in(application, Verb.CORRECT, person, filed)


def withdraw(*, application: Application, person: Person, reason: str = "") -> Application:
    """The collective gives it up, before anything is signed; what it had been granted is free again."""
    with transaction.atomic():
        application, move = _to_move(application, Verb.WITHDRAW, person)
        if application.state == State.ACCEPTED:
            _cancel_partnership(application)
        return _move(application, Verb.WITHDRAW, move, person, reason)


@transaction.atomic
def resume(*, application: Application, person: Person) -> Application:
    """The collective takes a withdrawn one up again, as a draft."""
    application, move = _to_move(application, Verb.RESUME, person)
    return _move(application, Verb.RESUME, move, person)


@transaction.atomic
def ask_correction(*, application: Application, person: Person, kind: str, reason: str) -> Application:
    """The authority asks for something to be mended; the file is its authors' to change again."""
    application, move = _to_move(application, Verb.ASK_CORRECTION, person)
    reason = _fit(reason)
    application.correction, application.correction_text = Correction(kind), reason
    return _move(application, Verb.ASK_CORRECTION, move, person, reason)


@transaction.atomic
def take_up(*, application: Application, person: Person) -> Application:
    """The examination begins: nothing in the file changes any more. Whoever begins it follows it."""
    application, move = _to_move(application, Verb.TAKE_UP, person)
    application.officer = application.officer or person
    return _move(application, Verb.TAKE_UP, move, person)


@transaction.atomic
def give_back(*, application: Application, person: Person) -> Application:
    """The file is its authors' to change again, without anything being asked."""
    application, move = _to_move(application, Verb.GIVE_BACK, person)
    return _move(application, Verb.GIVE_BACK, move, person)


@transaction.atomic
def accept(*, application: Application, person: Person, reason: str, granted_cents: int = 0) -> Partnership:
    """The authority accepts; a partnership begins to be prepared, with its share of what is scarce.

    Raises NotAllowed, UnfitReason, and ImpossibleMove: also where the envelope or the hours asked for do not suffice.
    """
    application, move = _to_move(application, Verb.ACCEPT, person)
    if names := parties.missing(application):
        raise ImpossibleMove(
            _("Il manque l’accord de : %(names)s. Demandez une correction : le collectif dira avec qui il candidate.")
            % {"names": ", ".join(names)}
        )
    _move(application, Verb.ACCEPT, move, person, _fit(reason))
    partnership = _begin_partnership(application, granted_cents)
    scarcity.spend(partnership)
    scarcity.hold_hours(application)
    return partnership


@transaction.atomic
def decline(*, application: Application, person: Person, reason: str) -> Application:
    """The authority does not accept, and says why."""
    application, move = _to_move(application, Verb.DECLINE, person)
    return _move(application, Verb.DECLINE, move, person, _fit(reason))


@transaction.atomic
def close(*, application: Application, person: Person, reason: str) -> Application:
    """The authority closes without follow-up, and says why."""
    application, move = _to_move(application, Verb.CLOSE, person)
    return _move(application, Verb.CLOSE, move, person, _fit(reason))


@transaction.atomic
def reexamine(*, application: Application, person: Person, reason: str) -> Application:
    """The authority takes its decision back, and says why; not once a convention is signed."""
    application, move = _to_move(application, Verb.REEXAMINE, person)
    reason = _fit(reason)
    if application.state == State.ACCEPTED:
        _cancel_partnership(application)
    return _move(application, Verb.REEXAMINE, move, person, reason)


def _hand_in(application: Application, verb: Verb, person: Person, filed: Mapping[str, Any]) -> Application:
    with transaction.atomic():
        application, move = _to_move(application, verb, person)
        if not application.offer.is_published and verb == Verb.FILE:
            raise ImpossibleMove(_("L’offre n’est plus publiée : on ne peut plus y déposer de candidature."))
        if verb == Verb.FILE:
            check_window(application.offer)
            _check_firm_conditions(application)
        waiting = application.parties.exclude(consent=Party.Consent.GIVEN).select_related("organisation")
        if names := [party.organisation.name for party in waiting]:
            raise ImpossibleMove(
                _("Il manque l’accord de : %(names)s. Demandez-le, ou retirez cette organisation de la candidature.")
                % {"names": ", ".join(names)}
            )
        application.filed = dict(filed)
        application.documents.set(handed_in(application))
        application.correction = application.correction_text = ""
        application.filed_at = application.filed_at or timezone.now()
        return _move(application, verb, move, person)


def _check_firm_conditions(application: Application) -> None:
    """The officer's own rule bars who says that they do not meet it. Whoever has not answered is judged by people."""
    verdict = verdict_for(application.applicant, application.offer, timezone.localdate())
    if barring := [str(RuleKind(finding.kind).label) for finding in verdict.findings if finding.bars]:
        raise ImpossibleMove(
            _(
                "La collectivité exige une condition que vous ne remplissez pas, d’après vos réponses : %(rules)s. "
                "Changez vos réponses si elles ne sont plus vraies, ou écrivez-lui."
            )
            % {"rules": ", ".join(barring).lower()}
        )


def _to_move(application: Application, verb: Verb, person: Person) -> tuple[Application, Move]:
    """The row, locked until the end of the transaction, and the move. Raises NotAllowed, ImpossibleMove."""
    application = _locked(application)
    if not may_move(person, application, verb):
        raise NotAllowed
    return application, check_move(application, verb)


def _locked(application: Application) -> Application:
    return (
        Application.objects.select_for_update(of=("self",))
        .select_related("offer__organisation", "applicant", "suggestion")
        .get(pk=application.pk)
    )


def _move(application: Application, verb: Verb, move: Move, person: Person, reason: str = "") -> Application:
    now, before = timezone.now(), application.state
    application.state = move.target
    if move.target != State.FILED:
        application.correction = application.correction_text = ""
    application.decided_at = now if application.is_decided else None
    application.reason = reason if application.is_decided else ""
    follow_move(application, verb, now)
    application.save()
    step = Step.objects.create(
        application=application,
        verb=verb,
        before=before,
        after=move.target,
        reason=reason,
        by=person,
        organisation=organisation_of(application, move.side),
        at=now,
    )
    if application.suggestion and verb in _TOLD:
        tell_outcome(suggestion=application.suggestion, act=_TOLD[verb])
    events.application_moved.send(sender=Application, application=application, step=step)
    return application


def _begin_partnership(application: Application, granted_cents: int) -> Partnership:
    """The partnership of an accepted application; one that had been cancelled is prepared anew."""
    offer = application.offer
    partnership, _is_new = Partnership.objects.update_or_create(
        application=application,
        defaults={
            "offer": offer,
            "authority": offer.organisation,
            "title": application.title,
            "state": Partnership.State.PREPARING,
            "granted_cents": granted_cents,
            "starts": application.starts,
            "ends": application.ends,
        },
    )
    partnership.parties.all().delete()
    others = list(application.parties.select_related("organisation"))
    beneficiaries = [application.applicant, *(one.organisation for one in others if one.role == Party.Role.PARTNER)]
    whole, rest = divmod(10_000, len(beneficiaries))
    PartnershipParty.objects.bulk_create(
        [
            PartnershipParty(
                partnership=partnership,
                organisation=organisation,
                role=PartnershipParty.Role.BENEFICIARY,
                share=whole + (rest if organisation == application.applicant else 0),
            )
            for organisation in beneficiaries
        ]
        + [
            PartnershipParty(partnership=partnership, organisation=one.organisation, role=PartnershipParty.Role.CARRIER)
            for one in others
            if one.role == Party.Role.CARRIER
        ]
    )
    prefill(partnership)
    return partnership


def _cancel_partnership(application: Application) -> None:
    partnership = Partnership.objects.select_for_update().get(application=application)
    if partnership.is_agreed:
        raise ImpossibleMove(_("La convention est signée : le partenariat s’arrête, il ne s’efface pas."))
    partnership.state = Partnership.State.CANCELLED
    partnership.save()
    scarcity.release(partnership)
    scarcity.free_application_hours(application)


def _fit(reason: str) -> str:
    reason = tidy(reason)
    if not reason or len(reason) > LONGEST_REASON:
        raise UnfitReason
    return reason


def _suggested(offer: Offer, need: Need | None) -> Suggestion | None:
    """The suggestion that brought the two together, if one did: the answer is told to the matcher through it."""
    return Suggestion.objects.filter(offer=offer, need=need).first() if need else None


def _tidied(facts: ApplicationFacts) -> dict[str, Any]:
    said = {name: tidy(value) if isinstance(value, str) else value for name, value in asdict(facts).items()}
    return {**said, "budget": balanced(facts.budget)}
